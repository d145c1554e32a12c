"""What a ledger does with its disk, its server, its locks and its clock."""

from __future__ import annotations

import gc
import multiprocessing
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from hoiio.campaign import database as database_module
from hoiio.campaign import lock as lock_module
from hoiio.campaign.database import Moment, Sqlite, open_database
from hoiio.campaign.exceptions import LedgerFailed, LedgerUnusable
from hoiio.campaign.ledger import Ledger
from hoiio.campaign.lock import SenderLock, boot_id
from hoiio.campaign.outcomes import Wait
from hoiio.exceptions import InputInvalid
from tests.campaign import postgresql
from tests.campaign.conftest import person, settings


def test_a_commit_is_synced_and_others_cannot_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / 'new/ledger.sqlite'
    with Ledger(path) as ledger:
        with ledger.database.transaction() as connection:
            pragmas = {
                name: connection.exec_driver_sql(f'PRAGMA {name}').scalar()
                for name in ('journal_mode', 'synchronous', 'fullfsync', 'foreign_keys')
            }
        ledger.create(settings())
    assert pragmas == {
        'journal_mode': 'truncate',
        'synchronous': 2,
        'fullfsync': 1,
        'foreign_keys': 1,
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_transaction_begins_by_taking_the_file(tmp_path: Path) -> None:
    path = tmp_path / 'ledger.sqlite'
    with Ledger(path) as ledger, ledger.database.transaction() as connection:
        connection.execute(text('SELECT 1'))
        other = sqlite3.connect(path, timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match='locked'):
            other.execute('BEGIN IMMEDIATE')
        other.close()


@pytest.mark.parametrize(
    ('where', 'message'),
    [
        ('mysql://host/database', 'mysql cannot be the ledger'),
        ('sqlite://', 'sqlite cannot be the ledger'),
        ('://', 'must be the path of a file, or a URL'),
        ('/proc/nothing/ledger', 'cannot be the ledger: No such file'),
    ],
)
def test_what_cannot_be_a_ledger_is_refused(where: str, message: str) -> None:
    with pytest.raises(LedgerUnusable, match=message):
        Ledger(where)


def test_a_file_that_is_not_a_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / 'people.csv').write_text('name,number\n' * 100)
    with pytest.raises(LedgerUnusable, match='cannot be opened: file is not a database'):
        Ledger(tmp_path / 'people.csv')


def test_a_url_can_name_a_file(tmp_path: Path) -> None:
    database = open_database(f'sqlite:///{tmp_path}/ledger.sqlite')
    assert isinstance(database, Sqlite)
    assert database.path == tmp_path / 'ledger.sqlite'
    database.close()


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'psycopg', None)
    with pytest.raises(LedgerUnusable, match=r"pip install 'hoiio\[campaign,postgresql\]'"):
        Ledger('postgresql://hoiio@127.0.0.1/database')


def test_the_default_is_a_file_of_the_user_for_each_application(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('hoiio.campaign.ledger._data_folder', lambda: tmp_path)
    with pytest.raises(LedgerUnusable, match='set HOIIO_APP_ID'):
        Ledger()
    with Ledger(app_id='a/b'):
        assert (tmp_path / 'campaigns-a_b.sqlite').exists()
    monkeypatch.setenv('HOIIO_APP_ID', 'mine')
    with Ledger():
        assert (tmp_path / 'campaigns-mine.sqlite').exists()
    monkeypatch.setenv('HOIIO_APP_ID', ' ')
    with pytest.raises(InputInvalid, match='set but empty'):
        Ledger()


def test_a_ledger_of_another_version_is_refused(where: str) -> None:
    with Ledger(where) as ledger, ledger.database.transaction() as connection:
        connection.exec_driver_sql('UPDATE version SET number = 99')
    with pytest.raises(LedgerUnusable, match='the schema version 99'):
        Ledger(where)
    # Nothing is left open.
    gc.collect()


def test_a_file_that_others_use_with_another_journal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / 'ledger.sqlite'
    other = sqlite3.connect(path, isolation_level=None)
    other.execute('PRAGMA journal_mode = WAL')
    other.execute('CREATE TABLE theirs (number)')
    other.execute('BEGIN IMMEDIATE')
    with pytest.raises(LedgerUnusable):
        Ledger(path)
    other.close()


def test_a_database_without_this_journal_is_refused(tmp_path: Path) -> None:
    other = sqlite3.connect(':memory:')
    refused = pytest.raises(LedgerUnusable, match='journal mode memory')
    with Ledger(tmp_path / 'ledger.sqlite') as ledger, refused:
        ledger.database._prepare(other)
    other.close()


@pytest.mark.slow
@pytest.mark.parametrize('option', ['synchronous_commit', 'fsync'])
def test_a_server_that_does_not_sync_is_refused(option: str) -> None:
    refused = pytest.raises(LedgerUnusable, match=f'the database has {option} = off')
    with postgresql.running(f'{option}=off') as url, refused:
        Ledger(url)


@pytest.mark.slow
def test_the_clock_of_the_server_counts(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger(postgresql_url) as ledger, ledger.database.transaction() as connection:
        before = ledger.database.moment(connection)
        monkeypatch.setattr('time.time', lambda: 0.0)
        monkeypatch.setattr('time.monotonic', lambda: 0.0)
        after = ledger.database.moment(connection)
        assert 0 <= (after.since(*before) or -1) < 60
        assert ledger.database.now(connection).timestamp() >= after.seconds


def test_moments_of_two_clocks_cannot_be_compared() -> None:
    assert Moment('a', 5.0).since('a', 3.0) == 2.0
    assert Moment('a', 5.0).since('b', 3.0) is None
    assert Moment('a', 5.0).since('a', None) is None


@pytest.mark.slow
def test_a_lost_connection_is_noticed(postgresql_url: str) -> None:
    with Ledger(postgresql_url) as ledger, Ledger(postgresql_url) as other:
        assert ledger.database.opened == 1
        with other.database.transaction() as connection:
            connection.exec_driver_sql(
                'SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity'
                ' WHERE pid <> pg_backend_pid() AND datname = current_database()'
            )
        assert ledger.tags() == []
        assert ledger.database.opened == 2


def test_errors_hold_no_personal_data(where: str) -> None:
    with Ledger(where) as ledger:
        with pytest.raises(LedgerFailed) as info, ledger.database.transaction() as connection:
            connection.execute(text('SELECT :number FROM nowhere'), {'number': '+6591234567'})
        shown = f'{info.value}{info.value.__cause__}'
    assert '91234567' not in shown
    assert 'the ledger could not be written' in shown


# The lock.


def test_a_lock_has_one_holder(tmp_path: Path) -> None:
    first, second = SenderLock(tmp_path / 'lock'), SenderLock(tmp_path / 'lock')
    assert first.acquire()
    assert first.acquire()
    assert not second.acquire()
    assert first.identity == second.identity
    first.close()
    first.close()
    assert first.is_closed
    assert second.acquire()
    second.close()
    assert (tmp_path / 'lock').exists()


def test_a_file_of_the_same_name_elsewhere_is_another_lock(tmp_path: Path) -> None:
    first = SenderLock(tmp_path / 'lock')
    (tmp_path / 'other').mkdir()
    second = SenderLock(tmp_path / 'other/lock')
    assert first.identity != second.identity
    first.close()
    second.close()


@pytest.mark.slow
def test_a_lock_ends_with_its_process_and_not_with_its_children(tmp_path: Path) -> None:
    program = (
        'import os, sys, subprocess, time\n'
        'from pathlib import Path\n'
        'from hoiio.campaign.lock import SenderLock\n'
        f'lock = SenderLock(Path({str(tmp_path / "lock")!r}))\n'
        'assert lock.acquire()\n'
        'if os.fork() == 0:\n'
        '    time.sleep(600)\n'
        'child = subprocess.Popen(["sleep", "600"], close_fds=False)\n'
        'print(child.pid, flush=True)\n'
        'os.kill(os.getpid(), 9)\n'
    )
    process = subprocess.Popen(
        [sys.executable, '-c', program], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.wait()
    lock = SenderLock(tmp_path / 'lock')
    try:
        # Both children live. The forked one gives the lock up as soon as it runs.
        end = time.monotonic() + 30
        while not lock.acquire():
            assert time.monotonic() < end
            time.sleep(0.01)
    finally:
        os.killpg(process.pid, 9)
        process.stdout.close()
        lock.close()


def _child(ledger: Ledger, clock: str, queue: Any) -> None:
    with ledger.database.transaction() as connection:
        moment = ledger.database.moment(connection)
    queue.put((ledger.tags(), moment.clock != clock, database_module._process))


def test_a_child_has_a_connection_and_a_clock_of_its_own(where: str) -> None:
    with Ledger(where) as ledger:
        ledger.create(settings())
        context = multiprocessing.get_context('fork')
        queue = context.Queue()
        process = context.Process(target=_child, args=(ledger, database_module._process, queue))
        process.start()
        tags, is_new, clock = queue.get(timeout=60)
        process.join()
        assert (tags, is_new) == (['reminder'], True)
        assert clock != database_module._process
        assert ledger.tags() == ['reminder']


def test_a_child_leaves_the_connection_to_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = database_module._process
    monkeypatch.setattr(database_module, '_process', clock)
    with Ledger(tmp_path / 'ledger.sqlite') as ledger:
        with ledger.database.transaction() as connection:
            before = connection.connection.dbapi_connection
        database_module._after_fork()
        assert database_module._process != clock
        assert ledger.tags() == []
        assert ledger.database.opened == 2
        assert before is not None
        before.close()


def test_the_folder_of_the_user_is_that_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('hoiio.campaign.ledger.user_data_path', lambda *_, **__: tmp_path)
    with Ledger(app_id='mine'):
        assert (tmp_path / 'campaigns-mine.sqlite').exists()


def test_a_forked_child_takes_the_lock_anew(tmp_path: Path) -> None:
    with Ledger(tmp_path / 'ledger.sqlite') as ledger:
        campaign = ledger.create(settings())
        before = campaign._sender()
        lock_module._after_fork()
        assert before.lock.is_closed
        assert campaign._sender().lock.acquire()


@pytest.fixture
def _new_boot_id() -> Any:
    boot_id.cache_clear()
    yield
    boot_id.cache_clear()


@pytest.mark.usefixtures('_new_boot_id')
def test_the_start_of_a_mac_has_an_id_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_module, '_BOOT_ID', tmp_path / 'missing')

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        assert command[-1] == 'kern.bootsessionuuid'
        return subprocess.CompletedProcess(command, 0, 'UUID\n')

    monkeypatch.setattr(subprocess, 'run', run)
    assert boot_id() == 'UUID'


@pytest.mark.usefixtures('_new_boot_id')
def test_a_start_without_an_id_is_like_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_module, '_BOOT_ID', tmp_path / 'missing')
    first = boot_id()
    boot_id.cache_clear()
    assert boot_id() != first


def test_windows_is_told_what_to_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('sys.platform', 'win32')
    with pytest.raises(LedgerUnusable, match='use WSL on Windows'):
        SenderLock(tmp_path / 'lock')


def test_a_wait_says_until_when() -> None:
    assert Wait(60).until > Wait(0).until


def test_copies_of_a_ledger_have_locks_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / 'ledger.sqlite'
    with Ledger(path) as ledger:
        campaign = ledger.create(settings())
        first = campaign._sender().identity
    (tmp_path / 'copy').mkdir()
    shutil.copy(path, tmp_path / 'copy')
    with Ledger(tmp_path / 'copy/ledger.sqlite') as ledger:
        assert ledger.campaign('reminder')._sender().identity != first


def test_a_link_to_a_ledger_has_the_locks_of_the_ledger(tmp_path: Path) -> None:
    (tmp_path / 'real').mkdir()
    (tmp_path / 'link').symlink_to(tmp_path / 'real/ledger.sqlite')
    with Ledger(tmp_path / 'real/ledger.sqlite') as ledger, Ledger(tmp_path / 'link') as link:
        assert ledger.create(settings())._sender().lock.acquire()
        assert not link.campaign('reminder')._sender().lock.acquire()


def test_a_folder_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('XDG_DATA_HOME', '/proc/nothing')
    with pytest.raises(LedgerUnusable, match=r'/proc/nothing.*set XDG_DATA_HOME'):
        Ledger(app_id='mine')


def test_a_lock_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnusable, match='missing/lock cannot be locked: No such file'):
        SenderLock(tmp_path / 'missing/lock')


def test_a_file_that_another_program_holds_for_long_ends_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / 'ledger.sqlite'
    monkeypatch.setattr(database_module, 'SECONDS_TO_WAIT', 0.01)
    with Ledger(path) as ledger:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute('BEGIN IMMEDIATE')
        with pytest.raises(LedgerFailed, match='database is locked'):
            ledger.tags()
        other.close()


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / 'ledger.sqlite'
    Ledger(path).close()
    content = bytearray(path.read_bytes())
    content[100:4096] = b'x' * 3996
    path.write_bytes(content)
    with pytest.raises(LedgerUnusable, match='malformed'):
        Ledger(path)


def test_what_is_deleted_does_not_stay_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / 'ledger.sqlite'
    with Ledger(path) as ledger:
        campaign = ledger.create(settings())
        campaign.add(person(place) for place in range(500))
        campaign.ready(500 * 32_000)
        assert b'91230100' in path.read_bytes()
        campaign.pause()
        campaign.purge()
    assert b'912301' not in path.read_bytes()
