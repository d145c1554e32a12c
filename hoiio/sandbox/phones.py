"""The phones around the account, as a test holds them in its hand.

What a test expects is waited for, never polled, and taken: the next question is about what came
after. What nobody asked for is left to `Sandbox.assert_quiet`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from ..constants import CallStatus
from .api import checks, fax, sms
from .emulator import Emulator
from .errors import Refused
from .presets.scripts import BUSY, MANUAL, Script
from .state.records import Leg, LegState, Message, PhoneState, Session
from .state.world import World
from .telephony import calls, ivr_machine, legs, sessions
from .words import Reaction

__all__ = ['EXPECT_SECONDS', 'Phone', 'PhoneCall', 'PhoneFax', 'PhoneSms', 'assert_quiet']

KEYS = frozenset('0123456789*#')
# How long a test waits for what it expects, in seconds of the real time.
EXPECT_SECONDS = 2.0

Found = TypeVar('Found')


class Phone:
    """The phone behind one number; `Sandbox.phone` returns it.

    Attributes:
        number: Its number in E.164.

    Example:
        >>> from hoiio.sandbox import Sandbox
        >>> with Sandbox() as sandbox:
        ...     phone = sandbox.phone('+6591234567')
        ...     _ = sandbox.client().sms.send('Your code is 4711', '+6591234567')
        ...     phone.expect_sms('code').text
        'Your code is 4711'
    """

    def __init__(self, emulator: Emulator, number: str) -> None:
        if not checks.is_number(number):
            raise ValueError(f'a phone needs a number such as +6591234567, not {number!r}')
        self.number = number
        self._emulator = emulator

    def __repr__(self) -> str:
        return f'Phone({self.number!r})'

    @property
    def inbox(self) -> list[Message]:
        """The SMS that have arrived, oldest first."""
        with self._emulator.lock:
            return list(self._state().inbox)

    @property
    def heard(self) -> list[str]:
        """Everything that was said to this phone, oldest first."""
        with self._emulator.lock:
            return list(self._state().heard)

    @property
    def calls(self) -> list[PhoneCall]:
        """The calls that ring or go on at this phone, oldest first."""
        with self._emulator.lock:
            live = [leg for leg in self._live() if leg.fax is None]
        return [PhoneCall(self._emulator, leg) for leg in live]

    @property
    def faxes(self) -> list[PhoneFax]:
        """The faxes that wait to be accepted, oldest first."""
        with self._emulator.lock:
            live = [leg for leg in self._live() if leg.fax is not None]
        return [PhoneFax(self._emulator, leg) for leg in live]

    # How calls are taken

    def script(self, script: Script) -> None:
        """Decide how all that comes from now on is taken.

        Args:
            script: What the phone does.

        Example:
            >>> sandbox.phone('+6598765432').script(Script(after=5, hanging_up_after=90))
        """
        with self._emulator.lock:
            self._state().script = script

    def script_next(self, *scripts: Script) -> None:
        """Decide how the next calls are taken; after that all is as before.

        Args:
            *scripts: What the phone does, one script for each call.

        Example:
            >>> scripts = Script(CallStatus.BUSY), Script(CallStatus.UNANSWERED)
            >>> sandbox.phone('+6598765432').script_next(*scripts)
            >>> call = client.voice.call('+6598765432', '+6581234567')
            >>> client.voice.status(call.txn_ref).call_status_dest1
            'busy'
        """
        with self._emulator.lock:
            self._state().coming.extend(scripts)

    def answers(
        self,
        *,
        pressing: Iterable[str] = (),
        after: float = 0,
        hanging_up_after: float | None = None,
    ) -> None:
        """Pick up every call.

        Args:
            pressing: What to press each time a gather block asks, such as ``['1', '2#']``;
                an empty text lets it ask in vain.
            after: How many seconds of the clock to let it ring.
            hanging_up_after: How many seconds after that to hang up; None waits for the others.

        Raises:
            ValueError: If a phone has no such key.

        Example:
            >>> sandbox.phone('+6598765432').answers(pressing=['1'], after=3)
        """
        keys = tuple(pressing)
        for text in filter(None, keys):
            _check_keys(text)
        answering = {'outcome': CallStatus.ANSWERED, 'after': after, 'pressing': keys}
        self._change(**answering, hanging_up_after=hanging_up_after)

    def rings(self) -> None:
        """Let every call ring until `PhoneCall.answer`, or in vain for half a minute.

        Example:
            >>> phone = sandbox.phone('+6598765432')
            >>> phone.rings()
            >>> call = client.voice.call('+6598765432', '+6581234567')
            >>> phone.expect_call().state
            'ringing'
        """
        self._change(outcome=MANUAL.outcome, talking=MANUAL.talking)

    def busy(self) -> None:
        """Be busy for every call.

        Example:
            >>> sandbox.phone('+6598765432').busy()
            >>> call = client.voice.call('+6598765432', '+6581234567')
            >>> client.voice.status(call.txn_ref).call_status_dest1
            'busy'
        """
        self._change(outcome=CallStatus.BUSY, after=0)

    def reject_next(self) -> None:
        """Decline the next call; its caller hears that the phone is busy.

        Example:
            >>> sandbox.phone('+6598765432').reject_next()
            >>> call = client.voice.call('+6598765432', '+6581234567')
            >>> client.voice.status(call.txn_ref).call_status_dest1
            'busy'
        """
        self.script_next(BUSY)

    def react(self, reaction: CallStatus | Reaction, *, after: float = 0) -> None:
        """Decide what becomes of every call: answered, busy, unanswered or failed.

        Args:
            reaction: What it is.
            after: How many seconds of the clock the phone rings before.

        Raises:
            ValueError: If it is none of these.

        Example:
            >>> sandbox.phone('+6598765432').react('failed')
            >>> call = client.voice.call('+6598765432', '+6581234567')
            >>> client.voice.status(call.txn_ref).call_status_dest1
            'failed'
        """
        self._change(outcome=CallStatus(reaction), after=after)

    def replies(self, text: str | None) -> None:
        """Answer every SMS of the account with a text.

        Args:
            text: What to reply; None stops that.

        Example:
            >>> sandbox.phone('+6598765432').replies('YES')
            >>> res = client.sms.send('Will you come?', '+6598765432')
            >>> sandbox.phone('+6591234567').expect_sms().text
            'YES'
        """
        self._change(replying=text)

    # What is expected

    def expect_sms(
        self, text: str | re.Pattern[str] | None = None, *, timeout: float = EXPECT_SECONDS
    ) -> PhoneSms:
        """Take the oldest SMS that was not taken yet and says this; wait for it if need be.

        Args:
            text: A part of its text, or a pattern to search for; by default any SMS will do.
            timeout: For how many seconds of real time to wait.

        Returns:
            The SMS, which can be replied to.

        Raises:
            AssertionError: If none has come in time; it tells which others have.

        Example:
            >>> res = client.sms.send('Your code is 4711', '+6598765432')
            >>> sandbox.phone('+6598765432').expect_sms('code').text
            'Your code is 4711'
        """

        def take() -> Message | None:
            unread = self._state().unread
            found = next((sms for sms in unread if _says(sms.text, text)), None)
            if found is not None:
                unread.remove(found)
            return found

        with self._emulator.lock:
            found = self._await(take, timeout)
            if found is None:
                raise AssertionError(self._no_sms(text, timeout))
        return PhoneSms(self, found)

    def expect_call(
        self, caller: str | None = None, *, timeout: float = EXPECT_SECONDS
    ) -> PhoneCall:
        """Take the oldest call to this phone that was not taken yet; wait for it if need be.

        Args:
            caller: What the display shows, a number or ``private``; by default anything.
            timeout: For how many seconds of real time to wait.

        Returns:
            The call, which may ring, go on, or be over already.

        Raises:
            AssertionError: If none has come in time; it tells what else has.

        Example:
            >>> call = client.voice.call('+6598765432', '+6581234567', caller_id='private')
            >>> sandbox.phone('+6581234567').expect_call('private').state
            'talking'
        """
        return PhoneCall(self._emulator, self._expect_leg('call', caller, timeout))

    def expect_fax(self, *, timeout: float = EXPECT_SECONDS) -> PhoneFax:
        """Take the oldest fax to this phone that was not taken yet; wait for it if need be.

        Args:
            timeout: For how many seconds of real time to wait.

        Returns:
            The fax, which may have come in already.

        Raises:
            AssertionError: If none has come in time; it tells what else has.

        Example:
            >>> res = client.fax.send('+6561234567', 'letter.pdf')
            >>> sandbox.phone('+6561234567').expect_fax().sender
            '+6591234567'
        """
        return PhoneFax(self._emulator, self._expect_leg('fax', None, timeout))

    # What the phone does

    def press(self, keys: str) -> None:
        """Press keys in the IVR call that this phone is in, at this moment, heard or not.

        `PhoneCall.press` waits until somebody asks for keys.

        Args:
            keys: Any of 0 to 9, ``*`` and ``#``.

        Raises:
            ValueError: If a phone has no such key.
            LookupError: If this one is in no IVR call.

        Example:
            >>> url = 'http://127.0.0.1:8000/ivr'
            >>> call = client.ivr.dial('+6598765432', notify_url=url)
            >>> res = client.ivr.gather(call.session, max_digits=1, notify_url=url)
            >>> sandbox.phone('+6598765432').press('1')
            >>> sandbox.drain()
            >>> 'digits=1' in sandbox.deliveries[-1].body
            True
        """
        _check_keys(keys)
        with self._emulator.changing() as world:
            ivr_machine.press(world, self._session(), keys)

    def hang_up(self) -> None:
        """Leave every call that this phone is in, and decline those that ring.

        Raises:
            LookupError: If there is none.

        Example:
            >>> call = client.voice.call('+6598765432', '+6581234567')
            >>> sandbox.phone('+6598765432').hang_up()
            >>> client.voice.status(call.txn_ref).call_status_dest1
            'answered'
        """
        with self._emulator.changing() as world:
            live = self._live()
            if not live:
                raise LookupError(f'{self.number} is in no call')
            for leg in live:
                _leave(world, leg)

    def call(self, number: str) -> PhoneCall:
        """Call a Hoiio number.

        Args:
            number: The number.

        Returns:
            The call, which rings until the application acts. It is over at once where nothing
            takes calls or no line is free, as its outcome and `Sandbox.events` say.

        Example:
            >>> number = client.number.subscribed_numbers().entries[0].number
            >>> res = client.number.configure(number, forward_to='http://127.0.0.1:8000/calls')
            >>> sandbox.phone('+6598765432').call(number).state
            'ringing'
        """
        with self._emulator.changing() as world:
            return PhoneCall(self._emulator, ivr_machine.call_in(world, self.number, number))

    def send_sms(self, number: str, text: str) -> None:
        """Send an SMS.

        Args:
            number: A Hoiio number, or that of another phone.
            text: The text.

        Example:
            >>> sandbox.phone('+6598765432').send_sms('+6581234567', 'Hello')
            >>> sandbox.phone('+6581234567').expect_sms().sender
            '+6598765432'
        """
        with self._emulator.changing() as world:
            sms.receive(world, self.number, number, text)

    def send_fax(self, number: str, content: bytes) -> None:
        """Send a fax.

        Args:
            number: A Hoiio number in fax mode.
            content: The bytes of a PDF.

        Raises:
            ValueError: If they are none that a fax machine could send.

        Example:
            >>> number = client.number.subscribed_numbers().entries[0].number
            >>> res = client.number.configure(
            ...     number, mode='fax', forward_to='http://127.0.0.1:8000/faxes'
            ... )
            >>> with open('letter.pdf', 'rb') as file:
            ...     sandbox.phone('+6598765432').send_fax(number, file.read())
            >>> client.fax.history(type='incoming').entries[0].src
            '+6598765432'
        """
        with self._emulator.changing() as world:
            try:
                fax.receive(world, self.number, number, content)
            except Refused as refusal:
                raise ValueError(f'this cannot be faxed: {refusal.status}') from refusal

    def _world(self) -> World:
        return self._emulator.world

    def _state(self) -> PhoneState:
        return self._world().phone(self.number)

    def _live(self) -> list[Leg]:
        return [leg for leg in self._state().legs if leg.state is not LegState.OVER]

    def _session(self) -> Session:
        for leg in reversed(self._live()):
            session = sessions.of_call(self._world(), leg.txn_ref)
            if session is not None:
                return session
        raise LookupError(f'{self.number} is in no IVR call')

    def _change(self, **changes: object) -> None:
        with self._emulator.lock:
            state = self._state()
            state.script = replace(state.script, **changes)  # type: ignore[arg-type]

    def _await(self, take: Callable[[], Found | None], timeout: float) -> Found | None:
        return _await(self._emulator, take, timeout)

    def _expect_leg(self, kind: str, caller: str | None, timeout: float) -> Leg:
        def take() -> Leg | None:
            surprises = self._state().surprises
            fitting = [leg for leg in surprises if _kind(leg) == kind]
            found = next((leg for leg in fitting if caller in {None, leg.other}), None)
            if found is not None:
                surprises.remove(found)
            return found

        with self._emulator.lock:
            found = self._await(take, timeout)
            if found is None:
                wanted = kind if caller is None else f'{kind} from {caller}'
                raise AssertionError(self._nothing(wanted, timeout))
        return found

    def _no_sms(self, text: str | re.Pattern[str] | None, timeout: float) -> str:
        return self._nothing('SMS' if text is None else f'SMS with {_shown(text)}', timeout)

    def _nothing(self, wanted: str, timeout: float) -> str:
        came = '; '.join(_arrivals(self._state())) or 'nothing else'
        taken = len(self._state().inbox) + len(self._state().legs) - len(_arrivals(self._state()))
        before = f' ({taken} more before, expected or its own)' if taken else ''
        return f'{self.number} got no {wanted} within {timeout:g} s, but {came}{before}'


@dataclass(frozen=True)
class PhoneSms:
    """An SMS on the display of a phone.

    Attributes:
        phone: The phone.
        message: The SMS as the phone keeps it.
    """

    phone: Phone
    message: Message

    @property
    def sender(self) -> str:
        """Whom it is from, a number or a name."""
        return self.message.sender

    @property
    def text(self) -> str:
        """What it says."""
        return self.message.text

    @property
    def date(self) -> datetime:
        """When it arrived."""
        return self.message.date

    def reply(self, text: str) -> None:
        """Text back.

        The account hears of it where the sender is one of its Hoiio numbers that takes SMS; the
        reply to its registered number arrives at that phone.

        Args:
            text: The text.

        Raises:
            ValueError: If the sender is a name, which nobody can reply to.

        Example:
            >>> res = client.sms.send('Will you come?', '+6598765432')
            >>> sandbox.phone('+6598765432').expect_sms('come').reply('YES')
            >>> sandbox.phone('+6591234567').expect_sms().text
            'YES'
        """
        if not checks.is_number(self.sender):
            raise ValueError(f'nobody can reply to {self.sender!r}, which is not a phone number')
        self.phone.send_sms(self.sender, text)


class PhoneCall:
    """A call as one phone sees it."""

    def __init__(self, emulator: Emulator, leg: Leg) -> None:
        self._emulator = emulator
        self._leg = leg

    def __repr__(self) -> str:
        return f'<call of {self._leg.number} and {self.other}: {self.state}>'

    @property
    def other(self) -> str:
        """Who calls, or the number that was called; this is what the display shows."""
        return self._leg.other

    @property
    def txn_ref(self) -> str:
        """How the service refers to the call; empty where it never got there."""
        return self._leg.txn_ref

    @property
    def state(self) -> LegState:
        """Where it stands, ``'ringing'``, ``'talking'`` or ``'over'``."""
        return self._leg.state

    @property
    def outcome(self) -> CallStatus:
        """How the ringing ended; ``'ongoing'`` until then."""
        return self._leg.outcome

    @property
    def said(self) -> list[str]:
        """What was said to the phone in this call; an audio file is its URL."""
        with self._emulator.lock:
            return list(self._leg.said)

    @property
    def incoming(self) -> bool:
        """Whether the phone was called, and did not call itself."""
        return not self._leg.placed

    @property
    def talking_to(self) -> list[str]:
        """The numbers of the other phones that hear this one at the moment."""
        with self._emulator.lock:
            return self._others()

    def answer(self) -> None:
        """Pick up; a call that is picked up already stays so.

        Raises:
            LookupError: If it is over, or if this phone is the one that calls.

        Example:
            >>> phone = sandbox.phone('+6598765432')
            >>> phone.rings()
            >>> res = client.voice.call('+6598765432', '+6581234567')
            >>> call = phone.expect_call()
            >>> call.answer()
            >>> call.state
            'talking'
        """
        with self._emulator.changing() as world:
            if self.state is LegState.OVER or (self._rings and self._leg.placed):
                raise LookupError(f'{self!r} cannot be answered')
            legs.settle(world, self._leg, CallStatus.ANSWERED)

    def reject(self) -> None:
        """Decline a call that rings; its caller hears that the phone is busy.

        Raises:
            LookupError: If it does not ring at this phone.

        Example:
            >>> phone = sandbox.phone('+6598765432')
            >>> phone.rings()
            >>> res = client.voice.call('+6598765432', '+6581234567')
            >>> call = phone.expect_call()
            >>> call.reject()
            >>> client.voice.status(res.txn_ref).call_status_dest1
            'busy'
        """
        with self._emulator.changing() as world:
            if not self._rings or self._leg.placed:
                raise LookupError(f'{self!r} cannot be rejected')
            legs.reject(world, self._leg)

    def hang_up(self) -> None:
        """Leave the call, whether it rings or not; leaving it twice does nothing.

        Example:
            >>> res = client.voice.call('+6598765432', '+6581234567')
            >>> call = sandbox.phone('+6598765432').expect_call()
            >>> call.hang_up()
            >>> call.state
            'over'
        """
        with self._emulator.changing() as world:
            _leave(world, self._leg)

    def press(self, keys: str, *, timeout: float = EXPECT_SECONDS) -> None:
        """Press keys as soon as the application asks for some, or records.

        Args:
            keys: Any of 0 to 9, ``*`` and ``#``; those that come after the end of the input
                are lost, as they are on a real phone.
            timeout: For how many seconds of real time to wait.

        Raises:
            ValueError: If a phone has no such key.
            AssertionError: If nobody has asked in time.

        Example:
            >>> url = 'http://127.0.0.1:8000/ivr'
            >>> dialled = client.ivr.dial('+6598765432', notify_url=url)
            >>> res = client.ivr.gather(dialled.session, max_digits=1, notify_url=url)
            >>> sandbox.phone('+6598765432').expect_call().press('1')
        """
        _check_keys(keys)
        with self._emulator.changing():
            session = _await(self._emulator, self._listening, timeout, lambda: self._over)
            if session is None:
                raise AssertionError(f'nothing waits for keys: {self._story()}')
            ivr_machine.press(self._emulator.world, session, keys)

    def expect_said(
        self, text: str | re.Pattern[str] = '', *, timeout: float = EXPECT_SECONDS
    ) -> str:
        """Wait until something is said, and take it with all that was said before.

        Args:
            text: A part of it, or a pattern to search for.
            timeout: For how many seconds of real time to wait.

        Returns:
            All of the sentence, or the URL of the audio file.

        Raises:
            AssertionError: If it is not said in time, or the call ends; it tells what was said.

        Example:
            >>> res = client.ivr.dial('+6598765432', msg='Hello. This is Hoiio.')
            >>> sandbox.phone('+6598765432').expect_call().expect_said('Hello')
            'Hello. This is Hoiio.'
        """
        leg = self._leg

        def take() -> str | None:
            for index in range(leg.read, len(leg.said)):
                if _says(leg.said[index], text):
                    leg.read = index + 1
                    return leg.said[index]
            return None

        with self._emulator.lock:
            found = _await(self._emulator, take, timeout, lambda: self._over)
            if found is None:
                raise AssertionError(f'{_shown(text)} was not said: {self._story()}')
        return found

    def expect_talking_to(
        self, number: str | None = None, *, timeout: float = EXPECT_SECONDS
    ) -> str:
        """Wait until this phone is joined with another one, by a call or a transfer.

        Args:
            number: Whose phone; by default anybody's.
            timeout: For how many seconds of real time to wait.

        Returns:
            The number of the other phone.

        Raises:
            AssertionError: If that does not happen in time, or the call ends.

        Example:
            >>> res = client.voice.call('+6598765432', '+6581234567')
            >>> sandbox.phone('+6598765432').expect_call().expect_talking_to()
            '+6581234567'
        """

        def met() -> str | None:
            return next((other for other in self._others() if number in {None, other}), None)

        with self._emulator.lock:
            found = _await(self._emulator, met, timeout, lambda: self._over)
            if found is None:
                raise AssertionError(f'not joined with {number or "anybody"}: {self._story()}')
        return found

    def expect_over(self, outcome: str | None = None, *, timeout: float = EXPECT_SECONDS) -> None:
        """Wait for the end of the call.

        Args:
            outcome: How the ringing must have ended; ``'answered'`` where the phones talked.
            timeout: For how many seconds of real time to wait.

        Raises:
            AssertionError: If it goes on, or has ended otherwise.

        Example:
            >>> res = client.voice.call('+6598765432', '+6581234567')
            >>> call = sandbox.phone('+6598765432').expect_call()
            >>> res = client.voice.hangup(res.txn_ref)
            >>> call.expect_over('answered')
        """
        with self._emulator.lock:
            over = _await(self._emulator, lambda: self._over or None, timeout)
            if not over or (outcome is not None and outcome != self.outcome):
                raise AssertionError(f'expected the end ({outcome or "any"}): {self._story()}')

    @property
    def _rings(self) -> bool:
        return self._leg.state is LegState.RINGING

    @property
    def _over(self) -> bool:
        return self._leg.state is LegState.OVER

    def _listening(self) -> Session | None:
        # After a reset, another call may have the reference of this one.
        if self._over:
            return None
        session = sessions.of_call(self._emulator.world, self.txn_ref)
        return session if session is not None and ivr_machine.listens(session) else None

    def _others(self) -> list[str]:
        call = self._emulator.world.calls.get(self.txn_ref)
        if call is None or self._leg.state is not LegState.TALKING:
            return []
        talking = calls.talking_legs(self._emulator.world, call)
        return [leg.number for leg in talking if leg is not self._leg]

    def _story(self) -> str:
        said = ', '.join(repr(piece) for piece in self._leg.said) or 'nothing'
        heard = f'{self._leg.number} heard {said}'
        return f'the call is {self.state} ({self.outcome}), and {heard}'


class PhoneFax:
    """A fax as the machine that it was sent to sees it."""

    def __init__(self, emulator: Emulator, leg: Leg) -> None:
        self._emulator = emulator
        self._leg = leg

    def __repr__(self) -> str:
        return f'<fax from {self.sender} to {self._leg.number}: {self.outcome}>'

    @property
    def sender(self) -> str:
        """What the display shows."""
        return self._leg.other

    @property
    def txn_ref(self) -> str:
        """How the service refers to it."""
        return self._leg.txn_ref

    @property
    def outcome(self) -> CallStatus:
        """How it went; ``'ongoing'`` until it is accepted or not."""
        return self._leg.outcome

    @property
    def content(self) -> bytes:
        """The PDF."""
        return self._leg.fax or b''

    def accept(self) -> None:
        """Let it come in; one that came in already stays so.

        Raises:
            LookupError: If it was given up or rejected.

        Example:
            >>> machine = sandbox.phone('+6561234567')
            >>> machine.rings()
            >>> res = client.fax.send('+6561234567', 'letter.pdf')
            >>> machine.expect_fax().accept()
            >>> client.fax.status(res.txn_ref).fax_status
            'answered'
        """
        with self._emulator.changing() as world:
            legs.settle(world, self._leg, CallStatus.ANSWERED)
            if self.outcome != CallStatus.ANSWERED:
                raise LookupError(f'{self!r} cannot be accepted')

    def reject(self) -> None:
        """Be busy for it; one that came in already stays.

        Example:
            >>> machine = sandbox.phone('+6561234567')
            >>> machine.rings()
            >>> res = client.fax.send('+6561234567', 'letter.pdf')
            >>> machine.expect_fax().reject()
            >>> client.fax.status(res.txn_ref).fax_status
            'busy'
        """
        with self._emulator.changing() as world:
            legs.reject(world, self._leg)


def assert_quiet(emulator: Emulator) -> None:
    """Hold that no phone got anything that no test expected.

    Raises:
        AssertionError: If one did; it tells everything.
    """
    with emulator.lock:
        phones = emulator.world.phones.items()
        found = [f'{number} got {what}' for number, state in phones for what in _arrivals(state)]
    if found:
        raise AssertionError('nothing was expected, but ' + '; '.join(found))


def _await(
    emulator: Emulator,
    take: Callable[[], Found | None],
    timeout: float,
    give_up: Callable[[], bool] = lambda: False,
) -> Found | None:
    """Wait until something can be taken; whoever calls this has the lock."""
    found: list[Found] = []

    def settled() -> bool:
        taken = take()
        if taken is not None:
            found.append(taken)
        return bool(found) or give_up()

    emulator.changed.wait_for(settled, timeout)
    return found[0] if found else None


def _leave(world: World, leg: Leg) -> None:
    if leg.state is LegState.RINGING and not leg.placed:
        legs.reject(world, leg)
    elif leg.state is not LegState.OVER:
        leg.leave()


def _arrivals(state: PhoneState) -> list[str]:
    """Describe what came to a phone and was not taken by any test."""
    texts = [f'the SMS {sms.text!r} from {sms.sender}' for sms in state.unread]
    return texts + [f'a {_kind(leg)} from {leg.other} ({leg.outcome})' for leg in state.surprises]


def _kind(leg: Leg) -> str:
    return 'call' if leg.fax is None else 'fax'


def _says(text: str, wanted: str | re.Pattern[str] | None) -> bool:
    if wanted is None:
        return True
    return wanted in text if isinstance(wanted, str) else wanted.search(text) is not None


def _shown(wanted: str | re.Pattern[str]) -> str:
    return repr(wanted) if isinstance(wanted, str) else f'/{wanted.pattern}/'


def _check_keys(keys: str) -> None:
    if not keys or not KEYS.issuperset(keys):
        raise ValueError(f'a phone has the keys 0 to 9, * and #, not {keys!r}')
