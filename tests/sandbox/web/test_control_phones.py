from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import pytest

from hoiio.sandbox import Sandbox
from tests.sandbox.conftest import ask
from tests.sandbox.web.control_page import ControlPage

DEST, OTHER, OWN = '+6598765432', '+6581234567', '+6591234567'
US, SG = '+14155550100', '+6531580000'
HOOK = 'http://127.0.0.1:9/'
START = '2026-01-01T00:00:00+08:00'


@pytest.fixture
def page(sandbox: Sandbox) -> ControlPage:
    return ControlPage(sandbox)


def at(number: str, part: str) -> str:
    return f'phones/{quote(number, safe="")}/{part}'


def leg_of(page: ControlPage, number: str) -> Any:
    [leg] = page.phone(number)['calls']
    return leg


# The list


def numbers(page: ControlPage, **query: object) -> list[str]:
    return [phone['number'] for phone in page.get('phones', **query)['phones']]


def test_the_phone_that_was_used_last_comes_first(page: ControlPage) -> None:
    for dest in (DEST, OTHER, DEST):
        ask(page.sandbox, 'sms/send', dest=dest, msg=f'to {dest}')
    assert numbers(page) == [DEST, OTHER]
    page.post(at(OTHER, 'send_sms'), number=US, text='A reply')
    assert numbers(page) == [OTHER, DEST]
    assert page.phone(OTHER)['last'] == {
        'date': START, 'kind': 'sms', 'incoming': False, 'other': US, 'text': 'A reply',
    }  # fmt: skip
    ask(page.sandbox, 'ivr/start/dial', dest=DEST)
    assert page.phone(DEST)['last'] == {
        'date': START, 'kind': 'call', 'incoming': True, 'other': OWN, 'text': '',
    }  # fmt: skip
    saved = page.sandbox.save()
    page.sandbox.reset()
    page.sandbox.restore(saved)
    assert numbers(page) == [DEST, OTHER]
    page.post(at(OTHER, 'send_sms'), number=US, text='Another')
    assert numbers(page) == [OTHER, DEST]


def test_a_thousand_phones_are_listed_in_pages(page: ControlPage) -> None:
    dest = ','.join(f'+65900{number:05}' for number in range(1000))
    ask(page.sandbox, 'sms/bulk_send', dest=dest, msg='x')
    answer = page.get('phones', limit=50, offset=100)
    assert (len(answer['phones']), answer['total'], answer['unread']) == (50, 1000, 1000)
    assert answer['phones'][0]['number'] == '+6590000899'
    assert numbers(page, search='+6590000042') == ['+6590000042']
    assert 'inbox' not in page.get('phones', limit=1, brief='true')['phones'][0]


def test_unread_sms_are_counted_until_a_person_reads_them(page: ControlPage) -> None:
    for dest in (DEST, DEST, OTHER):
        ask(page.sandbox, 'sms/send', dest=dest, msg='x')
    assert (page.phone(DEST)['unread'], page.get('phones')['unread']) == (2, 3)
    assert page.post(at(DEST, 'read'))['unread'] == 0
    assert numbers(page, unread='true') == [OTHER]
    assert numbers(page, unread='false') == [DEST]
    assert (page.phone(DEST)['received'], page.get('phones')['unread']) == (2, 1)
    ask(page.sandbox, 'sms/send', dest=DEST, msg='x')
    assert page.phone(DEST)['unread'] == 1
    # What a person reads has nothing to do with what a test expects.
    assert len(page.sandbox._emulator.world.phones[DEST].unread) == 3
    assert page.post(at('+6590000000', 'read'))['unread'] == 0
    assert '+6590000000' not in numbers(page)


def test_phones_in_a_call(page: ControlPage) -> None:
    ask(page.sandbox, 'sms/send', dest=OTHER, msg='x')
    ask(page.sandbox, 'ivr/start/dial', dest=DEST, notify_url=HOOK)
    assert numbers(page, live='true') == [DEST]
    assert numbers(page, live='false') == [OTHER]
    page.post(at(DEST, 'hang_up'))
    assert numbers(page, live='true') == []


def test_a_phone_says_how_it_reacts(page: ControlPage) -> None:
    assert page.phone('+6588880011')['magic'] == 'busy'
    assert page.phone('+6588880011')['script']['outcome'] == 'busy'
    assert (page.phone(US)['own'], page.phone(DEST)['own']) == (True, False)
    page.post(at(DEST, 'answers'), pressing=['1'], after=3)
    page.post(at(DEST, 'reject_next'))
    phone = page.phone(DEST)
    assert (phone['script']['pressing'], phone['script']['after']) == (['1'], 3)
    assert [script['outcome'] for script in phone['coming']] == ['busy']


def test_how_all_other_phones_react(page: ControlPage) -> None:
    ask(page.sandbox, 'sms/send', dest=DEST, msg='x')
    page.post(at(OTHER, 'busy'))
    assert page.get('account')['answer'] == 'auto'
    page.post('answering', answer='manual')
    assert page.get('account')['answer'] == 'manual'
    page.post('reset')
    page.post(at(OTHER, 'busy'))
    ask(page.sandbox, 'ivr/start/dial', dest=DEST)
    assert leg_of(page, DEST)['state'] == 'ringing'
    page.post('answering', answer='auto')
    assert page.phone(DEST)['script']['outcome'] == 'answered'
    assert page.phone(OTHER)['script']['outcome'] == 'busy'
    code, refusal = page.ask('POST', 'answering', {'answer': 'sometimes'})
    assert (code, refusal['message']) == (400, 'answer: must be one of auto, manual')


# SMS


def test_a_thread_has_both_directions(page: ControlPage) -> None:
    ask(page.sandbox, 'sms/send', dest=DEST, msg='a' * 200, tag='order-1')
    page.sandbox.clock.advance(seconds=1)
    page.post(at(DEST, 'send_sms'), number=US, text='Hello')
    page.sandbox.clock.advance(seconds=1)
    page.post(at(DEST, 'send_sms'), number=OTHER, text='Direct')
    page.sandbox.clock.reset()
    [direct, reply, first] = page.get(at(DEST, 'messages'))['messages']
    assert first == {
        'id': 1, 'incoming': True, 'other': OWN, 'text': 'a' * 200, 'date': START,
        'txn_ref': 'AA-S-1', 'status': 'delivered', 'parts': 2, 'price': '0.064',
        'currency': 'SGD', 'tag': 'order-1',
    }  # fmt: skip
    assert (reply['incoming'], reply['other'], reply['txn_ref']) == (False, US, 'AA-SI-1')
    assert (reply['status'], reply['price']) == ('received', '0.010')
    assert (direct['id'], direct['incoming'], direct['other']) == (3, False, OTHER)
    assert (direct['txn_ref'], direct['price']) == (None, None)
    [received] = page.get(at(OTHER, 'messages'))['messages']
    assert (received['incoming'], received['other'], received['text']) == (True, DEST, 'Direct')


def test_a_thread_is_paged_and_searched(page: ControlPage) -> None:
    for number in range(5):
        ask(page.sandbox, 'sms/send', dest=DEST, msg=f'Number {number}')
    answer = page.get(at(DEST, 'messages'), limit=2, offset=1)
    assert [sms['text'] for sms in answer['messages']] == ['Number 3', 'Number 2']
    assert answer['total'] == 5
    answer = page.get(at(DEST, 'messages'), search='NUMBER 0')
    assert ([sms['id'] for sms in answer['messages']], answer['total']) == ([1], 1)


def test_an_sms_that_did_not_arrive_is_in_the_thread(page: ControlPage) -> None:
    ask(page.sandbox, 'sms/send', dest='+6588880022', msg='x')
    [sms] = page.get(at('+6588880022', 'messages'))['messages']
    assert (sms['status'], page.phone('+6588880022')['received']) == ('failed', 0)


def test_the_registered_number_is_not_shown_what_the_account_sends(page: ControlPage) -> None:
    ask(page.sandbox, 'sms/send', dest=DEST, msg='x')
    assert page.get(at(OWN, 'messages'))['messages'] == []


# Calls


def test_what_is_said_keeps_its_language_and_voice(page: ControlPage) -> None:
    audio = 'http://127.0.0.1:9/welcome.mp3'
    msg = (
        'Hi <speech language="fr" gender="male">Bonjour</speech>'
        f'<url>{audio}</url><speech>Bye</speech>'
    )
    ask(page.sandbox, 'ivr/start/dial', dest=DEST, msg=msg, notify_url=HOOK)
    leg = leg_of(page, DEST)
    assert leg['said'] == ['Hi ', 'Bonjour', audio, 'Bye']
    assert [
        (each['kind'], each['text'], each['language'], each['gender']) for each in leg['captions']
    ] == [
        ('speech', 'Hi ', 'en', 'female'),
        ('speech', 'Bonjour', 'fr', 'male'),
        ('audio', audio, None, None),
        ('speech', 'Bye', 'en', 'female'),
    ]
    assert leg['captions'][0]['date'] == START


def test_a_ringing_phone_shows_when_the_ringing_ends(page: ControlPage) -> None:
    page.post(at(DEST, 'rings'))
    ask(page.sandbox, 'ivr/start/dial', dest=DEST)
    leg = leg_of(page, DEST)
    assert (leg['state'], leg['outcome'], leg['date']) == ('ringing', 'ongoing', START)
    assert leg['rings_until'] == '2026-01-01T00:00:30+08:00'
    assert (leg['after_ringing'], leg['answered']) == ('unanswered', None)
    page.post(at(DEST, 'answers'), after=5)
    ask(page.sandbox, 'ivr/start/dial', dest=DEST)
    automatic = page.phone(DEST)['calls'][1]
    assert automatic['rings_until'] == '2026-01-01T00:00:05+08:00'
    assert automatic['after_ringing'] == 'answered'


def test_a_call_that_was_answered_shows_its_limit(page: ControlPage) -> None:
    ask(page.sandbox, 'voice/call', dest1=DEST, dest2=OTHER, max_duration='90')
    leg = leg_of(page, DEST)
    assert (leg['answered'], leg['rings_until'], leg['after_ringing']) == (START, None, None)
    assert leg['talks_until'] == '2026-01-01T00:01:30+08:00'
    assert (leg['talking_to'], leg['minutes']) == ([OTHER], 1)
    page.post(at(DEST, 'answers'), hanging_up_after=20)
    page.post(at(DEST, 'hang_up'))
    ask(page.sandbox, 'voice/call', dest1=DEST, dest2=OTHER, max_duration='90')
    assert leg_of(page, DEST)['talks_until'] == '2026-01-01T00:00:20+08:00'


def test_what_a_gather_waits_for(page: ControlPage) -> None:
    session = ask(page.sandbox, 'ivr/start/dial', dest=DEST, notify_url=HOOK)['session']
    assert leg_of(page, DEST)['waits_for'] is None
    ask(
        page.sandbox, 'ivr/middle/gather', session=session, notify_url=HOOK, msg='Code?',
        max_digits='4', timeout='10', attempts='3',
    )  # fmt: skip
    page.post(at(DEST, 'press'), keys='12')
    leg = leg_of(page, DEST)
    assert leg['waits_for'] == {
        'block': 'gather', 'digits': '12', 'max_digits': 4, 'attempts': 2,
        'until': '2026-01-01T00:00:10+08:00',
    }  # fmt: skip
    assert (leg['session'], leg['block'], leg['session_state']) == (session, 'gather', 'busy')
    page.post(at(DEST, 'press'), keys='34')
    assert leg_of(page, DEST)['waits_for'] is None
    ask(page.sandbox, 'ivr/middle/record', session=session, notify_url=HOOK, max_duration='20')
    assert leg_of(page, DEST)['waits_for'] == {
        'block': 'record', 'digits': '', 'max_digits': None, 'attempts': 0,
        'until': '2026-01-01T00:00:20+08:00',
    }  # fmt: skip


def test_a_transfer_shows_who_talks_to_whom(page: ControlPage) -> None:
    session = ask(page.sandbox, 'ivr/start/dial', dest=DEST, notify_url=HOOK)['session']
    ask(page.sandbox, 'ivr/end/transfer', session=session, dest=OTHER, notify_url=HOOK)
    assert leg_of(page, DEST)['talking_to'] == [OTHER]
    other = leg_of(page, OTHER)
    assert (other['talking_to'], other['session']) == ([DEST], session)
    assert leg_of(page, DEST)['session_state'] == 'bridged'


def test_a_muted_phone_in_a_room(page: ControlPage) -> None:
    reply = ask(page.sandbox, 'conference/call', dest=f'{DEST},{OTHER}')
    ask(page.sandbox, 'conference/moderate', txn_ref=reply['txn_refs'][0], action='mute')
    leg = leg_of(page, DEST)
    assert (leg['room'], leg['muted'], leg['talking_to']) == (reply['room'], True, [OTHER])


def test_the_call_log_of_a_phone(page: ControlPage) -> None:
    page.post(at(DEST, 'reject_next'))
    ask(page.sandbox, 'ivr/start/dial', dest=DEST, msg='One')
    ask(page.sandbox, 'ivr/start/dial', dest=DEST, msg='Two', notify_url=HOOK)
    page.sandbox.clock.advance(seconds=5)
    page.post(at(DEST, 'hang_up'))
    page.sandbox.clock.reset()
    [second, first] = page.get(at(DEST, 'calls'))['calls']
    assert (first['outcome'], first['answered'], first['ended']) == ('busy', None, START)
    assert (second['outcome'], second['state']) == ('answered', 'over')
    assert (second['answered'], second['ended']) == (START, '2026-01-01T00:00:05+08:00')
    assert [each['text'] for each in second['captions']] == ['Two']
    assert page.get(at(DEST, 'calls'), live='true') == {'calls': [], 'total': 0}
    assert page.get(at(DEST, 'calls'), limit=1, offset=1)['calls'] == [first]


def test_one_of_several_calls_is_answered_rejected_and_hung_up(page: ControlPage) -> None:
    page.post(at(DEST, 'rings'))
    refs = [
        ask(page.sandbox, 'ivr/start/dial', dest=DEST, notify_url=HOOK)['txn_ref'] for _ in 'abc'
    ]
    page.post(at(DEST, 'answer'), txn_ref=refs[1])
    page.post(at(DEST, 'reject'), txn_ref=refs[2])
    states = {leg['txn_ref']: leg['state'] for leg in page.phone(DEST)['calls']}
    assert states == {refs[0]: 'ringing', refs[1]: 'talking'}
    page.post(at(DEST, 'hang_up'), txn_ref=refs[1])
    assert [leg['txn_ref'] for leg in page.phone(DEST)['calls']] == [refs[0]]
    code, refusal = page.ask('POST', at(DEST, 'answer'), {'txn_ref': refs[1]})
    assert code == 404
    assert refs[1] in refusal['message']


def test_a_ringing_fax_is_rejected(page: ControlPage) -> None:
    page.post(at(DEST, 'rings'))
    pdf = base64.b64encode(b'%PDF-1.4 /Type /Page').decode()
    ref = ask(page.sandbox, 'fax/send', dest=DEST, file=pdf)['txn_ref']
    assert leg_of(page, DEST)['kind'] == 'fax'
    page.post(at(DEST, 'reject'), txn_ref=ref)
    assert page.get(f'faxes/{ref}')['fax_status'] == 'busy'


# Transactions


def test_transactions_are_paged_and_searched(page: ControlPage) -> None:
    for text in ('One', 'Two'):
        ask(page.sandbox, 'sms/send', dest=DEST, msg=text, tag=f'tag-{text}')
    ask(page.sandbox, 'voice/call', dest1=DEST, dest2=OTHER)
    pdf = base64.b64encode(b'%PDF-1.4 /Type /Page').decode()
    ask(page.sandbox, 'fax/send', dest=OTHER, file=pdf)
    assert [sms['msg'] for sms in page.get('messages')['messages']] == ['Two', 'One']
    assert page.get('messages', limit=1)['total'] == 2
    assert [sms['msg'] for sms in page.get('messages', search='TAG-one')['messages']] == ['One']
    assert page.get('messages', phone=OTHER)['total'] == 0
    assert page.get('messages/AA-S-1')['msg'] == 'One'
    [call] = page.get('calls', phone=OTHER, live='true')['calls']
    assert page.get('calls/AA-C-1') == call
    assert [leg['number'] for leg in call['legs']] == [DEST, OTHER]
    assert (call['live'], call['app_id']) == (True, 'MY_APP_ID')
    [fax] = page.get('faxes', phone=OTHER)['faxes']
    assert (fax['type'], fax['live'], fax['fax_url'][-8:]) == ('outgoing', False, '/fax.pdf')
    assert page.refusal('faxes/AA-F-9') == 'there is no such transaction: AA-F-9'


def test_the_account_and_what_it_can_do(page: ControlPage) -> None:
    account = page.get('account')
    assert account['environment'] == dict(page.sandbox.environment())
    assert (account['url'], account['registered']) == (page.sandbox.url, OWN)
    answer = page.get('numbers', search='6531')
    [number] = answer['numbers']
    assert (number['number'], number['country'], answer['total']) == (SG, 'SG', 1)
    magic = page.get('magic_numbers')['magic_numbers']
    [busy] = [one for one in magic if one['name'] == 'busy']
    assert (busy['number'], busy['script']['outcome']) == ('+6588880011', 'busy')
    assert busy['sentence'] == 'Is busy for every call and every fax.'
    operations = page.get('operations')
    [send] = [one for one in operations['operations'] if one['path'] == 'sms/send']
    assert (send['required'], send['summary']) == (['dest', 'msg'], 'Send an SMS.')
    assert {'status': 'error_msg_empty', 'meaning': 'The message is empty.'} in operations[
        'statuses'
    ]


# Undo


def test_a_reset_can_be_undone_once(page: ControlPage) -> None:
    assert page.get('undo') == {'available': False, 'date': None}
    assert page.ask('POST', 'undo')[0] == 404
    ask(page.sandbox, 'sms/send', dest=DEST, msg='x')
    page.post(at(DEST, 'read'))
    before = page.phone(DEST)
    page.post('reset', undoable=True)
    assert (page.phone(DEST)['received'], page.get('requests')['requests']) == (0, [])
    assert page.get('undo') == {'available': True, 'date': START}
    page.post('undo')
    assert page.phone(DEST) == before
    [event] = page.get('events')['events']
    [request] = page.get('requests', event=event['id'])['requests']
    assert (event['kind'], request['txn_ref']) == ('sms', 'AA-S-1')
    assert page.get('undo') == {'available': False, 'date': None}


def test_another_reset_forgets_what_could_be_undone(page: ControlPage) -> None:
    page.post('reset', undoable=True)
    page.sandbox.reset()
    assert page.get('undo')['available'] is False
