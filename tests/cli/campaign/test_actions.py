"""The actions of ``hoiio campaign`` besides send, against a sandbox, in this process."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hoiio.campaign.ledger import Ledger
from hoiio.cli.campaign.status import describe_status
from hoiio.cli.exit_codes import ExitCode
from hoiio.cli.main import main
from hoiio.sandbox import Sandbox
from tests.cli.campaign.conftest import Run
from tests.modules import forget

Capture = pytest.CaptureFixture[str]

ANN, BEN, CHO, DEE = (f'+659123000{digit}' for digit in (1, 2, 3, 4))
AGREED = ('--yes', '--max-cost', '1', '--settle', '0.01')
FAILS = '+6588880022'


@pytest.fixture(autouse=True)
def account(sandbox: Sandbox) -> Iterator[Sandbox]:
    with sandbox.environment():
        yield sandbox


def lines(capsys: Capture) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_status_of_nothing(run: Run, capsys: Capture) -> None:
    assert run('status') == ExitCode.DONE
    assert capsys.readouterr().err == 'There are no campaigns.\n'
    assert run('status', 'reminder') == ExitCode.REFUSED
    assert 'the ledger does not have a campaign reminder' in capsys.readouterr().err


@pytest.mark.slow
def test_status_shows_each_state_with_a_bar(
    run: Run, send: Run, people: Path, capsys: Capture
) -> None:
    people.write_text(f'{people.read_text()}Dee,{FAILS}\nEve,\nAnn,{ANN}\n')
    send(*AGREED)
    send(*AGREED, tag='other')
    capsys.readouterr()
    assert run('status') == ExitCode.DONE
    shown = lines(capsys)
    assert shown[:5] == [
        'reminder: done',
        '    delivered          3  ██████████████████████',
        '    failed             1  ████████',
        '    2 rows of the file left out',
        '    cost 0.128 of at most 1.000',
    ]
    assert run('status', 'other') == ExitCode.DONE
    assert lines(capsys) == shown[5:]


def test_status_shows_a_plan_that_nobody_confirmed(run: Run, send: Run, capsys: Capture) -> None:
    assert send() == ExitCode.USAGE
    capsys.readouterr()
    assert run('status') == ExitCode.DONE
    assert lines(capsys) == ['reminder: planning']


def test_status_shows_who_has_two_messages(send: Run, capsys: Capture) -> None:
    send(*AGREED, '--ledger', 'l.sqlite')
    with Ledger('l.sqlite') as ledger:
        status = ledger.campaign('reminder').status()
    assert '    2 people twice' in describe_status(replace(status, twice=2))


def test_status_says_that_a_large_history_is_not_read(send: Run) -> None:
    send(*AGREED, '--ledger', 'l.sqlite')
    with Ledger('l.sqlite') as ledger:
        status = ledger.campaign('reminder').status()
    shown = '\n'.join(describe_status(replace(status, is_unread=True)))
    assert 'only hoiio listen --ledger gets the rest' in shown


def test_a_bar_is_plain_where_the_terminal_has_no_blocks(
    run: Run, send: Run, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(*AGREED)
    monkeypatch.setattr(type(sys.stdout), 'encoding', 'ascii')
    capsys.readouterr()
    run('status')
    assert '    delivered          3  ##############################' in lines(capsys)


@pytest.mark.slow
def test_pause_and_resume(run: Run, send: Run, sandbox: Sandbox, capsys: Capture) -> None:
    sandbox.fail_next('sms/bulk_send', 'error_sms_rebrand_not_enabled')
    send(*AGREED)
    assert run('resume', 'reminder') == ExitCode.DONE
    assert run('pause', 'reminder') == ExitCode.DONE
    capsys.readouterr()
    assert send(*AGREED) == ExitCode.UNKNOWN
    assert 'You paused the campaign' in capsys.readouterr().err
    assert run('resume', 'reminder', '--again') == ExitCode.DONE
    assert send(*AGREED) == ExitCode.DONE
    assert run('pause', 'reminder') == ExitCode.REFUSED
    assert 'reminder is done' in capsys.readouterr().err


@pytest.fixture
def unknown(send: Run, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> str:
    """The number of a batch whose outcome is unknown, because a person gave up waiting."""

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr('time.sleep', interrupt)
        sandbox.fault('dropped_before', 'sms/bulk_send')
        assert send('--yes', '--max-cost', '1', '--settle', '300') == ExitCode.INTERRUPTED
    return '1'


def test_a_batch_that_is_unknown_is_shown(capsys: Capture, run: Run, unknown: str) -> None:
    assert 'Hoiio may or may not have received 3 messages' in capsys.readouterr().err
    run('status')
    shown = lines(capsys)
    assert '    held               3  ██████████████████████████████' in shown
    assert f'    batch {unknown} with 3 people: unknown' in shown


@pytest.mark.slow
def test_a_person_says_that_a_batch_was_not_sent(
    run: Run, send: Run, unknown: str, sandbox: Sandbox, capsys: Capture
) -> None:
    capsys.readouterr()
    assert run('resolve', unknown, '--not-sent') == ExitCode.DONE
    assert capsys.readouterr().err.startswith('Its people wait again.')
    assert send(*AGREED) == ExitCode.DONE
    assert [message.text for message in sandbox.phone(ANN).inbox] == ['Dear Ann']


@pytest.mark.slow
def test_a_person_says_that_a_batch_was_sent(
    run: Run, send: Run, unknown: str, sandbox: Sandbox, capsys: Capture
) -> None:
    capsys.readouterr()
    assert run('resolve', unknown, '--sent') == ExitCode.DONE
    assert capsys.readouterr().err.startswith('The batch counts as sent.')
    assert send(*AGREED) == ExitCode.PARTLY
    assert 'missing            3' in capsys.readouterr().out
    assert list(sandbox.phone(ANN).inbox) == []


def test_the_history_is_believed_more_than_a_person(
    run: Run, send: Run, sandbox: Sandbox, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr('time.sleep', interrupt)
        sandbox.fault('dropped_after', 'sms/bulk_send')
        # The look before the batch, and the one after it, see an older state.
        sandbox.fault('stale', 'sms/get_history', seconds=60, times=2)
        assert send('--yes', '--max-cost', '1', '--settle', '300') == ExitCode.INTERRUPTED
    capsys.readouterr()
    assert run('resolve', '1', '--not-sent') == ExitCode.DONE
    assert capsys.readouterr().err == ("The batch is in Hoiio's history, so it counts as sent.\n")


def test_a_batch_that_nobody_knows(run: Run, capsys: Capture) -> None:
    assert run('resolve', '17', '--sent') == ExitCode.REFUSED
    assert 'does not have an attempt 17' in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run('resolve', '17')


@pytest.mark.slow
def test_the_report_has_each_person_and_each_row_that_was_left_out(
    run: Run, send: Run, people: Path, capsys: Capture
) -> None:
    people.write_text(f'name,phone\nAnn,{ANN}\nDee,{FAILS}\nEve,unknown\n')
    send(*AGREED)
    capsys.readouterr()
    assert run('report', 'reminder', '--csv') == ExitCode.DONE
    assert lines(capsys) == [
        'line,dest,state,reason,twice,txn_ref,cost,debit',
        f'2,{ANN},delivered,,false,AA-S-1,0.032,0.032',
        f'3,{FAILS},failed,failed,false,AA-S-2,0.032,0.032',
        "4,,dropped,the phone number contains the character 'u' (U+0075),,,,",
    ]
    assert run('report', 'reminder', '--json') == ExitCode.DONE
    first, *_ = map(json.loads, lines(capsys))
    assert (first['dest'], first['state']) == (ANN, 'delivered')


@pytest.mark.slow
def test_those_who_failed_are_the_file_of_a_new_campaign(
    run: Run, send: Run, people: Path, sandbox: Sandbox, capsys: Capture
) -> None:
    people.write_text(f'name,phone\nAnn,{ANN}\nDee,{FAILS}\n')
    assert send(*AGREED) == ExitCode.PARTLY
    capsys.readouterr()
    assert run('failed', 'reminder', '--csv') == ExitCode.DONE
    text = capsys.readouterr().out
    assert text == f'dest,name,state,reason\n{FAILS},Dee,failed,failed\n'
    # Corrected, it is sent again.
    people.write_text(text.replace(FAILS, DEE))
    assert send(*AGREED, tag='second') == ExitCode.DONE
    assert [message.text for message in sandbox.phone(DEE).inbox] == ['Dear Dee']


@pytest.mark.slow
def test_those_who_failed_keep_their_time_zone(
    run: Run, send: Run, people: Path, capsys: Capture
) -> None:
    people.write_text(f'name,phone,Time zone\nDee,{FAILS},Asia/Tokyo\nAnn,{ANN},UTC\n')
    send(*AGREED)
    capsys.readouterr()
    assert run('failed', 'reminder', '--csv') == ExitCode.DONE
    assert lines(capsys) == [
        'dest,zone,name,state,reason', f'{FAILS},Asia/Tokyo,Dee,failed,failed',
    ]  # fmt: skip


@pytest.mark.slow
def test_a_variable_may_be_called_like_a_column_of_the_list(
    run: Run, send: Run, people: Path, capsys: Capture
) -> None:
    people.write_text(f'dest,state\n{FAILS},Texas\n')
    send(*AGREED, message='{{dest}}, hello in {{state}}')
    capsys.readouterr()
    run('failed', 'reminder', '--csv')
    assert capsys.readouterr().out == f'dest,state,reason\n{FAILS},Texas,failed\n'


@pytest.mark.slow
def test_those_who_are_missing_are_listed_if_one_asks(
    run: Run, send: Run, unknown: str, capsys: Capture
) -> None:
    assert run('failed', 'reminder', '--csv', '--missing') == ExitCode.REFUSED
    assert 'the outcome of a batch is unknown' in capsys.readouterr().err
    run('resolve', unknown, '--sent')
    send(*AGREED)
    capsys.readouterr()
    assert run('failed', 'reminder', '--csv') == ExitCode.DONE
    assert lines(capsys) == ['dest,name,state,reason']
    assert run('failed', 'reminder', '--csv', '--missing') == ExitCode.DONE
    assert lines(capsys)[1:] == [
        f'{ANN},Ann,missing,', f'{BEN},Ben,missing,', f'{CHO},Cho,missing,',
    ]  # fmt: skip


@pytest.mark.slow
def test_nobody_on_the_list_gets_a_message(
    run: Run, send: Run, sandbox: Sandbox, capsys: Capture
) -> None:
    assert run('suppress', '9123 0001', CHO, '--prefix', '65') == ExitCode.DONE
    assert capsys.readouterr().err.startswith('2 numbers added to the list.')
    assert send(*AGREED) == ExitCode.PARTLY
    assert 'dropped            2' in capsys.readouterr().out
    texts = [[message.text for message in sandbox.phone(each).inbox] for each in (ANN, BEN, CHO)]
    assert texts == [[], ['Dear Ben'], []]


def test_a_number_may_be_on_the_list_already(run: Run, capsys: Capture) -> None:
    run('suppress', CHO)
    assert run('suppress', CHO) == ExitCode.DONE
    assert capsys.readouterr().err.endswith(
        'The list is unchanged. No campaign of the ledger sends to the numbers on it.\n'
    )


def test_a_number_on_the_list_must_be_one(run: Run, capsys: Capture) -> None:
    assert run('suppress', '91230001') == ExitCode.USAGE
    assert 'no country code' in capsys.readouterr().err


@pytest.mark.slow
def test_purge_deletes_what_is_personal_and_keeps_the_tag(
    run: Run, send: Run, capsys: Capture, tmp_path: Path
) -> None:
    assert send(*AGREED, '--ledger', 'l.sqlite') == ExitCode.DONE
    capsys.readouterr()
    assert run('purge', 'reminder', '--ledger', 'l.sqlite') == ExitCode.USAGE
    assert 'To agree, add --yes. Nothing was done.' in capsys.readouterr().err
    assert run('purge', 'reminder', '--ledger', 'l.sqlite', '--yes') == ExitCode.DONE
    assert send(*AGREED, '--ledger', 'l.sqlite') == ExitCode.REFUSED
    assert 'the tag reminder belongs to a campaign that was purged' in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize('action', ['report', 'failed'])
def test_nobody_is_listed_after_purge(
    run: Run, send: Run, sandbox: Sandbox, capsys: Capture, action: str
) -> None:
    assert send(*AGREED) == ExitCode.DONE
    assert run('purge', 'reminder', '--yes') == ExitCode.DONE
    capsys.readouterr()
    assert run(action, 'reminder') == ExitCode.REFUSED
    assert capsys.readouterr().err == 'hoiio: the people of reminder were deleted by purge.\n'


def test_a_ledger_that_is_named_needs_no_account(
    run: Run, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        for name in ('HOIIO_APP_ID', 'HOIIO_ACCESS_TOKEN', 'HOIIO_BASE_URL'):
            patch.delenv(name)
        assert run('status', '--ledger', 'l.sqlite') == ExitCode.DONE
        assert run('status') == ExitCode.CREDENTIALS


@pytest.mark.parametrize('package', ['sqlalchemy', 'phonenumbers'])
def test_the_extra_is_named_if_it_is_missing(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    forget(monkeypatch, rf'hoiio\.(cli\.)?campaign|{package}')
    monkeypatch.setitem(sys.modules, package, None)
    assert main(['campaign', 'status']) == ExitCode.REFUSED
    assert capsys.readouterr().err == ('This is not installed: pip install "hoiio[campaign]"\n')


def test_the_help_needs_no_extra(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'sqlalchemy', None)
    with pytest.raises(SystemExit):
        main(['campaign', '--help'])
    assert 'send a message to each person in a file, and to nobody twice' in (
        capsys.readouterr().out
    )
