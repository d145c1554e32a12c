"""The meaning of a response to a batch."""

from __future__ import annotations

from ..constants import Status
from ..response import Response
from .states import AttemptEvent

__all__ = ['explained', 'meaning_of']

_SERVER_ERROR = 500

# Hoiio looks at these before it does anything for any recipient.
_FORM = frozenset(
    {
        *(Status.INVALID_ACCESS_TOKEN, Status.INVALID_APP_ID),
        *(Status.INVALID_HTTP_METHOD, Status.MALFORMED_PARAMS),
        *(Status.SMS_REBRAND_NOT_ENABLED, Status.INVALID_SENDER_NAME),
        *(Status.INVALID_NOTIFY_URL, Status.UNABLE_TO_RESOLVE_NOTIFY_URL),
        Status.UNABLE_TO_COMPLETE_SSL_HANDSHAKE_NOTIFY_URL,
        *(Status.NOT_ALLOWED_FOR_TRIAL, Status.DEST_TOO_MANY),
        *(Status.MSG_EMPTY, Status.TAG_INVALID_LENGTH),
    }
)


def meaning_of(response: Response) -> AttemptEvent:
    """Return what a response means. Only a few responses prove that nothing was sent."""
    status = response.status
    if status == Status.SUCCESS_OK:
        return AttemptEvent.ACCEPTED
    if response.response.status_code >= _SERVER_ERROR:
        return AttemptEvent.UNCLEAR
    if status == Status.NO_VALID_DESTS:
        return AttemptEvent.NO_VALID_DESTS
    if status == Status.RATE_LIMIT_EXCEEDED:
        return AttemptEvent.RATE_LIMITED
    if status in _FORM or status.endswith('_param_missing'):
        return AttemptEvent.REFUSED
    return AttemptEvent.UNCLEAR


def explained(reason: str) -> str:
    """Return a reason without its full stop, and with the meaning if it is a status."""
    meaning = Status(reason).meaning.rstrip('.')
    return f'{reason} ({meaning})' if meaning else reason.rstrip('.')
