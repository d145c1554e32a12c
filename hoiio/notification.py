"""What Hoiio posts to a ``notify_url``: verified, then parsed.

A notification is a form, signed with the access token. ``Hoiio.notification.parse`` checks the
signature and returns an object of the class that fits, its fields converted as in a response::

    Notification
    ├── CallEnded                   a call-back is over
    ├── ParticipantLeft             somebody has left a conference
    ├── SmsDelivery                 how far an SMS has come
    ├── BulkSmsTransaction          what became of one recipient of a bulk SMS
    ├── IncomingSms
    ├── FaxSent
    ├── FaxReceived
    └── IvrNotification             has a session, and a `Call` to act on
        ├── IncomingCall
        ├── Dialled
        ├── Played
        ├── Gathered
        ├── Recorded
        ├── Monitored
        ├── Unheld
        ├── Transferred
        ├── HungUp
        └── CallRecording           the recording of a monitored call is ready

What fits none of these is a plain `Notification`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import wraps
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec, Protocol, TypeVar
from urllib.parse import parse_qsl

from .constants import CallState, CallStatus, FaxStatus, SmsStatus, Status
from .exceptions import CredentialsMissing, NotificationInvalid
from .response import Entry, Field
from .service.ivr import Ivr

if TYPE_CHECKING:
    from .client import HoiioClient

__all__ = [
    'AsyncRequest',
    'BulkSmsTransaction',
    'Call',
    'CallEnded',
    'CallRecording',
    'Dialled',
    'FaxReceived',
    'FaxSent',
    'Gathered',
    'Handled',
    'HungUp',
    'IncomingCall',
    'IncomingSms',
    'IvrNotification',
    'Monitored',
    'Notification',
    'Notifications',
    'ParticipantLeft',
    'Played',
    'Recorded',
    'SmsDelivery',
    'Store',
    'Transferred',
    'Unheld',
]

P = ParamSpec('P')
R = TypeVar('R')

HEADER = 'X-Hoiio-Signature'


class Notification(Entry):
    """What Hoiio reports; also a kind that this version does not know.

    The query parameters that you put into the ``notify_url`` are attributes like the fields of
    Hoiio's own.

    Attributes:
        txn_ref: The transaction.
        tag: Your own tag, left out if there was none.
        digest: Tells this notification from others; a repeated one has the same.
        unsigned: The names of the fields that came in the query, which no signature covers.
    """

    txn_ref: str
    tag: str

    def __init__(
        self, json: dict[str, Any], digest: str = '', unsigned: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(json)
        self.digest = digest
        self.unsigned = unsigned


class CallEnded(Notification):
    """A call-back is over.

    Attributes:
        dest1: The number called first.
        dest2: The number called second.
        call_status_dest1: How the call to ``dest1`` went.
        call_status_dest2: How the call to ``dest2`` went.
        date: When, in GMT+8.
        duration: In minutes; 0 if the two were never joined.
        currency: The currency of the amounts.
        rate: The price of a minute.
        debit: What was charged.
    """

    dest1: str
    dest2: str
    call_status_dest1: CallStatus
    call_status_dest2: CallStatus
    date: datetime
    duration: int
    currency: str
    rate: float
    debit: float


class ParticipantLeft(CallEnded):
    """Somebody has left a conference: the fields of `CallEnded`, without a ``dest2``.

    Attributes:
        room: The room, where Hoiio tells it.
    """

    room: str


class SmsDelivery(Notification):
    """How far an SMS has come.

    Attributes:
        sms_status: How far; several notifications may follow each other.
        dest: The recipient.
        date: When, in GMT+8.
        split_count: How many parts it took.
        currency: The currency of the amounts.
        rate: The price of a part.
        debit: What was charged.
    """

    sms_status: SmsStatus
    dest: str
    date: datetime
    split_count: int
    currency: str
    rate: float
    debit: float


class BulkSmsTransaction(Notification):
    """What became of one recipient of a bulk SMS; its delivery is reported by itself.

    Attributes:
        status: ``'success_ok'``, or why there is no SMS for this recipient.
        bulk_txn_ref: The transaction of the batch.
        dest: The recipient.
    """

    status: Status
    bulk_txn_ref: str
    dest: str


class IncomingSms(Notification):
    """Somebody has texted a number of yours.

    Attributes:
        msg: The text; one of more than 160 characters comes in several notifications.
        from_: Who wrote; also ``getattr(notification, 'from')``.
        to: Your number.
        date: When, in GMT+8.
        currency: The currency of the debit.
        debit: What was charged.
    """

    msg: str
    from_: Annotated[str, Field(alias='from')]
    to: str
    date: datetime
    currency: str
    debit: float


class FaxSent(Notification):
    """A fax of yours is over.

    Attributes:
        fax_status: How it went; ``'answered'`` is a fax that went through.
        fax_error_code: Why it did not.
        dest: The recipient.
        date: When, in GMT+8.
        duration: In minutes.
        fax_pages: How many pages it has.
        fax_url: Where to download it.
        currency: The currency of the amounts.
        rate: The price of a minute.
        debit: What was charged.
    """

    fax_status: FaxStatus
    fax_error_code: str
    dest: str
    date: datetime
    duration: int
    fax_pages: int
    fax_url: str
    currency: str
    rate: float
    debit: float


class FaxReceived(Notification):
    """A fax to a number of yours is over.

    Attributes:
        fax_status: ``'answered'`` or ``'failed'``.
        fax_error_code: Why it failed.
        from_: Who sent it.
        to: Your number.
        fax_url: Where to download it, for a while.
        date: When, in GMT+8.
        duration: In minutes.
        currency: The currency of the debit.
        debit: What was charged.
    """

    fax_status: FaxStatus
    fax_error_code: str
    from_: Annotated[str, Field(alias='from')]
    to: str
    fax_url: str
    date: datetime
    duration: int
    currency: str
    debit: float


class IvrNotification(Notification):
    """A block of an IVR call is done, or the call is over.

    Attributes:
        session: The call.
        call_state: ``'ongoing'`` where the next block may follow, ``'ended'`` at the end.
        ivr_block: Which block it was; the older service leaves it out.
        from_: Who called, for an incoming call.
        to: Your number, for an incoming call.
        dest: Who was called, for an outgoing call.
        date: When; this and what follows come at the end of the call.
        duration: In minutes.
        currency: The currency of the amounts.
        rate: The price of a minute.
        debit: What was charged.
    """

    session: str
    call_state: CallState
    ivr_block: str
    from_: Annotated[str, Field(alias='from')]
    to: str
    dest: str
    date: datetime
    duration: int
    currency: str
    rate: float
    debit: float

    _ivr: Ivr

    @property
    def call(self) -> Call:
        """The call, to act on."""
        return Call(self._ivr, self.session)

    def is_over(self) -> bool:
        """Tell whether the call has ended, so that no block can follow."""
        return self.call_state == CallState.ENDED

    def __getstate__(self) -> dict[str, Any]:
        # How to act is bound to a client, whose credentials have no place in a pickle.
        return {name: value for name, value in self.__dict__.items() if name != '_ivr'}


class IncomingCall(IvrNotification):
    """A number of yours is called: any block but a hangup answers."""


class Dialled(IvrNotification):
    """The phone that was dialled has answered, and heard the message, or has not.

    Attributes:
        dial_status: How the call went.
    """

    dial_status: CallStatus


class Played(IvrNotification):
    """A message was played."""


class Gathered(IvrNotification):
    """Keys were gathered.

    Attributes:
        digits: What was pressed, leading zeros kept, ``''`` if nothing was.
    """

    digits: str


class Recorded(IvrNotification):
    """A voice message was recorded.

    Attributes:
        record_url: Where to download it, an MP3; left out if nothing was recorded.
    """

    record_url: str


class Monitored(IvrNotification):
    """From here on the conversation is recorded."""


class Unheld(IvrNotification):
    """The call is no longer on hold."""


class Transferred(IvrNotification):
    """A transfer is over, or has failed.

    Attributes:
        transfer_status: How the call to the other phone went.
    """

    transfer_status: CallStatus


class HungUp(IvrNotification):
    """The call was hung up."""


class CallRecording(IvrNotification):
    """The recording of a monitored call is ready.

    Attributes:
        monitor_url: Where to download it, an MP3.
    """

    monitor_url: str


_BLOCKS: Mapping[str, type[IvrNotification]] = {
    'answer': IncomingCall,
    'dial': Dialled,
    'play': Played,
    'gather': Gathered,
    'record': Recorded,
    'monitor': Monitored,
    'unhold': Unheld,
    'transfer': Transferred,
    'hangup': HungUp,
}
# What tells the blocks apart where no ivr_block does, as in 2012.
_MARKS: Mapping[str, type[IvrNotification]] = {
    'dial_status': Dialled,
    'digits': Gathered,
    'record_url': Recorded,
    'transfer_status': Transferred,
}


def _kind_of(fields: Mapping[str, str]) -> type[Notification]:
    if 'session' in fields:
        return _ivr_kind_of(fields)
    if 'fax_status' in fields:
        return FaxReceived if 'from' in fields else FaxSent
    if 'call_status_dest1' in fields:
        return CallEnded if 'dest2' in fields else ParticipantLeft
    if 'sms_status' in fields:
        return SmsDelivery
    if 'bulk_txn_ref' in fields:
        return BulkSmsTransaction
    return IncomingSms if {'msg', 'from', 'to'} <= fields.keys() else Notification


def _ivr_kind_of(fields: Mapping[str, str]) -> type[IvrNotification]:
    if 'monitor_url' in fields:
        return CallRecording
    if 'ivr_block' in fields:
        return _BLOCKS.get(fields['ivr_block'], IvrNotification)
    if fields.get('call_state') == CallState.RINGING:
        return IncomingCall
    return next((kind for mark, kind in _MARKS.items() if mark in fields), IvrNotification)


def _of_session(
    method: Callable[Concatenate[Ivr, str, P], R],
) -> Callable[Concatenate[Call, P], R]:
    @wraps(method)
    def bound(self: Call, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return method(self._ivr, self.session, *args, **kwargs)

    return bound


class Call:
    """An IVR call that is going on: the blocks of `Ivr`, without the session.

    Attributes:
        session: What the blocks refer to.

    Example:
        >>> if isinstance(notification, IncomingCall):
        ...     notification.call.gather(msg='Press 1.', max_digits=1, notify_url=url)
    """

    def __init__(self, ivr: Ivr, session: str) -> None:
        self._ivr = ivr
        self.session = session

    # mypy minds that **params could hold a second session; Python refuses that at the call.
    play = _of_session(Ivr.play)  # type: ignore[arg-type]
    gather = _of_session(Ivr.gather)  # type: ignore[arg-type]
    record = _of_session(Ivr.record)  # type: ignore[arg-type]
    monitor = _of_session(Ivr.monitor)  # type: ignore[arg-type]
    hold = _of_session(Ivr.hold)  # type: ignore[arg-type]
    unhold = _of_session(Ivr.unhold)  # type: ignore[arg-type]
    transfer = _of_session(Ivr.transfer)  # type: ignore[arg-type]
    hangup = _of_session(Ivr.hangup)  # type: ignore[arg-type]

    def __repr__(self) -> str:
        return f'<{type(self).__name__} session={self.session!r}>'


class Notifications:
    """Verify and parse what Hoiio posts: ``Hoiio.notification``."""

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
            access_token: The token of the application, or several of them while you change it;
                by default the client's own.
            query: The query string of the request, for a service of the older kind that reports
                there. The signature does not cover it: its fields never take the place of those
                in the body, have no say in the kind of the notification unless the body is empty,
                and are listed in its ``unsigned``.

        Returns:
            A notification of the kind that fits.

        Raises:
            NotificationInvalid: The signature is not that of this body, or the body is no form.
            CredentialsMissing: No access token is known.

        Example:
            >>> notification = Hoiio.notification.parse(body, headers['X-Hoiio-Signature'])
            >>> if isinstance(notification, SmsDelivery):
            ...     print(notification.txn_ref, notification.sms_status)

        Source: API, *Verifying notifications* and *Handling notifications*.
        """
        raw = _to_bytes(body)
        tokens = self._tokens(access_token)
        _verify(raw, signature, tokens)
        signed = _parse_form(raw)
        fields = {**_parse_form(_to_bytes(query)), **signed}
        notification = _kind_of(signed or fields)(
            dict(fields), hashlib.sha256(raw).hexdigest(), frozenset(fields.keys() - signed.keys())
        )
        if isinstance(notification, IvrNotification):
            notification._ivr = self._client.ivr
        return notification

    def from_request(self, request: object) -> Notification:
        """Verify and parse a request of Flask, of Django, or of WSGI (its environ).

        For Starlette and FastAPI, whose bodies have to be awaited, see `from_async_request`.

        Args:
            request: The request. Read Flask's ``request.form`` afterwards if at all: before, it
                leaves nothing of the raw body.

        Returns:
            A notification of the kind that fits.

        Raises:
            NotificationInvalid: The signature is not that of the body, or the body is no form.
            CredentialsMissing: No access token is known.
            TypeError: The request is of no kind that is known.

        Example:
            >>> @app.post('/notify')
            ... def notify():
            ...     notification = Hoiio.notification.from_request(flask.request)
            ...     return ''
        """
        if isinstance(request, Mapping):
            return self.parse(_wsgi_body(request), request.get('HTTP_X_HOIIO_SIGNATURE'))
        headers: Any = getattr(request, 'headers', None)
        if hasattr(request, 'get_data'):
            body = request.get_data()
            if not body and headers.get('Content-Length', '0') != '0':
                raise NotificationInvalid(
                    'the raw body is gone, because request.form was read before: call this first'
                )
            return self.parse(body, headers.get(HEADER))
        if isinstance(content := getattr(request, 'body', None), bytes):
            return self.parse(content, headers.get(HEADER))
        raise TypeError('a request of Flask or Django, or a WSGI environ; pass others to parse()')

    async def from_async_request(self, request: AsyncRequest) -> Notification:
        """Verify and parse a request of Starlette or FastAPI.

        Args:
            request: The request.

        Returns:
            A notification of the kind that fits.

        Raises:
            NotificationInvalid: The signature is not that of the body, or the body is no form.
            CredentialsMissing: No access token is known.

        Example:
            >>> @app.post('/notify')
            ... async def notify(request: fastapi.Request):
            ...     notification = await Hoiio.notification.from_async_request(request)
        """
        return self.parse(await request.body(), request.headers.get(HEADER))

    def _tokens(self, access_token: str | Iterable[str] | None) -> list[bytes]:
        if access_token is None:
            access_token = self._client.access_token
        tokens = [access_token] if isinstance(access_token, str) else list(access_token)
        if not tokens or not all(tokens):
            raise CredentialsMissing('no access token to verify the notification with')
        return [token.encode() for token in tokens]


class AsyncRequest(Protocol):
    """A request whose body has to be awaited."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, whatever their case."""

    async def body(self) -> bytes:
        """Read the body."""


class Handled:
    """Recognise a notification that was handled before, because notifications may repeat.

    Args:
        store: Where to remember: anything with ``add`` and ``in``, such as a set in a database.
            By default the last 10,000 are remembered in memory.

    Example:
        >>> handled = Handled()
        >>> if handled.first_time(notification):
        ...     act_on(notification)
    """

    def __init__(self, store: Store | None = None) -> None:
        self._store = _LastOnes() if store is None else store
        self._lock = Lock()

    def first_time(self, notification: Notification) -> bool:
        """Tell whether a notification is new, and remember it.

        Of several threads of this process that ask at once, one is told so; between processes,
        the store decides.
        """
        with self._lock:
            if notification.digest in self._store:
                return False
            self._store.add(notification.digest)
            return True


class Store(Protocol):
    """What `Handled` remembers in."""

    def __contains__(self, item: object, /) -> bool:
        """Tell whether it was added."""

    def add(self, value: str, /) -> object:
        """Add it."""


class _LastOnes:
    LIMIT = 10_000

    def __init__(self) -> None:
        self._items: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, item: object) -> bool:
        return item in self._items

    def add(self, value: str) -> None:
        self._items[value] = None
        if len(self._items) > self.LIMIT:
            self._items.popitem(last=False)


def _to_bytes(body: object) -> bytes:
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode('utf-8', 'surrogatepass')
    raise NotificationInvalid('pass the raw body, as the bytes or the text that was received')


def _verify(body: bytes, signature: object, tokens: list[bytes]) -> None:
    given = signature.encode('utf-8', 'replace') if isinstance(signature, str) else signature
    if not isinstance(given, bytes) or not given:
        raise NotificationInvalid(f'there is no signature: pass the header {HEADER}')
    given = given.strip().lower()
    signs = [hmac.new(token, body, hashlib.sha256).hexdigest().encode() for token in tokens]
    # All are compared, so that the time tells nothing about any.
    if not any([hmac.compare_digest(given, sign) for sign in signs]):  # noqa: C419
        raise NotificationInvalid(
            'the signature is not that of the body: pass the raw body, and the token of the'
            ' application that made the request'
        )


def _parse_form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors='strict')
    except ValueError:
        pairs = None
    # Outside the handler, whose exception holds the body.
    if pairs is None:
        raise NotificationInvalid('the body is no form in UTF-8')
    return dict(reversed(pairs))


def _wsgi_body(environ: Mapping[str, Any]) -> bytes:
    try:
        length = int(environ.get('CONTENT_LENGTH') or 0)
        body = environ['wsgi.input'].read(length)
    except (ValueError, KeyError):
        body = None
    return _to_bytes(body)
