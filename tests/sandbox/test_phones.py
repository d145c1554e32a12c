"""The phones that a test controls: what it expects of them, what they do and how they react."""

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
from tests.sandbox.conftest import HOOK, LocalService

if TYPE_CHECKING:
    from tests.sandbox.conftest import Post, Receiver

OWN = '+6591234567'
DEST = '+6598765432'
THIRD = '+6590000003'
NUMBER = '+6531580000'
US_NUMBER = '+14155550100'
PDF = b'%PDF-1.4 /Type /Page /MediaBox [0 0 595 842]'


@pytest.fixture
def manual(service: LocalService) -> LocalService:
    """A service whose phones ring until the test acts."""
    service.emulator.script = MANUAL
    service.emulator.reset()
    return service


@contextmanager
def meanwhile(service: LocalService, act: Callable[[], object]) -> Iterator[None]:
    """Run `act` in a thread, which gets the lock when the block starts to wait."""
    wait = service.emulator.changed.wait

    def notified(timeout: float | None = None) -> bool:
        assert wait(timeout), 'a waiting thread was not notified'
        return True

    thread = threading.Thread(target=act)
    with pytest.MonkeyPatch.context() as patch, service.emulator.lock:
        patch.setattr(service.emulator.changed, 'wait', notified)
        thread.start()
        yield
    thread.join()


def dial(service: LocalService, **values: str) -> None:
    assert service.status('ivr/start/dial', dest=DEST, notify_url=HOOK, **values) == 'success_ok'


def ask(service: LocalService, path: str, **values: str) -> None:
    assert service.status(path, session='S1', notify_url=HOOK, **values) == 'success_ok'


# SMS


def test_sms_are_returned_in_order(service: LocalService) -> None:
    for text in ('code 1', 'hello', 'code 2'):
        service('sms/send', dest=DEST, msg=text)
    phone = service.phone(DEST)
    assert phone.expect_sms('code').text == 'code 1'
    assert phone.expect_sms(re.compile(r'code \d')).text == 'code 2'
    assert phone.expect_sms().text == 'hello'
    assert [sms.text for sms in phone.inbox] == ['code 1', 'hello', 'code 2']
    assert_quiet(service.emulator)


def test_expect_sms_waits(service: LocalService) -> None:
    with meanwhile(service, lambda: service('sms/send', dest=DEST, msg='your code')):
        sms = service.phone(DEST).expect_sms('code', timeout=30)
    assert (sms.sender, sms.text, sms.date) == (OWN, 'your code', service.clock.now())


def test_an_error_for_a_missing_sms_lists_what_arrived(service: LocalService) -> None:
    service('sms/send', dest=DEST, msg='first')
    service('sms/send', dest=DEST, msg='hello')
    service('voice/call', dest2=DEST)
    phone = service.phone(DEST)
    phone.expect_sms('first')
    with pytest.raises(AssertionError) as caught:
        phone.expect_sms('code', timeout=0)
    assert str(caught.value) == (
        f"{DEST} received no SMS with 'code' within 0 s. It received the SMS 'hello' from {OWN}; "
        f'a call from {OWN} (answered) (not counting 1 already expected or placed by this phone).'
    )
    with pytest.raises(AssertionError, match=re.escape('no SMS with /^x/ within')):
        phone.expect_sms(re.compile('^x'), timeout=0)
    with pytest.raises(
        AssertionError, match=r'received no SMS within 0 s\. It received nothing at all\.$'
    ):
        service.phone(THIRD).expect_sms(timeout=0)


def test_a_reply_reaches_the_application(service: LocalService) -> None:
    service('number/update_forwarding', number=US_NUMBER, forward_sms_to=HOOK)
    service('sms/send', dest=DEST, msg='Reply YES', sender_name=US_NUMBER)
    service.phone(DEST).expect_sms('YES').reply('YES')
    assert (service.last['from'], service.last['to'], service.last['msg']) == (
        DEST,
        US_NUMBER,
        'YES',
    )
    assert service.last['debit'] == '0.010'


def test_a_reply_to_the_registered_number_reaches_its_phone(service: LocalService) -> None:
    service('sms/send', dest=DEST, msg='Reply YES')
    balance = service.balance()
    service.phone(DEST).expect_sms().reply('YES')
    assert service.phone(OWN).expect_sms('YES').sender == DEST
    assert service.balance() == balance


def test_a_reply_to_a_name_is_refused(service: LocalService) -> None:
    service('sms/send', dest=DEST, msg='Hi', sender_name='Company')
    with pytest.raises(ValueError, match="'Company', which is not a phone number"):
        service.phone(DEST).expect_sms().reply('YES')


def test_an_sms_to_a_number_of_the_account_is_received(service: LocalService) -> None:
    service('number/update_forwarding', number=US_NUMBER, forward_sms_to=HOOK)
    before = Decimal(service.balance()[0])
    service('sms/send', dest=US_NUMBER, msg='hello', tag='t', notify_url=HOOK)
    sent, received = service.posted
    assert (sent['txn_ref'], sent['sms_status']) == ('AA-S-1', 'delivered')
    assert (received['txn_ref'], received['from'], received['msg']) == ('AA-SI-1', OWN, 'hello')
    assert before - Decimal(service.balance()[0]) == Decimal('0.020') + Decimal('0.010')
    assert [entry['sms_status'] for entry in service('sms/get_history')['entries']] == [
        'received', 'delivered',
    ]  # fmt: skip
    assert service.phone(US_NUMBER).inbox == []


def test_an_incoming_sms_without_credit_is_lost(service_with: Callable[..., LocalService]) -> None:
    service = service_with(points=Decimal('0.009'), bonus=Decimal(0))
    service.phone(DEST).send_sms(US_NUMBER, 'hello')
    assert service('sms/get_history')['entries'] == []
    assert 'lost: not enough credit' in service.emulator.world.events[-1]


def test_a_phone_can_reply_automatically(service: LocalService) -> None:
    service('number/update_forwarding', number=US_NUMBER, forward_sms_to=HOOK)
    phone = service.phone(DEST)
    phone.replies('OK')
    service('sms/send', dest=DEST, msg='Sure?', sender_name=US_NUMBER)
    assert service.last['msg'] == 'OK'
    service('sms/send', dest=DEST, msg='Sure?', sender_name='Company')
    phone.replies(None)
    service('sms/send', dest=DEST, msg='Sure?', sender_name=US_NUMBER)
    assert len(service.posted) == 1
    assert 'Company' not in service.emulator.world.phones


# Calls to a phone


def test_a_call_rings_is_answered_and_ends(manual: LocalService) -> None:
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


def test_a_whole_conversation(manual: LocalService) -> None:
    dial(manual)
    call = manual.phone(DEST).expect_call()
    call.answer()
    ask(manual, 'ivr/middle/gather', msg='Press 1', max_digits='1')
    call.press('1')
    ask(manual, 'ivr/middle/play', msg='Oh, thank you very much')
    assert call.expect_said('thank you') == 'Oh, thank you very much'
    call.hang_up()
    call.expect_over('answered')


def test_expect_call_waits(manual: LocalService) -> None:
    with meanwhile(manual, lambda: dial(manual)):
        call = manual.phone(DEST).expect_call(OWN, timeout=30)
    assert call.state == 'ringing'


def test_an_error_for_a_missing_call_lists_what_arrived(service: LocalService) -> None:
    service('sms/send', dest=DEST, msg='hello')
    with pytest.raises(
        AssertionError, match=r"no call within 0 s\. It received the SMS 'hello' from"
    ):
        service.phone(DEST).expect_call(timeout=0)
    service('voice/call', dest2=DEST)
    with pytest.raises(AssertionError, match=rf'no call from \{THIRD} within .* call from \{OWN}'):
        service.phone(DEST).expect_call(THIRD, timeout=0)
    assert service.phone(DEST).expect_call(OWN).state == 'talking'


def test_a_call_that_nobody_answers_ends_after_a_while(manual: LocalService) -> None:
    dial(manual)
    call = manual.phone(DEST).expect_call()
    manual.clock.advance(seconds=RING_SECONDS - 1)
    assert call.state == 'ringing'
    manual.clock.advance(seconds=1)
    assert (call.state, call.outcome) == ('over', 'unanswered')
    assert manual.last['dial_status'] == 'unanswered'
    with pytest.raises(LookupError, match='cannot be rejected'):
        call.reject()


def test_a_call_can_be_rejected(manual: LocalService) -> None:
    dial(manual)
    manual.phone(DEST).expect_call().reject()
    assert manual.last['dial_status'] == 'busy'


def test_hanging_up_rejects_a_ringing_call(manual: LocalService) -> None:
    dial(manual)
    manual.phone(DEST).hang_up()
    assert manual.last['dial_status'] == 'busy'
    with pytest.raises(LookupError, match='is not in a call'):
        manual.phone(DEST).hang_up()


# Keys and speech


def test_press_waits_until_the_application_asks(service: LocalService) -> None:
    dial(service)
    call = service.phone(DEST).expect_call()
    with meanwhile(service, lambda: ask(service, 'ivr/middle/gather', max_digits='1')):
        call.press('1', timeout=30)
    assert service.last['digits'] == '1'
    ask(service, 'ivr/middle/record')
    call.press('#')
    assert 'record_url' in service.last


@pytest.mark.parametrize('over', [True, False])
def test_keys_that_the_application_does_not_ask_for(service: LocalService, over: bool) -> None:
    dial(service, msg='Hello')
    call = service.phone(DEST).expect_call()
    if over:
        call.hang_up()
    timeout = 600 if over else 0
    state = 'over' if over else 'talking'
    with pytest.raises(AssertionError, match=rf"call is {state} \(answered\), .* heard 'Hello'"):
        call.press('1', timeout=timeout)
    with pytest.raises(ValueError, match='keys'):
        call.press('')


def test_speech_is_returned_in_order(service: LocalService) -> None:
    dial(service, msg='One')
    ask(service, 'ivr/middle/play', msg='Two')
    ask(service, 'ivr/middle/play', msg='One again')
    call = service.phone(DEST).expect_call()
    assert call.expect_said('Two') == 'Two'
    assert call.expect_said(re.compile('^One')) == 'One again'
    with pytest.raises(AssertionError, match=r"'One' was not said: .* heard 'One', 'Two', 'One ag"):
        call.expect_said('One', timeout=0)


def test_expect_said_waits_until_the_call_ends(service: LocalService) -> None:
    dial(service)
    call = service.phone(DEST).expect_call()
    with meanwhile(service, lambda: ask(service, 'ivr/middle/play', msg='Hello')):
        assert call.expect_said('Hello', timeout=30) == 'Hello'
    call.hang_up()
    with pytest.raises(AssertionError, match="'more' was not said: the call is over"):
        call.expect_said('more', timeout=600)


def test_a_call_has_only_its_own_speech(service: LocalService) -> None:
    phone = service.phone(DEST)
    for word in ('One', 'Two'):
        dial(service, msg=word)
        assert phone.expect_call().said == [word]
    assert phone.heard == ['One', 'Two']


def test_expect_over_waits(service: LocalService) -> None:
    dial(service)
    call = service.phone(DEST).expect_call()
    with pytest.raises(AssertionError, match=r'expected the call to end .*: the call is talking'):
        call.expect_over(timeout=0)
    with meanwhile(service, lambda: service('voice/hangup', txn_ref='AA-C-1')):
        call.expect_over(timeout=30)
    with pytest.raises(AssertionError, match=r'expected the call to end \(busy\): .* \(answered\)'):
        call.expect_over('busy')


# Calls from a phone


@pytest.fixture
def forwarding(service: LocalService) -> LocalService:
    service('number/update_forwarding', number=NUMBER, forward_to=HOOK)
    return service


def test_a_phone_calls(forwarding: LocalService) -> None:
    call = forwarding.phone(DEST).call(NUMBER)
    assert (call.state, call.other, call.txn_ref) == ('ringing', NUMBER, 'AA-C-1')
    with pytest.raises(LookupError, match='cannot be answered'):
        call.answer()
    with pytest.raises(LookupError, match='cannot be rejected'):
        call.reject()
    forwarding.clock.advance(hours=1)
    assert call.state == 'ringing', 'the application decides'
    ask(forwarding, 'ivr/middle/gather', msg='Welcome')
    assert (call.state, call.said) == ('talking', ['Welcome'])
    call.press('5#')
    assert forwarding.last['digits'] == '5'
    call.hang_up()
    assert forwarding.last['call_state'] == 'ended'
    assert_quiet(forwarding.emulator)


def test_a_call_that_is_rejected_by_the_application(forwarding: LocalService) -> None:
    call = forwarding.phone(DEST).call(NUMBER)
    ask(forwarding, 'ivr/end/hangup')
    call.expect_over('unanswered', timeout=0)


def test_a_caller_has_a_script_too(forwarding: LocalService) -> None:
    forwarding.phone(DEST).answers(pressing=['3#'], hanging_up_after=20)
    call = forwarding.phone(DEST).call(NUMBER)
    forwarding.clock.advance(minutes=1)
    assert call.state == 'ringing', 'the script begins when the application answers'
    ask(forwarding, 'ivr/middle/gather')
    assert forwarding.last['digits'] == '3'
    forwarding.clock.advance(seconds=20)
    assert call.state == 'over'


@pytest.mark.parametrize('talking', [True, False])
def test_a_call_that_cannot_ring_ends_at_once(forwarding: LocalService, talking: bool) -> None:
    for _ in range(8 if talking else 0):
        forwarding('voice/call', dest2=DEST)
    call = forwarding.phone(THIRD).call(NUMBER if talking else '+6531580001')
    call.expect_over('busy' if talking else 'failed', timeout=0)
    assert call.txn_ref == ''
    assert call.talking_to == []
    assert 'lost' in forwarding.emulator.world.events[-1]


def test_eight_callers_use_all_call_slots(forwarding: LocalService) -> None:
    callers = [forwarding.phone(f'+659000001{n}').call(NUMBER) for n in range(8)]
    assert {call.state for call in callers} == {'ringing'}
    assert forwarding.status('voice/call', dest2=DEST) == 'error_concurrent_call_limit_reached'
    assert (
        forwarding.status('fax/send', dest=DEST, file=PDF) == 'error_concurrent_call_limit_reached'
    )
    callers[0].hang_up()
    assert forwarding.status('voice/call', dest2=DEST) == 'success_ok'


# Two phones


def test_dest1_rings_before_dest2(manual: LocalService) -> None:
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


def test_the_limit_of_a_call_counts_from_the_second_phone(manual: LocalService) -> None:
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
    manual: LocalService, first: str, second: str, statuses: tuple[str, str]
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


def test_participants_are_called_one_by_one(manual: LocalService) -> None:
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


def test_a_participant_who_was_hung_up_is_not_called(manual: LocalService) -> None:
    manual('voice/conference', dest=f'{DEST},{THIRD},+6590000004')
    manual('voice/hangup', txn_ref='AA-C-2')
    manual('voice/hangup', txn_ref='AA-C-1')
    assert manual.phone(THIRD).calls == []
    assert len(manual.phone('+6590000004').calls) == 1


def test_both_phones_see_a_transfer(manual: LocalService) -> None:
    dial(manual)
    call = manual.phone(DEST).expect_call()
    call.answer()
    with pytest.raises(AssertionError, match='not talking to another phone'):
        call.expect_talking_to(timeout=0)
    ask(manual, 'ivr/end/transfer', dest=THIRD)
    other = manual.phone(THIRD).expect_call()
    assert (call.talking_to, other.talking_to) == ([], [])
    with meanwhile(manual, other.answer):
        assert call.expect_talking_to(THIRD, timeout=30) == THIRD
    assert other.expect_talking_to() == DEST
    with pytest.raises(AssertionError, match=f'not talking to \\{OWN}'):
        other.expect_talking_to(OWN, timeout=0)
    call.hang_up()
    other.expect_over('answered', timeout=0)
    assert call.talking_to == other.talking_to == []


# Scripts


def test_a_phone_presses_keys_automatically(service: LocalService) -> None:
    phone = service.phone(DEST)
    phone.answers(pressing=['1', '', '2#'])
    dial(service)
    ask(service, 'ivr/middle/gather', max_digits='1')
    assert service.last['digits'] == '1'
    ask(service, 'ivr/middle/gather', attempts='2', timeout='5')
    service.clock.advance(seconds=5)
    assert service.last['digits'] == '2', 'the second attempt uses the next keys'
    ask(service, 'ivr/middle/gather')
    service.clock.advance(seconds=15)
    assert service.last['digits'] == '', 'the script has no more keys'


def test_each_call_starts_the_script_again(service: LocalService) -> None:
    service.phone(DEST).answers(pressing=['7'])
    for session in ('S1', 'S2'):
        dial(service)
        service('ivr/middle/gather', session=session, max_digits='1', notify_url=HOOK)
        assert (service.last['session'], service.last['digits']) == (session, '7')


def test_a_letter_is_not_a_key(service: LocalService) -> None:
    with pytest.raises(ValueError, match='keys'):
        service.phone(DEST).answers(pressing=['1', 'x'])


@pytest.mark.parametrize('reaction', ['ongoing', 'engaged', ''])
def test_a_call_cannot_end_in_another_way(service: LocalService, reaction: Reaction) -> None:
    with pytest.raises(ValueError, match=f"answered, unanswered, busy or failed, not '{reaction}'"):
        service.phone('+6598765432').react(reaction)


@pytest.mark.parametrize('field', ['after', 'hanging_up_after', 'talking'])
@pytest.mark.parametrize('seconds', [-0.5, float('nan'), float('inf'), '3'])
def test_seconds_of_a_phone_are_not_negative(field: str, seconds: float) -> None:
    with pytest.raises(ValueError, match=f'{field} must be 0 or more seconds, not {seconds!r}'):
        Script(**{field: seconds})  # type: ignore[arg-type]
    assert getattr(Script(**{field: 0}), field) == 0  # type: ignore[arg-type]


def test_a_phone_answers_later_and_hangs_up(service: LocalService) -> None:
    phone = service.phone(DEST)
    phone.answers(after=5, hanging_up_after=90)
    dial(service)
    call = phone.expect_call()
    service.clock.advance(seconds=4)
    assert call.state == 'ringing'
    service.clock.advance(seconds=1)
    assert call.state == 'talking'
    ask(service, 'ivr/middle/hold')
    service.clock.advance(seconds=89)
    assert call.state == 'talking'
    service.clock.advance(seconds=1)
    assert call.state == 'over'
    assert service.last['duration'] == '2'


def test_a_call_of_exactly_a_minute_costs_one_minute(service: LocalService) -> None:
    service.phone(DEST).answers(hanging_up_after=60)
    service('voice/call', dest2=DEST, max_duration='300', notify_url=HOOK)
    service.clock.advance(minutes=5)
    assert service.last['duration'] == '1'


def test_a_phone_that_would_answer_too_late_does_not_answer(service: LocalService) -> None:
    service.phone(DEST).answers(after=RING_SECONDS)
    dial(service)
    service.clock.advance(seconds=RING_SECONDS)
    assert service.last['dial_status'] == 'unanswered'


@pytest.mark.parametrize('outcome', ['busy', 'unanswered', 'failed'])
def test_a_phone_can_ring_before_it_fails(service: LocalService, outcome: Reaction) -> None:
    service.phone(DEST).react(outcome, after=12)
    dial(service)
    service.clock.advance(seconds=11)
    assert service.posted == []
    service.clock.advance(seconds=1)
    assert service.last['dial_status'] == outcome


def test_script_next_applies_to_the_next_calls_only(service: LocalService) -> None:
    phone = service.phone(DEST)
    phone.reject_next()
    phone.script_next(UNANSWERED, FAILED)
    for outcome in ('busy', 'unanswered', 'failed', 'answered'):
        dial(service)
        assert service.last['dial_status'] == outcome
        assert phone.expect_call().outcome == outcome


def test_a_busy_phone(service: LocalService) -> None:
    service.phone(DEST).busy()
    for _ in range(2):
        dial(service)
        assert service.last['dial_status'] == 'busy'
    service.phone(DEST).answers()
    dial(service)
    assert service.last['dial_status'] == 'answered'


def test_one_phone_can_ring_while_the_others_answer(service: LocalService) -> None:
    service.phone(DEST).rings()
    service('voice/call', dest2=DEST)
    assert service.phone(OWN).expect_call().state == 'talking'
    assert service.phone(DEST).expect_call().state == 'ringing'


def test_a_phone_takes_a_whole_script(manual: LocalService) -> None:
    manual.phone(DEST).script(Script(pressing=('1',), talking=10))
    manual.phone(OWN).answers()
    manual('voice/call', dest2=DEST, notify_url=HOOK)
    manual.clock.advance(seconds=9)
    assert manual.posted == []
    manual.clock.advance(seconds=1)
    assert manual.last['call_status_dest2'] == 'answered'


def test_expect_talking_to_waits_for_a_room(service: LocalService) -> None:
    dial(service)
    call = service.phone(DEST).expect_call()
    service('voice/conference', dest=THIRD, room='r')
    with meanwhile(service, lambda: ask(service, 'ivr/end/transfer', dest='room:r')):
        assert call.expect_talking_to(timeout=30) == THIRD


def test_manual_calls_have_no_time_limit(manual: LocalService) -> None:
    dial(manual)
    manual.phone(DEST).expect_call().answer()
    ask(manual, 'ivr/end/transfer', dest=THIRD)
    manual.phone(THIRD).expect_call().answer()
    manual.clock.advance(minutes=30)
    assert manual.phone(THIRD).calls[0].talking_to == [DEST]


# Faxes


def test_a_fax_waits_to_be_accepted(manual: LocalService) -> None:
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
def test_a_fax_that_is_not_accepted(manual: LocalService, outcome: str) -> None:
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


def test_a_fax_uses_a_call_slot_until_it_is_accepted(manual: LocalService) -> None:
    for _ in range(8):
        assert manual.status('fax/send', dest=DEST, file=PDF) == 'success_ok'
    limit = 'error_concurrent_call_limit_reached'
    assert manual.status('fax/send', dest=DEST, file=PDF) == limit
    assert manual.status('voice/call', dest2=DEST) == limit
    manual('number/update_forwarding', number=NUMBER, forward_to=HOOK, mode='fax')
    manual.phone(DEST).send_fax(NUMBER, PDF)
    assert 'lost: no free call slot' in manual.emulator.world.events[-1]
    manual.phone(DEST).expect_fax().accept()
    manual.phone(DEST).send_fax(NUMBER, PDF)
    assert manual.last['fax_status'] == 'answered'


def test_a_fax_without_credit_left_fails(manual: LocalService) -> None:
    manual('fax/send', dest=DEST, file=PDF, notify_url=HOOK)
    manual.emulator.world.account.spend(manual.emulator.world.account.balance)
    manual.phone(DEST).expect_fax().accept()
    assert (manual.last['fax_status'], manual.last['fax_error_code']) == ('failed', 'failed')


def test_an_error_for_a_missing_fax_lists_what_arrived(service: LocalService) -> None:
    service('sms/send', dest=DEST, msg='hello')
    with pytest.raises(AssertionError, match=r"no fax within 0 s\. It received the SMS 'hello'"):
        service.phone(DEST).expect_fax(timeout=0)


def test_only_a_pdf_can_be_faxed(service: LocalService) -> None:
    service('number/update_forwarding', number=NUMBER, forward_to=HOOK, mode='fax')
    with pytest.raises(ValueError, match='cannot be faxed: error_file_invalid'):
        service.phone(DEST).send_fax(NUMBER, b'GIF89a')


# Everything else


def test_assert_quiet_lists_what_was_not_expected(service: LocalService) -> None:
    assert_quiet(service.emulator)
    service('sms/send', dest=DEST, msg='hello')
    service('voice/call', dest2=DEST)
    service('fax/send', dest=THIRD, file=PDF)
    with pytest.raises(AssertionError) as caught:
        assert_quiet(service.emulator)
    assert str(caught.value) == (
        f"the test did not expect this: {DEST} received the SMS 'hello' from {OWN}; "
        f'{DEST} received a call from {OWN} (answered); '
        f'{OWN} received a call from {DEST} (answered); '
        f'{THIRD} received a fax from {OWN} (answered)'
    )
    service.phone(DEST).expect_sms()
    service.phone(DEST).expect_call()
    service.phone(OWN).expect_call()
    service.phone(THIRD).expect_fax()
    assert_quiet(service.emulator)


def test_a_reset_clears_scripts_and_inboxes(service: LocalService) -> None:
    service.phone(DEST).busy()
    service('sms/send', dest=DEST, msg='hello')
    service.emulator.reset()
    assert_quiet(service.emulator)
    dial(service)
    assert service.last['dial_status'] == 'answered'


def test_an_application_over_http(receiver: Receiver) -> None:
    """The application reacts in its own threads, and the phone waits for it."""
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


# A minute is charged when it begins


@pytest.mark.parametrize(('seconds', 'minutes'), [(60, '1'), (61, '2'), (120, '2'), (121, '3')])
def test_both_legs_of_a_transferred_call_cost_the_minutes_begun(
    service: LocalService, seconds: int, minutes: str
) -> None:
    service('number/update_forwarding', number='+6531580000', forward_to=HOOK)
    service.phone('+6590000003').script(Script(talking=seconds))
    service.phone('+6590000001').script(MANUAL)
    caller = service.phone('+6590000001').call('+6531580000')
    service('ivr/end/transfer', session='S1', dest='+6590000003', notify_url=HOOK)
    service.clock.advance(seconds=300)
    caller.expect_over('answered')
    calls = [service('voice/query_status', txn_ref=ref) for ref in ('AA-C-1', 'AA-C-2')]
    assert [call['duration'] for call in calls] == [minutes, minutes]


@pytest.mark.parametrize(('seconds', 'minutes'), [(60, '1'), (61, '2'), (120, '2'), (121, '3')])
@pytest.mark.parametrize('at_once', [True, False])
def test_hanging_up_on_the_minute_does_not_begin_another(
    service: LocalService, seconds: int, minutes: str, at_once: bool
) -> None:
    service.emulator.script = MANUAL
    service.emulator.reset()
    service('voice/call', dest1='+6590000001', dest2='+6590000003')
    phones = [service.phone('+6590000001'), service.phone('+6590000003')]
    for phone in phones:
        phone.expect_call().answer()
    for step in [seconds] if at_once else [1] * seconds:
        service.clock.advance(seconds=step)
    phones[0].hang_up()
    assert service('voice/query_status', txn_ref='AA-C-1')['duration'] == minutes


def test_a_room_left_on_the_minute_costs_one_minute(service: LocalService) -> None:
    service('number/update_forwarding', number='+6531580000', forward_to=HOOK)
    service.phone('+6590000001').script(Script(talking=60))
    service.phone('+6590000001').call('+6531580000')
    service('ivr/end/transfer', session='S1', dest='room:', notify_url=HOOK)
    service.clock.advance(seconds=300)
    assert service.last['duration'] == '1'


# A reset ends the calls and faxes that a test still refers to


def test_a_call_from_before_a_reset_does_not_change_the_new_state(service: LocalService) -> None:
    phone = service.phone('+6590000001')
    phone.rings()
    service('voice/call', dest1='+6590000001', dest2='+6590000003', notify_url=HOOK)
    ringing = phone.expect_call()
    service('ivr/start/dial', dest='+6590000004', notify_url=HOOK)
    talking = service.phone('+6590000004').expect_call()
    service.emulator.reset()
    assert [call.state for call in (ringing, talking)] == ['over', 'over']
    assert [call.outcome for call in (ringing, talking)] == ['unanswered', 'answered']
    with pytest.raises(LookupError):
        ringing.answer()
    with pytest.raises(LookupError):
        ringing.reject()
    for call in (ringing, talking):
        call.hang_up()
        call.expect_over()
    assert service.posted == []
    assert service.emulator.world.events == []


def test_a_phone_in_two_calls_presses_keys_in_the_newest_or_in_the_one_with_a_reference(
    service: LocalService,
) -> None:
    phone = service.phone(DEST)
    for session in ('S1', 'S2'):
        service('ivr/start/dial', dest=DEST, notify_url=HOOK)
        service('ivr/middle/gather', session=session, max_digits='1', notify_url=HOOK)
    first, second = (call.txn_ref for call in phone.calls)
    assert phone.press('1', txn_ref=first)
    assert (service.last['session'], service.last['digits']) == ('S1', '1')
    assert not phone.press('1', txn_ref=first)
    assert phone.press('2')
    assert (service.last['session'], service.last['digits']) == ('S2', '2')
    service('ivr/end/hangup', session='S2')
    with pytest.raises(LookupError, match=f'not in an IVR call with the reference {second}'):
        phone.press('3', txn_ref=second)


def test_a_call_from_before_a_reset_presses_no_keys_in_a_new_call(service: LocalService) -> None:
    calls = []
    for _ in range(2):
        service.emulator.reset()
        service('ivr/start/dial', dest='+6590000001', notify_url=HOOK)
        service('ivr/middle/gather', session='S1', max_digits='2', notify_url=HOOK)
        calls.append(service.phone('+6590000001').expect_call())
    assert calls[0].txn_ref == calls[1].txn_ref
    with pytest.raises(AssertionError, match='did not ask for keys'):
        calls[0].press('12')
    calls[1].press('34')
    assert service.last['digits'] == '34'


def test_a_fax_from_before_a_reset_cannot_be_accepted(service: LocalService) -> None:
    service.phone('+6561234567').rings()
    service('fax/send', dest='+6561234567', file=b'%PDF-1.4', notify_url=HOOK)
    coming = service.phone('+6561234567').expect_fax()
    service.emulator.reset()
    with pytest.raises(LookupError):
        coming.accept()
    coming.reject()
    assert service.posted == []
    assert coming.outcome == 'unanswered'
