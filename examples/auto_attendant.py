"""An auto attendant: it answers calls, offers a menu, and connects callers or takes a message.

A caller who presses 1 or 2 is connected to that department. If nobody answers there, or the caller
presses no key, the caller can leave a message. The owner gets an SMS with the URL of the message.

To run the program with a sandbox, and call it:

    python examples/auto_attendant.py --sandbox

To run it with the real service, set HOIIO_APP_ID and HOIIO_ACCESS_TOKEN, and pass your Hoiio number
and the public URL of this program:

    python examples/auto_attendant.py --number +6531580000 --url https://example.com
"""

from __future__ import annotations

import itertools
import logging
from dataclasses import dataclass

from flask import Flask
from serving import NOTIFY, application, serve

from hoiio import CallState, HoiioClient
from hoiio.notification import (
    Call,
    Gathered,
    IncomingCall,
    IvrNotification,
    Notification,
    Recorded,
    Transferred,
)

logger = logging.getLogger(__name__)

MENU = 'Welcome to Hoiio. For sales, press 1. For support, press 2.'
NOBODY = 'Nobody is available. Please leave a message after the tone, then press hash.'


@dataclass(frozen=True)
class Office:
    """The phones of the departments and of the owner."""

    departments: dict[str, str]
    owner: str


OFFICE = Office(departments={'1': '+6591111111', '2': '+6582222222'}, owner='+6593333333')


class Attendant:
    """The application. Hoiio sends its notifications to the URL."""

    def __init__(self, hoiio: HoiioClient, url: str, office: Office) -> None:
        self.hoiio = hoiio
        self.url = url
        self.office = office
        self._steps = itertools.count(1)

    def react(self, notification: Notification) -> None:
        """Send the next block of a call."""
        departments = self.office.departments
        match notification:
            case Recorded(record_url=recording, from_=caller):
                self.hoiio.sms.send(f'Message from {caller}: {recording}', self.office.owner)
                notification.call.hangup(msg='Thank you. Goodbye.')
            case IvrNotification(call_state=CallState.ENDED):
                pass
            case IncomingCall(call=call):
                self.offer_menu(call)
            case Gathered(call=call, digits=key) if key in departments:
                self.connect(call, departments[key])
            case Gathered(call=call, digits=''):
                self.take_message(call)
            case Gathered(call=call):
                self.offer_menu(call)
            case Transferred(call=call):
                self.take_message(call)

    def next_url(self) -> str:
        """Return a different URL for each block, so that `Handled` can tell notifications apart."""
        return f'{self.url}?step={next(self._steps)}'

    def offer_menu(self, call: Call) -> None:
        """Ask for the department, at most twice."""
        call.gather(msg=MENU, max_digits=1, timeout=10, attempts=2, notify_url=self.next_url())

    def connect(self, call: Call, phone: str) -> None:
        """Connect the caller to a department. If Hoiio refuses that, take a message."""
        transfer = call.transfer(
            phone, msg='One moment, please.', on_failure='continue', notify_url=self.next_url()
        )
        if not transfer.is_success():
            # No notification follows, for example after error_concurrent_call_limit_reached.
            logger.warning('session %s: %s', call.session, transfer.status)
            self.take_message(call)

    def take_message(self, call: Call) -> None:
        """Record a message of at most one minute."""
        call.record(msg=NOBODY, max_duration=60, notify_url=self.next_url())


def create_app(hoiio: HoiioClient, url: str, office: Office = OFFICE) -> Flask:
    """Create the application. The URL is its public URL."""
    return application(hoiio, Attendant(hoiio, url + NOTIFY, office).react)


if __name__ == '__main__':
    serve(create_app, __doc__)
