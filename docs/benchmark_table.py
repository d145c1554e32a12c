"""The directive ``benchmark-table``: figures of the last run of ``python -m benchmarks``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.util.docutils import SphinxDirective
from sphinx.util.rst import escape

from benchmarks.contenders import CONTENDERS, OURS
from benchmarks.results import SCHEMES
from docs.sandbox_tables import list_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sphinx.application import Sphinx

RESULTS = Path(__file__).parent.parent / 'benchmarks' / 'results.json'

PEERS = [name for name, contender in CONTENDERS.items() if contender.is_peer]
VERSIONS = {OURS: ['requests', 'urllib3', 'httpx'], **{name: [name] for name in PEERS}}


def sends(results: Mapping[str, Any]) -> str:
    """Return a table of the cost of sending an SMS, cheapest first."""
    costs = results['sends'].values()
    names = [name for name in CONTENDERS if any(name in each for each in costs)]
    names.sort(key=lambda name: next(c[name]['ratio']['median'] for c in costs if name in c))
    head = ['Client', *(SCHEMES[scheme] for scheme in results['sends'])]
    rows = ([_label(name), *(_ratio(each.get(name)) for each in costs)] for name in names)
    return list_table(head, rows, [40, *(30 for _ in costs)])


def checks(results: Mapping[str, Any]) -> str:
    """Return a table of the ratios that have a limit, and whether they are within it."""
    rows = ([escape(each['what']), _ratio(each), _limit(each)] for each in results['checks'])
    return list_table(['Ratio', 'Measured', 'Limit'], rows, [46, 27, 27])


def source(results: Mapping[str, Any]) -> str:
    """Return a paragraph with the date and the environment of the run."""
    versions = ', '.join(f'{name} {version}' for name, version in _versions(results['versions']))
    left_out = ''.join(f' Left out: {escape(line)}.' for line in results['left_out'])
    return (
        f'Measured on {results["date"]} with {results["python"]} on {results["platform"]}: hoiio'
        f' {results["hoiio"]}, {versions}.{left_out}'
    )


TABLES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    'sends': sends,
    'checks': checks,
    'source': source,
}


class BenchmarkTable(SphinxDirective):
    """``.. benchmark-table:: sends`` inserts a table; ``source`` inserts the paragraph below it."""

    required_arguments = 1

    def run(self) -> list[Any]:
        """Return the table or the paragraph."""
        self.env.note_dependency(str(RESULTS))
        results = json.loads(RESULTS.read_text('utf-8'))
        return self.parse_text_to_nodes(TABLES[self.arguments[0]](results))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive('benchmark-table', BenchmarkTable)
    return {'parallel_read_safe': True}


def _label(name: str) -> str:
    label = escape(CONTENDERS[name].label)
    return f'**{label}**' if name == OURS else label


def _ratio(cell: Mapping[str, Any] | None) -> str:
    if cell is None:
        return 'n/a'
    median, low, high = (f'{cell["ratio"][name]:.2f}' for name in ('median', 'low', 'high'))
    return median if low == high else f'{median} ({low} to {high})'


def _limit(check: Mapping[str, Any]) -> str:
    bound = 'at least' if 'at least' in check else 'at most'
    return f'{bound} {check[bound]:.2f}, {"kept" if check["holds"] else "**missed**"}'


def _versions(installed: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    for environment, names in VERSIONS.items():
        present = installed.get(environment, {})
        yield from ((name, present[name]) for name in names if name in present)
