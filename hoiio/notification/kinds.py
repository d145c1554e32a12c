"""The kinds of notifications, and how to find out of which kind one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from ..constants import CallState, CallStatus, FaxStatus, SmsStatus, Status
from ..exceptions import HoiioException
from ..fields import Field
from ..response import Entry
from ..service.ivr import Ivr
from .call import Call

__all__ = [
    'BulkSmsTransaction',
    'CallEnded',
    'CallRecording',
    'Dialled',
    'FaxReceived',
    'FaxSent',
    'Gathered',
    'HungUp',
    'IncomingCall',
    'IncomingSms',
    'IvrNotification',
    'Monitored',
    'Notification',
    'ParticipantLeft',
    'Played',
    'Recorded',
    'SmsDelivery',
    'Transferred',
    'Unheld',
    'kind_of',
]


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
            raise HoiioException(
                'a copy does not have a client: use Call(Hoiio.ivr, notification.session)'
            )
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
        # The service has a client, whose credentials must not be pickled.
        return {name: value for name, value in self.__dict__.items() if name != '_ivr'}


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
# What tells the blocks apart if there is no ivr_block, as in 2012.
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


def kind_of(fields: Mapping[str, str]) -> type[Notification]:
    """Return the class that fits the fields of a notification."""
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
