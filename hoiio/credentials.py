"""The credentials of an account: where they come from, and how they stay secret."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

from .exceptions import CredentialsMissing, HoiioException, InputInvalid

__all__ = ['Credentials', 'as_text', 'environment', 'find_credentials']

# Matches a name and a password before a host. Also matches the message in which urllib3 quotes a
# part of a URL that it cannot parse, which may be the URL of a proxy. Compiled on first use.
_USER_INFO = r'//\S*@|Failed to parse'


class Credentials:
    """An app id and its access token, both from the same source.

    Error trackers show the variables of a traceback. They show the items of mappings and sequences,
    and the repr of other objects. This class is neither, and its repr shows nothing.

    The constructor never raises, because a traceback would show the token in its frame.
    """

    __slots__ = ('_app_id', '_token')

    def __init__(self, app_id: object, access_token: object) -> None:
        self._app_id = as_text(app_id)
        self._token = as_text(access_token)

    @property
    def app_id(self) -> str:
        """The app id.

        Raises:
            CredentialsMissing: It is missing.
        """
        return _required('app_id', self._app_id)

    @property
    def access_token(self) -> str:
        """The access token.

        Raises:
            CredentialsMissing: The access token is missing.
        """
        return _required('access_token', self._token)

    def check(self) -> Credentials:
        """Return these credentials if each of the two is text or missing.

        Raises:
            InputInvalid: One of the two is something else.
        """
        for name, text in (('app_id', self._app_id), ('access_token', self._token)):
            if text is None:
                raise InputInvalid(f'{name} is not text that UTF-8 can encode; pass a str')
        return self

    def added_to(self, form: Mapping[str, str]) -> dict[str, str]:
        """Return a form with the credentials.

        Raises:
            CredentialsMissing: One of the two is missing.
        """
        return {**form, 'app_id': self.app_id, 'access_token': self.access_token}

    def hide_in(self, exc: BaseException, handled: BaseException | None) -> None:
        """Remove the secrets of a request from an exception and from its causes.

        This removes the tracebacks, because the frames of urllib3 and http.client have the form in
        their variables. It removes a text that quotes the token, which a server may send back, or
        the password of a proxy.

        Args:
            exc: The exception that ended the request.
            handled: The exception that the caller was handling already. It does not change.
        """
        seen, rest = {id(handled)}, [exc]
        while rest:
            each = rest.pop()
            if id(each) not in seen:
                seen.add(id(each))
                each.__traceback__ = None
                if not isinstance(each, HoiioException):
                    self._hide_text(each)
                rest += filter(None, (each.__cause__, each.__context__))
                rest += getattr(each, 'exceptions', ())

    def _hide_text(self, exc: BaseException) -> None:
        quotes_secret = self._quotes_secret(exc.args)
        if quotes_secret:
            exc.args = ('hidden, because it quoted a secret',)
        for name, value in vars(exc).items():
            # An attribute may be a part of the text. The notes of an exception are a list.
            is_text = isinstance(value, (str, bytes, list))
            if is_text and (quotes_secret or self._quotes_secret(value)):
                vars(exc)[name] = [] if isinstance(value, list) else None

    def _quotes_secret(self, text_or_parts: object) -> bool:
        try:
            text = repr(text_or_parts)
        except Exception:
            # Hide text that cannot be searched. This exception must not replace the error.
            return True
        token = self._token or ''
        secrets = filter(None, (token, quote_plus(token)))
        return any(secret in text for secret in secrets) or bool(re.search(_USER_INFO, text))

    def __repr__(self) -> str:
        return '<credentials>'


def as_text(value: Any) -> str | None:
    """Return a credential as text, without white space or a byte order mark at its ends.

    None becomes empty text. Anything that is not text becomes None, so that no traceback shows it.
    """
    if value is None:
        return ''
    try:
        text = value.decode() if isinstance(value, bytes) else value
        stripped = str.strip(text).strip('\ufeff').strip()
        stripped.encode()
    except (TypeError, UnicodeError):
        return None
    return stripped


def environment(name: str, error: type[InputInvalid] = InputInvalid) -> str | None:
    """Return an environment variable without white space at its ends; None if it is not set.

    The lines of a file of variables may end with CRLF, and some tools keep the CR.

    Raises:
        InputInvalid: The variable is set but empty. That is a mistake and does not mean the
            default.
    """
    value = os.environ.get(name)
    if value is None:
        return None
    if not value.strip():
        raise error(
            f'the environment variable {name} is set but empty: set it to a value or unset it'
        )
    return value.strip()


def find_credentials(own: Credentials | None, app_id: object, access_token: object) -> Credentials:
    """Return the credentials of the call, or else of the client, or else of the environment.

    Raises:
        InputInvalid: One of the two is not text.
        CredentialsMissing: An environment variable is set but empty.
    """
    if app_id is not None or access_token is not None:
        own = Credentials(app_id, access_token)
    elif own is None:
        own = Credentials(
            environment('HOIIO_APP_ID', CredentialsMissing),
            environment('HOIIO_ACCESS_TOKEN', CredentialsMissing),
        )
    return own.check()


def _required(name: str, text: str | None) -> str:
    if not text:
        variable = f'HOIIO_{name.upper()}'
        raise CredentialsMissing(
            f"{name} is missing: call Hoiio.init('MY_APP_ID', 'MY_ACCESS_TOKEN'), or set the"
            f' environment variable {variable}, or make a HoiioClient of your own, or pass {name}='
            ' to the call; give the app_id and the access_token in the same way'
        )
    return text
