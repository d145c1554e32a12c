"""A client of the control API, as a page in a browser is one."""

from __future__ import annotations

import contextlib
import http.client
import json
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from hoiio.sandbox import Sandbox

__all__ = ['ControlPage']


class ControlPage:
    """A page of one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.address = urlsplit(sandbox.url).netloc

    def ask(self, method: str, path: str, data: object = None) -> tuple[int, Any]:
        """Send a request, and return the HTTP status and the JSON of the answer."""
        body = None if method == 'GET' else json.dumps(data or {})
        headers = {'Content-Type': 'application/json'}
        with contextlib.closing(http.client.HTTPConnection(self.address, timeout=30)) as connection:
            connection.request(method, f'/_sandbox/{path}', body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def get(self, path: str, **query: object) -> Any:
        """Send a GET that must succeed."""
        words = {name: str(value) for name, value in query.items()}
        code, answer = self.ask('GET', f'{path}?{urlencode(words)}' if query else path)
        assert code == 200, answer
        return answer

    def post(self, path: str, **fields: object) -> Any:
        """Send a POST that must succeed."""
        code, answer = self.ask('POST', path, fields)
        assert code == 200, answer
        return answer

    def refusal(self, path: str, **query: object) -> str:
        """Send a GET that must be refused, and return the message."""
        code, answer = self.ask('GET', f'{path}?{urlencode(query)}' if query else path)
        assert code in {400, 404}, answer
        return str(answer['message'])

    def phone(self, number: str) -> Any:
        """Return a phone."""
        return self.get(f'phones/{quote(number, safe="")}')
