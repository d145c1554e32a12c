"""The command line of the benchmarks."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .contenders import BASELINE, CONTENDERS, OURS
from .environments import (
    ROOT,
    Environments,
    InPlace,
    Unavailable,
    VirtualEnvironments,
    fingerprint,
    make_certificate,
    our_version,
    versions,
)
from .measure import CHECKS, QUICK, Bench, Plan, check_sends, measure_sends
from .processes import serving
from .results import Results

HERE = Path(__file__).parent
ENVIRONMENTS = HERE / '.venvs'
RESULTS = HERE / 'results.json'
CHARTS = ROOT / 'docs'


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print the results. A complete run also writes them to files.

    Returns:
        The exit code: 0 if every checked limit holds, else 1.
    """
    options = _parser().parse_args(argv)
    names = _names(options.only, no_peers=options.no_peers)
    environments: Environments = (
        InPlace() if options.in_place else VirtualEnvironments(ENVIRONMENTS)
    )
    try:
        results = run(QUICK if options.quick else Plan(), environments, names)
    except Unavailable as exc:
        _note(f'the benchmarks cannot run: {exc}')
        return 1
    _say(*results.lines())
    if results.changed or any((options.quick, options.only, options.no_peers, options.in_place)):
        _say('no file written: run without options, and do not edit the source during the run')
    else:
        RESULTS.write_text(json.dumps(results.to_json(), indent=2) + '\n', 'utf-8')
        _draw(results)
    missed = [check.what for check in results.checks if not check.holds]
    if missed:
        _note(f'{len(missed)} of {len(results.checks)} limits do not hold: {"; ".join(missed)}')
    return 1 if missed else 0


def _draw(results: Results) -> None:
    # Only the chart needs Matplotlib.
    from . import chart  # noqa: PLC0415

    for theme, colours in chart.THEMES.items():
        file = CHARTS / f'performance-{theme}.svg'
        file.write_text(chart.draw(results, colours), 'utf-8')


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks',
        description='Measure the cost of the SDK and of other clients. The exit code is 1 if a'
        ' limit does not hold. A run takes some minutes. The first run takes longer, because it'
        ' creates virtual environments.',
    )
    parser.add_argument('--quick', action='store_true', help='run few rounds, as a trial')
    parser.add_argument(
        '--only',
        metavar='NAME,…',
        type=_known,
        default=[],
        help=f'run only these contenders or checks: {", ".join([*CONTENDERS, *CHECKS])}',
    )
    parser.add_argument('--no-peers', action='store_true', help='omit the SDKs of other services')
    parser.add_argument(
        '--in-place',
        action='store_true',
        help='create no virtual environments: measure the packages of the current Python',
    )
    return parser


def _known(text: str) -> list[str]:
    names = text.split(',')
    for name in names:
        if name not in {*CONTENDERS, *CHECKS}:
            raise argparse.ArgumentTypeError(f'{name!r} is not a contender or a check')
    return names


def _names(only: Sequence[str], *, no_peers: bool) -> list[str]:
    names = list(only or [*CONTENDERS, *CHECKS])
    if not CONTENDERS.keys().isdisjoint(names) and BASELINE not in names:
        names.append(BASELINE)
    return [n for n in names if not (no_peers and n in CONTENDERS and CONTENDERS[n].is_peer)]


def run(plan: Plan, environments: Environments, names: Iterable[str]) -> Results:
    """Run the contenders and checks with these names.

    Raises:
        Unavailable: If the SDK or its baseline cannot be measured.
    """
    results, before, names = Results(plan), fingerprint(), list(names)
    contenders = _available(environments, [n for n in names if n in CONTENDERS], results)
    results.hoiio = our_version(environments.python(OURS))
    with _bench(results, environments) as bench:
        if contenders:
            _note('sends')
            results.sends = measure_sends(bench, contenders)
            results.checks += check_sends(results.sends)
        for name in names:
            if name in CHECKS:
                _check(name, bench, results)
    results.changed = fingerprint() != before
    return results


def _available(environments: Environments, names: list[str], results: Results) -> list[str]:
    """Create the environments, and return the contenders whose environment is available."""
    available, missing = [], {}
    for each in dict.fromkeys([OURS, *(CONTENDERS[name].environment for name in names)]):
        _note(f'environment of {each}')
        try:
            results.versions[each] = versions(environments.python(each))
        except Unavailable as exc:
            missing[each] = str(exc)
    for name in names:
        if (home := CONTENDERS[name].environment) in missing:
            results.leave_out(f'{name}: {missing[home]}')
        else:
            available.append(name)
    return available


def _check(name: str, bench: Bench, results: Results) -> None:
    _note(name)
    try:
        results.checks += CHECKS[name](bench)
    except Unavailable as exc:
        raise Unavailable(f'{name}: {exc}') from None


@contextmanager
def _bench(results: Results, environments: Environments) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        certificate = make_certificate(environments.python(OURS), directory)
        with serving(sys.executable, directory) as urls:
            # TLS comes first, because applications use it.
            ordered = dict(sorted(urls.items(), reverse=True))
            yield Bench(results.plan, environments, ordered, certificate, results.leave_out)


def _note(what: str) -> None:
    sys.stderr.write(f'… {what}\n')
    sys.stderr.flush()


def _say(*lines: str) -> None:
    sys.stdout.write('\n'.join(lines) + '\n')
