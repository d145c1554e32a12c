"""The state that a sandbox starts from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ...constants import UserStatus

__all__ = [
    'ACCESS_TOKEN',
    'APP_ID',
    'LOG_LIMIT',
    'OTHER_ACCESS_TOKEN',
    'OTHER_APP_ID',
    'Application',
    'Seed',
]

APP_ID = 'MY_APP_ID'
ACCESS_TOKEN = 'MY_ACCESS_TOKEN'  # noqa: S105 - it opens nothing but a sandbox
# How many events, and how many deliveries, are kept.
LOG_LIMIT = 10_000
SERVICES = frozenset({'voice', 'sms', 'fax'})
OTHER_APP_ID = 'OTHER_APP_ID'
OTHER_ACCESS_TOKEN = 'OTHER_ACCESS_TOKEN'  # noqa: S105 - as above


@dataclass(frozen=True)
class Application:
    """One application of the account, with the numbers assigned to it at the start."""

    app_id: str
    access_token: str
    subscribed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seed:
    """An account, its money, its two applications and their numbers.

    Args:
        app_id: The application that clients use; by default `APP_ID`.
        access_token: Its access token; by default `ACCESS_TOKEN`.
        currency: The currency of everything that is charged; by default ``'SGD'``. Hoiio also has
            accounts in HKD, USD, AUD, MYR and TWD.
        points: The credit that was paid for; by default 50.
        bonus: The credit that was given, which is spent first; by default 4.65.
        uid: The account's id.
        name: The full name of its owner.
        email: The mail address of its owner.
        registered: The account's own mobile number; by default ``'+6591234567'``.
        country: The ISO 3166-1 alpha-2 code of its country.
        prefix: The dialling prefix of its country, without a plus.
        user_status: Active by default; a trial account reaches its registered number only.
        sms_rebrand: Whether ``sender_name`` may be used; by default it may.
        credit_card: Whether numbers can renew themselves; by default they can.
        subscribed: Hoiio numbers of the catalogue that the application holds from the start; by
            default ``'+6531580000'`` and ``'+14155550100'``.
        max_numbers: How many numbers an application may hold; by default 10.
        queries_per_minute: The limit of the operations that are documented to have one, by
            default 60; None switches it off.
        repeat_in_query: Whether notifications have their parameters in the URL as well, where
            some clients of 2012 look for them.
        down: The services that are out of order: any of ``voice``, ``sms`` and ``fax``.
        other_app_id: A second application of the same account; what one of the two makes, the
            other may not touch.
        other_access_token: Its access token.
        other_subscribed: The numbers that it holds from the start.

    Raises:
        ValueError: A service that is to be ``down`` is none of the three.

    Example:
        >>> from decimal import Decimal
        >>> with Sandbox(seed=Seed(points=Decimal('1.000'), bonus=Decimal(0))) as sandbox:
        ...     sandbox.client().account.balance().balance
        1.0
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
    repeat_in_query: bool = False
    down: tuple[str, ...] = ()
    other_app_id: str = OTHER_APP_ID
    other_access_token: str = OTHER_ACCESS_TOKEN
    other_subscribed: tuple[str, ...] = ('+12125550100',)

    def __post_init__(self) -> None:
        if unknown := set(self.down) - SERVICES:
            raise ValueError(f'voice, sms and fax can be down, not {", ".join(sorted(unknown))}')

    @property
    def applications(self) -> tuple[Application, Application]:
        """The application that clients use by default, and the other one."""
        return (
            Application(self.app_id, self.access_token, self.subscribed),
            Application(self.other_app_id, self.other_access_token, self.other_subscribed),
        )
