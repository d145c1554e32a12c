"""What only the number service does."""

from __future__ import annotations

import warnings
from datetime import date
from typing import Any

import pytest

from hoiio import (
    Capability,
    HoiioClient,
    NumberMode,
    Switch,
)
from hoiio.service.number import (
    AvailableNumber,
    Country,
    NumberRate,
    State,
    SubscribedNumber,
    SubscribedNumbers,
)
from tests.conftest import Api

URL = 'http://my.server.com/myscript'


SUBSCRIBED = {
    'number': '+16502222222',
    'forward_to': 'http://www.example.com/notify/voice',
    'forward_sms_to': 'http://www.example.com/notify/sms',
    'mode': 'voice',
    'expiry': '2012-01-15',
    'auto_extend_status': 'disabled',
    'country': 'US',
    'state': 'CA',
    'capabilities': ['VOICE', 'FAX'],
}


@pytest.mark.parametrize('count', ['2', 2])
@pytest.mark.parametrize('plus', ['', '+'])
def test_available_countries(client: HoiioClient, api: Api, count: str | int, plus: str) -> None:
    api.answers(
        'number/get_countries',
        entries_count=count,
        entries=[
            {'code': 'SG', 'name': 'Singapore', 'prefix': f'{plus}65'},
            {
                'code': 'US',
                'name': 'USA',
                'prefix': f'{plus}1',
                'states': [{'code': 'AL', 'name': 'Alabama', 'capability': ['VOICE', 'SMS']}],
            },
        ],
    )
    res = client.number.available_countries()
    assert res.entries_count == 2
    singapore, usa = res.entries
    assert type(singapore) is type(usa) is Country
    assert (singapore.code, singapore.name, singapore.prefix) == ('SG', 'Singapore', '65')
    assert (usa.code, usa.name, usa.prefix) == ('US', 'USA', '1')
    assert singapore.states == []
    (alabama,) = usa.states
    assert type(alabama) is State
    assert (alabama.code, alabama.name) == ('AL', 'Alabama')
    assert alabama.capability == [Capability.VOICE, Capability.SMS]


@pytest.mark.parametrize('states', [{}, {'states': None}, {'states': []}, {'states': ''}])
def test_a_country_without_states(client: HoiioClient, api: Api, states: dict[str, Any]) -> None:
    api.answers('number/get_countries', entries=[{'code': 'SG', 'prefix': 65, **states}])
    (country,) = client.number.available_countries().entries
    assert country.states == []
    assert country.prefix == '65'


@pytest.mark.parametrize('counts', [('41', '2'), (41, 2)])
def test_available_numbers(client: HoiioClient, api: Api, counts: tuple[Any, Any]) -> None:
    api.answers(
        'number/get_choices',
        total_entries_count=counts[0],
        entries_count=counts[1],
        entries=[
            {'number': '+16001234567', 'capability': ['VOICE', 'SMS']},
            {'number': '+16001234568', 'capability': []},
        ],
    )
    res = client.number.available_numbers('US', 'AL')
    assert (res.total_entries_count, res.entries_count) == (41, 2)
    first, second = res.entries
    assert type(first) is type(second) is AvailableNumber
    assert (first.number, second.number) == ('+16001234567', '+16001234568')
    assert first.capability == [Capability.VOICE, Capability.SMS]
    assert second.capability == []


def test_available_numbers_without_capabilities(client: HoiioClient, api: Api) -> None:
    api.answers(
        'number/get_choices',
        total_entries_count='3',
        entries_count='2',
        entries=['+16001234567', '+16001234568'],
    )
    api.answers(
        'number/get_choices',
        total_entries_count='3',
        entries_count='1',
        entries=[{'number': '+16001234569', 'capability': ['VOICE']}],
    )
    res = client.number.available_numbers('US', 'AL')
    assert [entry.number for entry in res.entries] == ['+16001234567', '+16001234568']
    assert res.entries[0].capability is None
    assert [entry.number for entry in res.auto_paging_iter()] == [
        '+16001234567',
        '+16001234568',
        '+16001234569',
    ]
    assert api.forms[1] == {'country': 'US', 'state': 'AL', 'page': '2'}


@pytest.mark.parametrize(
    ('durations', 'rates'),
    [(['1', '3', '12'], ['4.000', '12.000', '48.000']), ([1, 3, 12], [4, 12.0, 48])],
)
def test_the_rates_of_a_country(
    client: HoiioClient, api: Api, durations: list[Any], rates: list[Any]
) -> None:
    api.answers(
        'number/get_rates',
        currency='USD',
        entries_count='3',
        entries=[
            {'duration': duration, 'rate': rate}
            for duration, rate in zip(durations, rates, strict=True)
        ],
    )
    res = client.number.rate('US')
    assert (res.currency, res.entries_count) == ('USD', 3)
    assert [(entry.duration, entry.rate) for entry in res.entries] == [(1, 4), (3, 12), (12, 48)]
    for entry in res.entries:
        assert type(entry) is NumberRate
        assert (type(entry.duration), type(entry.rate)) == (int, float)


@pytest.mark.parametrize('debit', ['9.990', 9.99])
@pytest.mark.parametrize('expiry', ['2012-12-31', '2012-12-31 23:59:59', '2012-12-31 23:59:59.0'])
def test_subscribe(client: HoiioClient, api: Api, debit: Any, expiry: str) -> None:
    api.answers('number/subscribe', currency='SGD', debit=debit, expiry=expiry)
    res = client.number.subscribe('+6511111111', 1)
    assert (res.currency, res.debit) == ('SGD', 9.99)
    assert res.expiry == date(2012, 12, 31)
    assert type(res.expiry) is date


@pytest.mark.parametrize('name', ['forward_to', 'forward_sms_to'])
def test_a_misspelling_of_the_guide_is_sent_with_a_warning(
    client: HoiioClient, api: Api, name: str
) -> None:
    misspelt: Any = {name.replace('forward', 'foward'): URL}
    api.answers('number/update_forwarding')
    with pytest.warns(DeprecationWarning, match=f'^pass {name}, not fo.*_to$') as caught:
        client.number.configure('+16001234567', **misspelt)
    assert api.form == {'number': '+16001234567', name: URL}
    assert [warning.filename for warning in caught] == [__file__]


def test_both_misspellings_of_the_guide_are_sent_with_warnings(
    client: HoiioClient, api: Api
) -> None:
    api.answers('number/update_forwarding')
    with pytest.warns(DeprecationWarning, match='^pass forward_') as caught:
        client.number.configure(  # type: ignore[call-arg]
            '+16001234567', foward_to=URL, foward_sms_to=f'{URL}/sms', mode='fax', label='x'
        )
    assert len(caught) == 2
    assert api.form == {
        'number': '+16001234567',
        'forward_to': URL,
        'forward_sms_to': f'{URL}/sms',
        'mode': 'fax',
        'label': 'x',
    }


def test_the_correct_spelling_does_not_warn(client: HoiioClient, api: Api) -> None:
    api.answers('number/update_forwarding')
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        client.number.configure('+16001234567', forward_to=URL, forward_sms_to=URL)
    assert caught == []
    assert api.form == {'number': '+16001234567', 'forward_to': URL, 'forward_sms_to': URL}


@pytest.mark.parametrize('method', ['subscribed_numbers', 'active_numbers'])
@pytest.mark.parametrize('count', ['2', 2])
@pytest.mark.parametrize('expiry', ['2012-01-15', '2012-01-15 00:00:00.0'])
def test_subscribed_numbers(
    client: HoiioClient, api: Api, method: str, count: str | int, expiry: str
) -> None:
    api.answers(
        'number/get_active',
        entries_count=count,
        entries=[
            {**SUBSCRIBED, 'expiry': expiry},
            {'number': '+6511111111', 'auto_extend_status': 'enabled', 'state': ''},
        ],
    )
    res: SubscribedNumbers = getattr(client.number, method)()
    assert res.entries_count == 2
    first, second = res.entries
    assert type(first) is type(second) is SubscribedNumber
    assert (first.number, first.country, first.state) == ('+16502222222', 'US', 'CA')
    assert first.forward_to == 'http://www.example.com/notify/voice'
    assert first.forward_sms_to == 'http://www.example.com/notify/sms'
    assert first.mode is NumberMode.VOICE
    assert (first.expiry, type(first.expiry)) == (date(2012, 1, 15), date)
    assert first.auto_extend_status is Switch.DISABLED
    assert first.capabilities == [Capability.VOICE, Capability.FAX]
    assert second.auto_extend_status is Switch.ENABLED
    assert (second.state, second.mode, second.capabilities) == (None, None, None)
    assert (second.forward_to, second.forward_sms_to) == (None, None)
    for name in ('country', 'expiry'):
        assert not hasattr(second, name)


def test_subscribed_numbers_without_a_total(client: HoiioClient, api: Api) -> None:
    api.answers('number/get_active', entries_count='0', entries=[])
    res = client.number.subscribed_numbers()
    assert (res.entries, res.entries_count) == ([], 0)
    assert not hasattr(res, 'total_entries_count')


def test_a_new_capability_is_read(client: HoiioClient, api: Api) -> None:
    api.answers('number/get_active', entries=[{'capabilities': ['VOICE', 'VIDEO']}])
    (number,) = client.number.subscribed_numbers().entries
    assert number.capabilities == ['VOICE', 'VIDEO']
    assert all(isinstance(word, Capability) for word in number.capabilities)
