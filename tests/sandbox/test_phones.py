"""The phones that a test holds: what they expect, what they do, and how they take their calls."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from hoiio.sandbox import FakeClock, Sandbox, Script
from hoiio.sandbox.phones import assert_quiet
from hoiio.sandbox.presets.scripts import FAILED, MANUAL, RING_SECONDS, UNANSWERED
from hoiio.sandbox.words import Reaction
from tests.sandbox.conftest import HOOK, Desk

if TYPE_CHECKING:
    from tests.sandbox.conftest import Post, Receiver

OWN = '+6591234567'
DEST = '+6598765432'
THIRD = '+6590000003'
NUMBER = '+6531580000'
US_NUMBER = '+14155550100'
PDF = b'%PDF-1.4 /Type /Page /MediaBox [0 0 595 842]'


@pytest.fixture
def manual(desk: Desk) -> Desk:
    """A desk whose phones ring until somebody acts."""
    desk.emulator.script = MANUAL
    desk.emulator.reset()
    return desk


@contextmanager
def meanwhile(desk: Desk, act: Callable[[], object]) -> Iterator[None]:
    """Act as soon as the lock is free; the block has it, and gives it up by waiting."""
    wait = desk.emulator.changed.wait

    def told(timeout: float | None = None) -> bool:
        assert wait(timeout), 'nobody was told of what happened'
        return True

    thread = threading.Thread(target=act)
    with pytest.MonkeyPatch.context() as patch, desk.emulator.lock:
        patch.setattr(desk.emulator.changed, 'wait', told)
        thread.start()
        yield
    thread.join()


def dial(desk: Desk, **values: str) -> None:
    assert desk.status('ivr/start/dial', dest=DEST, notify_url=HOOK, **values) == 'success_ok'


def ask(desk: Desk, path: str, **values: str) -> None:
    assert desk.status(path, session='S1', notify_url=HOOK, **values) == 'success_ok'


# SMS


def test_sms_are_taken_in_order(desk: Desk) -> None:
    for text in ('code 1', 'hello', 'code 2'):
        desk('sms/send', dest=DEST, msg=text)
    phone = desk.phone(DEST)
    assert phone.expect_sms('code').text == 'code 1'
    assert phone.expect_sms(re.compile(r'code \d')).text == 'code 2'
    assert phone.expect_sms().text == 'hello'
    assert [sms.text for sms in phone.inbox] == ['code 1', 'hello', 'code 2']
    assert_quiet(desk.emulator)


def test_an_sms_is_waited_for(desk: Desk) -> None:
    with meanwhile(desk, lambda: desk('sms/send', dest=DEST, msg='your code')):
        sms = desk.phone(DEST).expect_sms('code', timeout=10)
    assert (sms.sender, sms.text, sms.date) == (OWN, 'your code', desk.clock.now())


def test_an_sms_that_does_not_come_tells_what_did(desk: Desk) -> None:
    desk('sms/send', dest=DEST, msg='first')
    desk('sms/send', dest=DEST, msg='hello')
    desk('voice/call', dest2=DEST)
    phone = desk.phone(DEST)
    phone.expect_sms('first')
    with pytest.raises(AssertionError) as caught:
        phone.expect_sms('code', timeout=0)
    assert str(caught.value) == (
        f"{DEST} got no SMS with 'code' within 0 s, but the SMS 'hello' from {OWN}; "
        f'a call from {OWN} (answered) (1 more before, expected or its own)'
    )
    with pytest.raises(AssertionError, match=re.escape('no SMS with /^x/ within')):
        phone.expect_sms(re.compile('^x'), timeout=0)
    with pytest.raises(AssertionError, match=r'got no SMS within 0 s, but nothing else$'):
        desk.phone(THIRD).expect_sms(timeout=0)


def test_a_reply_reaches_the_application(desk: Desk) -> None:
    desk('number/update_forwarding', number=US_NUMBER, forward_sms_to=HOOK)
    desk('sms/send', dest=DEST, msg='Reply YES', sender_name=US_NUMBER)
    desk.phone(DEST).expect_sms('YES').reply('YES')
    assert (desk.last['from'], desk.last['to'], desk.last['msg']) == (DEST, US_NUMBER, 'YES')
    assert desk.last['debit'] == '0.010'


def test_a_reply_to_the_registered_number_reaches_its_phone(desk: Desk) -> None:
    desk('sms/send', dest=DEST, msg='Reply YES')
    balance = desk.balance()
    desk.phone(DEST).expect_sms().reply('YES')
    assert desk.phone(OWN).expect_sms('YES').sender == DEST
    assert desk.balance() == balance


def test_nobody_replies_to_a_name(desk: Desk) -> None:
    desk('sms/send', dest=DEST, msg='Hi', sender_name='Company')
    with pytest.raises(ValueError, match="'Company', which is no phone number"):
        desk.phone(DEST).expect_sms().reply('YES')


def test_an_sms_to_an_own_number_comes_in(desk: Desk) -> None:
    desk('number/update_forwarding', number=US_NUMBER, forward_sms_to=HOOK)
    before = Decimal(desk.balance()[0])
    desk('sms/send', dest=US_NUMBER, msg='hello', tag='t', notify_url=HOOK)
    sent, received = desk.posted
    assert (sent['txn_ref'], sent['sms_status']) == ('AA-S-1', 'delivered')
    assert (received['txn_ref'], received['from'], received['msg']) == ('AA-SI-1', OWN, 'hello')
    assert before - Decimal(desk.balance()[0]) == Decimal('0.020') + Decimal('0.010')
    assert [entry['sms_status'] for entry in desk('sms/get_history')['entries']] == [
        'received', 'delivered',
    ]  # fmt: skip
    assert desk.phone(US_NUMBER).inbox == []


def test_an_sms_that_nobody_can_pay_is_lost(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(points=Decimal('0.009'), bonus=Decimal(0))
    desk.phone(DEST).send_sms(US_NUMBER, 'hello')
    assert desk('sms/get_history')['entries'] == []
    assert 'lost: no credit' in desk.emulator.world.events[-1]


def test_a_phone_can_reply_by_itself(desk: Desk) -> None:
    desk('number/update_forwarding', number=US_NUMBER, forward_sms_to=HOOK)
    phone = desk.phone(DEST)
    phone.replies('OK')
    desk('sms/send', dest=DEST, msg='Sure?', sender_name=US_NUMBER)
    assert desk.last['msg'] == 'OK'
    desk('sms/send', dest=DEST, msg='Sure?', sender_name='Company')
    phone.replies(None)
    desk('sms/send', dest=DEST, msg='Sure?', sender_name=US_NUMBER)
    assert len(desk.posted) == 1
    assert 'Company' not in desk.emulator.world.lines


# Calls to a phone


def test_a_call_rings_is_answered_and_ends(manual: Desk) -> None:
    dial(manual, msg='Hello', caller_id='private')
    call = manual.phone(DEST).expect_call()
    assert (call.state, call.outcome, call.other) == ('ringing', 'ongoing', 'private')
    assert call.txn_ref == 'AA-C-1'
    assert manual.posted == []
    assert manual.balance()[0] == '54.650'
    call.answer()
    call.answer()
    assert (call.state, call.outcome, call.said) == ('talking', 'answered', ['Hello'])
    assert manual.balance()[0] == '54.632'
    call.hang_up()
    call.hang_up()
    assert (call.state, call.outcome) == ('over', 'answered')
    assert [fields['call_state'] for fields in manual.posted] == ['ongoing', 'ended']
    with pytest.raises(LookupError, match='cannot be answered'):
        call.answer()
    assert repr(call) == f'<call of {DEST} and private: over>'


def test_the_whole_of_a_conversation(manual: Desk) -> None:
    dial(manual)
    call = manual.phone(DEST).expect_call()
    call.answer()
    ask(manual, 'ivr/middle/gather', msg='Press 1', max_digits='1')
    call.press('1')
    ask(manual, 'ivr/middle/play', msg='Oh, thank you very much')
    assert call.expect_said('thank you') == 'Oh, thank you very much'
    call.hang_up()
    call.expect_over('answered')


def test_a_call_is_waited_for(manual: Desk) -> None:
    with meanwhile(manual, lambda: dial(manual)):
        call = manual.phone(DEST).expect_call(OWN, timeout=10)
    assert call.state == 'ringing'


def test_a_call_that_does_not_come_tells_what_did(desk: Desk) -> None:
    desk('sms/send', dest=DEST, msg='hello')
    with pytest.raises(AssertionError, match=r"no call within 0 s, but the SMS 'hello' from"):
        desk.phone(DEST).expect_call(timeout=0)
    desk('voice/call', dest2=DEST)
    with pytest.raises(AssertionError, match=rf'no call from \{THIRD} within .* call from \{OWN}'):
        desk.phone(DEST).expect_call(THIRD, timeout=0)
    assert desk.phone(DEST).expect_call(OWN).state == 'talking'


def test_nobody_takes_a_call_for_ever(manual: Desk) -> None:
    dial(manual)
    call = manual.phone(DEST).expect_call()
    manual.clock.advance(seconds=RING_SECONDS - 1)
    assert call.state == 'ringing'
    manual.clock.advance(seconds=1)
    assert (call.state, call.outcome) == ('over', 'unanswered')
    assert manual.last['dial_status'] == 'unanswered'
    with pytest.raises(LookupError, match='cannot be rejected'):
        call.reject()


def test_a_call_can_be_rejected(manual: Desk) -> None:
    dial(manual)
    manual.phone(DEST).expect_call().reject()
    assert manual.last['dial_status'] == 'busy'


def test_hanging_up_rejects_what_rings(manual: Desk) -> None:
    dial(manual)
    manual.phone(DEST).hang_up()
    assert manual.last['dial_status'] == 'busy'
    with pytest.raises(LookupError, match='in no call'):
        manual.phone(DEST).hang_up()


# Keys and words


def test_keys_wait_until_somebody_asks(desk: Desk) -> None:
    dial(desk)
    call = desk.phone(DEST).expect_call()
    with meanwhile(desk, lambda: ask(desk, 'ivr/middle/gather', max_digits='1')):
        call.press('1', timeout=10)
    assert desk.last['digits'] == '1'
    ask(desk, 'ivr/middle/record')
    call.press('#')
    assert 'record_url' in desk.last


@pytest.mark.parametrize('over', [True, False])
def test_keys_that_nobody_asks_for(desk: Desk, over: bool) -> None:
    dial(desk, msg='Hello')
    call = desk.phone(DEST).expect_call()
    if over:
        call.hang_up()
    timeout = 600 if over else 0
    state = 'over' if over else 'talking'
    with pytest.raises(AssertionError, match=rf"call is {state} \(answered\), .* heard 'Hello'"):
        call.press('1', timeout=timeout)
    with pytest.raises(ValueError, match='keys'):
        call.press('')


def test_words_are_taken_in_order(desk: Desk) -> None:
    dial(desk, msg='One')
    ask(desk, 'ivr/middle/play', msg='Two')
    ask(desk, 'ivr/middle/play', msg='One again')
    call = desk.phone(DEST).expect_call()
    assert call.expect_said('Two') == 'Two'
    assert call.expect_said(re.compile('^One')) == 'One again'
    with pytest.raises(AssertionError, match=r"'One' was not said: .* heard 'One', 'Two', 'One ag"):
        call.expect_said('One', timeout=0)


def test_words_are_waited_for_until_the_end(desk: Desk) -> None:
    dial(desk)
    call = desk.phone(DEST).expect_call()
    with meanwhile(desk, lambda: ask(desk, 'ivr/middle/play', msg='Hello')):
        assert call.expect_said('Hello', timeout=10) == 'Hello'
    call.hang_up()
    with pytest.raises(AssertionError, match="'more' was not said: the call is over"):
        call.expect_said('more', timeout=600)


def test_only_this_call_is_heard(desk: Desk) -> None:
    phone = desk.phone(DEST)
    for word in ('One', 'Two'):
        dial(desk, msg=word)
        assert phone.expect_call().said == [word]
    assert phone.heard == ['One', 'Two']


def test_the_end_is_waited_for(desk: Desk) -> None:
    dial(desk)
    call = desk.phone(DEST).expect_call()
    with pytest.raises(AssertionError, match=r'expected the end .*: the call is talking'):
        call.expect_over(timeout=0)
    with meanwhile(desk, lambda: desk('voice/hangup', txn_ref='AA-C-1')):
        call.expect_over(timeout=10)
    with pytest.raises(AssertionError, match=r'expected the end \(busy\): .* \(answered\)'):
        call.expect_over('busy')


# Calls from a phone


@pytest.fixture
def line(desk: Desk) -> Desk:
    desk('number/update_forwarding', number=NUMBER, forward_to=HOOK)
    return desk


def test_a_phone_calls(line: Desk) -> None:
    call = line.phone(DEST).call(NUMBER)
    assert (call.state, call.other, call.txn_ref) == ('ringing', NUMBER, 'AA-C-1')
    with pytest.raises(LookupError, match='cannot be answered'):
        call.answer()
    with pytest.raises(LookupError, match='cannot be rejected'):
        call.reject()
    line.clock.advance(hours=1)
    assert call.state == 'ringing', 'the application decides'
    ask(line, 'ivr/middle/gather', msg='Welcome')
    assert (call.state, call.said) == ('talking', ['Welcome'])
    call.press('5#')
    assert line.last['digits'] == '5'
    call.hang_up()
    assert line.last['call_state'] == 'ended'
    assert_quiet(line.emulator)


def test_a_call_that_is_rejected_by_the_application(line: Desk) -> None:
    call = line.phone(DEST).call(NUMBER)
    ask(line, 'ivr/end/hangup')
    call.expect_over('unanswered', timeout=0)


def test_a_caller_has_a_script_too(line: Desk) -> None:
    line.phone(DEST).answers(pressing=['3#'], hanging_up_after=20)
    call = line.phone(DEST).call(NUMBER)
    line.clock.advance(minutes=1)
    assert call.state == 'ringing', 'the script begins when the application answers'
    ask(line, 'ivr/middle/gather')
    assert line.last['digits'] == '3'
    line.clock.advance(seconds=20)
    assert call.state == 'over'


@pytest.mark.parametrize('talking', [True, False])
def test_a_call_that_nothing_takes(line: Desk, talking: bool) -> None:
    for _ in range(8 if talking else 0):
        line('voice/call', dest2=DEST)
    call = line.phone(THIRD).call(NUMBER if talking else '+6531580001')
    call.expect_over('busy' if talking else 'failed', timeout=0)
    assert call.txn_ref == ''
    assert call.talking_to == []
    assert 'lost' in line.emulator.world.events[-1]


def test_eight_callers_take_eight_lines(line: Desk) -> None:
    callers = [line.phone(f'+659000001{n}').call(NUMBER) for n in range(8)]
    assert {call.state for call in callers} == {'ringing'}
    assert line.status('voice/call', dest2=DEST) == 'error_concurrent_call_limit_reached'
    assert line.status('fax/send', dest=DEST, file=PDF) == 'error_concurrent_call_limit_reached'
    callers[0].hang_up()
    assert line.status('voice/call', dest2=DEST) == 'success_ok'


# Two phones


def test_dest1_rings_before_dest2(manual: Desk) -> None:
    manual('voice/call', dest1=DEST, dest2=THIRD, caller_id=NUMBER, notify_url=HOOK)
    first = manual.phone(DEST).expect_call()
    assert first.other == THIRD
    assert manual.phone(THIRD).calls == []
    first.answer()
    assert first.talking_to == []
    second = manual.phone(THIRD).expect_call(NUMBER)
    manual.clock.advance(seconds=20)
    assert manual.balance()[0] == '54.650', 'two have to be on the phone'
    second.answer()
    assert manual.balance()[0] == '54.614'
    assert (first.talking_to, second.talking_to) == ([THIRD], [DEST])
    manual.clock.advance(minutes=2.5)
    assert manual('voice/query_status', txn_ref='AA-C-1')['call_status_dest2'] == 'ongoing'
    second.hang_up()
    assert first.state == 'over'
    assert (manual.last['duration'], manual.last['debit']) == ('3', '0.108')


def test_the_limit_of_a_call_counts_from_the_second_phone(manual: Desk) -> None:
    manual('voice/call', dest1=DEST, dest2=THIRD, max_duration='90', notify_url=HOOK)
    manual.phone(DEST).expect_call().answer()
    manual.clock.advance(seconds=25)
    manual.phone(THIRD).expect_call().answer()
    manual.clock.advance(seconds=89)
    assert manual.posted == []
    manual.clock.advance(seconds=1)
    assert manual.last['duration'] == '2'


@pytest.mark.parametrize(
    ('first', 'second', 'statuses'),
    [
        ('reject', '', ('busy', 'unanswered')),
        ('wait', '', ('unanswered', 'unanswered')),
        ('answer', 'reject', ('answered', 'busy')),
        ('answer', 'wait', ('answered', 'unanswered')),
        ('answer', 'first hangs up', ('answered', 'unanswered')),
        ('answer', 'api', ('answered', 'unanswered')),
        ('api', '', ('unanswered', 'unanswered')),
    ],
)
def test_calls_that_are_not_joined(
    manual: Desk, first: str, second: str, statuses: tuple[str, str]
) -> None:
    manual('voice/call', dest1=DEST, dest2=THIRD, notify_url=HOOK)
    one = manual.phone(DEST).expect_call()
    acts: dict[str, Callable[[], object]] = {
        'wait': lambda: manual.clock.advance(seconds=RING_SECONDS),
        'api': lambda: manual('voice/hangup', txn_ref='AA-C-1'),
        'first hangs up': one.hang_up,
    }
    acts.get(first, getattr(one, first, None))()  # type: ignore[misc]
    if second:
        two = manual.phone(THIRD).expect_call()
        acts.get(second, getattr(two, second, None))()  # type: ignore[misc]
    assert (manual.last['call_status_dest1'], manual.last['call_status_dest2']) == statuses
    assert (manual.last['duration'], manual.last['debit']) == ('0', '0.000')
    assert len(manual.posted) == 1
    assert manual.emulator.world.live_calls == []
    assert manual.phone(DEST).calls == manual.phone(THIRD).calls == []


def test_participants_are_called_one_by_one(manual: Desk) -> None:
    three = [DEST, THIRD, '+6590000004']
    manual('voice/conference', dest=','.join(three), room='r', notify_url=HOOK)
    phones = [manual.phone(number) for number in three]
    assert [len(phone.calls) for phone in phones] == [1, 0, 0]
    first = phones[0].expect_call()
    first.answer()
    assert [len(phone.calls) for phone in phones] == [1, 1, 0]
    phones[1].expect_call().reject()
    assert manual.last['call_status_dest1'] == 'busy'
    third = phones[2].expect_call()
    third.answer()
    assert (first.talking_to, third.talking_to) == ([three[2]], [DEST])
    assert manual.balance()[0] == '54.614'
    manual.clock.advance(minutes=5)
    first.hang_up()
    assert third.talking_to == []
    assert third.state == 'talking'


def test_a_participant_who_was_hung_up_is_not_called(manual: Desk) -> None:
    manual('voice/conference', dest=f'{DEST},{THIRD},+6590000004')
    manual('voice/hangup', txn_ref='AA-C-2')
    manual('voice/hangup', txn_ref='AA-C-1')
    assert manual.phone(THIRD).calls == []
    assert len(manual.phone('+6590000004').calls) == 1


def test_both_phones_see_a_transfer(manual: Desk) -> None:
    dial(manual)
    call = manual.phone(DEST).expect_call()
    call.answer()
    with pytest.raises(AssertionError, match='not joined with anybody'):
        call.expect_talking_to(timeout=0)
    ask(manual, 'ivr/end/transfer', dest=THIRD)
    other = manual.phone(THIRD).expect_call()
    assert (call.talking_to, other.talking_to) == ([], [])
    with meanwhile(manual, other.answer):
        assert call.expect_talking_to(THIRD, timeout=10) == THIRD
    assert other.expect_talking_to() == DEST
    with pytest.raises(AssertionError, match=f'not joined with \\{OWN}'):
        other.expect_talking_to(OWN, timeout=0)
    call.hang_up()
    other.expect_over('answered', timeout=0)
    assert call.talking_to == other.talking_to == []


# Scripts


def test_a_phone_presses_by_itself(desk: Desk) -> None:
    phone = desk.phone(DEST)
    phone.answers(pressing=['1', '', '2#'])
    dial(desk)
    ask(desk, 'ivr/middle/gather', max_digits='1')
    assert desk.last['digits'] == '1'
    ask(desk, 'ivr/middle/gather', attempts='2', timeout='5')
    desk.clock.advance(seconds=5)
    assert desk.last['digits'] == '2', 'the second attempt is another question'
    ask(desk, 'ivr/middle/gather')
    desk.clock.advance(seconds=15)
    assert desk.last['digits'] == '', 'the script is at its end'


def test_each_call_begins_its_script_anew(desk: Desk) -> None:
    desk.phone(DEST).answers(pressing=['7'])
    for session in ('S1', 'S2'):
        dial(desk)
        desk('ivr/middle/gather', session=session, max_digits='1', notify_url=HOOK)
        assert (desk.last['session'], desk.last['digits']) == (session, '7')


def test_a_phone_has_no_letters(desk: Desk) -> None:
    with pytest.raises(ValueError, match='keys'):
        desk.phone(DEST).answers(pressing=['1', 'x'])


def test_a_phone_answers_later_and_hangs_up(desk: Desk) -> None:
    phone = desk.phone(DEST)
    phone.answers(after=5, hanging_up_after=90)
    dial(desk)
    call = phone.expect_call()
    desk.clock.advance(seconds=4)
    assert call.state == 'ringing'
    desk.clock.advance(seconds=1)
    assert call.state == 'talking'
    ask(desk, 'ivr/middle/hold')
    desk.clock.advance(seconds=89)
    assert call.state == 'talking'
    desk.clock.advance(seconds=1)
    assert call.state == 'over'
    assert desk.last['duration'] == '2'


def test_a_phone_that_hangs_up_after_a_minute_pays_one(desk: Desk) -> None:
    desk.phone(DEST).answers(hanging_up_after=60)
    desk('voice/call', dest2=DEST, max_duration='300', notify_url=HOOK)
    desk.clock.advance(minutes=5)
    assert desk.last['duration'] == '1'


def test_a_phone_that_would_answer_too_late(desk: Desk) -> None:
    desk.phone(DEST).answers(after=RING_SECONDS)
    dial(desk)
    desk.clock.advance(seconds=RING_SECONDS)
    assert desk.last['dial_status'] == 'unanswered'


@pytest.mark.parametrize('outcome', ['busy', 'unanswered', 'failed'])
def test_a_phone_can_ring_before_it_fails(desk: Desk, outcome: Reaction) -> None:
    desk.phone(DEST).react(outcome, after=12)
    dial(desk)
    desk.clock.advance(seconds=11)
    assert desk.posted == []
    desk.clock.advance(seconds=1)
    assert desk.last['dial_status'] == outcome


def test_the_next_call_only(desk: Desk) -> None:
    phone = desk.phone(DEST)
    phone.reject_next()
    phone.script_next(UNANSWERED, FAILED)
    for outcome in ('busy', 'unanswered', 'failed', 'answered'):
        dial(desk)
        assert desk.last['dial_status'] == outcome
        assert phone.expect_call().outcome == outcome


def test_a_busy_phone(desk: Desk) -> None:
    desk.phone(DEST).busy()
    for _ in range(2):
        dial(desk)
        assert desk.last['dial_status'] == 'busy'
    desk.phone(DEST).answers()
    dial(desk)
    assert desk.last['dial_status'] == 'answered'


def test_one_phone_that_rings_among_those_that_answer(desk: Desk) -> None:
    desk.phone(DEST).rings()
    desk('voice/call', dest2=DEST)
    assert desk.phone(OWN).expect_call().state == 'talking'
    assert desk.phone(DEST).expect_call().state == 'ringing'


def test_a_script_as_a_whole(manual: Desk) -> None:
    manual.phone(DEST).script(Script(pressing=('1',), talking=10))
    manual.phone(OWN).answers()
    manual('voice/call', dest2=DEST, notify_url=HOOK)
    manual.clock.advance(seconds=9)
    assert manual.posted == []
    manual.clock.advance(seconds=1)
    assert manual.last['call_status_dest2'] == 'answered'


def test_a_room_is_waited_for(desk: Desk) -> None:
    dial(desk)
    call = desk.phone(DEST).expect_call()
    desk('voice/conference', dest=THIRD, room='r')
    with meanwhile(desk, lambda: ask(desk, 'ivr/end/transfer', dest='room:r')):
        assert call.expect_talking_to(timeout=10) == THIRD


def test_people_talk_as_long_as_they_like(manual: Desk) -> None:
    dial(manual)
    manual.phone(DEST).expect_call().answer()
    ask(manual, 'ivr/end/transfer', dest=THIRD)
    manual.phone(THIRD).expect_call().answer()
    manual.clock.advance(minutes=30)
    assert manual.phone(THIRD).calls[0].talking_to == [DEST]


# Faxes


def test_a_fax_waits_to_be_accepted(manual: Desk) -> None:
    manual('fax/send', dest=DEST, file=PDF, caller_id=NUMBER, notify_url=HOOK)
    fax = manual.phone(DEST).expect_fax()
    assert (fax.sender, fax.outcome, fax.content, fax.txn_ref) == (
        NUMBER, 'ongoing', PDF, 'AA-F-1',
    )  # fmt: skip
    status = manual('fax/query_status', txn_ref='AA-F-1')
    assert status['fax_status'] == 'ongoing'
    assert not {'debit', 'fax_pages', 'fax_url'} & status.keys()
    assert manual.posted == []
    assert manual.balance()[0] == '54.650'
    fax.accept()
    fax.accept()
    fax.reject()
    assert (manual.last['fax_status'], manual.last['debit']) == ('answered', '0.032')
    assert manual.balance()[0] == '54.618'
    assert len(manual.posted) == 1
    assert manual.emulator.world.live_faxes == []
    assert manual.phone(DEST).faxes == []
    assert repr(fax) == f'<fax from {NUMBER} to {DEST}: answered>'


@pytest.mark.parametrize('outcome', ['busy', 'unanswered'])
def test_a_fax_that_is_not_accepted(manual: Desk, outcome: str) -> None:
    manual('fax/send', dest=DEST, file=PDF, notify_url=HOOK)
    fax = manual.phone(DEST).faxes[0]
    if outcome == 'busy':
        fax.reject()
    else:
        manual.clock.advance(seconds=RING_SECONDS)
    assert (manual.last['fax_status'], manual.last['debit']) == (outcome, '0.000')
    assert manual.phone(DEST).faxes == []
    assert manual.balance()[0] == '54.650'
    with pytest.raises(LookupError, match='cannot be accepted'):
        fax.accept()


def test_a_fax_takes_a_line_until_then(manual: Desk) -> None:
    for _ in range(8):
        assert manual.status('fax/send', dest=DEST, file=PDF) == 'success_ok'
    limit = 'error_concurrent_call_limit_reached'
    assert manual.status('fax/send', dest=DEST, file=PDF) == limit
    assert manual.status('voice/call', dest2=DEST) == limit
    manual('number/update_forwarding', number=NUMBER, forward_to=HOOK, mode='fax')
    manual.phone(DEST).send_fax(NUMBER, PDF)
    assert 'lost: no line' in manual.emulator.world.events[-1]
    manual.phone(DEST).expect_fax().accept()
    manual.phone(DEST).send_fax(NUMBER, PDF)
    assert manual.last['fax_status'] == 'answered'


def test_a_fax_that_cannot_be_paid_any_more_fails(manual: Desk) -> None:
    manual('fax/send', dest=DEST, file=PDF, notify_url=HOOK)
    manual.emulator.world.account.spend(manual.emulator.world.account.balance)
    manual.phone(DEST).expect_fax().accept()
    assert (manual.last['fax_status'], manual.last['fax_error_code']) == ('failed', 'failed')


def test_a_fax_that_does_not_come_tells_what_did(desk: Desk) -> None:
    desk('sms/send', dest=DEST, msg='hello')
    with pytest.raises(AssertionError, match="no fax within 0 s, but the SMS 'hello'"):
        desk.phone(DEST).expect_fax(timeout=0)


def test_only_a_pdf_can_be_faxed(desk: Desk) -> None:
    desk('number/update_forwarding', number=NUMBER, forward_to=HOOK, mode='fax')
    with pytest.raises(ValueError, match='cannot be faxed: error_file_invalid'):
        desk.phone(DEST).send_fax(NUMBER, b'GIF89a')


# The rest


def test_quiet_means_that_all_was_expected(desk: Desk) -> None:
    assert_quiet(desk.emulator)
    desk('sms/send', dest=DEST, msg='hello')
    desk('voice/call', dest2=DEST)
    desk('fax/send', dest=THIRD, file=PDF)
    with pytest.raises(AssertionError) as caught:
        assert_quiet(desk.emulator)
    assert str(caught.value) == (
        f"nothing was expected, but {DEST} got the SMS 'hello' from {OWN}; "
        f'{DEST} got a call from {OWN} (answered); {OWN} got a call from {DEST} (answered); '
        f'{THIRD} got a fax from {OWN} (answered)'
    )
    desk.phone(DEST).expect_sms()
    desk.phone(DEST).expect_call()
    desk.phone(OWN).expect_call()
    desk.phone(THIRD).expect_fax()
    assert_quiet(desk.emulator)


def test_a_reset_forgets_what_phones_were_told(desk: Desk) -> None:
    desk.phone(DEST).busy()
    desk('sms/send', dest=DEST, msg='hello')
    desk.emulator.reset()
    assert_quiet(desk.emulator)
    dial(desk)
    assert desk.last['dial_status'] == 'answered'


def test_an_application_over_http(receiver: Receiver) -> None:
    """The application thinks in its own threads; the phone waits for what it does."""
    with Sandbox(answer='manual', clock=FakeClock()) as sandbox:
        ivr = sandbox.client().ivr

        def react(post: Post) -> None:
            fields = post.fields
            session = fields['session']
            if fields['ivr_block'] == 'dial' and fields['call_state'] == 'ongoing':
                ivr.gather(session, msg='Press 1', max_digits=1, notify_url=receiver.url)
            elif fields['ivr_block'] == 'gather' and fields['digits'] == '1':
                ivr.hangup(session, msg='Fine, thank you', notify_url=receiver.url)

        receiver.react = react
        sandbox.client().ivr.dial(DEST, notify_url=receiver.url).raise_for_status()
        call = sandbox.phone(DEST).expect_call(timeout=30)
        call.answer()
        call.press('1', timeout=30)
        call.expect_said('thank you', timeout=30)
        call.expect_over('answered', timeout=30)
        sandbox.assert_quiet()
        sandbox.drain(timeout=30)
    assert receiver.posts[-1].fields['call_state'] == 'ended'


def test_answer_is_auto_or_manual() -> None:
    with pytest.raises(ValueError, match="'auto' or 'manual', not 'never'"):
        Sandbox(answer='never')  # type: ignore[arg-type]


# A minute is paid once it has begun


@pytest.mark.parametrize(('seconds', 'minutes'), [(60, '1'), (61, '2'), (120, '2'), (121, '3')])
def test_a_transferred_call_pays_on_both_legs_the_minutes_that_began(
    desk: Desk, seconds: int, minutes: str
) -> None:
    desk('number/update_forwarding', number='+6531580000', forward_to=HOOK)
    desk.phone('+6590000003').script(Script(talking=seconds))
    desk.phone('+6590000001').script(MANUAL)
    caller = desk.phone('+6590000001').call('+6531580000')
    desk('ivr/end/transfer', session='S1', dest='+6590000003', notify_url=HOOK)
    desk.clock.advance(seconds=300)
    caller.expect_over('answered')
    calls = [desk('voice/query_status', txn_ref=ref) for ref in ('AA-C-1', 'AA-C-2')]
    assert [call['duration'] for call in calls] == [minutes, minutes]


@pytest.mark.parametrize(('seconds', 'minutes'), [(60, '1'), (61, '2'), (120, '2'), (121, '3')])
@pytest.mark.parametrize('at_once', [True, False])
def test_who_hangs_up_on_the_minute_has_not_begun_another(
    desk: Desk, seconds: int, minutes: str, at_once: bool
) -> None:
    desk.emulator.script = MANUAL
    desk.emulator.reset()
    desk('voice/call', dest1='+6590000001', dest2='+6590000003')
    phones = [desk.phone('+6590000001'), desk.phone('+6590000003')]
    for phone in phones:
        phone.expect_call().answer()
    for step in [seconds] if at_once else [1] * seconds:
        desk.clock.advance(seconds=step)
    phones[0].hang_up()
    assert desk('voice/query_status', txn_ref='AA-C-1')['duration'] == minutes


def test_a_room_left_on_the_minute_costs_one(desk: Desk) -> None:
    desk('number/update_forwarding', number='+6531580000', forward_to=HOOK)
    desk.phone('+6590000001').script(Script(talking=60))
    desk.phone('+6590000001').call('+6531580000')
    desk('ivr/end/transfer', session='S1', dest='room:', notify_url=HOOK)
    desk.clock.advance(seconds=300)
    assert desk.last['duration'] == '1'


# A reset ends what a test still has in its hand


def test_a_call_of_before_a_reset_does_not_act_on_what_came_after(desk: Desk) -> None:
    phone = desk.phone('+6590000001')
    phone.rings()
    desk('voice/call', dest1='+6590000001', dest2='+6590000003', notify_url=HOOK)
    ringing = phone.expect_call()
    desk('ivr/start/dial', dest='+6590000004', notify_url=HOOK)
    talking = desk.phone('+6590000004').expect_call()
    desk.emulator.reset()
    assert [call.state for call in (ringing, talking)] == ['over', 'over']
    assert [call.outcome for call in (ringing, talking)] == ['unanswered', 'answered']
    with pytest.raises(LookupError):
        ringing.answer()
    with pytest.raises(LookupError):
        ringing.reject()
    for call in (ringing, talking):
        call.hang_up()
        call.expect_over()
    assert desk.posted == []
    assert desk.emulator.world.events == []


def test_keys_of_before_a_reset_reach_no_call_of_the_same_reference(desk: Desk) -> None:
    calls = []
    for _ in range(2):
        desk.emulator.reset()
        desk('ivr/start/dial', dest='+6590000001', notify_url=HOOK)
        desk('ivr/middle/gather', session='S1', max_digits='2', notify_url=HOOK)
        calls.append(desk.phone('+6590000001').expect_call())
    assert calls[0].txn_ref == calls[1].txn_ref
    with pytest.raises(AssertionError, match='nothing waits for keys'):
        calls[0].press('12')
    calls[1].press('34')
    assert desk.last['digits'] == '34'


def test_a_fax_of_before_a_reset_cannot_be_accepted(desk: Desk) -> None:
    desk.phone('+6561234567').rings()
    desk('fax/send', dest='+6561234567', file=b'%PDF-1.4', notify_url=HOOK)
    coming = desk.phone('+6561234567').expect_fax()
    desk.emulator.reset()
    with pytest.raises(LookupError):
        coming.accept()
    coming.reject()
    assert desk.posted == []
    assert coming.outcome == 'unanswered'
