from __future__ import annotations

import os
import signal

import pytest

from hoiio.cli.campaign.interrupts import handled


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_during_a_request_is_only_remembered(capsys: pytest.CaptureFixture[str]) -> None:
    with handled() as interrupts:
        press()
        assert interrupts.is_asked
        # Nothing more is waited for.
        interrupts.wait(60)
    assert capsys.readouterr().err == (
        'Waiting for the last response. To stop at once, press Ctrl-C again.\n'
    )


def test_a_second_ctrl_c_ends_at_once() -> None:
    with handled():
        press()
        with pytest.raises(KeyboardInterrupt):
            press()


def test_ctrl_c_ends_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('time.sleep', lambda seconds: press())
    with handled() as interrupts:
        interrupts.wait(60)
        assert interrupts.is_asked


def test_a_wait_takes_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr('time.sleep', slept.append)
    with handled() as interrupts:
        interrupts.wait(7)
        assert not interrupts.is_asked
    assert slept == [7]


def test_ctrl_c_means_afterwards_what_it_meant_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    with handled():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
