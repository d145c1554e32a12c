"""The API Reference at a glance, which is written from the services."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from hoiio.sandbox.api.operations import OPERATIONS
from hoiio.service.voice import Voice

DOCS = Path(__file__).parents[2] / 'docs'
AREAS = ('voice', 'sms', 'ivr', 'fax', 'number', 'account')

# Another name of voice/conference, which is what the SDK says.
UNUSED = {'conference/call'}


@pytest.fixture(scope='module')
def glance() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / 'glance.py'))


def test_every_operation_stands_in_one_of_the_tables(glance: dict[str, Any]) -> None:
    chapter = (DOCS / 'reference/index.rst').read_text('utf-8').splitlines()
    shown = {area for area in AREAS if f'.. glance:: {area}' in chapter}
    endpoints = {
        glance['row'](method)[2].split('``')[1]
        for area in shown
        for method in glance['methods'](area)
    }
    assert endpoints == set(OPERATIONS) - UNUSED


def test_a_row_has_the_call_its_summary_and_its_endpoint(glance: dict[str, Any]) -> None:
    rows = {row[2]: row for row in map(glance['row'], glance['methods']('voice'))}
    assert rows['``voice/call``, paid'][:2] == (
        ':py:meth:`call(dest1, dest2) <hoiio.service.voice.Voice.call>`',
        str(Voice.call.__doc__).splitlines()[0],
    )
    assert rows['``voice/conference``, paid'][0].startswith(':py:meth:`conference(\\*dests) <')
    assert {'``voice/hangup``, change', '``voice/get_rate``, query'} <= rows.keys()


def test_an_alias_has_no_row(glance: dict[str, Any]) -> None:
    names = [method.__name__ for method in glance['methods']('number')]
    assert names.count('subscribed_numbers') == 1
    assert 'active_numbers' not in names


def test_what_is_paid(glance: dict[str, Any]) -> None:
    assert glance['PAID'] - UNUSED == {
        'voice/call', 'voice/conference', 'sms/send', 'sms/bulk_send', 'fax/send',
        'ivr/start/dial', 'ivr/end/transfer', 'number/subscribe',
    }  # fmt: skip


def test_a_method_without_an_endpoint_is_noticed(glance: dict[str, Any]) -> None:
    def ring(self: object) -> None:
        """Ring a bell."""

    with pytest.raises(ValueError, match=r'ring names no endpoint'):
        glance['row'](ring)
