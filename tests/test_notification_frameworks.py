"""Notifications of the sandbox, taken by applications of the usual frameworks on real sockets."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import django.conf
import django.core.handlers.wsgi
import django.http
import django.test
import django.urls
import fastapi
import flask
import pytest
import uvicorn
from django.test import RequestFactory
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.serving import make_server

from hoiio import HoiioClient, NotificationInvalid
from hoiio.notification import Notification, SmsDelivery
from hoiio.sandbox import Sandbox

Take = Callable[[Notification], None]
Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def flask_app(client: HoiioClient, take: Take) -> WsgiApp:
    app = flask.Flask(__name__)

    @app.post('/notify')
    def notify() -> str:
        take(client.notification.from_request(flask.request))
        assert flask.request.form['txn_ref']
        return ''

    app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign]
    return app


def django_app(client: HoiioClient, take: Take) -> WsgiApp:
    def notify(request: django.http.HttpRequest) -> django.http.HttpResponse:
        take(client.notification.from_request(request))
        return django.http.HttpResponse()

    class Urls:
        urlpatterns = (django.urls.path('notify', notify),)

    if not django.conf.settings.configured:
        django.conf.settings.configure(ALLOWED_HOSTS=['*'], SECRET_KEY='x', LOGGING_CONFIG=None)
        django.setup()
    django.conf.settings.ROOT_URLCONF = Urls
    django.urls.clear_url_caches()
    handler: WsgiApp = django.core.handlers.wsgi.WSGIHandler()
    return handler


def plain_app(client: HoiioClient, take: Take) -> WsgiApp:
    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        take(client.notification.from_request(environ))
        start_response('200 OK', [('Content-Length', '0')])
        return []

    return app


def proxy_to(url: str) -> WsgiApp:
    """Be a reverse proxy, which hands on with headers of its own."""
    upstream = urlsplit(url)

    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ['wsgi.input'].read(int(environ['CONTENT_LENGTH']))
        headers = {
            'content-type': environ['CONTENT_TYPE'],
            'x-hoiio-signature': environ['HTTP_X_HOIIO_SIGNATURE'],
            'x-forwarded-for': '203.0.113.1',
            'x-forwarded-proto': 'https',
        }
        assert upstream.hostname
        connection = HTTPConnection(upstream.hostname, upstream.port)
        connection.request('POST', upstream.path, body, headers)
        status = connection.getresponse().status
        connection.close()
        start_response(f'{status} Proxied', [('Content-Length', '0')])
        return []

    return app


@contextmanager
def serving_wsgi(app: WsgiApp) -> Iterator[str]:
    server = make_server('127.0.0.1', 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f'http://127.0.0.1:{server.port}/notify'
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def serving_fastapi(client: HoiioClient, take: Take) -> Iterator[str]:
    app = fastapi.FastAPI()

    async def notify(request: fastapi.Request) -> None:
        take(await client.notification.from_async_request(request))

    app.add_api_route('/notify', notify, methods=['POST'])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level='error', lifespan='off'))
    started = threading.Event()
    startup = server.startup

    async def announce(*args: Any, **kwargs: Any) -> None:
        await startup(*args, **kwargs)
        started.set()

    server.startup = announce  # type: ignore[method-assign]
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    assert started.wait(10)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f'http://127.0.0.1:{port}/notify'
    server.should_exit = True
    thread.join()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize('behind_a_proxy', [False, True], ids=['direct', 'proxied'])
@pytest.mark.parametrize('framework', [flask_app, django_app, plain_app, 'fastapi'])
def test_a_delivery_report_is_taken(sandbox: Sandbox, framework: Any, behind_a_proxy: bool) -> None:
    client = sandbox.client()
    taken: list[Notification] = []
    with ExitStack() as stack:
        if framework == 'fastapi':
            url = stack.enter_context(serving_fastapi(client, taken.append))
        else:
            url = stack.enter_context(serving_wsgi(framework(client, taken.append)))
        if behind_a_proxy:
            url = stack.enter_context(serving_wsgi(proxy_to(url)))
        sent = client.sms.send(
            'Grüße 👍', '+6598765432', tag='a b&c', notify_url=f'{url}?own=%C3%BC'
        )
        sandbox.drain()
    assert [delivery.status for delivery in sandbox.deliveries] == [200]
    (delivery,) = taken
    assert isinstance(delivery, SmsDelivery)
    assert (delivery.txn_ref, delivery.tag) == (sent.txn_ref, 'a b&c')
    assert delivery.json['own'] == 'ü'
    assert delivery.unsigned == frozenset()


@pytest.mark.parametrize(
    ('length', 'message'),
    [
        (None, 'no Content-Length'),
        ('', 'no Content-Length'),
        ('x', 'no Content-Length'),
        ('-1', 'no Content-Length'),
        ('9' * 30, 'longer than any'),
        (str(2**20 + 1), 'longer than any'),
        ('0', 'not that of the body'),
        ('3', 'not that of the body'),
    ],
)
def test_a_wsgi_request_that_is_none(sandbox: Sandbox, length: str | None, message: str) -> None:
    environ: Environ = {'HTTP_X_HOIIO_SIGNATURE': 'x', 'wsgi.input': BytesIO(b'a=b')}
    if length is not None:
        environ['CONTENT_LENGTH'] = length
    with pytest.raises(NotificationInvalid, match=message):
        sandbox.client().notification.from_request(environ)


def signed(client: HoiioClient, body: bytes) -> str:
    return hmac.new(client.access_token.encode(), body, hashlib.sha256).hexdigest()


def test_a_wsgi_request_in_chunks(sandbox: Sandbox) -> None:
    client, body = sandbox.client(), b'sms_status=delivered'
    environ = {
        'HTTP_X_HOIIO_SIGNATURE': signed(client, body),
        'wsgi.input': BytesIO(body),
        'wsgi.input_terminated': True,
    }
    assert isinstance(client.notification.from_request(environ), SmsDelivery)


def test_a_flask_form_that_was_read_before_the_body(sandbox: Sandbox) -> None:
    with flask.Flask(__name__).test_request_context('/', data={'a': 'b'}, method='POST'):
        assert flask.request.form['a'] == 'b'
        with pytest.raises(NotificationInvalid, match='call this first'):
            sandbox.client().notification.from_request(flask.request)


def test_a_django_form_that_was_read_before_the_body(sandbox: Sandbox) -> None:
    django_app(sandbox.client(), print)
    request = RequestFactory().post('/notify', {'a': 'b'})
    assert request.POST['a'] == 'b'
    with pytest.raises(NotificationInvalid, match='call this first'):
        sandbox.client().notification.from_request(request)


def starlette_request(body: bytes, signature: str = 'x') -> fastapi.Request:
    async def receive() -> dict[str, object]:
        return {'type': 'http.request', 'body': body}

    headers = [(b'x-hoiio-signature', signature.encode())]
    return fastapi.Request({'type': 'http', 'method': 'POST', 'headers': headers}, receive)


def test_a_starlette_stream_that_was_read_before_the_body(sandbox: Sandbox) -> None:
    async def read_twice() -> None:
        request = starlette_request(b'a=b')
        async for _ in request.stream():
            pass
        await sandbox.client().notification.from_async_request(request)

    with pytest.raises(NotificationInvalid, match='call this first'):
        asyncio.run(read_twice())


def test_each_kind_of_request_has_its_function(sandbox: Sandbox) -> None:
    notification = sandbox.client().notification
    for other in (object(), {}, starlette_request(b'')):
        with pytest.raises(TypeError, match='from_async_request'):
            notification.from_request(other)
    other_kind: Any = RequestFactory().post('/notify')
    with pytest.raises(TypeError, match='from_request'):
        asyncio.run(notification.from_async_request(other_kind))


def test_tokens_that_change(sandbox: Sandbox) -> None:
    client, body = HoiioClient('APP', 'NEW'), b'sms_status=delivered'
    signature = hmac.new(b'OLD', body, hashlib.sha256).hexdigest()
    environ = {
        'HTTP_X_HOIIO_SIGNATURE': signature,
        'wsgi.input': BytesIO(body),
        'CONTENT_LENGTH': str(len(body)),
    }
    assert isinstance(client.notification.from_request(environ, ['NEW', 'OLD']), SmsDelivery)
    request = starlette_request(body, signature)
    taken = asyncio.run(client.notification.from_async_request(request, ['NEW', 'OLD']))
    assert isinstance(taken, SmsDelivery)
