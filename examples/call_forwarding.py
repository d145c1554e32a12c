"""Call forwarding with a fallback: it rings one phone after another, then texts the owner.

A call to the number is passed on to the first phone; if nobody picks up, to the second, and so on.
The phones see the number of the caller. Where none answers, the caller is told so, and the owner
gets an SMS about the missed call.

    python examples/call_forwarding.py --sandbox

runs it against a sandbox and lets you call it. For the real service, set HOIIO_APP_ID and
HOIIO_ACCESS_TOKEN, and tell under which URL the rest of the world reaches this program:

    python examples/call_forwarding.py --number +6531580000 --url https://example.com
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask
from serving import NOTIFY, application, serve

from hoiio import CallState, HoiioClient
from hoiio.notification import IncomingCall, IvrNotification, Notification, Transferred

PHONES = ('+6591111111', '+6582222222')
OWNER = '+6593333333'
SORRY = 'Sorry, nobody can take your call. We will call you back.'


class Forwarding:
    """What is done with a call; Hoiio reports to the URL."""

    def __init__(self, hoiio: HoiioClient, url: str, phones: Sequence[str], owner: str) -> None:
        self.hoiio = hoiio
        self.url = url
        self.phones = phones
        self.owner = owner

    def react(self, notification: Notification) -> None:
        """Go on with a call."""
        match notification:
            case IvrNotification(call_state=CallState.ENDED):
                pass
            case IncomingCall():
                self.forward(notification, 0)
            case Transferred():
                self.forward(notification, int(notification.json['attempt']) + 1)

    def forward(self, notification: IvrNotification, attempt: int) -> None:
        """Ring the next phone, or give up."""
        call, caller = notification.call, notification.from_
        if attempt < len(self.phones):
            call.transfer(
                self.phones[attempt],
                caller_id=caller,
                on_failure='continue',
                notify_url=f'{self.url}?attempt={attempt}',
            )
        else:
            call.hangup(msg=SORRY)
            self.hoiio.sms.send(f'Missed call from {caller}', self.owner)


def create_app(
    hoiio: HoiioClient, url: str, phones: Sequence[str] = PHONES, owner: str = OWNER
) -> Flask:
    """Make the application; Hoiio reaches it under the URL."""
    return application(hoiio, Forwarding(hoiio, url + NOTIFY, phones, owner).react)


if __name__ == '__main__':
    serve(create_app, __doc__)
