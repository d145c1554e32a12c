"""The phone page: a telephone in the browser.

The page is a folder of static files. It gets everything that it shows from the control API.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from werkzeug.wrappers import Request, Response

from .guard import BASE_PATH, CONTROL_PATH

__all__ = ['PAGE_PATH', 'Page', 'introduction']

PAGE_PATH = CONTROL_PATH
FILES_PATH = f'{CONTROL_PATH}page/'
FOLDER = Path(__file__).with_name('page')
INDEX = 'index.html'
# The types do not come from `mimetypes`, which reads the settings of the machine. On Windows they
# can say that a module is plain text, and a browser does not run it then.
TYPES: Mapping[str, str] = {
    '.html': 'text/html; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.mjs': 'text/javascript; charset=utf-8',
    '.svg': 'image/svg+xml',
}
# The page shows texts of others. Even if one of them became markup, it could neither run a script
# nor send anything to another server.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self'; object-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    'Content-Security-Policy': POLICY,
    'Referrer-Policy': 'no-referrer',
    # Another version of the sandbox can run at the same port later, so a browser always asks
    # whether the file has changed.
    'Cache-Control': 'no-cache',
}


class Page:
    """Answers requests for the page and for its files.

    It reads a file only when a browser asks for it, so that the page costs a test nothing.
    """

    def __init__(self) -> None:
        self._files = frozenset[str]()

    def respond(self, request: Request) -> Response | None:
        """Answer one request, or return None if its path does not belong to the page."""
        path = request.path
        if path == CONTROL_PATH.rstrip('/'):
            return _redirect(PAGE_PATH)
        name = INDEX if path == PAGE_PATH else path.removeprefix(FILES_PATH)
        if path == PAGE_PATH or (path.startswith(FILES_PATH) and name in self._names()):
            return _only_read(request, _file(name))
        return None

    def _names(self) -> frozenset[str]:
        """Return the paths of the files, so that no other file of the machine can be read."""
        if not self._files:
            found = [path for path in FOLDER.rglob('*') if path.suffix in TYPES]
            self._files = frozenset(path.relative_to(FOLDER).as_posix() for path in found)
        return self._files


def introduction(request: Request, origin: str) -> Response:
    """Say what a sandbox is to somebody who opens its bare address."""
    text = (
        'This is a sandbox of the Hoiio API: it calls nobody and costs nothing. Set'
        f' HOIIO_BASE_URL={origin}{BASE_PATH} to use it from the SDK. Its phones are at'
    )
    url = f'{origin}{PAGE_PATH}'
    if request.accept_mimetypes.best_match(['application/json', 'text/html']) != 'text/html':
        return _json({'message': f'{text} {url}'})
    page = f'<title>Hoiio sandbox</title><p>{text} <a href="{PAGE_PATH}">{url}</a></p>'
    return Response(f'<!doctype html>{page}\n', content_type=TYPES['.html'], headers=HEADERS)


def _file(name: str) -> Response:
    content = (FOLDER / name).read_bytes()
    response = Response(content, content_type=TYPES[Path(name).suffix], headers=HEADERS)
    response.set_etag(sha256(content).hexdigest()[:32])
    return response


def _redirect(path: str) -> Response:
    response = _json({'message': f'the page is at {path}'}, HTTPStatus.PERMANENT_REDIRECT)
    response.headers['Location'] = path
    return response


def _only_read(request: Request, response: Response) -> Response:
    if request.method not in {'GET', 'HEAD'}:
        refusal = _json({'message': 'use GET for the page'}, HTTPStatus.METHOD_NOT_ALLOWED)
        refusal.headers['Allow'] = 'GET, HEAD'
        return refusal
    response.make_conditional(request)
    if response.status_code == HTTPStatus.NOT_MODIFIED:
        # The server sends the body of every response, and this one must not have any.
        response.set_data(b'')
        del response.headers['Content-Length']
    return response


def _json(body: dict[str, str], status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(json.dumps(body), status=status, mimetype='application/json')
