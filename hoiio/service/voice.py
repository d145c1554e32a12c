"""Calls: call-backs, conferences, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from ..constants import CallStatus
from ..fields import Repeated
from ..response import Entry, Page, Response, Transaction
from .base import CallOptions, Service, Unpack, numbers

__all__ = [
    'CallHistory',
    'CallRate',
    'CallRecord',
    'CallReport',
    'Conference',
    'Voice',
]

MAX_PARTICIPANTS = 8


class Conference(Response):
    """The answer to a conference call.

    Attributes:
        room: The room's id, the given one or a new one.
        txn_refs: One transaction for each participant, in the order of the destinations.
    """

    room: str
    txn_refs: list[str]


class CallRecord(Entry):
    """What became of a call.

    Attributes:
        txn_ref: The transaction.
        tag: Your own tag; None if the call had none.
        date: When, in GMT+8.
        dest1: The number called first.
        dest2: The number called second; None for a conference participant and an IVR call.
        number: The Hoiio number, for a call that has one, else None.
        call_status_dest1: How the call to ``dest1`` went; ``'ongoing'`` while the call lasts.
        call_status_dest2: How the call to ``dest2`` went; None if there is no ``dest2``.
        duration: In minutes, begun ones included; None while the call lasts.
        currency: The currency of the amounts.
        rate: The price of a minute.
        debit: What was charged; None while the call lasts.
    """

    txn_ref: str
    tag: str | None
    date: datetime
    dest1: str
    dest2: str | None
    number: str | None
    call_status_dest1: CallStatus
    call_status_dest2: CallStatus | None
    duration: int | None
    currency: Repeated
    rate: float
    debit: float | None


class CallReport(CallRecord, Response):
    """The answer to a question about one call."""


class CallHistory(Page[CallRecord]):
    """A page of calls, at most 100."""

    entries: list[CallRecord]


class CallRate(Response):
    """What a call costs.

    Attributes:
        currency: The currency of the rate.
        rate: The price of a minute.
        talktime: How many minutes the balance lasts.
    """

    currency: str
    rate: float
    talktime: int


class Voice(Service):
    """Calls: ``Hoiio.voice``."""

    def call(
        self,
        dest1: str | None,
        dest2: str,
        *,
        caller_id: str | None = None,
        max_duration: int | None = None,
        tag: str | None = None,
        notify_url: str | None = None,
        **params: Unpack[CallOptions],
    ) -> Transaction:
        """Call two phones and connect them.

        Args:
            dest1: The number to call first; None is the account's registered number.
            dest2: The number to call when the first has answered.
            caller_id: What ``dest2`` sees: the registered number, a Hoiio number of yours, or
                ``'private'``. By default the registered number.
            max_duration: Seconds after which the call is cut, counted from the answer of
                ``dest2``.
            tag: A reference of your own, at most 256 characters. If it is unique, `find` tells by
                it whether the call exists, where an answer got lost.
            notify_url: Where Hoiio reports the end of the call.
            **params: For this call alone; see `Service`.

        Returns:
            A `Transaction`; its ``txn_ref`` stands for both legs of the call.

        Raises:
            InputInvalid: There is no ``dest2``, or the tag is too long.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> res = Hoiio.voice.call('+6591234567', '+6581234567', max_duration=600)
            >>> res.is_success()
            True

        Source: API ``voice/call``; guide, *Make call back*.
        """
        return self._call(
            'voice/call',
            Transaction,
            {'dest2': dest2},
            {
                'dest1': dest1,
                'caller_id': caller_id,
                'max_duration': max_duration,
                'tag': tag,
                'notify_url': notify_url,
            },
            **params,
        )

    def conference(
        self,
        *dests: str | Iterable[str],
        room: str | None = None,
        caller_id: str | None = None,
        tag: str | None = None,
        notify_url: str | None = None,
        allow_duplicates: bool = False,
        **params: Unpack[CallOptions],
    ) -> Conference:
        """Call several phones into one room.

        Args:
            *dests: The numbers, one by one or in a list; at most 8.
            room: The room: at most 32 letters, digits, dots and underscores. The name of a room
                that is open adds the participants to it; by default a new room is opened.
            caller_id: What the participants see: the registered number, a Hoiio number of yours,
                or ``'private'``.
            tag: A reference of your own, at most 256 characters.
            notify_url: Where Hoiio reports each participant who has left.
            allow_duplicates: True accepts a number that occurs twice, and calls it twice.
            **params: For this call alone; see `Service`.

        Returns:
            A `Conference`; every participant is a transaction of its own.

        Raises:
            InputInvalid: There is no destination, an empty one, the same one twice, or more than
                8; or the tag is too long.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> res = Hoiio.voice.conference('+6591234567', '+6581234567')
            >>> len(res.txn_refs)
            2

        Source: API ``voice/conference``; guide, *Make conference call*.
        """
        dest = numbers(
            dests, MAX_PARTICIPANTS, self._client.prefix, allow_duplicates=allow_duplicates
        )
        return self._call(
            'voice/conference',
            Conference,
            {'dest': dest},
            {'room': room, 'caller_id': caller_id, 'tag': tag, 'notify_url': notify_url},
            **params,
        )

    def kick(self, txn_ref: str, **params: Unpack[CallOptions]) -> Response:
        """Remove a participant from a conference.

        Args:
            txn_ref: The participant's transaction.
            **params: For this call alone; see `Service`.

        Returns:
            A `Response` with a status alone.

        Raises:
            InputInvalid: There is no ``txn_ref``.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> room = Hoiio.voice.conference('+6591234567', '+6581234567')
            >>> Hoiio.voice.kick(room.txn_refs[0]).is_success()
            True

        Source: API ``conference/moderate``, at most 60 a minute.
        """
        return self._moderate(txn_ref, 'kick', params)

    def mute(self, txn_ref: str, **params: Unpack[CallOptions]) -> Response:
        """Stop the others in a conference from hearing a participant.

        Args:
            txn_ref: The participant's transaction.
            **params: For this call alone; see `Service`.

        Returns:
            A `Response` with a status alone.

        Raises:
            InputInvalid: There is no ``txn_ref``.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> room = Hoiio.voice.conference('+6591234567', '+6581234567')
            >>> Hoiio.voice.mute(room.txn_refs[0]).is_success()
            True

        Source: API ``conference/moderate``, at most 60 a minute.
        """
        return self._moderate(txn_ref, 'mute', params)

    def unmute(self, txn_ref: str, **params: Unpack[CallOptions]) -> Response:
        """Let the others in a conference hear a participant again.

        Args:
            txn_ref: The participant's transaction.
            **params: For this call alone; see `Service`.

        Returns:
            A `Response` with a status alone.

        Raises:
            InputInvalid: There is no ``txn_ref``.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> room = Hoiio.voice.conference('+6591234567', '+6581234567')
            >>> Hoiio.voice.unmute(room.txn_refs[0]).is_success()
            True

        Source: API ``conference/moderate``, at most 60 a minute.
        """
        return self._moderate(txn_ref, 'unmute', params)

    def _moderate(self, txn_ref: str, action: str, params: CallOptions) -> Response:
        required = {'txn_ref': txn_ref, 'action': action}
        return self._call('conference/moderate', Response, required, **params)

    def hangup(self, txn_ref: str, **params: Unpack[CallOptions]) -> Response:
        """Hang up a call that is under way.

        A call-back is one transaction, so both phones are disconnected; of a conference, the one
        participant is.

        Args:
            txn_ref: The transaction.
            **params: For this call alone; see `Service`.

        Returns:
            A `Response` with a status alone.

        Raises:
            InputInvalid: There is no ``txn_ref``.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> call = Hoiio.voice.call('+6591234567', '+6581234567')
            >>> Hoiio.voice.hangup(call.txn_ref).is_success()
            True

        Source: API ``voice/hangup``, at most 60 a minute; guide, *Hangup call*.
        """
        return self._call('voice/hangup', Response, {'txn_ref': txn_ref}, **params)

    def status(self, txn_ref: str, **params: Unpack[CallOptions]) -> CallReport:
        """Retrieve what became of a call, or how it stands while it lasts.

        Args:
            txn_ref: The transaction: a call-back, a conference participant or an IVR call.
            **params: For this call alone; see `Service`.

        Returns:
            A `CallReport`, with the fields of a `CallRecord`.

        Raises:
            InputInvalid: There is no ``txn_ref``.
            TransportError: Hoiio could not be reached.

        Example:
            >>> call = Hoiio.voice.call('+6591234567', '+6581234567')
            >>> Hoiio.voice.status(call.txn_ref).call_status_dest1
            'ongoing'

        Source: API ``voice/query_status``; guide, *Retrieve call status*.
        """
        return self._call('voice/query_status', CallReport, {'txn_ref': txn_ref}, **params)

    def history(
        self,
        *,
        from_: str | date | None = None,
        to: str | date | None = None,
        page: int | None = None,
        page_size: int | None = None,
        **params: Unpack[CallOptions],
    ) -> CallHistory:
        """Retrieve the calls, at most 100 a page; those under way are among them.

        Args:
            from_: Only calls from this moment on, which is included: a ``datetime``, a ``date``
                (its midnight), or text of the form ``'YYYY-MM-DD HH:MM:SS'`` or ``'YYYY-MM-DD'``.
                It is in GMT+8, unless it is a ``datetime`` with a time zone.
            to: Only calls before this moment, which is excluded.
            page: The page, counted from 1.
            page_size: Entries a page, at most 100.
            **params: For this call alone; see `Service`.

        Returns:
            A `CallHistory`; its ``auto_paging_iter()`` goes through all pages.

        Raises:
            InputInvalid: ``to`` is before ``from_``.
            TransportError: Hoiio could not be reached.

        Example:
            >>> made = Hoiio.voice.call('+6591234567', '+6581234567')
            >>> for call in Hoiio.voice.history().auto_paging_iter():
            ...     print(call.txn_ref, call.dest2, call.call_status_dest2)
            AA-C-1 +6581234567 ongoing

        Source: API ``voice/get_history``; guide, *Retrieve call history*.
        """
        period = {'from': from_, 'to': to, 'page_size': page_size}
        return self._page('voice/get_history', CallHistory, page, {}, period, **params)

    def find(
        self, tag: str, *, from_: str | date | None = None, **params: Unpack[CallOptions]
    ) -> CallRecord | None:
        """Find the call that has a tag, to tell whether it exists where an answer got lost.

        An answer that got lost may belong to a request that is still on its way: where nothing is
        found, look once more after a minute before you send it again. Ask with the credentials that
        it was sent with. Of a conference it is one
        participant.

        Args:
            tag: What was given as ``tag``; unique, or the answer says little.
            from_: Look only at calls from this moment on. Give a datetime with a time zone: without
                one, it is taken as GMT+8. By default `find` looks at all calls, in a request for
                each 100.
            **params: For this call alone; see `Service`.

        Returns:
            A `CallRecord`, or None where the history has none.

        Raises:
            InputInvalid: There is no tag, it is longer than 256 characters, or ``from_`` is in the
                future of GMT+8.
            ApiError: Hoiio refused to tell; `RateLimitExceeded` where it has more pages than it
                lets be asked for in a minute.
            HoiioException: Not all of the history came.
            TransportError: Hoiio could not be reached.

        Example:
            >>> res = Hoiio.voice.call('+6591234567', '+6581234567', tag='callback-17')
            >>> Hoiio.voice.find('callback-17').txn_ref == res.txn_ref
            True

        Source: API ``voice/get_history``; guide, *Retrieve call history*.
        """
        return self._find(tag, self.history, from_=from_, **params)

    def rate(self, dest1: str | None, dest2: str, **params: Unpack[CallOptions]) -> CallRate:
        """Retrieve what a call-back would cost.

        Args:
            dest1: The number to call first; whether None works, as in `call`, is not documented.
            dest2: The number to call second.
            **params: For this call alone; see `Service`.

        Returns:
            A `CallRate`.

        Raises:
            InputInvalid: There is no ``dest2``.
            TransportError: Hoiio could not be reached.

        Example:
            >>> res = Hoiio.voice.rate('+6591234567', '+6581234567')
            >>> res.currency
            'SGD'

        Source: API ``voice/get_rate``, at most 60 a minute; guide, *Retrieve call rate*.
        """
        return self._call('voice/get_rate', CallRate, {'dest2': dest2}, {'dest1': dest1}, **params)
