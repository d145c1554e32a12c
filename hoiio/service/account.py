"""The account: its credit and its data."""

from __future__ import annotations

from typing import Annotated

from ..constants import Switch, UserStatus
from ..fields import Field, without_plus
from ..response import Response
from .base import CallOptions, Service, Unpack

__all__ = ['Account', 'AccountInfo', 'Balance']


class Balance(Response):
    """The credit of an account.

    Attributes:
        currency: The currency of all amounts, such as ``'SGD'``.
        balance: Points and bonus together.
        points: Paid credit.
        bonus: Given credit; it is spent first and cannot be transferred.
    """

    currency: str
    balance: float
    points: float
    bonus: float


class AccountInfo(Response):
    """The data of an account.

    Attributes:
        uid: The account's id, such as ``'AA-1234'``; None if Hoiio does not tell it.
        name: The full name of its owner.
        mobile_number: The registered number.
        caller_ids: What may be given as a caller id.
        email: The mail address; None until it is verified.
        country: The ISO 3166-1 alpha-2 code.
        prefix: The dialling prefix without a plus, such as ``'65'``.
        currency: The currency of everything that is charged.
        time_zone: Such as ``'GMT+0800SG'``. The older service does not tell it, nor the three that
            follow: they are None then.
        user_status: ``'trial'`` until the first top-up, then ``'active'``.
        sms_rebrand_status: Whether ``sender_name`` may be used.
        call_rebrand_status: Whether caller ids may be changed.
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
    """The account: ``Hoiio.account``, which the old guide also called ``Hoiio.user``."""

    def balance(self, **params: Unpack[CallOptions]) -> Balance:
        """Retrieve the credit balance.

        Args:
            **params: For this call alone; see `Service`.

        Returns:
            A `Balance`.

        Raises:
            InputInvalid: The credentials are missing.
            TransportError: Hoiio could not be reached.

        Example:
            >>> res = Hoiio.account.balance()
            >>> print(f'{res.balance} {res.currency}')
            54.65 SGD

        Source: API ``user/get_balance``, at most 60 a minute; guide, *Retrieve credit balance*.
        """
        return self._call('user/get_balance', Balance, **params)

    def info(self, **params: Unpack[CallOptions]) -> AccountInfo:
        """Retrieve the data of the account.

        Args:
            **params: For this call alone; see `Service`.

        Returns:
            An `AccountInfo`.

        Raises:
            InputInvalid: The credentials are missing.
            TransportError: Hoiio could not be reached.

        Example:
            >>> Hoiio.account.info().country
            'SG'

        Source: API ``user/get_info``; guide, *Retrieve account info*.
        """
        return self._call('user/get_info', AccountInfo, **params)
