"""A request as an operation gets it: who asks, and the parameters that were sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from ...constants import Status
from ..errors import Refused

__all__ = ['Request', 'Value']

Value: TypeAlias = 'str | bytes'


class Request:
    """One request that was admitted and is being answered.

    Args:
        app_id: The application that asks.
        values: The parameters that it sent; bytes are the content of an uploaded file.
    """

    def __init__(self, app_id: str, values: Mapping[str, Value]) -> None:
        self.app_id = app_id
        self._values = values

    def raw(self, name: str) -> Value | None:
        """Return the value exactly as it came, or None."""
        return self._values.get(name)

    def given(self, name: str) -> str | None:
        """Return the text that was sent, the empty one included, or None."""
        value = self._values.get(name)
        if not isinstance(value, bytes):
            return value
        try:
            return value.decode()
        except UnicodeDecodeError as exc:
            raise Refused(Status.MALFORMED_PARAMS) from exc

    def get(self, name: str) -> str | None:
        """Return the text of an optional parameter; an empty one counts as absent."""
        return self.given(name) or None

    def text(self, name: str) -> str:
        """Return the text of a parameter that is required and was checked to be there."""
        return self.given(name) or ''
