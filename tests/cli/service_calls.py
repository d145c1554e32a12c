"""A call of every method of the services, as arguments of the command line."""

from __future__ import annotations

from collections.abc import Mapping

from hoiio import HoiioClient
from hoiio.cli.services import commands_of, service_of

ALICE = '+6591111111'
BOB = '+6582222222'
OFFICE = '+6563333333'
URL = 'http://127.0.0.1:9/ivr'
SERVICES = ('account', 'fax', 'ivr', 'number', 'sms', 'voice')

# A word in braces is made in the sandbox first.
CALLS: Mapping[str, str] = {
    'account balance': '',
    'account info': '',
    'fax send': f'{OFFICE} letter.pdf --tag letter',
    'fax status': '{fax}',
    'fax history': '--type outgoing --limit 5',
    'fax find': 'fax',
    'fax rate': OFFICE,
    'fax rate-in': '{number}',
    'ivr dial': f'{BOB} --msg Hello --notify-url {URL}',
    'ivr play': '{session} Hello',
    'ivr gather': f'{{session}} --max-digits 1 --notify-url {URL}',
    'ivr record': f'{{session}} --max-duration 5 --notify-url {URL}',
    'ivr monitor': f'{{session}} --notify-url {URL}',
    'ivr hold': '{session}',
    'ivr unhold': '{held}',
    'ivr transfer': '{session} room:',
    'ivr hangup': '{session} --force',
    'number available-countries': '',
    'number available-numbers': 'US CA --page 2',
    'number rate': 'US',
    'number subscribe': '{number} 1 --yes',
    'number configure': f'{{number}} --forward-to {URL}',
    'number configure-voice': f'{{number}} {URL}',
    'number configure-fax': f'{{number}} {URL}',
    'number configure-sms': f'{{texts}} {URL}',
    'number subscribed-numbers': '',
    'number active-numbers': '',
    'sms send': f'Hello {ALICE} --tag hello',
    'sms bulk-send': f'Hello {ALICE} {BOB} --yes',
    'sms status': '{sms}',
    'sms history': '--from 2012-01-01',
    'sms find': 'sms',
    'sms rate': f'Hello {ALICE}',
    'sms rate-in': '{texts}',
    'voice call': f'{ALICE} {BOB} --max-duration 60',
    'voice conference': f'{ALICE} {BOB} --yes',
    'voice kick': '{participant}',
    'voice mute': '{participant}',
    'voice unmute': '{muted}',
    'voice hangup': '{call}',
    'voice status': '{call}',
    'voice history': '--limit 1',
    'voice find': 'call',
    'voice rate': f'{ALICE} {BOB}',
}


def every_command() -> list[str]:
    """Return the commands of all services, such as ``'sms bulk-send'``."""
    return [
        f'{service} {command}'
        for service in SERVICES
        for command in commands_of(service_of(service))
    ]


def arguments_of(command: str, client: HoiioClient) -> list[str]:
    """Return the words of a call, and make in the sandbox what it is about."""
    return [*command.split(), *CALLS[command].format_map(_Made(client)).split()]


class _Made(dict[str, str]):
    """What the calls are about, each made when a call names it."""

    def __init__(self, client: HoiioClient) -> None:
        super().__init__()
        self._client = client
        # What `find` looks for.
        client.sms.send('Hello', ALICE, tag='sms')
        client.voice.call(ALICE, BOB, tag='call')
        client.fax.send(OFFICE, 'letter.pdf', tag='fax')

    def __missing__(self, name: str) -> str:
        client = self._client
        match name:
            case 'sms' | 'fax':
                record = getattr(client, name).find(name)
                return str(record.txn_ref)
            case 'call':
                return client.voice.call(ALICE, BOB).txn_ref
            case 'participant' | 'muted':
                ref = client.voice.conference(ALICE, BOB).txn_refs[0]
                if name == 'muted':
                    client.voice.mute(ref).raise_for_status()
                return ref
            case 'session' | 'held':
                session = client.ivr.dial(BOB, notify_url=URL).session
                if name == 'held':
                    client.ivr.hold(session).raise_for_status()
                return session
        rented = client.number.subscribed_numbers().entries
        return rented[-1 if name == 'texts' else 0].number
