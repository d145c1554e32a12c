"""Where a command finds its sandbox, and what it says if there is none."""

from __future__ import annotations

import inspect
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from hoiio.cli.main import main
from hoiio.cli.sandbox.action import Action
from hoiio.cli.sandbox.command import ACTIONS
from hoiio.sandbox import Phone, PhoneCall, PhoneFax, PhoneSms, Sandbox
from hoiio.sandbox.webhooks.disturbances import Disturbances
from tests import wire
from tests.cli.sandbox.conftest import US, Shell

DEST = '+6598765432'
CONTROL = 'hoiio.cli.sandbox.control_client'
HTML = wire.http(b'<html>', headers='Content-Type: text/html\r\n')


def paths(actions: Mapping[str, Action], prefix: str = '') -> Iterator[str]:
    for name, action in actions.items():
        yield f'{prefix}{name}'
        yield from paths(action.actions, f'{prefix}{name} ')


COMMANDS: Mapping[str, str] = {
    'Sandbox.start': '',
    'Sandbox.load': '',
    'Sandbox.follow': 'events',
    'Sandbox.events': 'events',
    'Sandbox.clock': 'clock advance',
    'Sandbox.url': 'env',
    'Sandbox.app_id': 'env',
    'Sandbox.access_token': 'env',
    'Sandbox.environment': 'env',
    'Sandbox.deliveries': 'notifications',
    'Sandbox.resend': 'resend',
    'Sandbox.notifications': 'notifications',
    'Sandbox.reset': 'reset',
    'Sandbox.save': 'save',
    'Sandbox.restore': 'load',
    'Sandbox.phone': 'phone',
    'Sandbox.fail_next': 'fail',
    'Sandbox.fault': 'fault add',
    'Sandbox.set_rate': 'rates set',
    'Sandbox.drain': 'drain',
    'Sandbox.assert_quiet': 'expect quiet',
    'Sandbox.assert_known_parameters': 'expect known-parameters',
    'Disturbances.duplicate_next': 'notifications duplicate',
    'Disturbances.delay_next': 'notifications delay',
    'Disturbances.reorder_next': 'notifications reorder',
    'Disturbances.clear': 'notifications clear',
    'Phone.inbox': 'inbox',
    'Phone.heard': 'phone',
    'Phone.calls': 'phone',
    'Phone.faxes': 'phone',
    'Phone.script': 'phone script',
    'Phone.script_next': 'phone script',
    'Phone.answers': 'phone answers',
    'Phone.rings': 'phone rings',
    'Phone.busy': 'phone busy',
    'Phone.reject_next': 'phone reject-next',
    'Phone.react': 'phone react',
    'Phone.replies': 'phone replies',
    'Phone.expect_sms': 'expect sms',
    'Phone.expect_call': 'expect call',
    'Phone.expect_fax': 'expect fax',
    'Phone.press': 'trigger press',
    'Phone.hang_up': 'trigger hangup',
    'Phone.call': 'trigger call',
    'Phone.send_sms': 'trigger sms',
    'Phone.send_fax': 'trigger fax',
    'PhoneCall.answer': 'trigger answer',
    'PhoneCall.reject': 'trigger reject',
    'PhoneCall.hang_up': 'trigger hangup',
    'PhoneCall.press': 'trigger press',
    'PhoneCall.other': 'phone',
    'PhoneCall.txn_ref': 'phone',
    'PhoneCall.state': 'phone',
    'PhoneCall.said': 'phone',
    'PhoneCall.incoming': 'phone',
    'PhoneFax.sender': 'phone',
    'PhoneFax.txn_ref': 'phone',
    'PhoneFax.accept': 'trigger accept',
    'PhoneFax.reject': 'trigger reject',
    'PhoneSms.reply': 'trigger sms',
    'PhoneSms.sender': 'inbox',
    'PhoneSms.text': 'inbox',
    'PhoneSms.date': 'inbox',
}
NO_COMMAND: Mapping[str, str] = {
    'Sandbox.stop': 'Ctrl-C, or a signal, ends the process that runs the sandbox',
    'Sandbox.client': 'the commands of the services are a client',
    'Sandbox.post': 'the old name of Sandbox.notifications',
    'Sandbox.delivered_by': 'its function runs in the process of the test',
    'Sandbox.expect_delivered': '`drain` waits, and `notifications --json` lists each field',
    'Disturbances.forget': 'a part of `reset`',
    'Disturbances.holds': 'the sandbox calls it',
    'Disturbances.pending': '`notifications --json` says why each one waits',
    'Disturbances.route': 'the sandbox calls it',
    'PhoneCall.outcome': 'a command sees a call while it lasts; `hoiio voice status` has the rest',
    'PhoneCall.talking_to': '`hoiio voice status` names both phones',
    'PhoneCall.expect_said': 'a test that follows one call holds it in its hand; see `phone`',
    'PhoneCall.expect_talking_to': 'as expect_said',
    'PhoneCall.expect_over': 'as expect_said; `hoiio voice status` has the outcome',
    'PhoneFax.outcome': '`hoiio fax status` has it',
    'PhoneFax.content': '`hoiio fax status` has the URL of the file',
}


def test_python_can_do_nothing_that_the_command_line_cannot() -> None:
    members = {
        f'{kind.__name__}.{name}'
        for kind in (Sandbox, Phone, PhoneCall, PhoneFax, PhoneSms, Disturbances)
        for name, member in inspect.getmembers(kind)
        if not name.startswith('_') and (callable(member) or isinstance(member, property))
    }
    assert members - {'PhoneSms.phone', 'PhoneSms.message'} == COMMANDS.keys() | NO_COMMAND.keys()
    assert not COMMANDS.keys() & NO_COMMAND.keys()
    assert set(COMMANDS.values()) - {''} <= {*paths(ACTIONS)}


@pytest.mark.parametrize('path', ['', *paths(ACTIONS)])
def test_each_action_has_help(path: str, shell: Shell) -> None:
    words = path.replace('phone ', f'phone {DEST} ').split()
    usage = f'usage: hoiio sandbox {path.replace("phone ", "phone number ")}'
    shown = shell.done(*words, '--help')
    assert shown.startswith(usage.rstrip())
    assert 'START_' not in shown
    assert max(map(len, shown.splitlines())) <= 100


@pytest.mark.parametrize('options', [('--port', '{port}'), ('--url', 'http://localhost:{port}')])
def test_options_before_and_after_the_action(
    shell: Shell, options: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('HOIIO_BASE_URL', 'https://secure.hoiio.com/open/')
    where = [each.format(port=shell.port) for each in options]
    advance = ['advance', '--minutes', '5']
    assert shell.done(*where, 'clock').startswith('2026-01-01 00:00:00 (stopped: ')
    assert shell.done('clock', *where).startswith('2026-01-01 00:00:00 ')
    assert shell.done('clock', *where, *advance).startswith('2026-01-01 00:05:00 ')
    assert shell.done('--json', 'clock', *where) == shell.done('clock', '--json', *where)
    assert shell.done('clock', 'advance', *where, '--days', '1').startswith('2026-01-02 00:05:00 ')


@pytest.mark.parametrize(
    'url', ['http://127.0.0.1:{}/open/', 'http://127.0.0.1:{}', 'HTTP://a.localhost:{}/open']
)
def test_the_environment_names_the_sandbox(
    shell: Shell, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket, 'getaddrinfo', lambda _host, *rest, **more: resolve('127.0.0.1', *rest, **more)
    )
    monkeypatch.setenv('HOIIO_BASE_URL', url.format(shell.port))
    assert 'MY_APP_ID' in shell.done('state')


def test_without_anything_it_is_port_8420(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[str, int]] = []

    def refuse(address: tuple[str, int], *_: object) -> socket.socket:
        asked.append(address)
        raise ConnectionRefusedError(111, 'Connection refused')

    monkeypatch.setattr(socket, 'create_connection', refuse)
    assert main(['sandbox', 'state']) == 4
    assert asked == [('127.0.0.1', 8420)]
    assert capsys.readouterr().err == (
        'hoiio sandbox: no sandbox is running at http://127.0.0.1:8420 (connection refused). Start'
        ' one with `hoiio sandbox --port 8420`, or pass its port with --port\n'
    )


@pytest.mark.parametrize(
    ('url', 'sentence'),
    [
        ('https://secure.hoiio.com/open/', 'leads to secure.hoiio.com, which is not a sandbox'),
        ('https://127.0.0.1:8420/open/', 'leads to 127.0.0.1, which is not a sandbox'),
        ('http://sandbox:8420/open/', 'leads to sandbox, which is not a sandbox'),
        ('http://8.8.8.8/open/', 'leads to 8.8.8.8, which is not a sandbox'),
        ('http://169.254.169.254/open/', 'leads to 169.254.169.254, which is not a sandbox'),
        ('127.0.0.1:8420', 'is not a URL of a sandbox'),
        ('http://127.0.0.1:99999/', 'is not a URL of a sandbox'),
        ('http://[::1/', 'is not a URL of a sandbox'),
        ('http:///open/', 'is not a URL of a sandbox'),
        ('ftp://user:SECRET@127.0.0.1/', 'is not a URL of a sandbox'),
    ],
)
def test_a_url_that_is_not_of_a_sandbox_is_not_asked(
    shell: Shell, url: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('HOIIO_BASE_URL', url)
    for arguments, source in ((['state'], 'HOIIO_BASE_URL'), (['state', '--url', url], '--url')):
        code, told = shell.refused(*arguments)
        assert (code, f'{source} {sentence}' in told) == (2, True)
        assert 'SECRET' not in told


@pytest.mark.parametrize('port', ['99999', '65536', '-1', '1e3', 'x', '', '٣', '9' * 5000])
@pytest.mark.parametrize('action', [[], ['state']])
def test_an_invalid_port_is_one_sentence(shell: Shell, port: str, action: list[str]) -> None:
    code, told = shell.refused(*action, f'--port={port}')
    assert (code, len(told) < 300, 'port' in told) == (2, True, True)


@pytest.mark.parametrize(
    ('name', 'words'),
    [
        ('number', ['inbox', '']),
        ('number', ['phone', '', 'rings']),
        ('number', ['expect', 'fax', '']),
        ('text', ['expect', 'sms', DEST, '']),
        ('caller', ['expect', 'call', DEST, '']),
        ('text', ['phone', DEST, 'replies', '']),
        ('--replying', ['phone', DEST, 'script', '--replying', '']),
        ('phone', ['trigger', 'answer', '']),
        ('--txn-ref', ['trigger', 'hangup', DEST, '--txn-ref', '']),
        ('number', ['trigger', 'call', DEST, '']),
        ('file', ['trigger', 'fax', DEST, US, '']),
        ('file', ['save', '']),
        ('file', ['load', '']),
        ('operation', ['fail', '', 'error_internal_server_error']),
        ('status', ['fail', 'sms/send', '']),
        ('kind', ['fault', 'add', '']),
        ('operation', ['fault', 'add', 'latency', '']),
        ('--status', ['fault', 'add', 'status', '--status', '']),
        ('service', ['rates', 'set', '', '+65', '1']),
        ('prefix', ['rates', 'set', 'sms', '', '1']),
        ('rate', ['rates', 'set', 'sms', '+65', '']),
    ],
)
def test_an_empty_argument_is_one_sentence_that_names_it(
    shell: Shell, name: str, words: list[str]
) -> None:
    code, told = shell.refused(*words)
    sentence, *advice = told.splitlines()
    assert (code, shell.out, len(advice)) == (2, '', 1)
    assert sentence.endswith(f': argument {name}: it must not be empty.')


@pytest.mark.parametrize(
    ('name', 'words'),
    [
        ('number', ['inbox', '\udce9']),
        ('text', ['trigger', 'sms', DEST, US, '\udce9']),
        ('keys', ['trigger', 'press', DEST, '\udce9']),
        ('operation', ['fail', '\udce9', 'error_internal_server_error']),
        ('--name', ['--name', '\udce9']),
    ],
)
def test_bytes_in_another_encoding_are_refused(shell: Shell, name: str, words: list[str]) -> None:
    code, told = shell.refused(*words)
    assert (code, shell.out) == (2, '')
    assert f': argument {name}: must be text in the encoding of the terminal' in told


def test_a_path_can_have_bytes_in_another_encoding(shell: Shell, tmp_path: Path) -> None:
    path = str(tmp_path / 'state\udce9.json')
    assert 'state\\udce9.json' in shell.done('save', path)
    assert 'state\\udce9.json' in shell.done('load', path)


def test_port_0_has_no_sandbox(shell: Shell) -> None:
    assert shell.refused('state', '--port', '0')[0] == 2


@pytest.mark.parametrize('option', ['--trial', '--open', '--host=::1', '--log-limit=5'])
def test_an_option_for_starting_is_refused_with_an_action(shell: Shell, option: str) -> None:
    code, told = shell.refused(option, 'state')
    assert (code, f'{option.partition("=")[0]} is for starting a sandbox' in told) == (2, True)


@pytest.mark.parametrize(
    'behaviour',
    [
        wire.answer(HTML),
        wire.answer(wire.http(b'[1]')),
        wire.answer(wire.http(b'{"ok": true}')),
        wire.answer(wire.http(b'{"ok": true, "version": "1", "url": 7}')),
        wire.answer(wire.http(b'{"ok": "yes", "version": "1", "url": "http://127.0.0.1"}')),
        wire.answer(wire.http(b'{"ok": true, "url": "http://127.0.0.1"}')),
        wire.answer(wire.http(b'')),
        wire.answer(wire.http(b'[' * 100_000)),
        wire.answer(wire.http(b'\xff')),
        wire.answer(wire.http(HTML, code=404)),
        wire.answer(wire.http(b'{}', code=500)),
        wire.answer(wire.http(b'', code=302, headers='Location: http://127.0.0.1:9/\r\n')),
    ],
)
@pytest.mark.parametrize('action', [['state'], ['reset'], ['events', '--follow']])
def test_another_server_is_reported_and_not_changed(
    shell: Shell, behaviour: wire.Behaviour, action: list[str]
) -> None:
    with wire.serving(behaviour) as server:
        code, told = shell.refused(*action, '--port', str(server.port))
        assert (code, 'is not a sandbox. Pass the port' in told) == (1, True)
        assert [request.split()[0] for request in server.requests] == [b'GET']


@pytest.mark.parametrize(
    'behaviour',
    [
        wire.drop,
        wire.reset,
        wire.answer_and_close(b'SSH-2.0-OpenSSH_9.6\x1b[31m\r\n'),
        wire.answer_and_close(b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{'),
    ],
)
def test_a_server_that_breaks_off_is_reported(shell: Shell, behaviour: wire.Behaviour) -> None:
    with wire.serving(behaviour) as server:
        code, told = shell.refused('state', '--port', str(server.port))
    assert (code, 'is not a sandbox, or does not respond' in told) == (4, True)
    assert '\x1b' not in told


def test_a_server_that_hangs_is_reported(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f'{CONTROL}.ControlClient.check.__defaults__', (0.05,))
    with wire.serving() as server:
        server.behaviours = (server.silent,)
        code, told = shell.refused('state', '--port', str(server.port))
    assert (code, 'or does not respond (it takes too long)' in told) == (4, True)


def test_an_answer_without_end_is_reported(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    head = b'HTTP/1.1 200 OK\r\n\r\n'
    with wire.serving(wire.endless(head, b' ' * 1000)) as server:
        monkeypatch.setattr(f'{CONTROL}.MAX_BODY', 10_000)
        assert 'the response is too large' in shell.refused('state', '--port', str(server.port))[1]
        monkeypatch.setattr(f'{CONTROL}.MAX_BODY', 10**9)
        monkeypatch.setattr(f'{CONTROL}.ControlClient.check.__defaults__', (0.05,))
        assert 'it takes too long' in shell.refused('state', '--port', str(server.port))[1]


HEALTH = wire.http(b'{"ok": true, "version": "1", "url": "http://127.0.0.1"}')


@pytest.mark.parametrize(
    ('action', 'code', 'sentence'),
    [
        (['state'], 4, 'the sandbox did not respond'),
        (['reset'], 5, 'may or may not have done this. To check, run `hoiio sandbox events`'),
        (['events', '--follow'], 4, 'the sandbox did not respond'),
    ],
)
def test_a_sandbox_that_breaks_off(
    shell: Shell, action: list[str], code: int, sentence: str
) -> None:
    with wire.serving(wire.answer_and_close(HEALTH), wire.drop) as server:
        assert shell.refused(*action, '--port', str(server.port))[0] == code
    assert sentence in shell.err


def test_a_sandbox_that_answers_something_else(shell: Shell) -> None:
    with wire.serving(wire.answer_and_close(HEALTH), wire.answer_and_close(HTML)) as server:
        assert shell.refused('state', '--port', str(server.port))[0] == 1
    with wire.serving(
        wire.answer_and_close(HEALTH), wire.answer_and_close(wire.http(b'{}', code=500))
    ) as server:
        code, told = shell.refused('state', '--port', str(server.port))
    assert (code, 'HTTP 500' in told) == (1, True)


def test_a_sandbox_that_refuses_this_name(shell: Shell) -> None:
    refusal = wire.http(b'{"message": "the control API accepts only clients"}', code=403)
    with wire.serving(wire.answer_and_close(refusal)) as server:
        code, told = shell.refused('state', '--port', str(server.port))
    assert (code, 'refused the request: the control API accepts only clients' in told) == (1, True)


@pytest.mark.slow
def test_an_action_does_not_import_the_sandbox() -> None:
    code = (
        'import sys; from hoiio.cli.main import main; main(["sandbox", "reset", "--port", "1"]);'
        ' print(*sys.modules)'
    )
    shown = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert not re.findall(r'hoiio\.sandbox|werkzeug|requests', shown.stdout)
