"""The contenders: how to set up each client, and how to send an SMS with it.

The clients are imported by name, because each environment contains only some of them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from http.client import HTTPConnection, HTTPSConnection
from importlib import import_module
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from . import wire

Send = Callable[[], str]
"""A function that sends one SMS and returns its reference from the parsed response."""

BASELINE = 'requests'
OURS = 'hoiio'

_FORM_TYPE = {'Content-Type': 'application/x-www-form-urlencoded'}


class Contender(NamedTuple):
    """A client that sends an SMS."""

    connect: Callable[[str], Send]
    """A function that sets up the client for the URL of a server."""
    environment: str
    reference: str
    """The reference in the response of the server."""
    label: str
    schemes: tuple[str, ...] = ('https', 'http')

    @property
    def is_peer(self) -> bool:
        """Whether it is the SDK of another service."""
        return self.environment != OURS


def _http_client(url: str) -> Send:
    parts = urlsplit(url)
    connection = (HTTPSConnection if parts.scheme == 'https' else HTTPConnection)(parts.netloc)

    def send() -> str:
        connection.request('POST', wire.HOIIO_SEND, urlencode(wire.FORM), _FORM_TYPE)
        return str(json.loads(connection.getresponse().read())['txn_ref'])

    return send


def _urllib3(url: str) -> Send:
    pool: Any = import_module('urllib3').PoolManager()

    def send() -> str:
        target = url + wire.HOIIO_SEND
        answer = pool.request('POST', target, fields=wire.FORM, encode_multipart=False)
        return str(answer.json()['txn_ref'])

    return send


def _httpx(url: str) -> Send:
    client: Any = import_module('httpx').Client()

    def send() -> str:
        return str(client.post(url + wire.HOIIO_SEND, data=wire.FORM).json()['txn_ref'])

    return send


def _requests(url: str) -> Send:
    session: Any = import_module('requests').Session()

    def send() -> str:
        return str(session.post(url + wire.HOIIO_SEND, data=wire.FORM).json()['txn_ref'])

    return send


def _hoiio(url: str) -> Send:
    client: Any = import_module('hoiio').HoiioClient(
        wire.FORM['app_id'], wire.FORM['access_token'], base_url=f'{url}/open/'
    )

    def send() -> str:
        return str(client.sms.send(wire.TEXT, wire.DEST).txn_ref)

    return send


def _twilio(url: str) -> Send:
    client: Any = import_module('twilio.rest').Client(wire.TWILIO_ACCOUNT, 'token')
    client.api.base_url = url

    def send() -> str:
        return str(client.messages.create(wire.DEST, from_=wire.SENDER, body=wire.TEXT).sid)

    return send


def _plivo(url: str) -> Send:
    module: Any = import_module('plivo.rest.client')
    module.PLIVO_API_BASE_URI = f'{url}/v1/Account'
    client = module.Client(wire.PLIVO_ACCOUNT, 'token')
    # The client does not read the variable itself.
    client.session.verify = os.environ.get('REQUESTS_CA_BUNDLE') or True

    def send() -> str:
        sent = client.messages.create(src=wire.SENDER, dst=wire.DEST, text=wire.TEXT)
        return str(sent.message_uuid[0])

    return send


def _vonage(url: str) -> Send:
    module: Any = import_module('vonage')
    message: Any = import_module('vonage_sms').SmsMessage
    host = urlsplit(url).netloc
    client = module.Vonage(
        module.Auth(api_key='key', api_secret='secret'),  # noqa: S106 - opens nothing
        module.HttpClientOptions(api_host=host, rest_host=host),
    )

    def send() -> str:
        sent = client.sms.send(message(to=wire.DEST, from_=wire.SENDER, text=wire.TEXT))
        return str(sent.messages[0].message_id)

    return send


def _stripe(url: str) -> Send:
    module: Any = import_module('stripe')
    # The client does not read the variable itself.
    module.ca_bundle_path = os.environ.get('REQUESTS_CA_BUNDLE')
    client = module.StripeClient('sk_test_key', base_addresses={'api': url})

    def send() -> str:
        params = {'name': 'Nick', 'email': 'nick@example.com', 'phone': wire.DEST}
        return str(client.v1.customers.create(params).id)

    return send


_OURS_REF = str(wire.HOIIO.body['txn_ref'])

CONTENDERS = {
    'http.client': Contender(_http_client, OURS, _OURS_REF, 'http.client by hand'),
    'urllib3': Contender(_urllib3, OURS, _OURS_REF, 'urllib3.PoolManager'),
    'httpx': Contender(_httpx, OURS, _OURS_REF, 'httpx.Client'),
    'requests': Contender(_requests, OURS, _OURS_REF, 'requests.Session'),
    'hoiio': Contender(_hoiio, OURS, _OURS_REF, 'hoiio'),
    'twilio': Contender(_twilio, 'twilio', wire.TWILIO.body['sid'], 'twilio'),
    'plivo': Contender(_plivo, 'plivo', wire.PLIVO.body['message_uuid'][0], 'plivo'),
    'vonage': Contender(
        *(_vonage, 'vonage', wire.VONAGE.body['messages'][0]['message-id'], 'vonage'),
        schemes=('https',),  # it supports no other scheme
    ),
    'stripe': Contender(_stripe, 'stripe', wire.STRIPE.body['id'], 'stripe (a customer)'),
}


def connect(name: str, url: str) -> Send:
    """Set up a contender, and check that it reads the reference in the response.

    Raises:
        RuntimeError: If it returns another reference.
    """
    contender = CONTENDERS[name]
    send = contender.connect(url)
    if send() != contender.reference:
        raise RuntimeError(f'{name} returned another reference than the server sent')
    return send
