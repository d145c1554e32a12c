from __future__ import annotations

import re
import threading
import urllib.request

import pytest

from hoiio import HoiioException
from hoiio.cli import demo
from hoiio.cli.demo import STEP_SECONDS, listening
from hoiio.cli.main import main


def test_the_demo_prints_each_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(['demo']) == 0
    out, err = capsys.readouterr()
    assert err == ''
    for told in (
        'The account has 54.650 SGD.',
        'AA-S-1: delivered, 0.032 SGD',
        "+6591111111 reads: 'Hoiio World~'",
        'AA-C-1: answered and answered, 1 min, 0.036 SGD',
        'AA-F-1: answered, 1 page, 0.032 SGD',
        '+6582222222 pressed 1',
        'heard: Hello from Hoiio. For sales, press 1. Goodbye.',
    ):
        assert told in out
    spent = [float(debit) for debit in re.findall(r'^  20.* (\d\.\d{3}) SGD$', out, re.MULTILINE)]
    assert len(spent) == 4
    assert f'The account has {54.65 - sum(spent):.3f} SGD: {sum(spent):.3f} less.' in out


def test_a_demo_in_a_browser_goes_slowly_and_stays_open(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    paused: list[float] = []
    seen: list[tuple[int, str]] = []

    def look() -> None:
        # The person looks at the page that stays open, and presses Ctrl-C.
        with urllib.request.urlopen(opened[0].partition('#')[0]) as page:  # noqa: S310
            seen.append((page.status, page.headers['Content-Type']))
        raise KeyboardInterrupt

    monkeypatch.setattr('webbrowser.open', opened.append)
    monkeypatch.setattr('hoiio.cli.demo.sleep', paused.append)
    monkeypatch.setattr('hoiio.cli.demo._wait_for_ctrl_c', look)
    assert main(['demo', '--open']) == 0
    [page] = opened
    assert re.fullmatch(r'http://127\.0\.0\.1:\d+/_sandbox/#/phones/\+6582222222', page)
    assert seen == [(200, 'text/html; charset=utf-8')]
    assert paused.count(STEP_SECONDS) == len(paused) > 5
    out = capsys.readouterr().out
    assert f'The phones stay open at {page}. Press Ctrl-C to stop.' in out
    assert 'heard: Hello from Hoiio. For sales, press 1. Goodbye.' in out
    assert out.endswith('\nStopped.\n')


def test_a_demo_that_fails_exits_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise HoiioException('the line is dead')

    monkeypatch.setattr('hoiio.cli.demo._quick_start', fail)
    assert main(['demo']) == 1
    assert 'The demo failed: the line is dead' in capsys.readouterr().out


def test_a_notification_that_does_not_arrive_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr('hoiio.cli.demo.TIMEOUT', 0.01)
    with listening() as inbox, pytest.raises(HoiioException, match='run the demo again'):
        inbox.next()


def test_the_phones_stay_open_until_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_event: threading.Event) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Event, 'wait', interrupted)
    with pytest.raises(KeyboardInterrupt):
        demo._wait_for_ctrl_c()
