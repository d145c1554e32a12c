from __future__ import annotations

from tests import wire
from tests.cli.sandbox.conftest import US, Shell

DEST = '+6598765432'


def test_expectations(shell: Shell) -> None:
    shell.client.sms.send('Your code is 4711', DEST)
    shell.client.voice.call(DEST, '+6581234567')
    shell.client.fax.send(DEST, b'%PDF-1.4')
    code, told = shell.refused('expect', 'quiet')
    assert (code, 'Your code is 4711' in told) == (1, True)
    assert shell.done('expect', 'sms', DEST, '4711') == 'It arrived.\n'
    shell.done('expect', 'call', DEST, '+6581234567')
    shell.done('expect', 'fax', DEST)
    shell.done('expect', 'call', '+6581234567')
    assert shell.done('expect', 'quiet') == 'The phones received nothing else.\n'
    assert shell.done('expect', 'known-parameters') == 'All parameters are known.\n'
    code, told = shell.refused('expect', 'sms', DEST, '--timeout', '0')
    assert (code, 'received no SMS' in told) == (1, True)
    assert shell.json('expect', 'quiet') == {}
    assert shell.refused('expect')[0] == 2


def test_drain_lists_what_the_application_did_not_take(
    shell: Shell, application: wire.Server
) -> None:
    shell.sandbox.phone(DEST).send_sms(US, 'Hello')
    assert shell.done('drain') == ''
    application.behaviours = (wire.answer_and_close(wire.http(b'broken', code=500)),)
    shell.sandbox.phone(DEST).send_sms(US, 'Hello')
    shell('drain')
    assert (shell.code, shell.out) == (1, f'2  AA-SI-2 -> {application.url}: HTTP 500 broken\n')


def test_drain_gives_up(shell: Shell) -> None:
    with wire.serving() as server:
        server.behaviours = (server.silent,)
        shell.client.sms.send('x', DEST, notify_url=server.url)
        code, told = shell.refused('drain', '--timeout', '0.05')
    assert (code, 'not delivered within 0.05 s' in told) == (1, True)
