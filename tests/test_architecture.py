"""Who imports whom: one way only, as docs/architecture.rst has it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import hoiio

PACKAGE = Path(hoiio.__file__).parent


# The sandbox from the ground up. A module may import its own floor and those below.
FLOORS = (
    {
        *('addresses', 'clock', 'did_you_mean', 'environment', 'errors', 'event_loops'),
        *('forks', 'formats', 'words'),
    },
    {'presets'},
    {'webhooks'},
    {'state'},
    {'telephony'},
    {'api'},
    {
        *('codec', 'emulator', 'faults', 'phones'),
        *('snapshot', 'snapshot_checks', 'snapshot_document'),
    },
    {'web'},
    {'__init__'},
    {'shared'},
)
SANDBOX = 'hoiio.sandbox'

# The SDK from the ground up; a package is one layer.
LAYERS = (
    {'constants', 'idempotency', 'lazy_import', 'message_size'},
    {'exceptions'},
    {'credentials', 'fields'},
    {'reader', 'transport_errors'},
    {'response', 'transport'},
    {'service'},
    {'notification'},
    {'client'},
)
HEIGHTS = {f'hoiio.{name}': height for height, layer in enumerate(LAYERS) for name in layer}
# What stands below names these for the type checker alone: a service and the notifications have a
# client, and an error has its response.
NAMED_FROM_BELOW = {
    ('hoiio.service.base', 'hoiio.client'),
    ('hoiio.notification.verification', 'hoiio.client'),
    ('hoiio.exceptions', 'hoiio.response'),
}


def for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == 'TYPE_CHECKING'


def imported(tree: ast.AST, module: list[str], *, at_all: bool = False) -> Iterator[str]:
    """Name what is imported when the module is.

    What only types or functions need is left out, unless everything is asked for.
    """
    for node in ast.iter_child_nodes(tree):
        if for_types(node) and not at_all:
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
        elif at_all or not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from imported(node, module, at_all=at_all)


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix('').parts
    return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob('*.py'))}


@cache
def syntax_trees() -> dict[str, ast.Module]:
    return {name: ast.parse(path.read_text('utf-8')) for name, path in MODULES.items()}


@cache
def graph(*, at_all: bool = False) -> dict[str, set[str]]:
    found = {}
    for name, path in MODULES.items():
        place = [*name.split('.'), '__init__'] if path.stem == '__init__' else name.split('.')
        found[name] = set(imported(syntax_trees()[name], place, at_all=at_all))
    return found


def test_there_is_no_cycle() -> None:
    # The package itself gathers its parts and lends them its version.
    ours = {name: {each for each in below if each != 'hoiio'} for name, below in graph().items()}
    TopologicalSorter(ours).prepare()


def height_of(name: str) -> int | None:
    return HEIGHTS.get('.'.join(name.split('.')[:2]))


def upward(edges: dict[str, set[str]]) -> set[tuple[str, str]]:
    heights = {name: height for name in MODULES if (height := height_of(name)) is not None}
    return {
        (name, each)
        for name, height in heights.items()
        for each in edges[name]
        if heights.get(each, 0) > height
    }


def test_each_module_of_the_sdk_is_in_one_layer() -> None:
    ours = {'.'.join(name.split('.')[:2]) for name in MODULES}
    others = {'hoiio', 'hoiio.__main__', 'hoiio.campaign', 'hoiio.cli', 'hoiio.sandbox'}
    assert ours - others == HEIGHTS.keys()
    assert len(HEIGHTS) == sum(map(len, LAYERS))


def test_no_module_of_the_sdk_imports_upwards() -> None:
    assert upward(graph()) == set()
    assert upward(graph(at_all=True)) == NAMED_FROM_BELOW


def test_only_the_transport_imports_requests() -> None:
    users = [name for name, below in graph().items() if 'requests' in below]
    parts = {'.'.join(name.split('.')[:2]) for name in users}
    assert parts - {'hoiio.sandbox'} == {'hoiio.transport', 'hoiio.transport_errors'}


def test_the_sdk_does_not_import_the_sandbox() -> None:
    for name, below in graph().items():
        if not name.startswith(('hoiio.sandbox', 'hoiio.cli.')):
            assert not any(each.startswith('hoiio.sandbox') for each in below), name


def test_only_the_command_line_imports_campaigns() -> None:
    for name, below in graph(at_all=True).items():
        if not name.startswith(('hoiio.campaign', 'hoiio.cli.')):
            assert not any(each.startswith('hoiio.campaign') for each in below), name


def sandbox() -> dict[str, set[str]]:
    """Return what each module of the sandbox imports of it, for types or inside functions too."""
    return {
        name: {each for each in below if each.startswith(SANDBOX)}
        for name, below in graph(at_all=True).items()
        if name.startswith(SANDBOX)
    }


def floor_of(name: str) -> int:
    part = name.removeprefix(SANDBOX).strip('.').partition('.')[0] or '__init__'
    [floor] = [number for number, parts in enumerate(FLOORS) if part in parts]
    return floor


def test_the_sandbox_has_no_circle_not_even_for_types() -> None:
    TopologicalSorter(sandbox()).prepare()


def test_no_folder_of_the_sandbox_imports_upwards() -> None:
    for name, below in sandbox().items():
        assert {each for each in below if floor_of(each) > floor_of(name)} == set(), name


def test_few_modules_of_the_sandbox_import_for_types_alone() -> None:
    trees = [tree for name, tree in syntax_trees().items() if name.startswith(SANDBOX)]
    assert 4 * sum(any(map(for_types, tree.body)) for tree in trees) <= len(trees)


def test_a_folder_of_the_sandbox_says_what_it_is_about_and_nothing_else() -> None:
    folders = [path.parent for path in (PACKAGE / 'sandbox').rglob('*/__init__.py')]
    assert folders
    for folder in folders:
        [sentence] = ast.parse((folder / '__init__.py').read_text('utf-8')).body
        assert ast.unparse(sentence).count('.') == 1, folder


def test_no_test_imports_another_test_module() -> None:
    for path in Path(__file__).parent.rglob('test_*.py'):
        text = path.read_text('utf-8')
        assert not re.findall(r'^ *(?:from|import) tests\b.*\btest_\w+', text, re.MULTILINE), path


@pytest.mark.slow
def test_importing_the_sandbox_leaves_out_what_only_some_programs_need() -> None:
    code = "import sys, hoiio.sandbox; print(*[name for name in sys.modules if 'hoiio' in name])"
    command = [sys.executable, '-c', code]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    left_out = {'snapshot', 'codec', 'web.server', 'web.control_app'}
    assert not {f'hoiio.sandbox.{name}' for name in left_out} & {*shown}
