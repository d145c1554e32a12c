"""What a message costs: asked once for each dialling prefix and number of parts."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from ..constants import Status
from ..message_size import measure
from .exceptions import PersonInvalid, PlanInvalid

if TYPE_CHECKING:
    from ..client import HoiioClient
    from ..service.sms import SmsRate

__all__ = ['MILLIONTHS', 'PriceList', 'dialling_prefix']

MILLIONTHS = 1_000_000

# Hoiio allows this many queries for prices in a minute.
_QUESTIONS = 60
_MINUTE = 60.0

# After so many numbers with one prefix and no price, the rest has none either.
_REFUSALS = 10

# A text of each number of parts. The messages themselves stay here until they are sent.
_SAMPLES = {measure(text).parts: text for text in ('x', 'x' * 161, 'x' * 307)}

# The country codes of two digits. 1 and 7 have one digit, all others three.
_TWO_DIGITS = frozenset(
    map(
        str,
        [
            *(20, 27, *range(30, 35), 36, 39, 40, 41, *range(43, 50), *range(51, 59)),
            *(*range(60, 67), 81, 82, 84, 86, *range(90, 96), 98),
        ],
    )
)
# The parts of +1 that are neither the United States nor Canada, and of +7 that are not Russia.
_ISLANDS = frozenset(
    map(
        str,
        [
            *(242, 246, 264, 268, 284, 340, 345, 441, 473, 649, 658, 664, 670, 671, 684, 721),
            *(758, 767, 784, 787, 809, 829, 849, 868, 869, 876, 939),
        ],
    )
)
_KAZAKHSTAN = frozenset({'6', '7'})


class PriceList:
    """The prices of the account, in millionths of its currency.

    Args:
        client: The client of the account.
        sleep: Waits this many seconds.
        clock: The time in seconds.

    Attributes:
        currency: The currency; empty until the first price.
    """

    def __init__(
        self,
        client: HoiioClient,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.currency = ''
        self._client = client
        self._sleep = sleep
        self._clock = clock
        self._asked: deque[float] = deque(maxlen=_QUESTIONS)
        self._known: dict[tuple[str, int], int] = {}
        self._refused: Counter[str] = Counter()

    def price(self, dest: str, parts: int) -> int:
        """Return the price of a message.

        Args:
            dest: The number in E.164 form.
            parts: The number of SMS parts, 1 to 3.

        Returns:
            The price of all parts, in millionths of the currency.

        Raises:
            PersonInvalid: Hoiio does not send SMS to this number.
            PlanInvalid: Hoiio does not return a price for this dialling prefix.
            ApiError: Hoiio refuses to return prices.
            TransportError: Hoiio cannot be reached.

        Example:
            >>> PriceList(Hoiio).price('+6591234567', 2)
            64000
        """
        prefix = dialling_prefix(dest)
        known = self._known.get((prefix, parts))
        if known is None:
            known = self._known[prefix, parts] = self._ask(dest, prefix, parts)
        return known

    def _ask(self, dest: str, prefix: str, parts: int) -> int:
        rate = self._answer(dest, parts)
        if rate.status in {Status.DEST_INVALID, Status.DEST_NOT_SUPPORTED}:
            self._count_refusal(prefix, rate.status)
            raise PersonInvalid(f'Hoiio does not send to this number ({rate.status})')
        rate.raise_for_status()
        if rate.currency != (self.currency or rate.currency):
            raise PlanInvalid(f'Hoiio returned prices in {self.currency} and in {rate.currency}')
        self.currency = rate.currency
        whole = Decimal(str(rate.rate)) * parts if rate.total_cost is None else rate.total_cost
        return int((Decimal(str(whole)) * MILLIONTHS).to_integral_value(ROUND_CEILING))

    def _answer(self, dest: str, parts: int) -> SmsRate:
        rate = self._ask_once(dest, parts)
        if rate.status == Status.RATE_LIMIT_EXCEEDED:
            # Another program of the application asks too.
            self._sleep(_MINUTE)
            rate = self._ask_once(dest, parts)
        return rate

    def _ask_once(self, dest: str, parts: int) -> SmsRate:
        is_full = len(self._asked) == _QUESTIONS
        if is_full and (left := self._asked[0] + _MINUTE - self._clock()) > 0:
            self._sleep(left)
        self._asked.append(self._clock())
        return self._client.sms.rate(_SAMPLES[parts], dest)

    def _count_refusal(self, prefix: str, status: str) -> None:
        self._refused[prefix] += 1
        if self._refused[prefix] == _REFUSALS:
            raise PlanInvalid(
                f'Hoiio returned no price for {_REFUSALS} numbers that begin with +{prefix}'
                f' ({status}); remove such numbers from the file'
            )


def dialling_prefix(dest: str) -> str:
    """Return the digits that decide the price of a number: the country code.

    Parts of a country code that belong to other countries are prefixes of their own.
    """
    digits = dest[1:]
    if digits[0] == '1':
        return digits[:4] if digits[1:4] in _ISLANDS else '1'
    if digits[0] == '7':
        return '77' if digits[1:2] in _KAZAKHSTAN else '7'
    return digits[:2] if digits[:2] in _TWO_DIGITS else digits[:3]
