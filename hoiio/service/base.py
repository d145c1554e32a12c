"""What all services share: the options of a call, pages, and the search for a tag."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Optional, TypedDict, TypeVar

from ..exceptions import FieldUnreadable, HoiioException, InputInvalid
from ..fields import is_future, text_of, to_form, to_text
from ..response import Entry, Page, Response
from ..transport import Timeout

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..client import HoiioClient
else:
    # Python 3.10 does not have Unpack. There, Optional keeps the annotations valid.
    Unpack = getattr(typing, 'Unpack', Optional)

__all__ = ['BlockOptions', 'CallOptions', 'Service', 'Unpack']

E = TypeVar('E', bound=Entry)
R = TypeVar('R', bound=Response)
P = TypeVar('P', bound=Page[Any])

# Python decodes a byte that is not UTF-8 to this character.
REPLACEMENT = '\N{REPLACEMENT CHARACTER}'

_FROM_ONE = re.compile('0*[1-9][0-9]{0,8}')

_NONE: Mapping[str, Any] = MappingProxyType({})

# Some methods accept these keywords and never send them. Every other method refuses them.
_NEVER_SENT = frozenset({'from_', 'request_timeout', 'allow_duplicates', 'allow_missing'})

# A parameter of Hoiio that resembles another one. (API: number/update_forwarding.)
_ALIKE = frozenset({'forward_to_sms'})

# The least similarity of a misspelling, where 1 is equality. `tags` and `tag` have 0.86, `retries`
# and `max_retries` 0.78.
_CLOSE = 0.75


class BlockOptions(TypedDict, total=False):
    """The options of one call of `Ivr.gather`: `CallOptions` without ``timeout``.

    Attributes:
        app_id: Another App ID.
        access_token: Another Access Token.
        extra: Parameters that Hoiio added after this version, by their names in the API. They
            replace keywords of the same name.
    """

    app_id: str | None
    access_token: str | None
    extra: Mapping[str, object] | None


class CallOptions(BlockOptions, total=False):
    """The options of one call, which every method accepts as ``**params``.

    Attributes:
        app_id: Another App ID.
        access_token: Another Access Token.
        extra: Parameters that Hoiio added after this version, by their names in the API. They
            replace keywords of the same name.
        timeout: Another timeout, in seconds.
    """

    timeout: Timeout | None


class Service:
    """One area of the API, bound to a client.

    **Options of one call.** In addition to its own keywords, every method accepts those of
    `CallOptions`: ``app_id``, ``access_token``, ``timeout`` in seconds (``request_timeout`` in
    `Ivr.gather`), and ``extra``, a mapping of the parameters that Hoiio added after this version.
    They apply to that call only. For any other keyword that resembles a known one or is an option
    of the client, the method raises `InputInvalid`. It sends the rest as parameters. A type checker
    reports every unknown keyword.

    **Values.** A text is a ``str`` or an object that acts as one, such as an enum of ``str`` or a
    lazy translation. You can pass a whole number instead of a text. A date is a ``datetime``, a
    ``date`` (its midnight), or text of the form ``'YYYY-MM-DD HH:MM:SS'`` or ``'YYYY-MM-DD'``. It
    is in GMT+8, unless it is a ``datetime`` with a time zone. The method does not send None.

    **Errors.** Every method can raise these errors:

    - `InputInvalid`, before anything is sent, if a required argument is missing or empty, or a
      value cannot be sent.
    - `CredentialsMissing`, before anything is sent, if neither the call nor the client has
      credentials.
    - `TransportError`, if no complete answer arrives.
    - `ResponseUnreadable`, if what arrives is not an answer of Hoiio's API.

    If Hoiio refuses a request, the method does not raise. It returns a `Response` with the status.

    **Lost answers.** If no readable answer arrives, Hoiio may have carried out the request. Then
    the ``outcome_unknown`` of the error is True, and the SDK does not repeat the request. Before
    you send it again, look for its ``tag`` with `Voice.find`, `Sms.find` or `Fax.find`. Use the
    same credentials, and a tag that no other request has. The first request may still be on its
    way, so if ``find`` returns None, wait a minute and look once more.
    """

    def __init__(self, client: HoiioClient) -> None:
        self._client = client

    def _call(
        self,
        operation: str,
        kind: type[R],
        required: Mapping[str, Any] = _NONE,
        optional: Mapping[str, Any] = _NONE,
        /,
        *,
        app_id: str | None = None,
        access_token: str | None = None,
        timeout: Timeout | None = None,
        extra: Mapping[str, object] | None = None,
        **others: Any,
    ) -> R:
        for name, value in required.items():
            if value is None or not to_text(value, name):
                raise InputInvalid(f'{operation}: {name} is missing')
        for name in others:
            if name in required:
                raise InputInvalid(f'{operation}: the method sets {name} itself; leave it out')
            self._check_keyword(operation, name, {*required, *optional})
        if not isinstance(extra, (Mapping, type(None))):
            raise InputInvalid('extra must be a mapping of names to values')
        return self._client.request(
            operation,
            kind,
            {**required, **optional, **others, **(extra or {})},
            app_id=app_id,
            access_token=access_token,
            timeout=timeout,
        )

    def _check_keyword(self, operation: str, name: str, own: set[str]) -> None:
        """Refuse a keyword that is probably a mistake."""
        options = set(self._client.init.__kwdefaults__ or ())
        if name in options:
            raise InputInvalid(
                f'{operation}: {name} is an option of the client; pass it to Hoiio.init or'
                ' HoiioClient'
            )
        if name in _NEVER_SENT:
            raise InputInvalid(f'{operation}: this method does not accept {name}')
        # Few calls have an unknown keyword, so the others do not wait for this import.
        from difflib import get_close_matches  # noqa: PLC0415

        known = {*own, *options, *CallOptions.__annotations__} - {name}
        close = get_close_matches(name.lower(), known, n=1, cutoff=_CLOSE)
        if close and name not in _ALIKE:
            meant = 'from_' if close[0] == 'from' else close[0]
            raise InputInvalid(
                f'{operation}: unknown keyword {name}; did you mean {meant}? If Hoiio has added'
                f' a parameter of this name, pass extra={{{name!r}: …}}'
            )

    def _page(
        self,
        operation: str,
        kind: type[P],
        page: int | None,
        required: Mapping[str, Any] = _NONE,
        optional: Mapping[str, Any] = _NONE,
        /,
        **params: Any,
    ) -> P:
        size = optional.get('page_size')
        for name, value in (('page', page), ('page_size', size)):
            if value is not None and not _FROM_ONE.fullmatch(text_of(value) or ''):
                raise InputInvalid(f'{operation}: {name} must be a whole number of 1 or more')

        # If the client gets other credentials, later pages must not come from another account.
        pinned = type(self)(self._client._pinned())

        def fetch(number: int | None) -> P:
            return pinned._call(operation, kind, required, {**optional, 'page': number}, **params)

        return fetch(page)._bind_pages(
            fetch, int(to_text(page or 1)), int(to_text(size or kind.size))
        )

    def _find(self, tag: str, history: Callable[..., Page[E]], /, **params: Any) -> E | None:
        wanted = to_form({'tag': tag}).get('tag', '').strip()
        if not wanted:
            raise InputInvalid('tag is missing; pass the tag to look for')
        extra = params.get('extra')
        given = {**params, **(extra if isinstance(extra, Mapping) else {})}
        for name in given.keys() & {'page', 'to'}:
            raise InputInvalid(f'find reads every page up to now; leave out {name}')
        start = to_form({'from': given.get('from', given.get('from_'))}).get('from', '')
        if is_future(start):
            raise InputInvalid(
                f'from ({start}) is in the future in GMT+8, so find would find nothing; pass a'
                ' datetime with a time zone, such as datetime.now(GMT8) - timedelta(hours=1)'
            )
        return _search(wanted, history(**params))


def _search(wanted: str, first: Page[E]) -> E | None:
    seen, total, damaged = 0, getattr(first, 'total_entries_count', 0), []
    for number, page in enumerate(first._pages(), 1):
        for place, entry in enumerate(page.entries, 1):
            tag = _tag_of(entry)
            if tag == wanted:
                return entry
            # A damaged byte may have been part of the name "tag".
            if tag is None or REPLACEMENT in (tag or ''.join(entry.json)):
                damaged.append(f'entry {place} of page {number}')
        seen, total = seen + len(page.entries), getattr(page, 'total_entries_count', 0)
    # After a wrong None, you may send and pay a second time.
    if damaged or seen < total:
        hint = f'{damaged[0]} is damaged, see its .json' if damaged else 'call find again'
        raise HoiioException(
            f'only {seen - len(damaged)} of {max(seen, total)} transactions could be read, and one'
            f' of the others may have the tag; {hint}'
        )
    return None


def _tag_of(entry: Entry) -> str | None:
    """Return the tag of an entry: empty if it does not have one, None if it is unreadable."""
    with suppress(FieldUnreadable):
        return (getattr(entry, 'tag', None) or '').strip()
    return None
