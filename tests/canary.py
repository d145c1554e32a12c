"""Secrets that the tests send, and a search for them in the objects that the SDK returns."""

from __future__ import annotations

import logging
import pickle
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress

import requests

from hoiio import HoiioException, Response

# The access token of the tests, or the end of it.
TOKEN = 'TOKEN'
# Without the plus, which a form encodes.
PHONE = '6511111111'
TEXT = 'Hoiio World'

# The names HOIIO_ACCESS_TOKEN and MY_ACCESS_TOKEN are not secret. Messages use them.
_TOKEN = re.compile(f'(?<!_){TOKEN}')
_ANY = re.compile(f'{_TOKEN.pattern}|{PHONE}|{TEXT.replace(" ", "[ +]")}')

# The attributes of a response to search. The others come from the server or the connection.
_OF_RESPONSE = ('headers', 'history', 'reason', 'request', 'status_code', 'url')


def leaks_in(thing: object) -> list[str]:
    """Return the places with a secret in an object, its attributes and its causes."""
    places = [place for place, text in _texts(thing) if _ANY.search(text)]
    return places + _leaks_when_pickled(thing)


def _leaks_when_pickled(thing: object) -> list[str]:
    if not isinstance(thing, (HoiioException, Response)):
        return []
    try:
        data = pickle.dumps(thing).decode('latin-1')
    except (pickle.PicklingError, AttributeError, TypeError):
        # A class that a test defines cannot be unpickled.
        is_ours = type(thing).__module__.startswith('hoiio')
        return [f'{type(thing).__name__} does not pickle'] if is_ours else []
    # A number or a text may come from the server. The token never does.
    secret = _TOKEN if _ANY.search(_server_text(thing)) else _ANY
    return [f'pickle of {type(thing).__name__}'] if secret.search(data) else []


def _server_text(thing: object) -> str:
    raw = getattr(thing, 'response', None)
    raw = getattr(raw, 'response', raw)
    return raw.content.decode('latin-1') if isinstance(raw, requests.Response) else ''


def _texts(thing: object) -> Iterator[tuple[str, str]]:
    name = thing.name if isinstance(thing, logging.LogRecord) else type(thing).__name__
    queue, seen = [(name, thing)], {}
    while queue:
        place, each = queue.pop()
        if id(each) in seen:
            continue
        seen[id(each)] = each  # kept, so that no other object gets its id
        if isinstance(each, bytes):
            yield place, each.decode('latin-1')
        elif isinstance(each, str):
            yield place, each
        else:
            yield from _shown(place, each)
            queue += [(f'{place}.{name}', part) for name, part in _parts(each)]


def _shown(place: str, thing: object) -> Iterator[tuple[str, str]]:
    if isinstance(thing, (BaseException, Response)):
        for show in (str, repr):
            # An object without a constructor call may lack an attribute.
            with suppress(AttributeError):
                yield f'{show.__name__} of {place}', show(thing)


def _parts(thing: object) -> list[tuple[str, object]]:
    match thing:
        case BaseException():
            own = {'args': thing.args, 'cause': thing.__cause__, 'context': thing.__context__}
            parts = {**own, **vars(thing)}
        case Response():
            parts = {'response': vars(thing).get('response')}
        case requests.Response():
            parts = {name: getattr(thing, name) for name in _OF_RESPONSE}
        case requests.PreparedRequest():
            parts = vars(thing)
        case logging.LogRecord():
            parts = {'text': thing.getMessage(), **vars(thing)}
        case Mapping():
            parts = {str(name): value for name, value in thing.items()}
        case list() | tuple():
            parts = {str(index): value for index, value in enumerate(thing)}
        case _:
            parts = {}
    return list(parts.items())
