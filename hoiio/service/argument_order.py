"""The order of the arguments of ``sms.send``, which the guide of 0.1.5 shows in two ways."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

__all__ = ['in_either_order']

F = TypeVar('F', bound=Callable[..., Any])

# With its plus. A message that consists of digits only may be a code.
_PHONE = r'\+[\s().-]*(?:\d[\s().-]*){7,15}'
_WORD = r'[^\W\d_]+'
_FEW_DIGITS = 6

# Signs that a text is a phone number in some notation, and words that mean a missing number.
_OF_A_NUMBER = r'(?i)[+;]|^\W*\d|\b(?:tel|ext|extn|extension)\b|\b(?:sip|sms|smsto|callto):|\bx ?\d'
_NOTHING = frozenset(
    {'none', 'null', 'nil', 'nan', 'nat', 'n', 'a', 'na', 'undefined'}
    | {'unknown', 'empty', 'missing', 'private', 'anonymous'}
    | {'false', 'blank', 'withheld', 'unlisted', 'tbd'}
)


def in_either_order(send: F) -> F:
    """Accept ``send(dest, msg)`` as well as ``send(msg, dest)``, with a warning."""

    @wraps(send)
    def send_sms(self: Any, /, *args: Any, **params: Any) -> Any:
        match args:
            case (dest, msg) if _is_number(dest) and _is_certainly_text(msg):
                warnings.warn(
                    'pass the text of an SMS before the number: Hoiio.sms.send(msg, dest)',
                    DeprecationWarning,
                    stacklevel=2,
                )
                args = (msg, dest)
        return send(self, *args, **params)

    return cast('F', send_sms)


def _is_number(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(_PHONE, value.strip()) is not None


def _is_certainly_text(value: object) -> bool:
    # A wrong False costs nothing: Hoiio refuses a destination that is not a phone number.
    if not isinstance(value, str) or re.search(_OF_A_NUMBER, value):
        return False
    has_few_digits = sum(map(str.isnumeric, value)) <= _FEW_DIGITS
    return has_few_digits and not _NOTHING.issuperset(re.findall(_WORD, value.casefold()))
