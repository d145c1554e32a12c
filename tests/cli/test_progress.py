from __future__ import annotations

import io
import sys

import pytest

from hoiio.cli.progress import with_progress


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def screen_of(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """Put standard error on a terminal. In a fixture, pytest would undo it before the test."""
    screen = Screen()
    monkeypatch.setattr(sys, 'stderr', screen)
    monkeypatch.setenv('TERM', 'xterm')
    return screen


def test_a_long_list_shows_its_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = screen_of(monkeypatch)
    monkeypatch.setitem(sys.modules, 'rich.progress', None)
    assert list(with_progress(range(250), 1250)) == list(range(250))
    shown = screen.getvalue().split('\r\x1b[K')
    assert shown == ['', *(f'{n} of 1,250 entries' for n in (0, 100, 200)), '']


def test_the_progress_goes_away_if_the_list_ends_early(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = screen_of(monkeypatch)
    monkeypatch.setitem(sys.modules, 'rich.progress', None)
    entries = with_progress(range(250), 250)
    next(entries)
    entries.close()  # type: ignore[attr-defined]
    assert screen.getvalue().endswith('\r\x1b[K')


def test_with_rich_it_is_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = screen_of(monkeypatch)
    assert list(with_progress(range(250), 250)) == list(range(250))
    assert 'Entries' in screen.getvalue()


def test_a_short_list_shows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = screen_of(monkeypatch)
    assert list(with_progress(range(100), 100)) == list(range(100))
    assert screen.getvalue() == ''


def test_entries_on_a_terminal_are_their_own_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = screen_of(monkeypatch)
    monkeypatch.setattr(sys, 'stdout', Screen())
    assert list(with_progress(range(250), 250)) == list(range(250))
    assert screen.getvalue() == ''


def test_a_file_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr(sys, 'stderr', file)
    assert list(with_progress(range(250), 250)) == list(range(250))
    assert file.getvalue() == ''
