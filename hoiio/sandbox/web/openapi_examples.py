"""Examples for the descriptions of the APIs: what a sandbox answers after a short story."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ..api.operations import OPERATIONS, Operation
from ..api.parameters import example_of
from ..clock import FakeClock
from ..codec import encode
from ..emulator import Emulator
from ..faults import Kind, Rule
from ..phones import Phone
from ..presets.seed import ACCESS_TOKEN, APP_ID, Seed
from ..snapshot import save
from .control_changes import reset
from .control_params import PATH_VARIABLES, Route

__all__ = ['answer_of_operation', 'answer_of_route', 'body_of', 'path_values', 'values']

ORIGIN = 'http://127.0.0.1:8420'
DEST, FRIEND = '+6598765432', '+6581234567'
HOOK = 'http://127.0.0.1:8000/hoiio'
PDF = b'%PDF-1.4 /Type /Page'
REFERENCES = {'messages': 'AA-S-1', 'calls': 'AA-C-1', 'faxes': 'AA-F-1'}
Step: TypeAlias = 'Callable[[Emulator], object]'


def answer_of_operation(operation: Operation) -> dict[str, Any]:
    """Return the answer to the example of a request."""
    emulator = _after_the_story()
    if operation.path == 'ivr/middle/unhold':
        _request(emulator, 'ivr/middle/hold', session='S1')
    return emulator.handle(operation.path, values(operation))


def values(operation: Operation) -> dict[str, str]:
    """Return the parameters of the example of a request."""
    credentials = {'app_id': APP_ID, 'access_token': ACCESS_TOKEN}
    needed = [*operation.required]
    # These have no required parameter, but need one of several.
    needed += {'sms/bulk_send': ['dest'], 'number/get_choices': ['state']}.get(operation.path, [])
    if operation.path in {'sms/get_rate', 'fax/get_rate'}:
        needed.append('dest')
    return credentials | {name: example_of(operation.path, name) for name in needed}


def answer_of_route(route: Route) -> Any:
    """Return the answer of the control API to the example of a request."""
    emulator = _empty() if route.path in WITHOUT_STORY else _after_the_story()
    for step in STEPS.get(f'{route.method} {route.path}', ()):
        step(emulator)
    options = {name: field.decode(field.example) for name, field in route.required.items()}
    if route.whole is not None:
        options = {'data': route.whole.decode(body_of(route))}
    if route.path == 'openapi.json':
        return {'openapi': '3.1.0'}
    answer = route.handler(emulator, *path_values(route).values(), **options)
    return json.loads(json.dumps(answer, default=encode))


def body_of(route: Route) -> Any:
    """Return the body of the example of a request."""
    if route.path == 'snapshot':
        return save(_empty())
    if route.whole is not None:
        return route.whole.example
    return {name: field.example for name, field in {**route.required, **route.optional}.items()}


def path_values(route: Route) -> dict[str, Any]:
    """Return the path variables of the example of a request."""
    names = [part[1:-1] for part in route.path.split('/') if part.startswith('{')]
    found = {name: PATH_VARIABLES[name].example for name in names}
    if 'txn_ref' in found:
        found['txn_ref'] = REFERENCES[route.path.partition('/')[0]]
    return found


def _empty() -> Emulator:
    return Emulator(Seed(), FakeClock(), ORIGIN)


def _request(emulator: Emulator, path: str, **given: str | bytes) -> dict[str, object]:
    return emulator.handle(path, {'app_id': APP_ID, 'access_token': ACCESS_TOKEN, **given})


def _after_the_story() -> Emulator:
    """Return an emulator in which something of each kind has happened."""
    emulator = _empty()
    emulator.run = '3f9a51c7'
    emulator.world.numbers['+6531580000'].forward_to = HOOK
    with emulator.outbox.delivered_by(lambda _url, _body, _headers: 200):
        _request(emulator, 'sms/send', dest=DEST, msg='Hello', tag='order-17', notify_url=HOOK)
        emulator.outbox.drain(1)
    _request(emulator, 'voice/call', dest1=FRIEND, dest2=DEST)
    _request(emulator, 'ivr/start/dial', dest=DEST, msg='Welcome', notify_url=HOOK)
    _request(emulator, 'conference/call', dest=FRIEND)
    _request(emulator, 'fax/send', dest=DEST, file=PDF)
    return emulator


def _log(emulator: Emulator) -> None:
    operation = OPERATIONS['sms/send']
    reply = answer_of_operation(operation)
    emulator.requests.add(
        emulator.clock.now(),
        operation.path,
        method='POST',
        client='my-client/1.0',
        values=values(operation),
        app_ids=[APP_ID],
        reply=reply,
        answer=json.dumps(reply),
        milliseconds=0.4,
        events=(1, 1),
        fault=None,
    )


def _ring(emulator: Emulator) -> None:
    Phone(emulator, DEST).rings()
    _request(emulator, 'ivr/start/dial', dest=DEST, notify_url=HOOK)
    _request(emulator, 'fax/send', dest=DEST, file=PDF)


def _add_fault(emulator: Emulator) -> None:
    emulator.faults.add(Rule(Kind.STATUS, 'sms/send'))


def _reset(emulator: Emulator) -> None:
    reset(emulator, undoable=True)


# In the story, phones receive what no test expects, and notifications wait.
WITHOUT_STORY = frozenset({'assert_quiet', 'drain', 'snapshot'})
# What must happen before some of the requests.
STEPS: Mapping[str, tuple[Step, ...]] = {
    **{f'POST phones/{{number}}/{name}': (_ring,) for name in ('answer', 'accept', 'reject')},
    'GET requests': (_log,),
    'GET requests/{id}': (_log,),
    'GET faults': (_add_fault,),
    'DELETE faults/{id}': (_add_fault,),
    'GET undo': (_reset,),
    'POST undo': (_reset,),
}
