"""Faxes: sending a PDF, the status of faxes and their history."""

from __future__ import annotations

import base64
import os
from datetime import date, datetime
from typing import BinaryIO

from ..constants import FaxStatus, FaxType
from ..fields import CachedStr
from ..response import Entry, Page, Response, Transaction
from .base import CallOptions, Service, Unpack
from .fax_file import read_pdf

__all__ = ['Fax', 'FaxHistory', 'FaxRate', 'FaxRecord', 'FaxReport']


class FaxRecord(Entry):
    """A fax, sent or received.

    Attributes:
        txn_ref: The transaction reference.
        tag: The tag that you passed, or None.
        fax_status: The status of the transmission; ``'answered'`` means success.
        date: The date and time, in GMT+8.
        src: The sender of a fax that you received; None for one that you sent.
        dest: The number of the recipient.
        fax_pages: The number of pages; None while the fax is in progress.
        fax_url: The URL of the fax as a PDF; None if Hoiio does not keep it.
        currency: The currency of ``rate`` and ``debit``.
        rate: The price per minute.
        debit: The amount charged; None while the fax is in progress.
    """

    txn_ref: str
    tag: str | None
    fax_status: FaxStatus
    date: datetime
    src: str | None
    dest: str
    fax_pages: int | None
    fax_url: str | None
    currency: CachedStr
    rate: float
    debit: float | None


class FaxReport(FaxRecord, Response):
    """The answer to `Fax.status`."""


class FaxHistory(Page[FaxRecord]):
    """A page of at most 100 faxes."""

    entries: list[FaxRecord]


class FaxRate(Response):
    """The price of a fax.

    Attributes:
        currency: The currency of ``rate``.
        rate: The price per minute.
    """

    currency: str
    rate: float


class Fax(Service):
    """Faxes: ``Hoiio.fax``."""

    def send(
        self,
        dest: str,
        file: str | os.PathLike[str] | bytes | BinaryIO | None = None,
        *,
        filename: str | os.PathLike[str] | None = None,
        caller_id: str | None = None,
        fax_header: str | None = None,
        tag: str | None = None,
        notify_url: str | None = None,
        **params: Unpack[CallOptions],
    ) -> Transaction:
        """Send a PDF as a fax.

        Args:
            dest: The fax number.
            file: The PDF: its path, its bytes, or a file opened in binary mode. At most 2 MB, with
                pages in A4 or Letter. The method reads an open file from its current position, and
                then restores the position.
            filename: The name that Hoiio gives to the file. The default is the name of ``file``. If
                you omit ``file``, this is the path.
            caller_id: The number that the recipient sees: your registered number, one of your Hoiio
                numbers, or ``'private'``.
            fax_header: The line at the edge of each page: at most 100 letters, digits and spaces,
                or ``''`` for no line. By default, Hoiio writes its own.
            tag: Your own reference, at most 256 characters. `find` looks for it.
            notify_url: The URL that Hoiio notifies when the fax ends.

        Returns:
            A `Transaction`. Success means that Hoiio accepted the file. The notification and
            `status` say whether it was transmitted.

        Raises:
            FaxFileUnreadable: The file does not exist or cannot be read. It is also an ``OSError``.
            InputInvalid: The file is missing, not a PDF, larger than 2 MB, read to its end before,
                opened as text, a pipe, a device, a phone number, or text that is not a path;
                ``dest`` is missing; or the tag is too long.

        Example:
            >>> res = Hoiio.fax.send('+6561234567', 'letter.pdf', filename='final.pdf')
            >>> res.is_success()
            True

        Source: API ``fax/send``; guide, *Send Fax*.
        """
        if file is None:
            file, filename = filename, None
        content, own_name = read_pdf(file)
        if filename is not None:
            own_name = os.fspath(filename) if isinstance(filename, os.PathLike) else filename
        return self._call(
            'fax/send',
            Transaction,
            {'dest': dest, 'file': base64.b64encode(content).decode('ascii')},
            {
                'filename': own_name,
                'caller_id': caller_id,
                'fax_header': fax_header,
                'tag': tag,
                'notify_url': notify_url,
            },
            **params,
        )

    def status(self, txn_ref: str, **params: Unpack[CallOptions]) -> FaxReport:
        """Retrieve the status of a fax that you sent or received.

        Args:
            txn_ref: The transaction reference.

        Returns:
            A `FaxReport`, with the fields of a `FaxRecord`.

        Raises:
            InputInvalid: ``txn_ref`` is missing.

        Example:
            >>> sent = Hoiio.fax.send('+6561234567', 'letter.pdf')
            >>> Hoiio.fax.status(sent.txn_ref).fax_status
            'answered'

        Source: API ``fax/query_status``; guide, *Retrieve Fax status*.
        """
        return self._call('fax/query_status', FaxReport, {'txn_ref': txn_ref}, **params)

    def history(
        self,
        *,
        from_: str | date | None = None,
        to: str | date | None = None,
        page: int | None = None,
        type: FaxType | str | None = None,  # noqa: A002 - the API's name
        page_size: int | None = None,
        **params: Unpack[CallOptions],
    ) -> FaxHistory:
        """Retrieve the faxes, including those in progress, at most 100 in a page.

        Args:
            from_: The start of the period, included: a date, as described in `Service`.
            to: The end of the period, excluded.
            page: The number of the page. The first page is 1.
            type: ``'incoming'``, ``'outgoing'``, or ``'all'``, which is the default.
            page_size: The number of entries in a page, at most 100.

        Returns:
            A `FaxHistory`; its ``auto_paging_iter()`` reads every page.

        Raises:
            InputInvalid: ``to`` is before ``from_``, or ``page`` or ``page_size`` is not a whole
                number of 1 or more.

        Example:
            >>> for fax in Hoiio.fax.history(type='incoming').entries:
            ...     print(fax.txn_ref, fax.fax_status)

        Source: API ``fax/get_history``; guide, *Retrieve Fax history*.
        """
        period = {'from': from_, 'to': to, 'type': type, 'page_size': page_size}
        return self._page('fax/get_history', FaxHistory, page, {}, period, **params)

    def find(
        self, tag: str, *, from_: str | date | None = None, **params: Unpack[CallOptions]
    ) -> FaxRecord | None:
        """Find the fax that has a tag.

        Use it after a lost answer, as described in `Service`.

        Args:
            tag: The tag that you passed, which should be unique.
            from_: The time of the earliest fax to look at: a date, as described in `Service`. By
                default, `find` looks at all faxes, with one request for every 100.

        Returns:
            A `FaxRecord`, or None if no fax has the tag.

        Raises:
            InputInvalid: The tag is missing or longer than 256 characters, or ``from_`` is in the
                future in GMT+8.
            ApiError: Hoiio refused a page. It is `RateLimitExceeded` if the history has more pages
                than Hoiio allows in a minute.
            HoiioException: A part of the history is missing or unreadable, and may have the tag.

        Example:
            >>> res = Hoiio.fax.send('+6561234567', 'letter.pdf', tag='letter-17')
            >>> Hoiio.fax.find('letter-17').txn_ref == res.txn_ref
            True

        Source: API ``fax/get_history``; guide, *Retrieve Fax history*.
        """
        return self._find(tag, self.history, from_=from_, **params)

    def rate(self, dest: str, **params: Unpack[CallOptions]) -> FaxRate:
        """Retrieve the price of a fax.

        Args:
            dest: The fax number.

        Returns:
            A `FaxRate`.

        Raises:
            InputInvalid: ``dest`` is missing.

        Example:
            >>> Hoiio.fax.rate('+6561234567').currency
            'SGD'

        Source: API ``fax/get_rate``, at most 60 a minute; guide, *Retrieve Fax rate*.
        """
        return self._call('fax/get_rate', FaxRate, {'dest': dest}, **params)

    def rate_in(self, dest: str, **params: Unpack[CallOptions]) -> FaxRate:
        """Retrieve the price of receiving a fax.

        Args:
            dest: The Hoiio number that receives it.

        Returns:
            A `FaxRate`.

        Raises:
            InputInvalid: ``dest`` is missing.

        Example:
            >>> number = Hoiio.number.subscribed_numbers().entries[0].number
            >>> Hoiio.fax.rate_in(number).rate
            0.015

        Source: API ``fax/get_rate``, at most 60 a minute; guide, *Retrieve Fax rate*.
        """
        return self._call('fax/get_rate', FaxRate, {'incoming': dest}, **params)
