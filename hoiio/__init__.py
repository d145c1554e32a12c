"""An SDK of the Hoiio telephony API: calls, conferences, SMS, fax, IVR, numbers, account.

::

    from hoiio import Hoiio

    Hoiio.init('MY_APP_ID', 'MY_ACCESS_TOKEN')
    res = Hoiio.sms.send('Hoiio World', '+6511111111')
    if res.is_success():
        print(res.txn_ref)
"""

__version__ = '1.0.0'

from .client import HoiioClient
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
from .response import Entry, Page, Response, Transaction

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
