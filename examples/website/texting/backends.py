"""The ways to send an SMS. ``settings.SMS_BACKEND`` names one of the classes."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from hoiio import Hoiio

from .models import Sms

# How far the clocks of this machine and of Hoiio can differ.
CLOCKS = timedelta(minutes=10)


class Backend(Protocol):
    """A way to send an SMS."""

    def send(self, sms: Sms) -> str:
        """Send an SMS; return its transaction reference."""

    def find(self, sms: Sms) -> str | None:
        """Return the reference of an SMS that was perhaps sent; None if it was not."""


class HoiioBackend:
    """Send SMS with Hoiio."""

    def send(self, sms: Sms) -> str:
        """Send an SMS; return its transaction reference."""
        sent = Hoiio.sms.send(sms.text, sms.dest, tag=sms.tag, notify_url=settings.SMS_NOTIFY_URL)
        return sent.raise_for_status().txn_ref

    def find(self, sms: Sms) -> str | None:
        """Look for the tag in the history."""
        found = Hoiio.sms.find(sms.tag, from_=sms.begun - CLOCKS)
        return found.txn_ref if found else None


class ConsoleBackend:
    """Print SMS instead of sending them."""

    def send(self, sms: Sms) -> str:
        """Print an SMS."""
        sys.stdout.write(f'SMS to {sms.dest}: {sms.text}\n')
        return f'console-{sms.pk}'

    def find(self, sms: Sms) -> str | None:
        """Return None: the console does not remember what it printed."""
        return None


def backend() -> Backend:
    """Return the backend of the settings."""
    kind: type[Backend] = import_string(settings.SMS_BACKEND)
    return kind()
