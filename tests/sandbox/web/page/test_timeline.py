"""The timeline: what happened, found, opened, copied and sent again."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from hoiio.sandbox import Sandbox
from tests.sandbox.conftest import Receiver
from tests.sandbox.web.page.conftest import ALICE, BOB, OpenPage, Watch, address_of

SHELL = ('/bin/sh', '-c')
QUOTED = """It's "7" \\ $HOME `id`; 早安"""


def copied(page: Page, button: str) -> str:
    page.context.grant_permissions(['clipboard-read', 'clipboard-write'])
    page.locator('.card[open]').get_by_role('button', name=button).first.click()
    expect(page.locator('.toast').last).to_contain_text('Copied')
    return str(page.evaluate('navigator.clipboard.readText()'))


def test_a_transaction_is_one_entry_with_its_request_and_notification(
    sandbox: Sandbox, receiver: Receiver, open_page: OpenPage
) -> None:
    page = open_page()
    sandbox.client().sms.send('Hello', ALICE, tag='welcome', notify_url=receiver.url)
    sandbox.client().account.balance()
    entries = page.get_by_role('list', name='Timeline').get_by_role('listitem')
    expect(entries).to_have_count(2)
    entry = entries.filter(has_text='Hello')
    expect(entry.get_by_label('3 lines', exact=True)).to_be_visible()
    entry.get_by_role('button', name='Show all 3 lines').click()
    expect(entries).to_have_count(5)
    expect(page.locator('.entry-line')).to_contain_text(
        ['sms/send → success_ok', f'+6591234567 → {ALICE}: Hello', 'HTTP 200']
    )

    entry.get_by_role('link').first.click()
    expect(page).to_have_url(f'{address_of(sandbox)}#/transactions/AA-S-1')
    story = page.locator('.story')
    expect(story).to_contain_text('"txn_ref": "AA-S-1"')
    expect(story.locator('.fields').first).to_contain_text('Hello')
    expect(story.locator('.resendable')).to_contain_text('sms_status=delivered')
    expect(story).to_contain_text(receiver.url)
    page.go_back()
    expect(entries).to_have_count(5)


def test_a_failed_notification_is_found_and_sent_again(
    sandbox: Sandbox, receiver: Receiver, open_page: OpenPage
) -> None:
    client = sandbox.client()
    for number in range(20):
        client.sms.send(f'Hello {number}', ALICE)
    client.sms.send('Goodbye', ALICE, tag='bye', notify_url='http://127.0.0.1:9/sms')
    sandbox.drain(check=False)
    page = open_page()
    entries = page.get_by_role('list', name='Timeline').get_by_role('listitem')
    expect(entries).to_have_count(21)
    page.locator('.panel').get_by_role('button', name='Failed').click()
    expect(entries).to_have_count(1)
    weight = entries.locator('.entry-text').evaluate('(text) => getComputedStyle(text).fontWeight')
    assert int(weight) >= 600
    entries.get_by_role('link').click()
    card = page.locator('.story .resendable')
    expect(card).to_contain_text('No answer')
    expect(card).to_contain_text('Connection refused')
    card.get_by_role('button', name='Resend').click()
    expect(page.locator('.story .resendable')).to_have_count(2)
    expect(page.get_by_role('status').get_by_text('posted again, as 2')).to_be_visible()
    assert [delivery.fields['tag'] for delivery in sandbox.deliveries] == ['bye', 'bye']


def test_the_filters_narrow_the_timeline(sandbox: Sandbox, open_page: OpenPage) -> None:
    client = sandbox.client()
    client.sms.send('To Alice', ALICE)
    client.sms.send('To Bob', BOB)
    client.account.balance()
    page = open_page(f'#/phones/{BOB}')
    entries = page.get_by_role('list', name='Timeline').get_by_role('listitem')
    expect(entries).to_have_count(3)
    page.get_by_role('button', name='This phone').click()
    expect(entries).to_have_count(1)
    expect(entries).to_contain_text('To Bob')
    page.get_by_role('button', name='This phone').click()
    page.get_by_label('Kind').select_option('Requests')
    expect(entries).to_have_count(3)
    expect(entries.first).to_contain_text('user/get_balance')
    page.get_by_label('Kind').select_option('Everything')
    page.get_by_label('Text', exact=True).fill('to alice')
    expect(entries).to_have_count(1)
    page.get_by_label('Text', exact=True).fill('nothing of the kind')
    expect(page.locator('.panel')).to_contain_text('Nothing matches.')


def test_an_ivr_call_is_one_entry(sandbox: Sandbox, attendant: str, open_page: OpenPage) -> None:
    sandbox.phone(ALICE).call(attendant).press('1')
    sandbox.drain()
    page = open_page('#/sessions/S1')
    expect(page.locator('.story')).to_contain_text('key 1')
    expect(page.locator('.story .card', has_text='ivr/end/transfer')).to_have_count(1)
    expect(page.locator('.story .card', has_text='digits=1')).to_have_count(1)


@pytest.mark.parametrize(
    ('address', 'shown'),
    [
        (f'#/phones/{ALICE}', ALICE),
        ('#/transactions/AA-S-1', 'Transaction AA-S-1'),
        ('#/events/1', 'Event 1'),
        ('#/requests/1', 'Request 1'),
        ('#/notifications/1', 'Notification 1'),
    ],
)
def test_a_link_opens_one_thing(
    sandbox: Sandbox, open_page: OpenPage, address: str, shown: str
) -> None:
    sandbox.client().sms.send('Hello Alice', ALICE, notify_url='http://127.0.0.1:9/')
    sandbox.drain(check=False)
    page = open_page(address)
    expect(page.get_by_role('heading', name=shown)).to_be_visible()
    expect(page.locator('.message, .story').first).to_contain_text(re.compile('Alice|98765432'))


def test_a_link_to_nothing_says_so(sandbox: Sandbox, open_page: OpenPage, watch: Watch) -> None:
    page = open_page('#/notifications/99')
    expect(page.locator('.panel')).to_contain_text('delivery 99 does not exist')
    # The browser reports each answer 404 as an error.
    assert all('deliveries/99' in problem for problem in watch.problems)
    watch.problems.clear()


@pytest.mark.parametrize('address', ['#/transactions/AA-S-77', '#/sessions/S-77'])
def test_a_link_to_what_the_log_does_not_have_says_so(
    sandbox: Sandbox, open_page: OpenPage, address: str
) -> None:
    sandbox.client().sms.send('Hello', ALICE)
    expect(open_page(address).locator('.panel')).to_contain_text('The log has nothing about it.')


def test_a_request_is_copied_as_curl(sandbox: Sandbox, open_page: OpenPage) -> None:
    sandbox.client().sms.send(QUOTED, ALICE)
    command = copied(open_page('#/transactions/AA-S-1'), 'Copy as curl')
    done = subprocess.run([*SHELL, f'{command} --silent'], capture_output=True, check=True)
    assert b'"txn_ref": "AA-S-2"' in done.stdout
    assert [message.text for message in sandbox.phone(ALICE).inbox] == [QUOTED, QUOTED]


def test_a_request_is_copied_as_python(sandbox: Sandbox, open_page: OpenPage) -> None:
    sandbox.client().sms.send(QUOTED, ALICE)
    program = copied(open_page('#/transactions/AA-S-1'), 'Copy as Python')
    command = [sys.executable, '-X', 'utf8', '-c', program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "'txn_ref': 'AA-S-2'" in done.stdout
    assert [message.text for message in sandbox.phone(ALICE).inbox] == [QUOTED, QUOTED]


@pytest.mark.parametrize('language', ['curl', 'Python'])
def test_a_text_that_looks_like_a_file_is_copied_as_text(
    sandbox: Sandbox, open_page: OpenPage, language: str
) -> None:
    sandbox.client().sms.send('(12 bytes)', ALICE)
    program = copied(open_page('#/transactions/AA-S-1'), f'Copy as {language}')
    start = SHELL if language == 'curl' else [sys.executable, '-c']
    subprocess.run([*start, program], capture_output=True, check=True)
    assert [message.text for message in sandbox.phone(ALICE).inbox] == ['(12 bytes)'] * 2


@pytest.mark.parametrize('language', ['curl', 'Python'])
def test_a_notification_is_copied(
    sandbox: Sandbox, receiver: Receiver, open_page: OpenPage, language: str
) -> None:
    address = f'{receiver.url}?items[]={{1,2}}'
    sandbox.client().sms.send('Hello', ALICE, tag=QUOTED, notify_url=address)
    sandbox.drain()
    page = open_page('#/notifications/1')
    text = copied(page, f'Copy as {language}')
    start = SHELL if language == 'curl' else [sys.executable, '-X', 'utf8', '-c']
    subprocess.run([*start, text], capture_output=True, check=True)
    first, second = receiver.posts
    assert second.body == first.body
    assert second.headers['X-Hoiio-Signature'] == first.headers['X-Hoiio-Signature']


def test_the_first_command_makes_a_phone_ring(sandbox: Sandbox, open_page: OpenPage) -> None:
    page = open_page()
    expect(page.get_by_role('heading', name='Make the first phone ring')).to_be_visible()
    command = page.locator('.welcome pre').inner_text()
    subprocess.run([*SHELL, f'{command} --silent'], capture_output=True, check=True)
    expect(page.get_by_role('region', name='Incoming call')).to_contain_text('calls +6591234567')


def test_phones_that_answer_by_themselves_are_made_to_ring(
    sandbox: Sandbox, open_page: OpenPage
) -> None:
    sandbox.phone(ALICE).rings()
    page = open_page('#/account')
    page.get_by_label('Phones without a behaviour of their own').select_option('answer at once')
    expect(page.get_by_text('Phones answer by themselves now.')).to_be_visible()
    page.get_by_role('button', name='Let them ring').click()
    expect(page.get_by_text('Phones answer by themselves now.')).to_have_count(0)
    sandbox.client().voice.call(BOB, ALICE)
    expect(page.get_by_role('region', name='Incoming call')).to_contain_text(BOB)
    expect(page.get_by_role('heading', name=re.compile('Choose a phone'))).to_be_visible()
