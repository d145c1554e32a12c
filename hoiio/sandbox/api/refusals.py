"""The statuses with which each operation can refuse a request."""

from __future__ import annotations

from collections.abc import Mapping

from ...constants import Status
from ..errors import missing, unlisted
from .operations import CREDENTIALS, Operation

__all__ = ['REFUSALS', 'refusals_of']

CALLBACK = (
    Status.TAG_INVALID_LENGTH,
    Status.INVALID_NOTIFY_URL,
    Status.UNABLE_TO_RESOLVE_NOTIFY_URL,
    Status.UNABLE_TO_COMPLETE_SSL_HANDSHAKE_NOTIFY_URL,
)
MONEY = (Status.NOT_ALLOWED_FOR_TRIAL, Status.INSUFFICIENT_CREDIT)
CALL_LIMITS = (
    *MONEY,
    Status.CONCURRENT_CALL_LIMIT_REACHED,
    Status.CALL_SERVICE_NOT_AVAILABLE,
)
TWO_ENDS = (
    Status.DEST1_INVALID,
    Status.DEST2_INVALID,
    Status.DEST1_NOT_SUPPORTED,
    Status.DEST2_NOT_SUPPORTED,
    Status.SAME_DEST1_DEST2,
)
ONE_END = (Status.DEST_INVALID, Status.DEST_NOT_SUPPORTED)
EITHER = (Status.DEST_INCOMING_BOTH_MISSING, Status.DEST_INCOMING_BOTH_PRESENT)
PERIOD_AND_PAGE = (
    Status.FROM_INVALID,
    Status.TO_INVALID,
    Status.TO_BEFORE_FROM,
    Status.PAGE_INVALID,
    Status.PAGE_SIZE_INVALID,
)
TRANSACTION = (Status.INVALID_TXN_REF, Status.TXN_REF_ACCESS_DENIED)
CONFERENCE = (
    *ONE_END,
    Status.INVALID_ROOM,
    Status.CALLER_ID_INVALID,
    *CALLBACK,
    *CALL_LIMITS,
    Status.DEST_TOO_MANY,
)
SENDER = (Status.SMS_REBRAND_NOT_ENABLED, Status.INVALID_SENDER_NAME)
SESSION = (Status.INVALID_SESSION, Status.SESSION_ACCESS_DENIED, Status.SESSION_ENDED)
SPEECH = (
    Status.MSG_INVALID_LENGTH,
    Status.MSG_CANNOT_CONVERT_TEXT,
    Status.MSG_INVALID_LANGUAGE,
    Status.MSG_INVALID_GENDER,
    Status.MSG_INVALID_XML,
    Status.MSG_INVALID_URL,
    Status.MSG_DOWNLOAD_FAILED,
    Status.MSG_INVALID_FILE_FORMAT,
    Status.MSG_INVALID_FILE_SIZE,
)
BLOCK = (*SESSION, Status.SESSION_NOT_READY, *SPEECH)
# The first block of an incoming call answers it, so the credit must cover one minute.
ANSWERING_BLOCK = (*BLOCK, Status.INSUFFICIENT_CREDIT)

# The statuses of each operation, without those that `refusals_of` adds for all operations.
REFUSALS: Mapping[str, tuple[Status, ...]] = {
    'user/get_balance': (),
    'user/get_info': (),
    'voice/call': (
        *TWO_ENDS, Status.CALLER_ID_INVALID, Status.INVALID_MAX_DURATION, *CALLBACK, *CALL_LIMITS,
    ),
    'voice/conference': CONFERENCE,
    'conference/call': CONFERENCE,
    'conference/moderate': (*TRANSACTION, unlisted('error_action_invalid')),
    'voice/hangup': TRANSACTION,
    'voice/query_status': TRANSACTION,
    'voice/get_history': PERIOD_AND_PAGE,
    'voice/get_rate': (*TWO_ENDS, Status.NOT_ALLOWED_FOR_TRIAL),
    'sms/send': (
        *CALLBACK, *ONE_END, Status.MSG_EMPTY, Status.MSG_TOO_BIG, *SENDER, *MONEY,
        Status.SMS_SERVICE_NOT_AVAILABLE,
    ),
    'sms/bulk_send': (
        *CALLBACK, missing('dest').status, Status.MSG_EMPTY, Status.DEST_TOO_MANY,
        Status.NO_VALID_DESTS, *SENDER, *MONEY,
    ),
    'sms/query_status': TRANSACTION,
    'sms/get_history': PERIOD_AND_PAGE,
    'sms/get_rate': (
        *EITHER, *ONE_END, Status.INCOMING_SMS_NOT_SUPPORTED, Status.NUMBER_NOT_ASSIGNED,
        Status.MSG_TOO_BIG, Status.NOT_ALLOWED_FOR_TRIAL,
    ),
    'ivr/start/dial': (
        *ONE_END, Status.CALLER_ID_INVALID, Status.INVALID_MAX_DURATION, *CALLBACK, *CALL_LIMITS,
        *SPEECH,
    ),
    'ivr/middle/play': (*ANSWERING_BLOCK, *CALLBACK),
    'ivr/middle/gather': (
        *ANSWERING_BLOCK, *CALLBACK, Status.INVALID_MAX_DIGITS, Status.INVALID_TIMEOUT,
        Status.INVALID_ATTEMPTS,
    ),
    'ivr/middle/record': (*ANSWERING_BLOCK, *CALLBACK, Status.INVALID_MAX_DURATION),
    'ivr/middle/monitor': (*ANSWERING_BLOCK, *CALLBACK, Status.MONITOR_IN_PROGRESS),
    'ivr/middle/hold': ANSWERING_BLOCK,
    'ivr/middle/unhold': (*SESSION, Status.SESSION_NOT_ON_HOLD, *CALLBACK),
    'ivr/end/transfer': (
        *BLOCK, *ONE_END, Status.INVALID_ROOM, Status.CALLER_ID_INVALID,
        Status.ON_FAILURE_INVALID, *CALLBACK, *CALL_LIMITS,
    ),
    'ivr/end/hangup': (*ANSWERING_BLOCK, *CALLBACK),
    'fax/send': (
        *CALLBACK, *ONE_END, Status.CALLER_ID_INVALID, unlisted('error_fax_header_invalid'),
        Status.FILE_INVALID, Status.FILE_TOO_BIG, Status.PAGE_SIZE_INVALID, *MONEY,
        Status.CONCURRENT_CALL_LIMIT_REACHED, Status.SERVICE_NOT_AVAILABLE,
    ),
    'fax/query_status': TRANSACTION,
    'fax/get_history': (*PERIOD_AND_PAGE, Status.INVALID_TYPE),
    'fax/get_rate': (
        *ONE_END, *EITHER, Status.NUMBER_NOT_ASSIGNED, Status.SERVICE_NOT_AVAILABLE,
    ),
    'number/get_countries': (),
    'number/get_choices': (
        missing('state').status, Status.PAGE_INVALID, Status.NO_NUMBER_AVAILABLE,
    ),
    'number/get_rates': (Status.NO_NUMBER_AVAILABLE,),
    'number/subscribe': (
        Status.NUMBER_INVALID, Status.INVALID_DURATION, Status.NUMBER_NOT_AVAILABLE,
        Status.SUBSCRIBE_NUMBER_NOT_AVAILABLE, Status.EXCEED_MAX_SUBSCRIPTIONS,
        Status.AUTO_EXTEND_NOT_AVAILABLE, *MONEY,
    ),
    'number/update_forwarding': (
        Status.NUMBER_INVALID, Status.NUMBER_NOT_ASSIGNED, Status.FORWARD_TO_INVALID,
        Status.UNABLE_TO_RESOLVE_FORWARD_TO, Status.MODE_INVALID,
        Status.INCOMING_SMS_NOT_SUPPORTED,
    ),
    'number/get_active': (),
}  # fmt: skip


def refusals_of(operation: Operation) -> tuple[Status, ...]:
    """Return the statuses with which an operation can refuse a GET or a POST.

    Some of them need a fault rule.
    """
    return (
        Status.MALFORMED_PARAMS,
        *(missing(name).status for name in (*CREDENTIALS, *operation.required)),
        Status.INVALID_ACCESS_TOKEN,
        Status.INVALID_APP_ID,
        *REFUSALS[operation.path],
        Status.RATE_LIMIT_EXCEEDED,
        Status.INTERNAL_SERVER_ERROR,
    )
