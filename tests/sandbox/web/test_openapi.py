from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from docs.sandbox_conditions import CONDITIONS, Origin
from hoiio.sandbox import FakeClock, Sandbox, Seed
from hoiio.sandbox.api.operations import CREDENTIALS, OPERATIONS
from hoiio.sandbox.api.parameters import PARAMETERS
from hoiio.sandbox.api.replies import REPLIES
from hoiio.sandbox.web.control_routes import ROUTES
from hoiio.sandbox.web.openapi import control_api, hoiio_api
from tests.sandbox.conftest import ask
from tests.sandbox.valid_requests import REQUESTS, client_of_new_sandbox
from tests.sandbox.web.control_page import ControlPage

DEST, OTHER, SG = '+6598765432', '+6581234567', '+6531580000'
HOOK = 'http://127.0.0.1:9/'
ORIGIN = 'http://127.0.0.1:8420'
DOCUMENTS = {'control': control_api(ORIGIN, ROUTES), 'hoiio': hoiio_api(ORIGIN)}


def strict(schema: Any) -> Any:
    """Return a schema in which no object has a field that is not described."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: strict(part) for name, part in schema.items()}
    if 'properties' in closed:
        closed.setdefault('additionalProperties', False)
    return closed


COMPONENTS = {name: strict(document['components']) for name, document in DOCUMENTS.items()}


def check(name: str, schema: Any, answer: Any) -> None:
    """Check that an answer has exactly what a schema describes."""
    jsonschema = needed('jsonschema')
    whole = {**strict(schema), 'components': COMPONENTS[name]}
    jsonschema.Draft202012Validator(whole).validate(answer)


def answer_schema(name: str, path: str, method: str) -> Any:
    response = DOCUMENTS[name]['paths'][path][method]['responses']['200']
    return response['content']['application/json']['schema']


def needed(module: str) -> Any:
    """Import a tool for development. In CI, a tool that is missing is an error."""
    if os.environ.get('CI') and sys.version_info >= (3, 11):
        return __import__(module)
    return pytest.importorskip(module)


# The documents


@pytest.mark.slow
@pytest.mark.parametrize('name', DOCUMENTS)
def test_the_description_is_valid_openapi(name: str) -> None:
    needed('openapi_spec_validator').validate(json.loads(json.dumps(DOCUMENTS[name])))


def test_every_operation_and_every_route_is_described() -> None:
    assert DOCUMENTS['hoiio']['paths'].keys() == {f'/{path}' for path in OPERATIONS}
    described = {
        (method.upper(), path)
        for path, methods in DOCUMENTS['control']['paths'].items()
        for method in methods
    }
    assert described == {(route.method, f'/{route.path}') for route in ROUTES}


def test_every_parameter_and_every_answer_of_the_api_is_described() -> None:
    used = {name for each in OPERATIONS.values() for name in (*each.required, *each.optional)}
    assert PARAMETERS.keys() == used | set(CREDENTIALS)
    assert REPLIES.keys() == OPERATIONS.keys()


@pytest.mark.parametrize('name', DOCUMENTS)
def test_every_field_of_every_answer_has_a_text(name: str) -> None:
    schemas = DOCUMENTS[name]['components']['schemas']
    fields = [
        (schema, field, part.get('description', ''))
        for schema, described in schemas.items()
        for field, part in described.get('properties', {}).items()
    ]
    assert len(fields) > 80
    assert [(schema, field) for schema, field, text in fields if not text.endswith('.')] == []
    assert not any('``' in text or '\n' in text for _schema, _field, text in fields)


PATHS = [(name, path) for name, document in DOCUMENTS.items() for path in document['paths']]


@pytest.mark.parametrize(('name', 'path'), PATHS)
def test_each_status_has_an_example_that_fits_its_schema(name: str, path: str) -> None:
    for described in DOCUMENTS[name]['paths'][path].values():
        for response in described['responses'].values():
            content = response['content']['application/json']
            named = content.get('examples')
            shown = [example_value(name, each) for each in named.values()] if named else []
            for example in shown or [content['example']]:
                check(name, content['schema'], json.loads(json.dumps(example)))


def example_value(name: str, example: dict[str, Any]) -> Any:
    shared = example.get('$ref')
    if shared is None:
        return example['value']
    return DOCUMENTS[name]['components']['examples'][shared.rpartition('/')[2]]['value']


@pytest.mark.parametrize('method', ['get', 'post'])
@pytest.mark.parametrize('path', OPERATIONS)
def test_an_operation_has_an_example_of_each_status_that_the_documentation_lists(
    path: str, method: str
) -> None:
    """`test_conditions` gets each of these statuses from a sandbox, and no other field."""
    listed = {
        row.status.value
        for row in CONDITIONS
        if row.operation == path and row.origin is not Origin.NEVER
    }
    # GET and POST are allowed, so they never get this status.
    listed.remove('error_invalid_http_method')
    response = DOCUMENTS['hoiio']['paths'][f'/{path}'][method]['responses']['200']
    shown = response['content']['application/json']['examples']
    assert shown.keys() == listed
    for word, example in shown.items():
        value = example_value('hoiio', example)
        assert value['status'] == word
        assert word == 'success_ok' or value.keys() == {'status'}


def test_the_description_has_only_examples_that_an_operation_uses() -> None:
    used = {row.status.value for row in CONDITIONS if row.origin is not Origin.NEVER}
    used -= {'success_ok', 'error_invalid_http_method'}
    assert DOCUMENTS['hoiio']['components']['examples'].keys() == used


def test_an_answer_with_another_field_does_not_fit() -> None:
    jsonschema = needed('jsonschema')
    schema = answer_schema('control', '/clock', 'get')
    clock = {'now': '2026-01-01T00:00:00+08:00', 'runs': True, 'offset': 0}
    check('control', schema, clock)
    for wrong in ({**clock, 'zone': 'GMT'}, {**clock, 'runs': 1}, {'now': clock['now']}):
        with pytest.raises(jsonschema.ValidationError):
            check('control', schema, wrong)


# What a running sandbox answers


@pytest.fixture(scope='module')
def busy() -> Iterator[ControlPage]:
    """A sandbox in which phones ring, talk and have talked. The tests only read from it."""
    with Sandbox(clock=FakeClock(), seed=Seed(queries_per_minute=None)) as sandbox:
        page = ControlPage(sandbox)
        for number, script in ((DEST, 'answers'), (OTHER, 'rings')):
            page.post(f'phones/{number}/{script}')
        ask(sandbox, 'sms/bulk_send', dest=f'{DEST},{OTHER}', msg='x', notify_url=HOOK)
        ask(sandbox, 'sms/send', dest=DEST, msg='x', tag='t')
        for dest in (DEST, OTHER):
            call = ask(sandbox, 'ivr/start/dial', dest=dest, msg='Hi', notify_url=HOOK)
            ask(sandbox, 'ivr/middle/gather', session=call['session'], notify_url=HOOK)
        ask(sandbox, 'voice/call', dest1=DEST, dest2=OTHER, max_duration='9')
        ask(sandbox, 'conference/call', dest=DEST)
        pdf = 'JVBERi0xLjQgL1R5cGUgL1BhZ2U='
        for dest in (DEST, OTHER):
            ask(sandbox, 'fax/send', dest=dest, file=pdf)
        ask(sandbox, 'sms/send', dest='nowhere', msg='x')
        page.post(f'phones/{DEST}/send_sms', number=OTHER, text='Direct')
        page.post(f'phones/{DEST}/reject_next')
        page.post('faults', kind='latency', operation='sms/get_history', seconds=0.001, times=2)
        ask(sandbox, 'sms/get_history')
        page.post('rates', service='sms', prefix='+65', rate='0.1', after=60)
        sandbox.drain(check=False)
        page.post('post/delay_next', seconds=5)
        ask(sandbox, 'sms/send', dest=DEST, msg='x', notify_url=HOOK)
        yield page


READING = [route for route in ROUTES if route.method == 'GET']


@pytest.mark.parametrize('route', READING, ids=lambda route: str(route.path))
def test_every_answer_of_a_busy_sandbox_fits_its_schema(busy: ControlPage, route: Any) -> None:
    schema = answer_schema('control', f'/{route.path}', 'get')
    listed, _, variable = route.path.partition('/')
    if variable in {'{id}', '{txn_ref}'}:
        paths = [f'{listed}/{each[variable[1:-1]]}' for each in busy.get(listed)[listed]]
    else:
        numbers = (DEST, OTHER, SG, '+6588880011')
        paths = sorted({route.path.format(number=number) for number in numbers})
    before = counts(busy)
    for path in paths:
        check('control', schema, busy.get(path))
    assert counts(busy) == before, 'reading causes no event and changes no phone'


def counts(page: ControlPage) -> tuple[int, int, int]:
    emulator = page.sandbox._emulator
    return emulator.journal.last, emulator.journal.changes, emulator.requests.last


@pytest.mark.parametrize('path', OPERATIONS)
def test_every_answer_of_the_api_fits_its_schema(path: str) -> None:
    with client_of_new_sandbox(Seed()) as client:
        reply = client.do(path, 0, **REQUESTS[path](client, 0))
        for method in ('get', 'post'):
            schema = answer_schema('hoiio', f'/{path}', method)
            check('hoiio', schema, reply)
            check('hoiio', {'$ref': schema['anyOf'][0]['$ref']}, reply)
            check('hoiio', schema, client.send(path, {}))


@pytest.mark.slow
def test_both_descriptions_are_served(busy: ControlPage) -> None:
    origin = busy.sandbox.url.removesuffix('/open/')
    assert busy.get('openapi.json') == json.loads(json.dumps(control_api(origin, ROUTES)))
    with contextlib.closing(http.client.HTTPConnection(busy.address, timeout=30)) as connection:
        connection.request('GET', '/open/openapi.json')
        served = json.loads(connection.getresponse().read())
    assert served == json.loads(json.dumps(hoiio_api(origin)))
    assert busy.get('openapi.json')['servers'] == [{'url': f'{origin}/_sandbox'}]


@pytest.mark.slow
def test_the_control_api_and_the_descriptions_are_loaded_only_when_somebody_asks() -> None:
    program = (
        'import sys\n'
        'from hoiio.sandbox import Sandbox\n'
        'with Sandbox() as sandbox:\n'
        '    sandbox.client().account.balance()\n'
        'names = ("control_app", "control_routes", "control_answers", "openapi", "json_schema")\n'
        'print([n for n in names if f"hoiio.sandbox.web.{n}" in sys.modules])\n'
    )
    shown = subprocess.run([sys.executable, '-c', program], capture_output=True, check=True)
    assert shown.stdout.decode().strip() == '[]'


# Tools that read the descriptions

# These wait for something, so a walk through them takes long.
WAITING = ('/expect_', '/drain')


@pytest.mark.slow
@pytest.mark.parametrize(('name', 'base'), [('control', '/_sandbox'), ('hoiio', '/open')])
def test_a_sandbox_answers_as_its_description_says(name: str, base: str) -> None:
    """Schemathesis sends requests that the description allows, and some that it does not."""
    schemathesis = needed('schemathesis')
    with Sandbox(seed=Seed(queries_per_minute=None)) as sandbox:
        address = sandbox.url.removesuffix('/open/')
        schema = schemathesis.openapi.from_dict(DOCUMENTS[name])
        # A schema cannot say everything that makes a request valid, such as a saved state.
        too_strict = schemathesis.checks.CHECKS.get_one('positive_data_acceptance')
        for found in schema.get_all_operations():
            operation = found.ok()
            if any(part in operation.path for part in WAITING):
                continue

            @given(case=operation.as_strategy())
            @settings(
                max_examples=5,
                deadline=None,
                database=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            )
            def walk(case: Any) -> None:
                case.call_and_validate(
                    base_url=f'{address}{base}', excluded_checks=[too_strict], timeout=30
                )

            walk()


@pytest.mark.slow
def test_a_client_that_is_generated_sends_an_sms(tmp_path: Path) -> None:
    needed('openapi_python_client')
    with Sandbox() as sandbox:
        document = tmp_path / 'hoiio.json'
        document.write_text(json.dumps(hoiio_api(sandbox.url.removesuffix('/open/'))))
        config = tmp_path / 'config.json'
        # The generated code does not need a style.
        config.write_text(json.dumps({'post_hooks': []}))
        subprocess.run(
            [
                sys.executable, '-m', 'openapi_python_client', 'generate', '--meta', 'none',
                '--path', str(document), '--output-path', str(tmp_path / 'generated_client'),
                '--config', str(config),
            ],
            check=True,
            capture_output=True,
        )  # fmt: skip
        program = (
            'from generated_client import Client\n'
            'from generated_client.api.sms import sms_send\n'
            'from generated_client.models import SmsSendBody\n'
            f'client = Client(base_url={sandbox.url!r}.rstrip("/"))\n'
            'credentials = {"app_id": "MY_APP_ID", "access_token": "MY_ACCESS_TOKEN"}\n'
            f'body = SmsSendBody(**credentials, dest={DEST!r}, msg="Hello")\n'
            'print(sms_send.sync(client=client, body=body).txn_ref)\n'
        )
        shown = subprocess.run(
            [sys.executable, '-c', program], cwd=tmp_path, check=True, capture_output=True
        )
        assert shown.stdout.decode().strip() == 'AA-S-1'
        assert sandbox.phone(DEST).expect_sms().text == 'Hello'
