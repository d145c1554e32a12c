"""The words of the API, as string enums.

Each member is a ``str``, so ``res.sms_status == 'delivered'`` and
``res.sms_status is SmsStatus.DELIVERED`` mean the same. A word that Hoiio adds later is not an
error: ``SmsStatus('bounced')`` is an `SmsStatus` that equals ``'bounced'``. A type checker does not
know this, so if you compare with each member, add an ``else``.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    'CallState',
    'CallStatus',
    'Capability',
    'FaxStatus',
    'FaxType',
    'NumberMode',
    'OnFailure',
    'SmsStatus',
    'Status',
    'Switch',
    'UserStatus',
]


class Word(str, Enum):
    """A string enum that prints as its word and accepts unknown words."""

    _value_: str

    # Python 3.10 and 3.12 format an enum with a mixed-in str differently. Both print a word alike.
    __str__ = str.__str__
    __format__ = str.__format__  # type: ignore[assignment]

    def __repr__(self) -> str:
        return str.__repr__(self)

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_ = value.upper()
        word._value_ = value
        return word


class CallStatus(Word):
    """The status of one leg of a call."""

    ANSWERED = 'answered'
    UNANSWERED = 'unanswered'
    BUSY = 'busy'
    FAILED = 'failed'
    ONGOING = 'ongoing'


class CallState(Word):
    """The state of an IVR call."""

    RINGING = 'ringing'
    ONGOING = 'ongoing'
    ENDED = 'ended'


class SmsStatus(Word):
    """The delivery status of an SMS."""

    QUEUED = 'queued'
    DELIVERED = 'delivered'
    FAILED = 'failed'
    ERROR = 'error'
    RECEIVED = 'received'


class FaxStatus(Word):
    """The status of a fax. ``answered`` means that it was transmitted."""

    ANSWERED = 'answered'
    UNANSWERED = 'unanswered'
    BUSY = 'busy'
    FAILED = 'failed'
    ONGOING = 'ongoing'


class FaxType(Word):
    """The kind of faxes that a history lists."""

    INCOMING = 'incoming'
    OUTGOING = 'outgoing'
    ALL = 'all'


class NumberMode(Word):
    """What a Hoiio number receives: calls or faxes, but not both."""

    VOICE = 'voice'
    FAX = 'fax'


class OnFailure(Word):
    """What Hoiio does after an IVR transfer that nobody answers."""

    HANGUP = 'hangup'
    CONTINUE = 'continue'


class Switch(Word):
    """The API's words for true and false."""

    ENABLED = 'enabled'
    DISABLED = 'disabled'


class UserStatus(Word):
    """The type of an account: ``trial`` until its first top-up, then ``active``."""

    TRIAL = 'trial'
    ACTIVE = 'active'


class Capability(Word):
    """What a number can carry."""

    VOICE = 'VOICE'
    SMS = 'SMS'
    FAX = 'FAX'


class Status(Word):
    """The outcome of a request. ``meaning`` describes it in a sentence.

    Example:
        >>> Status.INSUFFICIENT_CREDIT
        'error_insufficient_credit'
        >>> Status('error_insufficient_credit').meaning
        'The balance is too low for this request.'
    """

    meaning: str

    def __new__(cls, word: str, meaning: str = '') -> Self:
        """Create a status with its word and its meaning."""
        status = str.__new__(cls, word)
        status._value_ = word
        status.meaning = meaning
        return status

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        status = super()._missing_(value)
        if status is not None:
            status.meaning = ''
            if status.startswith('error_') and status.endswith('_param_missing'):
                status.meaning = f'The parameter {status[6:-14]} is missing.'
        return status

    SUCCESS_OK = 'success_ok', 'Hoiio accepted the request.'

    # From every operation.
    INVALID_HTTP_METHOD = 'error_invalid_http_method', 'Only GET and POST are accepted.'
    MALFORMED_PARAMS = 'error_malformed_params', 'A parameter is not valid UTF-8.'
    INVALID_ACCESS_TOKEN = (
        'error_invalid_access_token',
        'The access token is wrong, expired or revoked. See the developer portal.',
    )
    INVALID_APP_ID = 'error_invalid_app_id', 'The App ID is wrong or revoked.'
    RATE_LIMIT_EXCEEDED = (
        'error_rate_limit_exceeded',
        'You sent too many requests of this kind in a minute. Wait a minute and try again.',
    )
    INTERNAL_SERVER_ERROR = 'error_internal_server_error', 'An error occurred inside Hoiio.'
    SERVICE_NOT_AVAILABLE = 'error_service_not_available', 'The service is down now.'
    PERMISSION_DENIED = (
        'error_permission_denied',
        'Your application does not have permission for this request.',
    )
    DEVELOPER_SUSPENDED = 'error_developer_suspended', 'The developer account is suspended.'
    USER_NOT_FOUND = 'error_user_not_found', 'The account does not exist.'
    USER_NOT_LIVE = 'error_user_not_live', 'The account is not active.'

    # About the account and the options of a transaction.
    INSUFFICIENT_CREDIT = 'error_insufficient_credit', 'The balance is too low for this request.'
    NOT_ALLOWED_FOR_TRIAL = (
        'error_not_allowed_for_trial',
        'A trial account can reach only its registered number. Top up the account first.',
    )
    CONCURRENT_CALL_LIMIT_REACHED = (
        'error_concurrent_call_limit_reached',
        'The account has 8 calls and faxes in progress, which is the limit.',
    )
    TAG_INVALID_LENGTH = 'error_tag_invalid_length', 'The tag is longer than 256 characters.'
    INVALID_NOTIFY_URL = (
        'error_invalid_notify_url',
        'notify_url is not a full http or https URL of at most 4000 characters.',
    )
    UNABLE_TO_RESOLVE_NOTIFY_URL = (
        'error_unable_to_resolve_notify_url',
        'DNS does not know the host of notify_url.',
    )
    UNABLE_TO_COMPLETE_SSL_HANDSHAKE_NOTIFY_URL = (
        'error_unable_to_complete_ssl_handshake_notify_url',
        'Hoiio could not verify the certificate of notify_url.',
    )
    ADD_NOTIFICATION_FAILED = (
        'error_add_notification_failed',
        'Hoiio could not register the notification.',
    )

    # About destinations.
    DEST_INVALID = 'error_dest_invalid', 'The destination is not a valid phone number.'
    DEST1_INVALID = 'error_dest1_invalid', 'dest1 is not a valid phone number.'
    DEST2_INVALID = 'error_dest2_invalid', 'dest2 is not a valid phone number.'
    DEST_NOT_SUPPORTED = 'error_dest_not_supported', 'Hoiio does not serve the destination.'
    DEST1_NOT_SUPPORTED = 'error_dest1_not_supported', 'Hoiio does not serve dest1.'
    DEST2_NOT_SUPPORTED = 'error_dest2_not_supported', 'Hoiio does not serve dest2.'
    INVALID_DESTINATION = (
        'error_invalid_destination',
        'The destination is not a valid phone number.',
    )
    DESTINATION_NOT_SUPPORTED = (
        'error_destination_not_supported',
        'Hoiio does not serve the destination.',
    )
    DEST_INVALID_NUMBER_ID = 'error_dest_invalid_number_id', 'The number ID is unknown.'
    DEST1_INVALID_NUMBER_ID = 'error_dest1_invalid_number_id', 'The number ID is unknown.'
    DEST2_INVALID_NUMBER_ID = 'error_dest2_invalid_number_id', 'The number ID is unknown.'
    SAME_DEST1_DEST2 = 'error_same_dest1_dest2', 'dest1 and dest2 are the same number.'
    DEST_TOO_MANY = 'error_dest_too_many', 'There are more destinations than the limit.'
    NO_VALID_DESTS = 'error_no_valid_dests', 'None of the destinations is a valid phone number.'
    DEST_INCOMING_BOTH_MISSING = (
        'error_dest_incoming_both_missing',
        'Pass either dest or incoming.',
    )
    DEST_INCOMING_BOTH_PRESENT = (
        'error_dest_incoming_both_present',
        'Pass only one of dest and incoming.',
    )
    CALLER_ID_INVALID = (
        'error_caller_id_invalid',
        'caller_id is not your registered number, one of your Hoiio numbers or "private".',
    )

    # About transactions and histories.
    INVALID_TXN_REF = 'error_invalid_txn_ref', 'The transaction does not exist.'
    TXN_REF_INVALID = 'error_txn_ref_invalid', 'The transaction does not exist.'
    TXN_REF_ACCESS_DENIED = (
        'error_txn_ref_access_denied',
        'The transaction belongs to another application.',
    )
    FROM_INVALID = 'error_from_invalid', 'from is not a date of the form YYYY-MM-DD HH:MM:SS.'
    TO_INVALID = 'error_to_invalid', 'to is not a date of the form YYYY-MM-DD HH:MM:SS.'
    TO_BEFORE_FROM = 'error_to_before_from', 'to is before from.'
    PAGE_INVALID = 'error_page_invalid', 'page is not a whole number of 1 or more.'
    INVALID_TYPE = 'error_invalid_type', 'type is not incoming, outgoing or all.'

    # About calls and IVR.
    CALL_SERVICE_NOT_AVAILABLE = 'error_call_service_not_available', 'The call service is down.'
    INVALID_MAX_DURATION = 'error_invalid_max_duration', 'max_duration is out of range.'
    MAX_DURATION_INVALID = 'error_max_duration_invalid', 'max_duration is out of range.'
    INVALID_ROOM = (
        'error_invalid_room',
        'room is not valid. It has at most 32 letters, digits, dots and underscores.',
    )
    INVALID_SESSION = 'error_invalid_session', 'The IVR session does not exist.'
    SESSION_ACCESS_DENIED = (
        'error_session_access_denied',
        'The IVR session belongs to another application.',
    )
    SESSION_ENDED = 'error_session_ended', 'The IVR session has ended.'
    SESSION_NOT_READY = (
        'error_session_not_ready',
        'The IVR session is busy or on hold. Wait for the notification of the current block.',
    )
    SESSION_NOT_ON_HOLD = 'error_session_not_on_hold', 'The IVR session is not on hold.'
    MONITOR_IN_PROGRESS = 'error_monitor_in_progress', 'Hoiio is already recording the call.'
    ON_FAILURE_INVALID = 'error_on_failure_invalid', 'on_failure is not hangup or continue.'
    INVALID_MAX_DIGITS = 'error_invalid_max_digits', 'max_digits is not between 0 and 255.'
    INVALID_TIMEOUT = 'error_invalid_timeout', 'timeout is out of range.'
    INVALID_ATTEMPTS = 'error_invalid_attempts', 'attempts is out of range.'

    # About SMS and spoken messages.
    SMS_SERVICE_NOT_AVAILABLE = 'error_sms_service_not_available', 'The SMS service is down.'
    SMS_REBRAND_NOT_ENABLED = (
        'error_sms_rebrand_not_enabled',
        'sender_name needs SMS rebranding. Turn it on in the developer portal.',
    )
    INVALID_SENDER_NAME = (
        'error_invalid_sender_name',
        'sender_name does not follow the rules for sender names.',
    )
    MSG_EMPTY = 'error_msg_empty', 'The message is empty.'
    MSG_TOO_BIG = 'error_msg_too_big', 'The message is longer than three SMS.'
    MSG_INVALID_LENGTH = 'error_msg_invalid_length', 'The message is too long to be read aloud.'
    MSG_CANNOT_CONVERT_TEXT = (
        'error_msg_cannot_convert_text',
        'Hoiio cannot read the message aloud.',
    )
    SPEECH_TO_TEXT_FAILED = 'error_speech_to_text_failed', 'Hoiio cannot read the message aloud.'
    MSG_INVALID_LANGUAGE = (
        'error_msg_invalid_language',
        'Hoiio does not support the language of the message.',
    )
    MSG_INVALID_GENDER = 'error_msg_invalid_gender', 'The gender of the voice is not valid.'
    MSG_INVALID_XML = 'error_msg_invalid_xml', 'The markup of the message is not well formed.'
    MSG_INVALID_URL = 'error_msg_invalid_url', 'The URL of the audio file is not valid.'
    MSG_DOWNLOAD_FAILED = 'error_msg_download_failed', 'Hoiio could not download the audio file.'
    MSG_INVALID_FILE_FORMAT = (
        'error_msg_invalid_file_format',
        'The audio file is not mp3, wav or gsm.',
    )
    MSG_INVALID_FILE_SIZE = 'error_msg_invalid_file_size', 'The audio file is larger than 10 MB.'

    # About faxes.
    FILE_INVALID = 'error_file_invalid', 'The file is not a PDF.'
    FILE_TOO_BIG = 'error_file_too_big', 'The file is larger than 2 MB.'
    PAGE_SIZE_INVALID = 'error_page_size_invalid', 'A page of the file is not in A4 or Letter.'

    # About numbers.
    INCOMING_SMS_NOT_SUPPORTED = (
        'error_incoming_sms_not_supported',
        'The number cannot receive SMS.',
    )
    NUMBER_INVALID = 'error_number_invalid', 'The number is not a valid Hoiio number.'
    NUMBER_NOT_ASSIGNED = (
        'error_number_not_assigned',
        'The number does not belong to this application.',
    )
    NUMBER_NOT_AVAILABLE = 'error_number_not_available', 'The number is already taken.'
    NO_NUMBER_AVAILABLE = 'error_no_number_available', 'No numbers are available there.'
    PICK_NUMBER_NOT_AVAILABLE = (
        'error_pick_number_not_available',
        'You cannot choose a number there.',
    )
    SUBSCRIBE_NUMBER_NOT_AVAILABLE = (
        'error_subscribe_number_not_available',
        'You cannot subscribe to the number.',
    )
    EXCEED_MAX_SUBSCRIPTIONS = 'error_exceed_max_subscriptions', 'You have too many numbers.'
    INVALID_DURATION = 'error_invalid_duration', 'duration is not 1, 3, 12 or auto_extend.'
    AUTO_EXTEND_NOT_AVAILABLE = (
        'error_auto_extend_not_available',
        'Automatic renewal needs a credit card. Store one in the developer portal.',
    )
    FORWARD_TO_INVALID = 'error_forward_to_invalid', 'forward_to is not a valid URL.'
    UNABLE_TO_RESOLVE_FORWARD_TO = (
        'error_unable_to_resolve_forward_to',
        'DNS does not know the host of forward_to.',
    )
    MODE_INVALID = 'error_mode_invalid', 'mode is not voice or fax.'
