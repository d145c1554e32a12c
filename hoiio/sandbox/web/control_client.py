"""A client for the control API of a sandbox in another process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote

__all__ = ['ControlClient', 'ControlError']

TIMEOUT = 10.0


class ControlError(Exception):
    """The sandbox cannot be reached, or it refused the request. The message says why."""


class ControlClient:
    """A client for the sandbox at a port of this machine.

    Args:
        port: The port of the sandbox.
    """

    def __init__(self, port: int) -> None:
        self._port = port

    def get(self, path: str) -> dict[str, Any]:
        """Send a GET request to the control API.

        Raises:
            ControlError: If no sandbox answers, or if it refuses the request.
        """
        return self._request('GET', path, None)

    def post(self, path: str, fields: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Send a POST request to the control API.

        Raises:
            ControlError: If no sandbox answers, or if it refuses the request.
        """
        return self._request('POST', path, json.dumps(fields or {}))

    def act(self, phone: str, action: str, fields: Mapping[str, object]) -> None:
        """Perform an action of a phone.

        Raises:
            ControlError: If no sandbox answers, or if it refuses the request.
        """
        self.post(f'phones/{quote(phone, safe="")}/{action}', fields)

    def _request(self, method: str, path: str, body: str | None) -> dict[str, Any]:
        connection = HTTPConnection('127.0.0.1', self._port, timeout=TIMEOUT)
        try:
            connection.request(
                method, f'/_sandbox/{path}', body, {'Content-Type': 'application/json'}
            )
            answer = connection.getresponse()
            data: dict[str, Any] = dict(json.loads(answer.read()))
        except (OSError, HTTPException, ValueError, TypeError) as exc:
            raise ControlError(f'no sandbox answers at port {self._port} ({exc})') from exc
        finally:
            connection.close()
        if answer.status >= 400:  # noqa: PLR2004
            raise ControlError(str(data.get('message', answer.reason)))
        return data
