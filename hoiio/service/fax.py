"""Faxes: sending a PDF, and what became of it."""

from __future__ import annotations

import base64
import os
import stat
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from ..constants import FaxStatus, FaxType
from ..exceptions import FaxFileUnreadable, InputInvalid
from ..fields import Repeated
from ..response import Entry, Page, Response, Transaction
from .base import CallOptions, Service, Unpack

__all__ = ['Fax', 'FaxHistory', 'FaxRate', 'FaxRecord', 'FaxReport']

MAX_SIZE = 2 * 1024 * 1024

# Some programs write a few bytes before the mark of a PDF, and readers look this far for it.
MARK_WITHIN = 1024

# In characters. No system has longer ones in use, and no error should quote one.
LONGEST_PATH = 4096

# How a PDF begins as text: as it is, in base64, in a URL.
_CONTENTS = ('%PDF-', 'JVBERi0', 'data:')


class FaxRecord(Entry):
    """What became of a fax.

    Attributes:
        txn_ref: The transaction.
        tag: Your own tag; None if the fax had none.
        fax_status: How it went; ``'answered'`` is a fax that went through.
        date: When, in GMT+8.
        src: The sender of a received fax; None for one that was sent.
        dest: The recipient.
        fax_pages: How many pages it has; None while it is under way.
        fax_url: Where to download it as a PDF; None if Hoiio does not keep it.
        currency: The currency of the amounts.
        rate: The price of a minute.
        debit: What was charged; None while it is under way.
    """

    txn_ref: str
    tag: str | None
    fax_status: FaxStatus
    date: datetime
    src: str | None
    dest: str
    fax_pages: int | None
    fax_url: str | None
    currency: Repeated
    rate: float
    debit: float | None


class FaxReport(FaxRecord, Response):
    """The answer to a question about one fax."""


class FaxHistory(Page[FaxRecord]):
    """A page of faxes, at most 100."""

    entries: list[FaxRecord]


class FaxRate(Response):
    """What a fax costs.

    Attributes:
        currency: The currency of the rate.
        rate: The price of a minute.
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
        """Fax a PDF.

        Args:
            dest: The fax number.
            file: The PDF: its path, its bytes, or a file opened in binary mode, which is read
                from the place where it stands and left there. At most 2 MB, pages A4 or Letter.
            filename: The name under which Hoiio keeps the file; by default the file's own. With
                no ``file``, this is the path.
            caller_id: What the recipient sees: the registered number, a Hoiio number of yours, or
                ``'private'``.
            fax_header: The line at the edge of each page: at most 100 letters, digits and spaces,
                ``''`` for none. By default Hoiio writes one.
            tag: A reference of your own, at most 256 characters. If it is unique, `find` tells by
                it whether the fax exists, where an answer got lost.
            notify_url: Where Hoiio reports the end of the fax.
            **params: For this call alone; see `Service`.

        Returns:
            A `Transaction`. Success means that Hoiio has taken the file; whether it went through
            is in the notification and in ``status``.

        Raises:
            FaxFileUnreadable: The file is not there or cannot be read; also an ``OSError``.
            InputInvalid: The file is not a PDF, is over 2 MB, or was read to its end already; it
                is a pipe or a device, or text that is not a path; there is no destination; or the
                tag is too long.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> res = Hoiio.fax.send('+6561234567', 'letter.pdf', filename='final.pdf')
            >>> res.is_success()
            True

        Source: API ``fax/send``; guide, *Send Fax*.
        """
        if file is None:
            file, filename = filename, None
        content, own_name = _read(file)
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
        """Retrieve what became of a fax, sent or received.

        Args:
            txn_ref: The transaction.
            **params: For this call alone; see `Service`.

        Returns:
            A `FaxReport`, with the fields of a `FaxRecord`.

        Raises:
            InputInvalid: There is no ``txn_ref``.
            TransportError: Hoiio could not be reached.

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
        """Retrieve the faxes, at most 100 a page; those under way are among them.

        Args:
            from_: Only faxes from this moment on, which is included: a ``datetime``, a ``date``
                (its midnight), or text of the form ``'YYYY-MM-DD HH:MM:SS'`` or ``'YYYY-MM-DD'``.
                It is in GMT+8, unless it is a ``datetime`` with a time zone.
            to: Only faxes before this moment, which is excluded.
            page: The page, counted from 1.
            type: ``'incoming'``, ``'outgoing'`` or ``'all'``; by default all.
            page_size: Entries a page, at most 100.
            **params: For this call alone; see `Service`.

        Returns:
            A `FaxHistory`; its ``auto_paging_iter()`` goes through all pages.

        Raises:
            InputInvalid: ``to`` is before ``from_``.
            TransportError: Hoiio could not be reached.

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
        """Find the fax that has a tag, to tell whether it exists where an answer got lost.

        An answer that got lost may belong to a request that is still on its way: where nothing is
        found, look once more after a minute before you send it again. Ask with the credentials that
        it was sent with.

        Args:
            tag: What was given as ``tag``; unique, or the answer says little.
            from_: Look only at faxes from this moment on. Give a datetime with a time zone: without
                one, it is taken as GMT+8. By default `find` looks at all faxes, in a request for
                each 100.
            **params: For this call alone; see `Service`.

        Returns:
            A `FaxRecord`, or None where the history has none.

        Raises:
            InputInvalid: There is no tag, it is longer than 256 characters, or ``from_`` is in the
                future of GMT+8.
            ApiError: Hoiio refused to tell; `RateLimitExceeded` where it has more pages than it
                lets be asked for in a minute.
            HoiioException: Not all of the history came.
            TransportError: Hoiio could not be reached.

        Example:
            >>> res = Hoiio.fax.send('+6561234567', 'letter.pdf', tag='letter-17')
            >>> Hoiio.fax.find('letter-17').txn_ref == res.txn_ref
            True

        Source: API ``fax/get_history``; guide, *Retrieve Fax history*.
        """
        return self._find(tag, self.history, from_=from_, **params)

    def rate(self, dest: str, **params: Unpack[CallOptions]) -> FaxRate:
        """Retrieve what a fax would cost.

        Args:
            dest: The fax number.
            **params: For this call alone; see `Service`.

        Returns:
            A `FaxRate`.

        Raises:
            InputInvalid: There is no destination.
            TransportError: Hoiio could not be reached.

        Example:
            >>> Hoiio.fax.rate('+6561234567').currency
            'SGD'

        Source: API ``fax/get_rate``, at most 60 a minute; guide, *Retrieve Fax rate*.
        """
        return self._call('fax/get_rate', FaxRate, {'dest': dest}, **params)

    def rate_in(self, dest: str, **params: Unpack[CallOptions]) -> FaxRate:
        """Retrieve what receiving a fax costs.

        Args:
            dest: The Hoiio number of yours that receives it.
            **params: For this call alone; see `Service`.

        Returns:
            A `FaxRate`.

        Raises:
            InputInvalid: There is no number.
            TransportError: Hoiio could not be reached.

        Example:
            >>> number = Hoiio.number.subscribed_numbers().entries[0].number
            >>> Hoiio.fax.rate_in(number).rate
            0.015

        Source: API ``fax/get_rate``, at most 60 a minute; guide, *Retrieve Fax rate*.
        """
        return self._call('fax/get_rate', FaxRate, {'incoming': dest}, **params)


def _read(
    file: str | os.PathLike[str] | bytes | BinaryIO | None,
) -> tuple[bytes, str | None]:
    """Read a PDF and the name it has of its own."""
    if file is None or (isinstance(file, (str, bytes)) and not file):
        raise InputInvalid('fax/send: no file')
    if isinstance(file, (bytes, bytearray, memoryview)):
        return _checked(bytes(file)), None
    try:
        content = _content(file)
    except InputInvalid:
        raise
    except OSError as exc:
        name = exc.filename or _name(file)
        raise FaxFileUnreadable(exc.errno, f'the file to fax: {exc.strerror or exc}', name) from exc
    except UnicodeDecodeError:
        # Its object is the file; it must not stay attached as the context of another exception.
        content = ''
    except (AttributeError, TypeError, ValueError) as exc:
        raise InputInvalid('the file to fax is a path, bytes, or an open file') from exc
    return _checked(content), _name(file)


def _content(file: str | os.PathLike[str] | BinaryIO) -> bytes | str:
    # One byte more than allowed tells a file that is too big without reading all of it.
    if isinstance(file, (str, os.PathLike)):
        with _checked_path(os.fspath(file)).open('rb') as opened:
            return opened.read(MAX_SIZE + 1)
    place = file.tell() if hasattr(file, 'seekable') and file.seekable() else None
    content = file.read(MAX_SIZE + 1)
    # A pipe or an unbuffered file gives a part at a time.
    while 0 < len(content) <= MAX_SIZE and (more := file.read(MAX_SIZE + 1 - len(content))):
        content += more
    if place is not None:
        file.seek(place)
    if (place or (place is None and not content)) and not _has_mark(content):
        raise InputInvalid(
            'there is no PDF where the file to fax stands; if it was read before, rewind it with'
            ' file.seek(0)'
        )
    return content


def _checked_path(path: str) -> Path:
    if len(path) > LONGEST_PATH or path.startswith(_CONTENTS):
        raise InputInvalid(
            'the file to fax is a text that is not a path; pass the path, or the PDF as bytes, not'
            ' in base64'
        )
    # To open a pipe would wait until somebody writes into it.
    if stat.S_IFMT(Path(path).stat().st_mode) not in {stat.S_IFREG, stat.S_IFDIR}:
        raise InputInvalid('the file to fax is a pipe or a device; read it and pass its bytes')
    return Path(path)


def _name(file: str | os.PathLike[str] | BinaryIO) -> str | None:
    # The name of an upload is its filename in Flask, where name is the field of the form.
    own = getattr(file, 'filename', getattr(file, 'name', None))
    path = file if isinstance(file, (str, os.PathLike)) else own
    name = Path(path).name if isinstance(path, (str, os.PathLike)) else None
    # A name that is not UTF-8 on the disk cannot be told; Hoiio finds another.
    return name if name and name.isprintable() else None


def _checked(content: bytes | str) -> bytes:
    if isinstance(content, str):
        raise InputInvalid("the file to fax is opened as text; open it with mode 'rb'")
    if len(content) > MAX_SIZE:
        raise InputInvalid('the file to fax is larger than 2 MB')
    if not _has_mark(content):
        raise InputInvalid('the file to fax is no PDF')
    return content


def _has_mark(content: bytes | str) -> bool:
    return isinstance(content, str) or b'%PDF-' in content[:MARK_WITHIN]
