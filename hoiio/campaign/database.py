"""The database of a ledger: its transactions, and the clock that counts.

Every statement and every commit passes through `Database`.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakSet

from sqlalchemy import (
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError

from .exceptions import LedgerFailed, LedgerUnusable
from .schema import metadata, version

__all__ = ['Database', 'Moment', 'Postgresql', 'Sqlite', 'insert_new', 'open_database']

VERSION = 1

# Others may write, but nobody holds the database for long.
SECONDS_TO_WAIT = 60

# A second connection would count as a new one. Threads wait for each other.
_ONE_CONNECTION: dict[str, Any] = {
    'pool_size': 1,
    'max_overflow': 0,
    'pool_timeout': 2 * SECONDS_TO_WAIT,
}

# A number for the lock of PostgreSQL under which tables are made. Nobody else uses it.
_CREATING = 4_849_494_906


class Moment(NamedTuple):
    """A time on a clock that never jumps.

    Attributes:
        clock: The name of the clock. Moments of two clocks cannot be compared.
        seconds: The time.
    """

    clock: str
    seconds: float

    def since(self, clock: str | None, seconds: float | None) -> float | None:
        """Return the seconds since an earlier moment; None if it is of another clock."""
        return None if seconds is None or clock != self.clock else self.seconds - seconds


def _ignore(_what: str) -> None:
    return


class Database(ABC):
    """A database, and its transactions.

    Attributes:
        is_shared: True if processes on other machines use it.
        opened: How many connections there have been. After a new one, the database may be an older
            copy of itself.
        failed: True after a write that failed, or may have failed.
        on_event: Called with ``'statement'`` before and ``'done'`` after each statement, with
            ``'commit'`` before and ``'committed'`` after each commit, and with ``'send'`` before
            and ``'sent'`` after a request with messages. Tests end the process in it.
    """

    is_shared = False

    def __init__(self, engine: Engine) -> None:
        self.opened = 0
        self.failed = False
        self.on_event: Callable[[str], None] = _ignore
        self._engine = engine
        event.listen(engine, 'connect', self._connected)
        event.listen(engine, 'before_cursor_execute', lambda *_: self.on_event('statement'))
        event.listen(engine, 'after_cursor_execute', lambda *_: self.on_event('done'))
        _open.add(self)
        try:
            with self.transaction() as connection:
                self._create(connection)
        except BaseException as exc:
            engine.dispose()
            if not isinstance(exc, LedgerFailed):
                raise
            raise LedgerUnusable(f'the ledger cannot be opened: {_cause(exc.__cause__)}') from exc

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Make one transaction, which ends with a commit that is on the disk.

        Yields:
            The connection.

        Raises:
            LedgerFailed: A statement failed, or it is not known whether the commit did.
            IntegrityError: A constraint of the schema refused a statement; nothing was written.
        """
        try:
            with self._engine.connect() as connection, connection.begin() as transaction:
                yield connection
                self.on_event('commit')
                transaction.commit()
            self.on_event('committed')
        except IntegrityError:
            raise
        except SQLAlchemyError as exc:
            self.failed = True
            raise LedgerFailed(
                f'the ledger could not be written ({_cause(exc)}), so nothing more is sent. Check'
                ' the disk or the database server, then run the same command again'
            ) from exc

    @abstractmethod
    def now(self, connection: Connection) -> datetime:
        """Return the time of day, in UTC."""

    @abstractmethod
    def moment(self, connection: Connection) -> Moment:
        """Return the time for measuring how long something takes."""

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()

    def after_fork(self) -> None:
        """Leave the connection to the parent process."""
        self._engine.dispose(close=False)

    def _connected(self, connection: Any, _record: object) -> None:
        self.opened += 1
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise

    @abstractmethod
    def _prepare(self, connection: Any) -> None:
        """Check and set what a new connection needs."""

    def _create(self, connection: Connection) -> None:
        # All tables are created in one transaction, so this one stands for all.
        if not inspect(connection).has_table(version.name):
            metadata.create_all(connection)
        found = connection.scalar(select(version.c.number))
        if found is None:
            connection.execute(insert(version).values(number=VERSION))
        elif found != VERSION:
            raise LedgerUnusable(
                f'the ledger has the schema version {found}, but this version of hoiio needs'
                f' {VERSION}; use the version of hoiio that created the ledger'
            )


class Sqlite(Database):
    """A file. Its clock is that of this machine, and waits are measured by that of this process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # The file has phone numbers, so only its owner may read it.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        engine = create_engine(
            URL.create('sqlite', database=str(path)),
            connect_args={'timeout': SECONDS_TO_WAIT, 'check_same_thread': False},
            **_ONE_CONNECTION,
            hide_parameters=True,
        )
        # Without IMMEDIATE, two processes could both read, and one of them would fail to write.
        event.listen(engine, 'begin', lambda each: each.exec_driver_sql('BEGIN IMMEDIATE'))
        super().__init__(engine)

    def now(self, connection: Connection) -> datetime:
        """Return the time of this machine, in UTC."""
        return datetime.now(timezone.utc)

    def moment(self, connection: Connection) -> Moment:
        """Return the time of this process, which no change of the clock moves."""
        return Moment(_process, time.monotonic())

    def _prepare(self, connection: sqlite3.Connection) -> None:
        # The driver must not begin transactions by itself.
        connection.isolation_level = None
        connection.execute('PRAGMA foreign_keys = ON')
        connection.execute('PRAGMA synchronous = FULL')
        # What a purge deletes must not stay in the file.
        connection.execute('PRAGMA secure_delete = ON')
        # On macOS, only this makes the disk write.
        connection.execute('PRAGMA fullfsync = ON')
        # Of the rollback journals, this one syncs the end of a transaction. With DELETE, a power
        # failure just after a commit may undo it.
        (mode,) = connection.execute('PRAGMA journal_mode = TRUNCATE').fetchone()
        if mode != 'truncate':
            raise LedgerUnusable(f'{self.path} has the journal mode {mode}; use another file')


class Postgresql(Database):
    """A database server, whose clock alone counts."""

    is_shared = True

    def __init__(self, url: URL) -> None:
        engine = create_engine(
            url.set(drivername='postgresql+psycopg'),
            **_ONE_CONNECTION,
            pool_pre_ping=True,
            hide_parameters=True,
        )
        super().__init__(engine)

    def now(self, connection: Connection) -> datetime:
        """Return the time of the server, in UTC."""
        return datetime.fromtimestamp(self.moment(connection).seconds, timezone.utc)

    def moment(self, connection: Connection) -> Moment:
        """Return the time of the server."""
        seconds = connection.scalar(select(func.extract('epoch', func.clock_timestamp())))
        return Moment('postgresql', float(seconds or 0))

    def _prepare(self, connection: Any) -> None:
        for name in ('synchronous_commit', 'fsync'):
            (value,) = connection.execute(f'SHOW {name}').fetchone()
            if value == 'off':
                raise LedgerUnusable(
                    f'the database has {name} = off, so a crash could lose the record of messages'
                    ' that have left; turn it on'
                )
        connection.rollback()

    def _create(self, connection: Connection) -> None:
        connection.execute(select(func.pg_advisory_xact_lock(_CREATING)))
        super()._create(connection)


def open_database(where: str | Path) -> Sqlite | Postgresql:
    """Open a database.

    Args:
        where: The path of a file, or the URL of a PostgreSQL database.

    Raises:
        LedgerUnusable: It cannot be the database of a ledger.
    """
    try:
        if isinstance(where, str) and '://' in where:
            return _open_url(make_url(where))
        return _open_file(Path(where))
    except ArgumentError as exc:
        raise LedgerUnusable(
            'the ledger must be the path of a file, or a URL such as postgresql://host/database'
        ) from exc
    except ModuleNotFoundError as exc:
        raise LedgerUnusable(
            f"{exc.name} is missing: pip install 'hoiio[campaign,postgresql]'"
        ) from exc


def _open_url(url: URL) -> Sqlite | Postgresql:
    kind = url.get_backend_name()
    if kind == 'sqlite' and url.database:
        return _open_file(Path(url.database))
    if kind != 'postgresql':
        raise LedgerUnusable(f'{kind} cannot be the ledger; use SQLite or PostgreSQL')
    return Postgresql(url)


def _open_file(path: Path) -> Sqlite:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return Sqlite(path)
    except OSError as exc:
        raise LedgerUnusable(f'{path} cannot be the ledger: {exc.strerror}') from exc


def insert_new(connection: Connection, table: Table) -> Any:
    """Return the statement that inserts rows and leaves out those that are there already."""
    dialect = sqlite if connection.dialect.name == 'sqlite' else postgresql
    return dialect.insert(table).on_conflict_do_nothing()


def _cause(exc: BaseException | None) -> str:
    """Describe an error without the values of the statement, which are phone numbers."""
    return str(getattr(exc, 'orig', None) or type(exc).__name__).splitlines()[0]


_open: WeakSet[Database] = WeakSet()
_process = secrets.token_hex(8)


def _after_fork() -> None:
    global _process  # noqa: PLW0603 - the child is another process
    _process = secrets.token_hex(8)
    for database in list(_open):
        database.after_fork()


if hasattr(os, 'register_at_fork'):  # pragma: no branch - Windows does not fork
    os.register_at_fork(after_in_child=_after_fork)
