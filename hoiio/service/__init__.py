"""The services, one module for each area of the API."""

from typing import TYPE_CHECKING, Any

from ..later import import_later
from ..response import Response
from .base import CallOptions

__all__ = ['CallOptions', 'Response']

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in {'account', 'fax', 'ivr', 'number', 'sms', 'voice'}:
            return import_later(f'{__name__}.{name}')
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
