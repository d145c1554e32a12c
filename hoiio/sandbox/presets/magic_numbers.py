"""Magic numbers: phone numbers with a fixed behaviour, such as a phone that is always busy.

They are for clients that can use only the API. Tests in Python can use `Phone` instead, which can
do the same and more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ...constants import CallStatus, SmsStatus
from .scripts import Script

__all__ = ['INVALID', 'MAGIC', 'UNSUPPORTED', 'Behaviour', 'script_of']

INVALID = '+6588880001'
UNSUPPORTED = '+6588880002'
# More prompts than a call has: a gather block has at most 100 attempts.
MANY_PROMPTS = 1000


class Behaviour(NamedTuple):
    """The behaviour of one magic number.

    Attributes:
        name: A short name.
        sentence: A description for developers.
        script: The behaviour of the phone, or None if the API refuses the number.
    """

    name: str
    sentence: str
    script: Script | None = None


# The last two digits are a group: the API refuses 0x, 1x does not answer calls, 2x is about SMS,
# and 3x answers calls.
MAGIC: Mapping[str, Behaviour] = {
    INVALID: Behaviour(
        'invalid',
        'Has the right format but does not exist: refused with ``error_dest_invalid``.',
    ),
    UNSUPPORTED: Behaviour(
        'unsupported', 'Is not supported: refused with ``error_dest_not_supported``.'
    ),
    '+6588880011': Behaviour(
        'busy', 'Is busy for every call and every fax.', Script(CallStatus.BUSY)
    ),
    '+6588880012': Behaviour(
        'unanswered', 'Never answers a call or a fax.', Script(CallStatus.UNANSWERED)
    ),
    '+6588880013': Behaviour(
        'failed', 'Cannot be connected: calls and faxes fail.', Script(CallStatus.FAILED)
    ),
    '+6588880021': Behaviour(
        'SMS queued',
        'Leaves each SMS ``queued``, like an operator that does not send delivery reports.',
        Script(texted=SmsStatus.QUEUED),
    ),
    '+6588880022': Behaviour(
        'SMS failed',
        'Does not accept SMS: each one gets the status ``failed``.',
        Script(texted=SmsStatus.FAILED),
    ),
    '+6588880023': Behaviour(
        'SMS error',
        'Gives each SMS the status ``error``, an internal error of the service.',
        Script(texted=SmsStatus.ERROR),
    ),
    '+6588880024': Behaviour(
        'replies',
        'Replies to each SMS with the text OK. To receive the reply, send a Hoiio number that'
        ' accepts SMS as the ``sender_name``.',
        Script(replying='OK'),
    ),
    '+6588880031': Behaviour(
        'presses 1',
        'Answers, and presses 1 and # at each prompt of a gather block.',
        Script(pressing=('1#',) * MANY_PROMPTS),
    ),
    '+6588880032': Behaviour(
        'presses nothing', 'Answers, listens and never presses a key.', Script()
    ),
    '+6588880033': Behaviour(
        'hangs up',
        'Answers and hangs up one second later.',
        Script(hanging_up_after=1),
    ),
}


def script_of(number: str) -> Script | None:
    """Return the script of a magic number, or None for any other number."""
    behaviour = MAGIC.get(number)
    return behaviour.script if behaviour else None
