"""Hoiio numbers: finding, renting and configuring them."""

from __future__ import annotations

import warnings
from datetime import date
from typing import Annotated, Any, cast

from ..constants import Capability, NumberMode, Switch
from ..fields import Field, to_list, without_plus
from ..response import Entry, Page, Response, to_entries
from .base import CallOptions, Service, Unpack

__all__ = [
    'AvailableNumber',
    'AvailableNumbers',
    'Countries',
    'Country',
    'Number',
    'NumberRate',
    'NumberRates',
    'State',
    'SubscribedNumber',
    'SubscribedNumbers',
    'Subscription',
]

# The guide of 0.1.5 spells the parameters of configure like this.
_MISSPELT = {'foward_to': 'forward_to', 'foward_sms_to': 'forward_sms_to'}


class State(Entry):
    """A state with numbers on offer.

    Attributes:
        name: Such as ``'Alabama'``.
        code: Its two letters of ISO 3166-2, such as ``'AL'``.
        capability: What its numbers can carry.
    """

    name: str
    code: str
    capability: list[Capability]


class Country(Entry):
    """A country with numbers on offer.

    Attributes:
        name: Such as ``'USA'``.
        code: Its ISO 3166-1 alpha-2 code, such as ``'US'``.
        prefix: Its dialling prefix without a plus, such as ``'1'``.
        states: Its states; an empty list where numbers are not bound to one.
    """

    name: str
    code: str
    prefix: Annotated[str, Field(without_plus)]
    states: Annotated[list[State], Field(default=())]


class Countries(Response):
    """The countries with numbers on offer.

    Attributes:
        entries_count: How many there are.
        entries: The countries.
    """

    entries_count: int
    entries: list[Country]


class AvailableNumber(Entry):
    """A number on offer.

    Attributes:
        number: The number.
        capability: What it can carry; None where an older form of the API lists bare numbers.
    """

    number: str
    capability: list[Capability] | None


def _to_numbers(value: Any) -> list[AvailableNumber]:
    return to_entries(AvailableNumber)(to_list(_to_number)(value))


def _to_number(value: Any) -> Any:
    # An older form of the API lists the bare numbers.
    return {'number': value} if isinstance(value, str) else value


class AvailableNumbers(Page[AvailableNumber]):
    """A page of numbers on offer, at most 20."""

    size = 20

    entries: Annotated[list[AvailableNumber], Field(_to_numbers)]


class NumberRate(Entry):
    """What a number costs for a time.

    Attributes:
        duration: In months: 1, 3 or 12.
        rate: The price of the whole time.
    """

    duration: int
    rate: float


class NumberRates(Response):
    """What the numbers of a country cost.

    Attributes:
        currency: The currency of the rates.
        entries_count: How many rates there are.
        entries: A rate for each duration.
    """

    currency: str
    entries_count: int
    entries: list[NumberRate]


class Subscription(Response):
    """The answer to a subscription.

    Attributes:
        currency: The currency of the debit.
        debit: What was charged.
        expiry: The last day.
    """

    currency: str
    debit: float
    expiry: date


class SubscribedNumber(Entry):
    """A number of yours.

    Attributes:
        number: The number.
        forward_to: Where Hoiio reports incoming calls or faxes; None if that is not set.
        forward_sms_to: Where Hoiio reports incoming SMS; None if that is not set.
        mode: Whether it takes calls or faxes; None if Hoiio does not tell it, as in 2012.
        expiry: The last day, in GMT+8.
        auto_extend_status: ``'enabled'`` if it renews itself every month.
        country: The ISO 3166-1 alpha-2 code.
        state: Two letters of ISO 3166-2; None where there is none.
        capabilities: What it can carry; None if Hoiio does not tell it, as in 2012.
    """

    number: str
    forward_to: str | None
    forward_sms_to: str | None
    mode: NumberMode | None
    expiry: date
    auto_extend_status: Switch
    country: str
    state: str | None
    capabilities: list[Capability] | None


class SubscribedNumbers(Response):
    """Your numbers.

    Attributes:
        entries_count: How many there are.
        entries: The numbers.
    """

    entries_count: int
    entries: list[SubscribedNumber]


class Number(Service):
    """Hoiio numbers: ``Hoiio.number``."""

    def available_countries(self, **params: Unpack[CallOptions]) -> Countries:
        """Retrieve the countries, and their states, that have numbers on offer.

        Args:
            **params: For this call alone; see `Service`.

        Returns:
            `Countries`.

        Raises:
            InputInvalid: The credentials are missing.
            TransportError: Hoiio could not be reached.

        Example:
            >>> for country in Hoiio.number.available_countries().entries:
            ...     print(country.name, [state.code for state in country.states])
            Singapore []
            USA ['AL', 'CA', 'NY']
            Hong Kong []
            ...

        Source: API ``number/get_countries``; guide, *Retrieve available countries*.
        """
        return self._call('number/get_countries', Countries, **params)

    def available_numbers(
        self,
        country: str,
        state: str | None = None,
        *,
        page: int | None = None,
        **params: Unpack[CallOptions],
    ) -> AvailableNumbers:
        """Retrieve the numbers on offer, 20 a page.

        Args:
            country: The ISO 3166-1 alpha-2 code, such as ``'SG'``.
            state: Two letters of ISO 3166-2, for a country with states, such as ``'CA'``.
            page: The page, counted from 1.
            **params: For this call alone; see `Service`.

        Returns:
            `AvailableNumbers`; its ``auto_paging_iter()`` goes through all pages.

        Raises:
            InputInvalid: There is no country.
            TransportError: Hoiio could not be reached.

        Example:
            >>> page = Hoiio.number.available_numbers('US', 'CA')
            >>> page.entries[0].number, page.entries[0].capability
            ('+14155550101', ['VOICE', 'SMS'])
            >>> page.entries_count, page.total_entries_count
            (20, 24)

        Source: API ``number/get_choices``; guide, *Retrieve available numbers*.
        """
        where = {'country': country}, {'state': state}
        return self._page('number/get_choices', AvailableNumbers, page, *where, **params)

    def rate(self, country: str, **params: Unpack[CallOptions]) -> NumberRates:
        """Retrieve what the numbers of a country cost.

        Args:
            country: The ISO 3166-1 alpha-2 code.
            **params: For this call alone; see `Service`.

        Returns:
            `NumberRates`.

        Raises:
            InputInvalid: There is no country.
            TransportError: Hoiio could not be reached.

        Example:
            >>> [entry.duration for entry in Hoiio.number.rate('US').entries]
            [1, 3, 12]

        Source: API ``number/get_rates``; guide, *Retrieve number cost*.
        """
        return self._call('number/get_rates', NumberRates, {'country': country}, **params)

    def subscribe(
        self, number: str, duration: int | str, **params: Unpack[CallOptions]
    ) -> Subscription:
        """Rent a number, or extend one that you have.

        Args:
            number: A number on offer, or one of yours.
            duration: Months: 1, 3 or 12; or ``'auto_extend'`` for a month that renews itself,
                which needs a credit card stored in the developer portal.
            **params: For this call alone; see `Service`.

        Returns:
            A `Subscription`.

        Raises:
            InputInvalid: There is no number or no duration.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> number = Hoiio.number.available_numbers('SG').entries[0].number
            >>> res = Hoiio.number.subscribe(number, 1)
            >>> print(f'{res.debit:.2f} {res.currency} until {res.expiry}')
            9.99 SGD until 20...

        Source: API ``number/subscribe``; guide, *Subscribe a number*.
        """
        required = {'number': number, 'duration': duration}
        return self._call('number/subscribe', Subscription, required, **params)

    def configure(
        self,
        number: str,
        *,
        forward_to: str | None = None,
        forward_sms_to: str | None = None,
        mode: NumberMode | str | None = None,
        **params: Unpack[CallOptions],
    ) -> Response:
        """Tell where Hoiio reports what arrives at a number.

        For one kind alone, `configure_voice`, `configure_fax` and `configure_sms` are simpler.

        Args:
            number: The number.
            forward_to: The URL for incoming calls, or for faxes, as the mode says.
            forward_sms_to: The URL for incoming SMS.
            mode: ``'voice'`` or ``'fax'``; a number takes one of the two. By default voice.
            **params: For this call alone; see `Service`.

        Returns:
            A `Response` with a status alone.

        Raises:
            InputInvalid: There is no number.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Warns:
            DeprecationWarning: ``foward_to`` or ``foward_sms_to`` was given, as the guide of
                0.1.5 spells them.

        Example:
            >>> number = Hoiio.number.subscribed_numbers().entries[0].number
            >>> res = Hoiio.number.configure(number, forward_to='http://127.0.0.1:8000/calls')
            >>> res.is_success()
            True

        Source: API ``number/update_forwarding``; guide, *Configure a number*.
        """
        optional = {'forward_to': forward_to, 'forward_sms_to': forward_sms_to, 'mode': mode}
        given = cast('dict[str, Any]', params)
        for misspelt in _MISSPELT.keys() & given:
            name = _MISSPELT[misspelt]
            warnings.warn(f'{misspelt} is spelt {name}', DeprecationWarning, stacklevel=2)
            optional[name] = given.pop(misspelt) or optional[name]
        return self._call(
            'number/update_forwarding', Response, {'number': number}, optional, **params
        )

    def configure_voice(
        self, number: str, forward_to: str, **params: Unpack[CallOptions]
    ) -> Response:
        """Let a number take calls, and tell where Hoiio reports them.

        Args:
            number: The number.
            forward_to: The URL for incoming calls.
            **params: For this call alone; see `Service`.

        Returns:
            A `Response` with a status alone.

        Raises:
            InputInvalid: There is no number or no URL.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> number = Hoiio.number.subscribed_numbers().entries[0].number
            >>> res = Hoiio.number.configure_voice(number, 'http://127.0.0.1:8000/calls')
            >>> res.is_success()
            True

        Source: API ``number/update_forwarding``; guide, *hoiio.service.number*.
        """
        return self._forward(number, {'forward_to': forward_to, 'mode': NumberMode.VOICE}, params)

    def configure_fax(
        self, number: str, forward_to: str, **params: Unpack[CallOptions]
    ) -> Response:
        """Let a number take faxes, and tell where Hoiio reports them.

        Args:
            number: The number.
            forward_to: The URL for incoming faxes.
            **params: For this call alone; see `Service`.

        Returns:
            A `Response` with a status alone.

        Raises:
            InputInvalid: There is no number or no URL.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> number = Hoiio.number.subscribed_numbers().entries[0].number
            >>> res = Hoiio.number.configure_fax(number, 'http://127.0.0.1:8000/faxes')
            >>> res.is_success()
            True

        Source: API ``number/update_forwarding``; guide, *hoiio.service.number*.
        """
        return self._forward(number, {'forward_to': forward_to, 'mode': NumberMode.FAX}, params)

    def configure_sms(
        self, number: str, forward_sms_to: str, **params: Unpack[CallOptions]
    ) -> Response:
        """Tell where Hoiio reports the SMS that arrive at a number.

        Whether Hoiio keeps the mode of a number when a request does not say it is not known. For
        a number that takes faxes, use `configure` with ``mode='fax'``.

        Args:
            number: The number.
            forward_sms_to: The URL for incoming SMS.
            **params: For this call alone; see `Service`.

        Returns:
            A `Response` with a status alone.

        Raises:
            InputInvalid: There is no number or no URL.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> number = Hoiio.number.subscribed_numbers().entries[-1].number
            >>> res = Hoiio.number.configure_sms(number, 'http://127.0.0.1:8000/sms')
            >>> res.is_success()
            True

        Source: API ``number/update_forwarding``; guide, *hoiio.service.number*.
        """
        return self._forward(number, {'forward_sms_to': forward_sms_to}, params)

    def _forward(self, number: str, where: dict[str, str], params: CallOptions) -> Response:
        required = {'number': number, **where}
        return self._call('number/update_forwarding', Response, required, **params)

    def subscribed_numbers(self, **params: Unpack[CallOptions]) -> SubscribedNumbers:
        """Retrieve your numbers and how they are configured.

        Also called ``active_numbers``, as in the reference list of the old guide.

        Args:
            **params: For this call alone; see `Service`.

        Returns:
            `SubscribedNumbers`.

        Raises:
            InputInvalid: The credentials are missing.
            TransportError: Hoiio could not be reached.

        Example:
            >>> for number in Hoiio.number.subscribed_numbers().entries:
            ...     print(number.number, number.country, number.auto_extend_status)
            +6531580000 SG disabled
            +14155550100 US disabled

        Source: API ``number/get_active``; guide, *Retrieve subscribed numbers*.
        """
        return self._call('number/get_active', SubscribedNumbers, **params)

    active_numbers = subscribed_numbers
