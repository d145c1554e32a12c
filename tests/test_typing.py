"""What mypy knows of a user's program."""

from __future__ import annotations

from pathlib import Path

import pytest
from mypy import api as mypy

PROGRAM = """
from datetime import date, datetime
from hoiio import CallStatus, Entry, Hoiio, HoiioClient, Response, SmsStatus, Status, Switch
from hoiio.notification import CallEnded, Gathered, IncomingCall, Notification, SmsDelivery
from hoiio.sandbox import Sandbox
from hoiio.service import CallOptions

sent: str = Hoiio.sms.send('Hoiio World', '+6511111111').txn_ref
when: datetime = Hoiio.sms.status('TX').date
debit: float = Hoiio.sms.history().entries[0].debit
parts: int = Hoiio.sms.status('TX').split_count
wide: bool | None = Hoiio.sms.rate('Hoiio World', '+6511111111').is_unicode
word: SmsStatus = Hoiio.sms.status('TX').sms_status
leg: CallStatus = Hoiio.voice.status('TX').call_status_dest1
each: float = sum(call.debit or 0 for call in Hoiio.voice.history(page=2).auto_paging_iter())
tag: str | None = Hoiio.voice.status('TX').tag or Hoiio.sms.history().entries[0].tag
second: CallStatus | None = Hoiio.voice.status('TX').call_status_dest2
refs: list[str] = Hoiio.voice.conference('+6511111111', '+6522222222').txn_refs
session: str = Hoiio.ivr.dial('+6511111111').raise_for_status().session
pages: int | None = Hoiio.fax.history(type='incoming').entries[0].fax_pages
last: date = Hoiio.number.subscribed_numbers().entries[0].expiry
renews: Switch = Hoiio.number.active_numbers().entries[0].auto_extend_status
state: str = Hoiio.number.available_countries().entries[0].states[0].code
number: str = next(Hoiio.number.available_numbers('SG').auto_paging_iter()).number
prefix: str = HoiioClient('APP', 'TOKEN').account.info().prefix
balance: float = Hoiio.user.balance().balance
mine: float = Hoiio.account.balance(app_id='A', access_token='T', timeout=(2, 20)).balance
more: bool = Hoiio.sms.send('Hi', '+6511111111', extra={'ring': 1}, timeout=5).is_success()
keys: bool = Hoiio.ivr.gather('S1', timeout=60, request_timeout=5, app_id='A').is_success()
forwards: bool = Hoiio.number.configure_sms('+6511111111', 'http://my.server.com').is_success()
options: CallOptions = {'app_id': 'A', 'access_token': 'T'}
passed: float = Hoiio.account.balance(**options).balance
code: int = Hoiio.user.balance().response.status_code


def react(notification: Notification, url: str) -> None:
    if notification.is_over():
        return
    if isinstance(notification, IncomingCall):
        caller: str = notification.from_
        notification.call.gather(msg='Press 1.', max_digits=1, notify_url=url)
    elif isinstance(notification, Gathered):
        notification.call.hangup(msg='Nine.' if notification.digits == '1' else 'Goodbye.')
    elif isinstance(notification, (CallEnded, SmsDelivery)):
        ref: str = notification.txn_ref
        cost: float = notification.debit
        mine: str | None = notification.tag


class Own(Response):
    note: str | None
    count: int = 3


with Sandbox(answer='manual') as sandbox:
    sandbox.fault('dropped_after', 'sms/send')
    sandbox.fault('status', status=Status('error_of_tomorrow'))
    sandbox.fail_next('fax/send', 'error_file_invalid')
    sandbox.fail_next('fax/send', Status.FILE_INVALID, times=2)
    sandbox.phone('+6511111111').react('busy')
    sandbox.phone('+6511111111').react(CallStatus.FAILED)

own: str = Hoiio.request('a/b', Own, {}).note or 'none'
whole: dict[str, object] = Hoiio.request('a/b', Own, {}).json


def of_any_kind(entry: Entry) -> object:
    return entry.json['new_field'] if isinstance(entry.json, dict) else entry.json
"""

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


@pytest.mark.parametrize('name', ['py.typed'])
def test_the_package_says_that_it_is_typed(name: str) -> None:
    assert (Path(__file__).parent.parent / 'hoiio' / name).exists()
