"""Actions that show what happened, and disturb notifications or repeat them."""

from __future__ import annotations

import argparse
from typing import Any

from ..streams import complain
from .action import Action, one_line, seconds, show, show_each, time_of
from .control_client import ControlClient

__all__ = ['ACTIONS', 'event_line', 'notification_line', 'positive']

MOST = 10**9


def event_line(event: dict[str, Any]) -> str:
    """Return an event as the sandbox itself prints it."""
    return one_line(f'{time_of(event["date"]):%H:%M:%S} {event["text"]}')


def _add_follow(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        '--follow', action='store_true', help='print each new event until you press Ctrl-C'
    )


def _events(client: ControlClient, given: argparse.Namespace) -> None:
    if not given.follow:
        show_each(given, client.get('events')['events'], event_line)
        return
    show_each(given, client.follow(), event_line)
    complain('hoiio sandbox events: the sandbox has stopped.')


def _notifications(client: ControlClient, given: argparse.Namespace) -> None:
    listed = client.get('deliveries')
    done = [{**each, 'waiting': False} for each in listed['deliveries']]
    waiting = [{**each, 'waiting': True} for each in listed['waiting']]
    show_each(given, [*done, *waiting], notification_line)


def notification_line(delivery: dict[str, Any]) -> str:
    """Describe a notification for people."""
    outcome = 'waiting'
    if not delivery.get('waiting'):
        outcome = delivery['error'] or f'HTTP {delivery["status"]} {delivery["answer"]}'
    copy = f' copy of {delivery["copy_of"]}' if delivery.get('copy_of') else ''
    return one_line(
        f'{delivery["id"]}{copy}  {delivery["lane"]} -> {delivery["url"]}: {outcome}'.rstrip()
    )


def positive(text: str) -> int:
    """Read a whole number of at least 1 from the command line."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:10]) <= MOST):
        raise argparse.ArgumentTypeError(f'use a whole number from 1, not {text!r:.80}')
    return int(text)


def _add_id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        'id', type=positive, help='the id of the notification, which its event shows'
    )


def _resend(client: ControlClient, given: argparse.Namespace) -> None:
    copy = client.post(f'deliveries/{given.id}/resend')
    show(given, copy, [str(copy['id'])])


def _add_times(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        '--times', type=positive, default=1, help='how many notifications (default: %(default)s)'
    )


def _add_delay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('seconds', type=seconds, help='the delay, by the clock of the sandbox')
    _add_times(parser)


def _add_count(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        '--count', type=positive, default=2, help='how many notifications (default: %(default)s)'
    )


def _duplicate(client: ControlClient, given: argparse.Namespace) -> None:
    answer = client.post('post/duplicate_next', {'times': given.times})
    show(given, answer, [f'{_next(given.times)} will arrive twice.'])


def _delay(client: ControlClient, given: argparse.Namespace) -> None:
    answer = client.post('post/delay_next', {'seconds': given.seconds, 'times': given.times})
    show(given, answer, [f'{_next(given.times)} will arrive {given.seconds:g} s late.'])


def _reorder(client: ControlClient, given: argparse.Namespace) -> None:
    answer = client.post('post/reorder_next', {'count': given.count})
    show(given, answer, [f'{_next(given.count)} will arrive in reverse order.'])


def _clear(client: ControlClient, given: argparse.Namespace) -> None:
    show(given, client.post('post/clear'), ['Notifications arrive as usual.'])


def _next(times: int) -> str:
    return 'The next notification' if times == 1 else f'Each of the next {times} notifications'


DISTURBANCES = {
    'duplicate': Action('deliver each of the next notifications twice', _duplicate, _add_times),
    'delay': Action('delay each of the next notifications', _delay, _add_delay),
    'reorder': Action('deliver the next notifications in reverse order', _reorder, _add_count),
    'clear': Action('stop all of this', _clear),
}
ACTIONS = {
    'events': Action('list what happened', _events, _add_follow),
    'notifications': Action(
        'list the notifications, or disturb the next ones', _notifications, actions=DISTURBANCES
    ),
    'resend': Action('deliver a notification again', _resend, _add_id),
}
