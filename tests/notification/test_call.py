"""The call of an IVR notification, and its blocks."""

from __future__ import annotations

import inspect
from typing import get_type_hints
from unittest.mock import create_autospec

import pytest

from hoiio import HoiioClient
from hoiio.notification import Call
from hoiio.service.ivr import Ivr
from tests.conftest import Api
from tests.notification.samples import IVR, parse


def test_the_blocks_of_a_call_are_sent(client: HoiioClient, api: Api) -> None:
    call = parse(client, {**IVR, 'call_state': 'ringing'}).call
    assert repr(call) == "<Call session='S-1'>"
    for name in ('play', 'gather', 'record', 'monitor', 'hold', 'unhold'):
        api.answers(f'ivr/middle/{name}')
    api.answers('ivr/end/transfer', room='R1')
    api.answers('ivr/end/hangup')
    call.play('Hello.')
    call.gather(max_digits=1, timeout=5)
    call.record()
    call.monitor()
    call.hold()
    call.unhold()
    assert call.transfer('room:').room == 'R1'
    call.hangup(force=True)
    assert {form.pop('session') for form in api.forms} == {'S-1'}
    assert api.forms[1] == {'session': 'S-1', 'max_digits': '1', 'timeout': '5'}
    assert api.forms[-1] == {'session': 'S-1', 'force': 'enabled'}


BLOCKS = ('gather', 'hangup', 'hold', 'monitor', 'play', 'record', 'transfer', 'unhold')


def test_a_call_has_every_block_but_dial() -> None:
    assert sorted(name for name in vars(Ivr) if not name.startswith('_')) == ['dial', *BLOCKS]
    assert sorted(name for name in vars(Call) if not name.startswith('_')) == [*BLOCKS]


@pytest.mark.parametrize('block', BLOCKS)
def test_a_block_of_a_call_has_the_parameters_of_the_service_method_after_the_session(
    block: str,
) -> None:
    ours, theirs = (inspect.signature(getattr(kind, block)) for kind in (Call, Ivr))
    others = [each for each in theirs.parameters.values() if each.name != 'session']
    assert ours == theirs.replace(parameters=others)
    hints = get_type_hints(getattr(Call, block))
    assert {'session': str, **hints} == get_type_hints(getattr(Ivr, block))


@pytest.mark.parametrize('block', BLOCKS)
def test_a_block_of_a_call_passes_all_arguments_on(block: str) -> None:
    ivr = create_autospec(Ivr, instance=True)
    named = [*inspect.signature(getattr(Call, block)).parameters][1:-1]
    options = {name: f'the {name}' for name in (*named, 'app_id', 'access_token')}
    res = getattr(Call(ivr, 'S-1'), block)(**options)
    assert res is getattr(ivr, block).return_value
    getattr(ivr, block).assert_called_once_with('S-1', **options)
