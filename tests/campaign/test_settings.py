from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta, timezone
from typing import Any

import pytest

from hoiio.campaign.exceptions import PlanInvalid
from hoiio.campaign.ledger import Ledger
from hoiio.campaign.outcomes import Done
from hoiio.campaign.quiet_hours import Window
from hoiio.exceptions import InputInvalid
from tests.campaign.conftest import Trial, settings

Make = Callable[..., Trial]


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        ({'tag': ' '}, 'tag must have from 1 to 200'),
        ({'tag': 'x' * 201}, 'tag must have from 1 to 200'),
        ({'tag': 'a\nb'}, 'tag must be one line'),
        ({'tag': 'a\x1b[2J'}, 'tag must be one line'),
        ({'tag': ' a'}, 'without a space at its start or end'),
        ({'tag': '\udc80'}, 'tag must be one line'),
        ({'sender_name': ''}, 'cannot be the sender name'),
        ({'sender_name': 'AB'}, 'cannot be the sender name'),
        ({'sender_name': 'A company Ltd'}, 'cannot be the sender name'),
        ({'sender_name': 'AB\nCD'}, 'cannot be the sender name'),
        ({'notify_url': ''}, 'must be a full http or https URL'),
        ({'notify_url': 'example.com/hook'}, 'must be a full http or https URL'),
        ({'notify_url': 'ftp://example.com/'}, 'must be a full http or https URL'),
        ({'notify_url': 'https://[::1/'}, 'must be a full http or https URL'),
        ({'notify_url': 'https://example.com/a b'}, 'must be a full http or https URL'),
        ({'notify_url': 'https://example.com/' + 'x' * 4000}, 'at most 3,900 characters'),
        ({'zone': 'Asia/Atlantis'}, 'not a time zone'),
        ({'zone': 'SGT'}, 'use one such as Asia/Singapore'),
        ({'window': Window(time(9), time(21))}, 'quiet hours need a time zone'),
        ({'expires': datetime(2026, 12, 1)}, 'needs a time zone'),
        (
            {'expires': datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5)))},
            'cannot be in the year 9999',
        ),
        ({'settle': float('inf')}, 'settling time must be a positive number of seconds, at most'),
        ({'settle': 0}, 'settling time must be a positive number'),
        ({'settle': float('nan')}, 'settling time must be a positive number'),
    ],
)
def test_what_is_not_valid_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanInvalid, match=message):
        settings(**changes)


@pytest.mark.parametrize('name', ['Clinic', 'Dr Tan', '+6591234567', '+601234567890'])
def test_a_sender_is_a_name_or_a_number(name: str) -> None:
    assert settings(sender_name=name).sender_name == name


def test_a_message_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(InputInvalid, match='the message'):
        settings(message='Dear \udcff')


@pytest.mark.slow
@pytest.mark.parametrize(
    'tag',
    ["x'; DROP TABLE person", 'a/b/c', '%_', '{{name}}', '预约' * 100, '\U0001f44d' * 200],
)
def test_a_tag_may_have_any_printable_characters(make: Make, tag: str) -> None:
    trial = make(1, tag=tag)
    assert trial.run() == Done()
    assert trial.ledger.tags() == [tag]
    assert trial.people() == ['delivered']


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
