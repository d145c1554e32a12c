"""What the people behind the phones do when nobody tells them."""

from __future__ import annotations

from dataclasses import dataclass

from ...constants import CallStatus, SmsStatus

__all__ = [
    'AUTO',
    'BUSY',
    'FAILED',
    'MANUAL',
    'RING_SECONDS',
    'TALK_SECONDS',
    'UNANSWERED',
    'Script',
]

# How long a phone rings before the caller gives up; the references do not tell.
RING_SECONDS = 30
# How long two people talk who were given no limit.
TALK_SECONDS = 60


@dataclass(frozen=True)
class Script:
    """How one phone takes its calls, faxes and messages; seconds are those of the clock.

    Args:
        outcome: What becomes of a call: answered, the default, busy, unanswered or failed. None
            leaves it to whoever holds the phone; a call that nobody takes is unanswered after
            half a minute.
        after: How many seconds it rings before that happens; by default none.
        pressing: What is pressed each time a gather block asks, in order, such as
            ``('1', '2#')``; an empty text lets it ask in vain, and so does the end of the list.
        hanging_up_after: How many seconds after picking up the phone hangs up.
        talking: How many seconds the phone talks to another phone, unless the call has a limit
            of its own; by default 60. None is for ever.
        replying: What is texted back to every SMS of the account.
        texted: What becomes of an SMS to the phone; only a delivered one arrives.

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

    @property
    def reaction(self) -> tuple[float, CallStatus]:
        """After how many seconds of ringing something happens, and what."""
        if self.outcome is None or self.after >= RING_SECONDS:
            return RING_SECONDS, CallStatus.UNANSWERED
        return self.after, self.outcome


AUTO = Script()
MANUAL = Script(outcome=None, talking=None)
BUSY = Script(CallStatus.BUSY)
UNANSWERED = Script(CallStatus.UNANSWERED)
FAILED = Script(CallStatus.FAILED)
