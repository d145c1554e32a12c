"""The request that an operation receives: the application and the parameters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from ...constants import Status
from ..errors import Refused

__all__ = ['Request', 'Value']

Value: TypeAlias = 'str | bytes'


class Request:
    """One request with valid credentials.

    Args:
        app_id: The application that sends the request.
        values: The parameters of the request. Bytes are the content of an uploaded file.

    Attributes:
        served: How many recipients of a bulk the service serves; None means all.
        shown_before: A history shows only the transactions before this time; None means all.
    """

    def __init__(self, app_id: str, values: Mapping[str, Value]) -> None:
        self.app_id = app_id
        self.served: int | None = None
        self.shown_before: datetime | None = None
        self._values = values

    def raw(self, name: str) -> Value | None:
        """Return the unchanged value of a parameter, or None if the request does not have it."""
        return self._values.get(name)

    def given(self, name: str) -> str | None:
        """Return the text of a parameter, or None if the request does not have it.

        An empty text is returned as it is.
        """
        value = self._values.get(name)
        if not isinstance(value, bytes):
            return value
        try:
            return value.decode()
        except UnicodeDecodeError as exc:
            raise Refused(Status.MALFORMED_PARAMS) from exc

    def get(self, name: str) -> str | None:
        """Return the text of an optional parameter, or None if it is missing or empty."""
        return self.given(name) or None

    def text(self, name: str) -> str:
        """Return the text of a required parameter, which was checked before."""
        return self.given(name) or ''
