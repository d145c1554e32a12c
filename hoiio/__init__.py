"""An SDK for the Hoiio telephony API: calls, conferences, SMS, fax, IVR, numbers, account.

::

    from hoiio import Hoiio

    Hoiio.init('MY_APP_ID', 'MY_ACCESS_TOKEN')
    res = Hoiio.sms.send('Hoiio World', '+6511111111')
    if res.is_success():
        print(res.txn_ref)
"""

__version__ = '1.0.0'

from .lazy_import import lazy_import as _lazy_import

# Type checkers treat this name as true. To import it from typing takes longer than all the rest.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from .client import Hoiio, HoiioClient
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
else:
    # Hidden from the type checker, so that it reports misspelt names. Each module is imported when
    # a program first uses a name from it, so other programs, such as `hoiio --help`, do not wait
    # for requests.
    _MODULES = frozenset(
        {'client', 'constants', 'credentials', 'exceptions', 'fields', 'idempotency'}
        | {'notification', 'response', 'service', 'transport', 'transport_errors'}
    )
    _HOMES = {
        'client': {'Hoiio', 'HoiioClient'},
        'fields': {'GMT8'},
        'response': {'Entry', 'Page', 'Response', 'Transaction'},
        'constants': {
            *('CallState', 'CallStatus', 'Capability', 'FaxStatus', 'FaxType', 'NumberMode'),
            *('OnFailure', 'SmsStatus', 'Status', 'Switch', 'UserStatus'),
        },
    }

    def __getattr__(name):
        if name in _MODULES:
            return _lazy_import(f'hoiio.{name}')
        if name not in __all__:
            raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
        homes = (home for home, names in _HOMES.items() if name in names)
        value = getattr(_lazy_import(f'hoiio.{next(homes, "exceptions")}'), name)
        # The next use does not come here.
        globals()[name] = value
        return value

    def __dir__():
        # For completion: without the helpers of this module, and the modules that only it needs.
        imported = {'campaign', 'sandbox'} & globals().keys()
        return sorted({*__all__, 'constants', 'exceptions', 'notification', 'service', *imported})


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
