"""An account's credentials: where they come from, and how they stay out of sight."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

from .exceptions import CredentialsMissing, HoiioException, InputInvalid

__all__ = ['Credentials', 'as_text', 'environment', 'find_credentials']

# A name and a password before a host; and the words with which urllib3 quotes a part of a URL that
# it cannot read, which may be the URL of a proxy. Compiled when it is first used.
_USER_INFO = r'//\S*@|Failed to parse'


class Credentials:
    """An app id and its access token, both from one place.

    Error trackers show the variables of a traceback. They walk through mappings and sequences, and
    show the repr of anything else. So this class is neither, and its repr shows nothing.

    The constructor raises nothing, because the token is a variable of its frame.
    """

    __slots__ = ('_app_id', '_token')

    def __init__(self, app_id: object, access_token: object) -> None:
        self._app_id = as_text(app_id)
        self._token = as_text(access_token)

    @property
    def access_token(self) -> str:
        """The access token.

        Raises:
            CredentialsMissing: There is none.
        """
        return _required('access_token', self._token)

    def check(self) -> Credentials:
        """Return these credentials if each is text or missing.

        Raises:
            InputInvalid: One is something else.
        """
        for name, text in (('app_id', self._app_id), ('access_token', self._token)):
            if text is None:
                raise InputInvalid(f'{name} is not text that UTF-8 can write; pass a str')
        return self

    def added_to(self, form: Mapping[str, str]) -> dict[str, str]:
        """Return a form with the credentials.

        Raises:
            CredentialsMissing: One of the two is missing.
        """
        app_id = _required('app_id', self._app_id)
        return {**form, 'app_id': app_id, 'access_token': self.access_token}

    def hide_in(self, exc: BaseException, known: BaseException | None) -> None:
        """Take the secrets of a request out of the exception that ended it, and out of its causes.

        The frames of urllib3 and http.client have the form in their variables, so the tracebacks
        are removed. A text is removed if it quotes the token, as a server may do, or the password
        of a proxy.

        Args:
            exc: What was raised.
            known: The exception that the caller was handling already. It stays as it is.
        """
        seen, rest = {id(known)}, [exc]
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
        is_told = self._is_told_by(exc.args)
        if is_told:
            exc.args = ('hidden, because it quoted a secret',)
        for name, value in vars(exc).items():
            # Its attributes may be parts of its text, and its notes are a list.
            if isinstance(value, (str, bytes, list)) and (is_told or self._is_told_by(value)):
                vars(exc)[name] = [] if isinstance(value, list) else None

    def _is_told_by(self, said: object) -> bool:
        try:
            text = repr(said)
        except Exception:
            # Hide what cannot be searched; this exception must not replace the error.
            return True
        token = self._token or ''
        secrets = filter(None, (token, quote_plus(token)))
        return any(secret in text for secret in secrets) or bool(re.search(_USER_INFO, text))

    def __repr__(self) -> str:
        return '<credentials>'


def as_text(value: Any) -> str | None:
    """Return a credential as text, without white space or a byte order mark at its ends.

    None becomes empty text. What is not text becomes None, so that no traceback shows it.
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
    """Return a variable of the environment; None if it is not set.

    Raises:
        InputInvalid: It is set but empty, which is a mistake and does not mean the default.
    """
    value = os.environ.get(name)
    if value is not None and not value.strip():
        raise error(
            f'the environment variable {name} is set but empty: set it to a value or unset it'
        )
    return value


def find_credentials(own: Credentials | None, app_id: object, access_token: object) -> Credentials:
    """Find the credentials of a call: those given for it, or the client's, or the environment's.

    Raises:
        InputInvalid: One is something other than text.
        CredentialsMissing: A variable of the environment is set but empty.
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
            f"no {name}: call Hoiio.init('MY_APP_ID', 'MY_ACCESS_TOKEN'), or set the environment"
            f' variable {variable}, or make a HoiioClient of your own, or pass {name}= to the call;'
            ' an app_id and its access_token come from the same place'
        )
    return text
