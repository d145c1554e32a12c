"""The services, one module for each area of the API."""

from typing import TYPE_CHECKING, Any

from ..lazy_import import lazy_import
from ..response import Response
from .base import CallOptions

__all__ = ['CallOptions', 'Response']

_SERVICES = ('account', 'fax', 'ivr', 'number', 'sms', 'voice')


def __dir__() -> list[str]:
    return [*__all__, *_SERVICES]


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in _SERVICES:
            return lazy_import(f'{__name__}.{name}')
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
