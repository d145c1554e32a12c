"""The fixture as its users have it: pytest runs of their own, each in its own process."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.pytest_runs import only_plugins

pytest_plugins = ['pytester']

pytestmark = pytest.mark.slow


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    # The plugin is found by its entry point, as users have it.
    options = [*only_plugins('hoiio', 'xdist'), '--no-header']
    monkeypatch.setenv('PYTEST_ADDOPTS', ' '.join(options))
    return pytester


def run(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess(*args)


def test_a_client_of_the_environment_talks_to_the_sandbox(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        from hoiio import Hoiio

        def test_welcome(hoiio_sandbox):
            assert Hoiio.sms.send('Welcome', '+6598765432').is_success()
            assert hoiio_sandbox.phone('+6598765432').inbox[0].text == 'Welcome'
            assert hoiio_sandbox.client().account.balance().balance == 54.618

        def test_the_state_is_back_at_the_seed(hoiio_sandbox):
            assert Hoiio.account.balance().balance == 54.65
            assert Hoiio.sms.history().entries == []
            assert hoiio_sandbox.events == []

        def test_the_environment_is_as_it_was():
            import os
            assert 'HOIIO_APP_ID' not in os.environ
    """)
    run(pytester).assert_outcomes(passed=3)


def test_the_server_is_started_once(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        urls = set()

        def test_one(hoiio_sandbox):
            urls.add(hoiio_sandbox.url)

        def test_two(hoiio_sandbox):
            assert urls == {hoiio_sandbox.url}
    """)
    run(pytester).assert_outcomes(passed=2)


def test_a_failure_shows_what_happened(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        from hoiio import Hoiio

        def test_it(hoiio_sandbox):
            Hoiio.sms.send('Hoiio World', '+6598765432')
            assert 1 == 2

        def test_other():
            assert 3 == 4

        def test_success(hoiio_sandbox):
            Hoiio.sms.send('nobody sees this', '+6598765432')
    """)
    result = run(pytester)
    result.assert_outcomes(failed=2, passed=1)
    result.stdout.fnmatch_lines(
        ['*- Hoiio sandbox -*', '*sms AA-S-1 * -> +6598765432: Hoiio World']
    )
    assert result.stdout.str().count('- Hoiio sandbox -') == 1
    result.stdout.no_fnmatch_line('*nobody sees this*')


def test_a_set_up_or_a_clean_up_that_fails_shows_it_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        from hoiio import Hoiio

        @pytest.fixture
        def broken(hoiio_sandbox):
            Hoiio.sms.send('before', '+6598765432')
            raise RuntimeError

        @pytest.fixture
        def untidy(hoiio_sandbox):
            yield
            Hoiio.sms.send('after', '+6598765432')
            raise RuntimeError

        def test_one(broken):
            pass

        def test_two(untidy):
            pass

        def test_three(request):
            request.getfixturevalue('hoiio_sandbox')
            Hoiio.sms.send('meanwhile', '+6598765432')
            assert False
    """)
    result = run(pytester)
    result.assert_outcomes(errors=2, passed=1, failed=1)
    for word in ('before', 'after', 'meanwhile'):
        result.stdout.fnmatch_lines([f'*sms AA-S-1 *: {word}'])


def test_without_the_sandbox_it_says_what_to_install(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import sys
        sys.modules['werkzeug'] = None

        def test_it(hoiio_sandbox):
            pass
    """)
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(['*the sandbox is not installed: pip install "hoiio[sandbox?"*'])


def test_workers_have_a_sandbox_each(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        from hoiio import Hoiio

        @pytest.mark.parametrize('number', range(20))
        def test_alone(hoiio_sandbox, number):
            Hoiio.sms.send(str(number), '+6598765432')
            (sms,) = hoiio_sandbox.phone('+6598765432').inbox
            assert sms.text == str(number)
    """)
    run(pytester, '-n', '2').assert_outcomes(passed=20)


def test_it_costs_nothing_when_unused(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import sys

        def test_nothing_is_imported():
            assert 'pytest_hoiio' in sys.modules
            alien = {'hoiio', 'requests', 'werkzeug'}
            assert not alien & {name.partition('.')[0] for name in sys.modules}
    """)
    run(pytester).assert_outcomes(passed=1)


def test_the_module_imports_nothing_but_pytest() -> None:
    code = (
        'import sys, pytest; before = set(sys.modules); import pytest_hoiio;'
        ' print(*sorted(set(sys.modules) - before))'
    )
    command = [sys.executable, '-c', code]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert shown.split() == ['pytest_hoiio']


# Away from the real service

REAL = {'HOIIO_APP_ID': 'REAL_APP_ID', 'HOIIO_ACCESS_TOKEN': 'REAL_ACCESS_TOKEN'}
REFUSED = """
    from unittest.mock import patch
    import pytest
    from hoiio import Hoiio, TransportError

    def refused():
        # Asked first: the test itself must not send anything if this does not hold.
        assert '127.0.0.1:9' in repr(Hoiio), Hoiio
        without_pauses = patch('hoiio.transport.transport.sleep')
        with without_pauses, pytest.raises(TransportError) as caught:
            Hoiio.sms.send('Hello', '+6598765432')
        assert not caught.value.outcome_unknown
"""


@pytest.fixture
def exported(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Runs of a developer who has exported real credentials, and helpers for the tests in them."""
    for name, value in REAL.items():
        monkeypatch.setenv(name, value)
    pytester.makepyfile(away=REFUSED)
    return pytester


@pytest.mark.parametrize(
    ('leads', 'with_'), [(True, 'Sandbox() as s, s.environment()'), (False, 'Sandbox() as s')]
)
def test_a_fixture_of_ones_own_keeps_exported_credentials_at_home(
    exported: pytest.Pytester, leads: bool, with_: str
) -> None:
    exported.makepyfile(f"""
        import pytest
        from hoiio import Hoiio
        from hoiio.sandbox import Sandbox
        from away import refused

        @pytest.fixture
        def mine():
            with {with_}:
                yield s

        def test_the_application(mine):
            if {leads}:
                assert Hoiio.sms.send('Hello', '+6598765432').is_success()
                mine.phone('+6598765432').expect_sms('Hello')
            else:
                refused()

        def test_that_comes_later():
            refused()
    """)
    run(exported).assert_outcomes(passed=2)


def test_a_thread_that_outlives_its_test_does_not_reach_the_real_service(
    exported: pytest.Pytester,
) -> None:
    exported.makepyfile("""
        import threading
        from hoiio import Hoiio
        from away import refused

        over, asked = threading.Event(), []

        def straggle():
            over.wait(30)
            refused()
            asked.append(True)

        thread = threading.Thread(target=straggle)

        def test_leaves_a_thread_behind(hoiio_sandbox):
            thread.start()
            assert Hoiio.sms.send('Hello', '+6598765432').is_success()

        def test_after_it():
            over.set()
            thread.join(30)
            assert asked
    """)
    run(exported).assert_outcomes(passed=2)


def test_nor_does_one_that_outlives_the_run(exported: pytest.Pytester) -> None:
    exported.makepyfile("""
        import threading
        from away import refused

        def straggle():
            # Until nothing is left of the run.
            threading.main_thread().join()
            refused()
            print('refused as it should be', flush=True)

        def test_leaves_a_thread_behind(hoiio_sandbox):
            threading.Thread(target=straggle).start()
    """)
    result = run(exported, '-s')
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(['*refused as it should be*'])


def test_a_cleared_environment_is_not_the_real_service(exported: pytest.Pytester) -> None:
    exported.makepyfile("""
        import os
        from unittest.mock import patch
        from hoiio import Hoiio
        from away import refused

        def test_it(hoiio_sandbox):
            with patch.dict(os.environ, clear=True):
                Hoiio.init('REAL_APP_ID', 'REAL_ACCESS_TOKEN')
                refused()
    """)
    run(exported).assert_outcomes(passed=1)


@pytest.mark.parametrize('method', ['fork', 'spawn'])
def test_a_server_that_was_started_before_does_not_reach_it(
    exported: pytest.Pytester, method: str
) -> None:
    exported.makepyfile(f"""
        import multiprocessing
        import pytest
        from away import refused

        def serve(asked, answers):
            asked.wait(30)
            refused()
            answers.put('refused')

        @pytest.fixture(scope='session', autouse=True)
        def live_server():
            context = multiprocessing.get_context('{method}')
            asked, answers = context.Event(), context.Queue()
            process = context.Process(target=serve, args=(asked, answers))
            process.start()
            yield asked, answers
            process.join(30)

        def test_it(live_server, hoiio_sandbox):
            asked, answers = live_server
            asked.set()
            assert answers.get(timeout=30) == 'refused'
    """)
    run(exported).assert_outcomes(passed=1)


def test_who_wants_the_real_service_says_so(exported: pytest.Pytester) -> None:
    exported.makepyfile("""
        import responses
        from hoiio import HoiioClient

        REAL = 'https://secure.hoiio.com/open/'

        def test_sandbox(hoiio_sandbox):
            pass

        @responses.activate
        def test_it():
            responses.post(f'{REAL}sms/send', json={'status': 'success_ok'})
            assert HoiioClient(base_url=REAL).sms.send('Hello', '+6598765432').is_success()
    """)
    run(exported).assert_outcomes(passed=2)


def test_a_run_without_the_fixture_is_left_alone(exported: pytest.Pytester) -> None:
    exported.makepyfile("""
        from hoiio import Hoiio

        def test_it():
            assert 'secure.hoiio.com' in repr(Hoiio)
    """)
    run(exported).assert_outcomes(passed=1)


def test_faked_answers_go_on_beside_a_sandbox_of_ones_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        from hoiio import Hoiio
        from hoiio.sandbox import Sandbox

        def test_sandbox(monkeypatch):
            monkeypatch.setenv('HOIIO_ACCESS_TOKEN', 'FAKE')
            with Sandbox():
                pass

        def test_it():
            assert 'secure.hoiio.com' in repr(Hoiio)
    """)
    run(pytester).assert_outcomes(passed=2)


def test_a_sandbox_that_processes_share_stays_the_default(
    exported: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('HOIIO_BASE_URL', 'http://127.0.0.1:8420/open/')
    exported.makepyfile("""
        from hoiio import Hoiio

        def test_sandbox(hoiio_sandbox):
            assert hoiio_sandbox.url in repr(Hoiio)

        def test_it():
            assert 'http://127.0.0.1:8420/open/' in repr(Hoiio)
    """)
    run(exported).assert_outcomes(passed=2)


def test_all_is_undone_at_the_end_of_a_run_inside_of_a_program(
    exported: pytest.Pytester,
) -> None:
    exported.makepyfile('def test_it(hoiio_sandbox): pass')
    code = 'import pytest; pytest.main(["-q"]); from hoiio import Hoiio; print(Hoiio)'
    result = exported.run(sys.executable, '-c', code)
    result.stdout.fnmatch_lines(['*1 passed*', '*secure.hoiio.com*'])


# What a test asks for


def test_the_marker(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        from hoiio import Hoiio
        from hoiio.sandbox import FakeClock, Sandbox, Seed

        seen = []

        def post(url: str, body: str, headers: object) -> int:
            seen.append(url)
            return 200

        @pytest.mark.hoiio(answer='manual', seed=Seed(name='Ann'))
        class TestAnn:
            def test_of_the_class(self, hoiio_sandbox: Sandbox) -> None:
                assert Hoiio.account.info().name == 'Ann'
                Hoiio.voice.call('+6598765432', '+6581234567')
                assert hoiio_sandbox.phone('+6598765432').expect_call().state == 'ringing'

            @pytest.mark.hoiio(seed=Seed(name='Bob'), clock=FakeClock(), delivered_by=post)
            def test_of_the_method(self, hoiio_sandbox: Sandbox) -> None:
                assert Hoiio.account.info().name == 'Bob'
                assert not hoiio_sandbox.clock.runs
                Hoiio.sms.send('Hello', '+6598765432', notify_url='http://testserver/')
                hoiio_sandbox.drain()
                assert seen == ['http://testserver/']

        def test_neither(hoiio_sandbox: Sandbox) -> None:
            assert Hoiio.account.info().name not in {'Ann', 'Bob'}
            assert hoiio_sandbox.clock.runs
    """)
    run(pytester, '--strict-markers').assert_outcomes(passed=3)


def test_a_marker_that_makes_no_sense(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.hoiio('manual')
        def test_no_name(hoiio_sandbox):
            pass

        @pytest.mark.hoiio(anwser='manual')
        def test_wrong_name(hoiio_sandbox):
            pass

        @pytest.mark.hoiio(seed=4)
        def test_wrong_value(hoiio_sandbox):
            pass
    """)
    result = run(pytester)
    result.assert_outcomes(errors=3)
    result.stdout.fnmatch_lines(
        [
            '*@pytest.mark.hoiio*takes keyword arguments only',
            '*@pytest.mark.hoiio*anwser*; use hoiio(answer=*',
            '*@pytest.mark.hoiio*seed must be a Seed*',
        ]
    )


def test_a_parameter_that_its_operation_does_not_know_fails_the_test(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile("""
        import pytest
        from hoiio import Hoiio

        def send():
            Hoiio.sms.send('Hello', '+6598765432', sender='Ann')

        def test_strict(hoiio_sandbox):
            send()

        @pytest.mark.hoiio(strict_parameters=False)
        def test_lenient(hoiio_sandbox):
            send()
    """)
    result = run(pytester)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(['*ERROR at teardown of test_strict*', '*sms/send ignored: sender'])


def test_a_fixture_of_the_module_has_the_server(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        from hoiio import Hoiio
        from hoiio.sandbox import Sandbox

        @pytest.fixture(scope='module')
        def application(hoiio_sandbox_server: Sandbox):
            return hoiio_sandbox_server.client()

        @pytest.mark.parametrize('text', ['one', 'two'])
        def test_it(application, hoiio_sandbox: Sandbox, text: str):
            application.sms.send(text, '+6598765432')
            hoiio_sandbox.phone('+6598765432').expect_sms(text)
            hoiio_sandbox.assert_quiet()

        def test_the_server_alone_leads_nobody_to_it(hoiio_sandbox_server: Sandbox):
            assert '127.0.0.1:9' in repr(Hoiio)
    """)
    run(pytester).assert_outcomes(passed=3)


# What the end of a test leaves


def test_a_callback_under_way_ends_with_its_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import threading
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        import hoiio.sandbox.shared
        import pytest
        from hoiio import Hoiio

        # A busy machine may need longer than a user wants to wait.
        hoiio.sandbox.shared.SETTLE_SECONDS = 60
        current, written = [], []
        begun = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                test = current[-1]
                begun.set()
                threading.Event().wait(0.1)
                written.append((test, current[-1]))
                self.send_response(200)
                self.end_headers()

        @pytest.fixture(scope='module')
        def url():
            with ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
                thread = threading.Thread(target=server.serve_forever, args=(0.01,))
                thread.start()
                yield f'http://127.0.0.1:{server.server_port}/'
                server.shutdown()
                thread.join()

        @pytest.mark.parametrize('number', range(3))
        def test_it(url, hoiio_sandbox, number):
            begun.clear()
            current.append(number)
            Hoiio.sms.send('Hello', '+6598765432', notify_url=url)
            assert begun.wait(30)

        def test_each_has_written_in_its_own_time():
            assert written == [(0, 0), (1, 1), (2, 2)]
    """)
    run(pytester).assert_outcomes(passed=4)


def test_records_of_tests_are_dropped(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        from hoiio import Hoiio

        def test_it(hoiio_sandbox):
            Hoiio.sms.send('Hello', '+6598765432')

        def test_nothing_is_left(request):
            import pytest_hoiio
            first = request.session.items[0]
            assert first.stash[pytest_hoiio._TRANSCRIPT] is None
    """)
    run(pytester).assert_outcomes(passed=2)


# Beside other tools


@pytest.mark.parametrize('way', ['pytest_plugins', '-p'])
def test_the_plugin_may_be_named_once_more(pytester: pytest.Pytester, way: str) -> None:
    if way == 'pytest_plugins':
        pytester.makeconftest("pytest_plugins = ['pytest_hoiio']")
    pytester.makepyfile('def test_it(hoiio_sandbox): pass')
    options = ['-p', 'pytest_hoiio'] if way == '-p' else []
    run(pytester, *options).assert_outcomes(passed=1)


def test_the_transcript_is_in_junit_xml_also_from_workers(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        from hoiio import Hoiio

        def test_failure(hoiio_sandbox):
            Hoiio.sms.send('Hoiio World', '+6598765432')
            assert 1 == 2

        def test_error(hoiio_sandbox):
            Hoiio.sms.send('Hoiio Moon', '+6598765432', flavour='vanilla')
    """)
    result = run(pytester, '--junit-xml=report.xml', '-n', '1')
    report = pytester.path.joinpath('report.xml').read_text('utf-8')
    for text in ('Hoiio World', 'Hoiio Moon'):
        assert report.count(text) == 1 + (text == 'Hoiio World'), report
        result.stdout.fnmatch_lines(['*- Hoiio sandbox -*', f'*sms AA-S-1 *: {text}'])


def test_a_variable_that_the_test_has_set_is_gone_after_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import os

        def test_it(monkeypatch, hoiio_sandbox):
            monkeypatch.setenv('HOIIO_APP_ID', 'ANOTHER')

        def test_later():
            assert 'HOIIO_APP_ID' not in os.environ
    """)
    run(pytester).assert_outcomes(passed=2)


# A failed test that keeps its sandbox open

HELD = """
    import pytest
    from hoiio import Hoiio

    @pytest.fixture
    def welcomed(hoiio_sandbox):
        Hoiio.sms.send('Welcome', '+6598765432')
        yield
        print('cleaned up')

    def test_it(welcomed):
        assert 1 == 2

    def test_next(hoiio_sandbox):
        assert hoiio_sandbox.events == []

    def test_without_a_sandbox():
        assert 3 == 4
"""


@contextlib.contextmanager
def held(pytester: pytest.Pytester) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the tests until the first one is held, and yield the run and the address of the page."""
    pytester.makepyfile(HELD)
    command = [sys.executable, '-m', 'pytest', '--hoiio-hold']
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=pytester.path
    ) as process:
        shown: list[str] = []
        while 'Press Enter' not in ''.join(shown[-1:]):
            assert process.stdout is not None
            shown.append(process.stdout.readline())
            assert shown[-1], 'the run has ended'
        assert 'assert 1 == 2' in ''.join(shown)
        yield process, shown[-2].split()[-1]


def state_at(page: str) -> Any:
    parts = urlsplit(page)
    with contextlib.closing(http.client.HTTPConnection(parts.netloc, timeout=30)) as connection:
        connection.request('GET', f'{parts.path}state')
        return json.loads(connection.getresponse().read())


def test_a_failed_test_keeps_its_sandbox_open_until_enter(pytester: pytest.Pytester) -> None:
    with held(pytester) as (process, page):
        assert [sms['msg'] for sms in state_at(page)['messages']] == ['Welcome']
        output, _ = process.communicate('\n', timeout=300)
    assert 'cleaned up' not in output.partition('FAILURES')[0], 'captured again'
    assert '2 failed, 1 passed' in output
    # A test without a sandbox is not held.
    assert output.count('Press Enter') == 0


def test_ctrl_c_ends_a_run_that_is_held(pytester: pytest.Pytester) -> None:
    with held(pytester) as (process, page):
        assert state_at(page)['messages']
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=300)
    assert process.returncode == pytest.ExitCode.INTERRUPTED
    assert 'you pressed Ctrl-C' in output
    # The summary has the test that was held, and no warning about the plugin.
    assert 'FAILED' in output
    assert 'warning' not in output


def test_without_an_input_nothing_is_held(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(HELD)
    # With -n 0, as the next test is told.
    command = [sys.executable, '-m', 'pytest', '--hoiio-hold', '-n', '0']
    result = pytester.run(*command, stdin=b'', timeout=600)
    result.assert_outcomes(failed=2, passed=1)


def test_a_run_in_several_processes_cannot_be_held(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(HELD)
    result = run(pytester, '--hoiio-hold', '-n', '2')
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(['*--hoiio-hold waits for you*add -n 0'])
