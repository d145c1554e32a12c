from __future__ import annotations

import json
from dataclasses import fields

import pytest

from hoiio import HoiioException
from hoiio.cli.sandbox import faults
from hoiio.sandbox.faults import Kind, Rule
from tests.cli.sandbox.conftest import Shell

DEST = '+6598765432'


def test_fail_refuses_the_next_requests(shell: Shell) -> None:
    told = shell.done('fail', 'sms/send', 'error_insufficient_credit')
    assert told == '1  status error_insufficient_credit for sms/send, once\n'
    statuses = [shell.client.sms.send('x', DEST).status for _ in range(2)]
    assert statuses == ['error_insufficient_credit', 'success_ok']
    shell.done('fail', 'sms/send', 'error_dest_invalid', '--times', 'all')
    assert [shell.client.sms.send('x', DEST).is_success() for _ in range(3)] == [False] * 3


def test_faults_are_added_listed_and_removed(shell: Shell) -> None:
    match = ('--match', f'dest={DEST}', '--match', 'tag=a=b')
    shell.done('fault', 'add', 'dropped_after', 'sms/send', *match, '--times', '3')
    shell.done('fault', 'add', 'latency', '--seconds', '2', '--times', 'all')
    shell.done('fault', 'add', 'http_error', 'sms/send', '--code', '502')
    shell.done('fault', 'add', 'partial', 'sms/bulk_send', '--count', '2')
    listed = [
        f'1  dropped_after for sms/send dest={DEST} tag=a=b, 3 times',
        '2  latency 2 s for every operation, until you remove it',
        '3  http_error HTTP 502 for sms/send, once',
        '4  partial 2 served for sms/bulk_send, once',
    ]
    assert shell.done('fault').splitlines() == listed
    assert shell.done('fault', 'list').splitlines() == listed
    shell('fault', '--json')
    assert [json.loads(line)['id'] for line in shell.out.splitlines()] == [1, 2, 3, 4]
    shell.done('fault', 'remove', '2')
    with pytest.raises(HoiioException) as caught:
        shell.client.sms.send('x', DEST, tag='a=b')
    assert caught.value.outcome_unknown
    shell.done('fault', 'clear')
    assert shell.done('fault') == ''
    assert shell.refused('fault', 'remove', '9')[0] == 1


@pytest.mark.parametrize(
    ('arguments', 'sentence'),
    [
        (['fail', 'sms/sned', 'error_dest_invalid'], 'did you mean sms/send?'),
        (['fail', 'sms/send', 'success_ok'], 'must begin with error_'),
        (['fail', 'sms/send', 'error_dest_invalid', '--times', '0'], 'use a whole number from 1'),
        (['fail', 'sms/send', 'error_dest_invalid', '--times', '1e9'], 'use a whole number from 1'),
        (['fault', 'add', 'amused'], 'must be one of'),
        (['fault', 'add', 'latency', '--seconds', 'inf'], 'use a number of seconds'),
        (['fault', 'add', 'http_error', '--code', '200'], 'code must be from 500 to 599'),
        (['fault', 'add', 'partial', '--count', '-1'], 'count: must be a number from 0'),
        (['fault', 'add', 'status', '--match', 'dest'], 'write NAME=VALUE'),
        (['fault', 'add', 'status', '--match', '=x'], 'write NAME=VALUE'),
    ],
)
def test_a_fault_that_cannot_be_is_refused(
    shell: Shell, arguments: list[str], sentence: str
) -> None:
    code, told = shell.refused(*arguments)
    assert (code, sentence in told) == (2, True)
    assert shell.done('fault') == ''


def test_each_kind_and_each_field_of_a_fault_has_its_option(shell: Shell) -> None:
    named = {'kind', 'operation', 'match', 'times'}
    assert {field.name for field in fields(Rule)} == {*faults.FIELDS, *named}
    shown = ' '.join(shell.done('fault', 'add', '--help').split())
    for kind in Kind:
        assert kind.value in shown


def test_rates(shell: Shell) -> None:
    assert ['sms', '+65', '0.032'] in [line.split() for line in shell.done('rates').splitlines()]
    shell.done('rates', 'set', 'sms', '+65', '0.050')
    assert shell.client.sms.rate('x', DEST).rate == 0.05
    assert shell.json('rates', 'set', 'sms', '+65', '0.060', '--after', '60')['coming']
    code, told = shell.refused('rates', 'set', 'sms', '+65', 'much')
    assert (code, 'rate: must be an amount' in told) == (2, True)
