"""The account: its balance and its details."""

from __future__ import annotations

from typing import Annotated

from ..constants import Switch, UserStatus
from ..fields import Field, without_plus
from ..response import Response
from .base import CallOptions, Service, Unpack

__all__ = ['Account', 'AccountInfo', 'Balance']


class Balance(Response):
    """The balance of an account.

    Attributes:
        currency: The currency of the other fields, such as ``'SGD'``.
        balance: The sum of ``points`` and ``bonus``.
        points: Credit that you paid for.
        bonus: Credit that Hoiio gave you. Hoiio spends it first, and you cannot transfer it.
    """

    currency: str
    balance: float
    points: float
    bonus: float


class AccountInfo(Response):
    """The details of an account.

    Attributes:
        uid: The ID of the account, such as ``'AA-1234'``; None if Hoiio does not send it.
        name: The full name of the owner.
        mobile_number: The registered number.
        caller_ids: The values that you can pass as ``caller_id``.
        email: The email address; None until it is verified.
        country: The country, as its ISO 3166-1 alpha-2 code.
        prefix: The dialling prefix without a plus, such as ``'65'``.
        currency: The currency of every charge.
        time_zone: The time zone, such as ``'GMT+0800SG'``. It and the next three fields are None if
            the older service answers.
        user_status: ``'trial'`` until the first top-up, then ``'active'``.
        sms_rebrand_status: ``'enabled'`` if you can pass a ``sender_name``.
        call_rebrand_status: ``'enabled'`` if you can change caller IDs.
    """

    uid: str | None
    name: str
    mobile_number: str
    caller_ids: list[str]
    email: str | None
    country: str
    prefix: Annotated[str, Field(without_plus)]
    currency: str
    time_zone: Annotated[str | None, Field(alias='timezone')]
    user_status: UserStatus | None
    sms_rebrand_status: Switch | None
    call_rebrand_status: Switch | None


class Account(Service):
    """The account: ``Hoiio.account``, or ``Hoiio.user`` as in the guide of 0.1.5."""

    def balance(self, **params: Unpack[CallOptions]) -> Balance:
        """Retrieve the balance of the account.

        Returns:
            A `Balance`.

        Example:
            >>> res = Hoiio.account.balance()
            >>> print(f'{res.balance} {res.currency}')
            54.65 SGD

        Source: API ``user/get_balance``, at most 60 a minute; guide, *Retrieve credit balance*.
        """
        return self._call('user/get_balance', Balance, **params)

    def info(self, **params: Unpack[CallOptions]) -> AccountInfo:
        """Retrieve the details of the account.

        Returns:
            An `AccountInfo`.

        Example:
            >>> Hoiio.account.info().country
            'SG'

        Source: API ``user/get_info``; guide, *Retrieve account info*.
        """
        return self._call('user/get_info', AccountInfo, **params)
