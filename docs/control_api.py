"""Write the tables of the chapter on the control API, from its table of routes and its types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docs.sandbox_tables import list_table
from hoiio.sandbox.web.control_routes import ROUTES
from hoiio.sandbox.web.openapi import control_api

__all__ = ['routes', 'types']

DOCUMENT = control_api('http://127.0.0.1:8420', ROUTES)
SCHEMAS: Mapping[str, Any] = DOCUMENT['components']['schemas']
MOST_WORDS = 12


def routes() -> str:
    """Return a table of all routes, and a table for each route that takes parameters."""
    rows = [
        (_route(method, path), about['summary'], _type(answer_of(about)))
        for method, path, about in described()
    ]
    head = ('Route', 'What it does', 'Answer')
    return '\n'.join([list_table(head, rows, (36, 40, 24)), *_parameter_tables()])


def types() -> str:
    """Return a table of the fields of each type."""
    return '\n'.join(_fields(name) for name in sorted(SCHEMAS) if 'properties' in SCHEMAS[name])


def described() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the method, the path and the description of each route."""
    for path, methods in DOCUMENT['paths'].items():
        for method, about in methods.items():
            yield method.upper(), path, about


def answer_of(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of the answer of a route."""
    schema: dict[str, Any] = about['responses']['200']['content']['application/json']['schema']
    return schema


def _route(method: str, path: str) -> str:
    return f'``{method} {path[1:]}``'


def _parameter_tables() -> Iterator[str]:
    for method, path, about in described():
        rows = [*_query(about), *_body(about)]
        if rows:
            head = ('Parameter', 'Type', 'Meaning')
            yield list_table(head, rows, (25, 20, 55), title=_route(method, path))


def _query(about: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for each in about['parameters']:
        if each['in'] == 'query':
            yield f'``{each["name"]}``', _type(each['schema']), each['description']


def _body(about: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if 'requestBody' not in about:
        return
    schema = about['requestBody']['content']['application/json']['schema']
    schema = SCHEMAS[_name(schema)] if '$ref' in schema else schema
    for name, field in schema.get('properties', {}).items():
        required = ', required' if name in schema.get('required', ()) else ''
        yield f'``{name}``', f'{_type(field)}{required}', field.get('description', '')


def _fields(name: str) -> str:
    schema = SCHEMAS[name]
    rows = [
        (f'``{field}``', _type(part), part.get('description', ''))
        for field, part in schema['properties'].items()
    ]
    if not rows:
        rows = [('', '', 'No fields.')]
    return list_table(('Field', 'Type', 'Meaning'), rows, (25, 20, 55), title=f'``{name}``')


def _type(schema: Mapping[str, Any]) -> str:
    """Return the type of a schema in a few words."""
    if '$ref' in schema:
        return _word(_name(schema))
    if 'anyOf' in schema:
        return ' or '.join(_type(arm) for arm in schema['anyOf'])
    if schema.get('type') == 'array':
        return f'list of {_type(schema["items"])}'
    # Longer lists are statuses and operations, which have tables of their own.
    if 'enum' in schema and len(schema['enum']) <= MOST_WORDS:
        return ' or '.join(f'``{word}``' for word in schema['enum'])
    return str(schema.get('format') or schema.get('type') or 'any')


def _word(name: str) -> str:
    return _type(SCHEMAS[name]) if 'enum' in SCHEMAS[name] else f'``{name}``'


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema['$ref']).rpartition('/')[2]
