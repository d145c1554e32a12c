"""The service of a client that verifies a notification and then parses it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from ..exceptions import CredentialsMissing, InputInvalid, NotificationInvalid
from .frameworks import HEADER, LONGEST_BODY, TOO_LONG, AsyncRequest, read, read_awaited
from .kinds import IvrNotification, Notification, kind_of

if TYPE_CHECKING:
    from ..client import HoiioClient

__all__ = ['Notifications']


class Notifications:
    """Verify and parse notifications: ``Hoiio.notification``."""

    def __init__(self, client: HoiioClient) -> None:
        self._client = client

    def parse(
        self,
        body: bytes | str | None,
        signature: str | bytes | None,
        access_token: str | Iterable[str] | None = None,
        *,
        query: str | bytes = '',
    ) -> Notification:
        """Verify a notification, then parse it.

        Args:
            body: The raw body of the request, exactly as it was received.
            signature: The header ``X-Hoiio-Signature``.
            access_token: The access token of the application, or several of them while you
                change it. By default the token of the client.
            query: The query string of the request, for an older service that sends its fields
                there. The signature does not cover the query. So its fields never replace those
                in the body, and they decide the kind of the notification only if the body is
                empty. Their names are in ``unsigned``.

        Returns:
            A notification of the matching class.

        Raises:
            NotificationInvalid: The signature does not match the body, or the body is not a form,
                or is longer than 1 MB.
            CredentialsMissing: The access token is missing.
            InputInvalid: ``access_token`` is neither text nor several texts.

        Example:
            >>> body = b'txn_ref=AA-S-1&sms_status=delivered'
            >>> signature = '134d89fe636a64a4d74d6c7ecd0c1a4891d9250ebf9ae9f717527e9128770941'
            >>> notification = Hoiio.notification.parse(body, signature)
            >>> if isinstance(notification, SmsDelivery):
            ...     print(notification.txn_ref, notification.sms_status)
            AA-S-1 delivered

        Source: API, *Verifying notifications* and *Handling notifications*.
        """
        raw = _to_bytes(body)
        if not self._is_signed(raw, signature, access_token):
            raise NotificationInvalid(
                'the signature does not match the body: pass the raw body, and the token of the'
                ' application that made the request'
            )
        signed, unsigned = _parse_form(raw), _to_bytes(query or b'')
        fields = {**_parse_form(unsigned), **signed}
        notification = kind_of(signed or fields)(
            dict(fields),
            hashlib.sha256(raw or unsigned).hexdigest(),
            frozenset(fields.keys() - signed.keys()),
        )
        if isinstance(notification, IvrNotification):
            notification._ivr = self._client.ivr
        return notification

    def from_request(
        self, request: object, access_token: str | Iterable[str] | None = None
    ) -> Notification:
        """Verify and parse a request of a web framework.

        For Starlette, FastAPI, Quart and aiohttp, whose bodies you have to await, see
        `from_async_request`. For any other framework, see `parse`.

        Args:
            request: A request of Flask, Django, Django REST framework or Bottle, the environ of
                WSGI, or the event of AWS Lambda (from an API Gateway, a function URL or a load
                balancer). If you also read its form, do that afterwards, because it can use up
                the raw body. A view of Django needs ``@csrf_exempt``.
            access_token: As for `parse`.

        Returns:
            A notification of the matching class.

        Raises:
            NotificationInvalid: The signature does not match the body, or the body is not a form,
                was read before, is longer than 1 MB, or has an unknown length.
            CredentialsMissing: The access token is missing.
            InputInvalid: It is not a request of a supported framework.

        Example:
            >>> import flask
            >>> app = flask.Flask(__name__)
            >>> @app.post('/notify')
            ... def notify():
            ...     notification = Hoiio.notification.from_request(flask.request)
            ...     print(notification.txn_ref, notification.sms_status)
            ...     return ''
            >>> body = b'txn_ref=AA-S-1&sms_status=delivered'
            >>> signature = '134d89fe636a64a4d74d6c7ecd0c1a4891d9250ebf9ae9f717527e9128770941'
            >>> headers = {'X-Hoiio-Signature': signature}
            >>> app.test_client().post('/notify', data=body, headers=headers).status
            AA-S-1 delivered
            '200 OK'
        """
        body, signature = read(request)
        return self.parse(body, signature, access_token)

    async def from_async_request(
        self, request: AsyncRequest, access_token: str | Iterable[str] | None = None
    ) -> Notification:
        """Verify and parse a request of Starlette, FastAPI, Quart or aiohttp.

        Args:
            request: The request. If you also read its form, do that afterwards. You cannot read
                the form of a request without a Content-Length any more.
            access_token: As for `parse`.

        Returns:
            A notification of the matching class.

        Raises:
            NotificationInvalid: The signature does not match the body, or the body is not a form,
                was read before, or is longer than 1 MB.
            CredentialsMissing: The access token is missing.
            InputInvalid: It is not a request of a supported framework.

        Example:
            >>> import fastapi
            >>> app = fastapi.FastAPI()
            >>> @app.post('/notify')
            ... async def notify(request: fastapi.Request):
            ...     notification = await Hoiio.notification.from_async_request(request)
            ...     print(notification.txn_ref, notification.sms_status)
        """
        body, signature = await read_awaited(request)
        return self.parse(body, signature, access_token)

    def _is_signed(
        self, body: bytes, signature: object, access_token: str | Iterable[str] | None
    ) -> bool:
        # Not in parse itself, because an error report may show the variables of parse.
        given = signature.encode('utf-8', 'replace') if isinstance(signature, str) else signature
        if not isinstance(given, bytes) or not given:
            raise NotificationInvalid(f'the request has no signature: pass the header {HEADER}')
        tokens = _listed(self._client.access_token if access_token is None else access_token)
        if not all(isinstance(token, (str, bytes)) for token in tokens):
            raise InputInvalid('access_token must be a str or a list of str')
        if not tokens or not all(token.strip() for token in tokens):
            raise CredentialsMissing(
                'the access token to verify with is missing; pass access_token'
            )
        # Compare all tokens, so that the time does not show which one matches.
        given = given.strip().lower()
        return any([hmac.compare_digest(given, _sign(body, token.strip())) for token in tokens])  # noqa: C419


def _listed(tokens: Any) -> list[Any]:
    single = isinstance(tokens, (str, bytes)) or not isinstance(tokens, Iterable)
    return [tokens] if single else list(tokens)


def _to_bytes(body: object) -> bytes:
    if not isinstance(body, (bytes, bytearray, str)):
        raise NotificationInvalid('pass the raw body as the bytes or the text that you received')
    if len(body) > LONGEST_BODY:
        raise NotificationInvalid(TOO_LONG)
    return body.encode('utf-8', 'surrogatepass') if isinstance(body, str) else bytes(body)


def _sign(body: bytes, token: str | bytes) -> bytes:
    key = token.encode('utf-8', 'surrogatepass') if isinstance(token, str) else token
    return hmac.new(key, body, hashlib.sha256).hexdigest().encode()


def _parse_form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors='strict')
    except ValueError:
        pairs = None
    # Outside the handler, because its exception contains the body.
    if pairs is None:
        raise NotificationInvalid('the body is not a form in UTF-8')
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    return fields
