from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hoiio import Capability, HoiioClient, NumberMode, Response, Switch
from hoiio.service.number import (
    AvailableNumber,
    AvailableNumbers,
    Countries,
    Country,
    Number,
    NumberRate,
    NumberRates,
    State,
    SubscribedNumber,
    SubscribedNumbers,
    Subscription,
)
from tests.conftest import Api

URL = 'http://my.server.com/myscript'

SENT: dict[str, tuple[Callable[[Number], Response], type[Response], str, dict[str, str]]] = {
    'available_countries': (
        lambda number: number.available_countries(),
        Countries,
        'number/get_countries',
        {},
    ),
    'available_countries with more': (
        lambda number: number.available_countries(extra={'capability': 'FAX'}),
        Countries,
        'number/get_countries',
        {'capability': 'FAX'},
    ),
    'available_numbers': (
        lambda number: number.available_numbers('SG'),
        AvailableNumbers,
        'number/get_choices',
        {'country': 'SG'},
    ),
    'available_numbers with every option': (
        lambda number: number.available_numbers('US', 'AL', page=2, extra={'capability': 'SMS'}),
        AvailableNumbers,
        'number/get_choices',
        {'country': 'US', 'state': 'AL', 'page': '2', 'capability': 'SMS'},
    ),
    'available_numbers by keyword': (
        lambda number: number.available_numbers(country='US', state='AL'),
        AvailableNumbers,
        'number/get_choices',
        {'country': 'US', 'state': 'AL'},
    ),
    'rate': (
        lambda number: number.rate('US', extra={'currency': 'SGD'}),
        NumberRates,
        'number/get_rates',
        {'country': 'US', 'currency': 'SGD'},
    ),
    'subscribe': (
        lambda number: number.subscribe('+16001234567', 12, extra={'coupon': 'X'}),
        Subscription,
        'number/subscribe',
        {'number': '+16001234567', 'duration': '12', 'coupon': 'X'},
    ),
    'subscribe for ever': (
        lambda number: number.subscribe('+16001234567', 'auto_extend'),
        Subscription,
        'number/subscribe',
        {'number': '+16001234567', 'duration': 'auto_extend'},
    ),
    'configure': (
        lambda number: number.configure('+16001234567'),
        Response,
        'number/update_forwarding',
        {'number': '+16001234567'},
    ),
    'configure with every option': (
        lambda number: number.configure(
            '+16001234567',
            forward_to=URL,
            forward_sms_to=f'{URL}/sms',
            mode='fax',
            extra={'label': 'x'},
        ),
        Response,
        'number/update_forwarding',
        {
            'number': '+16001234567',
            'forward_to': URL,
            'forward_sms_to': f'{URL}/sms',
            'mode': 'fax',
            'label': 'x',
        },
    ),
    'configure with a word of the enum': (
        lambda number: number.configure('+16001234567', mode=NumberMode.VOICE),
        Response,
        'number/update_forwarding',
        {'number': '+16001234567', 'mode': 'voice'},
    ),
    'configure_voice': (
        lambda number: number.configure_voice('+16001234567', URL, extra={'label': 'x'}),
        Response,
        'number/update_forwarding',
        {'number': '+16001234567', 'forward_to': URL, 'mode': 'voice', 'label': 'x'},
    ),
    'configure_fax': (
        lambda number: number.configure_fax('+16001234567', forward_to=URL),
        Response,
        'number/update_forwarding',
        {'number': '+16001234567', 'forward_to': URL, 'mode': 'fax'},
    ),
    'configure_sms': (
        lambda number: number.configure_sms('+16001234567', forward_sms_to=URL),
        Response,
        'number/update_forwarding',
        {'number': '+16001234567', 'forward_sms_to': URL},
    ),
    'subscribed_numbers': (
        lambda number: number.subscribed_numbers(),
        SubscribedNumbers,
        'number/get_active',
        {},
    ),
    'subscribed_numbers with more': (
        lambda number: number.subscribed_numbers(extra={'country': 'SG'}),
        SubscribedNumbers,
        'number/get_active',
        {'country': 'SG'},
    ),
    'active_numbers': (
        lambda number: number.active_numbers(extra={'country': 'SG'}),
        SubscribedNumbers,
        'number/get_active',
        {'country': 'SG'},
    ),
}

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


@pytest.mark.parametrize(('call', 'kind', 'operation', 'form'), SENT.values(), ids=SENT)
def test_what_is_sent(
    client: HoiioClient,
    api: Api,
    call: Callable[[Number], Response],
    kind: type[Response],
    operation: str,
    form: dict[str, str],
) -> None:
    api.answers(operation)
    res = call(client.number)
    assert api.form == form
    assert type(res) is kind
    assert res.is_success()


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


def test_available_numbers_as_bare_strings(client: HoiioClient, api: Api) -> None:
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
def test_rate(client: HoiioClient, api: Api, durations: list[Any], rates: list[Any]) -> None:
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


def test_prefix_completes_the_number(api: Api) -> None:
    number = HoiioClient('APP', 'TOKEN', prefix='65').number
    api.answers('number/subscribe')
    api.answers('number/update_forwarding')
    number.subscribe('11111111', 1)
    number.configure('11111111')
    number.configure('+16001234567')
    assert api.forms == [
        {'number': '+6511111111', 'duration': '1'},
        {'number': '+6511111111'},
        {'number': '+16001234567'},
    ]


@pytest.mark.parametrize('name', ['forward_to', 'forward_sms_to'])
def test_configure_as_the_old_guide_spells_it(client: HoiioClient, api: Api, name: str) -> None:
    misspelt: Any = {name.replace('forward', 'foward'): URL}
    api.answers('number/update_forwarding')
    with pytest.warns(DeprecationWarning, match=f'^pass {name}, not fo.*_to$') as caught:
        client.number.configure('+16001234567', **misspelt)
    assert api.form == {'number': '+16001234567', name: URL}
    assert [warning.filename for warning in caught] == [__file__]


def test_configure_with_both_misspelt_and_more(client: HoiioClient, api: Api) -> None:
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


def test_configure_spelt_right_does_not_warn(client: HoiioClient, api: Api) -> None:
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


def test_a_capability_that_is_new(client: HoiioClient, api: Api) -> None:
    api.answers('number/get_active', entries=[{'capabilities': ['VOICE', 'VIDEO']}])
    (number,) = client.number.subscribed_numbers().entries
    assert number.capabilities == ['VOICE', 'VIDEO']
    assert all(isinstance(word, Capability) for word in number.capabilities)


@pytest.mark.parametrize(
    ('operation', 'status', 'call'),
    [
        (
            'number/get_countries',
            'error_service_not_available',
            lambda number: number.available_countries(),
        ),
        (
            'number/get_choices',
            'error_no_number_available',
            lambda number: number.available_numbers('US'),
        ),
        ('number/get_rates', 'error_permission_denied', lambda number: number.rate('XX')),
        (
            'number/subscribe',
            'error_exceed_max_subscriptions',
            lambda number: number.subscribe('+651', 1),
        ),
        (
            'number/update_forwarding',
            'error_unable_to_resolve_forward_to',
            lambda number: number.configure('+651', forward_to='http://nowhere/'),
        ),
        (
            'number/get_active',
            'error_user_not_live',
            lambda number: number.subscribed_numbers(),
        ),
    ],
)
def test_a_refusal_is_the_status(
    client: HoiioClient,
    api: Api,
    operation: str,
    status: str,
    call: Callable[[Number], Response],
) -> None:
    api.answers(operation, status=status)
    res = call(client.number)
    assert (res.status, res.is_success()) == (status, False)
    assert type(res.status).__members__[status.removeprefix('error_').upper()] is res.status
