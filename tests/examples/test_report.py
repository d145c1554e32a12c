"""What the report of a month includes, and what it says about the rest."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hoiio import GMT8, HoiioClient
from hoiio.sandbox import FakeClock, Sandbox
from tests.conftest import Api
from tests.examples.conftest import CALLER

# Importing the program imports Matplotlib.
pytestmark = pytest.mark.slow

Run = Callable[..., dict[tuple[str, str], tuple[int, Decimal]]]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox in the last second of January 2026."""
    clock = FakeClock(datetime(2026, 1, 31, 23, 59, 59, tzinfo=GMT8))
    with Sandbox(clock=clock) as sandbox, sandbox.environment():
        yield sandbox


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the program; return the rows of its table."""
    from report import main  # noqa: PLC0415

    def run(month: str = '2026-01') -> dict[tuple[str, str], tuple[int, Decimal]]:
        monkeypatch.setattr(sys, 'argv', ['report.py', month, '--folder', str(tmp_path)])
        main()
        with (tmp_path / f'{month}.csv').open(encoding='utf-8') as file:
            return {
                (row['tag'], row['service']): (int(row['count']), Decimal(row['amount']))
                for row in csv.DictReader(file)
            }

    return run


def test_the_sums_are_exact_and_by_tag(
    sandbox: Sandbox, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    client = sandbox.client()
    for number in range(10):
        client.sms.send('Hello', CALLER, tag=f'parcel/{number}').raise_for_status()
    client.sms.send('Hello', CALLER).raise_for_status()
    rows = run()
    assert rows == {
        ('parcel', 'SMS'): (10, Decimal('0.320')),
        ('(no tag)', 'SMS'): (1, Decimal('0.032')),
    }
    assert capsys.readouterr().out == '2026-01: 0.352 SGD\n'


def test_a_month_ends_before_the_next_begins(sandbox: Sandbox, run: Run) -> None:
    client = sandbox.client()
    client.sms.send('Hello', CALLER, tag='january').raise_for_status()
    sandbox.clock.advance(seconds=1)
    client.sms.send('Hello', CALLER, tag='february').raise_for_status()
    assert [tag for tag, _ in run('2026-01')] == ['january']
    assert [tag for tag, _ in run('2026-02')] == ['february']


def test_every_page_of_a_day_counts(sandbox: Sandbox, run: Run) -> None:
    numbers = [f'+6590000{number:03}' for number in range(150)]
    sandbox.client().sms.bulk_send('Hello', numbers, tag='news').raise_for_status()
    assert run() == {('news', 'SMS'): (150, Decimal('4.800'))}


def test_a_call_in_progress_is_in_the_next_report(
    sandbox: Sandbox, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    client = sandbox.client()
    client.voice.call(CALLER, '+6581234567', tag='call/1').raise_for_status()
    assert run() == {}
    assert '1 in progress' in capsys.readouterr().out
    sandbox.phone(CALLER).calls[0].hang_up()
    (((tag, service), (count, amount)),) = run().items()
    assert (tag, service, count, amount > 0) == ('call', 'calls', 1, True)


def test_the_report_waits_if_it_is_too_fast(
    sandbox: Sandbox, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr('report.sleep', slept.append)
    sandbox.client().sms.send('Hello', CALLER, tag='parcel/1').raise_for_status()
    sandbox.fault('rate_limited', 'sms/get_history', times=2)
    assert run() == {('parcel', 'SMS'): (1, Decimal('0.032'))}
    assert slept == [60, 60]


def test_a_month_that_does_not_exist_is_an_error(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run('2026-13')
    assert "invalid month value: '2026-13'" in capsys.readouterr().err


def test_it_does_not_wait_for_ever(
    sandbox: Sandbox, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('report.sleep', lambda _: None)
    sandbox.fault('rate_limited', 'sms/get_history', times=None)
    with pytest.raises(SystemExit, match='no report: sms/get_history'):
        run()


def test_a_failure_writes_no_report(sandbox: Sandbox, run: Run, tmp_path: Path) -> None:
    sandbox.fail_next('fax/get_history', 'error_internal_server_error')
    with pytest.raises(SystemExit, match='no report: fax/get_history'):
        run()
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_record_does_not_cost_the_others(api: Api, client: HoiioClient) -> None:
    from report import Key, report_of  # noqa: PLC0415

    good = {'txn_ref': 'AA-S-1', 'tag': 'parcel/1', 'debit': '0.100', 'currency': 'SGD'}
    entries = [
        good,
        {**good, 'txn_ref': 'AA-S-2', 'debit': 0.2},
        {**good, 'txn_ref': 'AA-S-3', 'debit': 'free'},
        {'txn_ref': 'AA-S-4', 'tag': 'parcel/2'},
        'not an object',
        {**good, 'txn_ref': 'AA-S-5', 'currency': 'USD'},
    ]
    pages: dict[str, Any] = {'total_entries_count': 0, 'entries_count': 0, 'entries': []}
    for operation in ('voice/get_history', 'fax/get_history', 'sms/get_history'):
        api.answers(operation, **pages)
    api.mock.replace(
        'POST',
        'https://secure.hoiio.com/open/sms/get_history',
        json={'status': 'success_ok', **pages, 'total_entries_count': 6, 'entries': entries},
    )
    report = report_of(client, '2026-02')
    assert report.amounts == {
        Key('parcel', 'SMS', 'SGD'): Decimal('0.3') * 28,
        Key('parcel', 'SMS', 'USD'): Decimal('0.1') * 28,
    }
    assert report.unreadable[:3] == ['SMS AA-S-3', 'SMS AA-S-4', 'SMS ?']


def test_each_day_is_asked_for_once(api: Api, client: HoiioClient) -> None:
    from report import report_of  # noqa: PLC0415

    for operation in ('voice/get_history', 'fax/get_history', 'sms/get_history'):
        api.answers(operation, total_entries_count=0, entries_count=0, entries=[])
    report_of(client, '2024-02')
    periods = [(form['from'], form['to']) for form in api.forms]
    assert (len(periods), len(set(periods))) == (3 * 29, 29)
    assert periods[0] == ('2024-02-01 00:00:00', '2024-02-02 00:00:00')
    assert periods[28] == ('2024-02-29 00:00:00', '2024-03-01 00:00:00')


def test_days_to_come_are_not_asked_for() -> None:
    from report import days_between, period_of  # noqa: PLC0415

    assert list(days_between(*period_of('9998-12'))) == []


def test_a_new_folder_is_created(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from report import main  # noqa: PLC0415

    folder = tmp_path / 'reports' / 'costs'
    monkeypatch.setattr(sys, 'argv', ['report.py', '2026-01', '--folder', str(folder)])
    main()
    assert {file.name for file in folder.iterdir()} == {'2026-01.csv', '2026-01.svg'}


def test_the_chart_shows_each_tag(sandbox: Sandbox, run: Run, tmp_path: Path) -> None:
    for tag in ('parcel/1', '$x$/2', '<b>'):
        sandbox.client().sms.send('Hello', CALLER, tag=tag).raise_for_status()
    run()
    chart = (tmp_path / '2026-01.svg').read_text('utf-8')
    assert chart.rstrip().endswith('</svg>')
    for label in ('parcel (SGD)', '$x$ (SGD)', '&lt;b&gt; (SGD)', 'Costs of 2026-01'):
        assert label in chart
