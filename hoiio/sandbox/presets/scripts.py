"""Scripts: how the phones of the sandbox behave without instructions from a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from ...constants import CallStatus, SmsStatus

__all__ = [
    'ANSWERS',
    'AUTO',
    'BUSY',
    'FAILED',
    'MANUAL',
    'RING_SECONDS',
    'TALK_SECONDS',
    'UNANSWERED',
    'Script',
    'answering_of',
]

# How a call to a phone can end. `CallStatus` accepts any word, because Hoiio can add some.
OUTCOMES = frozenset({'answered', 'unanswered', 'busy', 'failed', None})
# How long a phone rings before the call is unanswered. The API documentation does not give a limit.
RING_SECONDS = 30
# How long two phones talk if the call has no time limit.
TALK_SECONDS = 60


@dataclass(frozen=True)
class Script:
    """How one phone handles calls, faxes and SMS. The sandbox clock counts the seconds.

    Args:
        outcome: How the phone handles a call: answered (the default), busy, unanswered or failed.
            With None, your test decides; a call that is not answered within 30 seconds is
            unanswered.
        after: How many seconds the phone rings before that; by default 0.
        pressing: The keys that the phone presses at each prompt of a gather block, in order, such
            as ``('1', '2#')``. For an empty text, and after the last one, it presses nothing.
        hanging_up_after: How many seconds after answering the phone hangs up; by default never.
        talking: How many seconds the phone talks to another phone if the call has no time limit;
            by default 60. None means until somebody hangs up.
        replying: The text of the reply to each SMS from the account; by default no reply.
        texted: The status of each SMS to the phone, by default delivered. With any other status,
            the SMS does not arrive.

    Raises:
        ValueError: If the outcome is not one of these, or a number of seconds is negative.

    Example:
        >>> Script(after=5, pressing=('1', '2#'), hanging_up_after=90).outcome
        'answered'
    """

    outcome: CallStatus | None = CallStatus.ANSWERED
    after: float = 0
    pressing: tuple[str, ...] = ()
    hanging_up_after: float | None = None
    talking: float | None = TALK_SECONDS
    replying: str | None = None
    texted: SmsStatus = SmsStatus.DELIVERED

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise ValueError(
                f'a phone is answered, unanswered, busy or failed, not {self.outcome!r:.80}'
            )
        for name in ('after', 'hanging_up_after', 'talking'):
            seconds = getattr(self, name)
            if seconds is not None and not _is_duration(seconds):
                raise ValueError(f'{name} must be 0 or more seconds, not {seconds!r:.80}')

    @property
    def reaction(self) -> tuple[float, CallStatus]:
        """The seconds of ringing, and the outcome after them."""
        if self.outcome is None or self.after >= RING_SECONDS:
            return RING_SECONDS, CallStatus.UNANSWERED
        return self.after, self.outcome


def _is_duration(seconds: object) -> bool:
    return isinstance(seconds, int | float) and isfinite(seconds) and seconds >= 0


AUTO = Script()
MANUAL = Script(outcome=None, talking=None)
BUSY = Script(CallStatus.BUSY)
UNANSWERED = Script(CallStatus.UNANSWERED)
FAILED = Script(CallStatus.FAILED)
# How phones without a script of their own react, by the words for `Sandbox`.
ANSWERS: Mapping[Literal['auto', 'manual'], Script] = {'auto': AUTO, 'manual': MANUAL}


def answering_of(script: Script) -> Literal['auto', 'manual', 'other']:
    """Return the word for a script, or ``other``."""
    for word, known in ANSWERS.items():
        if known == script:
            return word
    return 'other'
