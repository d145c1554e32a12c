"""Report what the calls, SMS and faxes of a month cost, by tag, with a chart.

Run it every night, for example with cron. It writes the files YYYY-MM.csv and YYYY-MM.svg:

    python examples/report.py              # the month of yesterday
    python examples/report.py 2026-01      # another month
    python examples/report.py --folder reports

The program groups transactions by the part of their tag before the first slash. If you send with
tags such as "parcel/17" and "reminder/2026-01-31/17", it reports "parcel" and "reminder".
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import sleep
from typing import NamedTuple

from matplotlib.figure import Figure

from hoiio import GMT8, FieldUnreadable, HoiioClient, HoiioException, RateLimitExceeded
from hoiio.service.fax import FaxHistory, FaxRecord
from hoiio.service.sms import SmsHistory, SmsRecord
from hoiio.service.voice import CallHistory, CallRecord

Record = CallRecord | SmsRecord | FaxRecord
History = Callable[..., CallHistory | SmsHistory | FaxHistory]

MINUTE = 60.0
MAX_WAITS = 10


class Key(NamedTuple):
    """What a sum is for. Amounts of different currencies are never added."""

    tag: str
    service: str
    currency: str


class Report:
    """The sums of a month, and what they do not include."""

    def __init__(self) -> None:
        self.amounts: dict[Key, Decimal] = {}
        self.counts: Counter[Key] = Counter()
        self.in_progress = 0
        self.unreadable: list[str] = []

    def add(self, service: str, record: Record) -> None:
        """Add a transaction. One that is damaged or in progress does not cost the others."""
        try:
            tag, debit, currency = record.tag, record.debit, record.currency
        except (FieldUnreadable, AttributeError):
            self.unreadable.append(f'{service} {reference_of(record)}')
            return
        if debit is None:
            self.in_progress += 1
            return
        key = Key((tag or '(no tag)').partition('/')[0], service, currency)
        # str() restores the decimals that Hoiio sent, so the sum is exact.
        self.amounts[key] = self.amounts.get(key, Decimal(0)) + Decimal(str(debit))
        self.counts[key] += 1

    def totals(self) -> dict[str, Decimal]:
        """Return the sum of each currency."""
        totals: dict[str, Decimal] = {}
        for key, amount in self.amounts.items():
            totals[key.currency] = totals.get(key.currency, Decimal(0)) + amount
        return totals


def reference_of(record: Record) -> str:
    """Return the transaction reference of a damaged record, or a question mark."""
    return str(record.json.get('txn_ref', '?')) if isinstance(record.json, dict) else '?'


def month(text: str) -> str:
    """Return a month of the command line in the form YYYY-MM."""
    return f'{datetime.strptime(text, "%Y-%m"):%Y-%m}'  # noqa: DTZ007


def period_of(text: str) -> tuple[datetime, datetime]:
    """Return the start of a month and of the next, without a time zone: Hoiio reads GMT+8."""
    start = datetime.strptime(text, '%Y-%m')  # noqa: DTZ007
    return start, (start + timedelta(days=31)).replace(day=1)


def days_between(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the start and the end of each day until today. The end is not part of the day."""
    end = min(end, datetime.now(GMT8).replace(tzinfo=None))
    while start < end:
        yield start, start + timedelta(days=1)
        start += timedelta(days=1)


def report_of(hoiio: HoiioClient, month: str) -> Report:
    """Read the three histories of a month."""
    report = Report()
    histories: dict[str, History] = {
        'calls': hoiio.voice.history,
        'SMS': hoiio.sms.history,
        'faxes': hoiio.fax.history,
    }
    for service, history in histories.items():
        for start, end in days_between(*period_of(month)):
            for record in records_of(history, start, end):
                report.add(service, record)
    return report


def records_of(
    history: History, start: datetime, end: datetime, waits: int = MAX_WAITS
) -> list[Record]:
    """Read a day of a history. If that is too fast for Hoiio, wait a minute and read it again."""
    try:
        return list(history(from_=start, to=end).auto_paging_iter())
    except RateLimitExceeded:
        if not waits:
            raise
    sleep(MINUTE)
    return records_of(history, start, end, waits - 1)


def write_table(report: Report, file: Path) -> None:
    """Write the sums as CSV."""
    with file.open('w', newline='', encoding='utf-8') as target:
        rows = csv.writer(target)
        rows.writerow(['tag', 'service', 'count', 'amount', 'currency'])
        for key, amount in sorted(report.amounts.items()):
            rows.writerow([key.tag, key.service, report.counts[key], amount, key.currency])


def write_chart(report: Report, month: str, file: Path) -> None:
    """Draw a bar for each tag, with a part for each service."""
    groups = sorted({(key.tag, key.currency) for key in report.amounts})
    figure = Figure(figsize=(8, 1.5 + 0.4 * len(groups)), layout='constrained')
    axes = figure.subplots()
    left = [0.0] * len(groups)
    for service in ('calls', 'SMS', 'faxes'):
        found = [report.amounts.get(Key(tag, service, code), 0) for tag, code in groups]
        widths = [float(amount) for amount in found]
        axes.barh(range(len(groups)), widths, left=left, label=service)
        left = [sum(pair) for pair in zip(left, widths, strict=True)]
    # A tag can have a dollar sign, which begins a formula otherwise.
    labels = [f'{tag} ({code})' for tag, code in groups]
    axes.set_yticks(range(len(groups)), labels, parse_math=False)
    axes.set_title(f'Costs of {month}')
    axes.legend()
    figure.savefig(file)


def main() -> None:
    """Write the report of a month."""
    yesterday = datetime.now(GMT8) - timedelta(days=1)
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument(
        'month', nargs='?', type=month, default=f'{yesterday:%Y-%m}', help='such as 2026-01'
    )
    parser.add_argument('--folder', type=Path, default=Path(), help='where to write the files')
    given = parser.parse_args()
    try:
        report = report_of(HoiioClient(), given.month)
    except HoiioException as exc:
        # Half a report looks like a whole one, so write none.
        sys.exit(f'no report: {exc}')
    given.folder.mkdir(parents=True, exist_ok=True)
    write_table(report, given.folder / f'{given.month}.csv')
    write_chart(report, given.month, given.folder / f'{given.month}.svg')
    for currency, amount in report.totals().items():
        print(f'{given.month}: {amount:.3f} {currency}')
    if report.in_progress:
        print(f'{report.in_progress} in progress: their costs are in the next report')
    for reference in report.unreadable:
        print(f'unreadable, not included: {reference}')


if __name__ == '__main__':
    main()
