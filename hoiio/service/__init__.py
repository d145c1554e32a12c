"""The services, one module for each area of the API."""

from typing import TYPE_CHECKING, Any

from ..lazy_import import lazy_import
from ..response import Response
from .base import CallOptions

__all__ = ['CallOptions', 'Response']

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in {'account', 'fax', 'ivr', 'number', 'sms', 'voice'}:
            return lazy_import(f'{__name__}.{name}')
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
