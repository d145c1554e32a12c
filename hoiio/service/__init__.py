"""The services: one module for each area of the API."""

from ..response import Response

__all__ = ['Response']
