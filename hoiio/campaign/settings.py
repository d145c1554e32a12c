"""What a campaign is to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import Row

from .exceptions import PlanInvalid, SettingsDiffer
from .quiet_hours import Window, require_zone

__all__ = ['FIXED', 'Settings']

# The rest of the 256 characters of a tag is for the campaign and the attempt.
_LONGEST_TAG = 200

#: I7: what cannot change once a campaign is ready.
FIXED = ('app_id', 'base_url', 'message', 'sender_name', 'prefix', 'zone')


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a campaign is to do.

    Attributes:
        tag: Your own name for it, at most 200 characters. A ledger has it once, for ever.
        app_id: The application that sends.
        base_url: The address of the API.
        message: The text, with variables such as ``{{name}}``.
        sender_name: The name of the sender, 3 to 11 characters; None for the registered number.
        prefix: The country code of numbers without one.
        zone: The IANA time zone of people without one. A campaign with a window needs it.
        window: The hours of the day in which messages may leave; None for all.
        expires: When to give up those who still wait, with a time zone; None for never.
        notify_url: The URL that Hoiio notifies of each message. Without it, the history is read.
        settle: How many seconds Hoiio may take until it has carried out a request whose
            connection has ended, and shows it in the history.

    Raises:
        PlanInvalid: One of them is not valid.
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
        if not self.tag.strip() or len(self.tag) > _LONGEST_TAG:
            raise PlanInvalid(f'the tag must have from 1 to {_LONGEST_TAG} characters')
        if self.zone is not None:
            require_zone(self.zone)
        elif self.window is not None:
            raise PlanInvalid('quiet hours need a time zone, such as Asia/Singapore')
        if self.expires is not None and self.expires.tzinfo is None:
            raise PlanInvalid('the time at which the campaign expires needs a time zone')
        if not self.settle > 0:
            raise PlanInvalid('the settling time must be a positive number of seconds')

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
            f'the campaign {row.tag} has begun with other settings: {shown}. Use the settings that'
            ' it began with, or a new tag for a new campaign',
            differences,
        )
