"""The descriptions of both APIs in OpenAPI 3.1, made from the tables of operations and routes."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any, get_type_hints

from ... import __version__
from ..api.operations import CREDENTIALS, OPERATIONS, Operation
from ..api.parameters import PARAMETERS, example_of
from ..api.refusals import refusals_of
from ..api.replies import REPLIES, Refusal
from . import control_answers, openapi_examples
from .control_params import PATH_VARIABLES, Param, Route
from .guard import BASE_PATH, CONTROL_PATH
from .json_schema import Schema, Schemas, described, plain

__all__ = ['control_api', 'hoiio_api']

JSON = 'application/json'
FORM = 'application/x-www-form-urlencoded'
MULTIPART = 'multipart/form-data'
STREAM = 'text/event-stream'
ERROR = {
    'type': 'object',
    'description': 'Why a request was refused.',
    'properties': {
        'message': {'type': 'string', 'description': 'What is wrong, and what to do instead.'},
        'nearest': {'type': 'string', 'description': 'The most similar path that exists.'},
    },
    'required': ['message'],
}
# The refusals with their meanings, and an example of each.
FOREIGN = (
    'The request comes from a page of another site, or from another machine.',
    "Host 'example.com' is not allowed: use 127.0.0.1 or see allowed_hosts",
)
TOO_LARGE = (
    'The body is too large.',
    'the body is larger than the limit of 8388608 bytes',
)
REFUSALS: Mapping[str, tuple[str, str]] = {
    '400': ('The request is not valid.', 'unknown fields: colour'),
    '403': FOREIGN,
    '404': ('It does not exist.', 'event 7 does not exist, or the log has dropped it'),
    '409': ('It did not happen, or is not possible now.', 'error_insufficient_credit'),
    '413': TOO_LARGE,
    '415': ('The body is not labelled as JSON.', f'send Content-Type: {JSON}'),
}
READING = ('400', '403', '404')
WRITING = tuple(REFUSALS)


# The control API


@cache
def control_api(origin: str, routes: tuple[Route, ...]) -> Schema:
    """Return the description of the control API of the sandbox at an origin."""
    schemas = Schemas()
    schemas.components['Error'] = ERROR
    paths: dict[str, Schema] = {}
    for route in routes:
        paths.setdefault(f'/{route.path}', {})[route.method.lower()] = _route(route, schemas)
    about = 'Controls a sandbox of the Hoiio API: its phones, faults, clock and logs.'
    server = f'{origin}{CONTROL_PATH}'.rstrip('/')
    return _document('Control API of the Hoiio sandbox', about, server, paths, schemas)


def _route(route: Route, schemas: Schemas) -> Schema:
    described: Schema = {
        'operationId': _name(route),
        'summary': plain((inspect.getdoc(route.handler) or '').partition('\n')[0]),
        'tags': [route.path.partition('/')[0]],
        'parameters': _route_parameters(route, schemas),
        'responses': _route_responses(route, schemas),
    }
    if route.method != 'GET':
        described['requestBody'] = {
            'required': True,
            'content': {
                JSON: {
                    'schema': _body(route, schemas),
                    'example': openapi_examples.body_of(route),
                }
            },
        }
    return described


def _name(route: Route) -> str:
    words = route.path.replace('{', '').replace('}', '').replace('/', '_').replace('.', '_')
    return f'{route.method.lower()}_{words}'


def _route_parameters(route: Route, schemas: Schemas) -> list[Schema]:
    in_path = [
        _parameter(name, PATH_VARIABLES[name]._replace(example=example), schemas, 'path')
        for name, example in openapi_examples.path_values(route).items()
    ]
    in_query = [_parameter(name, param, schemas, 'query') for name, param in route.query.items()]
    return in_path + in_query


def _parameter(name: str, param: Param, schemas: Schemas, where: str) -> Schema:
    return {
        'name': name,
        'in': where,
        'required': where == 'path',
        'description': param.text,
        'schema': _schema(param, schemas),
        'example': param.example,
    }


def _schema(param: Param, schemas: Schemas) -> Schema:
    schema = {**schemas.of_input(param.kind), **param.rules}
    if param.kind is int:
        schema['minimum'] = param.allowed[0] if param.allowed else 0
        schema['maximum'] = param.allowed[-1] if param.allowed else 10**9
    return schema


def _body(route: Route, schemas: Schemas) -> Schema:
    if route.whole is not None:
        return schemas.of_input(route.whole.kind)
    fields = {**route.required, **route.optional}
    return {
        'type': 'object',
        'properties': {
            name: described(_schema(field, schemas), field.text) for name, field in fields.items()
        },
        'additionalProperties': False,
        **({'required': list(route.required)} if route.required else {}),
    }


def _route_responses(route: Route, schemas: Schemas) -> Schema:
    content: Schema = {
        JSON: {
            'schema': schemas.of_answer(answer_type(route)),
            'example': openapi_examples.answer_of_route(route),
        }
    }
    if route.streams:
        content[STREAM] = {'schema': {'type': 'string'}, 'example': 'id: 7\ndata: {"id": 7}\n\n'}
    codes = READING if route.method == 'GET' else WRITING
    return {
        '200': {'description': 'It was done.', 'content': content},
        **{code: _refusal(*REFUSALS[code]) for code in codes},
    }


def answer_type(route: Route) -> Any:
    """Return the type that the handler of a route returns."""
    names = {'answers': control_answers, **vars(control_answers)}
    return get_type_hints(route.handler, {**route.handler.__globals__, **names})['return']


# The Hoiio API


@cache
def hoiio_api(origin: str) -> Schema:
    """Return the description of the Hoiio API, as the sandbox at an origin has it."""
    schemas = Schemas()
    schemas.components['Error'] = ERROR
    paths = {f'/{path}': _operation(OPERATIONS[path], schemas) for path in OPERATIONS}
    about = (
        'The Hoiio telephony API, as the sandbox emulates it. Each operation accepts GET and POST.'
        ' Numbers and amounts are texts, and times are in GMT+8.'
    )
    server = f'{origin}{BASE_PATH}'.rstrip('/')
    document = _document('Hoiio API', about, server, paths, schemas)
    words = {word for operation in OPERATIONS.values() for word in _refusals(operation)}
    examples = {word: {'value': {'status': word}} for word in sorted(words)}
    return {**document, 'components': {**document['components'], 'examples': examples}}


def _operation(operation: Operation, schemas: Schemas) -> Schema:
    name = operation.path.replace('/', '_')
    about = {
        'summary': (inspect.getdoc(operation.handler) or '').partition('\n')[0],
        'tags': [operation.path.partition('/')[0]],
        'responses': _operation_responses(operation, schemas),
    }
    in_query = [
        {
            'name': each,
            'in': 'query',
            'required': each in {*CREDENTIALS, *operation.required},
            'description': PARAMETERS[each].text,
            'schema': {'type': 'string'},
            'example': example_of(operation.path, each),
        }
        for each in _parameters(operation)
    ]
    body = {'required': True, 'content': _forms(operation)}
    return {
        'get': {'operationId': f'{name}_by_query', **about, 'parameters': in_query},
        'post': {'operationId': name, **about, 'requestBody': body},
    }


def _parameters(operation: Operation) -> tuple[str, ...]:
    return (*CREDENTIALS, *operation.required, *operation.optional)


def _forms(operation: Operation) -> Schema:
    form: Schema = {
        'type': 'object',
        'properties': {
            name: described({'type': 'string'}, PARAMETERS[name].text)
            for name in _parameters(operation)
        },
        'required': [*CREDENTIALS, *operation.required],
    }
    example = openapi_examples.values(operation)
    forms: Schema = {FORM: {'schema': form, 'example': example}}
    if 'file' in operation.required:
        file = {'type': 'string', 'contentMediaType': 'application/pdf'}
        properties = {**form['properties'], 'file': described(file, PARAMETERS['file'].text)}
        forms[MULTIPART] = {'schema': {**form, 'properties': properties}, 'example': example}
    return forms


def _operation_responses(operation: Operation, schemas: Schemas) -> Schema:
    done = openapi_examples.answer_of_operation(operation)
    answer = {
        'schema': {
            'anyOf': [
                schemas.of_answer(REPLIES[operation.path]),
                schemas.of_answer(Refusal),
            ]
        },
        'examples': {
            'success_ok': {'value': done},
            **{word: {'$ref': f'#/components/examples/{word}'} for word in _refusals(operation)},
        },
    }
    about = 'The status says whether the request was accepted.'
    return {
        '200': {'description': about, 'content': {JSON: answer}},
        '403': _refusal(*FOREIGN),
        '413': _refusal(*TOO_LARGE),
    }


def _refusals(operation: Operation) -> list[str]:
    return [status.value for status in refusals_of(operation)]


# Both


def _refusal(about: str, message: str) -> Schema:
    schema = {'$ref': '#/components/schemas/Error'}
    return {
        'description': about,
        'content': {JSON: {'schema': schema, 'example': {'message': message}}},
    }


def _document(
    title: str, about: str, server: str, paths: Mapping[str, Schema], schemas: Schemas
) -> Schema:
    return {
        'openapi': '3.1.0',
        'info': {'title': title, 'version': __version__, 'description': about},
        'servers': [{'url': server}],
        'paths': paths,
        'components': {'schemas': schemas.components},
    }
