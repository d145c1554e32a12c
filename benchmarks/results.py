"""The results, as a table and as JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from .contenders import CONTENDERS
from .measure import SEED, Check, Cost, Plan, Spread

SCHEMES = {'https': 'TLS', 'http': 'plain'}


@dataclass
class Results:
    """The results of one run.

    Attributes:
        plan: The amount of work.
        hoiio: The version of the SDK.
        versions: The versions of the installed packages, by environment.
        sends: The cost of sending an SMS, by scheme and contender.
        checks: The ratios that have a limit.
        left_out: What could not be measured, with the reasons.
        changed: Whether the source of the SDK changed during the run. The figures then belong to no
            version.
        date: The date of the run.
    """

    plan: Plan
    hoiio: str = ''
    versions: dict[str, dict[str, str]] = field(default_factory=dict)
    sends: dict[str, dict[str, Cost]] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    changed: bool = False
    date: str = field(default_factory=lambda: f'{datetime.now(timezone.utc):%Y-%m-%d}')

    def leave_out(self, line: str) -> None:
        """Add a line about something that could not be measured, unless it is there already."""
        if line not in self.left_out:
            self.left_out.append(line)

    @property
    def python(self) -> str:
        """The name and version of the interpreter."""
        return f'{platform.python_implementation()} {platform.python_version()}'

    def to_json(self) -> dict[str, Any]:
        """Return the content of the results file. It does not identify the machine."""
        return {
            'date': self.date,
            'python': self.python,
            'platform': f'{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs',
            'seed': SEED,
            'plan': self.plan._asdict(),
            'hoiio': self.hoiio,
            'versions': self.versions,
            'sends': {
                scheme: {name: _cost(cost) for name, cost in costs.items()}
                for scheme, costs in self.sends.items()
            },
            'checks': [_check(check) for check in self.checks],
            'left_out': self.left_out,
        }

    def lines(self) -> Iterator[str]:
        """Yield the lines of the tables."""
        if self.sends:
            yield 'CPU time of sending one SMS / requests.Session.post: median (quartiles)'
            yield ''
            yield from _send_lines(self.sends)
            yield ''
        if self.checks:
            width = max(len(check.what) for check in self.checks)
            yield f'{"":{width}}  ratio  (quartiles)   limit    holds'
            yield from (_check_line(check, width) for check in self.checks)
            yield ''
        yield from (f'left out: {line}' for line in self.left_out)
        if self.changed:
            yield 'the source of the SDK changed during the run: run the benchmarks again'
        yield f'{self.python}, hoiio {self.hoiio}, {self.date}'


def _send_lines(sends: dict[str, dict[str, Cost]]) -> Iterator[str]:
    names = sorted(
        {name for costs in sends.values() for name in costs},
        key=lambda name: next(c[name].ratio.median for c in sends.values() if name in c),
    )
    yield f'{"":22}' + ''.join(f'{SCHEMES[scheme]:30}' for scheme in sends).rstrip()
    for name in names:
        cells = (_cell(costs.get(name)) for costs in sends.values())
        yield (f'{CONTENDERS[name].label:22}' + ''.join(cells)).rstrip()


def _cell(cost: Cost | None) -> str:
    if cost is None:
        return f'{"-":30}'
    return f'{_spread(cost.ratio)} {cost.microseconds:6.0f} µs'.ljust(30)


def _spread(spread: Spread) -> str:
    return f'{spread.median:.2f} ({spread.low:.2f}-{spread.high:.2f})'


def _check_line(check: Check, width: int) -> str:
    sign = '≥' if check.limit.at_least else '≤'
    ratio, low, high = check.measured
    holds = 'yes' if check.holds else f'NO, by {abs(ratio / check.limit.ratio - 1):.0%}'
    measured = f'{ratio:5.2f}  ({low:.2f}-{high:.2f})'
    return f'{check.what:{width}}  {measured:20} {sign} {check.limit.ratio:.2f}   {holds}'


def _rounded(spread: Spread) -> dict[str, float]:
    return {name: round(value, 4) for name, value in spread._asdict().items()}


def _cost(cost: Cost) -> dict[str, Any]:
    return {'microseconds': round(cost.microseconds, 1), 'ratio': _rounded(cost.ratio)}


def _check(check: Check) -> dict[str, Any]:
    return {
        'what': check.what,
        'ratio': _rounded(check.measured),
        'at least' if check.limit.at_least else 'at most': check.limit.ratio,
        'holds': check.holds,
    }
