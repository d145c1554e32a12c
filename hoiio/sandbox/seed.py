"""The state that a sandbox starts from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..constants import UserStatus

__all__ = ['ACCESS_TOKEN', 'APP_ID', 'Seed']

APP_ID = 'SANDBOXAPPID0001'
ACCESS_TOKEN = 'SANDBOXTOKEN0001'  # noqa: S105 - it opens nothing but a sandbox


@dataclass(frozen=True)
class Seed:
    """An account, its money and its numbers.

    Attributes:
        points: The credit that was paid for.
        bonus: The credit that was given; it is spent first.
        registered: The account's own mobile number.
        user_status: A trial account reaches its registered number only.
        sms_rebrand: Whether ``sender_name`` may be used.
        credit_card: Whether numbers can renew themselves.
        subscribed: Hoiio numbers of the catalogue that the account holds from the start.
        max_numbers: How many numbers it may hold.
        queries_per_minute: The limit of the operations that are documented to have one;
            None switches it off.
    """

    app_id: str = APP_ID
    access_token: str = ACCESS_TOKEN
    currency: str = 'SGD'
    points: Decimal = Decimal('50.000')
    bonus: Decimal = Decimal('4.650')
    uid: str = 'AA-1234'
    name: str = 'Sandbox User'
    email: str = 'user@example.com'
    registered: str = '+6591234567'
    country: str = 'SG'
    prefix: str = '65'
    user_status: UserStatus = UserStatus.ACTIVE
    sms_rebrand: bool = True
    credit_card: bool = True
    subscribed: tuple[str, ...] = ('+6531580000', '+14155550100')
    max_numbers: int = 10
    queries_per_minute: int | None = 60
