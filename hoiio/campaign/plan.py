"""What becomes of each row of a file: a person who gets a message, or a row that is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ['Dropped', 'PlannedPerson']


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """A person who gets a message.

    Attributes:
        line: The line of the file, from 1.
        dest: The phone number in E.164 form.
        variables: The value of each variable of the message.
        parts: The number of SMS parts to pay for.
        cost: The price of all parts, in millionths of the currency.
        zone: The IANA time zone of the person; None for the zone of the campaign.
    """

    line: int
    dest: str
    variables: Mapping[str, str]
    parts: int
    cost: int
    zone: str | None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row that is left out.

    Attributes:
        line: The line of the file, from 1.
        reason: Why nobody gets a message for this row.
        dest: The phone number in E.164 form; None if the row does not have a valid one.
    """

    line: int
    reason: str
    dest: str | None
