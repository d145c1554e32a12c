"""A fork while a sandbox runs: each test forks in a process of its own, with a time limit."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

from hoiio.sandbox import FakeClock
from tests.pytest_runs import only_plugins

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(not hasattr(os, 'fork'), reason='needs a fork'),
    pytest.mark.slow,
]

HARD_LIMIT = 600

#: Functions for a child process: what must raise an error there, and what must still work.
CHILD = """
    import os, sys
    from hoiio import HoiioClient
    from hoiio.sandbox import FakeClock, Sandbox

    DEST = '+6598765432'

    def uses(sandbox, phone):
        yield 'assert_quiet', sandbox.assert_quiet
        yield 'drain', sandbox.drain
        yield 'reset', sandbox.reset
        yield 'phone', lambda: sandbox.phone(DEST).inbox
        yield 'held phone', lambda: phone.inbox
        yield 'expect_sms', lambda: phone.expect_sms(timeout=30)
        yield 'events', lambda: sandbox.events
        yield 'follow', lambda: next(sandbox.follow())
        yield 'deliveries', lambda: sandbox.deliveries
        yield 'notifications', lambda: sandbox.notifications.duplicate_next()
        yield 'clock', lambda: sandbox.clock.advance(minutes=1)
        yield 'fault', lambda: sandbox.fail_next('sms/send', 'error_internal_server_error')
        yield 'set_rate', lambda: sandbox.set_rate('sms', '+65', '0.050')
        yield 'resend', lambda: sandbox.resend(1)
        yield 'save', sandbox.save
        yield 'restore', lambda: sandbox.restore({})
        yield 'start', sandbox.start

    def check(sandbox, phone, parent):
        for name, use in uses(sandbox, phone):
            try:
                use()
            except RuntimeError as exc:
                assert str(parent) in str(exc), (name, exc)
            else:
                raise AssertionError(name)
        assert sandbox.client().sms.send('from a child', DEST).is_success()
        with sandbox.environment():
            assert HoiioClient().account.info().is_success()
        assert str(parent) in repr(sandbox)
        sandbox.stop()
        with Sandbox() as own:
            assert own.client().sms.send('Hello', DEST).is_success()
            own.phone(DEST).expect_sms('Hello')
            own.assert_quiet()
"""


def python(code: str, tmp_path: Path) -> str:
    """Run a program that may use `CHILD`."""
    path = tmp_path / 'program.py'
    path.write_text(textwrap.dedent(CHILD) + textwrap.dedent(code), 'utf-8')
    done = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, timeout=HARD_LIMIT, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_child_cannot_use_the_sandbox_of_its_parent(tmp_path: Path) -> None:
    python(
        """
        parent = os.getpid()
        with Sandbox() as sandbox:
            phone = sandbox.phone(DEST)
            if not (child := os.fork()):
                check(sandbox, phone, parent)
                # The child leaves the `with` block, too.
                code = 0
            else:
                code = os.waitpid(child, 0)[1]
                phone.expect_sms('from a child')
                sandbox.assert_quiet()
        assert code == 0
        """,
        tmp_path,
    )


def test_a_child_does_not_keep_the_port(tmp_path: Path) -> None:
    python(
        """
        import socket, threading

        reader, writer = os.pipe()
        sandbox = Sandbox()
        sandbox.start()
        port = int(sandbox.url.split(':')[2].partition('/')[0])
        # Keep a connection open during the fork.
        client = sandbox.client()
        client.account.info()
        running, started = os.pipe()
        child = os.fork()
        if not child:
            os.close(writer)
            os.write(started, b'.')
            os.read(reader, 1)
            os._exit(0)
        os.close(reader)
        # The child has closed its copies once it runs.
        os.read(running, 1)
        sandbox.stop()
        # No SO_REUSEPORT, which would allow a second listener on the port.
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(('127.0.0.1', port))
            listener.listen()
        with Sandbox(port=port) as again:
            assert again.client().account.info().is_success()
        os.close(writer)
        assert os.waitpid(child, 0)[1] == 0
        """,
        tmp_path,
    )


def test_a_child_keeps_no_sockets_of_the_sandbox(tmp_path: Path) -> None:
    python(
        """
        if not os.path.isdir('/proc/self/fd'):
            sys.exit()

        def sockets():
            paths = [f'/proc/self/fd/{name}' for name in os.listdir('/proc/self/fd')]
            return sum(os.path.lexists(p) and os.readlink(p).startswith('socket:') for p in paths)

        before = sockets()
        with Sandbox() as sandbox:
            client = sandbox.client()
            client.account.info()
            kept = sockets() - before
            assert kept >= 3, 'the port, and both ends of a connection'
            client.close()
            if not (child := os.fork()):
                os._exit(sockets() - before)
            assert os.waitpid(child, 0)[1] == 0
            assert client.account.info().is_success()
        """,
        tmp_path,
    )


def test_a_grandchild_cannot_use_the_sandbox_either(tmp_path: Path) -> None:
    python(
        """
        parent = os.getpid()
        with Sandbox() as sandbox:
            phone = sandbox.phone(DEST)
            if not os.fork():
                if not (inner := os.fork()):
                    check(sandbox, phone, parent)
                    os._exit(0)
                os._exit(os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1]))
            assert os.wait()[1] == 0
        """,
        tmp_path,
    )


def test_a_fork_while_the_sandbox_is_busy(tmp_path: Path) -> None:
    python(
        """
        import threading

        parent, over = os.getpid(), threading.Event()

        def send():
            client = sandbox.client()
            while not over.is_set():
                client.sms.send('x', '+6590000001', notify_url='http://127.0.0.1:9/')

        with Sandbox() as sandbox:
            phone = sandbox.phone(DEST)
            threads = [threading.Thread(target=send) for _ in range(3)]
            for thread in threads:
                thread.start()
            for _ in range(10):
                if not (child := os.fork()):
                    for _name, use in uses(sandbox, phone):
                        try:
                            use()
                        except RuntimeError:
                            continue
                        os._exit(1)
                    sandbox.stop()
                    os._exit(0)
                assert os.waitpid(child, 0)[1] == 0
            over.set()
            for thread in threads:
                thread.join()
            assert sandbox.client().account.info().is_success()
        """,
        tmp_path,
    )


def test_a_clock_that_you_passed_in_works_in_a_child(tmp_path: Path) -> None:
    python(
        """
        clock = FakeClock()
        with Sandbox(clock=clock) as sandbox:
            call = sandbox.client().voice.call(DEST, '+6581234567', max_duration=60)
            if not (child := os.fork()):
                clock.advance(minutes=5)
                with Sandbox(clock=clock) as own:
                    assert own.client().voice.call(DEST, '+6581234567').is_success()
                    own.clock.advance(minutes=5)
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
            assert sandbox.client().voice.status(call.txn_ref).call_status_dest1 == 'ongoing'
            clock.advance(minutes=1)
            assert sandbox.client().voice.status(call.txn_ref).call_status_dest1 == 'answered'
        """,
        tmp_path,
    )


def test_a_sandbox_that_was_not_started_can_be_started_in_a_child(tmp_path: Path) -> None:
    python(
        """
        sandbox = Sandbox()
        if not (child := os.fork()):
            with sandbox:
                assert sandbox.client().account.info().is_success()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        with sandbox:
            assert sandbox.client().account.info().is_success()
        """,
        tmp_path,
    )


def test_multiprocessing(tmp_path: Path) -> None:
    python(
        """
        import multiprocessing

        if __name__ == '__main__':
            context = multiprocessing.get_context('fork')
            with Sandbox() as sandbox:
                phone = sandbox.phone(DEST)
                arguments = (sandbox, phone, os.getpid())
                children = [context.Process(target=check, args=arguments) for _ in range(3)]
                for child in children:
                    child.start()
                for child in children:
                    child.join(300)
                assert [child.exitcode for child in children] == [0, 0, 0]
                assert len(phone.inbox) == 3
                with context.Pool(2) as pool:
                    assert pool.map(len, ['a', 'bb']) == [1, 2]
        """,
        tmp_path,
    )


def test_djangos_parallel_runner(tmp_path: Path) -> None:
    python(
        """
        import multiprocessing
        import django
        from django.conf import settings
        from django.test import SimpleTestCase
        from django.test.runner import DiscoverRunner, ParallelTestSuite

        class Shared(SimpleTestCase):
            def test_the_sandbox_of_the_parent(self):
                assert os.getpid() != parent
                check(sandbox, phone, parent)

        class Own(SimpleTestCase):
            @classmethod
            def setUpClass(cls):
                super().setUpClass()
                cls.sandbox = Sandbox()
                cls.sandbox.start()
                cls.addClassCleanup(cls.sandbox.stop)

            def test_one(self):
                with self.sandbox.environment():
                    assert HoiioClient().sms.send('Hello', DEST).is_success()
                self.sandbox.phone(DEST).expect_sms('Hello')
                self.sandbox.assert_quiet()

        if __name__ == '__main__':
            multiprocessing.set_start_method('fork')
            settings.configure(INSTALLED_APPS=[], DATABASES={})
            django.setup()
            parent = os.getpid()
            with Sandbox() as sandbox:
                phone = sandbox.phone(DEST)
                runner = DiscoverRunner(parallel=2, verbosity=0, interactive=False)
                suite = runner.build_suite(['__main__'])
                assert isinstance(suite, ParallelTestSuite)
                result = runner.run_suite(suite)
                assert (result.testsRun, result.wasSuccessful()) == (2, True), result.errors
                phone.expect_sms('from a child')
        """,
        tmp_path,
    )


# Reports have an `_id` since pytest 9.2, and pytest-forked 1.7 cannot serialize it.
CONFTEST = """
    import pytest_forked

    plain = pytest_forked.serialize_report

    def passed_on(report):
        data = plain(report)
        data.pop('_id', None)
        return {**data, 'nodeid': report.nodeid}

    pytest_forked.serialize_report = passed_on
"""
PYTEST = """
    import os
    import pytest
    from hoiio import Hoiio

    parents = set()

    def test_in_the_parent(hoiio_sandbox):
        parents.add(os.getpid())
        assert Hoiio.sms.send('Hello', '+6598765432').is_success()

    MARK
    @pytest.mark.parametrize('number', range(6))
    def test_it(hoiio_sandbox, number):
        assert Hoiio.sms.send(str(number), '+6598765432').is_success()
        hoiio_sandbox.phone('+6598765432').expect_sms(str(number))
        hoiio_sandbox.assert_quiet()

    def test_in_the_parent_once_more(hoiio_sandbox):
        assert Hoiio.sms.send('Hello', '+6598765432').is_success()
        hoiio_sandbox.phone('+6598765432').expect_sms('Hello')
        hoiio_sandbox.assert_quiet()
"""


@pytest.mark.parametrize(
    ('mark', 'plugins', 'options'),
    [
        ('', ['xdist'], ['-n', '2']),
        ('', ['pytest_forked'], ['--forked']),
        ('@pytest.mark.forked', ['pytest_forked'], []),
        ('', ['pytest_forked', 'xdist'], ['--forked', '-n', '2']),
    ],
    ids=['xdist', 'forked', 'some forked', 'both'],
)
def test_pytest_plugins_that_start_processes(
    tmp_path: Path, mark: str, plugins: list[str], options: list[str]
) -> None:
    code = textwrap.dedent(PYTEST.replace('MARK', mark))
    (tmp_path / 'test_it.py').write_text(code, 'utf-8')
    (tmp_path / 'conftest.py').write_text(textwrap.dedent(CONFTEST), 'utf-8')
    command = [sys.executable, '-m', 'pytest', '-q', *only_plugins('hoiio', *plugins), *options]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=HARD_LIMIT, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '8 passed' in done.stdout


def test_a_renewed_clock_has_no_timers() -> None:
    clock = FakeClock()
    rung: list[int] = []
    clock.call_at(clock.now(), lambda: rung.append(1))
    clock.renew()
    clock.advance(minutes=1)
    assert rung == []
