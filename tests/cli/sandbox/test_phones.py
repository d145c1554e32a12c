from __future__ import annotations

import json
from dataclasses import fields

import pytest

from hoiio import CallStatus
from hoiio.cli.sandbox import phones
from hoiio.sandbox import Script
from tests.cli.sandbox.conftest import Shell

DEST = '+6598765432'
OTHER = '+6581234567'
HOOK = 'http://127.0.0.1:9/'


def outcome(shell: Shell) -> CallStatus:
    return shell.client.voice.status(shell.client.voice.call(DEST, OTHER).txn_ref).call_status_dest1


def test_inbox_lists_what_arrived(shell: Shell) -> None:
    assert shell.done('inbox', DEST) == ''
    shell.client.sms.send('Hello\nyou\x1b[31m', DEST)
    shell.client.sms.send('Again', DEST)
    assert shell.done('inbox', DEST).splitlines() == [
        '2026-01-01 00:00:00  +6591234567  Hello\\nyou\\x1b[31m',
        '2026-01-01 00:00:00  +6591234567  Again',
    ]
    shell('inbox', DEST, '--json')
    assert [json.loads(line)['text'] for line in shell.out.splitlines()] == [
        'Hello\nyou\x1b[31m',
        'Again',
    ]
    assert shell.refused('inbox', 'nobody')[0] == 2


def test_phones_and_phone_show_calls(shell: Shell) -> None:
    assert shell.done('phones') == ''
    shell.client.sms.send('Hello', DEST)
    shell.client.ivr.dial(DEST, msg='Welcome', notify_url=HOOK)
    assert shell.done('phones') == f'{DEST}  1 SMS, call talking\n'
    assert shell.done('phone', DEST).splitlines() == [
        f'{DEST}  1 SMS, call talking',
        '  call AA-C-1 from +6591234567',
        '  heard: Welcome',
        '  SMS: 2026-01-01 00:00:00  +6591234567  Hello',
    ]
    shell.client.number.configure('+14155550100', forward_to=HOOK)
    shell('trigger', 'call', OTHER, '+14155550100')
    assert 'to +14155550100' in shell.done('phone', OTHER)
    assert shell.json('phone', DEST)['heard'] == ['Welcome']


def test_how_a_phone_reacts(shell: Shell) -> None:
    shell.done('phone', DEST, 'busy')
    assert outcome(shell) == 'busy'
    shell.done('phone', DEST, 'react', 'failed')
    assert outcome(shell) == 'failed'
    shell.done('phone', DEST, 'answers')
    assert outcome(shell) == 'ongoing'
    shell.done('phone', DEST, 'reject-next')
    assert (outcome(shell), outcome(shell)) == ('busy', 'ongoing')
    shell.done('phone', DEST, 'rings')
    shell.client.voice.call(DEST, OTHER)
    assert shell.sandbox.phone(DEST).calls[-1].state == 'ringing'
    assert shell.refused('phone', DEST, 'react', 'amused')[0] == 2


def test_a_phone_presses_keys(shell: Shell) -> None:
    shell.done('phone', DEST, 'answers', '--pressing', '1', '2#', '--hanging-up-after', '60')
    session = shell.client.ivr.dial(DEST, notify_url=HOOK).session
    shell.client.ivr.gather(session, max_digits=1, notify_url=HOOK)
    assert any('key 1' in event for event in shell.sandbox.events)


def test_a_phone_replies(shell: Shell) -> None:
    shell.done('phone', DEST, 'replies', 'YES')
    shell.client.sms.send('Will you come?', DEST)
    assert shell.sandbox.phone('+6591234567').inbox[-1].text == 'YES'
    shell.done('phone', DEST, 'replies')
    shell.client.sms.send('Will you come?', DEST)
    assert len(shell.sandbox.phone('+6591234567').inbox) == 1


def test_a_script_sets_everything_at_once(shell: Shell) -> None:
    shell.done('phone', DEST, 'script', '--outcome', 'busy', '--texted', 'failed')
    assert outcome(shell) == 'busy'
    sms = shell.client.sms.send('x', DEST).txn_ref
    assert shell.client.sms.status(sms).sms_status == 'failed'
    shell.done('phone', DEST, 'script')
    shell.done('phone', DEST, 'script', '--next', '--until-somebody-acts', '--without-end')
    shell.client.voice.call(DEST, OTHER)
    shell.done('phone', DEST, 'script', '--talking', '5')
    call = shell.client.voice.call(DEST, OTHER).txn_ref
    shell.done('clock', 'advance', '--seconds', '6')
    assert shell.client.voice.status(call).call_status_dest1 == 'answered'
    assert [call.state for call in shell.sandbox.phone(DEST).calls] == ['ringing']


def test_a_script_has_an_option_for_each_of_its_fields() -> None:
    assert {field.name for field in fields(Script)} == {*phones.SCRIPT}


@pytest.mark.parametrize('after', ['-1', 'nan', 'x'])
def test_a_time_of_a_script_is_checked(shell: Shell, after: str) -> None:
    assert shell.refused('phone', DEST, 'script', f'--after={after}')[0] == 2
