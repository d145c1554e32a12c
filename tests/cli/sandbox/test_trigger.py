from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from hoiio.cli.demo import small_pdf
from hoiio.cli.sandbox import trigger
from tests import wire
from tests.cli.sandbox.conftest import US, Shell

DEST = '+6598765432'
SG = '+6531580000'


def test_an_sms_that_the_application_takes(shell: Shell, application: wire.Server) -> None:
    assert shell.done('trigger', 'sms', DEST, US, 'Hello\nyou').splitlines() == [
        f'00:00:00 sms AA-SI-1 {DEST} -> {US}: Hello you',
        f'00:00:00 notification 1 AA-SI-1 -> {application.url}: HTTP 200',
    ]
    assert wire.form_of(application.requests[0])['msg'] == 'Hello\nyou'


def test_an_sms_that_only_the_account_takes(shell: Shell) -> None:
    assert shell('trigger', 'sms', DEST, US, 'Hello') == (
        f'00:00:00 sms AA-SI-1 {DEST} -> {US}: Hello\n'
    )
    assert shell.code == 0
    assert f'hoiio number configure {US} --forward-sms-to URL' in shell.err


def test_an_sms_to_somebody_elses_number(shell: Shell) -> None:
    code, sentence = shell.refused('trigger', 'sms', DEST, '+6581234567', 'Hello')
    assert code == 1
    assert f'+6581234567 is not one of your numbers, which are {SG}, {US}' in sentence
    assert shell.sandbox.phone('+6581234567').inbox[0].text == 'Hello'


def test_a_call_that_nothing_takes(shell: Shell) -> None:
    code, sentence = shell.refused('trigger', 'call', DEST, US)
    assert (code, 'does not accept a call' in sentence) == (1, True)
    assert f'\n  hoiio number configure {US} --mode voice --forward-to URL\n' in sentence
    assert f'call {DEST} -> {US} lost' in shell.out


@pytest.mark.slow
def test_a_call_that_the_application_takes(shell: Shell, application: wire.Server) -> None:
    assert shell.done('trigger', 'call', DEST, US).splitlines() == [
        f'00:00:00 call AA-C-1 {DEST}',
        f'00:00:00 notification 1 AA-C-1 -> {application.url}: HTTP 200',
    ]
    code, sentence = shell.refused('trigger', 'press', DEST, '1')
    assert (code, 'no gather or record block is waiting for keys' in sentence) == (1, True)
    shell.client.ivr.gather('S1', max_digits=1, notify_url=application.url)
    assert 'notification 2 AA-C-1' in shell.done('trigger', 'press', DEST, '1')
    assert wire.form_of(application.requests[1])['digits'] == '1'
    assert shell.refused('trigger', 'press', DEST, '1', '--txn-ref', 'AA-C-9') == (
        1,
        f'hoiio sandbox: {DEST} is not in an IVR call with the reference AA-C-9\n',
    )
    assert shell.refused('trigger', 'hangup', DEST, '--txn-ref', 'AA-C-9') == (
        1,
        f'hoiio sandbox: {DEST} is not in a call with the reference AA-C-9\n',
    )
    assert 'HTTP 200' in shell.done('trigger', 'hangup', DEST)
    assert shell.refused('trigger', 'hangup', DEST) == (
        1,
        f'hoiio sandbox: {DEST} is not in a call\n',
    )


def test_an_application_that_does_not_answer(shell: Shell) -> None:
    shell.client.number.configure(US, forward_to=wire.refused_url())
    code, sentence = shell.refused('trigger', 'call', DEST, US)
    assert (code, 'your application did not accept the notification' in sentence) == (1, True)
    assert 'hoiio sandbox notifications' in sentence
    assert 'notification 1 AA-C-1' in shell.out


def test_an_application_that_is_slow_is_not_waited_for_without_end(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trigger, 'ANSWER_SECONDS', 0.05)
    with wire.serving() as server:
        server.behaviours = (server.silent,)
        shell.client.number.configure(US, forward_sms_to=server.url)
        assert 'notification' not in shell.done('trigger', 'sms', DEST, US, 'Hello')


def test_a_delayed_notification_is_not_waited_for(
    shell: Shell, application: wire.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With it, a pause raises a ValueError.
    monkeypatch.setattr(trigger, 'INTERVAL', -1)
    shell.done('notifications', 'delay', '60')
    assert 'notification' not in shell.done('trigger', 'sms', DEST, US, 'Hello')
    assert application.requests == []


def test_a_fax(shell: Shell, application: wire.Server, tmp_path: Path) -> None:
    file = tmp_path / 'letter.pdf'
    file.write_bytes(small_pdf())
    code, sentence = shell.refused('trigger', 'fax', DEST, SG, str(file))
    assert (code, f'{SG} --mode fax --forward-to URL' in sentence) == (1, True)
    shell.client.number.configure(SG, mode='fax', forward_to=application.url)
    assert f'fax AA-F-1 -> {SG}: answered, 1 page\n' in shell.done(
        'trigger', 'fax', DEST, SG, str(file)
    )
    code, sentence = shell.refused('trigger', 'call', DEST, SG)
    assert (code, f'{SG} --mode voice --forward-to URL' in sentence) == (1, True)
    (tmp_path / 'bad.pdf').write_text('no PDF', 'utf-8')
    assert shell.refused('trigger', 'fax', DEST, SG, str(tmp_path / 'bad.pdf'))[0] == 2
    for path in (str(tmp_path / 'nowhere.pdf'), str(tmp_path), 'a\0b'):
        assert shell.refused('trigger', 'fax', DEST, SG, path)[0] == 2
        assert 'cannot be read' in shell.err


def test_answer_reject_and_accept(shell: Shell) -> None:
    assert shell.refused('trigger', 'answer', DEST) == (
        1,
        f'hoiio sandbox: no call or fax is ringing at {DEST}\n',
    )
    shell.done('phone', DEST, 'rings')
    call = shell.client.voice.call(DEST, '+6581234567').txn_ref
    shell.done('trigger', 'answer', DEST)
    assert shell.client.voice.status(call).call_status_dest1 == 'ongoing'
    call = shell.client.voice.call(DEST, '+6581234567').txn_ref
    shell.done('trigger', 'reject', DEST)
    assert shell.client.voice.status(call).call_status_dest1 == 'busy'
    fax = shell.client.fax.send(DEST, small_pdf()).txn_ref
    shell.done('trigger', 'accept', DEST)
    assert shell.client.fax.status(fax).fax_status == 'answered'


def test_one_of_several_calls(shell: Shell) -> None:
    shell.done('phone', DEST, 'rings')
    refs = [shell.client.voice.call(DEST, f'+658123456{index}').txn_ref for index in range(2)]
    shell.done('trigger', 'answer', DEST, '--txn-ref', refs[1])
    states = [(call.txn_ref, call.state) for call in shell.sandbox.phone(DEST).calls]
    assert states == [(refs[0], 'ringing'), (refs[1], 'talking')]
    shell.done('trigger', 'hangup', DEST, '--txn-ref', refs[0])
    assert [call.txn_ref for call in shell.sandbox.phone(DEST).calls] == [refs[1]]
    assert shell.refused('trigger', 'hangup', DEST, '--txn-ref', refs[0])[0] == 1


def test_an_account_without_credit(shell: Shell, application: wire.Server) -> None:
    shell.sandbox._emulator.world.account.spend(Decimal('54.650'))
    code, sentence = shell.refused('trigger', 'sms', DEST, US, 'Hello')
    assert (code, 'the event above says why' in sentence) == (1, True)
    assert 'not enough credit' in shell.out


def test_json_says_what_happened(shell: Shell, application: wire.Server) -> None:
    done = shell.json('trigger', 'sms', DEST, US, 'Hello')
    assert (done['taken'], done['txn_refs'], len(done['events'])) == (True, ['AA-SI-1'], 2)
    done = shell.json('trigger', 'sms', DEST, '+6581234567', 'Hello')
    assert (done['taken'], shell.code) == (False, 1)


@pytest.mark.parametrize(
    'arguments', [('sms', 'nobody', US, 'x'), ('call', DEST, '1234'), ('press', DEST, 'A')]
)
def test_invalid_values_are_wrong_usage(shell: Shell, arguments: tuple[str, ...]) -> None:
    assert shell.refused('trigger', *arguments)[0] == 2


def test_a_trigger_needs_an_action(shell: Shell) -> None:
    assert shell.refused('trigger')[0] == 2
