"""Magic numbers: phones that behave in one special way without being told to.

They are for clients that can reach nothing but the API: a number is all that it takes to meet a
busy phone. Tests that hold the sandbox in their hand have `Phone` for the same and more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...constants import CallStatus, SmsStatus
from .scripts import Script

__all__ = ['INVALID', 'MAGIC', 'UNSUPPORTED', 'Behaviour', 'script_of']

INVALID = '+6588880001'
UNSUPPORTED = '+6588880002'
# As many keys as a gather may have attempts, many times over.
ALWAYS = 1000


@dataclass(frozen=True)
class Behaviour:
    """What one number does.

    Attributes:
        name: A word for it.
        sentence: What happens, for developers.
        script: What the phone does, where there is a phone at all.
    """

    name: str
    sentence: str
    script: Script | None = None


# The last two digits: 0x is refused by the API, 1x takes no calls, 2x is about SMS, and 3x
# picks up and then does something.
MAGIC: Mapping[str, Behaviour] = {
    INVALID: Behaviour(
        'invalid',
        "Well formed, but in nobody's numbering plan: refused with ``error_dest_invalid``.",
    ),
    UNSUPPORTED: Behaviour('unsupported', 'Not served: refused with ``error_dest_not_supported``.'),
    '+6588880011': Behaviour(
        'busy', 'Is busy for every call and every fax.', Script(CallStatus.BUSY)
    ),
    '+6588880012': Behaviour(
        'unanswered', 'Never picks up a call or a fax.', Script(CallStatus.UNANSWERED)
    ),
    '+6588880013': Behaviour(
        'failed', 'Cannot be connected: calls and faxes fail.', Script(CallStatus.FAILED)
    ),
    '+6588880021': Behaviour(
        'SMS queued',
        'Lets each SMS stay ``queued``, like an operator that sends no delivery reports.',
        Script(texted=SmsStatus.QUEUED),
    ),
    '+6588880022': Behaviour(
        'SMS failed', 'Takes no SMS: each one ends as ``failed``.', Script(texted=SmsStatus.FAILED)
    ),
    '+6588880023': Behaviour(
        'SMS error',
        'Makes each SMS end as ``error``, an internal one of the service.',
        Script(texted=SmsStatus.ERROR),
    ),
    '+6588880024': Behaviour(
        'replies',
        'Answers each SMS with the text OK; give a Hoiio number that takes SMS as the'
        ' ``sender_name``, and the reply comes in there.',
        Script(replying='OK'),
    ),
    '+6588880031': Behaviour(
        'presses 1',
        'Picks up and presses 1 and # whenever a gather block asks.',
        Script(pressing=('1#',) * ALWAYS),
    ),
    '+6588880032': Behaviour(
        'presses nothing', 'Picks up, listens and never presses a key.', Script()
    ),
    '+6588880033': Behaviour(
        'hangs up',
        'Picks up and hangs up one second later.',
        Script(hanging_up_after=1),
    ),
}


def script_of(number: str) -> Script | None:
    """Return what a magic number does; None for any other number."""
    behaviour = MAGIC.get(number)
    return behaviour.script if behaviour else None
