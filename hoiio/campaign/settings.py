"""The settings of a campaign."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import Row

from ..fields import to_text
from .exceptions import PlanInvalid, SettingsDiffer
from .quiet_hours import Window, require_zone

if TYPE_CHECKING:
    from ..client import HoiioClient

__all__ = ['FIXED', 'Settings', 'require_account']

# The rest of the 256 characters of a tag is for the campaign and the attempt.
_LONGEST_TAG = 200
_LONGEST_URL = 3_900
_LONGEST_SETTLE = 86_400.0
# A company name, or a phone number.
_SENDER_NAME = re.compile(r'.{3,11}|\+?[0-9]{3,15}')

#: I7: what cannot change once a campaign is ready.
FIXED = ('app_id', 'base_url', 'message', 'sender_name', 'prefix', 'zone')


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a campaign.

    Attributes:
        tag: Your name for the campaign: one line of at most 200 characters. You can use it only
            once in a ledger.
        app_id: The App ID of the application that sends.
        base_url: The address of the API.
        message: The text, with variables such as ``{{name}}``.
        sender_name: The name of the sender, 3 to 11 characters, or a phone number; None for the
            registered number.
        prefix: The country code of numbers without one.
        zone: The IANA time zone of people without one. A campaign with a window needs it.
        window: The hours of the day in which messages may leave; None for all.
        expires: The time, with a time zone, after which no more messages leave; None for no limit.
        notify_url: The URL that Hoiio notifies of each message. Without it, the campaign reads the
            history.
        settle: How many seconds Hoiio may take to carry out a request whose connection has ended,
            and to show it in the history; at most a day.

    Raises:
        PlanInvalid: One of them is not valid.
        InputInvalid: The message cannot be written as UTF-8.
    """

    tag: str
    app_id: str
    base_url: str
    message: str
    sender_name: str | None = None
    prefix: str | None = None
    zone: str | None = None
    window: Window | None = None
    expires: datetime | None = None
    notify_url: str | None = None
    settle: float = 300.0

    def __post_init__(self) -> None:
        _check_tag(self.tag)
        to_text(self.message, 'the message')
        if self.sender_name is not None:
            _check_sender_name(self.sender_name)
        if self.notify_url is not None:
            _check_url(self.notify_url)
        if self.zone is not None:
            require_zone(self.zone)
        elif self.window is not None:
            raise PlanInvalid('quiet hours need a time zone, such as --zone Asia/Singapore')
        if self.expires is not None:
            _check_expires(self.expires)
        if not 0 < self.settle <= _LONGEST_SETTLE:
            raise PlanInvalid(
                f'the settling time must be a positive number of seconds, at most'
                f' {_LONGEST_SETTLE:.0f}'
            )

    def to_row(self) -> dict[str, Any]:
        """Return the columns of a campaign."""
        return {
            'tag': self.tag,
            **{name: getattr(self, name) for name in FIXED},
            **self.changeable(),
        }

    def changeable(self) -> dict[str, Any]:
        """Return the columns that a later command may change."""
        return {
            'window': self.window and str(self.window),
            'expires': self.expires and self.expires.timestamp(),
            'notify_url': self.notify_url,
            'settle': self.settle,
        }

    @classmethod
    def of_row(cls, row: Row[Any]) -> Settings:
        """Return the settings of a campaign."""
        expires = row.expires and datetime.fromtimestamp(row.expires, timezone.utc)
        return cls(
            tag=row.tag,
            **{name: getattr(row, name) for name in FIXED},
            window=Window.parse(row.window) if row.window else None,
            expires=expires,
            notify_url=row.notify_url,
            settle=row.settle,
        )

    def require_same(self, row: Row[Any]) -> None:
        """Compare these settings with those of a campaign (I7).

        Raises:
            SettingsDiffer: One of those that are fixed differs.
        """
        require_same(row, {name: getattr(self, name) for name in FIXED})


def _check_tag(tag: str) -> None:
    if not tag.strip() or len(tag) > _LONGEST_TAG:
        raise PlanInvalid(f'the tag must have from 1 to {_LONGEST_TAG} characters')
    if not tag.isprintable() or tag != tag.strip():
        raise PlanInvalid(
            'the tag must be one line of printable characters, without a space at its start or end;'
            ' use one such as reminder-2026-12'
        )


def _check_sender_name(name: str) -> None:
    # It is fixed once the campaign is ready, so a wrong one would cost the tag.
    if not (name.isprintable() and _SENDER_NAME.fullmatch(name)):
        raise PlanInvalid(
            f'{name!r} cannot be the sender name; use 3 to 11 letters and digits, or a phone number'
        )


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_valid = parts.scheme in {'http', 'https'} and bool(parts.hostname)
    except ValueError:
        is_valid = False
    if not is_valid or not url.isprintable() or ' ' in url or len(url) > _LONGEST_URL:
        raise PlanInvalid(
            f'the notify URL must be a full http or https URL of at most {_LONGEST_URL:,}'
            ' characters, such as https://example.com/sms'
        )


def _check_expires(expires: datetime) -> None:
    if expires.tzinfo is None:
        raise PlanInvalid('the time at which the campaign expires needs a time zone')
    try:
        datetime.fromtimestamp(expires.timestamp(), timezone.utc)
    except (ValueError, OverflowError) as exc:
        raise PlanInvalid(
            f'the time at which the campaign expires cannot be in the year {expires.year}'
        ) from exc


def require_account(row: Row[Any], client: HoiioClient) -> None:
    """Compare the account of a client with that of a campaign (I7).

    Raises:
        SettingsDiffer: The client belongs to another application, or has another base URL.
    """
    app_id, base_url = client._account()
    require_same(row, {'app_id': app_id, 'base_url': base_url})


def require_same(row: Row[Any], now: Mapping[str, Any]) -> None:
    """Compare some settings with those of a campaign (I7).

    Raises:
        SettingsDiffer: They differ.
    """
    differences = {
        name: (getattr(row, name), value)
        for name, value in now.items()
        if getattr(row, name) != value
    }
    if differences:
        shown = '; '.join(f'{name} was {a!r} and is {b!r}' for name, (a, b) in differences.items())
        raise SettingsDiffer(
            f'the campaign {row.tag} has started with other settings: {shown}. Use the same'
            ' settings, or a new tag for a new campaign',
            differences,
        )
