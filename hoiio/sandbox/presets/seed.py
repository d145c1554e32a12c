"""The initial state of a sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

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
ACCESS_TOKEN = 'MY_ACCESS_TOKEN'  # noqa: S105 - this token is valid only in a sandbox
# The sandbox keeps this many events, and this many deliveries.
LOG_LIMIT = 10_000
SERVICES = frozenset({'voice', 'sms', 'fax'})
OTHER_APP_ID = 'OTHER_APP_ID'
OTHER_ACCESS_TOKEN = 'OTHER_ACCESS_TOKEN'  # noqa: S105 - as above


class Application(NamedTuple):
    """One application of the account, with the numbers that it has at the start."""

    app_id: str
    access_token: str
    subscribed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seed:
    """The initial account: its credit, its two applications and their numbers.

    Args:
        app_id: The application that clients use; by default `APP_ID`.
        access_token: Its access token; by default `ACCESS_TOKEN`.
        currency: The currency of all prices; by default ``'SGD'``. Hoiio also has
            accounts in HKD, USD, AUD, MYR and TWD.
        points: The credit that the owner bought; by default 50.
        bonus: The free credit, which is spent first; by default 4.65.
        uid: The ID of the account.
        name: The full name of its owner.
        email: The email address of its owner.
        registered: The registered mobile number in E.164; by default ``'+6591234567'``.
        country: The ISO 3166-1 alpha-2 code of its country.
        prefix: The calling code of its country, without the plus.
        user_status: Active by default. A trial account can reach only its registered number.
        sms_rebrand: If True, the default, the account can use ``sender_name``.
        credit_card: If True, the default, the account can use ``auto_extend`` for its numbers.
        subscribed: The Hoiio numbers that the application has at the start. They must be in the
            catalogue; by default ``'+6531580000'`` and ``'+14155550100'``.
        max_numbers: The most numbers that an application can have; by default 10.
        queries_per_minute: The rate limit of each operation for which the API documentation has
            one; by default 60. None switches it off.
        repeat_in_query: If True, notifications have their parameters also in the query string of
            the URL, where some clients from 2012 read them. By default False.
        down: The services that are not available: any of ``voice``, ``sms`` and ``fax``.
        other_app_id: A second application of the same account. An application cannot use the
            transactions, sessions or numbers of the other one.
        other_access_token: Its access token.
        other_subscribed: The numbers that it has at the start.

    Raises:
        ValueError: If ``down`` has a name other than these three.

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
            raise ValueError(f'down accepts voice, sms and fax, not {", ".join(sorted(unknown))}')

    @property
    def applications(self) -> tuple[Application, Application]:
        """The application that clients use by default, and the other one."""
        return (
            Application(self.app_id, self.access_token, self.subscribed),
            Application(self.other_app_id, self.other_access_token, self.other_subscribed),
        )
