"""The client: the credentials and the options of an account, and its services."""

from __future__ import annotations

import ipaddress
import logging
import os
import re
import sys
import time
import weakref
from collections.abc import Callable, Mapping
from functools import cache
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeVar

from . import __version__
from .credentials import Credentials, environment, find_credentials
from .exceptions import CredentialsMissing, InputInvalid
from .lazy_import import lazy_import
from .transport import Timeout, Transport, check_session

if TYPE_CHECKING:
    import requests
    from typing_extensions import Self

    from .notification import Notifications
    from .response import Response
    from .service.account import Account
    from .service.fax import Fax
    from .service.ivr import Ivr
    from .service.number import Number
    from .service.sms import Sms
    from .service.voice import Voice

__all__ = ['Hoiio', 'HoiioClient']

R = TypeVar('R', bound='Response')

logger = logging.getLogger('hoiio')

BASE_URL = 'https://secure.hoiio.com/open/'

# A connection that takes longer than 10 s is unlikely to succeed. Hoiio responds as soon as it
# accepts a request, and does not wait for the call to end. But first it fetches the audio of an IVR
# message and looks up the host of a notify_url, so a response may take a while.
TIMEOUT: Timeout = (10.0, 60.0)

MAX_RETRIES = 2

# A hundred entries of a history have about 40 KB. The limit is 400 times that, and keeps a server
# that pretends to be Hoiio from filling the memory.
MAX_RESPONSE_SIZE = 16 * 2**20

DAY = 24 * 60 * 60

USER_AGENT = f'hoiio-python/{__version__}'


class _Omitted:
    """The default of an option that you omit, because None resets an option."""

    def __repr__(self) -> str:
        return '<omitted>'


OMITTED: Any = _Omitted()


class _Settings(NamedTuple):
    """The settings of a client. A change replaces all of them at once.

    So a call in another thread uses either all old settings or all new ones.
    """

    transport: Transport
    credentials: Credentials | None = None
    session: requests.Session | None = None
    user_agent: str | None = None
    base_url: str | None = None
    timeout: Timeout = TIMEOUT
    max_retries: int = MAX_RETRIES
    max_response_size: int = MAX_RESPONSE_SIZE
    prefix: str | None = None


class _TokenMissing(CredentialsMissing, AttributeError):
    """An error that a property can raise: code that lists attributes expects ``AttributeError``."""


class _LazyService:
    """A service of a client, imported and made on first use, because few programs use all.

    This differs from ``functools.cached_property`` in two ways. On the class it returns the class
    of the service, which `unittest.mock.create_autospec` copies. And it has no lock that a fork
    could leave locked; a ``cached_property`` has one before Python 3.12.
    """

    def __init__(self, module: str, kind: str) -> None:
        self._module, self._kind = module, kind

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, client: HoiioClient | None, owner: type) -> Any:
        kind = getattr(lazy_import(self._module), self._kind)
        return kind if client is None else client.__dict__.setdefault(self._name, kind(client))


def _lazy(module: str, kind: str) -> Any:
    return _LazyService(module, kind)


class HoiioClient:
    """One account's access to Hoiio.

    ``hoiio.Hoiio`` is an instance that a whole application shares. For a second account, make
    another instance. Any number of threads can use a client at the same time. It also works in a
    child process after a fork.

    A client without credentials of its own reads the environment variables ``HOIIO_APP_ID`` and
    ``HOIIO_ACCESS_TOKEN``. A client without a base URL of its own reads ``HOIIO_BASE_URL``. The
    client reads them at every call, and refuses a variable that is set but empty.

    Args:
        app_id: The application's ID, from the developer portal. The client removes white space
            at its ends.
        access_token: The application's secret. The two are a pair: pass both or neither.
        base_url: The address of the API. With plain ``http://``, the access token is not
            encrypted. So the client accepts it only for this machine, and for the hosts in the
            environment variable ``HOIIO_ALLOW_HTTP``.
        timeout: Seconds to connect, and seconds to wait for the next piece of the response, as a
            pair, or one number for both; each at most a day; by default 10 and 60. A third number
            limits the whole call with its retries, by default to 10 minutes.
        max_retries: How many times the client repeats a request that is safe to repeat: a request
            that never left, or a query after a dropped connection, a timeout or an HTTP 5xx. By
            default 2.
        max_response_size: How many bytes a response may have after decompression; by default 16 MB.
        prefix: A country prefix such as ``'65'``, which completes phone numbers without ``+``.
        session: A ``requests.Session`` to use, for its proxies, adapters, hooks or certificates.
        user_agent: A name for the application, such as ``'myapp/2.1'``. The client adds it to the
            name of the SDK in the ``User-Agent`` header.

    Raises:
        InputInvalid: An option is not valid.

    Example:
        >>> client = HoiioClient('MY_APP_ID', 'MY_ACCESS_TOKEN', prefix='65')
        >>> client.sms.send('Hoiio World', '91234567').is_success()
        True

    Source: guide, *Setting Up* and *Phone Number Format*.
    """

    voice: Voice = _lazy('hoiio.service.voice', 'Voice')
    """Calls and conferences."""
    sms: Sms = _lazy('hoiio.service.sms', 'Sms')
    """SMS, to one recipient or to many."""
    ivr: Ivr = _lazy('hoiio.service.ivr', 'Ivr')
    """Phone calls that your application controls, one block after another."""
    fax: Fax = _lazy('hoiio.service.fax', 'Fax')
    """Faxes."""
    number: Number = _lazy('hoiio.service.number', 'Number')
    """Phone numbers that you rent."""
    account: Account = _lazy('hoiio.service.account', 'Account')
    """The account and its credit."""
    notification: Notifications = _lazy('hoiio.notification', 'Notifications')
    """The notifications that Hoiio posts to a ``notify_url``."""

    @property
    def user(self) -> Account:
        """The same as `account`; the guide has this name."""
        return self.account

    def __init__(
        self,
        app_id: str | None = None,
        access_token: str | None = None,
        *,
        base_url: str | None = None,
        timeout: Timeout | None = None,
        max_retries: int | None = None,
        max_response_size: int | None = None,
        prefix: str | None = None,
        session: requests.Session | None = None,
        user_agent: str | None = None,
    ) -> None:
        credentials = _pair(app_id, access_token)
        # A traceback with variables would show the token.
        del access_token
        self._lock = Lock()
        self._settings = _Settings(transport=Transport(None, USER_AGENT))
        _living.add(self)
        self._change(
            credentials=credentials,
            base_url=base_url,
            timeout=timeout,
            max_retries=max_retries,
            max_response_size=max_response_size,
            prefix=prefix,
            session=session,
            user_agent=user_agent,
        )

    def init(
        self,
        app_id: str | None = OMITTED,
        access_token: str | None = OMITTED,
        *,
        base_url: str | None = OMITTED,
        timeout: Timeout | None = OMITTED,
        max_retries: int | None = OMITTED,
        max_response_size: int | None = OMITTED,
        prefix: str | None = OMITTED,
        session: requests.Session | None = OMITTED,
        user_agent: str | None = OMITTED,
    ) -> None:
        """Set the credentials and the options. Call this once, before the first request.

        The options are those of `HoiioClient`, which describes each of them. Options you omit keep
        their values. None resets an option to its default.

        Args:
            app_id: The application's ID, from the developer portal.
            access_token: The application's secret. The two are a pair: pass both or neither. If
                you pass only one, the next call raises `CredentialsMissing`. None for both makes
                the client read the environment again.
            base_url: The address of the API.
            timeout: Seconds to connect and to wait for the next piece of the response, as a pair
                or one number for both; a third number limits the whole call.
            max_retries: How many times the client repeats a request that is safe to repeat.
            max_response_size: How many bytes a response may have.
            prefix: A country prefix, which completes phone numbers without ``+``.
            session: A ``requests.Session`` to use.
            user_agent: A name for the application, for the ``User-Agent`` header.

        Raises:
            InputInvalid: An option is not valid; nothing has changed.

        Example:
            >>> Hoiio.init('MY_APP_ID', 'MY_ACCESS_TOKEN', timeout=30)

        Source: guide, *Setting Up*.
        """
        credentials = _pair(app_id, access_token)
        # A traceback with variables would show the token.
        del access_token
        self._change(
            credentials=credentials,
            base_url=base_url,
            timeout=timeout,
            max_retries=max_retries,
            max_response_size=max_response_size,
            prefix=prefix,
            session=session,
            user_agent=user_agent,
        )

    def _change(self, **values: Any) -> None:
        given = {
            name: _Settings._field_defaults[name] if value is None else _CHECKS[name](value)
            for name, value in values.items()
            if value is not OMITTED
        }
        with self._lock:
            new = self._settings._replace(**given)
            if (new.session, new.user_agent) != (self._settings.session, self._settings.user_agent):
                agent = ' '.join(filter(None, (USER_AGENT, new.user_agent)))
                new = new._replace(transport=Transport(new.session, agent))
            self._settings = new

    @property
    def access_token(self) -> str:
        """The access token of the client or of the environment, to verify signatures with.

        Raises:
            CredentialsMissing: The access token is missing. This error is also an
                ``AttributeError``, so ``hasattr`` returns False.
        """
        try:
            return find_credentials(self._settings.credentials, None, None).access_token
        except InputInvalid as exc:
            raise _TokenMissing(*exc.args) from None

    @property
    def prefix(self) -> str | None:
        """The country prefix of phone numbers without ``+``; None leaves them as they are.

        Example:
            >>> Hoiio.prefix = '+65'
            >>> Hoiio.prefix
            '65'
        """
        return self._settings.prefix

    @prefix.setter
    def prefix(self, value: str | None) -> None:
        self._change(prefix=value)

    if not TYPE_CHECKING:
        # Hidden from the type checker, so that it reports an assignment to an unknown attribute.
        def __setattr__(self, name, value):
            # Python would store a new attribute that no call reads. With a base_url, a request for
            # a sandbox would reach the real service.
            if name in _SET_BY_INIT:
                # A traceback with variables would show the token.
                del value
                raise AttributeError(
                    f'you cannot assign {name}; pass it to Hoiio.init or HoiioClient'
                )
            super().__setattr__(name, value)

    def request(
        self,
        operation: str,
        kind: type[R],
        params: Mapping[str, Any],
        *,
        app_id: str | None = None,
        access_token: str | None = None,
        timeout: Timeout | None = None,
    ) -> R:
        """Make a request by the name of its operation.

        Every method of the services calls this method. Call it yourself for an operation that
        Hoiio added after this version.

        Args:
            operation: The path below the base URL, such as ``'sms/send'``. The client repeats it
                as a query only if its name starts with ``get_`` or ``query_``.
            kind: The class of the result, such as `Response`.
            params: The parameters without ``app_id`` and ``access_token``. A parameter that is None
                is not sent.
            app_id: Another app id, for this request. Pass its access token too.
            access_token: Another access token, for this request.
            timeout: Another timeout, for this request.

        Returns:
            The response, even if its status is an error.

        Raises:
            InputInvalid: An argument is not valid; nothing was sent.
            CredentialsMissing: The app id or the access token is missing; nothing was sent.
            TransportError: No complete response arrived; see its ``outcome_unknown``.
            ResponseUnreadable: The response is not one of the API.

        Example:
            >>> res = Hoiio.request('sms/get_rate', Response, {'dest': '+6591234567'})
            >>> res.json['currency']
            'SGD'
        """
        settings, handled = self._settings, sys.exc_info()[1]
        # Loaded already, unless the kind is not a result at all.
        from .fields import to_form  # noqa: PLC0415
        from .response import check_kind  # noqa: PLC0415

        check_kind(kind)
        _check_operation(operation)
        if not isinstance(params, Mapping):
            raise InputInvalid('params must be a mapping of names to values')
        # The client's own would replace them, and so another account would pay.
        if not params.keys().isdisjoint({'app_id', 'access_token'}):
            raise InputInvalid(
                'app_id and access_token are not parameters of an operation; pass both as keywords'
                ' of the call'
            )
        credentials = find_credentials(settings.credentials, app_id, access_token)
        started, outcome = time.perf_counter(), ''
        try:
            # Do not assign the form to a variable: a traceback would show it.
            response = settings.transport.post(
                check_base_url(_given_base_url(settings)) + operation,
                operation,
                credentials.added_to(to_form(params, settings.prefix)),
                lambda raw: kind(raw, operation),
                timeout=settings.timeout if timeout is None else check_timeout(timeout),
                max_retries=settings.max_retries,
                max_response_size=settings.max_response_size,
            )
            outcome = response.json['status']
        except BaseException as exc:
            outcome = type(exc).__name__
            credentials.hide_in(exc, handled)
            # Before Python 3.11, a bare raise would restore the frames.
            raise exc  # noqa: TRY201
        finally:
            elapsed = (time.perf_counter() - started) * 1000
            logger.debug('%s %s %.0f ms', operation, outcome, elapsed)
        return response

    def close(self) -> None:
        """Close the open connections. A later call opens new ones.

        Example:
            >>> Hoiio.close()
        """
        self._settings.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        try:
            place = check_base_url(_given_base_url(self._settings))
        except InputInvalid:
            place = 'with a base URL that is not valid'
        return f'<{type(self).__name__} {place}>'

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            'a client has credentials and connections, so you cannot pickle or copy it or its'
            ' methods: use hoiio.Hoiio, or make a HoiioClient in the code that needs it'
        )

    def _pinned(self) -> Self:
        """Return a copy of this client that `init` and the environment cannot change later."""
        pinned = object.__new__(type(self))
        pinned.__dict__.update(self.__dict__)
        settings = pinned._settings
        pinned._settings = settings._replace(
            credentials=find_credentials(settings.credentials, None, None),
            base_url=_given_base_url(settings),
        )
        _living.add(pinned)
        return pinned

    def _account(self) -> tuple[str, str]:
        """Return the app id and the base URL, which say who pays."""
        settings = self._settings
        credentials = find_credentials(settings.credentials, None, None)
        return credentials.app_id, check_base_url(_given_base_url(settings))

    def _after_fork(self) -> None:
        # A thread that the child does not have may have locked this.
        self._lock = Lock()
        self._settings.transport.renew_connections()


def _pair(app_id: object, access_token: object) -> Any:
    """Return credentials; None if both are None, and OMITTED if both are omitted."""
    for absent in (OMITTED, None):
        if app_id is access_token is absent:
            return absent
    given = (None if value is OMITTED else value for value in (app_id, access_token))
    return Credentials(*given)


def _check_operation(operation: str) -> None:
    if not isinstance(operation, str) or not _is_path(operation):
        raise InputInvalid("operation must be a path below the base URL, such as 'sms/send'")


@cache
def _is_path(text: str) -> bool:
    return re.fullmatch(r'(?a)[\w-]+(/[\w-]+)*', text) is not None


def _given_base_url(settings: _Settings) -> str:
    return settings.base_url or environment('HOIIO_BASE_URL') or BASE_URL


# Parsers disagree about a user name, a backslash or a space in a URL. So the client refuses these,
# because the host that it checks might not be the host that requests connects to.
_PLAIN_URL = r'(?a)(?P<scheme>https?)://(?P<host>[\w.-]+|\[[\da-fA-F:.]+\])(:\d+)?(/[\w.~/-]*)?'


def check_base_url(url: str) -> str:
    """Return a base URL with a slash at its end, if it is safe to send the token there.

    Raises:
        InputInvalid: It is not a plain http or https URL. Or it is an http URL of another machine,
            which ``HOIIO_ALLOW_HTTP`` does not name.
    """
    match = _match_url(url) if isinstance(url, str) else None
    if match is None:
        raise InputInvalid('base_url must be a plain URL, such as https://secure.hoiio.com/open/')
    if match['scheme'] == 'http' and not _is_allowed(match['host'].strip('[]').lower()):
        raise InputInvalid(
            'base_url is http:// to another machine, so the access token would not be encrypted;'
            ' use https://, or name the host in HOIIO_ALLOW_HTTP'
        )
    return match[0].rstrip('/') + '/'


@cache
def _match_url(url: str) -> re.Match[str] | None:
    return re.fullmatch(_PLAIN_URL, url)


def _is_allowed(host: str) -> bool:
    if _is_loopback(host):
        return True
    allowed = environment('HOIIO_ALLOW_HTTP') or ''
    return host in [name.strip().lower() for name in allowed.split(',')]


@cache
def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == 'localhost'


def check_timeout(timeout: Timeout) -> Timeout:
    """Return a timeout if requests can use it.

    Raises:
        InputInvalid: It is not a positive number of seconds, at most a day, or a tuple of two
            or three.
    """
    seconds = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    if len(seconds) not in {2, 3} or not all(map(_is_seconds, seconds)):
        raise InputInvalid(
            'timeout must be a positive number of seconds, at most a day, or a tuple of them:'
            ' (connect, read) or (connect, read, total)'
        )
    return timeout


def _is_seconds(seconds: object) -> bool:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return False
    return 0 < seconds <= DAY


def check_max_retries(count: int) -> int:
    """Return a number of retries if it is valid.

    Raises:
        InputInvalid: It is negative or not a whole number.
    """
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise InputInvalid('max_retries must be a whole number of 0 or more')
    return count


def check_max_response_size(size: int) -> int:
    """Return a number of bytes if it is valid.

    Raises:
        InputInvalid: It is not a positive whole number.
    """
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise InputInvalid('max_response_size must be a whole number of bytes, 1 or more')
    return size


def check_user_agent(name: str) -> str:
    """Return a name for the User-Agent header if it is valid.

    Raises:
        InputInvalid: It does not consist of printable ASCII characters.
    """
    if not isinstance(name, str) or not re.fullmatch(r'[ -~]+', name):
        raise InputInvalid('user_agent must consist of printable ASCII characters')
    return name


def _digits(prefix: str | int) -> str:
    digits = str(prefix).removeprefix('+')
    if not re.fullmatch('[1-9][0-9]*', digits):
        raise InputInvalid("prefix must be a country prefix, such as '65'")
    return digits


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    'credentials': Credentials.check,
    'base_url': check_base_url,
    'timeout': check_timeout,
    'max_retries': check_max_retries,
    'max_response_size': check_max_response_size,
    'prefix': _digits,
    'session': check_session,
    'user_agent': check_user_agent,
}


# What `HoiioClient.init` changes and an assignment does not.
_SET_BY_INIT = {'app_id', 'access_token', *_CHECKS} - {'credentials', 'prefix'}


_living: weakref.WeakSet[HoiioClient] = weakref.WeakSet()


def _after_fork() -> None:
    for client in list(_living):
        client._after_fork()


if hasattr(os, 'register_at_fork'):  # pragma: no branch - Windows does not fork
    os.register_at_fork(after_in_child=_after_fork)


#: The client that a whole application shares.
Hoiio = HoiioClient()
