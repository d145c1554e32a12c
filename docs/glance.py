"""The directive ``glance``: a table of the methods of a service, generated from the code."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

from sphinx.util.docutils import SphinxDirective

from docs.sandbox_conditions import CONDITIONS
from docs.sandbox_tables import list_table
from hoiio import Hoiio, Status
from hoiio.idempotency import is_idempotent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docutils import nodes
    from sphinx.application import Sphinx

SOURCE = re.compile(r'^Source: API ``([a-z_/]+)``', re.MULTILINE)

# An operation costs money if Hoiio can refuse it with "insufficient credit".
PAID = {
    row.operation
    for row in CONDITIONS
    if row.documented and row.status == Status.INSUFFICIENT_CREDIT
}


def methods(area: str) -> Iterator[Callable[..., object]]:
    """Yield the public methods of a service, without their aliases."""
    for name, member in vars(type(getattr(Hoiio, area))).items():
        if inspect.isfunction(member) and member.__name__ == name and not name.startswith('_'):
            yield member


def row(method: Callable[..., object]) -> tuple[str, str, str]:
    """Return the table row of a method.

    Raises:
        ValueError: If its docstring names no endpoint.
    """
    doc = inspect.getdoc(method) or ''
    source = SOURCE.search(doc)
    if source is None:
        raise ValueError(f'the docstring of {method.__qualname__} names no endpoint')
    target = f'{method.__module__}.{method.__qualname__}'
    call = f':py:meth:`{method.__name__}({_required(method)}) <{target}>`'
    return call, doc.partition('\n')[0], f'``{source[1]}``, {_sort(source[1])}'


def _required(method: Callable[..., object]) -> str:
    _, *parameters = inspect.signature(method).parameters.values()
    return ', '.join(
        str(each.replace(annotation=each.empty))
        for each in parameters
        if each.default is each.empty and each.kind is not each.VAR_KEYWORD
    ).replace('*', '\\*')


def _sort(operation: str) -> str:
    if operation in PAID:
        return 'paid'
    return 'query' if is_idempotent(operation) else 'change'


class Glance(SphinxDirective):
    """``.. glance:: sms`` inserts the table of the SMS methods."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows = [row(method) for method in methods(self.arguments[0])]
        head = ('Call', 'What it does', 'Endpoint')
        return self.parse_text_to_nodes(list_table(head, rows, (33, 37, 30)))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive('glance', Glance)
    return {'parallel_read_safe': True}
