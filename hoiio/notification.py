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
    └── IvrNotification             has a session, and a Call to act on
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
import inspect
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec, Protocol, TypeVar
from urllib.parse import parse_qsl

from .constants import CallState, CallStatus, FaxStatus, SmsStatus, Status
from .exceptions import CredentialsMissing, HoiioException, InputInvalid, NotificationInvalid
from .fields import Field
from .frameworks import HEADER, LONGEST_BODY, TOO_LONG, read, read_awaited
from .response import Entry
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


class Notification(Entry):
    """What Hoiio reports; also a kind that this version does not know.

    The query parameters that you put into the ``notify_url`` are attributes like the fields of
    Hoiio's own.

    Attributes:
        txn_ref: The transaction; None if there is none, as for a recipient of a bulk SMS whom Hoiio
            refused.
        tag: Your own tag; None if there was none.
        digest: Tells this notification from others; a repeated one has the same.
        unsigned: The names of the fields that came in the query, which no signature covers.
    """

    __slots__ = ('__dict__',)

    if TYPE_CHECKING:
        json: dict[str, Any]

    txn_ref: str | None
    tag: str | None

    def __init__(
        self, json: dict[str, Any], digest: str = '', unsigned: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(json)
        self.digest = digest
        self.unsigned = unsigned

    def is_over(self) -> bool:
        """Return True if an IVR call has ended, so that no block can follow.

        Returns:
            False, unless this is an `IvrNotification`, which tells.

        Example:
            >>> body = b'txn_ref=AA-S-1&sms_status=delivered'
            >>> signature = '134d89fe636a64a4d74d6c7ecd0c1a4891d9250ebf9ae9f717527e9128770941'
            >>> Hoiio.notification.parse(body, signature).is_over()
            False
        """
        return False


class _Charged(Notification):
    txn_ref: str
    dest1: str
    dest2: str | None
    call_status_dest1: CallStatus
    call_status_dest2: CallStatus | None
    date: datetime
    duration: int
    currency: str
    rate: float
    debit: float


class CallEnded(_Charged):
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

    dest2: str
    call_status_dest2: CallStatus


class ParticipantLeft(_Charged):
    """Somebody has left a conference.

    Attributes:
        dest1: Who it was.
        dest2: None: a participant is one phone.
        call_status_dest1: How the call to them went.
        call_status_dest2: None.
        room: The room; None if Hoiio does not tell it.
        date: When, in GMT+8.
        duration: In minutes.
        currency: The currency of the amounts.
        rate: The price of a minute.
        debit: What was charged.
    """

    room: str | None


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

    txn_ref: str
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
        txn_ref: The transaction of the SMS; None if there is no SMS.
        bulk_txn_ref: The transaction of the batch; None if Hoiio does not tell it.
        dest: The recipient; None if Hoiio does not tell it.
    """

    status: Status
    bulk_txn_ref: str | None
    dest: str | None


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

    txn_ref: str
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
        fax_error_code: Why it did not; None for one that did.
        dest: The recipient.
        date: When, in GMT+8.
        duration: In minutes.
        fax_pages: How many pages it has; None if Hoiio does not tell it.
        fax_url: Where to download it; None if Hoiio does not tell it.
        currency: The currency of the amounts.
        rate: The price of a minute; None if Hoiio does not tell it.
        debit: What was charged.
    """

    txn_ref: str
    fax_status: FaxStatus
    fax_error_code: str | None
    dest: str
    date: datetime
    duration: int
    fax_pages: int | None
    fax_url: str | None
    currency: str
    rate: float | None
    debit: float


class FaxReceived(Notification):
    """A fax to a number of yours is over.

    Attributes:
        fax_status: ``'answered'`` or ``'failed'``.
        fax_error_code: Why it failed; None for one that did not.
        from_: Who sent it.
        to: Your number.
        fax_url: Where to download it, for a while; None if it failed.
        date: When, in GMT+8.
        duration: In minutes.
        currency: The currency of the debit.
        debit: What was charged.
    """

    txn_ref: str
    fax_status: FaxStatus
    fax_error_code: str | None
    from_: Annotated[str, Field(alias='from')]
    to: str
    fax_url: str | None
    date: datetime
    duration: int
    currency: str
    debit: float


class IvrNotification(Notification):
    """A block of an IVR call is done, or the call is over.

    Attributes:
        session: The call.
        call_state: ``'ongoing'`` where the next block may follow, ``'ended'`` at the end.
        ivr_block: Which block it was; None from the older service.
        from_: Who called, for an incoming call, else None.
        to: Your number, for an incoming call, else None.
        dest: Who was called, for an outgoing call, else None.
        date: When. This and what follows come at the end of the call, and are None before.
        duration: In minutes.
        currency: The currency of the amounts.
        rate: The price of a minute.
        debit: What was charged.
    """

    txn_ref: str
    session: str
    call_state: CallState
    ivr_block: str | None
    from_: Annotated[str | None, Field(alias='from')]
    to: str | None
    dest: str | None
    date: datetime | None
    duration: int | None
    currency: str | None
    rate: float | None
    debit: float | None

    _ivr: Ivr

    @property
    def call(self) -> Call:
        """The call, to act on.

        Raises:
            HoiioException: The notification was pickled or copied, which leaves its client
                behind.
        """
        if '_ivr' not in self.__dict__:
            raise HoiioException('a copy has no client: use Call(Hoiio.ivr, notification.session)')
        return Call(self._ivr, self.session)

    def is_over(self) -> bool:
        """Return True if the call has ended, so that no block can follow.

        Returns:
            True if the ``call_state`` is ``'ended'``.

        Example:
            >>> body = b'session=S1&call_state=ended&ivr_block=play'
            >>> signature = 'f11f108cc2c391a49e99c788975b2412b76898bbfddccc4348a2daf7070a4087'
            >>> Hoiio.notification.parse(body, signature).is_over()
            True
        """
        return self.call_state == CallState.ENDED

    def __getstate__(self) -> dict[str, Any]:
        # How to act is bound to a client, whose credentials have no place in a pickle.
        return {name: value for name, value in super().__getstate__().items() if name != '_ivr'}


class IncomingCall(IvrNotification):
    """A number of yours is called: any block but a hangup answers."""

    from_: Annotated[str, Field(alias='from')]
    to: str


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
        record_url: Where to download it, an MP3; None if nothing was recorded.
    """

    record_url: str | None


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

    date: datetime
    duration: int
    currency: str
    rate: float
    debit: float


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


_SMS_MARKS: Sequence[tuple[frozenset[str], type[Notification]]] = (
    (frozenset({'sms_status'}), SmsDelivery),
    (frozenset({'bulk_txn_ref'}), BulkSmsTransaction),
    (frozenset({'msg', 'from', 'to'}), IncomingSms),
    (frozenset({'status', 'dest'}), BulkSmsTransaction),
)


def _kind_of(fields: Mapping[str, str]) -> type[Notification]:
    # The surest mark first, because the parameters of the user's own URL are among the fields.
    if 'fax_status' in fields:
        return FaxSent if 'dest' in fields else FaxReceived
    if 'call_status_dest1' in fields:
        return CallEnded if fields.get('dest2') else ParticipantLeft
    if {'call_state', 'session'} <= fields.keys() and 'sms_status' not in fields:
        return _ivr_kind_of(fields)
    return next((kind for marks, kind in _SMS_MARKS if marks <= fields.keys()), Notification)


def _ivr_kind_of(fields: Mapping[str, str]) -> type[IvrNotification]:
    if 'monitor_url' in fields and fields.get('ivr_block', 'monitor') == 'monitor':
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
        # By its name, so that it is that of a subclass, or of a mock.
        block: Callable[Concatenate[str, P], R] = getattr(self._ivr, method.__name__)
        return block(self.session, *args, **kwargs)

    # What help() and editors show.
    told = inspect.signature(method)
    others = [each for each in told.parameters.values() if each.name != 'session']
    bound.__signature__ = told.replace(parameters=others)  # type: ignore[attr-defined]
    bound.__doc__ = re.sub(r' +session: .*\n', '', method.__doc__ or '')
    return bound


class Call:
    """An IVR call that is going on: the blocks of `Ivr`, without the session.

    These are `play <Ivr.play>`, `gather <Ivr.gather>`, `record <Ivr.record>`,
    `monitor <Ivr.monitor>`, `hold <Ivr.hold>`, `unhold <Ivr.unhold>`, `transfer <Ivr.transfer>`
    and `hangup <Ivr.hangup>`; each takes what the method of `Ivr` takes after its first argument.

    Args:
        ivr: The service of a client, such as ``Hoiio.ivr``.
        session: The session.

    Attributes:
        session: What the blocks refer to.

    Example:
        >>> dialled = Hoiio.ivr.dial('+6591234567', notify_url='http://127.0.0.1:8000/ivr')
        >>> call = Call(Hoiio.ivr, dialled.session)
        >>> call.hangup(msg='Goodbye.').is_success()
        True
    """

    def __init__(self, ivr: Ivr, session: str) -> None:
        self._ivr = ivr
        self.session = session

    play = _of_session(Ivr.play)
    gather = _of_session(Ivr.gather)
    record = _of_session(Ivr.record)
    monitor = _of_session(Ivr.monitor)
    hold = _of_session(Ivr.hold)
    unhold = _of_session(Ivr.unhold)
    transfer = _of_session(Ivr.transfer)
    hangup = _of_session(Ivr.hangup)

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
            NotificationInvalid: The signature is not that of this body; or the body is not a form,
                or is longer than 1 MB.
            CredentialsMissing: No access token is known.
            InputInvalid: ``access_token`` is neither a text nor several of them.

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
                'the signature is not that of the body: pass the raw body, and the token of the'
                ' application that made the request'
            )
        signed, unsigned = _parse_form(raw), _to_bytes(query or b'')
        fields = {**_parse_form(unsigned), **signed}
        notification = _kind_of(signed or fields)(
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

        For Starlette, FastAPI, Quart and aiohttp, whose bodies have to be awaited, see
        `from_async_request`. For any other framework, see `parse`.

        Args:
            request: A request of Flask, Django, Django REST framework or Bottle, the environ of
                WSGI, or the event of AWS Lambda (from an API Gateway, a function URL or a load
                balancer). Read its form afterwards if at all: before, that may leave nothing of
                the raw body. A view of Django needs ``@csrf_exempt``.
            access_token: As for `parse`.

        Returns:
            A notification of the kind that fits.

        Raises:
            NotificationInvalid: The signature is not that of the body; or the body is not a form,
                was read before, is longer than 1 MB, or does not say how long it is.
            CredentialsMissing: No access token is known.
            InputInvalid: The request is not of a kind that is known.

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
            request: The request. Read its form afterwards if at all. If it has no Content-Length,
                nothing may be left of it then.
            access_token: As for `parse`.

        Returns:
            A notification of the kind that fits.

        Raises:
            NotificationInvalid: The signature is not that of the body; or the body is not a form,
                was read before, or is longer than 1 MB.
            CredentialsMissing: No access token is known.
            InputInvalid: The request is not of a kind that is known.

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
        # Apart from parse, whose variables a report of its exception may show.
        given = signature.encode('utf-8', 'replace') if isinstance(signature, str) else signature
        if not isinstance(given, bytes) or not given:
            raise NotificationInvalid(f'there is no signature: pass the header {HEADER}')
        tokens = _listed(self._client.access_token if access_token is None else access_token)
        if not all(isinstance(token, (str, bytes)) for token in tokens):
            raise InputInvalid('access_token is a text, or a list of texts')
        if not tokens or not all(token.strip() for token in tokens):
            raise CredentialsMissing('no access token to verify the notification with')
        # All are compared, so that the time tells nothing about any.
        given = given.strip().lower()
        return any([hmac.compare_digest(given, _sign(body, token.strip())) for token in tokens])  # noqa: C419


class AsyncRequest(Protocol):
    """A request whose body has to be awaited, of Starlette, FastAPI, Quart or aiohttp."""

    @property
    def headers(self) -> Any:
        """The headers: a mapping that does not mind the case of a name."""


class Handled:
    """Recognise a notification that was handled before, because notifications may repeat.

    Two are the same if their bodies are. In the middle of an IVR call two different events can
    look alike, such as the same key pressed twice; there, let the ``notify_url`` of each block
    differ, by a counter in its query.

    Args:
        store: Where to remember: anything with ``add`` and ``in``, such as a set. By default the
            last 10,000 are remembered in memory. Where several processes share a store, let its
            ``add`` return False for what is there already.

    Example:
        >>> body = b'txn_ref=AA-S-1&sms_status=delivered'
        >>> signature = '134d89fe636a64a4d74d6c7ecd0c1a4891d9250ebf9ae9f717527e9128770941'
        >>> notification = Hoiio.notification.parse(body, signature)
        >>> handled = Handled()
        >>> for copy in (notification, notification):
        ...     if handled.first_time(copy):
        ...         print('handled', copy.txn_ref)
        handled AA-S-1
    """

    def __init__(self, store: Store | None = None) -> None:
        self._store = _LastOnes() if store is None else store
        self._lock = Lock()

    def first_time(self, notification: Notification) -> bool:
        """Tell whether a notification is new, and remember it.

        Of several threads that ask at once, one is told so.

        Args:
            notification: The notification, as it was parsed.

        Returns:
            True for the first of those that have the same body.

        Example:
            >>> body = b'txn_ref=AA-S-1&sms_status=delivered'
            >>> signature = '134d89fe636a64a4d74d6c7ecd0c1a4891d9250ebf9ae9f717527e9128770941'
            >>> notification = Hoiio.notification.parse(body, signature)
            >>> handled = Handled()
            >>> handled.first_time(notification), handled.first_time(notification)
            (True, False)
        """
        digest = notification.digest
        with self._lock:
            return digest not in self._store and self._store.add(digest) is not False


class Store(Protocol):
    """What `Handled` remembers in."""

    def __contains__(self, item: str, /) -> bool:
        """Tell whether it was added."""

    def add(self, value: str, /) -> object:
        """Remember a notification.

        Args:
            value: Its digest.

        Returns:
            False if it was there already; anything else if not.
        """


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


def _listed(tokens: Any) -> list[Any]:
    single = isinstance(tokens, (str, bytes)) or not isinstance(tokens, Iterable)
    return [tokens] if single else list(tokens)


def _to_bytes(body: object) -> bytes:
    if not isinstance(body, (bytes, bytearray, str)):
        raise NotificationInvalid('pass the raw body, as the bytes or the text that was received')
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
    # Outside the handler, whose exception holds the body.
    if pairs is None:
        raise NotificationInvalid('the body is no form in UTF-8')
    return dict(reversed(pairs))
