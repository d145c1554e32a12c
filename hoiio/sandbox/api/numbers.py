"""Hoiio numbers: list, subscribe to and forward them."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta

from ...constants import Capability, NumberMode, Status, Switch
from .. import formats
from ..errors import Refused, missing
from ..presets import catalogue
from ..presets.catalogue import Country, Offer
from ..state.journal import EventKind
from ..state.records import Subscription
from ..state.world import World
from . import checks, history
from .request import Request

__all__ = [
    'add_months',
    'assign',
    'assign_from_seed',
    'get_active',
    'get_choices',
    'get_countries',
    'get_rates',
    'subscribe',
    'update_forwarding',
]

CHOICES_PER_PAGE = 20
DURATIONS = {'1': 1, '3': 3, '12': 12, 'auto_extend': 1}
AUTO_EXTEND = 'auto_extend'
SEED_MONTHS = 3


def get_countries(_world: World, _request: Request) -> formats.Reply:
    """List the countries that offer numbers."""
    entries = [_describe_country(country) for country in catalogue.COUNTRIES.values()]
    return formats.without_none(entries_count=str(len(entries)), entries=entries)


def get_choices(world: World, request: Request) -> formats.Reply:
    """List the numbers that are available in a country, twenty on a page."""
    country = _country(request)
    state = request.get('state') or ''
    if country.states and not state:
        raise missing('state')
    page = checks.page(request, CHOICES_PER_PAGE)
    free = [offer for offer in country.offers(state) if offer.number not in world.numbers]
    if not free:
        raise Refused(Status.NO_NUMBER_AVAILABLE)
    capability = _capability_names(country.capabilities)
    return history.listing(
        page, free, lambda offer: formats.without_none(number=offer.number, capability=capability)
    )


def get_rates(world: World, request: Request) -> formats.Reply:
    """List the prices of the numbers in a country."""
    country = _country(request)
    entries = [
        formats.without_none(duration=str(months), rate=formats.money(country.monthly * months))
        for months in (1, 3, 12)
    ]
    return formats.without_none(
        currency=world.seed.currency, entries_count=str(len(entries)), entries=entries
    )


def subscribe(world: World, request: Request) -> formats.Reply:
    """Subscribe to a number, or extend a subscription."""
    number = checks.number(request.text('number'), Status.NUMBER_INVALID)
    duration = request.text('duration')
    _check_duration(world, duration)
    offer = _subscribable(world, request, number)
    price = offer.country.monthly * DURATIONS[duration]
    world.account.spend(price)
    current = world.numbers.get(number)
    start = current.expiry if current else formats.today(world.now())
    expiry = add_months(start, DURATIONS[duration])
    subscription = _extend(world, offer, expiry, request.app_id)
    subscription.auto_extend = duration == AUTO_EXTEND
    return formats.without_none(
        currency=world.seed.currency, debit=formats.money(price), expiry=expiry.isoformat()
    )


def update_forwarding(world: World, request: Request) -> formats.Reply:
    """Set the URLs to which calls, faxes and SMS to a number are forwarded."""
    number = checks.number(request.text('number'), Status.NUMBER_INVALID)
    subscription = world.numbers_of(request.app_id).get(number)
    if subscription is None:
        raise Refused(Status.NUMBER_NOT_ASSIGNED)
    mode = _mode(request)
    forward_to = _forward(request, 'forward_to')
    forward_sms_to = _forward(request, 'forward_sms_to') or _forward(request, 'forward_to_sms')
    if forward_sms_to and 'SMS' not in subscription.capabilities:
        raise Refused(Status.INCOMING_SMS_NOT_SUPPORTED)
    subscription.mode = mode
    subscription.forward_to = forward_to or subscription.forward_to
    subscription.forward_sms_to = forward_sms_to or subscription.forward_sms_to
    text = f'number {number} forwarding: {forward_to or forward_sms_to or "no new URL"}'
    world.note(text, EventKind.NUMBER)
    return {}


def get_active(world: World, request: Request) -> formats.Reply:
    """List the numbers that the application has."""
    entries = [
        _describe(subscription) for subscription in world.numbers_of(request.app_id).values()
    ]
    count = str(len(entries))
    return formats.without_none(entries_count=count, total_entries_count=count, entries=entries)


def assign(world: World, offer: Offer, expiry: date, owner: str) -> Subscription:
    """Assign a number to an application until the end of a day, or extend it until then."""
    world.owners.setdefault(offer.number, owner)
    subscription = world.numbers.setdefault(offer.number, Subscription(offer, expiry))
    subscription.expiry = expiry
    world.schedule.at(_end_of(expiry), lambda: _expire(world, subscription, expiry))
    return subscription


def assign_from_seed(world: World) -> None:
    """Check the numbers of the seed, and assign them to its applications.

    Raises:
        ValueError: The registered number is not in E.164, or another one is not in the catalogue.
    """
    registered = world.seed.registered
    if not checks.is_number(registered):
        raise ValueError(
            f'the registered number must be in E.164, such as +6591234567, not {registered!r:.80}'
        )
    expiry = add_months(formats.today(world.now()), SEED_MONTHS)
    for application in world.seed.applications:
        for number in application.subscribed:
            offer = catalogue.find(number)
            if offer is None:
                raise ValueError(
                    f'{number} is not in the sandbox catalogue: see number/get_choices'
                )
            assign(world, offer, expiry, application.app_id)


def _extend(world: World, offer: Offer, expiry: date, owner: str) -> Subscription:
    """Assign or extend a number, and record that in the journal."""
    world.note(f'number {offer.number} assigned until {expiry}', EventKind.NUMBER)
    return assign(world, offer, expiry, owner)


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month, or the last day of that month if it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return day.replace(year=year, month=month, day=min(day.day, _days_in_month(year, month)))


def _days_in_month(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _end_of(day: date) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=formats.GMT8)
    return midnight + timedelta(days=1)


def _expire(world: World, subscription: Subscription, expiry: date) -> None:
    # The number was extended. The extension has its own timer.
    if subscription.expiry != expiry:
        return
    number, price = subscription.offer.number, subscription.offer.country.monthly
    if subscription.auto_extend and world.account.balance >= price:
        world.account.spend(price)
        _extend(world, subscription.offer, add_months(expiry, 1), world.owners[number])
    else:
        del world.numbers[number], world.owners[number]
        world.note(f'number {number} expired', EventKind.NUMBER)


def _country(request: Request) -> Country:
    # The API documentation has no status for an unknown country. This one is the closest.
    country = catalogue.COUNTRIES.get(request.text('country'))
    if country is None:
        raise Refused(Status.NO_NUMBER_AVAILABLE)
    return country


def _check_duration(world: World, duration: str) -> None:
    if duration not in DURATIONS:
        raise Refused(Status.INVALID_DURATION)
    if duration == AUTO_EXTEND and not world.seed.credit_card:
        raise Refused(Status.AUTO_EXTEND_NOT_AVAILABLE)
    if world.on_trial:
        raise Refused(Status.NOT_ALLOWED_FOR_TRIAL)


def _subscribable(world: World, request: Request, number: str) -> Offer:
    offer = catalogue.find(number)
    if offer is None:
        raise Refused(_why_not_on_offer(number))
    own = world.numbers_of(request.app_id)
    if number in world.numbers and number not in own:
        raise Refused(Status.NUMBER_NOT_AVAILABLE)
    if number not in world.numbers and len(own) >= world.seed.max_numbers:
        raise Refused(Status.EXCEED_MAX_SUBSCRIPTIONS)
    return offer


def _why_not_on_offer(number: str) -> Status:
    sold_out = (country for country in catalogue.COUNTRIES.values() if not country.count)
    if any(number.startswith(f'+{country.prefix}') for country in sold_out):
        return Status.SUBSCRIBE_NUMBER_NOT_AVAILABLE
    return Status.NUMBER_NOT_AVAILABLE


def _mode(request: Request) -> NumberMode:
    mode = request.get('mode') or NumberMode.VOICE.value
    if mode not in {NumberMode.VOICE.value, NumberMode.FAX.value}:
        raise Refused(Status.MODE_INVALID)
    return NumberMode(mode)


def _forward(request: Request, name: str) -> str | None:
    address = request.get(name)
    if address is None:
        return None
    if not checks.is_url(address):
        raise Refused(Status.FORWARD_TO_INVALID)
    if not checks.resolves(address):
        raise Refused(Status.UNABLE_TO_RESOLVE_FORWARD_TO)
    return address


def _describe_country(country: Country) -> formats.Reply:
    capability = _capability_names(country.capabilities)
    states = [
        formats.without_none(code=state.code, name=state.name, capability=capability)
        for state in country.states
    ]
    return formats.without_none(
        code=country.code,
        name=country.name,
        prefix=country.prefix,
        states=states or None,
        capability=None if states else capability,
    )


def _describe(subscription: Subscription) -> formats.Reply:
    offer = subscription.offer
    switch = Switch.ENABLED if subscription.auto_extend else Switch.DISABLED
    return formats.without_none(
        number=offer.number,
        forward_to=subscription.forward_to or '',
        forward_sms_to=subscription.forward_sms_to or '',
        mode=subscription.mode.value,
        expiry=subscription.expiry.isoformat(),
        auto_extend_status=switch.value,
        country=offer.country.code,
        state=offer.state,
        capabilities=_capability_names(subscription.capabilities),
    )


def _capability_names(capabilities: tuple[Capability, ...]) -> list[str]:
    return [capability.value for capability in capabilities]
