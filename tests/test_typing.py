"""What mypy and pyright know of a user's program."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from mypy import api as mypy

pytestmark = pytest.mark.slow

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


def check(tmp_path: Path, program: str) -> str:
    file = tmp_path / 'program.py'
    file.write_text(program)
    out, err, _ = mypy.run(['--strict', '--no-incremental', '--config-file=', str(file)])
    assert err == ''
    return out


def test_a_program_is_typed(tmp_path: Path) -> None:
    assert check(tmp_path, PROGRAM) == 'Success: no issues found in 1 source file\n'


def test_mistakes_are_found(tmp_path: Path) -> None:
    imports = 'from hoiio import Hoiio; from hoiio.sandbox import Sandbox'
    out = check(tmp_path, '\n'.join([imports, *MISTAKES]))
    errors = [line for line in out.splitlines() if ': error: ' in line]
    assert len(errors) == len(MISTAKES)
    for line, (number, message) in zip(errors, enumerate(MISTAKES.values(), 2), strict=True):
        assert f'program.py:{number}: ' in line
        assert message in line


def test_pyright_finds_the_same_mistakes(tmp_path: Path) -> None:
    lines = ['from hoiio import Hoiio; from hoiio.sandbox import Sandbox', *MISTAKES]
    (tmp_path / 'program.py').write_text('\n'.join(lines))
    command = [sys.executable, '-m', 'pyright', '--pythonpath', sys.executable, '--outputjson']
    done = subprocess.run(
        [*command, 'program.py'], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    told = json.loads(done.stdout)['generalDiagnostics']
    errors = {each['range']['start']['line'] for each in told if each['severity'] == 'error'}
    assert errors == set(range(1, len(lines)))


@pytest.mark.parametrize('name', ['py.typed'])
def test_the_package_says_that_it_is_typed(name: str) -> None:
    assert (Path(__file__).parent.parent / 'hoiio' / name).exists()
