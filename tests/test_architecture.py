"""Who imports whom: one way only, as docs/architecture.rst has it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import hoiio

PACKAGE = Path(hoiio.__file__).parent


def imported(tree: ast.AST, module: list[str]) -> Iterator[str]:
    """Name what is imported when the module is, without what only types need."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == 'TYPE_CHECKING':
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield str(node.module)
        elif isinstance(node, ast.ImportFrom):
            package = module[: len(module) - node.level]
            for alias in node.names:
                inner = [*package, *filter(None, [node.module]), alias.name]
                outer = inner[:-1]
                yield '.'.join(inner if '.'.join(inner) in MODULES else outer)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from imported(node, module)


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix('').parts
    return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob('*.py'))}


def graph() -> dict[str, set[str]]:
    found = {}
    for name, path in MODULES.items():
        place = [*name.split('.'), '__init__'] if path.stem == '__init__' else name.split('.')
        found[name] = set(imported(ast.parse(path.read_text('utf-8')), place))
    return found


def test_there_is_no_cycle() -> None:
    # The package itself gathers its parts and lends them its version.
    ours = {name: {each for each in below if each != 'hoiio'} for name, below in graph().items()}
    TopologicalSorter(ours).prepare()


def test_only_the_transport_imports_requests() -> None:
    users = [name for name, below in graph().items() if 'requests' in below]
    assert [name for name in users if not name.startswith('hoiio.sandbox')] == [
        'hoiio.transport',
        'hoiio.transport_errors',
    ]


def test_the_sdk_does_not_import_the_sandbox() -> None:
    for name, below in graph().items():
        if not name.startswith(('hoiio.sandbox', 'hoiio.cli.')):
            assert not any(each.startswith('hoiio.sandbox') for each in below), name
