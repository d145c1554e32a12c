"""A request with ambiguous framing (RFC 9112) is refused, and its connection is closed."""

from __future__ import annotations

import contextlib
import io
import json
import re
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import pytest

from hoiio.sandbox import ACCESS_TOKEN, APP_ID, Sandbox, Seed
from hoiio.sandbox.web import framing
from hoiio.sandbox.web.framing import Chunks

if TYPE_CHECKING:
    from collections.abc import Iterator

CREDENTIALS = {'app_id': APP_ID, 'access_token': ACCESS_TOKEN}
FORM = urlencode(CREDENTIALS).encode()
SMS = urlencode({**CREDENTIALS, 'dest': '+6598765432', 'msg': 'x'})
# This request runs if the sandbox reads a body as the next request.
SMUGGLED = f'GET /open/sms/send?{SMS} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.encode()
POST = b'POST /open/user/get_info HTTP/1.1\r\n'
HOST = b'Host: 127.0.0.1\r\n'
CHUNKED = b'Transfer-Encoding: chunked\r\n'
LENGTH = b'Content-Length: %d\r\n' % len(FORM)


@pytest.fixture(scope='module')
def running() -> Iterator[Sandbox]:
    with Sandbox(seed=Seed(queries_per_minute=None)) as sandbox:
        yield sandbox


def exchange(sandbox: Sandbox, *sent: bytes) -> bytes:
    """Send bytes, and return all received bytes until the sandbox closes the connection."""
    parts = urlsplit(sandbox.url)
    with socket.create_connection((parts.hostname, parts.port or 0), timeout=30) as sock:
        received = b''
        # The sandbox can close the connection before it has read all bytes. Its answer stays.
        with contextlib.suppress(ConnectionError):
            sock.sendall(b''.join(sent))
        with contextlib.suppress(ConnectionError):
            while chunk := sock.recv(65536):
                received += chunk
    return received


def codes(received: bytes) -> list[int]:
    return [int(code) for code in re.findall(rb'HTTP/1\.[01] (\d+) ', received)]


@pytest.mark.parametrize(
    'head',
    [
        # Lengths
        HOST + b'Content-Length: -1\r\n',
        HOST + b'Content-Length: +5\r\n',
        HOST + b'Content-Length: 1e3\r\n',
        HOST + b'Content-Length: 0x5\r\n',
        HOST + b'Content-Length: 5_0\r\n',
        HOST + b'Content-Length: \xb2\r\n',
        HOST + b'Content-Length: 5, 5\r\n',
        HOST + b'Content-Length:\r\n',
        pytest.param(HOST + b'Content-Length: ' + b'9' * 5000 + b'\r\n', id='long'),
        HOST + b'Content-Length: 0\r\nContent-Length: 5\r\n',
        HOST + b'Content-Length: 5\r\nContent-length: 5\r\n',
        HOST + CHUNKED + b'Content-Length: 0\r\n',
        # Codings
        HOST + CHUNKED + CHUNKED,
        HOST + b'Transfer-Encoding: gzip, chunked\r\n',
        HOST + b'Transfer-Encoding: identity\r\n',
        HOST + b'Transfer-Encoding: xchunked\r\n',
        HOST + b'Transfer-Encoding:\r\n',
        # Header lines
        HOST + b'X: a\r\n folded\r\n',
        HOST + b' X: a\r\n',
        HOST + b'Content-Length : 0\r\n',
        HOST + b'X: a\rContent-Length: 0\r\n',
        HOST + b'X: a\x00\r\n',
        HOST + b'no colon\r\n',
        HOST + b': no name\r\n',
        HOST + b'X(: 1\r\n',
        # Hosts
        b'',
        HOST + HOST,
        HOST + b'HOST: evil.example\r\n',
    ],
)
def test_an_ambiguous_request_is_refused(sandbox: Sandbox, head: bytes) -> None:
    received = exchange(sandbox, POST, head, b'\r\n', SMUGGLED)
    assert codes(received) == [400]
    assert b'\r\nConnection: close\r\n' in received
    assert sandbox.events == []


@pytest.mark.parametrize(
    'line',
    [
        b'POST  /open/user/get_info HTTP/1.1\r\n',
        b'POST /open/user/get_info HTTP/01.1\r\n',
        b'POST /open/user/get_info  HTTP/1.1\r\n',
        b'POST\t/open/user/get_info\tHTTP/1.1\r\n',
        b'POST /open/user/get info HTTP/1.1\r\n',
        b'POST /open/user/get_info HTTP/1.1 \r\n',
        b' POST /open/user/get_info HTTP/1.1\r\n',
        b'GET /open/user/get_info\r\n',
        b'POST /open/user/get_info HTTP/x\r\n',
        b'P(ST /open/user/get_info HTTP/1.1\r\n',
        b'POST http://[ HTTP/1.1\r\n',
        b'\r\n\r\nPOST /open/user/get_info HTTP/1.1\r\n',
    ],
)
def test_a_malformed_request_line_is_refused(sandbox: Sandbox, line: bytes) -> None:
    received = exchange(sandbox, line, HOST, b'\r\n', SMUGGLED)
    assert codes(received) == [400]
    assert sandbox.events == []


@pytest.mark.parametrize(
    'chunks',
    [
        b'0x5\r\nhello\r\n0\r\n\r\n',
        b'+5\r\nhello\r\n0\r\n\r\n',
        b'-5\r\nhello\r\n0\r\n\r\n',
        b'5_0\r\nhello\r\n0\r\n\r\n',
        b' 5\r\nhello\r\n0\r\n\r\n',
        b'\r\n',
        b'g\r\n',
        b'5\nhello\r\n0\r\n\r\n',
        b'5\r\nhello\n0\r\n\r\n',
        b'4\r\nhello\r\n0\r\n\r\n',
        b'6\r\nhello\r\n0\r\n\r\n',
        b'5;a\rb\r\nhello\r\n0\r\n\r\n',
        b'F' * 17 + b'\r\nhello\r\n0\r\n\r\n',
        b'0\r\nno colon\r\n\r\n',
        b'0\r\nX: 1\r\n folded\r\n\r\n',
    ],
)
def test_malformed_chunks_are_refused(sandbox: Sandbox, chunks: bytes) -> None:
    received = exchange(sandbox, POST, HOST, CHUNKED, b'\r\n', chunks, SMUGGLED)
    assert codes(received) == [400]
    assert b'\r\nConnection: close\r\n' in received
    assert sandbox.events == []


def test_an_incomplete_request_is_refused(sandbox: Sandbox) -> None:
    parts = urlsplit(sandbox.url)
    get = f'GET /open/sms/send?{SMS} HTTP/1.1\r\nHost: 127.0.0.1'.encode()
    chunk = POST + HOST + CHUNKED + b'\r\n5\r\nhel'
    for sent in (get, get + b'\r\n', get + b'\r\nX: 1', chunk, POST + HOST + LENGTH + b'\r\na'):
        with socket.create_connection((parts.hostname, parts.port or 0), timeout=30) as sock:
            sock.sendall(sent)
            sock.shutdown(socket.SHUT_WR)
            assert codes(sock.makefile('rb').read()) == [400]
    assert sandbox.events == []


def test_headers_that_are_too_long_are_refused(sandbox: Sandbox) -> None:
    too_long = (
        b'X: ' + b'x' * 70_000 + b'\r\n',
        b'X:' + b' ' * 70_000 + b'\r\n',
        b'X: 1\r\n' * 120,
    )
    for head in too_long:
        assert codes(exchange(sandbox, POST, HOST, head, b'\r\n', SMUGGLED)) == [431]
    path = b'GET /' + b'%' * 300_000 + b' HTTP/1.1\r\n'
    assert codes(exchange(sandbox, path, HOST, b'\r\n', SMUGGLED)) == [414]


@pytest.mark.parametrize(
    'request_',
    [
        POST + HOST + LENGTH + b'\r\n' + FORM,
        POST + HOST + b'X:\r\nCONTENT-LENGTH:%d\r\n\r\n' % len(FORM) + FORM,
        (POST + HOST + LENGTH + b'\r\n').replace(b'\r\n', b'\n') + FORM,
        POST + b'Host: \t127.0.0.1 \r\nContent-Length:  %d \t\r\n\r\n' % len(FORM) + FORM,
        POST + HOST + b'Transfer-Encoding:\tchunked \t\r\n\r\n'
        b'%x\r\n' % len(FORM) + FORM + b'\r\n0\r\n\r\n',
        b'\r\n' + POST + HOST + LENGTH + b'\r\n' + FORM,
        POST + HOST + b'transfer-encoding: Chunked\r\n\r\n'
        b'%X ; a=b;c="d"\r\n' % len(FORM) + FORM + b'\r\n00\r\nX-Trailer: 1\r\n\r\n',
        POST + HOST + CHUNKED + b'\r\n'
        + b''.join(b'1\r\n%c\r\n' % byte for byte in FORM) + b'0\r\n\r\n',
    ],
)  # fmt: skip
def test_a_valid_request_and_the_next_one_are_answered(sandbox: Sandbox, request_: bytes) -> None:
    received = exchange(sandbox, request_ * 2, POST, HOST, b'Connection: close\r\n\r\n')
    assert codes(received) == [200] * 3
    assert received.count(b'success_ok') == 2


def test_http_1_0_needs_no_host(sandbox: Sandbox) -> None:
    assert codes(exchange(sandbox, b'GET /open/user/get_info HTTP/1.0\r\n\r\n')) == [403]
    received = exchange(sandbox, b'GET /open/user/get_info HTTP/1.0\r\n', HOST, b'\r\n')
    assert codes(received) == [200]
    old = b'POST /open/user/get_info HTTP/1.0\r\n'
    assert codes(exchange(sandbox, old, HOST, CHUNKED, b'\r\n0\r\n\r\n')) == [400]


def test_a_body_with_too_many_chunks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, 'MAX_CHUNKS', 10)
    assert Chunks(io.BytesIO(b'1\r\na\r\n' * 9 + b'0\r\n\r\n')).read() == b'a' * 9
    with pytest.raises(OSError, match='too many chunks'):
        Chunks(io.BytesIO(b'1\r\na\r\n' * 10 + b'0\r\n\r\n')).read()


def test_content_types_are_case_insensitive(sandbox: Sandbox) -> None:
    part = b'--Limit\r\nCONTENT-DISPOSITION: Form-Data; NAME="%s"\r\n\r\n%s\r\n'
    pairs = ((name.encode(), value.encode()) for name, value in CREDENTIALS.items())
    body = b''.join(part % pair for pair in pairs) + b'--Limit--\r\n'
    head = b'Content-Type: Multipart/FORM-Data; Boundary=Limit\r\nContent-Length: %d\r\n'
    received = exchange(
        sandbox, POST, HOST, b'Connection: close\r\n', head % len(body), b'\r\n', body
    )
    assert json.loads(received.partition(b'\r\n\r\n')[2])['status'] == 'success_ok'
    reset = b'POST /_sandbox/reset HTTP/1.1\r\nConnection: close\r\n'
    received = exchange(sandbox, reset, HOST, b'Content-Type: Application/JSON\r\n\r\n')
    assert codes(received) == [200]
