"""The sandbox answers every malformed request without a 500, a traceback or a hang."""

from __future__ import annotations

import contextlib
import copy
import json
import logging
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_from_bytes, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hoiio.sandbox import ACCESS_TOKEN, APP_ID, Sandbox, Seed
from hoiio.sandbox.api.operations import OPERATIONS
from hoiio.sandbox.web.control_routes import ROUTES
from tests.sandbox.random_values import NAMES, WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

DEST = '+6598765432'
CREDENTIALS = {'app_id': APP_ID, 'access_token': ACCESS_TOKEN}
HOOK = 'http://127.0.0.1:9/'
EACH = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope='module')
def running() -> Iterator[Sandbox]:
    with Sandbox(seed=Seed(queries_per_minute=None)) as sandbox:
        yield sandbox


class Target:
    """A sandbox that receives malformed requests, with its log."""

    def __init__(self, sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
        self.sandbox = sandbox
        self.caplog = caplog
        parts = urlsplit(sandbox.url)
        self.address = (parts.hostname or '', parts.port or 0)

    def hit(self, request: bytes) -> bytes:
        """Send bytes, and read the response until the connection closes."""
        with socket.create_connection(self.address, timeout=30) as sock:
            answer = b''
            # The sandbox can refuse the beginning of the request, and close the connection before
            # it has read the rest. Its answer stays.
            with contextlib.suppress(OSError):
                sock.sendall(request)
                sock.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionError):
                while chunk := sock.recv(65536):
                    answer += chunk
        return answer

    def check(self, answer: bytes) -> None:
        for line in answer.split(b'\r\n'):
            if line.startswith(b'HTTP/'):
                assert int(line.split()[1]) != 500, answer
        assert not self.caplog.records, self.caplog.text

    def post(self, path: str, **values: str) -> dict[str, Any]:
        body = urlencode({**CREDENTIALS, **values})
        answer = self.hit(request(b'POST', f'/open/{path}'.encode(), body.encode()))
        self.check(answer)
        reply: dict[str, Any] = json.loads(answer.partition(b'\r\n\r\n')[2])
        return reply


@pytest.fixture
def target(running: Sandbox, caplog: pytest.LogCaptureFixture) -> Target:
    caplog.set_level(logging.WARNING, logger='hoiio')
    return Target(running, caplog)


def request(
    method: bytes, path: bytes, body: bytes = b'', headers: dict[bytes, bytes] | None = None
) -> bytes:
    lines = {b'Host': b'127.0.0.1', b'Content-Length': str(len(body)).encode(), **(headers or {})}
    head = b''.join(name + b': ' + value + b'\r\n' for name, value in lines.items())
    return method + b' ' + path + b' HTTP/1.1\r\n' + head + b'\r\n' + body


# Generators of requests

RAW = st.binary(max_size=60)
TOKENS = st.binary(min_size=1, max_size=20).filter(lambda token: not set(token) & set(b'\r\n '))
METHODS = st.sampled_from([b'GET', b'POST', b'PUT', b'DELETE', b'HEAD', b'OPTIONS']) | TOKENS
VALUES = st.sampled_from(WORDS).map(str.encode) | RAW
FORMS = st.dictionaries(st.sampled_from(NAMES).map(str.encode) | RAW, VALUES, max_size=6)
KNOWN = [f'/open/{path}' for path in OPERATIONS] + [
    '/_sandbox/' + route.path.format(number=DEST, id='1', txn_ref='AA-S-1') for route in ROUTES
]
PATHS = st.sampled_from(KNOWN).map(str.encode) | st.tuples(
    st.sampled_from([b'/open/', b'/_sandbox/', b'/_sandbox/files/', b'/_sandbox/phones/', b'/']),
    TOKENS,
).map(b''.join)  # fmt: skip
LABELS = st.sampled_from(
    [
        b'application/x-www-form-urlencoded', b'application/json', b'text/plain',
        b'application/x-www-form-urlencoded; charset=utf-16', b'multipart/form-data',
        b'multipart/form-data; boundary=limit', b'multipart/form-data; boundary="\xff"',
        b'multipart/form-data; boundary=' + b'x' * 300, b'\xff/\xfe; =', b'',
    ]
)  # fmt: skip
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        b'Content-Type': LABELS,
        b'Content-Length': st.sampled_from([b'0', b'-1', b'5', b'99999', b'x', b'1e3', b'9' * 30]),
        b'Transfer-Encoding': st.sampled_from([b'chunked', b'gzip, chunked', b'x']),
        b'Expect': st.sampled_from([b'100-continue', b'x']),
        b'Host': st.sampled_from([b'127.0.0.1', b'', b'[', b'evil.example', b'\xff', b'a b:c']),
        b'Origin': st.sampled_from([b'http://localhost', b'null', b'\xff', b'http://[::']),
        b'Last-Event-ID': RAW.filter(lambda text: not set(text) & set(b'\r\n')),
        b'Connection': st.sampled_from([b'close', b'keep-alive', b'Upgrade']),
    },
)


def encoded(form: dict[bytes, bytes]) -> bytes:
    return b'&'.join(
        f'{quote_from_bytes(name)}={quote_from_bytes(value)}'.encode()
        for name, value in form.items()
    )


def authorized(form: dict[bytes, bytes]) -> dict[bytes, bytes]:
    return {**form, **{name.encode(): value.encode() for name, value in CREDENTIALS.items()}}


def multipart(parts: list[tuple[bytes, bytes, bytes]]) -> bytes:
    lines = [b'--limit\r\n' + head + b'\r\n\r\n' + body + end for head, body, end in parts]
    return b''.join(lines)


ENCODED = FORMS.map(authorized).map(encoded)
PARTS = st.tuples(
    st.sampled_from(
        [
            b'Content-Disposition: form-data; name="app_id"',
            b'Content-Disposition: form-data; name="file"; filename="x.pdf"',
            b'Content-Disposition: form-data; name="file"; filename="\xff"',
            b'Content-Disposition: form-data', b'Content-Disposition', b'\r\n', b'',
            b'Content-Disposition: form-data; name=x\r\nContent-Transfer-Encoding: base64',
        ]
    )
    | RAW,
    RAW,
    st.sampled_from([b'\r\n', b'\r\n--limit--\r\n', b'--limit', b'']),
)  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats() | st.text(max_size=9)
    | st.sampled_from([*WORDS, 'status', 'garbage', 'rate_limited', 'sms/send', 'answered'])
)  # fmt: skip
FIELDS = sorted({name for route in ROUTES for name in (*route.required, *route.optional)})
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([*FIELDS, 'kind', 'operation', 'match', 'status', 'code', 'format']),
        inner,
        max_size=4,
    ),
    max_leaves=8,
).map(lambda document: json.dumps(document).encode())  # fmt: skip
BODIES = (
    ENCODED
    | DOCUMENTS
    | RAW
    | st.lists(PARTS, max_size=4).map(multipart)
    | st.sampled_from(
        [b'[' * 2_000, b'a=' + b'%' * 2_000, b'&' * 2_000, b'\x00' * 2_000, b'{"a":1e999}']
    )
)
REQUESTS = st.builds(request, METHODS, PATHS, BODIES, HEADERS) | st.builds(
    lambda path, form: request(b'GET', path + b'?' + form), PATHS, ENCODED | RAW.map(
        lambda raw: bytes(byte for byte in raw if byte not in b'\r\n ')
    )
)  # fmt: skip


@pytest.mark.slow
@EACH
@given(requests=st.lists(REQUESTS, min_size=1, max_size=3))
def test_random_requests(target: Target, requests: list[bytes]) -> None:
    target.sandbox.reset()
    for sent in requests:
        target.check(target.hit(sent))
    target.sandbox._emulator.faults.clear()
    assert target.post('user/get_info')['status'] == 'success_ok'


@pytest.mark.slow
@EACH
@given(sent=st.binary(max_size=400))
def test_random_bytes(target: Target, sent: bytes) -> None:
    target.check(target.hit(sent))
    assert target.post('user/get_info')['status'] == 'success_ok'


@pytest.mark.slow
@EACH
@given(
    document=DOCUMENTS,
    route=st.sampled_from([route for route in ROUTES if route.method != 'GET']),
)
def test_random_documents_for_the_control_api(target: Target, document: bytes, route: Any) -> None:
    target.sandbox.reset()
    path = '/_sandbox/' + route.path.format(number=DEST, id='1', txn_ref='AA-S-1')
    headers = {b'Content-Type': b'application/json'}
    sent = request(route.method.encode(), path.encode(), document, headers)
    target.check(target.hit(sent))
    target.sandbox._emulator.faults.clear()
    for operation in ('sms/send', 'voice/call', 'ivr/start/dial'):
        target.post(operation, dest=DEST, dest2=DEST, msg='x')


@pytest.fixture(scope='module')
def state() -> dict[str, Any]:
    """A snapshot with transactions of every kind."""
    with Sandbox(answer='manual') as sandbox:
        client = sandbox.client()
        client.sms.send('x', DEST, notify_url=HOOK)
        client.voice.call(DEST, '+6598765433', notify_url=HOOK)
        client.ivr.dial(DEST, notify_url=HOOK)
        client.fax.send('+6561234567', b'%PDF-1.4', notify_url=HOOK)
        sandbox.phone(DEST).calls[-1].answer()
        data: dict[str, Any] = json.loads(json.dumps(sandbox.save()))
    return data


def places(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    entries = part.items() if isinstance(part, dict) else enumerate(part)
    for step, value in entries:
        yield (*path, step)
        if isinstance(value, (dict, list)):
            yield from places(value, (*path, step))


def tampered(part: Any, place: tuple[Any, ...], value: Any) -> Any:
    """Copy a part of the state, with another value at a place; the rest is shared."""
    if not place:
        return value
    step, *inner = place
    changed = copy.copy(part)
    changed[step] = tampered(part[step], tuple(inner), value)
    return changed


@pytest.mark.slow
@EACH
@given(data=st.data(), value=DOCUMENTS.map(json.loads))
def test_modified_snapshots(
    target: Target, state: dict[str, Any], data: st.DataObject, value: Any
) -> None:
    target.sandbox.reset()
    document = tampered(state, data.draw(st.sampled_from(list(places(state)))), value)
    headers = {b'Content-Type': b'application/json'}
    body = json.dumps(document).encode()
    target.check(target.hit(request(b'PUT', b'/_sandbox/snapshot', body, headers)))
    for operation in ('sms/send', 'voice/call', 'ivr/start/dial'):
        target.post(operation, dest=DEST, dest2=DEST, msg='x')
    for operation in ('sms/get_history', 'voice/get_history', 'fax/get_history'):
        target.post(operation)
    target.check(target.hit(request(b'GET', b'/_sandbox/state')))
    target.check(target.hit(request(b'GET', b'/_sandbox/snapshot')))


@pytest.mark.slow
def test_a_snapshot_with_any_modified_part_is_refused_or_works(
    target: Target, state: dict[str, Any]
) -> None:
    accepted = 0
    values: list[Any] = [None, True, -1, 'x', [], {}]
    for place in places(state):
        for value in values:
            with contextlib.suppress(ValueError):
                target.sandbox.restore(tampered(state, place, value))
                accepted += 1
                target.sandbox.save()
    assert accepted > 100


@pytest.mark.slow
@pytest.mark.parametrize('path', [b'/open/sms/send', b'/_sandbox/reset'])
def test_a_body_without_a_length_has_the_same_limit(target: Target, path: bytes) -> None:
    chunk = b'%x\r\n' % (1 << 20) + b'x' * (1 << 20) + b'\r\n'
    head = b'POST ' + path + b' HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n'
    answer = target.hit(head + chunk * 8 + b'1\r\nx\r\n0\r\n\r\n')
    assert answer.startswith(b'HTTP/1.1 413 ')
    answer = target.hit(head + chunk * 8 + b'0\r\n\r\n')
    assert not answer.startswith(b'HTTP/1.1 413 ')
    target.check(answer)


@pytest.mark.parametrize('path', [b'/open/sms/send', b'/open/sms/bulk_send', b'/_sandbox/faults'])
@pytest.mark.parametrize('body', [b'[', b'a=%', b'&', b'\x00', b'{"a":', b'a=1&', b'--limit\r\n'])
@pytest.mark.parametrize(
    'label', [b'application/json', b'multipart/form-data; boundary=limit', b'text/plain']
)
def test_large_bodies(target: Target, path: bytes, body: bytes, label: bytes) -> None:
    """Quadratic time or deep recursion in a parser would make this test fail."""
    headers = {b'Content-Type': label}
    target.check(target.hit(request(b'POST', path, body * 200_000, headers)))


def test_malformed_requests_print_nothing(
    target: Target, capfd: pytest.CaptureFixture[str]
) -> None:
    for sent in (b'GET / HTTP/9\r\n\r\n', b'\r\n', b'GET', request(b'POST', b'/open/x', b'\xff')):
        target.hit(sent)
    assert capfd.readouterr() == ('', '')
