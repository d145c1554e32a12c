"""The contract of strictness: what a developer has to do to get each status word.

One row stands for an operation and a status word. Most sentences are the same wherever a word
occurs, so they are written down once, and `CONDITIONS` multiplies them out.
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
    """Where an answer with a status comes from."""

    REQUEST = 'a request'
    FAULT = 'a fault rule'
    NOWHERE = 'nowhere'


@dataclass(frozen=True)
class Condition:
    """One row of the table.

    Attributes:
        operation: The path of the operation.
        status: The word of the answer.
        sentence: What has to be done to get it, or why the sandbox never gives it.
        origin: Whether a request gets it, only a fault rule, or nothing at all.
        documented: Whether the references name the word for this operation; the other words
            are what the sandbox had to add.
    """

    operation: str
    status: Status
    sentence: str
    origin: Origin = Origin.REQUEST
    documented: bool = True


# What each word takes, wherever it occurs.
SENTENCES: Mapping[Status, str] = {
    Status.SUCCESS_OK: 'Send every required parameter with a value that fits.',
    Status.INVALID_HTTP_METHOD: 'Send the request with PUT, DELETE or any verb but GET and POST.',
    Status.MALFORMED_PARAMS: 'Send bytes that are not UTF-8, such as ``%ff``.',
    Status.INVALID_ACCESS_TOKEN: 'Send an access token that no application of the seed has.',
    Status.INVALID_APP_ID: 'Send an app id other than the one that the access token belongs to.',
    Status.INSUFFICIENT_CREDIT: 'Let the account have less credit than the request costs.',
    Status.NOT_ALLOWED_FOR_TRIAL: (
        'As a trial account, name a destination other than its registered number.'
    ),
    Status.CONCURRENT_CALL_LIMIT_REACHED: 'Have eight calls under way.',
    Status.TAG_INVALID_LENGTH: 'Send a ``tag`` of more than 256 characters.',
    Status.INVALID_NOTIFY_URL: (
        'Send a notification URL that is not http or https, has no host, or is longer than 4000'
        ' characters.'
    ),
    Status.UNABLE_TO_RESOLVE_NOTIFY_URL: (
        'Send a notification URL whose host ends in ``.invalid``, the ending that never resolves.'
    ),
    Status.UNABLE_TO_COMPLETE_SSL_HANDSHAKE_NOTIFY_URL: (
        'Send an https notification URL under ``badssl.com``, whose certificates are bad on'
        ' purpose.'
    ),
    Status.DEST_INVALID: (
        'Send a ``dest`` that is no phone number in E.164, such as one without its plus.'
    ),
    Status.DEST1_INVALID: 'Send a ``dest1`` that is no phone number in E.164.',
    Status.DEST2_INVALID: 'Send a ``dest2`` that is no phone number in E.164.',
    Status.DEST_NOT_SUPPORTED: 'Send a toll-free or premium ``dest``, such as +18005550100.',
    Status.DEST1_NOT_SUPPORTED: 'Send a toll-free or premium ``dest1``, such as +18005550100.',
    Status.DEST2_NOT_SUPPORTED: 'Send a toll-free or premium ``dest2``, such as +18005550100.',
    Status.SAME_DEST1_DEST2: 'Send one number as ``dest1`` and as ``dest2``.',
    Status.DEST_TOO_MANY: 'Send more than eight numbers, or more than the room has places for.',
    Status.NO_VALID_DESTS: 'Send a list without one valid phone number in it.',
    Status.DEST_INCOMING_BOTH_MISSING: 'Send neither ``dest`` nor ``incoming``.',
    Status.DEST_INCOMING_BOTH_PRESENT: 'Send both ``dest`` and ``incoming``.',
    Status.CALLER_ID_INVALID: (
        'Send a ``caller_id`` that is not the registered number, a Hoiio number of the application'
        ' or ``private``.'
    ),
    Status.INVALID_TXN_REF: 'Send a ``txn_ref`` that no transaction of this kind has.',
    Status.TXN_REF_ACCESS_DENIED: "Send a ``txn_ref`` of the seed's other application.",
    Status.FROM_INVALID: 'Send a ``from`` that is no moment of the form YYYY-MM-DD HH:MM:SS.',
    Status.TO_INVALID: 'Send a ``to`` that is no moment of the form YYYY-MM-DD HH:MM:SS.',
    Status.TO_BEFORE_FROM: 'Send a ``to`` that is earlier than ``from``.',
    Status.PAGE_INVALID: 'Send a ``page`` that is no whole number from 1.',
    Status.PAGE_SIZE_INVALID: 'Send a ``page_size`` that is no whole number from 1 to 100.',
    Status.INVALID_TYPE: 'Send a ``type`` other than ``incoming``, ``outgoing`` and ``all``.',
    Status.CALL_SERVICE_NOT_AVAILABLE: "Start the sandbox with ``Seed(down=('voice',))``.",
    Status.SMS_SERVICE_NOT_AVAILABLE: "Start the sandbox with ``Seed(down=('sms',))``.",
    Status.SERVICE_NOT_AVAILABLE: "Start the sandbox with ``Seed(down=('fax',))``.",
    Status.INVALID_MAX_DURATION: (
        'Send a ``max_duration`` that is no whole number from 1 to 86400.'
    ),
    Status.INVALID_ROOM: (
        'Send a ``room`` of more than 32 characters, or with others than letters, digits, dots and'
        ' underscores.'
    ),
    Status.INVALID_SESSION: 'Send a ``session`` that does not exist.',
    Status.SESSION_ACCESS_DENIED: "Send a ``session`` of the seed's other application.",
    Status.SESSION_ENDED: 'Send a ``session`` whose call is over.',
    Status.SESSION_NOT_READY: (
        'Send the request while a block of the session is still running, or while it is on hold.'
    ),
    Status.SESSION_NOT_ON_HOLD: 'Send the request for a session that is not on hold.',
    Status.MONITOR_IN_PROGRESS: 'Monitor a session for a second time.',
    Status.ON_FAILURE_INVALID: 'Send an ``on_failure`` other than ``hangup`` and ``continue``.',
    Status.INVALID_MAX_DIGITS: 'Send a ``max_digits`` that is no whole number from 0 to 255.',
    Status.INVALID_TIMEOUT: 'Send a ``timeout`` that is no whole number from 1 to 3600.',
    Status.INVALID_ATTEMPTS: 'Send ``attempts`` that are no whole number from 1 to 100.',
    Status.SMS_REBRAND_NOT_ENABLED: (
        'Send a ``sender_name`` while the seed has ``sms_rebrand`` switched off.'
    ),
    Status.INVALID_SENDER_NAME: (
        'Send a ``sender_name`` that is neither 3 to 11 letters, digits and spaces nor a phone'
        ' number.'
    ),
    Status.MSG_EMPTY: 'Send an empty ``msg``.',
    Status.MSG_TOO_BIG: (
        'Send a ``msg`` that takes more than three SMS: over 459 characters, or over 201 in'
        ' Unicode.'
    ),
    Status.MSG_INVALID_LENGTH: 'Send a ``msg`` of more than 1000 characters.',
    Status.MSG_CANNOT_CONVERT_TEXT: 'Send a ``msg`` without a single letter or digit.',
    Status.MSG_INVALID_LANGUAGE: 'Send a ``<speech>`` whose ``language`` is unknown.',
    Status.MSG_INVALID_GENDER: (
        'Send a ``<speech>`` whose ``gender`` is not ``female`` or ``male``.'
    ),
    Status.MSG_INVALID_XML: 'Send a ``msg`` whose markup is not well formed.',
    Status.MSG_INVALID_URL: 'Send a ``<url>`` that is no full http or https URL.',
    Status.MSG_DOWNLOAD_FAILED: 'Send a ``<url>`` whose host ends in ``.invalid``.',
    Status.MSG_INVALID_FILE_FORMAT: 'Send a ``<url>`` that ends in neither .mp3, .wav nor .gsm.',
    Status.FILE_INVALID: 'Send a ``file`` that is no PDF, or text that is no base64.',
    Status.FILE_TOO_BIG: 'Send a ``file`` of more than 2 MB, counted before base64.',
    Status.INCOMING_SMS_NOT_SUPPORTED: 'Name an own number outside the USA: it takes no SMS.',
    Status.NUMBER_INVALID: 'Send a ``number`` that is no phone number in E.164.',
    Status.NUMBER_NOT_ASSIGNED: (
        "Name a number that the application does not hold, such as the other application's."
    ),
    Status.NUMBER_NOT_AVAILABLE: (
        'Send a ``number`` that is not on offer, or that the other application holds.'
    ),
    Status.NO_NUMBER_AVAILABLE: (
        'Name a country or state that the catalogue does not have, or Vietnam, which is sold out.'
    ),
    Status.SUBSCRIBE_NUMBER_NOT_AVAILABLE: 'Send a ``number`` of Vietnam, which is sold out.',
    Status.EXCEED_MAX_SUBSCRIPTIONS: (
        'Take a new number while the application holds as many as ``Seed.max_numbers``.'
    ),
    Status.INVALID_DURATION: 'Send a ``duration`` other than 1, 3, 12 and ``auto_extend``.',
    Status.AUTO_EXTEND_NOT_AVAILABLE: (
        'Ask for ``auto_extend`` while the seed has no ``credit_card``.'
    ),
    Status.FORWARD_TO_INVALID: 'Send a URL to forward to that is not full http or https.',
    Status.UNABLE_TO_RESOLVE_FORWARD_TO: (
        'Send a URL to forward to whose host ends in ``.invalid``.'
    ),
    Status.MODE_INVALID: 'Send a ``mode`` other than ``voice`` and ``fax``.',
    unlisted('error_action_invalid'): (
        'Send an ``action`` other than ``kick``, ``mute`` and ``unmute``.'
    ),
    unlisted('error_fax_header_invalid'): (
        'Send a ``fax_header`` of more than 100 characters, or with others than letters, digits'
        ' and spaces.'
    ),
}

# The words that nothing a client does can bring about.
FAULTS: Mapping[Status, str] = {
    Status.INTERNAL_SERVER_ERROR: 'Nothing a client sends breaks the sandbox.',
    Status.MSG_INVALID_FILE_SIZE: 'The sandbox fetches no audio, so it does not know its size.',
}
UNCOUNTED = 'No number of requests is known for this operation, so none are counted.'
COUNTED = 'Send more requests of this kind within a minute than the seed allows, which is 60.'
BY_RULE = 'Only by a fault rule.'

# The words that stay unused, because another one takes their place.
UNUSED: Mapping[Status, str] = {
    Status.MAX_DURATION_INVALID: 'A second spelling: the sandbox says error_invalid_max_duration.',
    Status.TXN_REF_INVALID: 'A second spelling: the sandbox says error_invalid_txn_ref.',
    Status.DEST_INVALID_NUMBER_ID: 'A word of one client for ids that are no phone numbers.',
    Status.INVALID_DESTINATION: 'The older name: the sandbox says error_dest_invalid.',
    Status.DESTINATION_NOT_SUPPORTED: 'The older name: the sandbox says error_dest_not_supported.',
    Status.PICK_NUMBER_NOT_AVAILABLE: (
        'Cannot be told apart from error_no_number_available, which the sandbox says.'
    ),
    missing('recipients').status: (
        'Without ``recipients`` and ``dest`` the sandbox says error_dest_param_missing.'
    ),
    missing('incoming').status: (
        'Without ``incoming`` and ``dest`` the sandbox says error_dest_incoming_both_missing.'
    ),
}

# Where a word takes something else than usual.
SPECIAL: Mapping[tuple[str, Status], str] = {
    ('ivr/middle/record', Status.INVALID_MAX_DURATION): (
        'Send a ``max_duration`` that is no whole number from 1 to 3600.'
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
    ('sms/bulk_send', Status.DEST_TOO_MANY): 'Name more than 1000 recipients.',
    ('sms/bulk_send', Status.NOT_ALLOWED_FOR_TRIAL): (
        'As a trial account, name a recipient other than its registered number.'
    ),
    ('number/subscribe', Status.NOT_ALLOWED_FOR_TRIAL): 'Subscribe as a trial account.',
    ('number/get_choices', Status.NUMBER_NOT_AVAILABLE): (
        'The request names no number that could be taken.'
    ),
    ('number/get_choices', missing('state').status): 'Leave out ``state`` for the USA.',
    ('number/get_rates', Status.NO_NUMBER_AVAILABLE): (
        'Name a country that the catalogue does not have.'
    ),
    ('sms/bulk_send', missing('dest').status): 'Leave out both ``dest`` and ``recipients``.',
    ('ivr/end/transfer', Status.CALLER_ID_INVALID): (
        'Send a ``caller_id`` that is not the registered number, a Hoiio number of the'
        ' application, ``private`` or the number of whoever called in.'
    ),
    ('ivr/end/transfer', Status.INVALID_ROOM): (
        'Transfer to ``room:`` with a name that breaks the rules, or where nobody is.'
    ),
    ('ivr/end/transfer', Status.DEST_TOO_MANY): (
        'A room with its eight members leaves the account no line for a session to transfer.'
    ),
    ('conference/moderate', Status.INVALID_TXN_REF): (
        'Send a ``txn_ref`` that no participant of a conference has.'
    ),
    **{
        (path, Status.INSUFFICIENT_CREDIT): (
            'Answer an incoming call by it while the account cannot pay the first minute.'
        )
        for path in (
            'ivr/middle/play', 'ivr/middle/gather', 'ivr/middle/record', 'ivr/middle/monitor',
            'ivr/middle/hold',
        )
    },
    ('ivr/end/hangup', Status.INSUFFICIENT_CREDIT): (
        'Answer an incoming call to say a ``msg`` while the account cannot pay the first minute.'
    ),
}  # fmt: skip
UNUSED_AT = frozenset(
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
LINES = (*MONEY, Status.CONCURRENT_CALL_LIMIT_REACHED)
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
    *LINES,
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

# What the references name for each operation, besides what holds for all of them.
DOCUMENTED: Mapping[str, tuple[Status, ...]] = {
    'user/get_balance': (),
    'user/get_info': (),
    'voice/call': (
        *TWO_ENDS, Status.CALLER_ID_INVALID, Status.INVALID_MAX_DURATION,
        Status.MAX_DURATION_INVALID, *CALLBACK, SSL, *LINES, Status.CALL_SERVICE_NOT_AVAILABLE,
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
        Status.INVALID_MAX_DURATION, Status.MAX_DURATION_INVALID, *CALLBACK, *LINES,
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
        Status.ON_FAILURE_INVALID, *CALLBACK, *LINES,
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

# What the sandbox needs beyond that: words of other operations, and two in their spirit.
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

# The words of the references that belong to no operation, each with the reason.
CONNECT = 'Part of a scheme of 2011 for acting on the accounts of others, which is not emulated.'
UNUSED_ANYWHERE = 'Only the name is known, not what brings it about.'
UNPLACED: Mapping[Status, str] = {
    Status.ADD_NOTIFICATION_FAILED: UNUSED_ANYWHERE,
    Status.DEVELOPER_SUSPENDED: UNUSED_ANYWHERE,
    Status.PERMISSION_DENIED: UNUSED_ANYWHERE,
    Status.USER_NOT_FOUND: UNUSED_ANYWHERE,
    Status.USER_NOT_LIVE: UNUSED_ANYWHERE,
    Status.DEST1_INVALID_NUMBER_ID: UNUSED[Status.DEST_INVALID_NUMBER_ID],
    Status.DEST2_INVALID_NUMBER_ID: UNUSED[Status.DEST_INVALID_NUMBER_ID],
    Status.SPEECH_TO_TEXT_FAILED: (
        'The name of 2011: the sandbox says error_msg_cannot_convert_text.'
    ),
    missing('caller_id').status: 'No operation requires a ``caller_id``.',
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
        yield Condition(path, missing(name).status, _leave_out(operation, name))
    for status in (Status.INVALID_ACCESS_TOKEN, Status.INVALID_APP_ID, *DOCUMENTED[path]):
        yield _condition(path, status)
    for status in ADDED.get(path, ()):
        yield _condition(path, status, documented=False)
    yield _rate_limit(operation)
    yield _condition(path, Status.INTERNAL_SERVER_ERROR)


def _leave_out(operation: Operation, name: str) -> str:
    empty = '' if name in operation.may_be_empty else ', or send it empty'
    return f'Leave out ``{name}``{empty}.'


def _condition(path: str, status: Status, *, documented: bool = True) -> Condition:
    sentence = SPECIAL.get((path, status))
    if status in UNUSED or (path, status) in UNUSED_AT:
        return Condition(path, status, sentence or UNUSED[status], Origin.NOWHERE, documented)
    if status in FAULTS:
        sentence = f'{BY_RULE} {FAULTS[status]}'
        return Condition(path, status, sentence, Origin.FAULT, documented)
    return Condition(path, status, sentence or SENTENCES[status], documented=documented)


def _rate_limit(operation: Operation) -> Condition:
    if operation.limited:
        return Condition(operation.path, Status.RATE_LIMIT_EXCEEDED, COUNTED)
    sentence = f'{BY_RULE} {UNCOUNTED}'
    return Condition(operation.path, Status.RATE_LIMIT_EXCEEDED, sentence, Origin.FAULT)


CONDITIONS: tuple[Condition, ...] = tuple(
    condition for operation in OPERATIONS.values() for condition in _conditions(operation)
)
_BY_KEY = {(condition.operation, condition.status): condition for condition in CONDITIONS}


def condition_of(path: str, status: str) -> Condition | None:
    """Return the row of a status word at an operation, or None if it has none."""
    return _BY_KEY.get((path, unlisted(status)))
