"""The conditions table: what a request must do to get each status word from the sandbox.

Each row of `CONDITIONS` has one operation and one status word. Most sentences are the same for all
operations, so they are defined once in `SENTENCES`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from hoiio.constants import Status
from hoiio.sandbox.api.operations import CREDENTIALS, OPERATIONS, Operation
from hoiio.sandbox.errors import missing, unlisted

__all__ = ['CONDITIONS', 'UNPLACED', 'Condition', 'Origin', 'condition_of']


class Origin(Enum):
    """What makes the sandbox reply with a status."""

    REQUEST = 'a request'
    FAULT = 'a fault rule'
    NEVER = 'never'


@dataclass(frozen=True)
class Condition:
    """One row of the table.

    Attributes:
        operation: The path of the operation.
        status: The status word of the reply.
        sentence: How to get the status, or why the sandbox never returns it.
        origin: What causes the status: a request, only a fault rule, or nothing.
        documented: True if the API documentation lists the status for this operation, False if
            the sandbox adds it.
    """

    operation: str
    status: Status
    sentence: str
    origin: Origin = Origin.REQUEST
    documented: bool = True


# How to get each status, for all operations that are not in `OVERRIDES`.
SENTENCES: Mapping[Status, str] = {
    Status.SUCCESS_OK: 'Send every required parameter with a valid value.',
    Status.INVALID_HTTP_METHOD: (
        'Send the request with an HTTP method other than GET and POST, such as PUT.'
    ),
    Status.MALFORMED_PARAMS: 'Send bytes that are not UTF-8, such as ``%ff``.',
    Status.INVALID_ACCESS_TOKEN: (
        'Send an access token that does not belong to an application of the seed.'
    ),
    Status.INVALID_APP_ID: 'Send an App ID that does not match the access token.',
    Status.INSUFFICIENT_CREDIT: 'Send a request that costs more than the credit of the account.',
    Status.NOT_ALLOWED_FOR_TRIAL: (
        'With a trial account, send a destination other than its registered number.'
    ),
    Status.CONCURRENT_CALL_LIMIT_REACHED: (
        'Send the request while all eight call slots of the account are in use.'
    ),
    Status.TAG_INVALID_LENGTH: 'Send a ``tag`` of more than 256 characters.',
    Status.INVALID_NOTIFY_URL: (
        'Send a callback URL that is not http or https, has no host, or is longer than 4000'
        ' characters.'
    ),
    Status.UNABLE_TO_RESOLVE_NOTIFY_URL: (
        'Send a callback URL whose host ends in ``.invalid``, which never resolves.'
    ),
    Status.UNABLE_TO_COMPLETE_SSL_HANDSHAKE_NOTIFY_URL: (
        'Send an https callback URL under ``badssl.com``, whose certificates are invalid on'
        ' purpose.'
    ),
    Status.DEST_INVALID: (
        'Send a ``dest`` that is not in E.164 format, such as a number without the plus.'
    ),
    Status.DEST1_INVALID: 'Send a ``dest1`` that is not in E.164 format.',
    Status.DEST2_INVALID: 'Send a ``dest2`` that is not in E.164 format.',
    Status.DEST_NOT_SUPPORTED: 'Send a toll-free or premium ``dest``, such as +18005550100.',
    Status.DEST1_NOT_SUPPORTED: 'Send a toll-free or premium ``dest1``, such as +18005550100.',
    Status.DEST2_NOT_SUPPORTED: 'Send a toll-free or premium ``dest2``, such as +18005550100.',
    Status.SAME_DEST1_DEST2: 'Send the same number as ``dest1`` and ``dest2``.',
    Status.DEST_TOO_MANY: 'Send more than eight numbers, or more than the free places in the room.',
    Status.NO_VALID_DESTS: 'Send a list without a valid phone number.',
    Status.DEST_INCOMING_BOTH_MISSING: 'Send neither ``dest`` nor ``incoming``.',
    Status.DEST_INCOMING_BOTH_PRESENT: 'Send both ``dest`` and ``incoming``.',
    Status.CALLER_ID_INVALID: (
        'Send a ``caller_id`` that is not the registered number, a Hoiio number of the application'
        ' or ``private``.'
    ),
    Status.INVALID_TXN_REF: (
        'Send a ``txn_ref`` that does not belong to a transaction of this kind.'
    ),
    Status.TXN_REF_ACCESS_DENIED: "Send a ``txn_ref`` of the seed's other application.",
    Status.FROM_INVALID: (
        'Send a ``from`` that is not a valid time in the format YYYY-MM-DD HH:MM:SS.'
    ),
    Status.TO_INVALID: 'Send a ``to`` that is not a valid time in the format YYYY-MM-DD HH:MM:SS.',
    Status.TO_BEFORE_FROM: 'Send a ``to`` that is earlier than ``from``.',
    Status.PAGE_INVALID: 'Send a ``page`` that is not a whole number of at least 1.',
    Status.PAGE_SIZE_INVALID: 'Send a ``page_size`` that is not a whole number from 1 to 100.',
    Status.INVALID_TYPE: 'Send a ``type`` other than ``incoming``, ``outgoing`` or ``all``.',
    Status.CALL_SERVICE_NOT_AVAILABLE: "Start the sandbox with ``Seed(down=('voice',))``.",
    Status.SMS_SERVICE_NOT_AVAILABLE: "Start the sandbox with ``Seed(down=('sms',))``.",
    Status.SERVICE_NOT_AVAILABLE: "Start the sandbox with ``Seed(down=('fax',))``.",
    Status.INVALID_MAX_DURATION: (
        'Send a ``max_duration`` that is not a whole number from 1 to 86400.'
    ),
    Status.INVALID_ROOM: (
        'Send a ``room`` of more than 32 characters, or with characters other than letters,'
        ' digits, dots and underscores.'
    ),
    Status.INVALID_SESSION: 'Send a ``session`` that does not exist.',
    Status.SESSION_ACCESS_DENIED: "Send a ``session`` of the seed's other application.",
    Status.SESSION_ENDED: 'Send a ``session`` whose call has ended.',
    Status.SESSION_NOT_READY: (
        'Send the request while a block of the session is running, or while the session is on hold.'
    ),
    Status.SESSION_NOT_ON_HOLD: 'Send the request for a session that is not on hold.',
    Status.MONITOR_IN_PROGRESS: 'Monitor a session that is already monitored.',
    Status.ON_FAILURE_INVALID: 'Send an ``on_failure`` other than ``hangup`` or ``continue``.',
    Status.INVALID_MAX_DIGITS: 'Send a ``max_digits`` that is not a whole number from 0 to 255.',
    Status.INVALID_TIMEOUT: 'Send a ``timeout`` that is not a whole number from 1 to 3600.',
    Status.INVALID_ATTEMPTS: 'Send an ``attempts`` value that is not a whole number from 1 to 100.',
    Status.SMS_REBRAND_NOT_ENABLED: (
        'Send a ``sender_name`` to a sandbox with ``Seed(sms_rebrand=False)``.'
    ),
    Status.INVALID_SENDER_NAME: (
        'Send a ``sender_name`` that is neither 3 to 11 letters, digits and spaces nor a phone'
        ' number.'
    ),
    Status.MSG_EMPTY: 'Send an empty ``msg``.',
    Status.MSG_TOO_BIG: (
        'Send a ``msg`` that needs more than three SMS parts: over 459 characters, or over 201'
        ' in Unicode.'
    ),
    Status.MSG_INVALID_LENGTH: 'Send a ``msg`` of more than 1000 characters.',
    Status.MSG_CANNOT_CONVERT_TEXT: 'Send a ``msg`` without any letter or digit.',
    Status.MSG_INVALID_LANGUAGE: 'Send a ``<speech>`` with an unknown ``language``.',
    Status.MSG_INVALID_GENDER: (
        'Send a ``<speech>`` whose ``gender`` is not ``female`` or ``male``.'
    ),
    Status.MSG_INVALID_XML: 'Send a ``msg`` with XML that is not well-formed.',
    Status.MSG_INVALID_URL: 'Send a ``<url>`` that is not an absolute http or https URL.',
    Status.MSG_DOWNLOAD_FAILED: 'Send a ``<url>`` whose host ends in ``.invalid``.',
    Status.MSG_INVALID_FILE_FORMAT: 'Send a ``<url>`` that does not end in .mp3, .wav or .gsm.',
    Status.FILE_INVALID: 'Send a ``file`` that is not a PDF, or text that is not valid base64.',
    Status.FILE_TOO_BIG: (
        'Send a ``file`` of more than 2 MB. The limit applies to the decoded file.'
    ),
    Status.INCOMING_SMS_NOT_SUPPORTED: (
        'Send a Hoiio number of the application outside the USA, which cannot receive SMS.'
    ),
    Status.NUMBER_INVALID: 'Send a ``number`` that is not in E.164 format.',
    Status.NUMBER_NOT_ASSIGNED: (
        "Send a number that the application does not have, such as the other application's."
    ),
    Status.NUMBER_NOT_AVAILABLE: (
        'Send a ``number`` that is not in the catalogue, or that the other application has.'
    ),
    Status.NO_NUMBER_AVAILABLE: (
        'Send a country or state that is not in the catalogue, or Vietnam, which is sold out.'
    ),
    Status.SUBSCRIBE_NUMBER_NOT_AVAILABLE: 'Send a ``number`` of Vietnam, which is sold out.',
    Status.EXCEED_MAX_SUBSCRIPTIONS: (
        'Subscribe to a new number when the application already has ``Seed.max_numbers``.'
    ),
    Status.INVALID_DURATION: 'Send a ``duration`` other than 1, 3, 12 or ``auto_extend``.',
    Status.AUTO_EXTEND_NOT_AVAILABLE: (
        'Send ``auto_extend`` to a sandbox with ``Seed(credit_card=False)``.'
    ),
    Status.FORWARD_TO_INVALID: 'Send a forwarding URL that is not an absolute http or https URL.',
    Status.UNABLE_TO_RESOLVE_FORWARD_TO: 'Send a forwarding URL whose host ends in ``.invalid``.',
    Status.MODE_INVALID: 'Send a ``mode`` other than ``voice`` or ``fax``.',
    unlisted('error_action_invalid'): (
        'Send an ``action`` other than ``kick``, ``mute`` or ``unmute``.'
    ),
    unlisted('error_fax_header_invalid'): (
        'Send a ``fax_header`` of more than 100 characters, or with characters other than'
        ' letters, digits and spaces.'
    ),
}

# The statuses that no request can cause.
FAULTS: Mapping[Status, str] = {
    Status.INTERNAL_SERVER_ERROR: 'No request causes an internal error of the sandbox.',
    Status.MSG_INVALID_FILE_SIZE: (
        'The sandbox does not download audio files, so it does not know their size.'
    ),
}
NO_RATE_LIMIT = 'The API documentation does not give a rate limit for this operation.'
RATE_LIMIT = (
    'Send more requests in a minute than ``Seed.queries_per_minute`` allows, by default 60.'
)
ONLY_BY_FAULT_RULE = 'Only a fault rule returns this.'

# The statuses that the sandbox never returns, because it returns another one instead.
UNUSED: Mapping[Status, str] = {
    Status.MAX_DURATION_INVALID: (
        'A second spelling: the sandbox returns error_invalid_max_duration.'
    ),
    Status.TXN_REF_INVALID: 'A second spelling: the sandbox returns error_invalid_txn_ref.',
    Status.DEST_INVALID_NUMBER_ID: 'A name from one client, for IDs that are not phone numbers.',
    Status.INVALID_DESTINATION: 'The older name: the sandbox returns error_dest_invalid.',
    Status.DESTINATION_NOT_SUPPORTED: (
        'The older name: the sandbox returns error_dest_not_supported.'
    ),
    Status.PICK_NUMBER_NOT_AVAILABLE: (
        'Has the same meaning as error_no_number_available, which the sandbox returns.'
    ),
    missing('recipients').status: (
        'Without ``recipients`` and ``dest`` the sandbox returns error_dest_param_missing.'
    ),
    missing('incoming').status: (
        'Without ``incoming`` and ``dest`` the sandbox returns error_dest_incoming_both_missing.'
    ),
}

# The sentences of one operation that differ from `SENTENCES`.
OVERRIDES: Mapping[tuple[str, Status], str] = {
    ('ivr/middle/record', Status.INVALID_MAX_DURATION): (
        'Send a ``max_duration`` that is not a whole number from 1 to 3600.'
    ),
    ('fax/send', Status.PAGE_SIZE_INVALID): 'Send a PDF with a page that is neither A4 nor Letter.',
    ('fax/send', Status.DEST_NOT_SUPPORTED): (
        'Send a ``dest`` outside Singapore, Hong Kong and Malaysia.'
    ),
    ('fax/get_rate', Status.DEST_NOT_SUPPORTED): (
        'Send a ``dest`` outside Singapore, Hong Kong and Malaysia.'
    ),
    ('sms/send', Status.DEST_NOT_SUPPORTED): (
        'Send a ``dest`` that is toll-free, premium or a landline, such as +6561234567.'
    ),
    ('sms/get_rate', Status.DEST_NOT_SUPPORTED): (
        'Send a ``dest`` that is toll-free, premium or a landline, such as +6561234567.'
    ),
    ('sms/bulk_send', Status.DEST_TOO_MANY): 'Send more than 1000 recipients.',
    ('sms/bulk_send', Status.NOT_ALLOWED_FOR_TRIAL): (
        'With a trial account, send a recipient other than its registered number.'
    ),
    ('number/subscribe', Status.NOT_ALLOWED_FOR_TRIAL): 'Subscribe with a trial account.',
    ('number/get_choices', Status.NUMBER_NOT_AVAILABLE): (
        'The request does not have a number that could be unavailable.'
    ),
    ('number/get_choices', missing('state').status): 'Omit ``state`` for the USA.',
    ('number/get_rates', Status.NO_NUMBER_AVAILABLE): (
        'Send a country that is not in the catalogue.'
    ),
    ('sms/bulk_send', missing('dest').status): 'Omit both ``dest`` and ``recipients``.',
    ('ivr/end/transfer', Status.CALLER_ID_INVALID): (
        'Send a ``caller_id`` that is not the registered number, a Hoiio number of the'
        ' application, ``private`` or the number of the incoming caller.'
    ),
    ('ivr/end/transfer', Status.INVALID_ROOM): (
        'Send ``room:`` with a name that is not valid, or with the name of an empty room.'
    ),
    ('ivr/end/transfer', Status.DEST_TOO_MANY): (
        'A full room uses all eight call slots, so no session is left to transfer.'
    ),
    ('conference/moderate', Status.INVALID_TXN_REF): (
        'Send a ``txn_ref`` that does not belong to a participant of a conference.'
    ),
    **{
        (path, Status.INSUFFICIENT_CREDIT): (
            'Answer an incoming call with this block when the credit does not cover one minute.'
        )
        for path in (
            'ivr/middle/play', 'ivr/middle/gather', 'ivr/middle/record', 'ivr/middle/monitor',
            'ivr/middle/hold',
        )
    },
    ('ivr/end/hangup', Status.INSUFFICIENT_CREDIT): (
        'Answer an incoming call with a ``msg`` when the credit does not cover one minute.'
    ),
}  # fmt: skip
UNUSED_FOR_OPERATION = frozenset(
    {
        ('number/get_choices', Status.NUMBER_NOT_AVAILABLE),
        ('ivr/end/transfer', Status.DEST_TOO_MANY),
    }
)

CALLBACK = (
    Status.TAG_INVALID_LENGTH,
    Status.INVALID_NOTIFY_URL,
    Status.UNABLE_TO_RESOLVE_NOTIFY_URL,
)
SSL = Status.UNABLE_TO_COMPLETE_SSL_HANDSHAKE_NOTIFY_URL
MONEY = (Status.NOT_ALLOWED_FOR_TRIAL, Status.INSUFFICIENT_CREDIT)
CALL_LIMITS = (*MONEY, Status.CONCURRENT_CALL_LIMIT_REACHED)
TWO_ENDS = (
    Status.DEST1_INVALID,
    Status.DEST2_INVALID,
    Status.DEST1_NOT_SUPPORTED,
    Status.DEST2_NOT_SUPPORTED,
    Status.SAME_DEST1_DEST2,
)
ONE_END = (Status.DEST_INVALID, Status.DEST_NOT_SUPPORTED)
PERIOD = (Status.FROM_INVALID, Status.TO_INVALID, Status.TO_BEFORE_FROM, Status.PAGE_INVALID)
TRANSACTION = (Status.INVALID_TXN_REF, Status.TXN_REF_INVALID, Status.TXN_REF_ACCESS_DENIED)
CONFERENCE = (
    *ONE_END,
    Status.INVALID_ROOM,
    Status.CALLER_ID_INVALID,
    *CALLBACK,
    *CALL_LIMITS,
    Status.DEST_TOO_MANY,
)
SENDER = (Status.SMS_REBRAND_NOT_ENABLED, Status.INVALID_SENDER_NAME)
EITHER = (Status.DEST_INCOMING_BOTH_MISSING, Status.DEST_INCOMING_BOTH_PRESENT)
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

# The statuses that the API documentation lists for each operation, without the common ones.
DOCUMENTED: Mapping[str, tuple[Status, ...]] = {
    'user/get_balance': (),
    'user/get_info': (),
    'voice/call': (
        *TWO_ENDS, Status.CALLER_ID_INVALID, Status.INVALID_MAX_DURATION,
        Status.MAX_DURATION_INVALID, *CALLBACK, SSL, *CALL_LIMITS,
        Status.CALL_SERVICE_NOT_AVAILABLE,
    ),
    'voice/conference': CONFERENCE,
    'conference/call': CONFERENCE,
    'conference/moderate': (),
    'voice/hangup': TRANSACTION,
    'voice/query_status': TRANSACTION,
    'voice/get_history': PERIOD,
    'voice/get_rate': TWO_ENDS,
    'sms/send': (
        *CALLBACK, SSL, *ONE_END, Status.MSG_EMPTY, Status.MSG_TOO_BIG, *SENDER, *MONEY,
        Status.SMS_SERVICE_NOT_AVAILABLE,
    ),
    'sms/bulk_send': (
        *CALLBACK, SSL, missing('dest').status, missing('recipients').status, Status.MSG_EMPTY,
        Status.DEST_TOO_MANY, Status.NO_VALID_DESTS, *SENDER, *MONEY,
    ),
    'sms/query_status': TRANSACTION,
    'sms/get_history': PERIOD,
    'sms/get_rate': (
        *EITHER, *ONE_END, Status.INCOMING_SMS_NOT_SUPPORTED, Status.NUMBER_NOT_ASSIGNED,
        Status.MSG_TOO_BIG, missing('incoming').status,
    ),
    'ivr/start/dial': (
        *ONE_END, Status.DEST_INVALID_NUMBER_ID, Status.CALLER_ID_INVALID,
        Status.INVALID_MAX_DURATION, Status.MAX_DURATION_INVALID, *CALLBACK, *CALL_LIMITS,
        Status.CALL_SERVICE_NOT_AVAILABLE, *SPEECH,
    ),
    'ivr/middle/play': (*BLOCK, *CALLBACK),
    'ivr/middle/gather': (
        *BLOCK, *CALLBACK, Status.INVALID_MAX_DIGITS, Status.INVALID_TIMEOUT,
        Status.INVALID_ATTEMPTS,
    ),
    'ivr/middle/record': (*BLOCK, *CALLBACK, Status.INVALID_MAX_DURATION),
    'ivr/middle/monitor': (*BLOCK, *CALLBACK, Status.MONITOR_IN_PROGRESS),
    'ivr/middle/hold': BLOCK,
    'ivr/middle/unhold': (*SESSION, Status.SESSION_NOT_ON_HOLD),
    'ivr/end/transfer': (
        *BLOCK, *ONE_END, Status.INVALID_ROOM, Status.CALLER_ID_INVALID,
        Status.ON_FAILURE_INVALID, *CALLBACK, *CALL_LIMITS,
    ),
    'ivr/end/hangup': (*BLOCK, *CALLBACK),
    'fax/send': (
        *CALLBACK, Status.DEST_INVALID, Status.INVALID_DESTINATION,
        Status.DESTINATION_NOT_SUPPORTED, Status.CALLER_ID_INVALID, Status.FILE_INVALID,
        Status.FILE_TOO_BIG, Status.PAGE_SIZE_INVALID, Status.INSUFFICIENT_CREDIT,
        Status.CONCURRENT_CALL_LIMIT_REACHED, Status.SERVICE_NOT_AVAILABLE,
    ),
    'fax/query_status': TRANSACTION,
    'fax/get_history': (*PERIOD, Status.INVALID_TYPE),
    'fax/get_rate': (
        Status.DEST_INVALID, *EITHER, Status.NUMBER_NOT_ASSIGNED, Status.SERVICE_NOT_AVAILABLE,
    ),
    'number/get_countries': (),
    'number/get_choices': (
        missing('state').status, Status.PAGE_INVALID, Status.NO_NUMBER_AVAILABLE,
        Status.PICK_NUMBER_NOT_AVAILABLE, Status.NUMBER_NOT_AVAILABLE,
    ),
    'number/get_rates': (),
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

# The statuses that the sandbox adds: most are documented for other operations, two are invented.
ADDED: Mapping[str, tuple[Status, ...]] = {
    'voice/conference': (SSL, Status.CALL_SERVICE_NOT_AVAILABLE),
    'conference/call': (SSL, Status.CALL_SERVICE_NOT_AVAILABLE),
    'conference/moderate': (
        Status.INVALID_TXN_REF,
        Status.TXN_REF_ACCESS_DENIED,
        unlisted('error_action_invalid'),
    ),
    'voice/get_history': (Status.PAGE_SIZE_INVALID,),
    'voice/get_rate': (Status.NOT_ALLOWED_FOR_TRIAL,),
    'sms/get_history': (Status.PAGE_SIZE_INVALID,),
    'sms/get_rate': (Status.NOT_ALLOWED_FOR_TRIAL,),
    'ivr/start/dial': (SSL,),
    'ivr/middle/play': (SSL, Status.INSUFFICIENT_CREDIT),
    'ivr/middle/gather': (SSL, Status.INSUFFICIENT_CREDIT),
    'ivr/middle/record': (SSL, Status.INSUFFICIENT_CREDIT),
    'ivr/middle/monitor': (SSL, Status.INSUFFICIENT_CREDIT),
    'ivr/middle/hold': (Status.INSUFFICIENT_CREDIT,),
    'ivr/middle/unhold': (*CALLBACK, SSL),
    'ivr/end/transfer': (SSL, Status.DEST_TOO_MANY, Status.CALL_SERVICE_NOT_AVAILABLE),
    'ivr/end/hangup': (SSL, Status.INSUFFICIENT_CREDIT),
    'fax/send': (
        SSL,
        Status.DEST_NOT_SUPPORTED,
        Status.NOT_ALLOWED_FOR_TRIAL,
        unlisted('error_fax_header_invalid'),
    ),
    'fax/get_history': (Status.PAGE_SIZE_INVALID,),
    'fax/get_rate': (Status.DEST_NOT_SUPPORTED,),
    'number/get_rates': (Status.NO_NUMBER_AVAILABLE,),
}

# The documented statuses that do not belong to an operation, each with the reason.
CONNECT = (
    'Part of a way to access the accounts of others (2011), which the sandbox does not emulate.'
)
CAUSE_UNKNOWN = 'Only the name is documented, not the cause.'
UNPLACED: Mapping[Status, str] = {
    Status.ADD_NOTIFICATION_FAILED: CAUSE_UNKNOWN,
    Status.DEVELOPER_SUSPENDED: CAUSE_UNKNOWN,
    Status.PERMISSION_DENIED: CAUSE_UNKNOWN,
    Status.USER_NOT_FOUND: CAUSE_UNKNOWN,
    Status.USER_NOT_LIVE: CAUSE_UNKNOWN,
    Status.DEST1_INVALID_NUMBER_ID: UNUSED[Status.DEST_INVALID_NUMBER_ID],
    Status.DEST2_INVALID_NUMBER_ID: UNUSED[Status.DEST_INVALID_NUMBER_ID],
    Status.SPEECH_TO_TEXT_FAILED: (
        'The name from 2011: the sandbox returns error_msg_cannot_convert_text.'
    ),
    missing('caller_id').status: 'The ``caller_id`` parameter is always optional.',
    **dict.fromkeys(
        (
            unlisted('error_application_not_published'),
            unlisted('error_code_expired'),
            unlisted('error_connect_not_enabled'),
            unlisted('error_invalid_code'),
        ),
        CONNECT,
    ),
}


def _conditions(operation: Operation) -> Iterator[Condition]:
    path = operation.path
    for status in (Status.SUCCESS_OK, Status.INVALID_HTTP_METHOD, Status.MALFORMED_PARAMS):
        yield Condition(path, status, SENTENCES[status])
    for name in (*CREDENTIALS, *operation.required):
        yield Condition(path, missing(name).status, _omit(operation, name))
    for status in (Status.INVALID_ACCESS_TOKEN, Status.INVALID_APP_ID, *DOCUMENTED[path]):
        yield _condition(path, status)
    for status in ADDED.get(path, ()):
        yield _condition(path, status, documented=False)
    yield _rate_limit(operation)
    yield _condition(path, Status.INTERNAL_SERVER_ERROR)


def _omit(operation: Operation, name: str) -> str:
    empty = '' if name in operation.may_be_empty else ', or send it empty'
    return f'Omit ``{name}``{empty}.'


def _condition(path: str, status: Status, *, documented: bool = True) -> Condition:
    sentence = OVERRIDES.get((path, status))
    if status in UNUSED or (path, status) in UNUSED_FOR_OPERATION:
        return Condition(path, status, sentence or UNUSED[status], Origin.NEVER, documented)
    if status in FAULTS:
        sentence = f'{ONLY_BY_FAULT_RULE} {FAULTS[status]}'
        return Condition(path, status, sentence, Origin.FAULT, documented)
    return Condition(path, status, sentence or SENTENCES[status], documented=documented)


def _rate_limit(operation: Operation) -> Condition:
    if operation.limited:
        return Condition(operation.path, Status.RATE_LIMIT_EXCEEDED, RATE_LIMIT)
    sentence = f'{ONLY_BY_FAULT_RULE} {NO_RATE_LIMIT}'
    return Condition(operation.path, Status.RATE_LIMIT_EXCEEDED, sentence, Origin.FAULT)


CONDITIONS: tuple[Condition, ...] = tuple(
    condition for operation in OPERATIONS.values() for condition in _conditions(operation)
)
_BY_KEY = {(condition.operation, condition.status): condition for condition in CONDITIONS}


def condition_of(path: str, status: str) -> Condition | None:
    """Return the row of a status for an operation, or None if the operation does not have it."""
    return _BY_KEY.get((path, unlisted(status)))
