"""SMS: sending one or a thousand, their status and their history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any

from ..constants import SmsStatus
from ..exceptions import InputInvalid
from ..fields import CachedStr, Field, text_of
from ..response import Entry, Page, Response, Transaction
from .argument_order import in_either_order
from .base import CallOptions, Service, Unpack
from .destinations import join_numbers
from .recipients import check_template, list_recipients, to_json

__all__ = ['BulkTransaction', 'Sms', 'SmsHistory', 'SmsRate', 'SmsRecord', 'SmsReport']

MAX_RECIPIENTS = 1000


class BulkTransaction(Response):
    """The answer to `Sms.bulk_send`.

    Attributes:
        bulk_txn_ref: The transaction reference of the batch. Hoiio sends those of the messages to
            the ``notify_url``.
    """

    bulk_txn_ref: Annotated[str, Field(alias='txn_ref')]


class SmsRecord(Entry):
    """An SMS, sent or received.

    Attributes:
        txn_ref: The transaction reference.
        tag: The tag that you passed, or None.
        sms_status: The status of the delivery. It stays ``'queued'`` if the operator does not
            report deliveries.
        date: The date and time, in GMT+8.
        src: The number or name of the sender; None if Hoiio does not send it, as in 2012.
        dest: The number of the recipient.
        msg: The text; None if Hoiio does not send it.
        split_count: The number of parts.
        currency: The currency of ``rate`` and ``debit``.
        rate: The price of one part.
        debit: The amount charged.
    """

    txn_ref: str
    tag: str | None
    sms_status: SmsStatus
    date: datetime
    src: str | None
    dest: str
    msg: str | None
    split_count: int
    currency: CachedStr
    rate: float
    debit: float


class SmsReport(SmsRecord, Response):
    """The answer to `Sms.status`."""


class SmsHistory(Page[SmsRecord]):
    """A page of at most 100 SMS."""

    entries: list[SmsRecord]


class SmsRate(Response):
    """The price of an SMS.

    Attributes:
        currency: The currency of ``rate`` and ``total_cost``.
        rate: The price of one part, or of receiving one SMS of any length.
        split_count: The number of parts; None if you did not pass a message.
        total_cost: The price of all parts; None if you did not pass a message.
        is_unicode: True if the message needs Unicode, which fits 70 characters in a part instead of
            160; None if you did not pass a message.
    """

    currency: str
    rate: float
    split_count: int | None
    total_cost: float | None
    is_unicode: bool | None


class Sms(Service):
    """SMS: ``Hoiio.sms``."""

    @in_either_order
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

        Pass the text first. The guide of 0.1.5 also shows the number first. If the first argument
        is a phone number with its plus and the second is certainly a text, the method swaps them
        and warns you. It does not swap arguments that you pass by keyword.

        Args:
            msg: The text, at most three parts: 459 characters of the GSM alphabet, or 201 if it
                contains any other character.
            dest: The number of the recipient.
            sender_name: The name of the sender, 3 to 11 characters, which needs SMS rebranding. The
                default is the registered number.
            tag: Your own reference, at most 256 characters. `find` looks for it.
            notify_url: The URL that Hoiio notifies of the delivery.

        Returns:
            A `Transaction`. Success means that Hoiio accepted the message. The notification and
            `status` say whether it was delivered.

        Raises:
            InputInvalid: ``msg`` or ``dest`` is missing, or the tag is too long.

        Warns:
            DeprecationWarning: You passed the number before the text.

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
        """Send an SMS to many recipients with one request.

        Args:
            msg: The text, or a Mustache template if you pass ``recipients``.
            *dests: At most 1,000 numbers, as separate arguments or in a list.
            recipients: At most 1,000 mappings, instead of numbers. Each has a ``dest`` and a value
                for each variable of the template.
            sender_name: The name of the sender, 3 to 11 characters, which needs SMS rebranding. The
                default is the registered number.
            tag: Your own reference for every message, at most 256 characters.
            notify_url: The URL to which Hoiio sends the transaction reference and the delivery of
                each message.
            allow_missing: If True, a variable of the template can lack a value, and Hoiio replaces
                it with nothing. If there are no ``recipients``, Hoiio sends ``{{…}}`` unchanged.
            allow_duplicates: If True, you can pass a number twice, and Hoiio sends to it twice.

        Returns:
            A `BulkTransaction`. Success means that Hoiio accepted the batch. Hoiio reports the
            delivery of each message to the ``notify_url``.

        Raises:
            InputInvalid: The message is missing; a destination is missing, empty or a duplicate;
                there are more than 1,000 destinations; you passed both numbers and ``recipients``;
                a variable of the template does not have a value; or the tag is too long.

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
        prefix = self._client.prefix
        if recipients is None:
            dest = join_numbers(dests, MAX_RECIPIENTS, prefix, allow_duplicates=allow_duplicates)
            whom = {'dest': dest}
            listed: list[dict[str, Any]] = [{}]
        elif dests:
            raise InputInvalid('pass either numbers or recipients, not both')
        else:
            listed = list_recipients(
                recipients, MAX_RECIPIENTS, prefix, allow_duplicates=allow_duplicates
            )
            whom = {'recipients': to_json({'recipients': listed})}
        if not allow_missing:
            check_template(text_of(msg) or '', listed)
        return self._call(
            'sms/bulk_send',
            BulkTransaction,
            {'msg': msg, **whom},
            {'sender_name': sender_name, 'tag': tag, 'notify_url': notify_url},
            **params,
        )

    def status(self, txn_ref: str, **params: Unpack[CallOptions]) -> SmsReport:
        """Retrieve the status of an SMS that you sent or received.

        Args:
            txn_ref: The transaction reference.

        Returns:
            An `SmsReport`, with the fields of an `SmsRecord`.

        Raises:
            InputInvalid: ``txn_ref`` is missing.

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
        """Retrieve the SMS that you sent and received, at most 100 in a page.

        Args:
            from_: The start of the period, included: a date, as described in `Service`.
            to: The end of the period, excluded.
            page: The number of the page. The first page is 1.
            page_size: The number of entries in a page, at most 100.

        Returns:
            An `SmsHistory`; its ``auto_paging_iter()`` reads every page.

        Raises:
            InputInvalid: ``to`` is before ``from_``, or ``page`` or ``page_size`` is not a whole
                number of 1 or more.

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
        """Find the SMS that has a tag.

        Use it after a lost answer, as described in `Service`. In a bulk SMS, `find`
        returns one of the messages that have the tag.

        Args:
            tag: The tag that you passed, which should be unique.
            from_: The time of the earliest SMS to look at: a date, as described in `Service`. By
                default, `find` looks at all SMS, with one request for every 100.

        Returns:
            An `SmsRecord`, or None if no SMS has the tag.

        Raises:
            InputInvalid: The tag is missing or longer than 256 characters, or ``from_`` is in the
                future in GMT+8.
            ApiError: Hoiio refused a page. It is `RateLimitExceeded` if the history has more pages
                than Hoiio allows in a minute.
            HoiioException: A part of the history is missing or unreadable, and may have the tag.

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
        """Retrieve the price of an SMS.

        Args:
            msg: The text, or None to retrieve only the price of one part.
            dest: The number of the recipient.

        Returns:
            An `SmsRate`.

        Raises:
            InputInvalid: ``dest`` is missing.

        Example:
            >>> res = Hoiio.sms.rate('Hoiio World', '+6591234567')
            >>> res.split_count, res.is_unicode
            (1, False)

        Source: API ``sms/get_rate``, at most 60 a minute; guide, *Retrieve SMS rate*.
        """
        return self._call('sms/get_rate', SmsRate, {'dest': dest}, {'msg': msg}, **params)

    def rate_in(self, dest: str, **params: Unpack[CallOptions]) -> SmsRate:
        """Retrieve the price of receiving an SMS, which does not depend on its length.

        Args:
            dest: The Hoiio number that receives it.

        Returns:
            An `SmsRate`.

        Raises:
            InputInvalid: ``dest`` is missing.

        Example:
            >>> number = Hoiio.number.subscribed_numbers().entries[-1].number
            >>> Hoiio.sms.rate_in(number).rate
            0.01

        Source: API ``sms/get_rate``, at most 60 a minute; guide, *Retrieve SMS rate*.
        """
        return self._call('sms/get_rate', SmsRate, {'incoming': dest}, **params)
