"""``hoiio campaign send`` against a sandbox, in this process."""

from __future__ import annotations

import io
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hoiio.campaign.ledger import Ledger
from hoiio.campaign.plan import PlannedPerson
from hoiio.cli.campaign import confirm
from hoiio.cli.exit_codes import ExitCode
from hoiio.cli.main import main
from hoiio.sandbox import Sandbox
from tests.cli.campaign.conftest import Run

Capture = pytest.CaptureFixture[str]

ANN, BEN, CHO, DEE = (f'+659123000{digit}' for digit in (1, 2, 3, 4))
AGREED = ('--yes', '--max-cost', '1', '--settle', '0.01')
COMMAND = ['campaign', 'send', 'people.csv', '--message', 'Dear {{name}}', '--tag', 'reminder']


@pytest.fixture(autouse=True)
def account(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with sandbox.environment():
        yield sandbox


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What a person types at a terminal without rich."""
    monkeypatch.setattr(confirm, 'is_terminal', lambda stream: True)
    typed = io.StringIO()
    monkeypatch.setattr('sys.stdin', typed)
    return typed


def answer(terminal: io.StringIO, text: str) -> None:
    terminal.seek(0)
    terminal.truncate()
    terminal.write(text)
    terminal.seek(0)


def inbox(sandbox: Sandbox, *numbers: str) -> list[list[str]]:
    return [[message.text for message in sandbox.phone(each).inbox] for each in numbers]


@pytest.mark.slow
def test_everybody_gets_the_message_once(send: Run, sandbox: Sandbox, capsys: Capture) -> None:
    assert send(*AGREED) == ExitCode.DONE
    shown = capsys.readouterr()
    assert shown.out.endswith("""\
reminder: done
    delivered          3  ██████████████████████████████
    cost 0.096 of at most 1.000
""")
    assert '0 left, 0 accepted, 0 refused, 3 delivered, cost 0.096 (' in shown.err
    # The same command again does nothing.
    assert send(*AGREED) == ExitCode.DONE
    assert inbox(sandbox, ANN, BEN, CHO) == [['Dear Ann'], ['Dear Ben'], ['Dear Cho']]


def test_what_is_confirmed_is_the_limit(
    send: Run, sandbox: Sandbox, terminal: io.StringIO, capsys: Capture
) -> None:
    answer(terminal, 'y\n')
    assert send('--settle', '0.01') == ExitCode.DONE
    shown = capsys.readouterr()
    assert 'Send 3 messages for 0.096 SGD? This cannot be undone. [y/N] ' in shown.err
    assert 'cost 0.096 of at most 0.096\n' in shown.out


@pytest.mark.parametrize('text', ['n\n', '\n', ''])
def test_without_a_yes_nothing_is_sent_and_nobody_stays_in_the_ledger(
    send: Run, sandbox: Sandbox, terminal: io.StringIO, capsys: Capture, text: str, tmp_path: Path
) -> None:
    answer(terminal, text)
    assert send('--ledger', 'l.sqlite') == ExitCode.USAGE
    assert capsys.readouterr().err.endswith('Nothing was done.\n')
    assert inbox(sandbox, ANN) == [[]]
    assert ANN.encode() not in (tmp_path / 'l.sqlite').read_bytes()


def test_ctrl_c_at_the_question_keeps_nobody_in_the_ledger(
    send: Run, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(_stream: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(confirm, 'is_terminal', interrupted)
    assert send('--ledger', 'l.sqlite') == ExitCode.INTERRUPTED
    assert inbox(sandbox, ANN) == [[]]
    with Ledger(tmp_path / 'l.sqlite') as ledger:
        assert ledger.campaign('reminder').status().unconfirmed.people == 0


def test_nobody_at_a_terminal_has_to_agree_in_the_arguments(
    send: Run, sandbox: Sandbox, capsys: Capture
) -> None:
    assert send() == ExitCode.USAGE
    assert capsys.readouterr().err == (
        'hoiio: Send 3 messages for 0.096 SGD? This cannot be undone. To agree, add --yes'
        ' --max-cost 0.096. Nothing was done.\n'
    )
    assert inbox(sandbox, ANN) == [[]]


def test_more_than_the_limit_is_refused(send: Run, sandbox: Sandbox, capsys: Capture) -> None:
    assert send('--yes', '--max-cost', '0.095') == ExitCode.USAGE
    assert 'this costs 0.096, which is more than --max-cost.' in capsys.readouterr().err
    assert inbox(sandbox, ANN) == [[]]


def test_a_file_with_nobody_is_refused(send: Run, people: Path, capsys: Capture) -> None:
    people.write_text('name,phone\nAnn,unknown\n')
    assert send(*AGREED) == ExitCode.USAGE
    shown = capsys.readouterr()
    assert '1 row left out:\n    line 2: the phone number contains the character' in shown.out
    assert 'nobody can get the message' in shown.err


@pytest.mark.slow
def test_a_message_to_oneself_does_not_begin_the_campaign(
    send: Run, sandbox: Sandbox, capsys: Capture
) -> None:
    assert send('--test', '9123 0004', '--prefix', '65') == ExitCode.DONE
    shown = capsys.readouterr()
    assert shown.out == 'Dear Ann\n'
    assert shown.err == f'Hoiio accepted this text for {DEE} (AA-B-1).\n'
    assert inbox(sandbox, ANN, DEE) == [[], ['Dear Ann']]
    # It does not count as a use of the tag either.
    assert send(*AGREED) == ExitCode.DONE


@pytest.mark.parametrize(
    ('number', 'text', 'sentence'),
    [
        ('91230004', 'name,phone\nAnn,+6591230001\n', 'no country code'),
        (DEE, 'name,phone\nAnn,\n', 'nobody can get the message'),
    ],
)
def test_a_test_that_cannot_be_sent_is_refused(
    send: Run, people: Path, capsys: Capture, number: str, text: str, sentence: str
) -> None:
    people.write_text(text)
    assert send('--test', number) == ExitCode.USAGE
    assert sentence in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    ('rows', 'state'),
    [
        ('Dee,unknown\n', '1 row of the file left out'),
        ('Dee,+6588880022\n', 'failed             1'),
        # Only a notification would say that Hoiio has refused this one.
        ('Dee,+6588880001\n', 'missing            1'),
        ('Dee,+80012345678\n', '1 row of the file left out'),
    ],
)
def test_somebody_who_is_not_reached_has_an_exit_code(
    send: Run, people: Path, capsys: Capture, rows: str, state: str
) -> None:
    people.write_text(people.read_text() + rows)
    assert send(*AGREED) == ExitCode.PARTLY
    assert state in capsys.readouterr().out
    # A number that has no price is known, and not a change of the file.
    assert send(*AGREED) == ExitCode.PARTLY


def test_a_number_that_comes_twice_is_reached(send: Run, people: Path) -> None:
    people.write_text(people.read_text() + f'Ann,{ANN}\n')
    assert send(*AGREED) == ExitCode.DONE


@pytest.mark.slow
def test_the_first_of_two_texts_can_be_chosen(send: Run, people: Path, sandbox: Sandbox) -> None:
    people.write_text(people.read_text() + f'Anna,{ANN}\n')
    assert send(*AGREED) == ExitCode.USAGE
    assert send(*AGREED, '--duplicates', 'first') == ExitCode.DONE
    assert send(*AGREED, '--duplicates', 'first') == ExitCode.DONE
    assert inbox(sandbox, ANN) == [['Dear Ann']]


@pytest.mark.slow
def test_people_whom_the_file_gains_need_a_word(
    send: Run, people: Path, sandbox: Sandbox, capsys: Capture
) -> None:
    pause_first_batch(sandbox)
    assert send(*AGREED) == ExitCode.UNKNOWN
    people.write_text(f'name,phone\nAnn,{ANN}\nBen,{BEN}\nDee,{DEE}\n')
    assert send(*AGREED) == ExitCode.USAGE
    assert 'started with: +1 -1 numbers; use that file, or pass --add' in capsys.readouterr().err
    main_again('resume', 'reminder')
    assert send(*AGREED, '--add') == ExitCode.DONE
    shown = capsys.readouterr()
    assert 'The file lacks 1 number of the campaign. The campaign still sends to' in shown.err
    assert 'cost 0.128 of at most 1.000\n' in shown.out
    assert inbox(sandbox, ANN, CHO, DEE) == [['Dear Ann'], ['Dear Cho'], ['Dear Dee']]


@pytest.mark.slow
@pytest.mark.parametrize('options', [(), ('--add',)])
def test_a_campaign_that_is_done_says_what_to_do_with_new_people(
    send: Run, people: Path, sandbox: Sandbox, capsys: Capture, options: tuple[str, ...]
) -> None:
    assert send(*AGREED) == ExitCode.DONE
    people.write_text(f'{people.read_text()}Dee,{DEE}\n')
    assert send(*AGREED, *options) == ExitCode.REFUSED
    shown = capsys.readouterr().err
    assert 'the campaign is done, so it does not send to the 1 new number in the file; put' in shown
    assert inbox(sandbox, ANN, DEE) == [['Dear Ann'], []]


def main_again(*arguments: str) -> None:
    assert main(['campaign', *arguments]) == ExitCode.DONE


def pause_first_batch(sandbox: Sandbox) -> None:
    sandbox.fail_next('sms/bulk_send', 'error_sms_rebrand_not_enabled')


@pytest.mark.slow
def test_values_that_have_changed_are_refused(
    send: Run, people: Path, sandbox: Sandbox, capsys: Capture
) -> None:
    pause_first_batch(sandbox)
    assert send(*AGREED) == ExitCode.UNKNOWN
    people.write_text(people.read_text().replace('Ann', 'Anna'))
    assert send(*AGREED, '--add') == ExitCode.USAGE
    assert (
        'the file now has different values for 1 person of the campaign' in capsys.readouterr().err
    )


def test_other_settings_are_refused_and_shown(send: Run, capsys: Capture) -> None:
    assert send(*AGREED) == ExitCode.DONE
    assert send(*AGREED, message='Hi {{name}}') == ExitCode.USAGE
    assert "message was 'Dear {{name}}' and is 'Hi {{name}}'" in capsys.readouterr().err


@pytest.mark.slow
def test_a_refusal_of_the_request_asks_for_a_person(
    send: Run, sandbox: Sandbox, capsys: Capture
) -> None:
    pause_first_batch(sandbox)
    assert send(*AGREED) == ExitCode.UNKNOWN
    shown = capsys.readouterr()
    assert 'reminder: paused\n' in shown.out
    assert 'waiting            3  ██████████████████████████████\n' in shown.out
    assert shown.err.endswith(
        'To continue, run this, and then the same command again:\n'
        '    hoiio campaign resume reminder\n'
    )
    assert 'error_sms_rebrand_not_enabled' in shown.err
    assert send(*AGREED) == ExitCode.UNKNOWN
    main_again('resume', 'reminder')
    assert send(*AGREED) == ExitCode.DONE
    assert inbox(sandbox, ANN) == [['Dear Ann']]


def test_a_history_that_cannot_be_read_asks_for_a_person(
    send: Run, sandbox: Sandbox, capsys: Capture
) -> None:
    sandbox.fail_next('sms/get_history', 'error_invalid_access_token')
    assert send(*AGREED) == ExitCode.UNKNOWN
    shown = capsys.readouterr()
    assert 'reminder: ready\n' in shown.out
    assert 'error_invalid_access_token' in shown.err.splitlines()[-1]
    assert inbox(sandbox, ANN) == [[]]


@pytest.mark.slow
def test_a_tag_that_hoiio_knows_stops_until_a_person_says_again(
    send: Run, sandbox: Sandbox, capsys: Capture
) -> None:
    sandbox.client().sms.send('Hello', ANN, tag='reminder')
    assert send(*AGREED) == ExitCode.UNKNOWN
    assert 'Hoiio has messages with the tag reminder' in capsys.readouterr().err
    assert send(*AGREED, '--again') == ExitCode.DONE
    assert inbox(sandbox, ANN, BEN) == [['Hello', 'Dear Ann'], ['Dear Ben']]


def test_again_does_not_resume_a_campaign_that_is_paused_for_another_reason(
    send: Run, sandbox: Sandbox
) -> None:
    pause_first_batch(sandbox)
    for _ in range(2):
        assert send(*AGREED, '--again') == ExitCode.UNKNOWN
    assert inbox(sandbox, ANN) == [[]]


@pytest.mark.slow
def test_a_higher_limit_has_to_be_confirmed(
    send: Run, sandbox: Sandbox, terminal: io.StringIO, capsys: Capture
) -> None:
    pause_first_batch(sandbox)
    assert send('--yes', '--max-cost', '0.1', '--settle', '0.01') == ExitCode.UNKNOWN
    answer(terminal, 'n\n')
    assert send('--max-cost', '0.2', '--settle', '0.01') == ExitCode.USAGE
    asked = capsys.readouterr().err
    assert 'Let the campaign cost up to 0.200 instead of 0.100? It is paused: ' in asked
    answer(terminal, 'y\n')
    assert send('--max-cost', '0.2', '--settle', '0.01') == ExitCode.DONE
    assert 'of at most 0.200\n' in capsys.readouterr().out
    # After its end, no limit matters.
    assert send('--max-cost', '0.3') == ExitCode.DONE


@pytest.mark.slow
def test_a_lower_limit_counts_at_once(send: Run, sandbox: Sandbox, capsys: Capture) -> None:
    pause_first_batch(sandbox)
    assert send(*AGREED) == ExitCode.UNKNOWN
    main_again('resume', 'reminder')
    assert send('--max-cost', '0.05', '--settle', '0.01') == ExitCode.UNKNOWN
    shown = capsys.readouterr()
    assert 'The campaign may cost up to 0.050 now, instead of 1.000.\n' in shown.err
    assert '    cost 0.032 of at most 0.050\n' in shown.out
    assert inbox(sandbox, ANN, BEN) == [['Dear Ann'], []]


@pytest.mark.slow
def test_a_limit_that_is_too_low_for_new_people_keeps_none_of_them(
    send: Run, people: Path, sandbox: Sandbox
) -> None:
    pause_first_batch(sandbox)
    assert send(*AGREED) == ExitCode.UNKNOWN
    people.write_text(people.read_text() + 'Dee,+6591230004\n')
    assert send('--add', '--yes', '--max-cost', '0.127') == ExitCode.USAGE
    with Ledger(app_id=sandbox.app_id) as ledger:
        assert ledger.campaign('reminder').status().unconfirmed.people == 0


@pytest.mark.slow
def test_another_limit_confirms_nobody_who_was_only_planned(
    send: Run, people: Path, sandbox: Sandbox
) -> None:
    pause_first_batch(sandbox)
    assert send('--yes', '--max-cost', '0.1', '--settle', '0.01') == ExitCode.UNKNOWN
    with Ledger(app_id=sandbox.app_id) as ledger:
        # The process that planned her ended before anybody confirmed it.
        ledger.campaign('reminder').add([PlannedPerson(5, DEE, {'name': 'Dee'}, 1, 32_000, None)])
    assert send('--yes', '--max-cost', '0.2', '--settle', '0.01') == ExitCode.DONE
    assert inbox(sandbox, ANN, BEN, CHO, DEE) == [['Dear Ann'], ['Dear Ben'], ['Dear Cho'], []]


@pytest.mark.slow
def test_people_who_are_added_are_those_whom_it_shows(
    send: Run, people: Path, sandbox: Sandbox, capsys: Capture
) -> None:
    pause_first_batch(sandbox)
    assert send(*AGREED) == ExitCode.UNKNOWN
    capsys.readouterr()
    people.write_text(people.read_text() + 'Dee,+6591230004\n')
    assert send('--add') == ExitCode.USAGE
    shown = capsys.readouterr()
    assert shown.out.startswith('Line 5, to +6591230004, 1 part:\n    Dear Dee\n\nPeople       1,')


@pytest.mark.slow
def test_rows_that_were_left_out_stay_known_if_nobody_is_added(
    send: Run, people: Path, sandbox: Sandbox
) -> None:
    first = people.read_text()
    people.write_text(f'{first}Eve,unknown\n')
    pause_first_batch(sandbox)
    assert send(*AGREED) == ExitCode.UNKNOWN
    with Ledger(app_id=sandbox.app_id) as ledger:
        campaign = ledger.campaign('reminder')
        [before] = campaign.dropped_rows()
        people.write_text(f'{first}Dee,{DEE}\nFay,\nGus,\n')
        assert send('--add') == ExitCode.USAGE
        assert list(campaign.dropped_rows()) == [before]
        assert send('--add', *AGREED) == ExitCode.UNKNOWN
        assert [row.line for row in campaign.dropped_rows()] == [6, 7]


@pytest.mark.slow
def test_a_campaign_does_not_begin_after_it_has_expired(
    send: Run, sandbox: Sandbox, capsys: Capture
) -> None:
    assert send(*AGREED, '--expires', '2020-01-01 10:00Z') == ExitCode.USAGE
    assert 'so nobody would get the message' in capsys.readouterr().err
    pause_first_batch(sandbox)
    assert send(*AGREED) == ExitCode.UNKNOWN
    main_again('resume', 'reminder')
    # One that has begun ends.
    assert send(*AGREED, '--expires', '2020-01-01 10:00Z') == ExitCode.PARTLY
    assert inbox(sandbox, ANN) == [[]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ('earlier', 'later'), [('2099-12-01 18:00Z', None), (None, '2019-12-01 18:00Z')]
)
def test_the_expiry_does_not_change_without_a_word(
    send: Run,
    sandbox: Sandbox,
    terminal: io.StringIO,
    capsys: Capture,
    earlier: str | None,
    later: str | None,
) -> None:
    pause_first_batch(sandbox)
    first, second = (('--expires', each) if each else () for each in (earlier, later))
    assert send(*AGREED, *first) == ExitCode.UNKNOWN
    main_again('resume', 'reminder')
    answer(terminal, 'n\n')
    assert send('--settle', '0.01', *second) == ExitCode.USAGE
    asked = capsys.readouterr().err
    assert re.search(
        r'Let messages leave at any time before 2019-12-0.*\? Until now, they leave at any time\.'
        if later
        else r'Let messages leave at any time\? Until now, they leave at any time before 2099-12-0',
        asked,
    )
    assert send(*AGREED, *first) == ExitCode.DONE
    assert inbox(sandbox, ANN) == [['Dear Ann']]


@pytest.mark.slow
def test_quiet_hours_do_not_change_without_a_word(
    send: Run, sandbox: Sandbox, terminal: io.StringIO, capsys: Capture
) -> None:
    pause_first_batch(sandbox)
    day = ('--window', '00:00-23:59', '--zone', 'UTC')
    assert send(*AGREED, *day) == ExitCode.UNKNOWN
    answer(terminal, 'n\n')
    assert send('--settle', '0.01', '--zone', 'UTC') == ExitCode.USAGE
    question = 'Let messages leave at any time? Until now, they leave from 00:00 to 23:59. [y/N] '
    assert question in capsys.readouterr().err
    with Ledger(app_id=sandbox.app_id) as ledger:
        assert str(ledger.campaign('reminder').settings.window) == '00:00-23:59'
    answer(terminal, 'y\n')
    assert send('--settle', '0.01', '--zone', 'UTC') == ExitCode.UNKNOWN


def test_a_plan_that_nobody_confirmed_has_no_quiet_hours_yet(send: Run, sandbox: Sandbox) -> None:
    assert send('--window', '09:00-21:00', '--zone', 'UTC') == ExitCode.USAGE
    assert send(*AGREED) == ExitCode.DONE


def test_a_balance_that_is_not_enough_is_shown(
    send: Run, people: Path, sandbox: Sandbox, capsys: Capture
) -> None:
    rows = [f'Ann,+659{row:07}\n' for row in range(2_000)]
    people.write_text('name,phone\n' + ''.join(rows))
    assert send() == ExitCode.USAGE
    assert 'Balance      54.650 SGD, which is not enough\n' in capsys.readouterr().out


def test_nothing_is_sent_if_nobody_reads_what_is_shown(
    send: Run, sandbox: Sandbox, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Closed(io.StringIO):
        is_told = False

        def flush(self) -> None:
            if not self.is_told:
                self.is_told = True
                raise BrokenPipeError

    monkeypatch.setattr(sys, 'stdout', Closed())
    assert send(*AGREED) == ExitCode.USAGE
    assert inbox(sandbox, ANN) == [[]]
    assert 'the output could not be written, so nothing was sent' in capsys.readouterr().err


@pytest.mark.slow
def test_a_lost_answer_costs_a_look_and_no_second_message(
    send: Run, sandbox: Sandbox, capsys: Capture
) -> None:
    sandbox.fault('dropped_after', 'sms/bulk_send')
    assert send(*AGREED) == ExitCode.DONE
    assert inbox(sandbox, ANN, BEN, CHO) == [['Dear Ann'], ['Dear Ben'], ['Dear Cho']]


def test_ctrl_c_prints_the_command_that_goes_on(
    send: Run, sandbox: Sandbox, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, 'argv', ['/usr/bin/hoiio', *COMMAND])
    monkeypatch.setattr('time.sleep', interrupt)
    assert send(*AGREED) == ExitCode.INTERRUPTED
    assert capsys.readouterr().err.endswith(
        'Interrupted. Nothing is lost. To continue, run the same command:\n'
        f'    {shlex.join(["hoiio", *COMMAND])}\n'
    )


def interrupt(_seconds: float) -> None:
    raise KeyboardInterrupt


@pytest.mark.slow
def test_a_second_ctrl_c_cuts_off_the_request_and_says_the_same(
    send: Run, sandbox: Sandbox, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr('hoiio.campaign.campaign.step', lambda *_: interrupt(0))
        assert send(*AGREED) == ExitCode.INTERRUPTED
    assert 'run the same command' in capsys.readouterr().err
    assert send(*AGREED) == ExitCode.DONE


def test_a_ledger_can_be_named(send: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    assert send(*AGREED, '--ledger', 'my.sqlite') == ExitCode.DONE
    with Ledger(tmp_path / 'my.sqlite') as ledger:
        assert ledger.tags() == ['reminder']
    assert not (tmp_path / 'data').exists()


@pytest.mark.slow
def test_the_commands_that_it_prints_name_the_ledger(
    send: Run, sandbox: Sandbox, capsys: Capture
) -> None:
    sandbox.client().sms.send('Hello', ANN, tag='reminder')
    assert send(*AGREED, '--ledger', 'my own.sqlite') == ExitCode.UNKNOWN
    printed = capsys.readouterr().err.splitlines()[-1].strip()
    assert printed == "hoiio campaign resume reminder --again --ledger 'my own.sqlite'"
    assert main(shlex.split(printed)[1:]) == ExitCode.DONE
    assert send(*AGREED, '--ledger', 'my own.sqlite') == ExitCode.DONE
    capsys.readouterr()
    assert main(['campaign', 'status', 'other', '--ledger', 'my own.sqlite']) == ExitCode.REFUSED
    sentence = "`hoiio campaign status --ledger 'my own.sqlite'` lists its campaigns.\n"
    assert capsys.readouterr().err.endswith(sentence)


def test_what_cannot_change_needs_a_new_tag(send: Run, sandbox: Sandbox, capsys: Capture) -> None:
    sandbox.fail_next('sms/bulk_send', 'error_invalid_sender_name')
    assert send(*AGREED, '--sender-name', 'Clinic') == ExitCode.UNKNOWN
    assert (
        'Nobody in this batch got the message: error_invalid_sender_name (sender_name does not'
        ' follow the rules for sender names). Repair this, then resume the campaign. You'
        ' cannot change its message or its sender name; to use other ones, choose a new tag.\n'
    ) in capsys.readouterr().err


def test_a_ledger_that_cannot_be_used_is_refused(
    send: Run, sandbox: Sandbox, capsys: Capture
) -> None:
    assert send(*AGREED, '--ledger', 'mysql://host/db') == ExitCode.USAGE
    assert 'mysql cannot be the ledger' in capsys.readouterr().err


def test_a_wait_for_prices_is_announced(
    send: Run, people: Path, sandbox: Sandbox, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr('time.sleep', slept.append)
    sandbox.fault('rate_limited', 'sms/get_rate')
    assert send('--dry-run', '--prices') == ExitCode.DONE
    assert slept == [60.0]
    assert capsys.readouterr().err == (
        'Hoiio allows 60 queries in a minute. This continues in 60 seconds.\n'
    )
