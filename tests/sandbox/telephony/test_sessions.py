"""Random IVR events: the credit, the call slots and the notifications stay consistent."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hoiio.sandbox import PhoneCall, Script, Seed
from hoiio.sandbox.presets.scripts import BUSY, FAILED, MANUAL, UNANSWERED
from hoiio.sandbox.state.records import Session, SessionState
from tests.sandbox.conftest import HOOK, LocalService

pytestmark = pytest.mark.slow

NUMBER = '+6531580000'
PHONES = [f'+659000000{n}' for n in range(4)]
START = Decimal('2.111')
BLOCKS = {
    'middle/play': {'msg': 'Hello'},
    'middle/gather': {'max_digits': '2', 'timeout': '7', 'attempts': '2', 'msg': 'Code?'},
    'middle/record': {'max_duration': '11'},
    'middle/monitor': {},
    'middle/hold': {},
    'middle/unhold': {},
    'end/transfer': {'on_failure': 'hangup'},
    'end/hangup': {'msg': 'Bye'},
}
SCRIPTS = [
    MANUAL, BUSY, UNANSWERED, FAILED, Script(), Script(after=8),
    Script(pressing=('1', '', '23#'), hanging_up_after=40), Script(hanging_up_after=0),
]  # fmt: skip
PHONE = st.sampled_from(PHONES)
# Most applications send a callback URL.
URL = st.sampled_from([HOOK, HOOK, HOOK, HOOK, ''])
WHICH = st.integers(0, 7)


class Telephony(RuleBasedStateMachine):
    """Run random events, and check the invariants after each one."""

    def __init__(self) -> None:
        super().__init__()
        seed = Seed(points=START - 1, bonus=Decimal(1), queries_per_minute=None)
        self.service = LocalService(seed)
        self.service.emulator.script = MANUAL
        self.service.emulator.reset()
        self.service('number/update_forwarding', number=NUMBER, forward_to=HOOK)
        self.planned = self.timers()

    # Events

    @initialize(number=PHONE)
    def begin(self, number: str) -> None:
        for other in PHONES[:2]:
            self.service.phone(other).script(Script(talking=45))
        self.service('ivr/start/dial', dest=number, notify_url=HOOK)
        self.service.phone(PHONES[2]).call(NUMBER)

    @rule(number=PHONE, script=st.sampled_from(SCRIPTS))
    def told(self, number: str, script: Script) -> None:
        self.service.phone(number).script(script)

    @rule(number=PHONE, url=URL, limit=st.sampled_from(['', '45']))
    def dial(self, number: str, url: str, limit: str) -> None:
        values = {'dest': number, 'notify_url': url, 'max_duration': limit}
        self.service('ivr/start/dial', msg='Hello', **values)

    @rule(number=PHONE)
    def call_in(self, number: str) -> None:
        self.service.phone(number).call(NUMBER)

    @rule(numbers=st.permutations(PHONES), url=URL)
    def call_back(self, numbers: list[str], url: str) -> None:
        self.service('voice/call', dest1=numbers[0], dest2=numbers[1], notify_url=url)

    @rule(numbers=st.permutations(PHONES), room=st.sampled_from(['', 'R1']))
    def confer(self, numbers: list[str], room: str) -> None:
        self.service('voice/conference', dest=','.join(numbers[:3]), room=room)

    @rule(number=PHONE)
    def fax(self, number: str) -> None:
        self.service('fax/send', dest=number, file=b'%PDF-1.4 /Type /Page /MediaBox [0 0 595 842]')

    @precondition(lambda self: self.in_state(SessionState.READY, SessionState.RINGING))
    @rule(which=WHICH, path=st.sampled_from(sorted(BLOCKS)), url=URL)
    def play_gather_record(self, which: int, path: str, url: str) -> None:
        self.ask(self.pick(which, SessionState.READY, SessionState.RINGING), path, notify_url=url)

    @precondition(lambda self: self.in_state(SessionState.READY, SessionState.RINGING))
    @rule(
        which=WHICH,
        url=URL,
        dest=st.sampled_from([*PHONES, 'room:', 'room:R1']),
        on_failure=st.sampled_from(['continue', 'hangup']),
    )
    def transfer(self, which: int, url: str, dest: str, on_failure: str) -> None:
        session = self.pick(which, SessionState.READY, SessionState.RINGING)
        self.ask(session, 'end/transfer', notify_url=url, dest=dest, on_failure=on_failure)

    @precondition(lambda self: self.in_state(SessionState.HELD))
    @rule(which=WHICH, url=URL)
    def unhold(self, which: int, url: str) -> None:
        self.ask(self.pick(which, SessionState.HELD), 'middle/unhold', notify_url=url)

    @rule(which=WHICH, path=st.sampled_from(sorted(BLOCKS)))
    def out_of_turn(self, which: int, path: str) -> None:
        session = self.sessions[which % len(self.sessions)]
        state, status = session.state, self.ask(session, path, notify_url=HOOK)
        if state is SessionState.ENDED:
            assert status == 'error_session_ended'
        if status == 'success_ok':
            wanted = (
                {SessionState.HELD}
                if path == 'middle/unhold'
                else {SessionState.READY, SessionState.RINGING}
            )
            assert state in wanted

    @rule(which=WHICH, url=URL)
    def force(self, which: int, url: str) -> None:
        session = self.sessions[which % len(self.sessions)]
        over = session.state is SessionState.ENDED
        status = self.ask(session, 'end/hangup', notify_url=url, force='enabled')
        assert status == ('error_session_ended' if over else 'success_ok')
        assert session.state is SessionState.ENDED

    @precondition(lambda self: self.calls)
    @rule(which=WHICH, act=st.sampled_from(['answer', 'answer', 'reject', 'hang_up']))
    def at_a_phone(self, which: int, act: str) -> None:
        call = self.calls[which % len(self.calls)]
        try:
            getattr(call, act)()
        except LookupError:
            assert call.state != 'ringing' or call.other == NUMBER

    @precondition(lambda self: self.in_state(SessionState.BUSY, SessionState.READY))
    @rule(which=WHICH, keys=st.text('019*#', min_size=1, max_size=4))
    def press(self, which: int, keys: str) -> None:
        session = self.pick(which, SessionState.BUSY, SessionState.READY)
        self.service.phone(session.remote).press(keys)

    @precondition(lambda self: self.service.emulator.world.calls)
    @rule(which=WHICH)
    def hang_up(self, which: int) -> None:
        refs = list(self.service.emulator.world.calls)
        self.service('voice/hangup', txn_ref=refs[which % len(refs)])

    @rule(seconds=st.sampled_from([0, 1, 7, 30, 60, 61]))
    def time(self, seconds: int) -> None:
        self.service.clock.advance(seconds=seconds)

    # Invariants

    @invariant()
    def money_is_minutes_times_rate(self) -> None:
        world = self.service.emulator.world
        for call in world.calls.values():
            assert call.debit == call.rate * call.minutes
        spent = [call.debit for call in world.calls.values()]
        spent += [fax.debit for fax in world.faxes.values()]
        assert world.account.balance == START - sum(spent)
        assert min(world.account.points, world.account.bonus) >= 0

    @invariant()
    def at_most_eight_call_slots_are_used(self) -> None:
        world = self.service.emulator.world
        live = [call for call in world.calls.values() if not call.ended]
        assert world.live_calls == live
        ongoing = [fax for fax in world.faxes.values() if fax.fax_status == 'ongoing']
        assert world.live_faxes == ongoing
        assert len(live) + len(ongoing) <= 8

    @invariant()
    def each_end_is_reported_once(self) -> None:
        ends = Counter(
            fields['session']
            for fields in self.service.posted
            if fields.get('call_state') == 'ended' and 'monitor_url' not in fields
        )
        for session in self.sessions:
            over = session.state is SessionState.ENDED
            assert ends[session.ref] == int(over and session.callback.url is not None)
            assert session.call.ended is over

    @invariant()
    def nothing_follows_the_end(self) -> None:
        over: set[str] = set()
        for fields in self.service.posted:
            if 'session' in fields and 'monitor_url' not in fields:
                assert fields['session'] not in over
                if fields['call_state'] == 'ended':
                    over.add(fields['session'])

    @invariant()
    def phones_and_calls_agree(self) -> None:
        for call in self.service.emulator.world.calls.values():
            if call.ended:
                assert {leg.state for leg in call.legs} <= {'over'}
                assert not any(leg.timers for leg in call.legs)
                assert all(timer.cancelled or self.past(timer) for timer in call.timers)
        for session in self.sessions:
            if session.state is SessionState.ENDED:
                assert session.timer is None
                assert session.transfer_call is None or session.transfer_call.ended

    @invariant()
    def no_timer_is_left_after_all_calls_end(self) -> None:
        world = self.service.emulator.world
        if not (world.live_calls or world.live_faxes):
            assert self.timers() == self.planned

    def teardown(self) -> None:
        for number in PHONES:
            for call in self.service.phone(number).calls:
                call.hang_up()
        for session in self.sessions:
            if session.state is not SessionState.ENDED:
                self.ask(session, 'end/hangup', force='enabled')
        self.service.clock.advance(hours=1)
        assert self.service.emulator.world.live_calls == []
        assert self.timers() == self.planned

    # Look-ups

    @property
    def sessions(self) -> list[Session]:
        return list(self.service.emulator.world.sessions.values())

    @property
    def calls(self) -> list[PhoneCall]:
        return [call for number in PHONES for call in self.service.phone(number).calls]

    def in_state(self, *states: SessionState) -> list[Session]:
        return [session for session in self.sessions if session.state in states]

    def pick(self, which: int, *states: SessionState) -> Session:
        fitting = self.in_state(*states)
        return fitting[which % len(fitting)]

    def ask(self, session: Session, path: str, **values: str) -> str:
        usual = {'dest': PHONES[3], **BLOCKS[path]}
        return self.service.status(f'ivr/{path}', session=session.ref, **{**usual, **values})

    def timers(self) -> int:
        return sum(not timer.cancelled for _, _, timer in self.service.clock._timers)

    def past(self, timer: Any) -> bool:
        return bool(timer.due <= self.service.clock.now())


Telephony.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
TestTelephony = Telephony.TestCase
