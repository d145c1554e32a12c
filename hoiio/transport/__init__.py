"""One POST to Hoiio: its timeout, its retries and its errors.

With ``hoiio.transport_errors`` beside it, this package is the only part of the SDK that imports
requests, and the only place where an exception of another library becomes one of the SDK.
"""

from .schedule import Timeout
from .session import check_session
from .transport import Transport

__all__ = ['Timeout', 'Transport', 'check_session']
