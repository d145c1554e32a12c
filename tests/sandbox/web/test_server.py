from __future__ import annotations

import contextlib
import difflib
import http.client
import io
import json
import logging
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from werkzeug.test import Client

from hoiio.sandbox import ACCESS_TOKEN, APP_ID, Sandbox, did_you_mean
from hoiio.sandbox.api import operations
from hoiio.sandbox.emulator import Emulator
from hoiio.sandbox.web import server

CREDENTIALS = {'app_id': APP_ID, 'access_token': ACCESS_TOKEN}
DEST = '+6598765432'


@pytest.fixture
def connection(sandbox: Sandbox) -> Iterator[http.client.HTTPConnection]:
    parts = urlsplit(sandbox.url)
    connection = http.client.HTTPConnection(parts.hostname or '', parts.port, timeout=30)
    with contextlib.closing(connection):
        yield connection


def raw(sandbox: Sandbox) -> socket.socket:
    parts = urlsplit(sandbox.url)
    return socket.create_connection((parts.hostname, parts.port or 0), timeout=30)


class Web:
    """A client that keeps its connection."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self.connection = connection

    def send(
        self, verb: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, Any]:
        named = {name.replace('_', '-'): value for name, value in headers.items()}
        self.connection.request(verb, path, body, named)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.headers['Content-Type'] == 'application/json'
        return answer.status, json.loads(content) if content else None

    def post(self, path: str, **values: str) -> Any:
        body = urlencode({**CREDENTIALS, **values}).encode()
        label = 'application/x-www-form-urlencoded'
        code, reply = self.send('POST', f'/open/{path}', body, Content_Type=label)
        assert code == 200
        return reply

    def get(self, path: str, **values: str) -> Any:
        query = urlencode({**CREDENTIALS, **values})
        code, reply = self.send('GET', f'/open/{path}?{query}')
        assert code == 200
        return reply


@pytest.fixture
def web(connection: http.client.HTTPConnection) -> Web:
    return Web(connection)


def multipart(*parts: tuple[str, bytes]) -> tuple[bytes, str]:
    body = io.BytesIO()
    for disposition, content in parts:
        body.write(b'--limit\r\nContent-Disposition: form-data; ')
        body.write(disposition.encode() + b'\r\n\r\n' + content + b'\r\n')
    body.write(b'--limit--\r\n')
    return body.getvalue(), 'multipart/form-data; boundary=limit'


def credentials_as_parts() -> list[tuple[str, bytes]]:
    return [(f'name="{name}"', value.encode()) for name, value in CREDENTIALS.items()]


def test_get_and_post_have_the_same_result(web: Web) -> None:
    assert web.post('sms/send', dest=DEST, msg='Grüße & mehr')['txn_ref'] == 'AA-S-1'
    assert web.get('sms/send', dest=DEST, msg='Grüße & mehr')['txn_ref'] == 'AA-S-2'
    first, second = web.get('sms/get_history')['entries']
    assert first['msg'] == second['msg'] == 'Grüße & mehr'


@pytest.mark.parametrize('path', operations.OPERATIONS)
def test_every_operation_is_served(web: Web, path: str) -> None:
    assert web.post(path)['status'].startswith(('success_ok', 'error_'))


@pytest.mark.parametrize('label', ['application/json', 'text/plain', 'multipart/form-data', ''])
def test_the_body_is_a_form_with_any_content_type(web: Web, label: str) -> None:
    body = urlencode(CREDENTIALS).encode()
    code, reply = web.send('POST', '/open/user/get_info', body, Content_Type=label)
    assert (code, reply['status']) == (200, 'success_ok')


def test_a_post_ignores_the_query(web: Web) -> None:
    query = urlencode(CREDENTIALS)
    code, reply = web.send('POST', f'/open/user/get_info?{query}', b'')
    assert (code, reply) == (200, {'status': 'error_app_id_param_missing'})


def test_the_first_of_several_values_is_used(web: Web) -> None:
    body = urlencode(CREDENTIALS) + '&app_id=other'
    assert web.send('POST', '/open/user/get_info', body.encode())[1]['status'] == 'success_ok'


def test_wrong_credentials(web: Web) -> None:
    assert web.post('user/get_info', access_token='x') == {'status': 'error_invalid_access_token'}
    assert web.post('user/get_info', app_id='x') == {'status': 'error_invalid_app_id'}


@pytest.mark.parametrize('body', [b'msg=\xff', b'msg=%ff', b'\xff=1', b'msg=%c3%28'])
def test_bytes_that_are_not_utf8_are_refused(web: Web, body: bytes) -> None:
    expected = (200, {'status': 'error_malformed_params'})
    assert web.send('POST', '/open/sms/send', body) == expected
    assert web.send('GET', '/open/sms/send?msg=%ff') == expected
    parts, label = multipart(('name="msg"', b'\xff'))
    assert web.send('POST', '/open/sms/send', parts, Content_Type=label) == expected


@pytest.mark.parametrize('verb', ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'BREW'])
def test_other_verbs(web: Web, verb: str) -> None:
    expected = (200, {'status': 'error_invalid_http_method'})
    assert web.send(verb, '/open/sms/send', b'msg=\xff') == expected
    assert web.post('user/get_info')['status'] == 'success_ok'


def test_head_has_no_body(web: Web) -> None:
    assert web.send('HEAD', '/open/sms/send') == (200, None)
    assert web.post('user/get_info')['status'] == 'success_ok'


@pytest.mark.parametrize(
    ('path', 'nearest'),
    [
        ('/open/sms/sned', 'sms/send'),
        ('/open/sms/send/', 'sms/send'),
        ('/open/voice/conferences', 'voice/conference'),
        ('/voice/call', 'voice/call'),
    ],
)
def test_unknown_paths_name_the_nearest(web: Web, path: str, nearest: str) -> None:
    code, reply = web.send('POST', path, b'a=1')
    assert (code, reply['nearest']) == (404, nearest)
    assert nearest in reply['message']
    assert 'status' not in reply
    assert web.post('user/get_info')['status'] == 'success_ok'


@pytest.mark.parametrize('path', ['/', '/open', '/open/'])
def test_the_base_of_a_sandbox_says_what_it_is(web: Web, path: str) -> None:
    code, reply = web.send('GET', path)
    assert (code, list(reply)) == (200, ['message'])
    assert reply['message'].startswith('This is a sandbox of the Hoiio API')
    assert f'HOIIO_BASE_URL=http://127.0.0.1:{web.connection.port}/open/ ' in reply['message']
    assert web.send('HEAD', path) == (200, None)
    # A client that posts there has forgotten the operation.
    assert web.send('POST', path, b'a=1')[0] == 404


@pytest.mark.parametrize('start', ['/', '/open/', '/_sandbox/', '/_sandbox/phones/'])
def test_only_the_beginning_of_a_long_path_is_compared(
    web: Web, start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []
    compare = difflib.get_close_matches

    def watched(word: str, *args: Any, **options: Any) -> list[str]:
        compared.append(len(word))
        return compare(word, *args, **options)

    monkeypatch.setattr(difflib, 'get_close_matches', watched)
    code, reply = web.send('GET', start + 'x' * 100_000)
    assert (code, compared) == (404, [did_you_mean.LONGEST])
    assert len(reply['message']) < 2 * did_you_mean.LONGEST
    assert reply['nearest'] in reply['message']


@pytest.mark.slow
def test_many_clients_at_the_same_time(sandbox: Sandbox) -> None:
    def chat(_client: int) -> list[str]:
        parts = urlsplit(sandbox.url)
        connection = http.client.HTTPConnection(parts.hostname or '', parts.port, timeout=30)
        with contextlib.closing(connection):
            web = Web(connection)
            return [web.post('sms/send', dest=DEST, msg='x')['txn_ref'] for _ in range(25)]

    with ThreadPoolExecutor(8) as pool:
        refs = [ref for chunk in pool.map(chat, range(8)) for ref in chunk]
    assert sorted(refs) == sorted(f'AA-S-{n}' for n in range(1, 201))
    assert len(sandbox.phone(DEST).inbox) == 200


def test_a_connection_serves_many_requests(web: Web) -> None:
    web.post('user/get_info')
    before = web.connection.sock
    assert before is not None
    for n in range(1, 21):
        assert web.post('sms/send', dest=DEST, msg='x')['txn_ref'] == f'AA-S-{n}'
        web.get('user/get_info')
    assert web.connection.sock is before


def test_nagle_is_off() -> None:
    assert server.Handler.disable_nagle_algorithm is True
    assert server.Handler.protocol_version == 'HTTP/1.1'


def test_chunked_bodies(web: Web) -> None:
    chunks = iter([urlencode(CREDENTIALS).encode()])
    web.connection.request('POST', '/open/user/get_info', chunks, encode_chunked=True)
    answer = web.connection.getresponse()
    assert json.loads(answer.read())['status'] == 'success_ok'
    assert web.post('user/get_info')['status'] == 'success_ok'


def test_a_body_over_the_limit(sandbox: Sandbox) -> None:
    head = b'POST /open/fax/send HTTP/1.1\r\nHost: x\r\nContent-Length: 8388609\r\n\r\n'
    with raw(sandbox) as sock:
        sock.sendall(head)
        answer = http.client.HTTPResponse(sock)
        answer.begin()
        assert answer.status == 413
        assert 'larger' in json.loads(answer.read())['message']
        assert answer.headers['Connection'] == 'close'
        assert sock.recv(1) == b''


def test_a_whole_fax_fits_into_a_query(web: Web) -> None:
    file = 'JVBERi0xLjQg' + 'AAAA' * 100_000
    assert web.get('fax/send', dest='+6561234567', file=file)['txn_ref'] == 'AA-F-1'


@pytest.mark.parametrize(
    'parts',
    [
        [('name="file"; filename="report.pdf"', b'%PDF-1.4 \x00\xff')],
        [('name="file"', b'JVBERi0xLjQgAP8='), ('name="filename"', b'report.pdf')],
        [
            ('name="filename"', b'report.pdf'),
            ('name="file"; filename="other.pdf"', b'%PDF-1.4 \x00\xff'),
        ],
    ],
)
def test_faxes_as_multipart(web: Web, parts: list[tuple[str, bytes]]) -> None:
    body, label = multipart(*credentials_as_parts(), ('name="dest"', b'+6561234567'), *parts)
    reply = web.send('POST', '/open/fax/send', body, Content_Type=label)[1]
    assert reply['status'] == 'success_ok'
    url = web.get('fax/query_status', txn_ref='AA-F-1')['fax_url']
    assert url.endswith('/AA-F-1/report.pdf')
    web.connection.request('GET', urlsplit(url).path)
    answer = web.connection.getresponse()
    assert answer.headers['Content-Type'] == 'application/pdf'
    assert answer.read() == b'%PDF-1.4 \x00\xff'


def test_a_missing_file_is_not_found(web: Web) -> None:
    assert web.send('GET', '/_sandbox/files/AA-F-1/x.pdf')[0] == 404


@pytest.mark.parametrize(
    'body', [b'', b'--limit', b'--limit\r\n\r\nx', b'--limit\r\nContent-Disposition: x']
)
def test_malformed_multipart_is_refused(web: Web, body: bytes) -> None:
    label = 'multipart/form-data; boundary=limit'
    code, reply = web.send('POST', '/open/sms/send', body, Content_Type=label)
    assert code == 200
    assert reply['status'] in {'error_malformed_params', 'error_app_id_param_missing'}


def test_a_bug_answers_500_and_is_logged(
    web: Web, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr('hoiio.sandbox.emulator.Emulator._authorize', lambda *_: 1 // 0)
    body = urlencode(CREDENTIALS).encode()
    with caplog.at_level(logging.ERROR, logger='hoiio.sandbox'):
        code, reply = web.send('POST', '/open/user/get_info', body)
    assert (code, reply) == (500, {'status': 'error_internal_server_error'})
    assert 'ZeroDivisionError' in caplog.text
    monkeypatch.undo()
    assert web.post('user/get_info')['status'] == 'success_ok'


def test_nothing_is_printed(web: Web, capfd: pytest.CaptureFixture[str]) -> None:
    web.post('sms/send', dest='x', msg='y')
    web.send('GET', '/nowhere')
    assert capfd.readouterr() == ('', '')


def test_a_client_can_expect_100_continue(sandbox: Sandbox) -> None:
    body = urlencode(CREDENTIALS).encode()
    head = f'POST /open/user/get_info HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}'
    with raw(sandbox) as sock:
        sock.sendall(head.encode() + b'\r\nExpect: 100-continue\r\n\r\n')
        assert sock.recv(4096) == b'HTTP/1.1 100 Continue\r\n\r\n'
        sock.sendall(body)
        assert sock.recv(4096).startswith(b'HTTP/1.1 200')


def test_a_request_line_that_is_too_long_is_refused(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, 'MAX_LINE', 1000)
    with raw(sandbox) as sock:
        sock.sendall(b'GET /open/' + b'x' * 991)
        assert sock.recv(4096).startswith(b'HTTP/1.1 414')


def test_the_app_is_a_wsgi_application() -> None:
    client = Client(server.App(Emulator()))
    answer = client.post('/open/user/get_info', data=CREDENTIALS)
    assert answer.get_json()['uid'] == 'AA-1234'


def test_a_connection_that_breaks_is_not_printed(
    sandbox: Sandbox, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert sandbox._server is not None
    with caplog.at_level(logging.DEBUG, logger='hoiio.sandbox'):
        sandbox._server.handle_error(None, ('127.0.0.1', 1))
    assert 'connection error' in caplog.text
    assert capfd.readouterr() == ('', '')


def test_the_log_has_no_query(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger='hoiio.sandbox'):
        web.get('sms/send', dest=DEST, msg='a secret')
        web.send('GET', '/nowhere/' + 'x' * 10_000)
    first, second = caplog.messages
    assert first == 'GET /open/sms/send 200'
    assert len(second) < 300


def test_bytes_that_are_not_http_get_a_response(sandbox: Sandbox) -> None:
    with raw(sandbox) as sock:
        sock.sendall(b'hello?\r\n\r\n')
        assert b'400' in sock.recv(4096)


def test_stopping_closes_open_connections() -> None:
    with Sandbox() as sandbox, raw(sandbox) as sock:
        sock.sendall(b'GET /open/user/get_info HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
        answer = http.client.HTTPResponse(sock)
        answer.begin()
        assert answer.read() == b'{"status": "error_app_id_param_missing"}'
        sandbox.stop()
        assert sock.recv(1) == b''
    with pytest.raises(ConnectionRefusedError), raw(sandbox):
        pass


@pytest.mark.slow
def test_stopping_waits_for_the_thread_that_closes_the_port(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    main, close, closed = threading.current_thread(), server.Server.server_close, threading.Event()

    def late_close(self: server.Server) -> None:
        if threading.current_thread() is not main:
            time.sleep(0.3)
            closed.set()
        close(self)

    monkeypatch.setattr(server.Server, 'server_close', late_close)
    face = server.Server('127.0.0.1', 0, Emulator())
    face.start()
    face.stop()
    assert closed.is_set()
    server.Server('127.0.0.1', face.port, Emulator()).stop()


def test_a_failed_start_releases_the_port() -> None:
    with socket.create_server(('127.0.0.1', 0)) as listener:
        port = listener.getsockname()[1]
    sandbox = Sandbox.load({'format': 9}, port=port)
    with pytest.raises(ValueError, match='not a saved state'):
        sandbox.start()
    assert repr(sandbox) == 'Sandbox(stopped)'
    with pytest.raises(RuntimeError, match='not running'):
        assert sandbox.url
    with Sandbox(port=port):
        sandbox.stop()


def test_a_start_that_fails_late_stops_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(threading.enumerate())
    monkeypatch.setattr(server.Server, 'start', lambda _self: 1 // 0)
    sandbox = Sandbox()
    with pytest.raises(ZeroDivisionError):
        sandbox.start()
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
        assert not thread.is_alive()
    monkeypatch.undo()
    with sandbox:
        assert sandbox.url


def test_two_sandboxes_share_no_state() -> None:
    with Sandbox() as one, Sandbox() as two:
        assert one.url != two.url
        assert (one.app_id, one.access_token) == (APP_ID, ACCESS_TOKEN)


def test_a_port_that_is_taken_raises() -> None:
    with Sandbox() as one:
        port = urlsplit(one.url).port or 0
        with pytest.raises(OSError, match=r'in use, .* call its stop\(\)'):
            Sandbox(port=port).start()


def test_without_werkzeug_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, 'hoiio.sandbox.web.server')
    monkeypatch.setitem(sys.modules, 'werkzeug.exceptions', None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "hoiio\[sandbox]"') as caught:
        Sandbox().start()
    assert caught.value.name == 'werkzeug.exceptions'


def test_a_sandbox_runs_once() -> None:
    sandbox = Sandbox()
    assert repr(sandbox) == 'Sandbox(stopped)'
    with pytest.raises(RuntimeError, match='not running'):
        assert sandbox.url
    sandbox.stop()
    sandbox.start()
    assert repr(sandbox) == f'Sandbox({sandbox.url!r})'
    with pytest.raises(RuntimeError, match='only once'):
        sandbox.start()
    sandbox.stop()
    sandbox.stop()


def test_the_clock_of_a_sandbox(sandbox: Sandbox, web: Web) -> None:
    web.post('voice/call', dest2=DEST)
    sandbox.clock.advance(minutes=1)
    assert web.get('voice/query_status', txn_ref='AA-C-1')['duration'] == '1'
    assert 'call AA-C-1 ended: answered, 1 min' in sandbox.events[-1]


def test_a_reset_undoes_advances_of_the_default_clock() -> None:
    sandbox = Sandbox()
    before = sandbox.clock.now()
    sandbox.clock.advance(days=3)
    sandbox.reset()
    assert (sandbox.clock.now() - before).days == 0


def test_a_client_of_the_sdk(sandbox: Sandbox) -> None:
    client = sandbox.client()
    response = client.sms.send('Hello', DEST)
    assert response.is_success()
    assert sandbox.phone(DEST).inbox[0].text == 'Hello'
