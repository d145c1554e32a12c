"""What mypy and pyright know of a user's program."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from mypy import api as mypy

PROGRAM = (Path(__file__).parent / 'user_program.py').read_text('utf-8')

MISTAKES = {
    "when: str = Hoiio.sms.status('TX').date": '"datetime", variable has type "str"',
    'debit: str = Hoiio.sms.history().entries[0].debit': '"float", variable has type "str"',
    'sum(x.debit for x in Hoiio.voice.history().entries)': 'incompatible item type "float | None"',
    "Hoiio.fax.status('TX').fax_url.rpartition('/')": 'has no attribute "rpartition"',
    'Hoiio.sms.history().entries[0].tag.strip()': 'has no attribute "strip"',
    "Hoiio.sms.rate_in('+6511111111').split_count + 1": 'Unsupported operand types',
    "Hoiio.notification.parse(b'', '').txn_ref.strip()": 'has no attribute "strip"',
    "Hoiio.sms.send('Hoiio World', '+6511111111').txnref": 'no attribute "txnref"',
    "Hoiio.sms.send('Hoiio World', '+6511111111').sms_status": 'no attribute "sms_status"',
    "Hoiio.sms.send('Hoiio World')": 'Missing positional argument "dest"',
    "Hoiio.sms.send('Hoiio World', '+6511111111', 'Citibank')": 'Too many positional arguments',
    "Hoiio.sms.send('Hoiio World', '+6511111111', tag=5)": 'has incompatible type "int"',
    "Sandbox(answer='never')": 'has incompatible type "Literal[\'never\']"',
    "Sandbox().fault('dropped')": 'has incompatible type "Literal[\'dropped\']"',
    "Sandbox().fault('latency', 'sms/sent')": 'has incompatible type "Literal[\'sms/sent\']"',
    "Sandbox().fail_next('sms/send', 'error_no_credit')": '"Literal[\'error_no_credit\']"',
    "Sandbox().phone('+6511111111').react('ongoing')": '"Literal[\'ongoing\']"',
    "Hoiio.sms.send('Hoiio World', '+6511111111', tags='a')": 'Unexpected keyword argument "tags"',
    "Hoiio.sms.history(frm='2012-01-01')": 'Unexpected keyword argument "frm"',
    'Hoiio.account.balance(timout=5)': 'Unexpected keyword argument "timout"',
    'Hoiio.account.balance(max_retries=0)': 'Unexpected keyword argument "max_retries"',
    "Hoiio.ivr.gather('S1', timeout=(2, 20))": 'has incompatible type "tuple[int, int]"',
    "Hoiio.ivr.play('S1', 'Hi', request_timeout=5)": 'Unexpected keyword argument',
    'Hoiio.account.balance(timeout="soon")': 'incompatible type "str"',
    'Hoiio.account.balance(extra=5)': 'has incompatible type "int"',
}


IMPORTS = 'from hoiio import Hoiio; from hoiio.sandbox import Sandbox'


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program in a file, and the mistakes in another one."""
    folder = tmp_path_factory.mktemp('programs')
    (folder / 'program.py').write_text(PROGRAM)
    (folder / 'mistakes.py').write_text('\n'.join([IMPORTS, *MISTAKES]))
    return folder


@pytest.mark.slow
def test_mypy_finds_mistakes_and_no_others(folder: Path) -> None:
    # One run, because mypy spends nearly all of its time on what both files import.
    files = [str(folder / name) for name in ('program.py', 'mistakes.py')]
    out, err, _ = mypy.run(['--strict', '--no-incremental', '--config-file=', *files])
    assert err == ''
    errors = [line for line in out.splitlines() if ': error: ' in line]
    assert len(errors) == len(MISTAKES), out
    for line, (number, message) in zip(errors, enumerate(MISTAKES.values(), 2), strict=True):
        assert f'mistakes.py:{number}: ' in line
        assert message in line
    assert out.endswith(f'Found {len(MISTAKES)} errors in 1 file (checked 2 source files)\n')


@pytest.mark.slow
def test_pyright_finds_the_same_mistakes(folder: Path) -> None:
    command = [sys.executable, '-m', 'pyright', '--pythonpath', sys.executable, '--outputjson']
    done = subprocess.run(
        [*command, 'mistakes.py'], cwd=folder, capture_output=True, text=True, check=False
    )
    told = json.loads(done.stdout)['generalDiagnostics']
    errors = {each['range']['start']['line'] for each in told if each['severity'] == 'error'}
    assert errors == set(range(1, len(MISTAKES) + 1))


def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(__file__).parent.parent / 'hoiio' / 'py.typed').exists()
