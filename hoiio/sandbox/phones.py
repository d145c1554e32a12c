"""The phones that a test controls: the SMS, calls and faxes that they receive and make.

Each ``expect_...`` method waits for an SMS, a call or a fax, and returns each of them only once.
`Sandbox.assert_quiet` reports those that no test has expected.
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
# The default timeout of the ``expect_...`` methods, in seconds of real time.
EXPECT_SECONDS = 2.0

Found = TypeVar('Found')


class Phone:
    """The phone behind one number; `Sandbox.phone` returns it.

    Attributes:
        number: The number in E.164.

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
            raise ValueError(
                f'a phone number must be in E.164, such as +6591234567, not {number!r}'
            )
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
        """Everything that was said to this phone in calls, oldest first."""
        with self._emulator.lock:
            return list(self._state().heard)

    @property
    def calls(self) -> list[PhoneCall]:
        """The calls that this phone is ringing or talking in, oldest first."""
        with self._emulator.lock:
            live = [leg for leg in self._live() if leg.fax is None]
        return [PhoneCall(self._emulator, leg) for leg in live]

    @property
    def faxes(self) -> list[PhoneFax]:
        """The faxes that are not yet accepted or rejected, oldest first."""
        with self._emulator.lock:
            live = [leg for leg in self._live() if leg.fax is not None]
        return [PhoneFax(self._emulator, leg) for leg in live]

    # How the phone reacts

    def script(self, script: Script) -> None:
        """Set how the phone reacts to calls, faxes and SMS from now on.

        Args:
            script: The new script of the phone.

        Example:
            >>> sandbox.phone('+6598765432').script(Script(after=5, hanging_up_after=90))
        """
        with self._emulator.lock:
            self._state().script = script
            self._world().phone_changed(self.number)

    def script_next(self, *scripts: Script) -> None:
        """Set how the phone reacts to the next calls; later calls use its usual script.

        Args:
            *scripts: One script for each call.

        Example:
            >>> scripts = Script(CallStatus.BUSY), Script(CallStatus.UNANSWERED)
            >>> sandbox.phone('+6598765432').script_next(*scripts)
            >>> call = client.voice.call('+6598765432', '+6581234567')
            >>> client.voice.status(call.txn_ref).call_status_dest1
            'busy'
        """
        with self._emulator.lock:
            self._state().coming.extend(scripts)
            self._world().phone_changed(self.number)

    def answers(
        self,
        *,
        pressing: Iterable[str] = (),
        after: float = 0,
        hanging_up_after: float | None = None,
    ) -> None:
        """Answer every call.

        Args:
            pressing: The keys to press for each gather block, in order, such as ``['1', '2#']``.
                For an empty text, the phone presses nothing.
            after: How many seconds of the sandbox clock to ring before answering.
            hanging_up_after: How many seconds after answering to hang up; with None, the phone
                does not hang up.

        Raises:
            ValueError: If ``pressing`` contains anything but 0 to 9, ``*`` and ``#``, or a number
                of seconds is negative.

        Example:
            >>> sandbox.phone('+6598765432').answers(pressing=['1'], after=3)
        """
        keys = tuple(pressing)
        for text in filter(None, keys):
            _check_keys(text)
        answering = {'outcome': CallStatus.ANSWERED, 'after': after, 'pressing': keys}
        self._change(**answering, hanging_up_after=hanging_up_after)

    def rings(self) -> None:
        """Let every call ring until you use `PhoneCall.answer`, for at most 30 seconds.

        Example:
            >>> phone = sandbox.phone('+6598765432')
            >>> phone.rings()
            >>> call = client.voice.call('+6598765432', '+6581234567')
            >>> phone.expect_call().state
            'ringing'
        """
        self._change(outcome=MANUAL.outcome, talking=MANUAL.talking)

    def busy(self) -> None:
        """Report busy to every call.

        Example:
            >>> sandbox.phone('+6598765432').busy()
            >>> call = client.voice.call('+6598765432', '+6581234567')
            >>> client.voice.status(call.txn_ref).call_status_dest1
            'busy'
        """
        self._change(outcome=CallStatus.BUSY, after=0)

    def reject_next(self) -> None:
        """Reject the next call; the caller gets the outcome busy.

        Example:
            >>> sandbox.phone('+6598765432').reject_next()
            >>> call = client.voice.call('+6598765432', '+6581234567')
            >>> client.voice.status(call.txn_ref).call_status_dest1
            'busy'
        """
        self.script_next(BUSY)

    def react(self, reaction: CallStatus | Reaction, *, after: float = 0) -> None:
        """Set the outcome of every call: answered, busy, unanswered or failed.

        Args:
            reaction: The outcome.
            after: How many seconds of the sandbox clock to ring before the outcome.

        Raises:
            ValueError: If ``reaction`` is not one of these, or ``after`` is negative.

        Example:
            >>> sandbox.phone('+6598765432').react('failed')
            >>> call = client.voice.call('+6598765432', '+6581234567')
            >>> client.voice.status(call.txn_ref).call_status_dest1
            'failed'
        """
        self._change(outcome=CallStatus(reaction), after=after)

    def replies(self, text: str | None) -> None:
        """Reply to every SMS of the account with a text.

        Args:
            text: The reply; None stops the replies.

        Example:
            >>> sandbox.phone('+6598765432').replies('YES')
            >>> res = client.sms.send('Will you come?', '+6598765432')
            >>> sandbox.phone('+6591234567').expect_sms().text
            'YES'
        """
        self._change(replying=text)

    # What a test expects

    def expect_sms(
        self, text: str | re.Pattern[str] | None = None, *, timeout: float = EXPECT_SECONDS
    ) -> PhoneSms:
        """Return the oldest matching SMS not yet returned; wait for one if necessary.

        Args:
            text: A part of its text, or a pattern to search for; by default any SMS matches.
            timeout: How many seconds of real time to wait.

        Returns:
            The SMS; use `PhoneSms.reply` to reply to it.

        Raises:
            AssertionError: If none arrives in time. The message lists what arrived instead.

        Example:
            >>> res = client.sms.send('Your code is 4711', '+6598765432')
            >>> sandbox.phone('+6598765432').expect_sms('code').text
            'Your code is 4711'
        """

        def take() -> Message | None:
            unread = self._state().unread
            found = next((sms for sms in unread if _matches(sms.text, text)), None)
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
        """Return the oldest call to this phone not yet returned; wait for one if necessary.

        Args:
            caller: The caller that the display shows, a number or ``private``; by default any
                caller matches.
            timeout: How many seconds of real time to wait.

        Returns:
            The call. It may be ringing, in progress or already over.

        Raises:
            AssertionError: If none arrives in time. The message lists what arrived instead.

        Example:
            >>> call = client.voice.call('+6598765432', '+6581234567', caller_id='private')
            >>> sandbox.phone('+6581234567').expect_call('private').state
            'talking'
        """
        return PhoneCall(self._emulator, self._expect_leg('call', caller, timeout))

    def expect_fax(self, *, timeout: float = EXPECT_SECONDS) -> PhoneFax:
        """Return the oldest fax to this phone not yet returned; wait for one if necessary.

        Args:
            timeout: How many seconds of real time to wait.

        Returns:
            The fax. It may already be accepted.

        Raises:
            AssertionError: If none arrives in time. The message lists what arrived instead.

        Example:
            >>> res = client.fax.send('+6561234567', 'letter.pdf')
            >>> sandbox.phone('+6561234567').expect_fax().sender
            '+6591234567'
        """
        return PhoneFax(self._emulator, self._expect_leg('fax', None, timeout))

    # What the phone does

    def press(self, keys: str, *, txn_ref: str | None = None) -> bool:
        """Press keys now in an IVR call of this phone.

        Keys that the application is not waiting for are lost. `PhoneCall.press` waits until the
        application asks for keys.

        Args:
            keys: One or more of 0 to 9, ``*`` and ``#``.
            txn_ref: The reference of the call; by default the newest call.

        Returns:
            True if the application was waiting for keys.

        Raises:
            ValueError: If ``keys`` is empty or contains other characters.
            LookupError: If this phone is not in an IVR call, or not in that one.

        Example:
            >>> url = 'http://127.0.0.1:8000/ivr'
            >>> call = client.ivr.dial('+6598765432', notify_url=url)
            >>> res = client.ivr.gather(call.session, max_digits=1, notify_url=url)
            >>> sandbox.phone('+6598765432').press('1')
            True
            >>> sandbox.drain(check=False)
            >>> 'digits=1' in sandbox.deliveries[-1].body
            True
        """
        _check_keys(keys)
        with self._emulator.changing() as world:
            return ivr_machine.press(world, self._session(txn_ref), keys)

    def hang_up(self) -> None:
        """Hang up every call of this phone, and reject those that are ringing.

        Raises:
            LookupError: If this phone is not in a call.

        Example:
            >>> call = client.voice.call('+6598765432', '+6581234567')
            >>> sandbox.phone('+6598765432').hang_up()
            >>> client.voice.status(call.txn_ref).call_status_dest1
            'answered'
        """
        with self._emulator.changing() as world:
            live = self._live()
            if not live:
                raise LookupError(f'{self.number} is not in a call')
            for leg in live:
                _hang_up(world, leg)

    def call(self, number: str) -> PhoneCall:
        """Call a Hoiio number.

        Args:
            number: The Hoiio number.

        Returns:
            The call, which rings until the application acts. If the number does not forward
            calls or no call slot is free, the call ends at once. Its outcome and `Sandbox.events`
            say why.

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
            number: A Hoiio number, or the number of another phone.
            text: The text of the SMS.

        Example:
            >>> sandbox.phone('+6598765432').send_sms('+6581234567', 'Hello')
            >>> sandbox.phone('+6581234567').expect_sms().sender
            '+6598765432'
        """
        with self._emulator.changing() as world:
            sms.send_from_phone(world, self.number, number, text)

    def send_fax(self, number: str, content: bytes) -> None:
        """Send a fax.

        Args:
            number: A Hoiio number in fax mode.
            content: The bytes of a PDF.

        Raises:
            ValueError: If ``content`` is not a PDF that can be faxed.

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

    def _session(self, txn_ref: str | None) -> Session:
        for leg in reversed(self._live()):
            session = sessions.of_call(self._world(), leg.txn_ref)
            if session is not None and txn_ref in {None, leg.txn_ref}:
                return session
        which = f' with the reference {txn_ref:.80}' if txn_ref else ''
        raise LookupError(f'{self.number} is not in an IVR call{which}')

    def _change(self, **changes: object) -> None:
        with self._emulator.lock:
            state = self._state()
            state.script = replace(state.script, **changes)  # type: ignore[arg-type]
            self._world().phone_changed(self.number)

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
                raise AssertionError(self._not_received(wanted, timeout))
        return found

    def _no_sms(self, text: str | re.Pattern[str] | None, timeout: float) -> str:
        return self._not_received('SMS' if text is None else f'SMS with {_quoted(text)}', timeout)

    def _not_received(self, wanted: str, timeout: float) -> str:
        state = self._state()
        unexpected = _unexpected(state)
        others = len(state.inbox) + len(state.legs) - len(unexpected)
        nothing = 'nothing else' if others else 'nothing at all'
        received = '; '.join(unexpected) or nothing
        note = (
            f' (not counting {others} already expected or placed by this phone)' if others else ''
        )
        return (
            f'{self.number} received no {wanted} within {timeout:g} s.'
            f' It received {received}{note}.{self._emulator.advice()}'
        )


@dataclass(frozen=True)
class PhoneSms:
    """An SMS that a phone received.

    Attributes:
        phone: The phone.
        message: The SMS as it is in the inbox of the phone.
    """

    phone: Phone
    message: Message

    @property
    def sender(self) -> str:
        """The sender, a number or a name."""
        return self.message.sender

    @property
    def text(self) -> str:
        """The text."""
        return self.message.text

    @property
    def date(self) -> datetime:
        """When it arrived."""
        return self.message.date

    def reply(self, text: str) -> None:
        """Reply to the sender.

        If the sender is a Hoiio number that receives SMS, the account receives the reply and gets
        a notification if the number forwards SMS. If the sender is the registered number of the
        account, the phone with that number receives the reply.

        Args:
            text: The text of the reply.

        Raises:
            ValueError: If the sender is a name. You can reply only to a number.

        Example:
            >>> res = client.sms.send('Will you come?', '+6598765432')
            >>> sandbox.phone('+6598765432').expect_sms('come').reply('YES')
            >>> sandbox.phone('+6591234567').expect_sms().text
            'YES'
        """
        if not checks.is_number(self.sender):
            raise ValueError(f'you cannot reply to {self.sender!r}, which is not a phone number')
        self.phone.send_sms(self.sender, text)


class PhoneCall:
    """One phone's part in a call."""

    def __init__(self, emulator: Emulator, leg: Leg) -> None:
        self._emulator = emulator
        self._leg = leg

    def __repr__(self) -> str:
        return f'<call of {self._leg.number} and {self.other}: {self.state}>'

    @property
    def other(self) -> str:
        """The caller or the number called, as the display of the phone shows it."""
        return self._leg.other

    @property
    def txn_ref(self) -> str:
        """The transaction reference; empty if the call never reached the service."""
        return self._leg.txn_ref

    @property
    def state(self) -> LegState:
        """The state of the call, one of ``'ringing'``, ``'talking'`` or ``'over'``."""
        return self._leg.state

    @property
    def outcome(self) -> CallStatus:
        """How the ringing ended; ``'ongoing'`` while the phone rings."""
        return self._leg.outcome

    @property
    def said(self) -> list[str]:
        """What was said to the phone in this call; an audio file appears as its URL."""
        with self._emulator.lock:
            return list(self._leg.said)

    @property
    def incoming(self) -> bool:
        """True if the phone received the call, False if it placed the call."""
        return not self._leg.placed

    @property
    def talking_to(self) -> list[str]:
        """The numbers of the other phones that are now connected with this one."""
        with self._emulator.lock:
            return self._others()

    def answer(self) -> None:
        """Answer the call; this does nothing if the call is already answered.

        Raises:
            LookupError: If the call is over, or if this phone placed the call and it still rings.

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
        """Reject a ringing call; the caller gets the outcome busy.

        Raises:
            LookupError: If the call is not ringing at this phone, or if this phone placed it.

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
        """Hang up, or reject the call if it is ringing; this does nothing if the call is over.

        Example:
            >>> res = client.voice.call('+6598765432', '+6581234567')
            >>> call = sandbox.phone('+6598765432').expect_call()
            >>> call.hang_up()
            >>> call.state
            'over'
        """
        with self._emulator.changing() as world:
            _hang_up(world, self._leg)

    def press(self, keys: str, *, timeout: float = EXPECT_SECONDS) -> None:
        """Press keys as soon as a gather or record block waits for them.

        Args:
            keys: One or more of 0 to 9, ``*`` and ``#``. Keys after the end of the input are
                lost, as on a real phone.
            timeout: How many seconds of real time to wait.

        Raises:
            ValueError: If ``keys`` is empty or contains other characters.
            AssertionError: If no block waits for keys in time, or the call ends.

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
                raise AssertionError(f'the application did not ask for keys: {self._summary()}')
            ivr_machine.press(self._emulator.world, session, keys)

    def expect_said(
        self, text: str | re.Pattern[str] = '', *, timeout: float = EXPECT_SECONDS
    ) -> str:
        """Wait until a text is said in this call, and return it.

        The next call of this method looks only at what is said after that.

        Args:
            text: A part of what is said, or a pattern to search for.
            timeout: How many seconds of real time to wait.

        Returns:
            The whole text, or the URL of the audio file.

        Raises:
            AssertionError: If it is not said in time, or the call ends. The message lists what
                was said.

        Example:
            >>> res = client.ivr.dial('+6598765432', msg='Hello. This is Hoiio.')
            >>> sandbox.phone('+6598765432').expect_call().expect_said('Hello')
            'Hello. This is Hoiio.'
        """
        leg = self._leg

        def take() -> str | None:
            for index in range(leg.read, len(leg.said)):
                if _matches(leg.said[index], text):
                    leg.read = index + 1
                    return leg.said[index]
            return None

        with self._emulator.lock:
            found = _await(self._emulator, take, timeout, lambda: self._over)
            if found is None:
                raise AssertionError(f'{_quoted(text)} was not said: {self._summary()}')
        return found

    def expect_talking_to(
        self, number: str | None = None, *, timeout: float = EXPECT_SECONDS
    ) -> str:
        """Wait until a call or a transfer connects this phone with another one.

        Args:
            number: The number of the other phone; by default any phone matches.
            timeout: How many seconds of real time to wait.

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
                raise AssertionError(
                    f'not talking to {number or "another phone"}: {self._summary()}'
                )
        return found

    def expect_over(self, outcome: str | None = None, *, timeout: float = EXPECT_SECONDS) -> None:
        """Wait for the end of the call.

        Args:
            outcome: The outcome that the call must have, such as ``'answered'``; by default any
                outcome matches.
            timeout: How many seconds of real time to wait.

        Raises:
            AssertionError: If the call does not end in time, or ends with another outcome.

        Example:
            >>> res = client.voice.call('+6598765432', '+6581234567')
            >>> call = sandbox.phone('+6598765432').expect_call()
            >>> res = client.voice.hangup(res.txn_ref)
            >>> call.expect_over('answered')
        """
        with self._emulator.lock:
            over = _await(self._emulator, lambda: self._over or None, timeout)
            if not over or (outcome is not None and outcome != self.outcome):
                expected = outcome or 'any outcome'
                raise AssertionError(f'expected the call to end ({expected}): {self._summary()}')

    @property
    def _rings(self) -> bool:
        return self._leg.state is LegState.RINGING

    @property
    def _over(self) -> bool:
        return self._leg.state is LegState.OVER

    def _listening(self) -> Session | None:
        # After a reset, another call may have the same reference.
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

    def _summary(self) -> str:
        said = ', '.join(repr(piece) for piece in self._leg.said) or 'nothing'
        heard = f'{self._leg.number} heard {said}'
        return f'the call is {self.state} ({self.outcome}), and {heard}{self._emulator.advice()}'


class PhoneFax:
    """A fax that was sent to a phone."""

    def __init__(self, emulator: Emulator, leg: Leg) -> None:
        self._emulator = emulator
        self._leg = leg

    def __repr__(self) -> str:
        return f'<fax from {self.sender} to {self._leg.number}: {self.outcome}>'

    @property
    def sender(self) -> str:
        """The sender, as the display of the phone shows it."""
        return self._leg.other

    @property
    def txn_ref(self) -> str:
        """The transaction reference."""
        return self._leg.txn_ref

    @property
    def outcome(self) -> CallStatus:
        """The outcome; ``'ongoing'`` until the fax is accepted or rejected, or times out."""
        return self._leg.outcome

    @property
    def content(self) -> bytes:
        """The bytes of the PDF."""
        return self._leg.fax or b''

    def accept(self) -> None:
        """Accept the fax; this does nothing if it is already accepted.

        Raises:
            LookupError: If the fax timed out, failed or was rejected.

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
        """Reject the fax as busy; this does nothing if it is already accepted.

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
    """Assert that tests expected everything that the phones received.

    Raises:
        AssertionError: If they did. The message lists everything that was not expected.
    """
    with emulator.lock:
        phones = emulator.world.phones.items()
        found = [
            f'{number} received {what}' for number, state in phones for what in _unexpected(state)
        ]
    if found:
        raise AssertionError('the test did not expect this: ' + '; '.join(found))


def _await(
    emulator: Emulator,
    take: Callable[[], Found | None],
    timeout: float,
    give_up: Callable[[], bool] = lambda: False,
) -> Found | None:
    """Wait until `take` returns something, and return it; the caller holds the lock."""
    found: list[Found] = []

    def settled() -> bool:
        taken = take()
        if taken is not None:
            found.append(taken)
        return bool(found) or give_up()

    emulator.changed.wait_for(settled, timeout)
    return found[0] if found else None


def _hang_up(world: World, leg: Leg) -> None:
    if leg.state is LegState.RINGING and not leg.placed:
        legs.reject(world, leg)
    elif leg.state is not LegState.OVER:
        leg.leave()


def _unexpected(state: PhoneState) -> list[str]:
    """Describe what a phone received and no test has expected."""
    texts = [f'the SMS {sms.text!r} from {sms.sender}' for sms in state.unread]
    return texts + [f'a {_kind(leg)} from {leg.other} ({leg.outcome})' for leg in state.surprises]


def _kind(leg: Leg) -> str:
    return 'call' if leg.fax is None else 'fax'


def _matches(text: str, wanted: str | re.Pattern[str] | None) -> bool:
    if wanted is None:
        return True
    return wanted in text if isinstance(wanted, str) else wanted.search(text) is not None


def _quoted(wanted: str | re.Pattern[str]) -> str:
    return repr(wanted) if isinstance(wanted, str) else f'/{wanted.pattern}/'


def _check_keys(keys: str) -> None:
    if not keys or not KEYS.issuperset(keys):
        raise ValueError(f'press one or more of the keys 0 to 9, * and #, not {keys!r}')
