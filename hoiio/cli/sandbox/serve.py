"""Start a sandbox and print its events."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from ..exit_codes import ExitCode
from ..parser import to_text
from ..streams import complain, printable
from .action import FORMS, add_forms, filled, one_line, to_path
from .control_client import ControlError
from .location import PORT, add_location
from .logs import positive
from .state import read_snapshot

if TYPE_CHECKING:
    from ...sandbox import Sandbox, Seed

__all__ = ['PORT', 'SEED_OPTIONS', 'configure', 'require_no_options', 'serve']

# The beginning of the names that options of this module have in the namespace.
MARK = 'start_'
LARGEST_AMOUNT = 10**9
DECIMALS = 3
CURRENCIES = ('SGD', 'HKD', 'USD', 'AUD', 'MYR', 'TWD')
SERVICES = ('voice', 'sms', 'fax')


def amount(text: str) -> Decimal:
    """Read an amount of money from the command line."""
    try:
        value = Decimal(text)
        valid = 0 <= value <= LARGEST_AMOUNT and value == round(value, DECIMALS)
    except InvalidOperation:
        valid = False
    if not valid:
        raise argparse.ArgumentTypeError(
            f'an amount is a number such as 20 or 0.032, not {text!r:.80}'
        )
    return round(value, DECIMALS)


def _limit(text: str) -> int | None:
    return None if text == 'none' else positive(text)


FLAG = {'action': 'store_true'}
OPTIONS: dict[str, dict[str, Any]] = {
    'answer': {
        'choices': ['auto', 'manual'],
        'help': 'auto: phones answer at once; manual: they ring until you act'
        ' (default: auto, or manual with --open)',
    },
    'open': {**FLAG, 'help': 'open its phones in a browser; they ring until you answer'},
    'host': {
        'type': to_text,
        'metavar': 'ADDRESS',
        'help': 'the address to listen on (default: 127.0.0.1)',
    },
    'allow-host': {
        'action': 'append',
        'type': filled,
        'metavar': 'NAME',
        'help': 'a name that other machines use for this one, such as the name of a container',
    },
    'load': {'type': to_path, 'metavar': 'FILE', 'help': 'start from a state that `save` wrote'},
    'stopped-clock': {**FLAG, 'help': 'stop the clock; only `clock advance` moves it'},
    'one-at-a-time': {**FLAG, 'help': 'deliver one notification at a time'},
    'public-hosts': {**FLAG, 'help': 'deliver notifications to any server, not only to local ones'},
    'log-limit': {
        'type': positive,
        'metavar': 'N',
        'help': 'how many events and deliveries to keep (default: 10000)',
    },
}
ACCOUNT: dict[str, dict[str, Any]] = {
    'trial': {**FLAG, 'help': 'a trial account, which reaches only its registered number'},
    'credit': {
        'type': amount,
        'metavar': 'AMOUNT',
        'help': 'the credit that the owner bought (default: 50; with --credit, no free credit)',
    },
    'bonus': {'type': amount, 'metavar': 'AMOUNT', 'help': 'the free credit (default: 4.65)'},
    'currency': {'choices': CURRENCIES, 'help': 'the currency (default: SGD)'},
    'number': {
        'action': 'append',
        'type': filled,
        'metavar': 'NUMBER',
        'help': 'a Hoiio number that the account has; you can repeat this option',
    },
    'registered': {
        'type': filled,
        'metavar': 'NUMBER',
        'help': 'the registered mobile number (default: +6591234567)',
    },
    'name': {'type': to_text, 'metavar': 'NAME', 'help': 'the name of its owner'},
    'email': {'type': to_text, 'metavar': 'EMAIL', 'help': 'the email address of its owner'},
    'uid': {'type': filled, 'metavar': 'ID', 'help': 'the ID of the account'},
    'country': {'type': filled, 'metavar': 'CODE', 'help': 'its country, such as SG'},
    'prefix': {
        'type': filled,
        'metavar': 'PREFIX',
        'help': 'the calling code of its country, such as 65',
    },
    'no-sender-name': {**FLAG, 'help': 'the account cannot use sender names'},
    'no-credit-card': {**FLAG, 'help': 'the account cannot extend its numbers by itself'},
    'max-numbers': {'type': positive, 'metavar': 'N', 'help': 'the most numbers that it can have'},
    'queries-per-minute': {
        'type': _limit,
        'metavar': 'N',
        'help': 'the rate limit of an operation, or none (default: 60)',
    },
    'repeat-in-query': {
        **FLAG,
        'help': 'notifications have their parameters also in the query of the URL',
    },
    'down': {
        'action': 'append',
        'choices': SERVICES,
        'help': 'a service that is not available; you can repeat this option',
    },
}
#: The fields of the seed that an option sets, each with its option.
SEED_OPTIONS = {
    'user_status': 'trial',
    'points': 'credit',
    'bonus': 'bonus',
    'currency': 'currency',
    'subscribed': 'number',
    'registered': 'registered',
    'name': 'name',
    'email': 'email',
    'uid': 'uid',
    'country': 'country',
    'prefix': 'prefix',
    'sms_rebrand': 'no-sender-name',
    'credit_card': 'no-credit-card',
    'max_numbers': 'max-numbers',
    'queries_per_minute': 'queries-per-minute',
    'repeat_in_query': 'repeat-in-query',
    'down': 'down',
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options that start a sandbox."""
    add_location(parser)
    add_forms(parser)
    _add(parser.add_argument_group('options for starting a sandbox'), OPTIONS)
    _add(parser.add_argument_group('the account of the sandbox'), ACCOUNT)


def _add(group: argparse._ArgumentGroup, options: dict[str, dict[str, Any]]) -> None:
    for name, settings in options.items():
        # Only what was given is in the namespace, so that it can be refused for an action.
        group.add_argument(f'--{name}', dest=f'{MARK}{name}', default=argparse.SUPPRESS, **settings)


def require_no_options(given: argparse.Namespace) -> None:
    """Refuse options that only start a sandbox.

    Raises:
        ControlError: If there is one.
    """
    if options := _options(given):
        raise ControlError(
            f'--{next(iter(options))} is for starting a sandbox, so use it without an action',
            ExitCode.USAGE,
        )


def _options(given: argparse.Namespace) -> dict[str, Any]:
    return {
        name.removeprefix(MARK): value
        for name, value in vars(given).items()
        if name.startswith(MARK)
    }


def serve(given: argparse.Namespace) -> ExitCode:
    """Run a sandbox and print its events until Ctrl-C.

    Raises:
        ControlError: If an option is not valid, or the port is taken.
    """
    for option in ('url', *FORMS):
        if option in given:
            raise ControlError(
                f'--{option} is for an action, and not for starting a sandbox', ExitCode.USAGE
            )
    options = _options(given)
    sandbox = _start(options, getattr(given, 'port', PORT))
    try:
        _warn(options)
        print(_welcome(sandbox), flush=True)
        if 'open' in options:
            _open(sandbox.url.replace('/open/', '/_sandbox/'))
        for line in sandbox.follow():
            print(printable(one_line(line)), flush=True)
    except KeyboardInterrupt:
        print('\nStopped.')
    finally:
        sandbox.stop()
    return ExitCode.DONE


def _open(url: str) -> None:
    import webbrowser  # noqa: PLC0415

    webbrowser.open(url)


def _start(options: dict[str, Any], port: int) -> Sandbox:
    # Imported here, because an action needs neither the sandbox nor Werkzeug.
    from ...sandbox import FakeClock, Sandbox  # noqa: PLC0415

    snapshot = read_snapshot(options['load']) if 'load' in options else None
    host = options.get('host', '127.0.0.1')
    settings: dict[str, Any] = {
        'answer': options.get('answer', 'manual' if 'open' in options else 'auto'),
        'clock': FakeClock() if 'stopped-clock' in options else None,
        'one_at_a_time': 'one-at-a-time' in options,
        'public_hosts': 'public-hosts' in options,
        'allowed_hosts': options.get('allow-host', ()),
    }
    if 'log-limit' in options:
        settings['log_limit'] = options['log-limit']
    try:
        settings['seed'] = _seed(options)
        if snapshot is None:
            sandbox = Sandbox(host, port, **settings)
        else:
            sandbox = Sandbox.load(snapshot, host=host, port=port, **settings)
        sandbox.start()
    except ValueError as exc:
        raise ControlError(str(exc), ExitCode.USAGE) from exc
    except OSError as exc:
        # The sandbox itself suggests what a command line cannot do.
        reason = os.strerror(exc.errno) if exc.errno and exc.errno > 0 else 'the host was not found'
        raise ControlError(
            f'port {port} of {host} is not available ({reason}); try --port 0, or another --host'
        ) from exc
    return sandbox


def _seed(options: dict[str, Any]) -> Seed:
    from ...constants import UserStatus  # noqa: PLC0415
    from ...sandbox import Seed  # noqa: PLC0415

    changes = {
        field: _SEED_VALUES.get(option, lambda value: value)(options[option])
        for field, option in SEED_OPTIONS.items()
        if option in options
    }
    if 'user_status' in changes:
        changes['user_status'] = UserStatus.TRIAL
    if 'credit' in options:
        changes.setdefault('bonus', Decimal('0.000'))
    return replace(Seed(), **changes)


# How the value of an option becomes the value of its field, where the two differ.
_SEED_VALUES: dict[str, Any] = {
    'number': tuple,
    'down': tuple,
    'no-sender-name': lambda _given: False,
    'no-credit-card': lambda _given: False,
}


def _warn(options: dict[str, Any]) -> None:
    from ...sandbox.addresses import is_loopback  # noqa: PLC0415

    host = options.get('host', 'localhost')
    if 'allow-host' in options or not (host == 'localhost' or is_loopback(host)):
        complain(
            'Warning: other machines may reach this sandbox, and anybody who does can use its'
            ' account. Use this only in a network that you trust. The control API accepts only'
            ' programs on this machine, under its own names.'
        )


def _welcome(sandbox: Sandbox) -> str:
    return f"""\
The sandbox is running at {sandbox.url}. Press Ctrl-C to stop it.
To use it from the SDK, set these variables:

  export HOIIO_BASE_URL={sandbox.url}
  export HOIIO_APP_ID={sandbox.app_id}
  export HOIIO_ACCESS_TOKEN={sandbox.access_token}
"""
