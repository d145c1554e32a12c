"""Run an example with the real service or with a sandbox."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

from flask import Flask, request
from werkzeug.serving import BaseWSGIServer, make_server

from hoiio import HoiioClient, NotificationInvalid
from hoiio.notification import Handled, Notification
from hoiio.sandbox import Sandbox

CreateApp = Callable[[HoiioClient, str], Flask]

# The path to which Hoiio sends notifications.
NOTIFY = '/hoiio'


def application(hoiio: HoiioClient, react: Callable[[Notification], None]) -> Flask:
    """Create a web application that passes each verified notification to ``react`` once."""
    app, handled = Flask(__name__), Handled()

    @app.post(NOTIFY)
    def notify() -> tuple[str, HTTPStatus]:
        notification = hoiio.notification.from_request(request)
        if handled.first_time(notification):
            react(notification)
        return '', HTTPStatus.OK

    @app.errorhandler(NotificationInvalid)
    def refuse(exc: NotificationInvalid) -> tuple[str, HTTPStatus]:
        return str(exc), HTTPStatus.FORBIDDEN

    return app


def serve(create_app: CreateApp, doc: str | None) -> None:
    """Run an example until Ctrl-C.

    Args:
        create_app: Creates the application from a client and its public URL.
        doc: The text that ``--help`` shows.
    """
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        '--port', type=int, default=8000, help='the port to listen on (default: 8000)'
    )
    parser.add_argument('--number', help='the Hoiio number to answer')
    parser.add_argument('--url', help='the public URL of this program')
    parser.add_argument('--sandbox', action='store_true', help='start a sandbox and use it')
    parser.add_argument(
        '--sandbox-port', type=int, default=8420, help='the port of the sandbox (default: 8420)'
    )
    given = parser.parse_args()
    if given.sandbox:
        sandbox = Sandbox(port=given.sandbox_port)
        try:
            sandbox.start()
        except OSError as exc:
            parser.error(
                f'cannot start a sandbox on port {given.sandbox_port} ({exc}); try --sandbox-port 0'
            )
        try:
            serve_in(sandbox, create_app, given.port)
        finally:
            sandbox.stop()
    elif given.number and given.url:
        client = HoiioClient()
        url = given.url.rstrip('/')
        client.number.configure(given.number, forward_to=url + NOTIFY).raise_for_status()
        create_app(client, url).run(port=given.port)
    else:
        parser.error('pass either --sandbox, or --number and --url')


def serve_in(sandbox: Sandbox, create_app: CreateApp, port: int) -> None:
    """Run an example with a sandbox, and print what happens."""
    with connected(sandbox, create_app, port) as number:
        sandbox_port = sandbox.url.split(':')[2].split('/')[0]
        trigger = f'hoiio sandbox --port {sandbox_port} trigger'
        print('Call the number from another terminal, press a key if asked to, and hang up:\n')
        print(f'  {trigger} call +6598765432 {number}')
        print(f'  {trigger} press +6598765432 1')
        print(f'  {trigger} hangup +6598765432\n')
        print('Press Ctrl-C to stop. This is what happens:\n', flush=True)
        try:
            for line in sandbox.follow():
                print(line, flush=True)
        except KeyboardInterrupt:
            print('\nStopped.')


@contextmanager
def connected(sandbox: Sandbox, create_app: CreateApp, port: int = 0) -> Iterator[str]:
    """Serve an example, and forward the calls of a number of the sandbox to it."""
    server = make_server('127.0.0.1', port, Flask(__name__), threaded=True)
    url = f'http://127.0.0.1:{server.port}'
    client = sandbox.client()
    number = client.number.subscribed_numbers().raise_for_status().entries[0].number
    client.number.configure(number, forward_to=url + NOTIFY).raise_for_status()
    server.app = create_app(client, url)
    with running(server):
        yield number


@contextmanager
def running(server: BaseWSGIServer) -> Iterator[None]:
    """Run a server in its own thread."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
