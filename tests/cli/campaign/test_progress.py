"""How ``hoiio campaign send`` shows how far it is."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from hoiio.campaign.campaign import Campaign
from hoiio.campaign.ledger import Ledger
from hoiio.campaign.outcomes import Done, Wait
from hoiio.campaign.plan import PlannedPerson
from hoiio.campaign.settings import Settings
from hoiio.cli.campaign import progress
from hoiio.cli.campaign.progress import Progress, make_progress

Capture = pytest.CaptureFixture[str]


class Display:
    def __init__(self) -> None:
        self.shown: list[str] = []
        self.said: list[str] = []

    def show(self, words: str, done: int, total: int) -> None:
        self.shown.append(f'{done}/{total}: {words}')

    def say(self, sentence: str) -> None:
        self.said.append(sentence)


@pytest.fixture
def campaign(tmp_path: object) -> Iterator[Campaign]:
    settings = Settings(tag='t', app_id='APP', base_url='https://h/', message='Hi')
    with Ledger(f'{tmp_path}/l.sqlite') as ledger:
        campaign = ledger.create(settings)
        campaign.add([PlannedPerson(2, '+6591230001', {}, 1, 32_000, None)])
        campaign.ready(32_000)
        yield campaign


WORDS = '1 left, 0 accepted, 0 refused, 0 delivered, cost 0.000'


def test_the_same_is_not_shown_twice(campaign: Campaign) -> None:
    display = Display()
    shown = Progress(campaign, display, 0)
    for _ in range(3):
        shown.show(Wait(0))
    assert display.shown == [f'0/1: {WORDS}']


def test_each_reason_is_said_once(campaign: Campaign) -> None:
    display = Display()
    shown = Progress(campaign, display, 60)
    for reason in ('', 'It is night.', 'It is night.', '', 'Hoiio is slow.'):
        shown.show(Wait(1, reason))
    assert display.said == ['It is night.', 'Hoiio is slow.']


def test_nobody_can_read_faster_than_the_pause(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Progress(campaign, Display(), 60)
    asked: list[None] = []
    monkeypatch.setattr(Progress, '_show_status', lambda self: asked.append(None))
    for _ in range(5):
        shown.show(Wait(0))
    assert len(asked) == 1
    # The end is shown at once.
    shown.show(Done())
    assert len(asked) == 2


def test_lines_where_there_is_no_terminal(
    campaign: Campaign, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('time.monotonic', lambda: 1_000.0)
    with make_progress(campaign) as shown:
        shown.show(Wait(1, 'It is night.'))
    assert capsys.readouterr().err == f'{WORDS} (0:00)\nIt is night.\n'


def test_a_bar_at_a_terminal(
    campaign: Campaign, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, 'is_terminal', lambda stream: True)
    with make_progress(campaign) as shown:
        shown.show(Wait(1, 'It is [b]night[/b].'))
    err = capsys.readouterr().err
    assert 'It is [b]night[/b].' in err
    assert WORDS in ' '.join(err.split())


def test_lines_at_a_terminal_without_rich(
    campaign: Campaign, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, 'is_terminal', lambda stream: True)
    monkeypatch.setattr('time.monotonic', lambda: 1_000.0)
    monkeypatch.delitem(sys.modules, 'hoiio.cli.campaign.bar', raising=False)
    monkeypatch.setitem(sys.modules, 'rich.console', None)
    with make_progress(campaign) as shown:
        shown.show(Wait(0))
    assert capsys.readouterr().err == f'{WORDS} (0:00)\n'
