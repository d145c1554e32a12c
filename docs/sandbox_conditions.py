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
from hoiio.sandbox.api.refusals import refusals_of
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
    Status.RATE_LIMIT_EXCEEDED: (
        'Send more requests in a minute than ``Seed.queries_per_minute`` allows, by default 60.'
    ),
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
# The statuses that the API documentation lists for an operation, and the sandbox never returns.
NEVER: Mapping[str, tuple[Status, ...]] = {
    'voice/call': (Status.MAX_DURATION_INVALID,),
    'voice/hangup': (Status.TXN_REF_INVALID,),
    'voice/query_status': (Status.TXN_REF_INVALID,),
    'sms/bulk_send': (missing('recipients').status,),
    'sms/query_status': (Status.TXN_REF_INVALID,),
    'sms/get_rate': (missing('incoming').status,),
    'ivr/start/dial': (Status.DEST_INVALID_NUMBER_ID, Status.MAX_DURATION_INVALID),
    'fax/send': (Status.INVALID_DESTINATION, Status.DESTINATION_NOT_SUPPORTED),
    'fax/query_status': (Status.TXN_REF_INVALID,),
    'number/get_choices': (Status.PICK_NUMBER_NOT_AVAILABLE, Status.NUMBER_NOT_AVAILABLE),
}

# The statuses that the API documentation does not list for an operation: most are documented for
# other operations, two are invented.
SSL = Status.UNABLE_TO_COMPLETE_SSL_HANDSHAKE_NOTIFY_URL
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
    'ivr/middle/unhold': (
        Status.TAG_INVALID_LENGTH,
        Status.INVALID_NOTIFY_URL,
        Status.UNABLE_TO_RESOLVE_NOTIFY_URL,
        SSL,
    ),
    'ivr/end/transfer': (SSL, Status.CALL_SERVICE_NOT_AVAILABLE),
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
    yield Condition(path, Status.SUCCESS_OK, SENTENCES[Status.SUCCESS_OK])
    yield Condition(path, Status.INVALID_HTTP_METHOD, SENTENCES[Status.INVALID_HTTP_METHOD])
    for status in refusals_of(operation):
        yield _condition(operation, status)
    for status in NEVER.get(path, ()):
        yield Condition(path, status, _sentence(path, status, UNUSED), Origin.NEVER)


def _condition(operation: Operation, status: Status) -> Condition:
    path = operation.path
    origin, sentence = Origin.REQUEST, _omissions(operation).get(status, '')
    if status in FAULTS:
        origin, sentence = Origin.FAULT, f'{ONLY_BY_FAULT_RULE} {FAULTS[status]}'
    elif status == Status.RATE_LIMIT_EXCEEDED and not operation.limited:
        origin, sentence = Origin.FAULT, f'{ONLY_BY_FAULT_RULE} {NO_RATE_LIMIT}'
    sentence = sentence or _sentence(path, status, SENTENCES)
    return Condition(path, status, sentence, origin, status not in ADDED.get(path, ()))


def _omissions(operation: Operation) -> Mapping[Status, str]:
    names = (*CREDENTIALS, *operation.required)
    return {missing(name).status: _omit(operation, name) for name in names}


def _omit(operation: Operation, name: str) -> str:
    empty = '' if name in operation.may_be_empty else ', or send it empty'
    return f'Omit ``{name}``{empty}.'


def _sentence(path: str, status: Status, sentences: Mapping[Status, str]) -> str:
    return OVERRIDES.get((path, status)) or sentences[status]


CONDITIONS: tuple[Condition, ...] = tuple(
    condition for operation in OPERATIONS.values() for condition in _conditions(operation)
)
_BY_KEY = {(condition.operation, condition.status): condition for condition in CONDITIONS}


def condition_of(path: str, status: str) -> Condition | None:
    """Return the row of a status for an operation, or None if the operation does not have it."""
    return _BY_KEY.get((path, unlisted(status)))
