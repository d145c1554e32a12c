"""The fixture as its users have it: pytest runs of their own, each in its own process."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest_plugins = ['pytester']


def run(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess('-p', 'no:cacheprovider', '--no-header', *args)


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
    result.stdout.fnmatch_lines(['*pip install "hoiio[sandbox?"*'])


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
