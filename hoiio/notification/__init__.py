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
