"""The arguments of ``hoiio campaign send``, read and checked before anything happens."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from ...campaign.exceptions import PlanInvalid
from ...campaign.numbers import NumberReader
from ...campaign.people import People
from ...campaign.prices import MILLIONTHS
from ...campaign.quiet_hours import Window, require_zone
from ...campaign.settings import Settings
from ...campaign.template import Template

__all__ = ['Order', 'read_order']

# Up to a billion, which is more than anybody means.
_SUM = re.compile(r'[0-9]{1,9}(\.[0-9]+)?')
_VARIABLE = re.compile(r'\{\{.*?\}\}')
# What other programs write for a variable.
_LOOKALIKE = re.compile(r'[{\[<%\u00ab]\s*(\w[\w ]*?)\s*[}\]>%\u00bb]')


@dataclass(frozen=True)
class Order:
    """What to send to whom.

    Attributes:
        people: The file.
        template: The message.
        numbers: Reads the phone numbers.
        settings: The settings of the campaign.
        max_cost: The most that it may cost, in millionths; None if the person did not say.
    """

    people: People
    template: Template
    numbers: NumberReader
    settings: Settings
    max_cost: int | None


def read_order(given: argparse.Namespace, app_id: str = '', base_url: str = '') -> Order:
    """Read what a person asks for.

    Raises:
        PlanInvalid: An option or the file is not valid.
        InputInvalid: The message is not text.
    """
    template = Template(given.message, given.sender_name)
    numbers = NumberReader(given.prefix)
    settings = Settings(
        tag=given.tag,
        app_id=app_id,
        base_url=base_url,
        message=given.message,
        sender_name=given.sender_name,
        prefix=numbers.prefix,
        zone=given.zone,
        window=None if given.window is None else Window.parse(given.window),
        expires=_expires(given),
        notify_url=given.notify_url,
        settle=given.settle,
    )
    max_cost = None if given.max_cost is None else _millionths(given.max_cost)
    try:
        people = People(given.file, given.column)
    except OSError as exc:
        raise PlanInvalid(f'{given.file} cannot be read: {exc.strerror}') from exc
    _refuse_lookalikes(given.message, people)
    return Order(people, template, numbers, settings, max_cost)


def _refuse_lookalikes(message: str, people: People) -> None:
    """Refuse ``{name}`` and ``[name]`` if there is such a column: everybody would read them."""
    for found in _LOOKALIKE.finditer(_VARIABLE.sub('', message)):
        if found[1] in people.columns:
            raise PlanInvalid(
                f'the message has {found[0]}, which Hoiio would send literally; to insert the value'
                f' of this column, write {{{{{found[1]}}}}}'
            )


def _expires(given: argparse.Namespace) -> datetime | None:
    if given.expires is None:
        return None
    try:
        expires = datetime.fromisoformat(given.expires)
    except ValueError as exc:
        raise PlanInvalid(
            f'{given.expires!r} is not a date and time; use one such as "2026-12-01 18:00"'
        ) from exc
    if expires.tzinfo is None:
        # In the zone of the campaign, or of this machine.
        zone = None if given.zone is None else ZoneInfo(require_zone(given.zone))
        expires = expires.replace(tzinfo=zone) if zone else expires.astimezone()
    return expires


def _millionths(text: str) -> int:
    if not _SUM.fullmatch(text):
        raise PlanInvalid(
            f'{text!r} is not a sum of money; give one such as 16.32, in the currency of the'
            ' account'
        )
    return int(Decimal(text) * MILLIONTHS)
