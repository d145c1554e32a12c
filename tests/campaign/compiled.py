"""Ledgers that share what SQLAlchemy compiles.

A statement is compiled once for each engine, and each ledger has its own. Half the time of a test
with a new ledger is compiling.
"""

from __future__ import annotations

from typing import Any
from unittest import mock

import sqlalchemy
from sqlalchemy import Dialect, Engine

__all__ = ['share_compiled']

_dialects: dict[str, Dialect] = {}
_compiled: dict[Any, Any] = {}


def share_compiled() -> None:
    """Let all ledgers that this process opens from now on share their compiled statements."""
    mock.patch('hoiio.campaign.database.create_engine', _create_engine).start()


def _create_engine(*arguments: Any, **options: Any) -> Engine:
    engine = sqlalchemy.create_engine(
        *arguments, **options, execution_options={'compiled_cache': _compiled}
    )
    # The key of a compiled statement has the dialect in it.
    engine.dialect = _dialects.setdefault(engine.name, engine.dialect)
    return engine
