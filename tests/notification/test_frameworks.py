"""Notifications of the sandbox to applications of the usual frameworks, on real sockets."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from http.client import HTTPConnection
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import aiohttp.web
import bottle
import django.conf
import django.core.handlers.wsgi
import django.http
import django.test
import django.urls
import fastapi
import flask
import pytest
import quart
import uvicorn
from aiohttp.test_utils import make_mocked_request
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.serving import make_server

from hoiio import HoiioClient, InputInvalid, NotificationInvalid
from hoiio.notification import Notification, SmsDelivery
from hoiio.sandbox import Sandbox

if not django.conf.settings.configured:
    django.conf.settings.configure(
        ALLOWED_HOSTS=['*'],
        SECRET_KEY='x',
        LOGGING_CONFIG=None,
        REST_FRAMEWORK={
            'DEFAULT_AUTHENTICATION_CLASSES': [],
            'DEFAULT_PERMISSION_CLASSES': [],
            'DEFAULT_RENDERER_CLASSES': ['rest_framework.renderers.JSONRenderer'],
            'UNAUTHENTICATED_USER': None,
        },
    )
    django.setup()

# Imported here, because it reads the settings.
from rest_framework.decorators import api_view
from rest_framework.request import Request as RestRequest
from rest_framework.response import Response as RestResponse

Take = Callable[[Notification], None]
Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

LONGEST = 2**20


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

    return django_with(notify)


def rest_app(client: HoiioClient, take: Take) -> WsgiApp:
    def notify(request: RestRequest) -> RestResponse:
        take(client.notification.from_request(request))
        assert request.data['txn_ref']
        return RestResponse()

    return django_with(api_view(['POST'])(notify))


def django_with(view: Any) -> WsgiApp:
    class Urls:
        urlpatterns = (django.urls.path('notify', view),)

    django.conf.settings.ROOT_URLCONF = Urls
    django.urls.clear_url_caches()
    handler: WsgiApp = django.core.handlers.wsgi.WSGIHandler()
    return handler


def bottle_app(client: HoiioClient, take: Take) -> WsgiApp:
    app = bottle.Bottle()

    def notify() -> str:
        take(client.notification.from_request(bottle.request))
        assert bottle.request.forms['txn_ref']
        return ''

    app.post('/notify', callback=notify)
    served: WsgiApp = app
    return served


def plain_app(client: HoiioClient, take: Take) -> WsgiApp:
    def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        take(client.notification.from_request(environ))
        start_response('200 OK', [('Content-Length', '0')])
        return []

    return app


def proxy_to(url: str) -> WsgiApp:
    """Behave as a reverse proxy that adds headers."""
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


def fastapi_app(client: HoiioClient, take: Take) -> Any:
    app = fastapi.FastAPI()

    async def notify(request: fastapi.Request) -> None:
        take(await client.notification.from_async_request(request))

    app.add_api_route('/notify', notify, methods=['POST'])
    return app


def quart_app(client: HoiioClient, take: Take) -> Any:
    app = quart.Quart(__name__)

    @app.post('/notify')
    async def notify() -> str:
        take(await client.notification.from_async_request(quart.request))
        assert (await quart.request.form)['txn_ref']
        return ''

    return app


@contextmanager
def serving_asgi(app: Any) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level='error', lifespan='off'))
    started = threading.Event()
    startup = server.startup

    async def announce(*args: Any, **kwargs: Any) -> None:
        await startup(*args, **kwargs)
        started.set()

    server.startup = announce  # type: ignore[method-assign]
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    assert started.wait(30)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f'http://127.0.0.1:{port}/notify'
    server.should_exit = True
    thread.join()


@contextmanager
def serving_aiohttp(client: HoiioClient, take: Take) -> Iterator[str]:
    async def notify(request: aiohttp.web.Request) -> aiohttp.web.Response:
        take(await client.notification.from_async_request(request))
        assert (await request.post())['txn_ref']
        return aiohttp.web.Response()

    async def start() -> aiohttp.web.AppRunner:
        app = aiohttp.web.Application()
        app.router.add_post('/notify', notify)
        runner = aiohttp.web.AppRunner(app, access_log=None)
        await runner.setup()
        await aiohttp.web.TCPSite(runner, '127.0.0.1', 0).start()
        return runner

    loop = asyncio.new_event_loop()
    runner = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield f'http://127.0.0.1:{runner.addresses[0][1]}/notify'
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def serving(framework: Any, client: HoiioClient, take: Take) -> AbstractContextManager[str]:
    if framework == 'aiohttp':
        return serving_aiohttp(client, take)
    if framework in {fastapi_app, quart_app}:
        return serving_asgi(framework(client, take))
    return serving_wsgi(framework(client, take))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize('behind_a_proxy', [False, True], ids=['direct', 'proxied'])
@pytest.mark.parametrize(
    'framework',
    [
        flask_app,
        django_app,
        rest_app,
        bottle_app,
        plain_app,
        pytest.param(fastapi_app, marks=pytest.mark.slow),
        pytest.param(quart_app, marks=pytest.mark.slow),
        'aiohttp',
    ],
)
def test_a_delivery_report_is_parsed(
    sandbox: Sandbox, framework: Any, behind_a_proxy: bool
) -> None:
    client = sandbox.client()
    taken: list[Notification] = []
    with ExitStack() as stack:
        url = stack.enter_context(serving(framework, client, taken.append))
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
        ('0', 'does not match the body'),
        ('3', 'does not match the body'),
    ],
)
def test_an_invalid_wsgi_request(sandbox: Sandbox, length: str | None, message: str) -> None:
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


@pytest.mark.parametrize('wrapped', [False, True], ids=['django', 'rest framework'])
def test_a_django_form_that_was_read_before_the_body(sandbox: Sandbox, wrapped: bool) -> None:
    request = RequestFactory().post('/notify', {'a': 'b'})
    assert request.POST['a'] == 'b'
    with pytest.raises(NotificationInvalid, match='call this first'):
        sandbox.client().notification.from_request(RestRequest(request) if wrapped else request)


def test_a_body_that_django_cannot_read_is_its_own_error(sandbox: Sandbox) -> None:
    class Gone(BytesIO):
        def read(self, *_: object) -> bytes:
            raise ConnectionResetError

    environ = {**RequestFactory().post('/notify', {'a': 'b'}).environ, 'wsgi.input': Gone()}
    with pytest.raises(django.http.request.UnreadablePostError):
        sandbox.client().notification.from_request(WSGIRequest(environ))


def starlette_request(
    left: list[bytes], signature: str = 'x', headers: Iterable[tuple[bytes, bytes]] = ()
) -> fastapi.Request:
    """Make a request whose body comes in pieces; the list keeps the unread ones."""

    async def receive() -> dict[str, object]:
        return {'type': 'http.request', 'body': left.pop(0), 'more_body': bool(left)}

    scope = [(b'x-hoiio-signature', signature.encode()), *headers]
    return fastapi.Request({'type': 'http', 'method': 'POST', 'headers': scope}, receive)


def test_a_starlette_stream_that_was_read_before_the_body(sandbox: Sandbox) -> None:
    async def read_twice() -> None:
        request = starlette_request([b'a=b'])
        async for _ in request.stream():
            pass
        await sandbox.client().notification.from_async_request(request)

    with pytest.raises(NotificationInvalid, match='call this first'):
        asyncio.run(read_twice())


class Endless(BytesIO):
    """A body without an end that counts the bytes that were read."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        assert size is not None
        assert size >= 0, 'read to the end'
        self.taken += size
        return bytes(size)


def wsgi_request(body: Any, **environ: object) -> Environ:
    return {
        'REQUEST_METHOD': 'POST',
        'SERVER_NAME': 'localhost',
        'SERVER_PORT': '80',
        'wsgi.url_scheme': 'http',
        'CONTENT_TYPE': 'application/x-www-form-urlencoded',
        'HTTP_X_HOIIO_SIGNATURE': 'x',
        'wsgi.input': body,
        **environ,
    }


SYNCHRONOUS: dict[str, Callable[[Environ], Any]] = {
    'WSGI': lambda environ: environ,
    'Flask': flask.Request,
    'Django': WSGIRequest,
    'Django REST framework': lambda environ: RestRequest(WSGIRequest(environ)),
    'Bottle': bottle.BaseRequest,
}


@pytest.mark.parametrize('framework', SYNCHRONOUS)
def test_a_body_that_is_too_long_is_not_read(sandbox: Sandbox, framework: str) -> None:
    body = Endless()
    request = SYNCHRONOUS[framework](wsgi_request(body, CONTENT_LENGTH=str(LONGEST + 1)))
    with pytest.raises(NotificationInvalid, match='longer than any'):
        sandbox.client().notification.from_request(request)
    assert body.taken == 0


@pytest.mark.parametrize('framework', SYNCHRONOUS)
def test_no_more_is_read_from_chunks_than_the_longest_body(
    sandbox: Sandbox, framework: str
) -> None:
    body = Endless()
    chunked = {'HTTP_TRANSFER_ENCODING': 'chunked', 'wsgi.input_terminated': True}
    request = SYNCHRONOUS[framework](wsgi_request(body, **chunked))
    with pytest.raises(NotificationInvalid, match=r'longer than any|no Content-Length'):
        sandbox.client().notification.from_request(request)
    assert body.taken <= LONGEST + 1


def test_a_flask_form_after_a_body_in_chunks(sandbox: Sandbox) -> None:
    client, body = sandbox.client(), b'sms_status=delivered'
    environ = wsgi_request(BytesIO(body), HTTP_X_HOIIO_SIGNATURE=signed(client, body))
    request = flask.Request(
        {**environ, 'HTTP_TRANSFER_ENCODING': 'chunked', 'wsgi.input_terminated': True}
    )
    assert isinstance(client.notification.from_request(request), SmsDelivery)
    assert request.form['sms_status'] == 'delivered'


CHUNKED = (b'transfer-encoding', b'chunked')


@pytest.mark.parametrize(
    'headers',
    [
        [(b'content-length', b'1048577')],
        [CHUNKED],
        [(b'content-length', b'3'), CHUNKED],
        [],
    ],
)
def test_an_asynchronous_body_that_is_too_long(sandbox: Sandbox, headers: Any) -> None:
    left = [bytes(LONGEST), b'1', b'2']
    request = starlette_request(left, headers=headers)
    with pytest.raises(NotificationInvalid, match='longer than any'):
        asyncio.run(sandbox.client().notification.from_async_request(request))
    assert b'2' in left


def test_an_asynchronous_body_with_its_length(sandbox: Sandbox) -> None:
    client, body = sandbox.client(), b'sms_status=delivered'
    length = [(b'content-length', b'20')]
    request = starlette_request([body], signed(client, body), length)

    async def take() -> str:
        notification = await client.notification.from_async_request(request)
        return f'{(await request.body()).decode()} {type(notification).__name__}'

    assert asyncio.run(take()) == 'sms_status=delivered SmsDelivery'


def test_a_body_too_long_for_aiohttp_and_quart(sandbox: Sandbox) -> None:
    headers = {'Content-Length': str(LONGEST + 1), 'X-Hoiio-Signature': 'x'}

    async def post() -> None:
        async with quart.Quart(__name__).test_request_context('/', headers=headers):
            with pytest.raises(NotificationInvalid, match='longer than any'):
                await sandbox.client().notification.from_async_request(quart.request)
        request = make_mocked_request('POST', '/', headers)
        with pytest.raises(NotificationInvalid, match='longer than any'):
            await sandbox.client().notification.from_async_request(request)

    asyncio.run(post())


# The report of the sandbox, in the events of the gateways of AWS.
EVENTS: dict[str, Callable[[str, str], dict[str, Any]]] = {
    'API Gateway, REST': lambda body, signature: {
        'httpMethod': 'POST',
        'headers': {'X-Hoiio-Signature': signature},
        'multiValueHeaders': {'X-Hoiio-Signature': [signature]},
        'body': body,
        'isBase64Encoded': False,
    },
    'API Gateway, HTTP': lambda body, signature: {
        'version': '2.0',
        'headers': {'host': 'example.com', 'x-hoiio-signature': signature},
        'body': base64.b64encode(body.encode()).decode(),
        'isBase64Encoded': True,
    },
    'load balancer, several values a header': lambda body, signature: {
        'httpMethod': 'POST',
        'multiValueHeaders': {'x-empty': [], 'x-hoiio-signature': [signature]},
        'body': body,
        'isBase64Encoded': False,
    },
}


@pytest.mark.parametrize('gateway', EVENTS)
def test_an_event_of_aws(sandbox: Sandbox, gateway: str) -> None:
    client, body = sandbox.client(), 'sms_status=delivered&tag=%C3%BC'
    event = EVENTS[gateway](body, signed(client, body.encode()))
    notification = client.notification.from_request(event)
    assert isinstance(notification, SmsDelivery)
    assert notification.tag == 'ü'


@pytest.mark.parametrize(
    ('event', 'message'),
    [
        ({'body': None}, 'no signature'),
        ({'requestContext': {'http': {}}, 'headers': {'content-length': '0'}}, 'no signature'),
        ({'body': None, 'headers': {'X-Hoiio-Signature': 'x'}}, 'does not match the body'),
        ({'body': 'ü', 'isBase64Encoded': True}, 'not valid base64'),
        ({'body': {'a': 'b'}, 'isBase64Encoded': True}, 'not valid base64'),
        ({'body': {'a': 'b'}}, 'pass the raw body'),
        ({'body': 'a' * (LONGEST + 1)}, 'longer than any'),
    ],
)
def test_an_invalid_event_of_aws(sandbox: Sandbox, event: dict[str, Any], message: str) -> None:
    with pytest.raises(NotificationInvalid, match=message):
        sandbox.client().notification.from_request(event)


def test_each_kind_of_request_has_its_function(sandbox: Sandbox) -> None:
    notification = sandbox.client().notification
    for other in (object(), {}, starlette_request([b'']), make_mocked_request('POST', '/')):
        with pytest.raises(InputInvalid, match=r'await from_async_request\(\).* to parse\(\)'):
            notification.from_request(other)
    others: list[Any] = [object(), RequestFactory().post('/notify'), flask.Request({})]
    for other in others:
        with pytest.raises(InputInvalid, match=r'see from_request\(\).* to parse\(\)'):
            asyncio.run(notification.from_async_request(other))


def test_tokens_that_change(sandbox: Sandbox) -> None:
    client, body = HoiioClient('APP', 'NEW'), b'sms_status=delivered'
    signature = hmac.new(b'OLD', body, hashlib.sha256).hexdigest()
    environ = {
        'HTTP_X_HOIIO_SIGNATURE': signature,
        'wsgi.input': BytesIO(body),
        'CONTENT_LENGTH': str(len(body)),
    }
    assert isinstance(client.notification.from_request(environ, ['NEW', 'OLD']), SmsDelivery)
    request = starlette_request([body], signature)
    taken = asyncio.run(client.notification.from_async_request(request, ['NEW', 'OLD']))
    assert isinstance(taken, SmsDelivery)
