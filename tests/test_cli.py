from __future__ import annotations

import re
import runpy
import subprocess
import sys

import pytest

from hoiio import HoiioException, __version__
from hoiio.cli import main


def test_demo(capsys: pytest.CaptureFixture[str]) -> None:
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


def test_demo_that_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise HoiioException('the line is dead')

    monkeypatch.setattr('hoiio.sandbox.demo._story', fail)
    assert main(['demo']) == 1
    assert 'The demo failed: the line is dead' in capsys.readouterr().out


def test_without_the_sandbox_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if re.match(r'hoiio\.sandbox|werkzeug', name)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, 'werkzeug', None)
    assert main(['demo']) == 1
    assert 'pip install "hoiio[sandbox]"' in capsys.readouterr().err


def test_another_missing_module_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'hoiio.sandbox.demo', None)
    with pytest.raises(ModuleNotFoundError):
        main(['demo'])


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert 'demo' in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(['--version'])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f'hoiio {__version__}\n'


def test_python_m_hoiio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, 'argv', ['hoiio'])
    with pytest.raises(SystemExit) as caught:
        runpy.run_module('hoiio', run_name='__main__')
    assert caught.value.code == 0


def test_importing_the_module_runs_nothing() -> None:
    shown = subprocess.run(
        [sys.executable, '-c', 'import hoiio.__main__'], capture_output=True, check=True
    )
    assert shown.stdout == b''
    assert runpy.run_module('hoiio.__main__', run_name='imported')['main'] is main
