"""The command ``manage.py send_sms``."""

from typing import Any

from django.core.management.base import BaseCommand

from texting.sms import send_pending


class Command(BaseCommand):
    """Send what is queued or was interrupted. Run it every few minutes, for example with cron."""

    help = __doc__

    def handle(self, **options: Any) -> None:
        """Run the command."""
        send_pending()
