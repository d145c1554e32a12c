from __future__ import annotations

from datetime import datetime, time, timezone
from typing import Any

import pytest

from hoiio.campaign.exceptions import PlanInvalid
from hoiio.campaign.ledger import Ledger
from hoiio.campaign.quiet_hours import Window
from tests.campaign.conftest import settings


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        ({'tag': ' '}, 'tag must have from 1 to 200'),
        ({'tag': 'x' * 201}, 'tag must have from 1 to 200'),
        ({'zone': 'Asia/Atlantis'}, 'not a time zone'),
        ({'window': Window(time(9), time(21))}, 'quiet hours need a time zone'),
        ({'expires': datetime(2026, 12, 1)}, 'needs a time zone'),
        ({'settle': 0}, 'settling time must be a positive number'),
        ({'settle': float('nan')}, 'settling time must be a positive number'),
    ],
)
def test_what_is_not_valid_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanInvalid, match=message):
        settings(**changes)


def test_settings_are_kept_by_a_ledger(ledger: Ledger) -> None:
    chosen = settings(
        tag='x' * 200,
        sender_name='Clinic',
        prefix='65',
        zone='Asia/Singapore',
        window=Window(time(9), time(21, 30)),
        expires=datetime(2026, 12, 1, 8, 30, tzinfo=timezone.utc),
        notify_url='https://example.com/hook',
        settle=1.5,
    )
    assert ledger.create(chosen).settings == chosen
