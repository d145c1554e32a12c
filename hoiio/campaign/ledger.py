"""The ledger: what has been planned, what has left, and what became of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from platformdirs import user_data_path
from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..credentials import environment
from . import schema
from .campaign import Campaign
from .database import Database, Sqlite, insert_new, open_database
from .exceptions import CampaignRefused, CampaignUnknown, LedgerUnusable
from .notified import notified
from .numbers import NumberReader
from .schema import campaign, campaign_zone, dropped_row, person, suppression
from .sender import SharedSender
from .settings import Settings
from .states import CampaignState

if TYPE_CHECKING:
    from typing_extensions import Self

    from ..notification import Notification

__all__ = ['Ledger']

_HEX_BYTES = 6
_CHUNK = 500


class Ledger:
    """The campaigns of an application, and its suppression list.

    A ledger is a file or a PostgreSQL database. It contains names, numbers and texts. Keep one
    ledger for each application, and not one for each campaign: the suppression list and the used
    tags apply to all campaigns of a ledger.

    Use it as a context manager, or call `close`. Several processes can use a ledger at the same
    time. A file must be on a disk of this machine: on a network file system, the locks that keep
    two processes apart are not reliable.

    Args:
        where: The path of the file, or the URL of the database. The default is a file in the data
            folder of this user, with the App ID in its name.
        app_id: The App ID in the name of the default file; by default that of the environment.

    Raises:
        LedgerUnusable: The file or the database cannot be used.

    Example:
        >>> with Ledger('campaigns.sqlite') as ledger:
        ...     ledger.tags()
        []
    """

    def __init__(self, where: str | Path | None = None, *, app_id: str | None = None) -> None:
        self.database: Database = open_database(_default(app_id) if where is None else where)
        # One for each campaign, however often it is opened: two locks would exclude each other.
        self._senders: dict[Path, SharedSender] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database, and let other processes send its campaigns.

        Example:
            >>> ledger.close()
        """
        for each in list(self._senders.values()):
            each.close()
        self.database.close()

    def create(self, settings: Settings) -> Campaign:
        """Start a campaign, or open the one with the same tag.

        If nobody has confirmed the plan of that campaign, this deletes the plan. If the campaign
        has started, this updates the settings that can change.

        Args:
            settings: The settings of the campaign.

        Returns:
            The campaign.

        Raises:
            SettingsDiffer: A campaign with this tag has started with other settings.
            CampaignRefused: A campaign with this tag was purged.

        Example:
            >>> ledger.create(settings).status().state
            'planning'
        """
        try:
            return self._opened(*self._create(settings))
        except IntegrityError:
            # Another process has begun it meanwhile.
            return self.create(settings)

    def campaign(self, tag: str) -> Campaign:
        """Open a campaign.

        Args:
            tag: Its tag.

        Returns:
            The campaign.

        Raises:
            CampaignUnknown: The ledger does not have it.

        Example:
            >>> ledger.campaign('reminder').status().tag
            'reminder'
        """
        with self.database.transaction() as connection:
            row = _find(connection, tag)
        if row is None:
            raise CampaignUnknown(
                f'the ledger does not have a campaign {tag}; `hoiio campaign status` lists its'
                ' campaigns'
            )
        return self._opened(row.id, row.hex)

    def campaign_of(self, attempt: int) -> Campaign:
        """Open the campaign of an attempt.

        Args:
            attempt: The number of the attempt.

        Returns:
            The campaign.

        Raises:
            CampaignUnknown: The ledger does not have the attempt.

        Example:
            >>> ledger.campaign_of(17)
            Traceback (most recent call last):
            hoiio.campaign.exceptions.CampaignUnknown: the ledger does not have an attempt 17
        """
        with self.database.transaction() as connection:
            found = select(campaign.c.id, campaign.c.hex).join(schema.attempt)
            row = connection.execute(found.where(schema.attempt.c.id == attempt)).one_or_none()
        if row is None:
            raise CampaignUnknown(f'the ledger does not have an attempt {attempt}')
        return self._opened(row.id, row.hex)

    def tags(self, *states: CampaignState) -> list[str]:
        """Return the tags of the campaigns.

        Args:
            *states: Only campaigns in these states; by default all, including purged ones.

        Returns:
            The tags, oldest first.

        Example:
            >>> ledger.tags()
            ['reminder']
        """
        found = select(campaign.c.tag).where(campaign.c.state.in_(states or tuple(CampaignState)))
        with self.database.transaction() as connection:
            return list(connection.scalars(found.order_by(campaign.c.id)))

    def notified(self, *notifications: Notification) -> int:
        """Record notifications about messages of any campaign, in one transaction.

        They can arrive in any order, any number of times, and before the response to the request.
        This ignores notifications about anything else, so you can pass all that arrive.

        Args:
            *notifications: What ``Hoiio.notification.parse`` returned.

        Returns:
            How many of them are about people of a campaign.

        Raises:
            LedgerFailed: The ledger could not be written. Keep the notifications and pass them
                again, because Hoiio does not send them again.

        Example:
            >>> ledger.notified(Hoiio.notification.parse(body, signature))
            0
        """
        return notified(self.database, notifications)

    def suppress(self, dests: Iterable[str]) -> int:
        """Send no more messages to these numbers, in any campaign.

        A batch that has already left cannot be recalled.

        Args:
            dests: The numbers, each with its + and country code.

        Returns:
            How many of them are new on the list.

        Raises:
            PersonInvalid: One of them is not such a number. Nothing was added to the list.

        Example:
            >>> ledger.suppress(['+6591234567'])
            1
        """
        count, read = 0, NumberReader().read
        # In one order, so that two processes never wait for each other.
        chunks = _chunks(sorted({read(dest) for dest in dests}))
        with self.database.transaction() as connection:
            for chunk in chunks:
                listed = select(suppression.c.dest).where(suppression.c.dest.in_(chunk))
                count += len(chunk) - len(connection.scalars(listed).all())
                # Another process may enter the same numbers now.
                values = [{'dest': dest} for dest in chunk]
                connection.execute(insert_new(connection, suppression), values)
        return count

    def _create(self, settings: Settings) -> tuple[int, str]:
        with self.database.transaction() as connection:
            row = _find(connection, settings.tag)
            if row is None or row.state == CampaignState.PLANNING:
                if row is not None:
                    _delete(connection, row)
                return self._insert(connection, settings)
            if row.state == CampaignState.PURGED:
                raise CampaignRefused(
                    f'the tag {settings.tag} belongs to a campaign that was purged; use another one'
                )
            settings.require_same(row)
            change = update(campaign).where(campaign.c.id == row.id)
            connection.execute(change.values(settings.changeable()))
            return row.id, row.hex

    def _insert(self, connection: Connection, settings: Settings) -> tuple[int, str]:
        code = secrets.token_hex(_HEX_BYTES)
        values = {
            **settings.to_row(),
            'hex': code,
            'state': CampaignState.PLANNING,
            'created': self.database.now(connection).timestamp(),
        }
        number: int = connection.execute(
            insert(campaign).values(values).returning(campaign.c.id)
        ).scalar_one()
        return number, code

    def _opened(self, number: int, code: str) -> Campaign:
        path = self._lock_folder() / f'campaign-{code}.lock'
        shared = self._senders.setdefault(path, SharedSender(path))
        return Campaign(self.database, number, shared)

    def _lock_folder(self) -> Path:
        if isinstance(self.database, Sqlite):
            # Not that of a link, so that all who use the file have the same locks.
            return self.database.path.resolve().parent
        return _data_folder()


def _data_folder() -> Path:
    try:
        return user_data_path('hoiio', appauthor=False, ensure_exists=True)
    except OSError as exc:
        raise LedgerUnusable(
            f'the data folder of this user cannot be made: {exc}; set XDG_DATA_HOME to another one'
        ) from exc


def _default(app_id: str | None) -> Path:
    app_id = app_id or environment('HOIIO_APP_ID')
    if app_id is None:
        raise LedgerUnusable('pass a ledger, or set HOIIO_APP_ID to use the default one')
    return _data_folder() / f'campaigns-{app_id.replace(os.sep, "_")}.sqlite'


def _find(connection: Connection, tag: str) -> Row[Any] | None:
    return connection.execute(
        select(campaign).where(campaign.c.tag == tag).with_for_update()
    ).one_or_none()


def _delete(connection: Connection, row: Row[Any]) -> None:
    for table in (person, dropped_row, campaign_zone):
        connection.execute(delete(table).where(table.c.campaign_id == row.id))
    connection.execute(delete(campaign).where(campaign.c.id == row.id))


def _chunks(listed: list[str]) -> Iterator[list[str]]:
    return (listed[start : start + _CHUNK] for start in range(0, len(listed), _CHUNK))
