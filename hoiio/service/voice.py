"""Calls: call-backs, conferences, their status and their history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from ..constants import CallStatus
from ..fields import CachedStr
from ..response import Entry, Page, Response, Transaction
from .base import CallOptions, Service, Unpack
from .destinations import join_numbers

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
    """The answer to `Voice.conference`.

    Attributes:
        room: The ID of the room.
        txn_refs: One transaction reference for each participant, in the order of the destinations.
    """

    room: str
    txn_refs: list[str]


class CallRecord(Entry):
    """A call, during it or after it.

    Attributes:
        txn_ref: The transaction reference.
        tag: The tag that you passed, or None.
        date: The date and time, in GMT+8.
        dest1: The number that Hoiio called first.
        dest2: The number that Hoiio called second; None for a conference participant and an IVR
            call.
        number: The Hoiio number that the call used, or None.
        call_status_dest1: The status of the call to ``dest1``; ``'ongoing'`` during the call.
        call_status_dest2: The status of the call to ``dest2``; None if ``dest2`` is None.
        duration: The duration in minutes, rounded up; None during the call.
        currency: The currency of ``rate`` and ``debit``.
        rate: The price per minute.
        debit: The amount charged; None during the call.
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
    currency: CachedStr
    rate: float
    debit: float | None


class CallReport(CallRecord, Response):
    """The answer to `Voice.status`."""


class CallHistory(Page[CallRecord]):
    """A page of at most 100 calls."""

    entries: list[CallRecord]


class CallRate(Response):
    """The price of a call.

    Attributes:
        currency: The currency of ``rate``.
        rate: The price per minute.
        talktime: The number of minutes that the balance pays for.
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
        """Call two phones and connect them: a call-back.

        Args:
            dest1: The number to call first, or None for the registered number of the account.
            dest2: The number to call when ``dest1`` answers.
            caller_id: The number that ``dest2`` sees: your registered number, which is the default,
                one of your Hoiio numbers, or ``'private'``.
            max_duration: The longest duration in seconds, from the time when ``dest2`` answers.
                Then Hoiio ends the call.
            tag: Your own reference, at most 256 characters. `find` looks for it.
            notify_url: The URL that Hoiio notifies when the call ends.

        Returns:
            A `Transaction`. Its ``txn_ref`` identifies both legs of the call.

        Raises:
            InputInvalid: ``dest2`` is missing, or the tag is too long.

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
        """Call several phones and connect them in one room.

        Args:
            *dests: At most 8 numbers, as separate arguments or in a list.
            room: The ID of the room: at most 32 letters, digits, dots and underscores. If the room
                is open, the participants join it. By default, Hoiio opens a new room.
            caller_id: The number that the participants see: your registered number, one of your
                Hoiio numbers, or ``'private'``.
            tag: Your own reference, at most 256 characters.
            notify_url: The URL that Hoiio notifies when a participant leaves.
            allow_duplicates: If True, you can pass a number twice, and Hoiio calls it twice.

        Returns:
            A `Conference`. Each participant is a separate transaction.

        Raises:
            InputInvalid: A destination is missing, empty or a duplicate; there are more than 8; or
                the tag is too long.

        Example:
            >>> res = Hoiio.voice.conference('+6591234567', '+6581234567')
            >>> len(res.txn_refs)
            2

        Source: API ``voice/conference``; guide, *Make conference call*.
        """
        dest = join_numbers(
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
            txn_ref: The transaction reference of the participant.

        Returns:
            A `Response` that has only a status.

        Raises:
            InputInvalid: ``txn_ref`` is missing.

        Example:
            >>> room = Hoiio.voice.conference('+6591234567', '+6581234567')
            >>> Hoiio.voice.kick(room.txn_refs[0]).is_success()
            True

        Source: API ``conference/moderate``, at most 60 a minute.
        """
        return self._moderate(txn_ref, 'kick', params)

    def mute(self, txn_ref: str, **params: Unpack[CallOptions]) -> Response:
        """Mute a participant, so that the others in the conference do not hear them.

        Args:
            txn_ref: The transaction reference of the participant.

        Returns:
            A `Response` that has only a status.

        Raises:
            InputInvalid: ``txn_ref`` is missing.

        Example:
            >>> room = Hoiio.voice.conference('+6591234567', '+6581234567')
            >>> Hoiio.voice.mute(room.txn_refs[0]).is_success()
            True

        Source: API ``conference/moderate``, at most 60 a minute.
        """
        return self._moderate(txn_ref, 'mute', params)

    def unmute(self, txn_ref: str, **params: Unpack[CallOptions]) -> Response:
        """Unmute a participant, so that the others in the conference hear them again.

        Args:
            txn_ref: The transaction reference of the participant.

        Returns:
            A `Response` that has only a status.

        Raises:
            InputInvalid: ``txn_ref`` is missing.

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
        """Hang up a call that is in progress.

        A call-back is one transaction, so Hoiio disconnects both phones. In a conference, each
        participant is a transaction, so Hoiio disconnects only that participant.

        Args:
            txn_ref: The transaction reference.

        Returns:
            A `Response` that has only a status.

        Raises:
            InputInvalid: ``txn_ref`` is missing.

        Example:
            >>> call = Hoiio.voice.call('+6591234567', '+6581234567')
            >>> Hoiio.voice.hangup(call.txn_ref).is_success()
            True

        Source: API ``voice/hangup``, at most 60 a minute; guide, *Hangup call*.
        """
        return self._call('voice/hangup', Response, {'txn_ref': txn_ref}, **params)

    def status(self, txn_ref: str, **params: Unpack[CallOptions]) -> CallReport:
        """Retrieve the status of a call, during the call or after it.

        Args:
            txn_ref: The transaction reference of a call-back, a conference participant or an IVR
                call.

        Returns:
            A `CallReport`, with the fields of a `CallRecord`.

        Raises:
            InputInvalid: ``txn_ref`` is missing.

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
        """Retrieve the calls, including those in progress, at most 100 in a page.

        Args:
            from_: The start of the period, included: a date, as described in `Service`.
            to: The end of the period, excluded.
            page: The number of the page. The first page is 1.
            page_size: The number of entries in a page, at most 100.

        Returns:
            A `CallHistory`; its ``auto_paging_iter()`` reads every page.

        Raises:
            InputInvalid: ``to`` is before ``from_``, or ``page`` or ``page_size`` is not a whole
                number of 1 or more.

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
        """Find the call that has a tag.

        Use it after a lost answer, as described in `Service`. In a conference, `find`
        returns one of the participants that have the tag.

        Args:
            tag: The tag that you passed, which should be unique.
            from_: The time of the earliest call to look at: a date, as described in `Service`. By
                default, `find` looks at all calls, with one request for every 100.

        Returns:
            A `CallRecord`, or None if no call has the tag.

        Raises:
            InputInvalid: The tag is missing or longer than 256 characters, or ``from_`` is in the
                future in GMT+8.
            ApiError: Hoiio refused a page. It is `RateLimitExceeded` if the history has more pages
                than Hoiio allows in a minute.
            HoiioException: A part of the history is missing or unreadable, and may have the tag.

        Example:
            >>> res = Hoiio.voice.call('+6591234567', '+6581234567', tag='callback-17')
            >>> Hoiio.voice.find('callback-17').txn_ref == res.txn_ref
            True

        Source: API ``voice/get_history``; guide, *Retrieve call history*.
        """
        return self._find(tag, self.history, from_=from_, **params)

    def rate(self, dest1: str | None, dest2: str, **params: Unpack[CallOptions]) -> CallRate:
        """Retrieve the price of a call-back.

        Args:
            dest1: The number to call first. The API does not say whether None works, as in `call`.
            dest2: The number to call second.

        Returns:
            A `CallRate`.

        Raises:
            InputInvalid: ``dest2`` is missing.

        Example:
            >>> res = Hoiio.voice.rate('+6591234567', '+6581234567')
            >>> res.currency
            'SGD'

        Source: API ``voice/get_rate``, at most 60 a minute; guide, *Retrieve call rate*.
        """
        return self._call('voice/get_rate', CallRate, {'dest2': dest2}, {'dest1': dest1}, **params)
