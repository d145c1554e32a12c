"""The kinds of notifications, and how to find out the kind of a notification."""

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
    """A notification from Hoiio, even of a kind that this version does not know.

    The query parameters of your ``notify_url`` are attributes, like the fields of Hoiio.

    Attributes:
        txn_ref: The reference of the transaction. None if there is no transaction, for example if
            Hoiio refused a recipient of a bulk SMS.
        tag: Your own tag; None if you did not set one.
        digest: Identifies this notification. A notification that Hoiio sends again has the same
            digest.
        unsigned: The names of the fields from the query, which the signature does not cover.
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
            False. An `IvrNotification` returns True if its call has ended.

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
    """A call-back has ended.

    Attributes:
        dest1: The number called first.
        dest2: The number called second.
        call_status_dest1: How the call to ``dest1`` went.
        call_status_dest2: How the call to ``dest2`` went.
        date: The date and time, in GMT+8.
        duration: In minutes; 0 if the two phones were never connected.
        currency: The currency of the amounts.
        rate: The price of a minute.
        debit: The amount that Hoiio charged.
    """

    dest2: str
    call_status_dest2: CallStatus


class ParticipantLeft(_Charged):
    """A participant has left a conference.

    Attributes:
        dest1: The number of the participant.
        dest2: None, because a participant has one phone.
        call_status_dest1: How the call to the participant went.
        call_status_dest2: None.
        room: The room; None if Hoiio does not send it.
        date: The date and time, in GMT+8.
        duration: In minutes.
        currency: The currency of the amounts.
        rate: The price of a minute.
        debit: The amount that Hoiio charged.
    """

    room: str | None


class SmsDelivery(Notification):
    """The delivery status of an SMS.

    Attributes:
        sms_status: The status. Several notifications may follow each other.
        dest: The recipient.
        date: The date and time, in GMT+8.
        split_count: The number of parts.
        currency: The currency of the amounts.
        rate: The price of a part.
        debit: The amount that Hoiio charged.
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
    """The result for one recipient of a bulk SMS. A separate notification reports the delivery.

    Attributes:
        status: ``'success_ok'``, or the reason why this recipient gets no SMS.
        txn_ref: The reference of the SMS; None if there is no SMS.
        bulk_txn_ref: The reference of the bulk SMS; None if Hoiio does not send it.
        dest: The recipient; None if Hoiio does not send it.
    """

    status: Status
    bulk_txn_ref: str | None
    dest: str | None


class IncomingSms(Notification):
    """An SMS to one of your numbers.

    Attributes:
        msg: The text. A text of more than 160 characters comes in several notifications.
        from_: The sender; also ``getattr(notification, 'from')``.
        to: Your number.
        date: The date and time, in GMT+8.
        currency: The currency of the debit.
        debit: The amount that Hoiio charged.
    """

    txn_ref: str
    msg: str
    from_: Annotated[str, Field(alias='from')]
    to: str
    date: datetime
    currency: str
    debit: float


class FaxSent(Notification):
    """A fax that you sent has ended.

    Attributes:
        fax_status: The result; ``'answered'`` means that the fax was sent.
        fax_error_code: The reason of a failure; None if the fax was sent.
        dest: The recipient.
        date: The date and time, in GMT+8.
        duration: In minutes.
        fax_pages: The number of pages; None if Hoiio does not send it.
        fax_url: The URL to download the fax from; None if Hoiio does not send it.
        currency: The currency of the amounts.
        rate: The price of a minute; None if Hoiio does not send it.
        debit: The amount that Hoiio charged.
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
    """A fax to one of your numbers has ended.

    Attributes:
        fax_status: ``'answered'`` or ``'failed'``.
        fax_error_code: The reason of a failure; None if the fax was received.
        from_: The sender.
        to: Your number.
        fax_url: The URL to download the fax from, for a limited time; None if it failed.
        date: The date and time, in GMT+8.
        duration: In minutes.
        currency: The currency of the debit.
        debit: The amount that Hoiio charged.
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
    """A block of an IVR call is done, or the call has ended.

    Attributes:
        session: The ID of the call.
        call_state: ``'ongoing'`` if the next block may follow, ``'ended'`` after the call.
        ivr_block: The name of the block; None from the older service.
        from_: The caller of an incoming call, else None.
        to: Your number, for an incoming call, else None.
        dest: The number that an outgoing call went to, else None.
        date: The date and time, in GMT+8. This field and the next four are None until the call
            ends.
        duration: In minutes.
        currency: The currency of the amounts.
        rate: The price of a minute.
        debit: The amount that Hoiio charged.
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
        """The call, which you control with its methods.

        Raises:
            HoiioException: The notification is a copy or was unpickled, so it does not have a
                client.
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
        # The service has a client, and credentials must not be pickled.
        return {name: value for name, value in self.__dict__.items() if name != '_ivr'}


class IncomingCall(IvrNotification):
    """A call to one of your numbers. Every block except a hangup answers it."""

    from_: Annotated[str, Field(alias='from')]
    to: str


class Dialled(IvrNotification):
    """The dialled phone has answered and heard the message, or has not answered.

    Attributes:
        dial_status: How the call went.
    """

    dial_status: CallStatus


class Played(IvrNotification):
    """A message was played."""


class Gathered(IvrNotification):
    """A ``gather`` block is done.

    Attributes:
        digits: The keys that the caller pressed, with leading zeros; ``''`` if there are none.
    """

    digits: str


class Recorded(IvrNotification):
    """A ``record`` block is done.

    Attributes:
        record_url: The URL of the recording, an MP3; None if nothing was recorded.
    """

    record_url: str | None


class Monitored(IvrNotification):
    """The recording of the rest of the call has started."""


class Unheld(IvrNotification):
    """The call is off hold."""


class Transferred(IvrNotification):
    """A transfer has ended or failed.

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
        monitor_url: The URL of the recording, an MP3.
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
# The fields that identify a block if there is no ivr_block. The service of 2012 did not send it.
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
    """Return the class for the fields of a notification."""
    # Check the surest field first, because query parameters of the user's URL are fields too.
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
