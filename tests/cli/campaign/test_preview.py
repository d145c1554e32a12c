"""What ``hoiio campaign send`` shows before it sends."""

from __future__ import annotations

from pathlib import Path

import pytest

from hoiio.cli.campaign import preview
from hoiio.cli.exit_codes import ExitCode
from hoiio.sandbox import Sandbox
from tests.cli.campaign.conftest import Run

Capture = pytest.CaptureFixture[str]


def test_a_dry_run_shows_everything_and_needs_no_account(
    send: Run, people: Path, capsys: Capture, tmp_path: Path
) -> None:
    people.write_text(
        'name;phone\n'
        'Ann;+65 9123 0001\n'
        "O'Hara;9123 0002\n"
        'Cho;unknown\n'
        ';91230004\n'
        'Dee;91230005\n'
        'Élodie Martin;91230006\n'
        'Ann;+6591230001\n',
        'cp1252',
    )
    code = send('--prefix', '65', '--dry-run', message='Dear {{name}},\nsee you.')
    assert code == ExitCode.DONE
    shown = capsys.readouterr()
    assert shown.err == ''
    assert (
        shown.out
        == f"""\
Line 2, to +6591230001, 1 part:
    Dear Ann,
    see you.

Line 3, to +6591230002, 1 part:
    Dear O'Hara,
    see you.

Line 6, to +6591230005, 1 part:
    Dear Dee,
    see you.

The longest text, line 7, to +6591230006, 1 part:
    Dear Élodie Martin,
    see you.

Characters outside ASCII, line 7, to +6591230006, 1 part:
    Dear Élodie Martin,
    see you.

The file is not UTF-8. If these characters are wrong, save it as "CSV UTF-8".

Hoiio may escape & < > " ' / ` = in a value, for example as &amp;: see line 3. Triple braces, as in\
 {{{{{{name}}}}}}, prevent this.

3 rows left out:
    line 4: the phone number contains the character 'u' (U+0075)
    line 5: the column 'name' is empty
    line 8: the number is already in line 2, with the same text

People       4, from the column 'phone' of {people} (Windows-1252)
Parts        4
Cost         unknown; add --prices to ask Hoiio
Sender       the registered number of the account
Quiet hours  none; messages leave at once (--window 09:00-21:00 sets them)

"""
    )
    assert not (tmp_path / 'data').exists()


def test_prices_and_the_balance_come_from_hoiio(
    send: Run, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    use(sandbox, monkeypatch)
    assert send('--dry-run', '--prices') == ExitCode.DONE
    shown = capsys.readouterr().out
    assert 'Cost         0.096 SGD\nBalance      54.650 SGD\n' in shown
    assert sandbox.client().sms.history().entries == []


def use(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ('arguments', 'line'),
    [
        (['--sender-name', 'Clinic'], 'Sender       Clinic'),
        (
            ['--window', '9:00-21:00', '--zone', 'Asia/Singapore'],
            'Quiet hours  messages leave from 09:00 to 21:00, Asia/Singapore',
        ),
        (
            ['--expires', '2099-12-01 18:00', '--zone', 'Asia/Singapore'],
            'Expires      2099-12-01 18:00 +08',
        ),
        (['--expires', '2099-12-01T18:00+05:30'], 'Expires      2099-12-01 18:00 UTC+05:30'),
    ],
)
def test_settings_are_shown(send: Run, capsys: Capture, arguments: list[str], line: str) -> None:
    assert send('--dry-run', *arguments) == ExitCode.DONE
    assert f'{line}\n' in capsys.readouterr().out


def test_a_time_without_a_zone_is_that_of_this_machine(
    send: Run, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send('--dry-run', '--expires', '2099-12-01 18:00') == ExitCode.DONE
    assert 'Expires      2099-12-01 18:00 ' in capsys.readouterr().out


def test_a_column_with_zones_is_shown(send: Run, people: Path, capsys: Capture) -> None:
    people.write_text('name,phone,tz\nAnn,+6591230001,Asia/Singapore\n')
    assert send('--dry-run', '--window', '9:00-21:00', '--zone', 'UTC') == ExitCode.DONE
    assert "from 09:00 to 21:00, the column 'tz', else UTC\n" in capsys.readouterr().out


def test_many_rows_that_are_left_out_are_counted(send: Run, people: Path, capsys: Capture) -> None:
    people.write_text('name,phone\nAnn,+6591230001\n' + 'Ben,\n' * 1_234)
    assert send('--dry-run') == ExitCode.DONE
    shown = capsys.readouterr().out
    assert '1,234 rows left out:\n    line 3: there is no phone number\n' in shown
    assert '    line 22: there is no phone number\n    and 1,214 more\n' in shown


def test_a_long_file_shows_that_it_is_read(
    send: Run, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, '_NEWS', 2)
    assert send('--dry-run') == ExitCode.DONE
    assert capsys.readouterr().err == '2 rows read\n'


def test_a_text_cannot_command_the_terminal(send: Run, people: Path, capsys: Capture) -> None:
    people.write_text('name,phone\n\x1b[2Jevil\u202e,+6591230001\n')
    assert send('--dry-run') == ExitCode.DONE
    shown = capsys.readouterr().out
    assert 'Dear \\x1b[2Jevil\\u202e' in shown
    assert '\x1b' not in shown


@pytest.mark.parametrize(
    ('text', 'sentence'),
    [
        ('', 'the file is empty'),
        ('Ann,+6591230001\n', 'line 1: the first row has a phone number; add a row above it'),
        (
            'name,city\nAnn,Paris\n',
            'no column has phone numbers. According to the first row, the columns are: name, city',
        ),
        (
            'phone,mobile\n+6591230001,+6581230001\n',
            "which of the columns 'mobile' and 'phone' has",
        ),
        ('name,phone\nAnn,+6591230001\nTan, Ben,+6591230002\n', 'line 3: the row has too many'),
        ('name,phone\nAnn,+6591230001\nBen\n', 'line 3: the row has too few cells'),
        ('name,phone\n"Ann,+6591230001\n', 'line 2: the quotes of this row do not match'),
        ('name,phone\nAnn,6.59E+09\n', 'line 2: a spreadsheet has rounded the phone number'),
        ('name,phone\nA\0n,+6591230001\n', 'line 2: the file has a NUL byte'),
        ('name,phone\nA\x81n,+6591230001\n', 'line 2: the file has a byte that is not text'),
        ('PK\x03\x04', 'the file is a workbook; open it in your spreadsheet program'),
        ('nmae,phone\nAnn,+6591230001\n', "no column 'name'; its columns are: nmae, phone"),
        (
            'name,phone\nAnn,+6591230001\nBen,+6591230001\n',
            'line 3: the number is in line 2 too, with a different text',
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_line(
    send: Run, people: Path, capsys: Capture, text: str, sentence: str
) -> None:
    people.write_text(text, 'latin-1')
    assert send('--dry-run') == ExitCode.USAGE
    shown = capsys.readouterr()
    assert sentence in shown.err
    assert shown.err.startswith(
        f'hoiio: {people}, line ' if sentence.startswith('line') else 'hoiio: '
    )
    assert shown.out == ''


@pytest.mark.parametrize(
    ('arguments', 'sentence'),
    [
        (['--column', 'mobile'], "no column 'mobile'; its columns are: name, phone"),
        (['--prefix', '999'], 'the prefix is not a country code'),
        (['--window', '9-21'], "'9-21' is not a window"),
        (['--window', '09:00-21:00'], 'quiet hours need a time zone'),
        (['--zone', 'Singapore Time'], 'is not a time zone'),
        (['--zone', 'Mars', '--expires', '2026-12-01'], 'is not a time zone'),
        (['--expires', 'tomorrow'], "'tomorrow' is not a date and time"),
        (['--settle', '0'], 'the settling time must be a positive number'),
        (['--max-cost', 'all'], "'all' is not a sum of money"),
        (['--max-cost', '-1'], "'-1' is not a sum of money"),
        (['--max-cost', 'inf'], "'inf' is not a sum of money"),
        (['--max-cost', 'nan'], "'nan' is not a sum of money"),
        (['--max-cost', '1e9'], "'1e9' is not a sum of money"),
        (['--max-cost', '10000000000'], 'is not a sum of money'),
        (['--max-cost', '16,32'], "'16,32' is not a sum of money"),
        (['--max-cost', '16.32 SGD'], 'in the currency of the account'),
        (['--settle', 'inf'], 'the settling time must be a positive number'),
        (['--sender-name', 'AB'], "'AB' cannot be the sender name"),
        (['--notify-url', 'example.com'], 'the notify URL must be a full http or https URL'),
        (['--expires', '2020-01-01 10:00Z'], 'has passed (2020-01-01 10:00 UTC), so nobody'),
        (['--expires', '0001-01-01 00:00', '--zone', 'Asia/Singapore'], 'in the year 1'),
        (['--window', '09:00-09:10', '--zone', 'UTC'], "'09:00-09:10' is too short"),
        (['--yes'], '--yes needs --max-cost'),
    ],
)
def test_a_bad_option_is_refused(
    send: Run, capsys: Capture, arguments: list[str], sentence: str
) -> None:
    assert send('--dry-run', *arguments) == ExitCode.USAGE
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ('message', 'sentence'),
    [
        ('', 'the message is empty'),
        ('{{#name}}x{{/name}}', 'the message has a section'),
        ('Dear \udc80', 'half a character'),
        ('Dear {name}', 'the message has {name}, which Hoiio would send literally'),
        ('{{name}} [name]', 'the message has [name]'),
        ('Dear <name>', 'to insert the value of this column, write {{name}}'),
    ],
)
def test_a_bad_message_is_refused(send: Run, capsys: Capture, message: str, sentence: str) -> None:
    assert send('--dry-run', message=message) == ExitCode.USAGE
    assert sentence in capsys.readouterr().err


def test_other_brackets_may_stand_in_a_message(send: Run, capsys: Capture) -> None:
    assert send('--dry-run', message='[Clinic] {{name}}, {today} <3') == ExitCode.DONE
    assert '    [Clinic] Ann, {today} <3\n' in capsys.readouterr().out


def test_a_dry_run_that_reaches_nobody_says_so(send: Run, people: Path, capsys: Capture) -> None:
    people.write_text('name,phone\n')
    assert send('--dry-run') == ExitCode.USAGE
    assert 'hoiio: nobody can get the message' in capsys.readouterr().err


@pytest.mark.parametrize('duplicates', [[], ['--duplicates', 'first']])
def test_a_text_that_nobody_gets_is_not_shown(
    send: Run, people: Path, capsys: Capture, duplicates: list[str]
) -> None:
    later = 'Annabel Lee' if duplicates else 'Ann'
    people.write_text(
        f'name,phone\nAnn,+6591230001\n{later},+65 9123 0001\nBen,+6591230002\nCho,+6591230003\n'
    )
    assert send('--dry-run', *duplicates) == ExitCode.DONE
    texts = capsys.readouterr().out.partition('1 row left out')[0].splitlines()
    assert [line for line in texts if line.startswith('    ')] == [
        *('    Dear Ann', '    Dear Ben', '    Dear Cho')
    ]
    assert not [line for line in texts if 'line 3' in line]


def test_a_file_that_is_missing_is_refused(run: Run, capsys: Capture) -> None:
    arguments = ('missing.csv', '--message', 'Hi', '--tag', 't', '--dry-run')
    assert run('send', *arguments) == ExitCode.USAGE
    assert capsys.readouterr().err == (
        'hoiio: missing.csv cannot be read: No such file or directory.\n'
    )
