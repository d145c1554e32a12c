"""The environment variables that direct clients to a sandbox."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ['Environment']


class Environment(Mapping[str, str]):
    """Three environment variables, by name; a ``with`` block sets them and restores the old values.

    `Sandbox.environment` creates it. The variables apply to the whole process: all its threads see
    them, and so do the processes that it starts inside the block. Processes that it started
    earlier do not see them.
    """

    def __init__(self, base_url: str, app_id: str, access_token: str) -> None:
        self._variables = {
            'HOIIO_BASE_URL': base_url,
            'HOIIO_APP_ID': app_id,
            'HOIIO_ACCESS_TOKEN': access_token,
        }
        self._before: list[dict[str, str | None]] = []

    def __getitem__(self, name: str) -> str:
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)

    def __repr__(self) -> str:
        return f'<{type(self).__name__} {self["HOIIO_BASE_URL"]}>'

    def __enter__(self) -> Self:
        self._before.append({name: os.environ.get(name) for name in self})
        os.environ.update(self)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for name, value in self._before.pop().items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
