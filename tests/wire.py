"""A server of plain sockets that can fail in all the ways in which a network fails."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests

from hoiio import HoiioClient

Behaviour = Callable[[socket.socket, bytes], bool]
"""Answers a complete request; returns True if the connection stays open."""

OK = {'status': 'success_ok', 'txn_ref': 'AA-S-1'}


def http(
    body: bytes | dict[str, Any] = b'',
    code: int = 200,
    headers: str = 'Content-Type: application/json\r\n',
) -> bytes:
    """Put a body into an HTTP response."""
    content = json.dumps(body).encode() if isinstance(body, dict) else body
    head = f'HTTP/1.1 {code} Word\r\n{headers}Content-Length: {len(content)}\r\n\r\n'
    return head.encode('ascii') + content


def answer(raw: bytes | None = None) -> Behaviour:
    """Send these bytes and keep the connection."""

    def behave(peer: socket.socket, _request: bytes) -> bool:
        peer.sendall(http(OK) if raw is None else raw)
        return True

    return behave


def answer_and_close(raw: bytes | None = None) -> Behaviour:
    """Send these bytes and close."""

    def behave(peer: socket.socket, _request: bytes) -> bool:
        peer.sendall(http(OK) if raw is None else raw)
        return False

    return behave


def drop(_peer: socket.socket, _request: bytes) -> bool:
    """Close without an answer."""
    return False


def wait_for_the_end(peer: socket.socket, _request: bytes) -> bool:
    """Send nothing until the client closes the connection."""
    peer.recv(1)
    return False


def reset(peer: socket.socket, _request: bytes) -> bool:
    """Close the connection so that the client sees a reset."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    return False


def close_when_told(told: threading.Semaphore, end: Behaviour) -> Behaviour:
    """Answer, and end the connection later, while it is idle."""

    def behave(peer: socket.socket, request: bytes) -> bool:
        peer.sendall(http(OK))
        told.acquire(timeout=30)
        return end(peer, request)

    return behave


def interim(code: int, then: Behaviour) -> Behaviour:
    """Send an interim answer, and the final one a little later."""

    def behave(peer: socket.socket, request: bytes) -> bool:
        peer.sendall(f'HTTP/1.1 {code} Word\r\nLink: </a>\r\n\r\n'.encode('ascii'))
        time.sleep(0.05)
        return then(peer, request)

    return behave


def answer_and_add(raw: bytes, told: threading.Semaphore, more: bytes) -> Behaviour:
    """Send these bytes, and when told, more on the same connection."""

    def behave(peer: socket.socket, _request: bytes) -> bool:
        peer.sendall(raw)
        told.acquire(timeout=30)
        with suppress(OSError):
            peer.sendall(more)
        return True

    return behave


def endless(head: bytes, piece: bytes, pause: float = 0) -> Behaviour:
    """Send a head, and then the same piece until the client closes the connection."""

    def behave(peer: socket.socket, _request: bytes) -> bool:
        peer.sendall(head)
        while True:
            peer.sendall(piece)
            time.sleep(pause)

    return behave


def form_of(request: bytes) -> dict[str, str]:
    """Read the form of a request."""
    return dict(parse_qsl(request.partition(b'\r\n\r\n')[2].decode('ascii')))


def echo(peer: socket.socket, request: bytes) -> bool:
    """Answer with the reference, or the tag, that was sent."""
    form = form_of(request)
    peer.sendall(http({'status': 'success_ok', 'txn_ref': form.get('txn_ref') or form['tag']}))
    return True


class Server:
    """Serve on a free port of 127.0.0.1.

    The n-th request gets the n-th behaviour. Requests after the last behaviour get the last one.

    Attributes:
        requests: The raw requests.
        connections: The number of connections.
    """

    def __init__(self, *behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self.behaviours = behaviours or (answer(),)
        self.requests: list[bytes] = []
        self.connections = 0
        self._tls = tls
        self._changed = threading.Condition()
        self._peers: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._listener = socket.create_server(('127.0.0.1', 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f'{"https" if tls else "http"}://127.0.0.1:{self.port}/open/'

    def silent(self, _peer: socket.socket, _request: bytes) -> bool:
        """Send nothing until the server stops."""
        self._stopping.wait()
        return False

    def start(self) -> None:
        self._run(self._accept)

    def _run(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        self._stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        # Do not close the sockets here. Another socket could get the number of a closed one while
        # its thread still reads. So each thread closes its own socket.
        for peer in list(self._peers):
            with suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def wait_for_requests(self, count: int) -> None:
        """Wait until this many requests have arrived."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.requests) >= count, 60)

    def wait_until_closed(self) -> None:
        """Wait until all connections are closed."""
        for thread in self._threads[1:]:
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError), self._listener:
            while not self._stopping.is_set():
                self._run(self._serve, self._listener.accept()[0])

    def _serve(self, peer: socket.socket) -> None:
        with suppress(OSError), peer:
            if self._tls:
                peer = self._tls.wrap_socket(peer, server_side=True)
            with self._changed:
                self._peers.append(peer)
                self.connections += 1
            # `stop` closes only what it finds in the list.
            with peer:
                while not self._stopping.is_set() and self._answer(peer):
                    pass

    def _answer(self, peer: socket.socket) -> bool:
        request = _receive(peer)
        return bool(request) and self._behave(request)(peer, request)

    def _behave(self, request: bytes) -> Behaviour:
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
            return self.behaviours[min(len(self.requests), len(self.behaviours)) - 1]


def _receive(peer: socket.socket) -> bytes:
    data = b''
    while b'\r\n\r\n' not in data:
        if not (chunk := peer.recv(65536)):
            return b''
        data += chunk
    head, _, body = data.partition(b'\r\n\r\n')
    lengths = [line for line in head.lower().split(b'\r\n') if line.startswith(b'content-length:')]
    missing = (int(lengths[0].split(b':')[1]) if lengths else 0) - len(body)
    while missing > 0:
        if not (chunk := peer.recv(missing)):
            return b''
        data, missing = data + chunk, missing - len(chunk)
    return data


#: Run a test without a session and with one.
either_session = pytest.mark.parametrize('make_session', [lambda: None, requests.Session])

MakeSession = Callable[[], requests.Session | None]


def client_of(
    server: Server, make_session: MakeSession = lambda: None, **options: Any
) -> HoiioClient:
    """Make a client of a server."""
    options = {'timeout': 60, 'session': make_session(), **options}
    return HoiioClient('APP', 'SECRET-TOKEN', base_url=server.url, **options)


@contextmanager
def serving(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve while the block runs."""
    server = Server(*behaviours, tls=tls)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def refused_url() -> str:
    """Return the URL of a port on which no server listens."""
    return f'http://127.0.0.1:{refused_port()}/open/'


def refused_port() -> int:
    """Return a port on which no server listens."""
    port: int = _silent_socket().getsockname()[1]
    return port


@cache
def _silent_socket() -> socket.socket:
    """Take a port, but do not listen. A free port could get a server before a test uses it."""
    taken = socket.socket()
    taken.bind(('127.0.0.1', 0))
    return taken


def tunnel(target: Server) -> Behaviour:
    """Behave as a proxy: accept a CONNECT, then forward bytes to the target and back."""

    def behave(peer: socket.socket, request: bytes) -> bool:
        assert request.startswith(b'CONNECT ')
        with socket.create_connection(('127.0.0.1', target.port)) as onward:
            peer.sendall(b'HTTP/1.1 200 Connection established\r\n\r\n')
            back = threading.Thread(target=_carry, args=(onward, peer), daemon=True)
            back.start()
            _carry(peer, onward)
            back.join()
        return False

    return behave


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            sink.sendall(chunk)
    for each in (source, sink):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
