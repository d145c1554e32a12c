"""SMS: sending one or a thousand, and what became of them."""

from __future__ import annotations

import functools
import json
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from itertools import islice
from numbers import Number
from typing import Annotated, Any, TypeVar, cast

from ..constants import SmsStatus
from ..exceptions import InputInvalid
from ..fields import Field, Repeated, complete, text_of, to_text
from ..response import Entry, Page, Response, Transaction
from .base import CallOptions, Service, Unpack, check_numbers, numbers

__all__ = ['BulkTransaction', 'Sms', 'SmsHistory', 'SmsRate', 'SmsRecord', 'SmsReport']

MAX_RECIPIENTS = 1000

F = TypeVar('F', bound=Callable[..., Transaction])

_PHONE = r'\+[\s().-]*(?:\d[\s().-]*){7,15}'
_WORD = r'[^\W\d_]+'
_FEW_DIGITS = 6

# What a number is spelt with, and what stands where there is none.
_OF_A_NUMBER = r'(?i)[+;]|^\W*\d|\b(?:tel|ext|extn|extension)\b|\b(?:sip|sms|smsto|callto):|\bx ?\d'
_NOTHING = frozenset(
    {'none', 'null', 'nil', 'nan', 'nat', 'n', 'a', 'na', 'undefined'}
    | {'unknown', 'empty', 'missing', 'private', 'anonymous'}
)

# A tag of a Mustache template, with the mark and the name in it.
_TAG = r'\{\{\{?([^{}]+)\}\}'
_MARKS = '#^/&!>='
# What a message of ours may quote.
_NAME = r'[\w.-]{1,50}'


class BulkTransaction(Response):
    """The answer to a bulk SMS.

    Attributes:
        bulk_txn_ref: The transaction of the whole batch. Those of the messages arrive at the
            ``notify_url``.
    """

    bulk_txn_ref: Annotated[str, Field(alias='txn_ref')]


class SmsRecord(Entry):
    """What became of an SMS.

    Attributes:
        txn_ref: The transaction.
        tag: Your own tag; None if the SMS had none.
        sms_status: How far it has come; ``'queued'`` stays for ever where the operator reports
            no delivery.
        date: When, in GMT+8.
        src: The sender: the number or name that was shown, or who wrote to your number; None if
            Hoiio does not tell it, as in 2012.
        dest: The recipient.
        msg: The text; None if Hoiio does not tell it.
        split_count: How many parts it took.
        currency: The currency of the amounts.
        rate: The price of a part.
        debit: What was charged.
    """

    txn_ref: str
    tag: str | None
    sms_status: SmsStatus
    date: datetime
    src: str | None
    dest: str
    msg: str | None
    split_count: int
    currency: Repeated
    rate: float
    debit: float


class SmsReport(SmsRecord, Response):
    """The answer to a question about one SMS."""


class SmsHistory(Page[SmsRecord]):
    """A page of SMS, at most 100."""

    entries: list[SmsRecord]


class SmsRate(Response):
    """What an SMS costs.

    Attributes:
        currency: The currency of the amounts.
        rate: The price of a part, or of receiving an SMS of any length.
        split_count: How many parts the message takes; None if you asked without a message.
        total_cost: The price of all parts; None if you asked without a message.
        is_unicode: Whether the message needs the coding that fits 70 characters in a part
            instead of 160; None if you asked without a message.
    """

    currency: str
    rate: float
    split_count: int | None
    total_cost: float | None
    is_unicode: bool | None


def _in_either_order(send: F) -> F:
    """Let `Sms.send` take its two arguments in the order of the old guide as well."""

    @functools.wraps(send)
    def send_sms(self: Sms, /, *args: Any, **params: Any) -> Transaction:
        match args:
            case (dest, msg) if _is_number(dest) and _is_surely_text(msg):
                warnings.warn(
                    'the text of an SMS comes first, then the number: Hoiio.sms.send(msg, dest)',
                    DeprecationWarning,
                    stacklevel=2,
                )
                args = (msg, dest)
        return send(self, *args, **params)

    return cast('F', send_sms)


def _is_number(value: object) -> bool:
    # Only one with its plus: a message of digits alone may well be a code.
    return isinstance(value, str) and re.fullmatch(_PHONE, value.strip()) is not None


def _is_surely_text(value: object) -> bool:
    # If not, nothing is lost: Hoiio refuses what is not a number.
    if not isinstance(value, str) or re.search(_OF_A_NUMBER, value):
        return False
    has_few_digits = sum(map(str.isnumeric, value)) <= _FEW_DIGITS
    return has_few_digits and not _NOTHING.issuperset(re.findall(_WORD, value.casefold()))


class Sms(Service):
    """SMS: ``Hoiio.sms``."""

    @_in_either_order
    def send(
        self,
        msg: str,
        dest: str,
        *,
        sender_name: str | None = None,
        tag: str | None = None,
        notify_url: str | None = None,
        **params: Unpack[CallOptions],
    ) -> Transaction:
        """Send an SMS.

        The old guide shows both orders of the two arguments. This is the right one. If the first
        is a phone number with its plus and the second is certainly a text, they are taken the
        other way round, with a ``DeprecationWarning``. Arguments given by keyword stay as they
        are.

        Args:
            msg: The text: at most 459 characters of the GSM alphabet or 201 of any other, which
                is three parts.
            dest: The recipient's number.
            sender_name: Whom it comes from, 3 to 11 characters; needs SMS rebranding. By default
                the registered number.
            tag: A reference of your own, at most 256 characters. If it is unique, `find` tells by
                it whether the SMS exists, where an answer got lost.
            notify_url: Where Hoiio reports the delivery.
            **params: For this call alone; see `Service`.

        Returns:
            A `Transaction`. Success means that Hoiio has taken the message; whether it arrived is
            in the notification and in ``status``.

        Raises:
            InputInvalid: There is no message or no destination, or the tag is too long.
            TransportError: The connection failed; see its ``outcome_unknown``. An SMS is never
                sent a second time by the SDK.

        Warns:
            DeprecationWarning: The number came before the text.

        Example:
            >>> res = Hoiio.sms.send('Hoiio World', '+6591234567', tag='myapp')
            >>> res.is_success()
            True

        Source: API ``sms/send``; guide, *Send an SMS*.
        """
        return self._call(
            'sms/send',
            Transaction,
            {'msg': msg, 'dest': dest},
            {'sender_name': sender_name, 'tag': tag, 'notify_url': notify_url},
            **params,
        )

    def bulk_send(
        self,
        msg: str,
        *dests: str | Iterable[str],
        recipients: Iterable[Mapping[str, Any]] | None = None,
        sender_name: str | None = None,
        tag: str | None = None,
        notify_url: str | None = None,
        allow_missing: bool = False,
        allow_duplicates: bool = False,
        **params: Unpack[CallOptions],
    ) -> BulkTransaction:
        """Send an SMS to many recipients in one request.

        Args:
            msg: The text; with ``recipients``, a Mustache template that each of them fills.
            *dests: The numbers, one by one or in a list; at most 1,000.
            recipients: Instead of numbers, at most 1,000 mappings, each with a ``dest`` and the
                values of the template's variables.
            sender_name: Whom it comes from, 3 to 11 characters; needs SMS rebranding.
            tag: A reference of your own for every message, at most 256 characters.
            notify_url: Where Hoiio reports the transaction and the delivery of each message.
            allow_missing: True sends a template even if a variable has no value. Hoiio leaves its
                place empty. Without ``recipients``, it sends ``{{…}}`` as it stands.
            allow_duplicates: True accepts a number that occurs twice, and sends to it twice.
            **params: For this call alone; see `Service`.

        Returns:
            A `BulkTransaction`. Success means that Hoiio has taken the batch; the fate of each
            message is reported to the ``notify_url``.

        Raises:
            InputInvalid: There is no message, no destination, an empty one, the same one twice,
                more than 1,000, or both kinds; a variable of the template has no value; or the
                tag is too long.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> Hoiio.sms.bulk_send('Hoiio World', '+6591234567', '+6581234567').bulk_txn_ref
            'AA-B-1'
            >>> res = Hoiio.sms.bulk_send(
            ...     'Hello {{name}}', recipients=[{'dest': '+6591234567', 'name': 'Nick'}]
            ... )
            >>> res.is_success()
            True

        Source: API ``sms/bulk_send``; guide, *Send bulk SMS*.
        """
        if recipients is None:
            dest = numbers(
                dests, MAX_RECIPIENTS, self._client.prefix, allow_duplicates=allow_duplicates
            )
            whom = {'dest': dest}
            filled: list[dict[str, Any]] = [{}]
        elif dests:
            raise InputInvalid('destinations either as numbers or as recipients, not both')
        else:
            filled = self._listed(recipients, allow_duplicates=allow_duplicates)
            whom = {'recipients': _to_json({'recipients': filled})}
        if not allow_missing:
            _check_template(text_of(msg) or '', filled)
        return self._call(
            'sms/bulk_send',
            BulkTransaction,
            {'msg': msg, **whom},
            {'sender_name': sender_name, 'tag': tag, 'notify_url': notify_url},
            **params,
        )

    def _listed(
        self, recipients: Iterable[Mapping[str, Any]], *, allow_duplicates: bool
    ) -> list[dict[str, Any]]:
        if not isinstance(recipients, Iterable):
            raise InputInvalid('recipients is a list of mappings')
        # No more than needed: a generator may be endless.
        listed = [self._recipient(each) for each in islice(recipients, MAX_RECIPIENTS + 1)]
        if not listed:
            raise InputInvalid('sms/bulk_send: no recipients')
        check_numbers(
            [each['dest'] for each in listed], MAX_RECIPIENTS, allow_duplicates=allow_duplicates
        )
        return listed

    def _recipient(self, recipient: Mapping[str, Any]) -> dict[str, Any]:
        if not isinstance(recipient, Mapping):
            raise InputInvalid('a recipient is a mapping with a dest')
        dest = recipient.get('dest')
        number = '' if dest is None else to_text(dest, 'dest').strip()
        return {**recipient, 'dest': complete(number, self._client.prefix)}

    def status(self, txn_ref: str, **params: Unpack[CallOptions]) -> SmsReport:
        """Retrieve what became of an SMS, sent or received.

        Args:
            txn_ref: The transaction.
            **params: For this call alone; see `Service`.

        Returns:
            An `SmsReport`, with the fields of an `SmsRecord`.

        Raises:
            InputInvalid: There is no ``txn_ref``.
            TransportError: Hoiio could not be reached.

        Example:
            >>> sent = Hoiio.sms.send('Hoiio World', '+6591234567')
            >>> Hoiio.sms.status(sent.txn_ref).sms_status
            'delivered'

        Source: API ``sms/query_status``; guide, *Retrieve SMS status*.
        """
        return self._call('sms/query_status', SmsReport, {'txn_ref': txn_ref}, **params)

    def history(
        self,
        *,
        from_: str | date | None = None,
        to: str | date | None = None,
        page: int | None = None,
        page_size: int | None = None,
        **params: Unpack[CallOptions],
    ) -> SmsHistory:
        """Retrieve the SMS that were sent and received, at most 100 a page.

        Args:
            from_: Only SMS from this moment on, which is included: a ``datetime``, a ``date``
                (its midnight), or text of the form ``'YYYY-MM-DD HH:MM:SS'`` or ``'YYYY-MM-DD'``.
                It is in GMT+8, unless it is a ``datetime`` with a time zone.
            to: Only SMS before this moment, which is excluded.
            page: The page, counted from 1.
            page_size: Entries a page, at most 100.
            **params: For this call alone; see `Service`.

        Returns:
            An `SmsHistory`; its ``auto_paging_iter()`` goes through all pages.

        Raises:
            InputInvalid: ``to`` is before ``from_``.
            TransportError: Hoiio could not be reached.

        Example:
            >>> sent = Hoiio.sms.send('Hoiio World', '+6591234567', tag='myapp')
            >>> for sms in Hoiio.sms.history(from_='2012-01-01 08:00:00').auto_paging_iter():
            ...     print(sms.txn_ref, sms.tag, sms.sms_status)
            AA-S-1 myapp delivered

        Source: API ``sms/get_history``; guide, *Retrieve SMS history*.
        """
        period = {'from': from_, 'to': to, 'page_size': page_size}
        return self._page('sms/get_history', SmsHistory, page, {}, period, **params)

    def find(
        self, tag: str, *, from_: str | date | None = None, **params: Unpack[CallOptions]
    ) -> SmsRecord | None:
        """Find the SMS that has a tag, to tell whether it exists where an answer got lost.

        An answer that got lost may belong to a request that is still on its way: where nothing is
        found, look once more after a minute before you send it again. Ask with the credentials that
        it was sent with. Of a bulk SMS it is one message.

        Args:
            tag: What was given as ``tag``; unique, or the answer says little.
            from_: Look only at SMS from this moment on. Give a datetime with a time zone: without
                one, it is taken as GMT+8. By default `find` looks at all SMS, in a request for
                each 100.
            **params: For this call alone; see `Service`.

        Returns:
            An `SmsRecord`, or None where the history has none.

        Raises:
            InputInvalid: There is no tag, it is longer than 256 characters, or ``from_`` is in the
                future of GMT+8.
            ApiError: Hoiio refused to tell; `RateLimitExceeded` where it has more pages than it
                lets be asked for in a minute.
            HoiioException: Not all of the history came.
            TransportError: Hoiio could not be reached.

        Example:
            >>> res = Hoiio.sms.send('Your parcel is here', '+6591234567', tag='parcel-17')
            >>> Hoiio.sms.find('parcel-17').sms_status
            'delivered'
            >>> Hoiio.sms.find('parcel-18') is None
            True

        Source: API ``sms/get_history``; guide, *Retrieve SMS history*.
        """
        return self._find(tag, self.history, from_=from_, **params)

    def rate(self, msg: str | None, dest: str, **params: Unpack[CallOptions]) -> SmsRate:
        """Retrieve what an SMS would cost.

        Args:
            msg: The text; without one, only the price of a part is known.
            dest: The recipient's number.
            **params: For this call alone; see `Service`.

        Returns:
            An `SmsRate`.

        Raises:
            InputInvalid: There is no destination.
            TransportError: Hoiio could not be reached.

        Example:
            >>> res = Hoiio.sms.rate('Hoiio World', '+6591234567')
            >>> res.split_count, res.is_unicode
            (1, False)

        Source: API ``sms/get_rate``, at most 60 a minute; guide, *Retrieve SMS rate*.
        """
        return self._call('sms/get_rate', SmsRate, {'dest': dest}, {'msg': msg}, **params)

    def rate_in(self, dest: str, **params: Unpack[CallOptions]) -> SmsRate:
        """Retrieve what receiving an SMS costs, whatever its length.

        Args:
            dest: The Hoiio number of yours that receives it.
            **params: For this call alone; see `Service`.

        Returns:
            An `SmsRate`.

        Raises:
            InputInvalid: There is no number.
            TransportError: Hoiio could not be reached.

        Example:
            >>> number = Hoiio.number.subscribed_numbers().entries[-1].number
            >>> Hoiio.sms.rate_in(number).rate
            0.01

        Source: API ``sms/get_rate``, at most 60 a minute; guide, *Retrieve SMS rate*.
        """
        return self._call('sms/get_rate', SmsRate, {'incoming': dest}, **params)


def _check_template(template: str, recipients: list[dict[str, Any]]) -> None:
    tags = [_mark_and_name(tag.strip()) for tag in re.findall(_TAG, template)]
    for place, recipient in enumerate(recipients, 1):
        for name in _without_value(tags, recipient):
            where = f'recipient {place} has no value for' if recipient else 'no recipients fill'
            variable = f'{{{{{name}}}}}' if re.fullmatch(_NAME, name) else 'a variable'
            raise InputInvalid(
                f'sms/bulk_send: {where} {variable} of the template; if you mean it, pass'
                ' allow_missing=True'
            )


def _mark_and_name(tag: str) -> tuple[str, str]:
    return (tag[:1], tag[1:].strip()) if tag[:1] in _MARKS else ('', tag)


def _without_value(tags: list[tuple[str, str]], recipient: Mapping[str, Any]) -> Iterator[str]:
    """Walk through a template as Mustache does; what it does not show needs no value."""
    skipped = ''
    for mark, name in tags:
        value = _value(recipient, name)
        if skipped:
            skipped = '' if mark == '/' and name == skipped else skipped
        elif mark == '^':
            skipped = name if value else ''
        elif mark == '#' and value is not None:
            # The values of a list or a mapping are names inside of its section.
            skipped = name if not value or isinstance(value, (list, tuple, Mapping)) else ''
        elif mark in {'', '&', '#'} and not _is_plain(value):
            yield name


def _value(recipient: Any, name: str) -> Any:
    if name in recipient:
        return recipient[name]
    outer, dot, inner = name.partition('.')
    within = recipient.get(outer) if dot else None
    return _value(within, inner) if isinstance(within, Mapping) else None


def _is_plain(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, (date, Number)) or text_of(value) is not None


def _to_plain(value: object) -> str:
    if not _is_plain(value):
        raise TypeError
    return text_of(value) or str(value)


def _to_json(value: object) -> str:
    write = functools.partial(json.dumps, value, allow_nan=False, default=_to_plain)
    with suppress(TypeError, ValueError, RecursionError):
        text = write()
        # JSON can spell half a character, which no text has.
        if '\\ud' in text:
            write(ensure_ascii=False).encode()
        return text
    # Outside the handler, whose exception may quote the values.
    raise InputInvalid(
        'the recipients hold a value that JSON cannot express; pass texts, numbers and dates'
    )
