"""Checks that several operations share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

from ...constants import Status
from .. import formats
from ..errors import Refused
from ..presets import magic_numbers, rates
from ..state.records import Callback
from ..state.world import World
from .request import Request

__all__ = [
    'Page',
    'callback',
    'caller_id',
    'has_valid_certificate',
    'is_number',
    'is_url',
    'is_web_address',
    'number',
    'own_transaction',
    'page',
    'period',
    'require_in_service',
    'require_owner',
    'require_reachable',
    'resolves',
    'space_hint',
    'url',
    'whole_number',
]

Entry = TypeVar('Entry')
Transaction = TypeVar('Transaction')

E164 = re.compile(r'\+[0-9]{7,15}')
WHOLE_NUMBER = re.compile(r'[0-9]{1,9}')
URL_CHARACTERS = re.compile(r'[!-~]+')
MAX_TAG_LENGTH = 256
MAX_URL_LENGTH = 4000
MAX_PAGE_SIZE = 100


class Page(NamedTuple):
    """The part of a list that the client requests.

    Attributes:
        number: The number of the page, from 1.
        size: The most entries that the page holds.
    """

    number: int
    size: int

    def entries_of(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Return the entries on this page."""
        start = (self.number - 1) * self.size
        return entries[start : start + self.size]


def is_number(text: str) -> bool:
    """Return True if the text is a phone number in E.164 format."""
    return E164.fullmatch(text) is not None


def number(text: str, refusal: Status) -> str:
    """Return the phone number, or refuse the request if it is not valid."""
    if is_number(text) and text != magic_numbers.INVALID:
        return text
    raise Refused(refusal, space_hint(text))


def space_hint(text: str) -> str:
    """Return a hint if the plus of a phone number was not URL-encoded, or an empty text."""
    plus_is_missing = text.startswith(' ') and is_number(f'+{text[1:]}')
    return 'the plus arrived as a space: encode + as %2B' if plus_is_missing else ''


def require_reachable(world: World, dest: str, refusal: Status) -> str:
    """Return the phone number, or refuse the request if the account cannot reach it."""
    if rates.refused_for_all(dest):
        raise Refused(refusal)
    if world.on_trial and dest != world.seed.registered:
        raise Refused(Status.NOT_ALLOWED_FOR_TRIAL)
    return dest


def require_owner(world: World, request: Request, key: str) -> None:
    """Refuse the request if the transaction belongs to another application."""
    if not world.is_owner(request.app_id, key):
        raise Refused(Status.TXN_REF_ACCESS_DENIED)


def own_transaction(
    world: World, request: Request, transactions: Mapping[str, Transaction]
) -> Transaction:
    """Return the transaction that a request asks for, or refuse the request."""
    transaction = transactions.get(request.text('txn_ref'))
    if transaction is None:
        raise Refused(Status.INVALID_TXN_REF)
    require_owner(world, request, request.text('txn_ref'))
    return transaction


def caller_id(world: World, request: Request) -> str:
    """Return the caller ID: one of the account's own numbers, or ``private``."""
    chosen = request.get('caller_id') or world.seed.registered
    if chosen not in {world.seed.registered, 'private', *world.numbers_of(request.app_id)}:
        raise Refused(Status.CALLER_ID_INVALID)
    return chosen


def callback(request: Request) -> Callback:
    """Return the tag and the callback URL of a request."""
    tag = request.given('tag')
    if tag and len(tag) > MAX_TAG_LENGTH:
        raise Refused(Status.TAG_INVALID_LENGTH)
    return Callback(tag, url(request, 'notify_url'))


def url(request: Request, name: str) -> str | None:
    """Return the callback URL in a parameter, or None if the request has none.

    Refuse the request if the sandbox cannot send notifications to the URL.
    """
    address = request.get(name)
    if address is None:
        return None
    if not is_url(address):
        raise Refused(Status.INVALID_NOTIFY_URL)
    if not resolves(address):
        raise Refused(Status.UNABLE_TO_RESOLVE_NOTIFY_URL)
    if not has_valid_certificate(address):
        raise Refused(Status.UNABLE_TO_COMPLETE_SSL_HANDSHAKE_NOTIFY_URL)
    return address


def is_url(text: str) -> bool:
    """Return True if the text is an absolute http or https URL of at most 4000 characters."""
    return len(text) <= MAX_URL_LENGTH and is_web_address(text)


def is_web_address(text: str) -> bool:
    """Return True if the text is an absolute http or https URL of any length."""
    if not URL_CHARACTERS.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {'http', 'https'} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def resolves(address: str) -> bool:
    """Return True if the host name can exist.

    Names that end in ``.invalid`` never exist (RFC 6761). The sandbox looks up no name, so its
    replies do not depend on the network.
    """
    host = urlsplit(address).hostname or ''
    return not host.rstrip('.').endswith('.invalid')


def has_valid_certificate(address: str) -> bool:
    """Return True if the host can have a valid certificate.

    Hosts under ``badssl.com`` have invalid certificates on purpose. The sandbox does not connect
    to the host, so its replies do not depend on the network.
    """
    parts = urlsplit(address)
    return parts.scheme != 'https' or not f'.{parts.hostname}'.endswith('.badssl.com')


def require_in_service(world: World, service: str, refusal: Status) -> None:
    """Refuse the request if the seed has switched the service off."""
    if service in world.seed.down:
        raise Refused(refusal)


def whole_number(
    request: Request, name: str, allowed: range, default: int | None, refusal: Status
) -> int:
    """Return a whole number, or refuse the request if the number is not in the range.

    If the request does not have the parameter, return the default, or 0 if the default is None.
    """
    text = request.get(name)
    if text is None:
        return default or 0
    if not WHOLE_NUMBER.fullmatch(text) or int(text) not in allowed:
        raise Refused(refusal)
    return int(text)


def page(request: Request, size: int = MAX_PAGE_SIZE) -> Page:
    """Return the page that the client requests; ``size`` is the default and largest page size."""
    chosen = whole_number(request, 'page', range(1, 10**9), 1, Status.PAGE_INVALID)
    limit = whole_number(request, 'page_size', range(1, size + 1), size, Status.PAGE_SIZE_INVALID)
    return Page(chosen, limit)


def period(request: Request) -> tuple[datetime | None, datetime | None]:
    """Return the start and the end of a period; None means no limit on that side.

    The end is not part of the period.
    """
    start = _moment(request, 'from', Status.FROM_INVALID)
    end = _moment(request, 'to', Status.TO_INVALID)
    if start and end and end < start:
        raise Refused(Status.TO_BEFORE_FROM)
    return start, end


def _moment(request: Request, name: str, refusal: Status) -> datetime | None:
    text = request.get(name)
    if text is None:
        return None
    try:
        return formats.parse_moment(text)
    except ValueError as exc:
        raise Refused(refusal) from exc
