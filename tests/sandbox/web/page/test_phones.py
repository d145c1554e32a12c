"""The list of phones, how a phone reacts, and its faxes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Response, expect

from hoiio.cli.demo import small_pdf
from hoiio.sandbox import Sandbox
from tests.sandbox.web.page.conftest import ALICE, BOB, OpenPage, control

VOICE = '+6531580000'
# A browser hands a folder over as a file that it cannot read.
DROP_UNREADABLE = """(place) => {
  const folder = new File([], 'letters')
  folder.arrayBuffer = () => Promise.reject(new DOMException('not found', 'NotFoundError'))
  const drop = new Event('drop', { bubbles: true, cancelable: true })
  drop.dataTransfer = { files: [folder] }
  place.dispatchEvent(drop)
}"""


def test_a_phone_is_found_by_its_number_and_its_last_message(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    for number in range(30):
        sandbox.client().sms.send(f'Order {number:02} is ready.', f'+65900000{number:02}')
    page = open_page()
    rows = page.get_by_role('navigation', name='Phones').get_by_role('link')
    page.keyboard.press('/')
    page.keyboard.type('order 07')
    expect(rows).to_have_text([re.compile(r'^\+6590000007')])
    page.keyboard.press('Enter')
    expect(page.get_by_role('heading', name='+6590000007')).to_be_visible()


def test_a_number_that_was_typed_is_a_phone(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_label('Search the phones, or type a number').fill('65 9876-5432')
    page.keyboard.press('Enter')
    expect(page.get_by_role('heading', name=ALICE)).to_be_visible()
    expect(page.locator('.thread')).to_contain_text('No messages yet.')
    assert not [phone for phone in sandbox.save()['phones'] if phone == ALICE]


def test_enter_opens_the_number_in_the_field_before_the_list_shows_it(open_page: OpenPage) -> None:
    page = open_page()
    # Both events come in one task, so the page cannot draw the list between them.
    page.get_by_label('Search the phones, or type a number').evaluate(
        """(field, number) => {
            field.value = number
            field.dispatchEvent(new Event('input', { bubbles: true }))
            field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
        }""",
        ALICE,
    )
    expect(page.get_by_role('heading', name=ALICE)).to_be_visible()


def test_the_magic_numbers_say_what_they_do(open_page: OpenPage) -> None:
    page = open_page()
    row = page.get_by_role('link', name='+6588880012')
    expect(row).to_contain_text('Never answers a call or a fax.')
    row.click()
    expect(page.locator('.phone-title')).to_contain_text('Never answers a call or a fax.')


def test_a_person_says_how_a_phone_reacts(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page(f'#/phones/{ALICE}/behaviour')
    title = page.locator('.phone-title p')
    client, phone = sandbox.client(), sandbox.phone(ALICE)
    expect(title).to_have_text('Rings until you answer')
    # `check` wants the choice at once. The page shows it when the sandbox has it.
    page.get_by_label('Is busy').click()
    expect(page.get_by_label('Is busy')).to_be_checked()
    expect(title).to_have_text('Is busy')
    client.voice.call(ALICE, BOB)
    assert phone.expect_call().outcome == 'busy'

    page.get_by_label('pressing').fill('1 2#')
    page.locator('.answers').get_by_role('button', name='Save').click()
    expect(title).to_have_text('Answers at once, presses 1')
    page.get_by_label('Reply to each SMS with').fill('YES')
    page.locator('.replies').get_by_role('button', name='Save').click()
    expect(title).to_contain_text('replies “YES” to each SMS')
    page.get_by_role('button', name='Reject next').click()
    expect(page.locator('.tab-body')).to_contain_text('1 call')
    client.voice.call(ALICE, BOB)
    assert phone.expect_call().outcome == 'busy'
    call = client.ivr.dial(ALICE, notify_url='http://127.0.0.1:9/')
    sandbox.drain(check=False)
    client.ivr.gather(call.session, max_digits=1, notify_url='http://127.0.0.1:9/')
    sandbox.drain(check=False)
    assert sandbox.deliveries[-1].fields['digits'] == '1'


def test_saving_a_behaviour_keeps_every_key_and_every_fraction_of_a_second(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    keys = [str(number) for number in range(20)]
    sandbox.phone(ALICE).answers(pressing=keys, after=1.5, hanging_up_after=20)
    page = open_page(f'#/phones/{ALICE}/behaviour')
    page.get_by_label('hanging up after').fill('2.25')
    page.locator('.answers').get_by_role('button', name='Save').click()
    expect(page.locator('.phone-title p')).to_contain_text('hangs up after 2.25 seconds')
    script = control(sandbox, f'phones/{ALICE}/read')['script']
    assert (script['pressing'], script['after']) == (keys, 1.5)


@pytest.mark.parametrize('address', ['+65 9876-5432', '6598765432', '%2B6598765432'])
def test_an_address_can_write_a_number_in_other_ways(open_page: OpenPage, address: str) -> None:
    page = open_page(f'#/phones/{address}')
    expect(page.get_by_role('heading', name=ALICE)).to_be_visible()


@pytest.mark.parametrize('width', [390, 1400])
def test_an_address_without_a_number_says_so(open_page: OpenPage, width: int) -> None:
    page = open_page('#/phones/Alice', width=width)
    expect(page.get_by_role('heading', name='Alice is not a phone number')).to_be_visible()
    page.get_by_role('link', name='the list').click()
    expect(page.get_by_label('Search the phones, or type a number')).to_be_visible()
    expect(page.get_by_role('heading', name='Alice')).to_have_count(0)


def test_a_fax_is_sent_and_looked_at(sandbox: Sandbox, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(f'#/phones/{ALICE}/faxes')
    expect(page.locator('.tab-body')).to_contain_text('None of your numbers receives faxes.')
    sandbox.client().number.configure(VOICE, mode='fax')
    letter = tmp_path / 'letter.pdf'
    letter.write_bytes(small_pdf())
    page.get_by_label('Choose a PDF, or drop it here').set_input_files(letter)
    expect(page.locator('.tab-body .past')).to_contain_text(f'to {VOICE}')
    assert sandbox.client().fax.history().entries[0].dest == VOICE

    sandbox.client().fax.send(ALICE, letter.read_bytes(), filename='letter.pdf')
    arriving = page.locator('.past', has_text='from')
    arriving.get_by_role('button', name='Accept').click()
    expect(arriving).to_contain_text('answered')
    # A browser without a viewer for PDFs opens a tab too, and downloads the file.
    with page.expect_popup(), page.context.expect_event('response', is_letter) as opened:
        arriving.get_by_role('link', name='Open the PDF').click()
    assert opened.value.header_value('content-type') == 'application/pdf'


def test_a_folder_that_is_dropped_is_not_faxed(sandbox: Sandbox, open_page: OpenPage) -> None:
    sandbox.client().number.configure(VOICE, mode='fax')
    page = open_page(f'#/phones/{ALICE}/faxes')
    page.locator('.drop').evaluate(DROP_UNREADABLE)
    expect(page.locator('.toast.failed')).to_contain_text('cannot read letters. Choose a PDF.')


def is_letter(response: Response) -> bool:
    return response.url.endswith('/_sandbox/files/AA-F-2/letter.pdf')


def test_a_number_of_the_account_is_called_from_its_panel(
    sandbox: Sandbox, attendant: str, open_page: OpenPage
) -> None:
    page = open_page(f'#/phones/{ALICE}')
    page.get_by_role('link', name='Account', exact=True).click()
    own = page.locator('.own', has_text=attendant)
    own.get_by_role('button', name='Call').click()
    expect(page.locator('.call')).to_contain_text('For sales, press 1.')
    expect(page.locator('.panel')).to_contain_text(f'export HOIIO_BASE_URL={sandbox.url}')


def test_a_number_offers_what_its_mode_allows(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page(f'#/phones/{ALICE}')
    page.get_by_role('link', name='Account', exact=True).click()
    own = page.locator('.own', has_text=VOICE)
    call = own.get_by_role('button', name='Call')
    fax = own.get_by_role('link', name='Fax', exact=True)
    expect(call).to_be_visible()
    expect(fax).to_have_count(0)
    sandbox.client().number.configure(VOICE, mode='fax')
    expect(fax).to_be_visible()
    expect(call).to_have_count(0)
