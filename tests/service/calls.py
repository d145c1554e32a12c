"""One call of every service method, for the tests that hold for all methods."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from hoiio import HoiioClient, Response
from hoiio.service.base import Service
from tests.conftest import Api, form_of

URL = 'http://my.server.com/myscript'
PDF = b'%PDF-1.4'
PDF_BASE64 = 'JVBERi0xLjQ='

PHONE = '+6511111111'
OTHER = '+6522222222'


class Call(NamedTuple):
    """An operation, the arguments of its method, and the form that the method sends."""

    operation: str
    args: tuple[Any, ...] = ()
    form: Mapping[str, str] = {}


# The shortest call of every method. A test finds a method that is missing here.
CALLS = {
    'voice.call': Call('voice/call', (PHONE, OTHER), {'dest1': PHONE, 'dest2': OTHER}),
    'voice.conference': Call('voice/conference', (PHONE, OTHER), {'dest': f'{PHONE},{OTHER}'}),
    'voice.kick': Call('conference/moderate', ('TX-1',), {'txn_ref': 'TX-1', 'action': 'kick'}),
    'voice.mute': Call('conference/moderate', ('TX-1',), {'txn_ref': 'TX-1', 'action': 'mute'}),
    'voice.unmute': Call('conference/moderate', ('TX-1',), {'txn_ref': 'TX-1', 'action': 'unmute'}),
    'voice.hangup': Call('voice/hangup', ('TX-1',), {'txn_ref': 'TX-1'}),
    'voice.status': Call('voice/query_status', ('TX-1',), {'txn_ref': 'TX-1'}),
    'voice.history': Call('voice/get_history'),
    'voice.rate': Call('voice/get_rate', (PHONE, OTHER), {'dest1': PHONE, 'dest2': OTHER}),
    'sms.send': Call('sms/send', ('Hello', PHONE), {'msg': 'Hello', 'dest': PHONE}),
    'sms.bulk_send': Call('sms/bulk_send', ('Hello', PHONE), {'msg': 'Hello', 'dest': PHONE}),
    'sms.status': Call('sms/query_status', ('TX-1',), {'txn_ref': 'TX-1'}),
    'sms.history': Call('sms/get_history'),
    'sms.rate': Call('sms/get_rate', ('Hello', PHONE), {'msg': 'Hello', 'dest': PHONE}),
    'sms.rate_in': Call('sms/get_rate', (PHONE,), {'incoming': PHONE}),
    'ivr.dial': Call('ivr/start/dial', (PHONE,), {'dest': PHONE}),
    'ivr.play': Call('ivr/middle/play', ('S1', 'Hello.'), {'session': 'S1', 'msg': 'Hello.'}),
    'ivr.gather': Call('ivr/middle/gather', ('S1',), {'session': 'S1'}),
    'ivr.record': Call('ivr/middle/record', ('S1',), {'session': 'S1'}),
    'ivr.monitor': Call('ivr/middle/monitor', ('S1',), {'session': 'S1'}),
    'ivr.hold': Call('ivr/middle/hold', ('S1',), {'session': 'S1'}),
    'ivr.unhold': Call('ivr/middle/unhold', ('S1',), {'session': 'S1'}),
    'ivr.transfer': Call('ivr/end/transfer', ('S1', PHONE), {'session': 'S1', 'dest': PHONE}),
    'ivr.hangup': Call('ivr/end/hangup', ('S1',), {'session': 'S1'}),
    'fax.send': Call('fax/send', (PHONE, PDF), {'dest': PHONE, 'file': PDF_BASE64}),
    'fax.status': Call('fax/query_status', ('TX-1',), {'txn_ref': 'TX-1'}),
    'fax.history': Call('fax/get_history'),
    'fax.rate': Call('fax/get_rate', (PHONE,), {'dest': PHONE}),
    'fax.rate_in': Call('fax/get_rate', (PHONE,), {'incoming': PHONE}),
    'number.available_countries': Call('number/get_countries'),
    'number.available_numbers': Call('number/get_choices', ('US',), {'country': 'US'}),
    'number.rate': Call('number/get_rates', ('US',), {'country': 'US'}),
    'number.subscribe': Call('number/subscribe', (PHONE, 1), {'number': PHONE, 'duration': '1'}),
    'number.configure': Call('number/update_forwarding', (PHONE,), {'number': PHONE}),
    'number.configure_voice': Call(
        'number/update_forwarding',
        (PHONE, URL),
        {'number': PHONE, 'forward_to': URL, 'mode': 'voice'},
    ),
    'number.configure_fax': Call(
        'number/update_forwarding',
        (PHONE, URL),
        {'number': PHONE, 'forward_to': URL, 'mode': 'fax'},
    ),
    'number.configure_sms': Call(
        'number/update_forwarding', (PHONE, URL), {'number': PHONE, 'forward_sms_to': URL}
    ),
    'number.subscribed_numbers': Call('number/get_active'),
    'number.active_numbers': Call('number/get_active'),
    'account.balance': Call('user/get_balance'),
    'account.info': Call('user/get_info'),
}

# The SDK repeats only these after they may have reached Hoiio. They change nothing there.
READS = {
    'voice.status',
    'voice.history',
    'voice.rate',
    'sms.status',
    'sms.history',
    'sms.rate',
    'sms.rate_in',
    'fax.status',
    'fax.history',
    'fax.rate',
    'fax.rate_in',
    'number.available_countries',
    'number.available_numbers',
    'number.rate',
    'number.subscribed_numbers',
    'number.active_numbers',
    'account.balance',
    'account.info',
}

HISTORIES = ['voice.history', 'sms.history', 'fax.history']
PAGED = [*HISTORIES, 'number.available_numbers']

# These send several requests, so they are not in `CALLS`. `test_find.py` tests them.
FINDS = ['voice.find', 'sms.find', 'fax.find']


@cache
def services() -> dict[str, type[Service]]:
    client = HoiioClient('MY_APP_ID', 'MY_ACCESS_TOKEN')
    values = (getattr(client, name) for name in dir(client))
    found = [value for value in values if isinstance(value, Service)]
    return {type(service).__name__.lower(): type(service) for service in found}


def method_of(name: str) -> Any:
    area, _, method = name.partition('.')
    return getattr(services()[area], method)


def parameters() -> Iterator[tuple[str, inspect.Parameter]]:
    for name in CALLS:
        for parameter in inspect.signature(method_of(name)).parameters.values():
            if parameter.name != 'self':
                yield name, parameter


def keywords() -> list[tuple[str, str]]:
    """Return each method and keyword that the method sends as it is."""
    special = {'recipients', 'request_timeout', 'allow_missing', 'allow_duplicates'}
    return [
        (name, parameter.name)
        for name, parameter in parameters()
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.name not in special
    ]


def invoke(client: HoiioClient, name: str, *args: Any, **params: Any) -> Response:
    area, _, method = name.partition('.')
    res: Response = getattr(getattr(client, area), method)(*(args or CALLS[name].args), **params)
    return res


def forms_with_credentials(api: Api) -> list[dict[str, str]]:
    return [form_of(call.request.body) for call in api.mock.calls]


def timeouts(api: Api) -> list[object]:
    return [vars(call.request)['req_kwargs']['timeout'] for call in api.mock.calls]
