"""The Hoiio numbers on offer. They are the same in every run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from ...constants import Capability

__all__ = ['COUNTRIES', 'Country', 'Offer', 'State', 'find']

VOICE_SMS = (Capability.VOICE, Capability.SMS)
VOICE_FAX = (Capability.VOICE, Capability.FAX)
VOICE_ONLY = (Capability.VOICE,)


@dataclass(frozen=True)
class State:
    """A state of a country, with its own numbers.

    Attributes:
        stem: The first digits of its numbers, with the plus.
    """

    code: str
    name: str
    stem: str


@dataclass(frozen=True)
class Country:
    """A country and its numbers.

    Attributes:
        monthly: The price of one number per month.
        stem: The first digits of its numbers, with the plus; empty if the country has states.
        digits: The number of digits after the stem.
        count: The number of Hoiio numbers for each stem.
    """

    code: str
    name: str
    prefix: str
    monthly: Decimal
    capabilities: tuple[Capability, ...]
    stem: str = ''
    digits: int = 3
    count: int = 25
    states: tuple[State, ...] = field(default=())

    def stems(self) -> Mapping[str, str]:
        """Return the stem of each state; a country without states has the key ``''``."""
        if self.states:
            return {state.code: state.stem for state in self.states}
        return {'': self.stem}

    def offers(self, state: str) -> list[Offer]:
        """Return all numbers of a state, including numbers that are already subscribed."""
        stem = self.stems().get(state)
        if stem is None:
            return []
        return [Offer(f'{stem}{n:0{self.digits}}', self, state) for n in range(self.count)]


@dataclass(frozen=True)
class Offer:
    """One number in the catalogue."""

    number: str
    country: Country
    state: str


US_STATES = (
    State('AL', 'Alabama', '+120555501'),
    State('CA', 'California', '+141555501'),
    State('NY', 'New York', '+121255501'),
)
COUNTRIES: Mapping[str, Country] = {
    country.code: country
    for country in (
        Country('SG', 'Singapore', '65', Decimal('9.990'), VOICE_FAX, stem='+6531580', count=45),
        Country('US', 'USA', '1', Decimal('4.000'), VOICE_SMS, digits=2, states=US_STATES),
        Country('HK', 'Hong Kong', '852', Decimal('12.000'), VOICE_FAX, stem='+85230080'),
        Country('MY', 'Malaysia', '60', Decimal('11.000'), VOICE_FAX, stem='+603272100'),
        Country('AU', 'Australia', '61', Decimal('8.000'), VOICE_ONLY, stem='+612801500'),
        # This country is in the list, but it has no numbers left.
        Country('VN', 'Vietnam', '84', Decimal('15.000'), VOICE_ONLY, count=0),
    )
}


def find(number: str) -> Offer | None:
    """Return the offer of a number, or None if the catalogue does not have it."""
    return _by_number().get(number)


@cache
def _by_number() -> Mapping[str, Offer]:
    return {
        offer.number: offer
        for country in COUNTRIES.values()
        for state in country.stems()
        for offer in country.offers(state)
    }
