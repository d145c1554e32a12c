from __future__ import annotations

import io
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import hoiio
from hoiio import __version__
from hoiio.cli.main import COMMANDS, main
from tests.modules import forget

MAIN = str(Path(hoiio.__file__).with_name('__main__.py'))


NEEDS_WERKZEUG = r'hoiio\.sandbox|hoiio\.cli\.(demo|sandbox)|werkzeug'


def test_without_the_sandbox_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    forget(monkeypatch, NEEDS_WERKZEUG)
    monkeypatch.setitem(sys.modules, 'werkzeug', None)
    assert main(['demo']) == 1
    assert 'pip install "hoiio[sandbox]"' in capsys.readouterr().err


def test_another_missing_module_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    forget(monkeypatch, r'hoiio\.cli\.demo')
    monkeypatch.setitem(sys.modules, 'hoiio.sandbox', None)
    with pytest.raises(ModuleNotFoundError):
        main(['demo'])


def test_without_arguments_it_prints_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert 'demo' in capsys.readouterr().out


def test_it_prints_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(['--version'])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f'hoiio {__version__}\n'


@pytest.mark.parametrize('option', ['-h', '--help'])
def test_the_help_lists_each_command(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([option]) == 0
    shown = capsys.readouterr().out
    for name, (_, sentence) in COMMANDS.items():
        assert re.search(rf'^  {name} +{sentence}$', shown, re.MULTILINE)
    assert max(map(len, shown.splitlines())) <= 100


@pytest.mark.parametrize('name', COMMANDS)
def test_each_command_has_help_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([name, '--help'])
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith(f'usage: hoiio {name} ')


def test_a_command_imports_only_its_own_module() -> None:
    code = (
        'import sys; from hoiio.cli.main import main; main([]);'
        ' print({"argparse", "requests", "hoiio.cli.demo", "hoiio.cli.sandbox"} & {*sys.modules})'
    )
    run = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == 'set()'


def test_an_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(['smss'])
    assert caught.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ''
    assert "invalid choice: 'smss'" in shown.err
    assert shown.err.endswith('For help, run: hoiio --help\n')


@pytest.mark.parametrize(
    ('arguments', 'sentence'),
    [
        ('--profile work sms send', 'hoiio: unknown option --profile;'),
        ('sms --profile=work history', 'hoiio sms: unknown option --profile;'),
        ('sandbox --trail', 'hoiio sandbox: unknown option --trail;'),
    ],
)
def test_an_option_before_its_command_is_not_taken_for_the_command(
    arguments: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments.split())
    assert caught.value.code == 2
    told = f'{sentence} the options of a command come after its name.\n'
    assert capsys.readouterr().err.startswith(told)


def test_python_m_hoiio_runs_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, 'argv', ['hoiio'])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(MAIN, run_name='__main__')
    assert caught.value.code == 0


def test_importing_the_module_runs_nothing() -> None:
    shown = subprocess.run(
        [sys.executable, '-c', 'import hoiio.__main__'], capture_output=True, check=True
    )
    assert shown.stdout == b''
    assert runpy.run_path(MAIN, run_name='imported')['main'] is main


def test_an_error_of_any_command_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, 'stdin', io.StringIO('TOKEN'))
    assert main(['login']) == 2
    assert capsys.readouterr().err.startswith('hoiio: pass --app-id: standard input has')


class CtrlC:
    """A finder of modules that presses Ctrl-C at the first import."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        raise KeyboardInterrupt


def test_ctrl_c_before_anything_is_imported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, 'hoiio.cli.dispatch', raising=False)
    monkeypatch.setattr(sys, 'meta_path', [CtrlC()])
    assert main([]) == 130
    assert capsys.readouterr() == ('', '')


def test_the_module_of_the_command_imports_nothing_that_takes_time() -> None:
    code = (
        'import os, sys; before = {*sys.modules}; import hoiio.cli.main;'
        ' print(*sorted({*sys.modules} - before - {"__future__", "_thread"}))'
    )
    command = [sys.executable, '-S', '-c', code]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout == 'hoiio hoiio.cli hoiio.cli.main hoiio.lazy_import\n'
