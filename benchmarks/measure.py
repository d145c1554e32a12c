"""The measurements. They run side by side, because the speed of a machine varies over time.

In each round, every contender does a small part of the work, in a new random order. The ratios are
computed within the round. Two processes that do the same work differ by some percent during their
whole life. The processes are therefore restarted several times: each set is one generation.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from .contenders import BASELINE, CONTENDERS, OURS
from .environments import ROOT, Environments, Unavailable, clean
from .limits import LIMITS, Limit
from .processes import Process, worker
from .tasks import Task

SEED = 2012

_IMPORT_TIME = """
from time import process_time
started = process_time()
{0}
print(process_time() - started)
"""

# This measures the memory that Python allocates, because resident memory varies at random. Cyclic
# garbage does not count: when Python last collected it is also random.
_IMPORT_MEMORY = """
import gc, tracemalloc
tracemalloc.start()
{0}
gc.collect()
print(tracemalloc.get_traced_memory()[0])
"""

_SANDBOX_START = """
from hoiio.sandbox import Sandbox
with Sandbox():
    pass
"""

# What the installed script `hoiio` does.
_COMMAND = 'import sys; from hoiio.cli.main import main; sys.exit(main())'

_THREE_LINES = """
from hoiio import Hoiio
res = Hoiio.account.balance()
print(res.balance, res.currency)
"""

_FEW_PAGES = 10
_FEW_SMS = 1000
_PLANNED_A_SECOND = 30_000
_CLAIMED_A_SECOND = 15_000
_MOST_MEGABYTES = 200
_REQUESTS = ('the first page', 'the last page', 'a page of one minute', 'a status', 'a send')


class Spread(NamedTuple):
    """The median and the quartiles of the rounds."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, samples: Iterable[float]) -> Spread:
        """Compute the spread of samples."""
        listed = list(samples)
        if len(listed) == 1:
            return cls(*listed * 3)
        low, middle, high = quantiles(listed, n=4, method='inclusive')
        return cls(middle, low, high)


class Cost(NamedTuple):
    """The CPU time of one call, and its ratio to that of the baseline."""

    microseconds: float
    ratio: Spread


class Check(NamedTuple):
    """A measured ratio and its limit."""

    what: str
    measured: Spread
    limit: Limit

    @property
    def holds(self) -> bool:
        """Whether the median is within the limit."""
        ratio = self.measured.median
        return ratio >= self.limit.ratio if self.limit.at_least else ratio <= self.limit.ratio


class Plan(NamedTuple):
    """The amount of work: generations of processes, rounds of each, and repetitions per round."""

    generations: int = 5
    send_rounds: int = 30
    sends: int = 50
    import_rounds: int = 120
    page_rounds: int = 20
    pages: int = 20
    pages_kept: int = 1000
    pages_walked: int = 1000
    thread_rounds: int = 10
    thread_sends: int = 40
    past: int = 1_000_000
    past_rounds: int = 30
    past_requests: int = 30
    reset_rounds: int = 20
    resets: int = 20
    fixture_rounds: int = 5
    tests: int = 100
    plan_rounds: int = 5
    planned: int = 50_000
    planned_few: int = 10_000
    planned_many: int = 1_000_000
    claimed: int = 20_000


QUICK = Plan(1, 2, 2, 1, 2, 2, 2, 20, 1, 2, 2000, 3, 5, 2, 5, 1, 20, 1, 100, 100, 200, 200)


Samples = dict[str, list[float]]


class Bench(NamedTuple):
    """The resources that the measurements share."""

    plan: Plan
    environments: Environments
    urls: Mapping[str, str]
    certificate: Path
    leave_out: Callable[[str], None]

    def start(self, environment: str, task: str, *args: str) -> Process:
        """Start a worker in an environment."""
        python = self.environments.python(environment)
        return worker(python, task, *args, certificate=self.certificate)

    @contextmanager
    def workers(self, task: str, *each: tuple[str, ...]) -> Iterator[list[Process]]:
        """Run workers in the environment of the SDK until the block ends."""
        with ExitStack() as stack:
            started = [stack.enter_context(self.start(OURS, task, *args)) for args in each]
            for process in started:
                process.listen()
            yield started

    def compare(
        self, task: str, each: Mapping[str, tuple[str, ...]], rounds: int, count: int
    ) -> Samples:
        """Compare workers in the environment of the SDK, by name, in all generations."""
        shuffle = _shuffle()

        def generation() -> Samples:
            with self.workers(task, *each.values()) as started:
                asks = (process.ask for process in started)
                return interleave(dict(zip(each, asks, strict=True)), rounds, count, shuffle)

        return _merged(generation() for _ in range(self.plan.generations))


def interleave(
    tasks: Mapping[str, Task], rounds: int, count: int, shuffle: random.Random
) -> Samples:
    """Run each task ``count`` times in every round, and return its costs by round."""
    samples: Samples = {name: [] for name in tasks}
    for _ in range(rounds):
        for name in shuffle.sample(list(tasks), len(tasks)):
            samples[name].append(tasks[name](count))
    return samples


def _merged(generations: Iterable[Samples]) -> Samples:
    merged: Samples = {}
    for samples in generations:
        for name, each in samples.items():
            merged.setdefault(name, []).extend(each)
    return merged


def _ratio(samples: Samples, name: str, base: str) -> Spread:
    return Spread.of(a / b for a, b in zip(samples[name], samples[base], strict=True))


def _shuffle() -> random.Random:
    return random.Random(SEED)  # noqa: S311 - for an order, not for a secret


def measure_sends(bench: Bench, names: Iterable[str]) -> dict[str, dict[str, Cost]]:
    """Measure the CPU time of sending one SMS, by scheme and contender."""
    shuffle, listed = _shuffle(), list(names)
    samples = _merged(
        _sends_of_a_generation(bench, listed, shuffle) for _ in range(bench.plan.generations)
    )
    return {scheme: _costs(samples, scheme, bench.plan.sends) for scheme in bench.urls}


def _sends_of_a_generation(bench: Bench, names: list[str], shuffle: random.Random) -> Samples:
    with ExitStack() as stack:
        started = {
            (scheme, name): process
            for name in names
            for scheme in _schemes(bench, name)
            if (process := _start_sender(bench, stack, name, scheme))
        }
        tasks = {' '.join(key): process.ask for key, process in _ready(bench, started).items()}
        return interleave(tasks, bench.plan.send_rounds, bench.plan.sends, shuffle)


def _schemes(bench: Bench, name: str) -> list[str]:
    able = CONTENDERS[name].schemes
    if 'http' not in able:
        bench.leave_out(f'{name} over plain HTTP: it supports only TLS')
    return [scheme for scheme in bench.urls if scheme in able]


def _start_sender(bench: Bench, stack: ExitStack, name: str, scheme: str) -> Process | None:
    try:
        process = bench.start(CONTENDERS[name].environment, 'send', name, bench.urls[scheme])
    except Unavailable as exc:
        bench.leave_out(f'{name} over {scheme}: {exc}')
        return None
    return stack.enter_context(process)


def _ready(
    bench: Bench, started: Mapping[tuple[str, str], Process]
) -> dict[tuple[str, str], Process]:
    ready = {}
    for (scheme, name), process in started.items():
        try:
            process.listen()
        except Unavailable as exc:  # noqa: PERF203 - the other processes go on
            if name in {OURS, BASELINE}:
                raise
            bench.leave_out(f'{name} over {scheme}: {exc}')
        else:
            ready[scheme, name] = process
    return ready


def _costs(samples: Samples, scheme: str, calls: int) -> dict[str, Cost]:
    costs, base = {}, f'{scheme} {BASELINE}'
    for key, seconds in samples.items():
        of, _, name = key.partition(' ')
        # A contender that failed in one generation has too few samples to compare.
        if of == scheme and len(seconds) == len(samples[base]):
            ratio = _ratio(samples, key, base)
            costs[name] = Cost(median(seconds) / calls * 1e6, ratio)
    return costs


def check_sends(sends: Mapping[str, Mapping[str, Cost]]) -> Iterator[Check]:
    """Compare the cost of a send with that of the baseline and of the fastest peer."""
    for scheme, costs in sends.items():
        over = 'over TLS' if scheme == 'https' else 'over plain HTTP'
        if OURS not in costs:
            continue
        ours = costs[OURS].ratio
        yield Check(f'a send {over} / requests.Session.post', ours, LIMITS['send'])
        peers = [name for name in costs if CONTENDERS[name].is_peer]
        if peers:
            fastest = min(peers, key=lambda name: costs[name].ratio.median)
            base = costs[fastest].ratio.median
            against = Spread(*(each / base for each in ours))
            what = f'a send {over} / the fastest peer, {fastest}'
            yield Check(what, against, LIMITS['fastest peer'])


def check_import(bench: Bench) -> Iterator[Check]:
    """Compare ``from hoiio import Hoiio`` with ``import requests``, in fresh processes."""
    rounds = bench.plan.import_rounds
    for what, code, often in (
        ('time', _IMPORT_TIME, rounds),
        ('memory', _IMPORT_MEMORY, max(1, rounds // 10)),
    ):
        ratio = _import_ratio(bench, code, 'from hoiio import Hoiio', f'import {BASELINE}', often)
        label = f'{what} of from hoiio import Hoiio / import requests'
        yield Check(label, ratio, LIMITS['import'])


def _import_ratio(bench: Bench, code: str, ours: str, base: str, rounds: int) -> Spread:
    python = bench.environments.python(OURS)
    tasks = {name: _fresh(python, code.format(name)) for name in (ours, base)}
    # The first run writes the bytecode caches.
    interleave(tasks, 1, 1, _shuffle())
    return _ratio(interleave(tasks, rounds, 1, _shuffle()), ours, base)


def _fresh(python: str, code: str) -> Task:
    def work(_count: int) -> float:
        command = [python, '-c', code]
        done = subprocess.run(command, capture_output=True, check=True, cwd=ROOT, env=clean())  # noqa: S603
        return float(done.stdout)

    return work


def check_pages(bench: Bench) -> Iterator[Check]:
    """Compare the cost of reading a page of 100 entries with that of parsing it."""
    each = {name: ('time', name) for name in ('json', 'unread', 'read')}
    samples = bench.compare('pages', each, bench.plan.page_rounds, bench.plan.pages)
    for name, what in (('unread', 'page, nothing read'), ('read', 'page, every field read')):
        yield Check(f'a {what} / json.loads', _ratio(samples, name, 'json'), LIMITS[what])


def check_memory(bench: Bench) -> Iterator[Check]:
    """Compare the memory of entries that are kept with that of plain dicts."""
    names = ('json', 'entries', 'read')
    with bench.workers('pages', *(('memory', name) for name in names)) as started:
        plain, unread, read = (process.ask(bench.plan.pages_kept) for process in started)
    limit = LIMITS['entries kept']
    yield Check('entries kept, nothing read / dicts', Spread.of([unread / plain]), limit)
    yield Check('entries kept, every field read / dicts', Spread.of([read / plain]), limit)


def check_paging(bench: Bench) -> Iterator[Check]:
    """Compare the peak memory of paging over many pages with that over a few."""
    with bench.workers('paging', (bench.urls['http'],)) as (process,):
        few, many = process.ask(_FEW_PAGES), process.ask(bench.plan.pages_walked)
    what = f'peak memory over {bench.plan.pages_walked:,} pages / over {_FEW_PAGES}'
    yield Check(what, Spread.of([many / few]), LIMITS['paging'])


def check_threads(bench: Bench) -> Iterator[Check]:
    """Compare eight threads on one client with eight threads that have a session each."""
    for scheme, url in bench.urls.items():
        each = {name: (name, url) for name in (OURS, BASELINE)}
        plan = bench.plan
        samples = bench.compare('threads', each, plan.thread_rounds, plan.thread_sends)
        over = 'over TLS' if scheme == 'https' else 'over plain HTTP'
        # The ratio of calls per second is the inverse of the ratio of seconds.
        faster = _ratio(samples, BASELINE, OURS)
        yield Check(f'8 threads {over}, calls per second / requests', faster, LIMITS['threads'])


def check_past(bench: Bench) -> Iterator[Check]:
    """Compare the cost of a request to a sandbox with a long history and with a short one."""
    plan, many = bench.plan, bench.plan.past
    with bench.workers('past', (str(many),), (str(_FEW_SMS),)) as (long, short):
        for what in _REQUESTS:
            tasks = {'long': _asks(long, what), 'short': _asks(short, what)}
            samples = interleave(tasks, plan.past_rounds, plan.past_requests, _shuffle())
            ratio = _ratio(samples, 'long', 'short')
            label = f'sandbox: {what} after {many:,} SMS / after {_FEW_SMS:,}'
            yield Check(label, ratio, LIMITS['past'])


def _asks(process: Process, what: str) -> Task:
    return lambda count: process.ask(count, what)


def check_reset(bench: Bench) -> Iterator[Check]:
    """Compare a reset of the sandbox with parsing and writing a page of 100 entries."""
    each = {name: (name,) for name in ('reset', 'json')}
    samples = bench.compare('reset', each, bench.plan.reset_rounds, bench.plan.resets)
    milliseconds = median(samples['reset']) / bench.plan.resets * 1e3
    what = f'sandbox: a reset ({milliseconds:.2f} ms) / json.loads and json.dumps of a page'
    yield Check(what, _ratio(samples, 'reset', 'json'), LIMITS['reset'])


def check_fixture(bench: Bench) -> Iterator[Check]:
    """Compare what the pytest fixture adds to a test with the same page."""
    each = {name: (name,) for name in ('fixture', 'json')}
    samples = bench.compare('fixture', each, bench.plan.fixture_rounds, bench.plan.tests)
    milliseconds = median(samples['fixture']) / bench.plan.tests * 1e3
    what = f'sandbox: the fixture of a test ({milliseconds:.2f} ms) / json of a page'
    yield Check(what, _ratio(samples, 'fixture', 'json'), LIMITS['fixture'])


def check_campaign(bench: Bench) -> Iterator[Check]:
    """Compare the speed of campaigns with what is promised, and their memory for few and many."""
    plan = bench.plan
    yield _people_a_second(bench, 'plan', 'planned', plan.planned, _PLANNED_A_SECOND)
    yield _people_a_second(bench, 'claim', 'claimed and settled', plan.claimed, _CLAIMED_A_SECOND)
    few, many = plan.planned_few, plan.planned_many
    label = f'{many:,} people / {few:,}'
    with bench.workers('campaign', ('plan memory',), ('memory',)) as (planning, whole):
        small, large = (planning.ask(count) for count in (few, many))
        what = f'campaign: peak memory of planning {label}'
        yield Check(what, Spread.of([large / small]), LIMITS['plan memory'])
        # The peak of a process only grows, so the small one comes first.
        small, large = (whole.ask(count) for count in (few, many))
    what = f'campaign: peak memory of a process that plans and claims {label}'
    yield Check(what, Spread.of([large / small]), LIMITS['campaign memory'])
    megabytes = large / 1e6
    what = f'campaign: that memory ({megabytes:.0f} MB) / {_MOST_MEGABYTES} MB'
    yield Check(what, Spread.of([megabytes / _MOST_MEGABYTES]), LIMITS['campaign size'])


def _people_a_second(bench: Bench, task: str, done: str, count: int, promised: int) -> Check:
    samples = bench.compare('campaign', {task: (task,)}, bench.plan.plan_rounds, count)
    speeds = [1 / seconds for seconds in samples[task]]
    what = f'campaign: people {done} in a second ({median(speeds):,.0f}) / {promised:,}'
    return Check(what, Spread.of(each / promised for each in speeds), LIMITS[task])


def check_sandbox_import(bench: Bench) -> Iterator[Check]:
    """Compare the sandbox with the import of its main dependencies, in fresh processes."""
    base, rounds = 'import requests, werkzeug.serving', bench.plan.import_rounds
    for what, ours, limit in (
        ('import hoiio.sandbox', 'import hoiio.sandbox', 'sandbox import'),
        ('the import, a start and a stop', _SANDBOX_START, 'sandbox start'),
    ):
        ratio = _import_ratio(bench, _IMPORT_TIME, ours, base, rounds)
        yield Check(f'sandbox: time of {what} / {base}', ratio, LIMITS[limit])


def check_commands(bench: Bench) -> Iterator[Check]:
    """Compare whole processes: a command, and the Python that does the same without it."""
    environment = {
        'HOIIO_BASE_URL': f'{bench.urls["http"]}/open/',
        'HOIIO_APP_ID': 'MY_APP_ID',
        'HOIIO_ACCESS_TOKEN': 'MY_ACCESS_TOKEN',
    }
    python = bench.environments.python(OURS)
    for arguments, without, what in (
        (['--help'], 'import argparse', 'python -c "import argparse"'),
        (['account', 'balance'], _THREE_LINES, 'the same in three lines of Python'),
    ):
        command = [python, '-c', _COMMAND, *arguments]
        tasks = {
            'command': _process(command, environment),
            'python': _process([python, '-c', without], environment),
        }
        # The first run writes the bytecode caches.
        interleave(tasks, 1, 1, _shuffle())
        samples = interleave(tasks, bench.plan.import_rounds, 1, _shuffle())
        label = f'command line: hoiio {" ".join(arguments)} / {what}'
        yield Check(label, _ratio(samples, 'command', 'python'), LIMITS['command'])


def _process(command: list[str], environment: Mapping[str, str]) -> Task:
    # Windows does not have it.
    from resource import RUSAGE_CHILDREN, getrusage  # noqa: PLC0415

    def work(_count: int) -> float:
        before = getrusage(RUSAGE_CHILDREN)
        subprocess.run(  # noqa: S603
            command, capture_output=True, check=True, cwd=ROOT, env={**clean(), **environment}
        )
        after = getrusage(RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    return work


CHECKS: dict[str, Callable[[Bench], Iterable[Check]]] = {
    'import': check_import,
    'pages': check_pages,
    'memory': check_memory,
    'paging': check_paging,
    'threads': check_threads,
    'past': check_past,
    'reset': check_reset,
    'fixture': check_fixture,
    'sandbox-import': check_sandbox_import,
    'commands': check_commands,
    'campaign': check_campaign,
}
