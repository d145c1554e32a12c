"""Verify and parse the notifications that Hoiio posts to a ``notify_url``.

A notification is a form, signed with the access token. ``Hoiio.notification.parse`` checks the
signature and returns an object of the matching class, with its fields converted as in a response::

    Notification
    ├── CallEnded                   a call-back has ended
    ├── ParticipantLeft             a participant has left a conference
    ├── SmsDelivery                 the delivery status of an SMS
    ├── BulkSmsTransaction          the result for one recipient of a bulk SMS
    ├── IncomingSms
    ├── FaxSent
    ├── FaxReceived
    └── IvrNotification             has a session, and a Call to control
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

A notification of any other kind is a plain `Notification`.
"""

from .call import Call
from .frameworks import AsyncRequest
from .handled import Handled, Store
from .kinds import (
    BulkSmsTransaction,
    CallEnded,
    CallRecording,
    Dialled,
    FaxReceived,
    FaxSent,
    Gathered,
    HungUp,
    IncomingCall,
    IncomingSms,
    IvrNotification,
    Monitored,
    Notification,
    ParticipantLeft,
    Played,
    Recorded,
    SmsDelivery,
    Transferred,
    Unheld,
)
from .verification import Notifications

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


def __dir__() -> list[str]:
    return __all__
