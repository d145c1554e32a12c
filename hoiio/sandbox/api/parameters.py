"""What the parameters of the operations mean, with an example of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ['PARAMETERS', 'Parameter', 'example_of']

DEST = '+6598765432'
HOOK = 'http://127.0.0.1:8000/hoiio'


class Parameter(NamedTuple):
    """One parameter.

    Attributes:
        text: What it means.
        example: A value.
    """

    text: str
    example: str


PARAMETERS: Mapping[str, Parameter] = {
    'app_id': Parameter('The ID of the application.', 'MY_APP_ID'),
    'access_token': Parameter('The access token of the application.', 'MY_ACCESS_TOKEN'),
    'action': Parameter('What to do with the participant: kick, mute or unmute.', 'mute'),
    'attempts': Parameter('How often to play the message before the block ends, 1 to 100.', '2'),
    'caller_id': Parameter(
        'The number on the display: your registered number, one of your Hoiio numbers, or private.',
        '+6591234567',
    ),
    'country': Parameter('The ISO 3166-1 alpha-2 code of the country.', 'US'),
    'dest': Parameter('The destination in E.164. Some operations take several, with commas.', DEST),
    'dest1': Parameter('The first phone; by default your registered number.', '+6591234567'),
    'dest2': Parameter('The second phone.', DEST),
    'duration': Parameter('How many months: 1, 3, 12 or auto_extend.', '1'),
    'fax_header': Parameter('A text at the top of each page, up to 100 characters.', 'Invoice 17'),
    'file': Parameter('A PDF of up to 2 MB: an uploaded file, or base64.', 'JVBERi0xLjQ='),
    'filename': Parameter('The name of the stored file.', 'invoice.pdf'),
    'force': Parameter('Whether to hang up even while a block is running: enabled.', 'enabled'),
    'forward_sms_to': Parameter('The URL that is notified of each SMS.', HOOK),
    'forward_to': Parameter('The URL that is notified of each call or fax.', HOOK),
    'forward_to_sms': Parameter('Another name of forward_sms_to.', HOOK),
    'from': Parameter('The start of the period in GMT+8.', '2026-01-01 00:00:00'),
    'incoming': Parameter('Your Hoiio number, for the price of what it receives.', '+14155550100'),
    'max_digits': Parameter('How many keys end the block, up to 255; by default only #.', '1'),
    'max_duration': Parameter('The time limit in seconds.', '60'),
    'mode': Parameter('Whether the number accepts calls or faxes: voice or fax.', 'voice'),
    'monitor_notify_url': Parameter('The URL that receives the recording.', HOOK),
    'msg': Parameter('The text. A spoken message can contain speech and url elements.', 'Hello'),
    'notify_url': Parameter('The callback URL, which receives the notifications.', HOOK),
    'number': Parameter('The Hoiio number.', '+6531580000'),
    'on_failure': Parameter('What follows a failed transfer: hangup or continue.', 'continue'),
    'page': Parameter('The number of the page, from 1.', '1'),
    'page_size': Parameter('How many entries a page has, up to 100.', '50'),
    'recipients': Parameter(
        'A JSON list of objects with dest and the values for the placeholders in msg.',
        '[{"dest": "+6598765432", "name": "Ann"}]',
    ),
    'room': Parameter('The name of the conference room; by default a new one.', 'meeting'),
    'sender_name': Parameter('The sender: 3 to 11 letters and digits, or a phone number.', 'Hoiio'),
    'session': Parameter('The reference of the IVR session.', 'S1'),
    'state': Parameter('The two letters of the state, for a country that has states.', 'CA'),
    'tag': Parameter('Your own reference, up to 256 characters.', 'order-17'),
    'timeout': Parameter('How many seconds to wait for keys, 1 to 3600.', '15'),
    'to': Parameter('The end of the period in GMT+8, exclusive.', '2026-12-31 00:00:00'),
    'txn_ref': Parameter('The reference of the transaction.', 'AA-C-1'),
    'type': Parameter('Which faxes to list: incoming, outgoing or all.', 'all'),
}
# The examples of one operation that differ from those above.
OWN_EXAMPLES: Mapping[tuple[str, str], str] = {
    ('conference/moderate', 'txn_ref'): 'AA-C-3',
    ('voice/get_rate', 'dest1'): '+6581234567',
    ('sms/query_status', 'txn_ref'): 'AA-S-1',
    ('fax/query_status', 'txn_ref'): 'AA-F-1',
    ('number/subscribe', 'number'): '+6531580001',
}


def example_of(operation: str, name: str) -> str:
    """Return an example of a parameter of an operation."""
    return OWN_EXAMPLES.get((operation, name), PARAMETERS[name].example)
