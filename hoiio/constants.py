"""The words of the API, as string enums.

Each member is a ``str``, so ``res.sms_status == 'delivered'`` and
``res.sms_status is SmsStatus.DELIVERED`` say the same. A word that the API adds later is no
error: ``SmsStatus('bounced')`` is an `SmsStatus` that equals ``'bounced'``. A type checker does not
know that, so keep an ``else`` where you go through the members of one.
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
    """A string enum that shows itself as its word and lets unknown words through."""

    _value_: str

    # Python 3.10 and 3.12 disagree on how a mixed-in str formats; a word is its text in both.
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
    """How one leg of a call went."""

    ANSWERED = 'answered'
    UNANSWERED = 'unanswered'
    BUSY = 'busy'
    FAILED = 'failed'
    ONGOING = 'ongoing'


class CallState(Word):
    """Where an IVR call stands."""

    RINGING = 'ringing'
    ONGOING = 'ongoing'
    ENDED = 'ended'


class SmsStatus(Word):
    """How far an SMS has come."""

    QUEUED = 'queued'
    DELIVERED = 'delivered'
    FAILED = 'failed'
    ERROR = 'error'
    RECEIVED = 'received'


class FaxStatus(Word):
    """How far a fax has come; ``answered`` is a fax that went through."""

    ANSWERED = 'answered'
    UNANSWERED = 'unanswered'
    BUSY = 'busy'
    FAILED = 'failed'
    ONGOING = 'ongoing'


class FaxType(Word):
    """Which faxes a history lists."""

    INCOMING = 'incoming'
    OUTGOING = 'outgoing'
    ALL = 'all'


class NumberMode(Word):
    """What a Hoiio number answers: it takes calls or faxes, never both."""

    VOICE = 'voice'
    FAX = 'fax'


class OnFailure(Word):
    """What follows an IVR transfer that nobody answered."""

    HANGUP = 'hangup'
    CONTINUE = 'continue'


class Switch(Word):
    """The API's word for a flag."""

    ENABLED = 'enabled'
    DISABLED = 'disabled'


class UserStatus(Word):
    """Whether an account was ever topped up."""

    TRIAL = 'trial'
    ACTIVE = 'active'


class Capability(Word):
    """What a number can carry."""

    VOICE = 'VOICE'
    SMS = 'SMS'
    FAX = 'FAX'


class Status(Word):
    """The outcome of a request; ``meaning`` says in a sentence what happened.

    Example:
        >>> Status.INSUFFICIENT_CREDIT
        'error_insufficient_credit'
        >>> Status('error_insufficient_credit').meaning
        'The balance is too low for this request.'
    """

    meaning: str

    def __new__(cls, word: str, meaning: str = '') -> Self:
        """Keep the meaning beside the word."""
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

    # Every endpoint.
    INVALID_HTTP_METHOD = 'error_invalid_http_method', 'Only GET and POST are accepted.'
    MALFORMED_PARAMS = 'error_malformed_params', 'A parameter is not valid UTF-8.'
    INVALID_ACCESS_TOKEN = (
        'error_invalid_access_token',
        'The access token is wrong, expired or revoked; see the developer portal.',
    )
    INVALID_APP_ID = 'error_invalid_app_id', 'The app id is wrong or revoked.'
    RATE_LIMIT_EXCEEDED = (
        'error_rate_limit_exceeded',
        'Too many requests of this kind in a minute; wait, then try again.',
    )
    INTERNAL_SERVER_ERROR = 'error_internal_server_error', 'Something failed inside Hoiio.'
    SERVICE_NOT_AVAILABLE = 'error_service_not_available', 'The service is down at the moment.'
    PERMISSION_DENIED = 'error_permission_denied', 'This application may not do that.'
    DEVELOPER_SUSPENDED = 'error_developer_suspended', 'The developer account is suspended.'
    USER_NOT_FOUND = 'error_user_not_found', 'There is no such account.'
    USER_NOT_LIVE = 'error_user_not_live', 'The account is not active.'

    # What a transaction takes.
    INSUFFICIENT_CREDIT = 'error_insufficient_credit', 'The balance is too low for this request.'
    NOT_ALLOWED_FOR_TRIAL = (
        'error_not_allowed_for_trial',
        'A trial account reaches only its own registered number; any top-up lifts that.',
    )
    CONCURRENT_CALL_LIMIT_REACHED = (
        'error_concurrent_call_limit_reached',
        'The account has 8 calls and faxes under way, the most at one time.',
    )
    TAG_INVALID_LENGTH = 'error_tag_invalid_length', 'The tag is longer than 256 characters.'
    INVALID_NOTIFY_URL = (
        'error_invalid_notify_url',
        'The notify_url is no full http or https URL of at most 4000 characters.',
    )
    UNABLE_TO_RESOLVE_NOTIFY_URL = (
        'error_unable_to_resolve_notify_url',
        'The host of the notify_url is unknown to DNS.',
    )
    UNABLE_TO_COMPLETE_SSL_HANDSHAKE_NOTIFY_URL = (
        'error_unable_to_complete_ssl_handshake_notify_url',
        'The certificate at the notify_url could not be verified.',
    )
    ADD_NOTIFICATION_FAILED = (
        'error_add_notification_failed',
        'The notification could not be registered.',
    )

    # Whom it goes to.
    DEST_INVALID = 'error_dest_invalid', 'The destination is no valid phone number.'
    DEST1_INVALID = 'error_dest1_invalid', 'dest1 is no valid phone number.'
    DEST2_INVALID = 'error_dest2_invalid', 'dest2 is no valid phone number.'
    DEST_NOT_SUPPORTED = 'error_dest_not_supported', 'The destination is not served.'
    DEST1_NOT_SUPPORTED = 'error_dest1_not_supported', 'dest1 is not served.'
    DEST2_NOT_SUPPORTED = 'error_dest2_not_supported', 'dest2 is not served.'
    INVALID_DESTINATION = 'error_invalid_destination', 'The destination is no valid phone number.'
    DESTINATION_NOT_SUPPORTED = 'error_destination_not_supported', 'The destination is not served.'
    DEST_INVALID_NUMBER_ID = 'error_dest_invalid_number_id', 'The number id is unknown.'
    DEST1_INVALID_NUMBER_ID = 'error_dest1_invalid_number_id', 'The number id is unknown.'
    DEST2_INVALID_NUMBER_ID = 'error_dest2_invalid_number_id', 'The number id is unknown.'
    SAME_DEST1_DEST2 = 'error_same_dest1_dest2', 'dest1 and dest2 are the same number.'
    DEST_TOO_MANY = 'error_dest_too_many', 'There are more destinations than allowed.'
    NO_VALID_DESTS = 'error_no_valid_dests', 'Not one destination is a valid phone number.'
    DEST_INCOMING_BOTH_MISSING = (
        'error_dest_incoming_both_missing',
        'Either dest or incoming is needed.',
    )
    DEST_INCOMING_BOTH_PRESENT = (
        'error_dest_incoming_both_present',
        'Only one of dest and incoming is allowed.',
    )
    CALLER_ID_INVALID = (
        'error_caller_id_invalid',
        'The caller id is neither your registered number, a Hoiio number of yours nor "private".',
    )

    # What is asked about.
    INVALID_TXN_REF = 'error_invalid_txn_ref', 'There is no such transaction.'
    TXN_REF_INVALID = 'error_txn_ref_invalid', 'There is no such transaction.'
    TXN_REF_ACCESS_DENIED = (
        'error_txn_ref_access_denied',
        'The transaction belongs to another application.',
    )
    FROM_INVALID = 'error_from_invalid', 'from is no date of the form YYYY-MM-DD HH:MM:SS.'
    TO_INVALID = 'error_to_invalid', 'to is no date of the form YYYY-MM-DD HH:MM:SS.'
    TO_BEFORE_FROM = 'error_to_before_from', 'to is earlier than from.'
    PAGE_INVALID = 'error_page_invalid', 'The page is no whole number from 1.'
    INVALID_TYPE = 'error_invalid_type', 'The type is not incoming, outgoing or all.'

    # Calls and IVR.
    CALL_SERVICE_NOT_AVAILABLE = 'error_call_service_not_available', 'The call service is down.'
    INVALID_MAX_DURATION = 'error_invalid_max_duration', 'max_duration is out of range.'
    MAX_DURATION_INVALID = 'error_max_duration_invalid', 'max_duration is out of range.'
    INVALID_ROOM = (
        'error_invalid_room',
        'A room has at most 32 letters, digits, dots and underscores.',
    )
    INVALID_SESSION = 'error_invalid_session', 'There is no such IVR session.'
    SESSION_ACCESS_DENIED = (
        'error_session_access_denied',
        'The IVR session belongs to another application.',
    )
    SESSION_ENDED = 'error_session_ended', 'The IVR session is over.'
    SESSION_NOT_READY = (
        'error_session_not_ready',
        'The IVR session is busy or on hold; wait for the notification of the block under way.',
    )
    SESSION_NOT_ON_HOLD = 'error_session_not_on_hold', 'The IVR session is not on hold.'
    MONITOR_IN_PROGRESS = 'error_monitor_in_progress', 'The call is being recorded already.'
    ON_FAILURE_INVALID = 'error_on_failure_invalid', 'on_failure is not hangup or continue.'
    INVALID_MAX_DIGITS = 'error_invalid_max_digits', 'max_digits is not 0 to 255.'
    INVALID_TIMEOUT = 'error_invalid_timeout', 'The timeout of the gather is out of range.'
    INVALID_ATTEMPTS = 'error_invalid_attempts', 'The attempts of the gather are out of range.'

    # Messages.
    SMS_SERVICE_NOT_AVAILABLE = 'error_sms_service_not_available', 'The SMS service is down.'
    SMS_REBRAND_NOT_ENABLED = (
        'error_sms_rebrand_not_enabled',
        'sender_name needs SMS rebranding, which the developer portal switches on.',
    )
    INVALID_SENDER_NAME = 'error_invalid_sender_name', 'sender_name breaks the rules for one.'
    MSG_EMPTY = 'error_msg_empty', 'The message is empty.'
    MSG_TOO_BIG = 'error_msg_too_big', 'The message takes more than three SMS.'
    MSG_INVALID_LENGTH = 'error_msg_invalid_length', 'The message is too long to be spoken.'
    MSG_CANNOT_CONVERT_TEXT = 'error_msg_cannot_convert_text', 'The message cannot be spoken.'
    SPEECH_TO_TEXT_FAILED = 'error_speech_to_text_failed', 'The message cannot be spoken.'
    MSG_INVALID_LANGUAGE = 'error_msg_invalid_language', 'The language of the speech is unknown.'
    MSG_INVALID_GENDER = 'error_msg_invalid_gender', 'The gender of the speech is unknown.'
    MSG_INVALID_XML = 'error_msg_invalid_xml', 'The markup of the message is not well formed.'
    MSG_INVALID_URL = 'error_msg_invalid_url', 'The URL of the audio is invalid.'
    MSG_DOWNLOAD_FAILED = 'error_msg_download_failed', 'The audio could not be fetched.'
    MSG_INVALID_FILE_FORMAT = 'error_msg_invalid_file_format', 'The audio is no mp3, wav or gsm.'
    MSG_INVALID_FILE_SIZE = 'error_msg_invalid_file_size', 'The audio is larger than 10 MB.'

    # Faxes.
    FILE_INVALID = 'error_file_invalid', 'The file is no PDF.'
    FILE_TOO_BIG = 'error_file_too_big', 'The file is larger than 2 MB.'
    PAGE_SIZE_INVALID = 'error_page_size_invalid', 'A page of the file is neither A4 nor Letter.'

    # Numbers.
    INCOMING_SMS_NOT_SUPPORTED = (
        'error_incoming_sms_not_supported',
        'The number cannot receive SMS.',
    )
    NUMBER_INVALID = 'error_number_invalid', 'That is no valid Hoiio number.'
    NUMBER_NOT_ASSIGNED = (
        'error_number_not_assigned',
        'The number is not assigned to this application.',
    )
    NUMBER_NOT_AVAILABLE = 'error_number_not_available', 'The number is taken.'
    NO_NUMBER_AVAILABLE = 'error_no_number_available', 'No number is on offer there.'
    PICK_NUMBER_NOT_AVAILABLE = (
        'error_pick_number_not_available',
        'Numbers cannot be chosen there.',
    )
    SUBSCRIBE_NUMBER_NOT_AVAILABLE = (
        'error_subscribe_number_not_available',
        'The number cannot be subscribed.',
    )
    EXCEED_MAX_SUBSCRIPTIONS = 'error_exceed_max_subscriptions', 'You hold too many numbers.'
    INVALID_DURATION = 'error_invalid_duration', 'The duration is not 1, 3, 12 or auto_extend.'
    AUTO_EXTEND_NOT_AVAILABLE = (
        'error_auto_extend_not_available',
        'Automatic renewal needs a credit card, which the developer portal stores.',
    )
    FORWARD_TO_INVALID = 'error_forward_to_invalid', 'forward_to is no usable URL.'
    UNABLE_TO_RESOLVE_FORWARD_TO = (
        'error_unable_to_resolve_forward_to',
        'The host of forward_to is unknown to DNS.',
    )
    MODE_INVALID = 'error_mode_invalid', 'The mode is not voice or fax.'
