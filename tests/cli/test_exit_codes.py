"""Each exit code of the command, as a script sees it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from contextlib import closing

import pytest

from hoiio.cli.exit_codes import ExitCode
from hoiio.constants import Status
from hoiio.sandbox import Sandbox
from hoiio.sandbox.words import FaultKind
from tests.cli.service_calls import ALICE, BOB

pytestmark = pytest.mark.slow

HOIIO = [sys.executable, '-m', 'hoiio']


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*HOIIO, *arguments], capture_output=True, text=True, check=False)


def test_each_code_is_described() -> None:
    described = re.findall(r'^ {8}([A-Z_]+): ', ExitCode.__doc__ or '', re.MULTILINE)
    assert described == [code.name for code in ExitCode]
    assert [*map(int, ExitCode)] == [0, 1, 2, 3, 4, 5, 6, 130]


def test_0_if_it_is_done(account: Sandbox) -> None:
    done = run('sms', 'send', 'Hoiio World', ALICE, '--tag', 'welcome')
    assert (done.returncode, done.stdout, done.stderr) == (0, 'txn_ref  AA-S-1\n', '')


def test_1_if_hoiio_refuses_it(account: Sandbox) -> None:
    account.fail_next('sms/send', Status.RATE_LIMIT_EXCEEDED)
    refused = run('sms', 'send', 'Hoiio World', ALICE)
    assert (refused.returncode, refused.stdout) == (1, '')
    assert refused.stderr.count('Wait a minute and try again.') == refused.stderr.count('Wait') == 1


def test_1_if_nothing_has_the_tag(account: Sandbox) -> None:
    missing = run('sms', 'find', 'welcome')
    assert (missing.returncode, missing.stdout) == (1, '')
    assert missing.stderr.startswith('hoiio: nothing was found.')
    assert 'wait a minute and look again' in missing.stderr


def test_2_if_an_argument_is_not_valid(account: Sandbox) -> None:
    wrong = run('ivr', 'gather', 'S1', '--max-digits', 'one')
    assert (wrong.returncode, wrong.stdout) == (2, '')
    assert '--max-digits: must be a whole number' in wrong.stderr
    assert account.events == []


def test_2_if_it_costs_more_than_one_message_and_nobody_said_yes(account: Sandbox) -> None:
    unconfirmed = run('sms', 'bulk-send', 'Hoiio World', ALICE, BOB)
    assert (unconfirmed.returncode, unconfirmed.stdout) == (2, '')
    assert unconfirmed.stderr == (
        'hoiio: This sends 2 messages. Nothing was sent. To go ahead, add --yes.\n'
    )
    assert account.events == []


def test_3_without_credentials(account: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ('HOIIO_APP_ID', 'HOIIO_ACCESS_TOKEN', 'HOIIO_BASE_URL'):
        monkeypatch.delenv(name)
    nobody = run('account', 'balance')
    assert (nobody.returncode, nobody.stdout) == (3, '')
    assert 'hoiio login' in nobody.stderr


def test_3_if_the_credentials_are_refused(
    account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', 'WRONG')
    refused = run('account', 'balance')
    assert (refused.returncode, refused.stdout) == (3, '')
    assert refused.stderr.endswith('run: hoiio whoami\n')
    assert 'WRONG' not in refused.stderr


def test_4_if_the_request_never_left(account: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.create_server(('127.0.0.1', 0))) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv('HOIIO_BASE_URL', f'http://127.0.0.1:{port}/')
    never_left = run('sms', 'send', 'Hoiio World', ALICE)
    assert (never_left.returncode, never_left.stdout) == (4, '')
    assert never_left.stderr.endswith('Nothing was sent, so it is safe to send it again.\n')


def test_4_if_a_query_has_no_answer(account: Sandbox) -> None:
    account.fault('dropped_before', operation='sms/get_rate', times=None)
    unanswered = run('sms', 'rate', '', ALICE)
    assert (unanswered.returncode, unanswered.stdout) == (4, '')
    assert unanswered.stderr.endswith('Nothing was changed, so you can run the command again.\n')


FAULTS: list[FaultKind] = ['dropped_before', 'dropped_after', 'truncated', 'garbage']


@pytest.mark.parametrize('fault', FAULTS)
def test_5_if_the_outcome_is_unknown(fault: FaultKind, account: Sandbox) -> None:
    account.fault(fault, operation='sms/send')
    unknown = run('sms', 'send', 'Hoiio World', ALICE, '--tag', 'a tag')
    assert (unknown.returncode, unknown.stdout) == (5, '')
    advice = "look for it with the same credentials: hoiio sms find 'a tag'."
    assert unknown.stderr.endswith(f'{advice}\n')
    # The advice is what finds it, if it is there.
    assert run('sms', 'find', 'a tag').returncode == (1 if fault == 'dropped_before' else 0)


def test_6_if_a_list_ends_too_early(account: Sandbox) -> None:
    numbers = [f'+659{number:07}' for number in range(250)]
    account.client().sms.bulk_send('Hoiio World', numbers).raise_for_status()
    account.fault('status', operation='sms/get_history', match={'page': '3'}, times=None)
    partly = run('sms', 'history', '--csv')
    assert partly.returncode == 6
    assert len(partly.stdout.splitlines()) == 1 + 200
    assert 'The list ends after 200 entries; the rest is missing.' in partly.stderr


def test_130_after_ctrl_c_during_a_send(account: Sandbox) -> None:
    account.fault('latency', operation='sms/send', seconds=60)
    with subprocess.Popen(
        [*HOIIO, 'sms', 'send', 'Hoiio World', ALICE, '--tag', 'welcome'],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        account.phone(ALICE).expect_sms(timeout=300)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
    assert (process.returncode, out) == (130, '')
    assert err.startswith('hoiio: interrupted during sms/send. It is unknown whether Hoiio')
    assert err.endswith('hoiio sms find welcome.\n')
