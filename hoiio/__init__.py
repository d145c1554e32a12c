"""An SDK for the Hoiio telephony API: calls, conferences, SMS, fax, IVR, numbers, account.

::

    from hoiio import Hoiio

    Hoiio.init('MY_APP_ID', 'MY_ACCESS_TOKEN')
    res = Hoiio.sms.send('Hoiio World', '+6511111111')
    if res.is_success():
        print(res.txn_ref)
"""

__version__ = '1.0.0'

from typing import TYPE_CHECKING

from .client import HoiioClient
from .exceptions import (
    ApiError,
    CredentialsMissing,
    CredentialsRefused,
    CreditInsufficient,
    FaxFileUnreadable,
    FieldUnreadable,
    HoiioException,
    InputInvalid,
    NotificationInvalid,
    RateLimitExceeded,
    ResponseUnreadable,
    TransportError,
)
from .fields import GMT8
from .lazy_import import lazy_import as _lazy_import

if TYPE_CHECKING:
    from .constants import (
        CallState,
        CallStatus,
        Capability,
        FaxStatus,
        FaxType,
        NumberMode,
        OnFailure,
        SmsStatus,
        Status,
        Switch,
        UserStatus,
    )
    from .response import Entry, Page, Response, Transaction
else:
    # Hidden from the type checker, so that it reports misspelt names. These modules are imported
    # when a program first uses a name from them, so other programs do not wait for them.
    def __getattr__(name):
        if name in {'constants', 'notification', 'response', 'service'}:
            return _lazy_import(f'hoiio.{name}')
        if name not in __all__:
            raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
        results = {'Entry', 'Page', 'Response', 'Transaction'}
        module = 'response' if name in results else 'constants'
        return getattr(_lazy_import(f'hoiio.{module}'), name)

    def __dir__():
        return sorted({*globals(), *__all__})


__all__ = [
    'GMT8',
    'ApiError',
    'CallState',
    'CallStatus',
    'Capability',
    'CredentialsMissing',
    'CredentialsRefused',
    'CreditInsufficient',
    'Entry',
    'FaxFileUnreadable',
    'FaxStatus',
    'FaxType',
    'FieldUnreadable',
    'Hoiio',
    'HoiioClient',
    'HoiioException',
    'InputInvalid',
    'NotificationInvalid',
    'NumberMode',
    'OnFailure',
    'Page',
    'RateLimitExceeded',
    'Response',
    'ResponseUnreadable',
    'SmsStatus',
    'Status',
    'Switch',
    'Transaction',
    'TransportError',
    'UserStatus',
    '__version__',
]

#: The client that a whole application shares.
Hoiio = HoiioClient()
