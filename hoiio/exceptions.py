"""What can go wrong, as a tree.

::

    HoiioException
    ├── InputInvalid            (also a ValueError)  refused before anything was sent
    │   ├── CredentialsMissing
    │   └── FaxFileUnreadable   (also an OSError)
    ├── TransportError          (also the requests exception it stands for)
    ├── ResponseUnreadable      Hoiio, or something in between, answered with no API response
    ├── NotificationInvalid     forged, altered, or no notification at all
    ├── FieldUnreadable         (also a ValueError)  one field of a response makes no sense
    └── ApiError                raised by Response.raise_for_status alone
        ├── CredentialsRefused
        ├── CreditInsufficient
        └── RateLimitExceeded

Every one of them pickles, and none of them holds a token, a phone number or a message text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .idempotency import is_idempotent, next_step

if TYPE_CHECKING:
    import requests

    from .constants import Status
    from .response import Response

__all__ = [
    'ApiError',
    'CredentialsMissing',
    'CredentialsRefused',
    'CreditInsufficient',
    'FaxFileUnreadable',
    'FieldUnreadable',
    'HoiioException',
    'InputInvalid',
    'NotificationInvalid',
    'RateLimitExceeded',
    'ResponseUnreadable',
    'TransportError',
]


class HoiioException(Exception):
    """The base of every error that the SDK raises.

    Attributes:
        outcome_unknown: True where a request that costs money or changes something may or may
            not have been carried out. Look before you send it again: `Sms.find`, `Voice.find`
            and `Fax.find` do, by its ``tag``.
    """

    outcome_unknown = False


class InputInvalid(HoiioException, ValueError):
    """An argument cannot be right; nothing was sent."""


class CredentialsMissing(InputInvalid):
    """No app id or no access token is known; nothing was sent."""


class FaxFileUnreadable(OSError, InputInvalid):
    """The file to fax cannot be read; nothing was sent.

    ``errno`` and ``filename`` are those of the system's own error, which is the cause.
    """


class TransportError(HoiioException):
    """No complete HTTP response arrived.

    What is raised is at the same time the exception of requests that it stands for, so
    ``except requests.ConnectTimeout`` catches a connect timeout, and ``__cause__`` is the
    original.

    Attributes:
        outcome_unknown: False if the request certainly never left or only asked for something.
            True otherwise, also on an error that was made anew from its message alone.
    """

    outcome_unknown = True

    # That of requests.JSONDecodeError wants what is not here.
    __reduce__ = Exception.__reduce__

    def __init__(self, message: str, *, outcome_unknown: bool = True) -> None:
        # Not super(): the exception of requests may want other arguments.
        Exception.__init__(self, message)
        self.outcome_unknown = outcome_unknown


class ResponseUnreadable(HoiioException):
    """The body of an HTTP response is no JSON object with a status.

    A proxy's error page looks like that, or a redirect, which is not followed because the access
    token would follow it.

    Attributes:
        response: The ``requests.Response`` as it came.
        outcome_unknown: False if the request only asked for something. True otherwise, also on an
            error that was made anew from its message alone.
    """

    outcome_unknown = True
    response: requests.Response

    def __init__(
        self,
        message: str,
        response: requests.Response | None = None,
        *,
        outcome_unknown: bool = True,
    ) -> None:
        super().__init__(message)
        if response is not None:
            self.response = response
        self.outcome_unknown = outcome_unknown


class NotificationInvalid(HoiioException):
    """What came to a ``notify_url`` is not signed by Hoiio, or is no notification."""


class FieldUnreadable(HoiioException, ValueError):
    """A field of a response does not have the form that the API promises.

    The other fields stay readable, and ``response.json`` has the field as it came.
    """


class ApiError(HoiioException):
    """Hoiio answered with an error status.

    Attributes:
        status: The status word, such as ``'error_insufficient_credit'``.
        response: The whole `Response`.
        outcome_unknown: False where Hoiio refused the request, or where it only asked for
            something. True where the answer to any other request does not say that: an internal
            error, an HTTP 5xx, a status that is not an ``error_…``. True also on an error that was
            made anew from its message alone.
    """

    outcome_unknown = True
    status: Status
    response: Response

    def __init__(self, message: str, response: Response | None = None) -> None:
        super().__init__(message)
        if response is not None:
            self.status = response.status
            self.response = response
            self.outcome_unknown = not is_idempotent(response.operation) and not _is_refusal(
                response
            )

    @classmethod
    def of(cls, response: Response) -> ApiError:
        """Make the error that fits the status of a response."""
        kind = _KINDS.get(response.status, cls)
        meaning = getattr(response.status, 'meaning', '')
        error = kind(f'{response.operation}: {response.status}. {meaning}'.rstrip(), response)
        if error.outcome_unknown:
            error.args = (f'{error}{next_step(response.operation, outcome_unknown=True)}',)
        return error


class CredentialsRefused(ApiError):
    """The app id or the access token is wrong, expired or revoked."""


class CreditInsufficient(ApiError):
    """The balance is too low for the request."""


class RateLimitExceeded(ApiError):
    """Too many requests of this kind in a minute; rates and the balance allow 60."""


def _is_refusal(response: Response) -> bool:
    return (
        response.response.status_code < 500  # noqa: PLR2004
        and response.status.startswith('error_')
        and response.status != 'error_internal_server_error'
    )


_KINDS: dict[str, type[ApiError]] = {
    'error_invalid_access_token': CredentialsRefused,
    'error_invalid_app_id': CredentialsRefused,
    'error_insufficient_credit': CreditInsufficient,
    'error_rate_limit_exceeded': RateLimitExceeded,
}
