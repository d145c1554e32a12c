"""The exceptions of the SDK, as a tree.

::

    HoiioException
    ├── InputInvalid            (also a ValueError)  invalid input; nothing was sent
    │   ├── CredentialsMissing
    │   └── FaxFileUnreadable   (also an OSError)
    ├── TransportError          (also an exception of requests) no complete response
    ├── ResponseUnreadable      the response is not one of the API
    ├── NotificationInvalid     forged, altered, or not a notification
    ├── FieldUnreadable         (also a ValueError)  a field of a response is malformed
    └── ApiError                raised only by Response.raise_for_status
        ├── CredentialsRefused
        ├── CreditInsufficient
        └── RateLimitExceeded

You can pickle all of them. No message contains a token, a phone number or a message text.
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
        outcome_unknown: True if the request costs money or changes something, and Hoiio may have
            carried it out. Before you send it again, look for its ``tag`` with `Sms.find`,
            `Voice.find` or `Fax.find`.
    """

    outcome_unknown = False


class InputInvalid(HoiioException, ValueError):
    """An argument is not valid; nothing was sent."""


class CredentialsMissing(InputInvalid):
    """The app id or the access token is missing; nothing was sent."""


class FaxFileUnreadable(OSError, InputInvalid):
    """The file to fax cannot be read; nothing was sent.

    ``errno`` and ``filename`` are those of the error of the operating system, which is the cause.
    """


class TransportError(HoiioException):
    """No complete HTTP response arrived.

    Each error is also the matching exception of requests, so ``except requests.ConnectTimeout``
    catches a connect timeout. Its ``__cause__`` is the original exception.

    Attributes:
        outcome_unknown: False if the request certainly never left, or if it is a query. True
            otherwise. Also True if you create the error yourself and only pass a message.
    """

    outcome_unknown = True

    # requests.JSONDecodeError has its own __reduce__, which needs attributes that this class lacks.
    __reduce__ = Exception.__reduce__

    def __init__(self, message: str, *, outcome_unknown: bool = True) -> None:
        # Not super(), because an exception of requests may need other arguments.
        Exception.__init__(self, message)
        self.outcome_unknown = outcome_unknown


class ResponseUnreadable(HoiioException):
    """The body of an HTTP response is not a JSON object with a status.

    It may be the error page of a proxy, or a redirect. The SDK does not follow redirects, because
    they would take the access token to another address.

    Attributes:
        response: The ``requests.Response``.
        outcome_unknown: False if the request is a query. True otherwise. Also True if you create
            the error yourself and only pass a message.
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
    """A request to a ``notify_url`` does not have Hoiio's signature, or is not a notification."""


class FieldUnreadable(HoiioException, ValueError):
    """A field of a response does not have the form that the API promises.

    You can still read the other fields. ``response.json`` has the original value of this one.
    """


class ApiError(HoiioException):
    """Hoiio answered with an error status.

    Attributes:
        status: The status, such as ``'error_insufficient_credit'``.
        response: The whole `Response`.
        outcome_unknown: False if Hoiio refused the request, or if the request is a query. True if
            Hoiio may have carried out the request: after an internal error, an HTTP 5xx, or a
            status that does not start with ``error_``. Also True if you create the error yourself
            and only pass a message.
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
        """Return the error for the status of a response."""
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
    """Too many requests of this kind in a minute. Queries of rates and of the balance allow 60."""


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
