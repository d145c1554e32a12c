"""A successful request for each operation, and a client that sends it."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import urlencode, urlsplit

from hoiio.sandbox import FakeClock, Sandbox, Seed

DEST = '+6598765432'
FRIEND = '+6598765433'
REGISTERED = '+6591234567'
OWN_SG, OWN_US, FOREIGN = '+6531580000', '+14155550100', '+12125550100'
TOLL_FREE = '+18005550100'
HOOK = 'http://127.0.0.1:9/hook'
PDF = base64.b64encode(b'%PDF-1.4 /Type /Page').decode()
FORM = {'Content-Type': 'application/x-www-form-urlencoded'}
Values: TypeAlias = 'dict[str, str]'


class FormClient:
    """A client of a sandbox, with the credentials of both applications."""

    def __init__(self, sandbox: Sandbox, seed: Seed, connection: http.client.HTTPConnection):
        self.sandbox = sandbox
        self.applications = seed.applications
        self.connection = connection

    def credentials(self, which: int = 0) -> Values:
        app = self.applications[which]
        return {'app_id': app.app_id, 'access_token': app.access_token}

    def form(self, verb: str, path: str, body: str) -> dict[str, Any]:
        self.connection.request(verb, f'/open/{path}', body, FORM)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status == 200
        reply: dict[str, Any] = json.loads(content)
        return reply

    def send(self, path: str, values: Mapping[str, str]) -> dict[str, Any]:
        return self.form('POST', path, urlencode(values))

    def do(self, path: str, which: int = 0, **values: str) -> dict[str, Any]:
        """Send a request and assert that it succeeds."""
        reply = self.send(path, {**self.credentials(which), **values})
        assert reply['status'] == 'success_ok'
        return reply

    def dial(self, which: int = 0) -> str:
        return str(self.do('ivr/start/dial', which, dest=REGISTERED, notify_url=HOOK)['session'])

    def crowd(self, calls: int) -> None:
        for _ in range(calls):
            self.do('voice/call', dest2=DEST)


@contextlib.contextmanager
def client_of_new_sandbox(seed: Seed) -> Iterator[FormClient]:
    with Sandbox(clock=FakeClock(), seed=seed) as sandbox:
        parts = urlsplit(sandbox.url)
        connection = http.client.HTTPConnection(parts.hostname or '', parts.port, timeout=30)
        with contextlib.closing(connection):
            yield FormClient(sandbox, seed, connection)


def transaction(path: str, key: str, **values: str) -> Callable[[FormClient, int], Values]:
    return lambda client, which: {'txn_ref': client.do(path, which, **values)[key]}


def block(**values: str) -> Callable[[FormClient, int], Values]:
    return lambda client, which: {'session': client.dial(which), **values}


def held(client: FormClient, which: int) -> Values:
    session = client.dial(which)
    client.do('ivr/middle/hold', which, session=session)
    return {'session': session, 'notify_url': HOOK}


def member(client: FormClient, which: int) -> Values:
    ref = client.do('voice/conference', which, dest=DEST)['txn_refs']
    return {'txn_ref': ref, 'action': 'mute'}


def plain(**values: str) -> Callable[[FormClient, int], Values]:
    return lambda _client, _which: dict(values)


called = transaction('voice/call', 'txn_ref', dest2=DEST)
texted = transaction('sms/send', 'txn_ref', dest=DEST, msg='x')
faxed = transaction('fax/send', 'txn_ref', dest=DEST, file=PDF)

REQUESTS: Mapping[str, Callable[[FormClient, int], Values]] = {
    'user/get_balance': plain(),
    'user/get_info': plain(),
    'voice/call': plain(dest2=DEST),
    'voice/conference': plain(dest=f'{DEST},{FRIEND}'),
    'conference/call': plain(dest=f'{DEST},{FRIEND}'),
    'conference/moderate': member,
    'voice/hangup': called,
    'voice/query_status': called,
    'voice/get_history': plain(),
    'voice/get_rate': plain(dest1=FRIEND, dest2=DEST),
    'sms/send': plain(dest=DEST, msg='x'),
    'sms/bulk_send': plain(dest=DEST, msg='x'),
    'sms/query_status': texted,
    'sms/get_history': plain(),
    'sms/get_rate': plain(dest=DEST),
    'ivr/start/dial': plain(dest=DEST),
    'ivr/middle/play': block(notify_url=HOOK),
    'ivr/middle/gather': block(notify_url=HOOK),
    'ivr/middle/record': block(notify_url=HOOK),
    'ivr/middle/monitor': block(notify_url=HOOK),
    'ivr/middle/hold': block(),
    'ivr/middle/unhold': held,
    'ivr/end/transfer': block(dest=DEST),
    'ivr/end/hangup': block(),
    'fax/send': plain(dest=DEST, file=PDF),
    'fax/query_status': faxed,
    'fax/get_history': plain(),
    'fax/get_rate': plain(dest=DEST),
    'number/get_countries': plain(),
    'number/get_choices': plain(country='US', state='CA'),
    'number/get_rates': plain(country='SG'),
    'number/subscribe': plain(number='+6531580001', duration='1'),
    'number/update_forwarding': plain(number=OWN_SG, forward_to=HOOK),
    'number/get_active': plain(),
}
