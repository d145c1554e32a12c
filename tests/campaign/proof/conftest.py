"""Campaigns, each with a service that it sends to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hoiio.campaign import claim
from hoiio.sandbox import Sandbox, Seed
from tests.campaign.proof.stage import Stage
from tests.sandbox.conftest import Receiver

MakeStage = Callable[..., Stage]


# Nothing but a campaign limits what it may cost, and how often it may look.
SEED = Seed(points=Decimal(100_000), queries_per_minute=None)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeStage]:
    """Return a function that makes a campaign with a ledger and a service of its own."""
    # A campaign of which a part is sent here sets another one.
    monkeypatch.setattr(claim, 'MAX_PEOPLE', claim.MAX_PEOPLE)
    numbers = iter(range(10**6))
    with ExitStack() as opened:

        def make(*, sandbox: Sandbox | None = None, **options: Any) -> Stage:
            if sandbox is None:
                sandbox = opened.enter_context(Sandbox(seed=SEED))
            options.setdefault('ledger', tmp_path / f'{next(numbers)}.sqlite')
            return Stage(sandbox, **options)

        yield make


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """The web server of an application."""
    receiver = Receiver()
    receiver.thread.start()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()
    receiver.thread.join()
