"""Call forwarding: it rings one phone after another, and then sends the owner an SMS.

The program forwards a call to the first phone. If nobody answers, it tries the next one. Each phone
shows the number of the caller. If nobody answers at all, the caller hears an apology, and the owner
gets an SMS about the missed call. A phone that Hoiio does not call is like one that nobody answers.

To run the program with a sandbox, and call it:

    python examples/call_forwarding.py --sandbox

To run it with the real service, set HOIIO_APP_ID and HOIIO_ACCESS_TOKEN, and pass your Hoiio number
and the public URL of this program:

    python examples/call_forwarding.py --number +6531580000 --url https://example.com
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from flask import Flask
from serving import NOTIFY, application, serve

from hoiio import CallState, HoiioClient
from hoiio.notification import IncomingCall, IvrNotification, Notification, Transferred

logger = logging.getLogger(__name__)

PHONES = ('+6591111111', '+6582222222')
OWNER = '+6593333333'
SORRY = 'Sorry, nobody can take your call. We will call you back.'


class Forwarding:
    """The application. Hoiio sends its notifications to the URL."""

    def __init__(self, hoiio: HoiioClient, url: str, phones: Sequence[str], owner: str) -> None:
        self.hoiio = hoiio
        self.url = url
        self.phones = phones
        self.owner = owner

    def react(self, notification: Notification) -> None:
        """Forward a call, or forward it to the next phone."""
        match notification:
            case IvrNotification(call_state=CallState.ENDED):
                pass
            case IncomingCall():
                self.forward(notification, 0)
            case Transferred():
                self.forward(notification, int(notification.json['attempt']) + 1)

    def forward(self, notification: IvrNotification, attempt: int) -> None:
        """Ring the next phone. If there is none, end the call and tell the owner."""
        call, caller = notification.call, notification.from_
        for place, phone in enumerate(self.phones[attempt:], attempt):
            transfer = call.transfer(
                phone,
                caller_id=caller,
                on_failure='continue',
                notify_url=f'{self.url}?attempt={place}',
            )
            if transfer.is_success():
                return
            # No notification follows, for example after error_dest_not_supported.
            logger.warning('session %s, phone %s: %s', call.session, place + 1, transfer.status)
        call.hangup(msg=SORRY)
        self.hoiio.sms.send(f'Missed call from {caller}', self.owner)


def create_app(
    hoiio: HoiioClient, url: str, phones: Sequence[str] = PHONES, owner: str = OWNER
) -> Flask:
    """Create the application. The URL is its public URL."""
    return application(hoiio, Forwarding(hoiio, url + NOTIFY, phones, owner).react)


if __name__ == '__main__':
    serve(create_app, __doc__)
