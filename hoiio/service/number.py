"""Hoiio numbers: how to find, rent and configure them."""

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

# How the guide of 0.1.5 spells these parameters of `configure`.
_MISSPELT = {'foward_to': 'forward_to', 'foward_sms_to': 'forward_sms_to'}


class State(Entry):
    """A state in which you can rent numbers.

    Attributes:
        name: The name, such as ``'Alabama'``.
        code: The two letters of ISO 3166-2, such as ``'AL'``.
        capability: What the numbers there can carry.
    """

    name: str
    code: str
    capability: list[Capability]


class Country(Entry):
    """A country in which you can rent numbers.

    Attributes:
        name: The name, such as ``'USA'``.
        code: The ISO 3166-1 alpha-2 code, such as ``'US'``.
        prefix: The dialling prefix without a plus, such as ``'1'``.
        states: The states; an empty list if the numbers do not belong to a state.
    """

    name: str
    code: str
    prefix: Annotated[str, Field(without_plus)]
    states: Annotated[list[State], Field(default=())]


class Countries(Response):
    """The countries in which you can rent numbers.

    Attributes:
        entries_count: The number of countries.
        entries: The countries.
    """

    entries_count: int
    entries: list[Country]


class AvailableNumber(Entry):
    """A number that you can rent.

    Attributes:
        number: The number.
        capability: What the number can carry; None in an older form of the API, which lists only
            the numbers.
    """

    number: str
    capability: list[Capability] | None


def _to_numbers(value: Any) -> list[AvailableNumber]:
    return to_entries(AvailableNumber)(to_list(_to_number)(value))


def _to_number(value: Any) -> Any:
    # An older form of the API lists only the numbers, without their capability.
    return {'number': value} if isinstance(value, str) else value


class AvailableNumbers(Page[AvailableNumber]):
    """A page of at most 20 numbers that you can rent."""

    size = 20

    entries: Annotated[list[AvailableNumber], Field(_to_numbers)]


class NumberRate(Entry):
    """The price of a number for a duration.

    Attributes:
        duration: The duration in months: 1, 3 or 12.
        rate: The price of the whole duration.
    """

    duration: int
    rate: float


class NumberRates(Response):
    """The prices of the numbers of a country.

    Attributes:
        currency: The currency of the rates.
        entries_count: The number of rates.
        entries: One rate for each duration.
    """

    currency: str
    entries_count: int
    entries: list[NumberRate]


class Subscription(Response):
    """The answer to `Number.subscribe`.

    Attributes:
        currency: The currency of ``debit``.
        debit: The amount charged.
        expiry: The last day of the subscription.
    """

    currency: str
    debit: float
    expiry: date


class SubscribedNumber(Entry):
    """A number that you rent.

    Attributes:
        number: The number.
        forward_to: The URL that Hoiio notifies of incoming calls or faxes; None if it is not set.
        forward_sms_to: The URL that Hoiio notifies of incoming SMS; None if it is not set.
        mode: ``'voice'`` or ``'fax'``; None if Hoiio does not send it, as in 2012.
        expiry: The last day of the subscription, in GMT+8.
        auto_extend_status: ``'enabled'`` if Hoiio renews the subscription every month.
        country: The country, as its ISO 3166-1 alpha-2 code.
        state: The state, as its two letters of ISO 3166-2, or None.
        capabilities: What the number can carry; None if Hoiio does not send it, as in 2012.
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
    """The numbers that you rent.

    Attributes:
        entries_count: The number of entries.
        entries: The numbers.
    """

    entries_count: int
    entries: list[SubscribedNumber]


class Number(Service):
    """Hoiio numbers: ``Hoiio.number``."""

    def available_countries(self, **params: Unpack[CallOptions]) -> Countries:
        """Retrieve the countries, and their states, in which you can rent numbers.

        Returns:
            `Countries`.

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
        """Retrieve the numbers that you can rent, 20 in a page.

        Args:
            country: The country, as its ISO 3166-1 alpha-2 code, such as ``'SG'``.
            state: The state, as its two letters of ISO 3166-2, such as ``'CA'``. Pass it if the
                country has states.
            page: The number of the page. The first page is 1.

        Returns:
            `AvailableNumbers`; its ``auto_paging_iter()`` reads every page.

        Raises:
            InputInvalid: ``country`` is missing.

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
        """Retrieve the prices of the numbers of a country.

        Args:
            country: The country, as its ISO 3166-1 alpha-2 code.

        Returns:
            `NumberRates`.

        Raises:
            InputInvalid: ``country`` is missing.

        Example:
            >>> [entry.duration for entry in Hoiio.number.rate('US').entries]
            [1, 3, 12]

        Source: API ``number/get_rates``; guide, *Retrieve number cost*.
        """
        return self._call('number/get_rates', NumberRates, {'country': country}, **params)

    def subscribe(
        self, number: str, duration: int | str, **params: Unpack[CallOptions]
    ) -> Subscription:
        """Rent a number, or extend its subscription.

        Args:
            number: The number to rent or to extend.
            duration: 1, 3 or 12 months, or ``'auto_extend'`` for a month that Hoiio renews. It
                needs a credit card, which you store in the developer portal.

        Returns:
            A `Subscription`.

        Raises:
            InputInvalid: ``number`` or ``duration`` is missing.

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
        """Set the URLs that Hoiio notifies of the calls, faxes and SMS that a number receives.

        For one kind only, use `configure_voice`, `configure_fax` or `configure_sms`.

        Args:
            number: The number.
            forward_to: The URL for incoming calls, or for faxes if ``mode`` is ``'fax'``.
            forward_sms_to: The URL for incoming SMS.
            mode: What the number receives: ``'voice'``, the default, or ``'fax'``.

        Returns:
            A `Response` that has only a status.

        Raises:
            InputInvalid: ``number`` is missing.

        Warns:
            DeprecationWarning: You passed ``foward_to`` or ``foward_sms_to``, as the guide of 0.1.5
                spells them.

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
            warnings.warn(f'pass {name}, not {misspelt}', DeprecationWarning, stacklevel=2)
            optional[name] = given.pop(misspelt) or optional[name]
        return self._call(
            'number/update_forwarding', Response, {'number': number}, optional, **params
        )

    def configure_voice(
        self, number: str, forward_to: str, **params: Unpack[CallOptions]
    ) -> Response:
        """Let a number receive calls, and set the URL that Hoiio notifies of them.

        Args:
            number: The number.
            forward_to: The URL for incoming calls.

        Returns:
            A `Response` that has only a status.

        Raises:
            InputInvalid: The number or the URL is missing.

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
        """Let a number receive faxes, and set the URL that Hoiio notifies of them.

        Args:
            number: The number.
            forward_to: The URL for incoming faxes.

        Returns:
            A `Response` that has only a status.

        Raises:
            InputInvalid: The number or the URL is missing.

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
        """Set the URL that Hoiio notifies of the SMS that a number receives.

        The API does not say whether a number keeps its mode if you omit ``mode``. For a number that
        receives faxes, use `configure` with ``mode='fax'``.

        Args:
            number: The number.
            forward_sms_to: The URL for incoming SMS.

        Returns:
            A `Response` that has only a status.

        Raises:
            InputInvalid: The number or the URL is missing.

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
        """Retrieve the numbers that you rent, and their configuration.

        ``active_numbers`` is another name of this method, from the guide of 0.1.5.

        Returns:
            `SubscribedNumbers`.

        Example:
            >>> for number in Hoiio.number.subscribed_numbers().entries:
            ...     print(number.number, number.country, number.auto_extend_status)
            +6531580000 SG disabled
            +14155550100 US disabled

        Source: API ``number/get_active``; guide, *Retrieve subscribed numbers*.
        """
        return self._call('number/get_active', SubscribedNumbers, **params)

    active_numbers = subscribed_numbers
