"""Every status that an operation can return has a row in the conditions table.

The test does not run the code. It parses the code, from each handler through all functions that the
handler mentions. It does not follow code inside ``try ... except Refused``, or functions that are
stored in attributes.
"""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pytest

from docs.sandbox_conditions import CONDITIONS, condition_of
from hoiio import sandbox
from hoiio.constants import Status
from hoiio.sandbox.api.operations import OPERATIONS

FOLDER = Path(inspect.getfile(sandbox)).parent
# No handler calls the code in these modules.
SKIPPED_MODULES = {'__init__', 'server', 'demo'}
UNREACHABLE = {
    # It shares the code that reads a page_size, but does not have that parameter.
    'number/get_choices': {Status.PAGE_SIZE_INVALID.value},
    # A call on hold was answered before.
    'ivr/middle/unhold': {Status.INSUFFICIENT_CREDIT.value},
    # A full room uses all eight call slots, so no session is left to transfer.
    'ivr/end/transfer': {Status.DEST_TOO_MANY.value},
}
Key: TypeAlias = 'tuple[str, str]'


@dataclass
class Function:
    """The statuses and names that one function mentions."""

    statuses: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    attributes: set[Key] = field(default_factory=set)


class Reader(ast.NodeVisitor):
    """Read one function, without the code inside ``try ... except Refused``."""

    def __init__(self) -> None:
        self.found = Function()
        self.local: set[str] = set()

    def visit_Try(self, node: ast.Try) -> None:
        caught = any('Refused' in ast.dump(h.type) for h in node.handlers if h.type is not None)
        if not caught:
            self.generic_visit(node)
            return
        for part in (*node.handlers, *node.orelse, *node.finalbody):
            self.visit(part)

    def visit_Name(self, node: ast.Name) -> None:
        # A local variable can have the same name as a function.
        kind = self.found.names if isinstance(node.ctx, ast.Load) else self.local
        kind.add(node.id)

    def visit_arg(self, node: ast.arg) -> None:
        self.local.add(node.arg)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        owner = node.value.id if isinstance(node.value, ast.Name) else ''
        if owner == 'Status':
            self.found.statuses.add(Status[node.attr].value)
        self.found.attributes.add((owner, node.attr))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        made = isinstance(node.func, ast.Name) and node.func.id in {'unlisted', 'missing'}
        if made and isinstance(node.args[0], ast.Constant):
            word = str(node.args[0].value)
            is_word = word.startswith('error_')
            self.found.statuses.add(word if is_word else f'error_{word}_param_missing')
        self.generic_visit(node)


class Package:
    """All functions of the sandbox, by module and name."""

    def __init__(self) -> None:
        self.functions: dict[Key, Function] = {}
        self.methods: dict[str, list[Key]] = {}
        self.imported: dict[Key, Key] = {}
        for path in FOLDER.rglob('*.py'):
            if path.stem not in SKIPPED_MODULES:
                self._read(path.stem, ast.parse(path.read_text()))

    def _read(self, module: str, tree: ast.Module) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level and node.module:
                for alias in node.names:
                    name = alias.asname or alias.name
                    source = node.module.rpartition('.')[2]
                    self.imported[module, name] = (source, alias.name)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                self._add(module, node.name, node)
            elif isinstance(node, ast.ClassDef):
                self._read_class(module, node)

    def _read_class(self, module: str, node: ast.ClassDef) -> None:
        for part in node.body:
            if isinstance(part, ast.FunctionDef):
                key = self._add(module, f'{node.name}.{part.name}', part)
                self.methods.setdefault(part.name, []).append(key)

    def _add(self, module: str, name: str, node: ast.FunctionDef) -> Key:
        reader = Reader()
        for part in (node.args, *node.body):
            reader.visit(part)
        reader.found.names -= reader.local
        self.functions[module, name] = reader.found
        return module, name

    def follow(self, module: str, function: Function) -> set[Key]:
        found = {(module, name) for name in function.names}
        found |= {self.imported.get(key, key) for key in found}
        for owner, name in function.attributes:
            target = (owner, name)
            found |= {target} if target in self.functions else set(self.methods.get(name, []))
        return found & self.functions.keys()


@cache
def package() -> Package:
    return Package()


def reach(handler: Key) -> set[str]:
    """Return every status that a handler, and the functions that it calls, mention."""
    seen: set[Key] = set()
    waiting = [handler]
    statuses: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            function = package().functions[key]
            statuses |= function.statuses
            waiting += package().follow(key[0], function)
    return statuses


@pytest.mark.parametrize('path', OPERATIONS)
def test_every_status_of_an_operation_has_a_row(path: str) -> None:
    handler = OPERATIONS[path].handler
    found = reach((handler.__module__.rpartition('.')[2], handler.__name__))
    found -= UNREACHABLE.get(path, set())
    assert {status for status in found if condition_of(path, status) is None} == set()


def test_the_reader_finds_statuses_through_calls() -> None:
    assert 'error_dest_invalid' in reach(('sms', 'send'))
    assert 'error_insufficient_credit' in reach(('ivr', 'play'))
    assert 'error_state_param_missing' in reach(('numbers', 'get_choices'))
    assert 'error_fax_header_invalid' in reach(('fax', 'send'))
    assert 'error_dest_invalid' not in reach(('sms_bulk', 'bulk_send'))


def test_every_row_of_a_request_is_reachable() -> None:
    common = {
        'error_invalid_http_method',
        'error_invalid_access_token',
        'error_invalid_app_id',
        'error_rate_limit_exceeded',
    }
    reached = {
        (path, status)
        for path, operation in OPERATIONS.items()
        for status in reach(
            (operation.handler.__module__.rpartition('.')[2], operation.handler.__name__)
        )
    }
    for row in CONDITIONS:
        generated = row.status.endswith('_param_missing') or row.status in common
        produced = row.origin.name == 'REQUEST' and not generated
        if produced and row.status not in {'success_ok', 'error_malformed_params'}:
            assert (row.operation, row.status) in reached, row
