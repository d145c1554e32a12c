"""The phones around the account, as a test holds them in its hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import calls, checks, fax, ivr, sms
from .sessions import State

if TYPE_CHECKING:
    from ..constants import CallStatus
    from .calls import Call
    from .core import Core
    from .sessions import Session
    from .world import Line, Message, World

__all__ = ['Phone']

KEYS = frozenset('0123456789*#')


class Phone:
    """The phone behind one number.

    Args:
        core: The service that the phone is connected to.
        number: Its number in E.164.

    Raises:
        ValueError: If that is no phone number.
    """

    def __init__(self, core: Core, number: str) -> None:
        if not checks.is_number(number):
            raise ValueError(f'a phone needs a number such as +6591234567, not {number!r}')
        self.number = number
        self._core = core

    def __repr__(self) -> str:
        return f'Phone({self.number!r})'

    @property
    def inbox(self) -> list[Message]:
        """The SMS that have arrived, oldest first."""
        with self._core.lock:
            return list(self._line().inbox)

    @property
    def heard(self) -> list[str]:
        """Everything that was said to this phone, oldest first."""
        with self._core.lock:
            return list(self._line().heard)

    def react(self, reaction: CallStatus) -> None:
        """Decide how the calls that come are taken: answered, busy, unanswered or failed."""
        with self._core.lock:
            self._line().reaction = reaction

    def press(self, keys: str) -> None:
        """Press keys in the IVR call that this phone is in.

        Raises:
            ValueError: If a phone has no such key.
            LookupError: If this one is in no IVR call.
        """
        if not keys or not KEYS.issuperset(keys):
            raise ValueError(f'a phone has the keys 0 to 9, * and #, not {keys!r}')
        with self._core.lock:
            ivr.press(self._world(), self._session(), keys)

    def hang_up(self) -> None:
        """Leave the call that this phone is in.

        Raises:
            LookupError: If it is in none.
        """
        with self._core.lock:
            world = self._world()
            for call in self._calls():
                calls.end(world, call)

    def call(self, number: str) -> None:
        """Call a Hoiio number; nothing happens where none answers, as `Sandbox.events` says."""
        with self._core.lock:
            ivr.ring(self._world(), self.number, number)

    def send_sms(self, number: str, text: str) -> None:
        """Send an SMS to a Hoiio number."""
        with self._core.lock:
            sms.receive(self._world(), self.number, number, text)

    def send_fax(self, number: str, content: bytes) -> None:
        """Send the bytes of a PDF to a Hoiio number in fax mode."""
        with self._core.lock:
            fax.receive(self._world(), self.number, number, content)

    def _world(self) -> World:
        return self._core.world

    def _line(self) -> Line:
        return self._world().line(self.number)

    def _session(self) -> Session:
        for session in reversed(self._world().sessions.values()):
            if session.remote == self.number and session.state is not State.ENDED:
                return session
        raise LookupError(f'{self.number} is in no IVR call')

    def _calls(self) -> list[Call]:
        found = [
            call for call in self._world().live_calls if self.number in {call.dest1, call.dest2}
        ]
        if not found:
            raise LookupError(f'{self.number} is in no call')
        return found
