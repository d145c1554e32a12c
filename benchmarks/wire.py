"""The data on the wire: the SMS that each contender sends, and the response of each service."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

TEXT = 'Hoiio World'
DEST = '+6591234567'
SENDER = '+6581234567'

HOIIO_SEND = '/open/sms/send'
HOIIO_HISTORY = '/open/sms/get_history'
FORM = {'app_id': 'MY_APP_ID', 'access_token': 'MY_ACCESS_TOKEN', 'msg': TEXT, 'dest': DEST}

TWILIO_ACCOUNT = 'AC' + '0' * 32
PLIVO_ACCOUNT = 'MA' + '0' * 18

PAGE_SIZE = 100
PAGES = 1000


class Answer(NamedTuple):
    """The response of a service, in the form of the real one."""

    path: str
    code: int
    body: dict[str, Any]

    def to_bytes(self) -> bytes:
        """Return the HTTP response."""
        return to_http(self.code, json.dumps(self.body).encode())


def to_http(code: int, body: bytes) -> bytes:
    """Return an HTTP response with a body and only the required headers."""
    head = (
        f'HTTP/1.1 {code} OK\r\nDate: Tue, 31 Jan 2012 04:06:15 GMT\r\n'
        f'Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n'
    )
    return head.encode() + body


HOIIO = Answer(HOIIO_SEND, 200, {'txn_ref': 'AA-S-141147', 'status': 'success_ok'})

HOIIO_BALANCE = Answer(
    '/open/user/get_balance',
    200,
    {
        'status': 'success_ok',
        'currency': 'SGD',
        'balance': '54.65',
        'points': '50.00',
        'bonus': '4.65',
    },
)

TWILIO = Answer(
    f'/2010-04-01/Accounts/{TWILIO_ACCOUNT}/Messages.json',
    201,
    {
        'account_sid': TWILIO_ACCOUNT,
        'api_version': '2010-04-01',
        'body': TEXT,
        'date_created': 'Tue, 31 Jan 2012 04:06:15 +0000',
        'date_sent': None,
        'date_updated': 'Tue, 31 Jan 2012 04:06:15 +0000',
        'direction': 'outbound-api',
        'error_code': None,
        'error_message': None,
        'from': SENDER,
        'messaging_service_sid': None,
        'num_media': '0',
        'num_segments': '1',
        'price': None,
        'price_unit': 'USD',
        'sid': 'SM' + '1' * 32,
        'status': 'queued',
        'subresource_uris': {
            'media': f'/2010-04-01/Accounts/{TWILIO_ACCOUNT}/Messages/SM{"1" * 32}/Media.json'
        },
        'to': DEST,
        'uri': f'/2010-04-01/Accounts/{TWILIO_ACCOUNT}/Messages/SM{"1" * 32}.json',
    },
)

PLIVO = Answer(
    f'/v1/Account/{PLIVO_ACCOUNT}/Message/',
    202,
    {
        'api_id': 'db342550-7c9d-11e1-8ea7-842b2b751234',
        'message': 'message(s) queued',
        'message_uuid': ['db3ce55a-7f1d-11e1-8ea7-1231380bc196'],
    },
)

VONAGE = Answer(
    '/sms/json',
    200,
    {
        'message-count': '1',
        'messages': [
            {
                'to': DEST.removeprefix('+'),
                'message-id': '0A0000000123ABCD1',
                'status': '0',
                'remaining-balance': '3.14159265',
                'message-price': '0.03330000',
                'network': '52501',
            }
        ],
    },
)

STRIPE = Answer(
    '/v1/customers',
    200,
    {
        'id': 'cus_NffrFeUfNV2Hib',
        'object': 'customer',
        'address': None,
        'balance': 0,
        'created': 1327982775,
        'currency': None,
        'default_source': None,
        'delinquent': False,
        'description': None,
        'discount': None,
        'email': 'nick@example.com',
        'invoice_prefix': '0759376C',
        'invoice_settings': {
            'custom_fields': None,
            'default_payment_method': None,
            'footer': None,
            'rendering_options': None,
        },
        'livemode': False,
        'metadata': {},
        'name': 'Nick',
        'next_invoice_sequence': 1,
        'phone': DEST,
        'preferred_locales': [],
        'shipping': None,
        'tax_exempt': 'none',
        'test_clock': None,
    },
)

ANSWERS = (HOIIO, HOIIO_BALANCE, TWILIO, PLIVO, VONAGE, STRIPE)


def history_page(number: int) -> bytes:
    """Return one page of the SMS history as JSON. All transactions differ."""
    first = (number - 1) * PAGE_SIZE
    page = {
        'status': 'success_ok',
        'total_entries_count': str(PAGES * PAGE_SIZE),
        'entries_count': str(PAGE_SIZE),
        'entries': [_entry(first + offset) for offset in range(PAGE_SIZE)],
    }
    return json.dumps(page).encode()


def _entry(number: int) -> dict[str, str]:
    parts = number % 3 + 1
    hours, minutes, seconds = number // 3600 % 24, number // 60 % 60, number % 60
    return {
        'txn_ref': f'AA-S-{100000 + number}',
        'sms_status': 'delivered',
        'src': SENDER,
        'dest': f'+659{number % 10_000_000:07}',
        'date': f'2012-01-{number // 86400 + 1:02} {hours:02}:{minutes:02}:{seconds:02}',
        'tag': f'order-{number}',
        'split_count': str(parts),
        'currency': 'SGD',
        'rate': '0.032',
        'debit': f'{parts * 0.032:.3f}',
    }
