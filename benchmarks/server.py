"""A minimal server on the loopback interface, over plain HTTP and TLS.

``python -m benchmarks.server DIRECTORY`` reads its certificate from the directory, prints its ports
as JSON, and ends at the end of its standard input.
"""

from __future__ import annotations

import json
import re
import socket
import ssl
import sys
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path

from . import wire

CERTIFICATE, KEY = 'server.pem', 'server.key'

_ANSWERS = {answer.path.encode(): answer.to_bytes() for answer in wire.ANSWERS}
_HISTORY = wire.HOIIO_HISTORY.encode()
_NOT_FOUND = wire.to_http(404, b'{}')

_LENGTH = re.compile(rb'\r\ncontent-length: *(\d+)', re.IGNORECASE)
_PAGE = re.compile(rb'(?:^|&)page=(\d+)')


def main(directory: str) -> None:
    """Serve until standard input ends.

    Args:
        directory: The directory with the certificate.
    """
    ports = {'http': _listen(None), 'https': _listen(_context(Path(directory)))}
    sys.stdout.write(json.dumps(ports) + '\n')
    sys.stdout.flush()
    sys.stdin.read()


def _context(directory: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(directory / CERTIFICATE, directory / KEY)
    return context


def _listen(tls: ssl.SSLContext | None) -> int:
    listener = socket.create_server(('127.0.0.1', 0))
    threading.Thread(target=_accept, args=(listener, tls), daemon=True).start()
    port: int = listener.getsockname()[1]
    return port


def _accept(listener: socket.socket, tls: ssl.SSLContext | None) -> None:
    while True:
        peer, _ = listener.accept()
        threading.Thread(target=_serve, args=(peer, tls), daemon=True).start()


def _serve(peer: socket.socket, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError), peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            peer = tls.wrap_socket(peer, server_side=True)
        with peer:
            while request := _receive(peer):
                peer.sendall(_answer(request))


def _receive(peer: socket.socket) -> bytes:
    data = peer.recv(65536)
    while data and (missing := _missing(data)):
        chunk = peer.recv(missing)
        data = data + chunk if chunk else b''
    return data


def _missing(data: bytes) -> int:
    """Return how many more bytes to read, or 0 if the request is complete."""
    end = data.find(b'\r\n\r\n')
    if end < 0:
        return 65536
    length = _LENGTH.search(data, 0, end)
    return max(0, end + 4 + (int(length[1]) if length else 0) - len(data))


def _answer(request: bytes) -> bytes:
    path = request.split(b' ', 2)[1]
    if path != _HISTORY:
        return _ANSWERS.get(path, _NOT_FOUND)
    page = _PAGE.search(request.partition(b'\r\n\r\n')[2])
    return _history(int(page[1]) if page else 1)


@cache
def _history(number: int) -> bytes:
    return wire.to_http(200, wire.history_page(number))


if __name__ == '__main__':
    main(*sys.argv[1:])
