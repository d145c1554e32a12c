"""Checks that the parts of a saved state are consistent.

`codec` checks the type of each part. These checks compare the parts with each other. Without them,
an inconsistent state, such as an edited one, would fail much later, in some request.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import unquote

from .api import checks
from .api.operations import OPERATIONS
from .clock import LATEST
from .snapshot_document import Saved
from .state.files import PATH
from .state.records import Call, Callback, Fax, Leg, PhoneState, SessionState, Sms
from .webhooks.delivery import SIGNATURE_HEADER, sign

__all__ = ['check']

REFERENCE = re.compile('([A-Za-z][^0-9]*)([1-9][0-9]{0,17})')
# A request may be this much later than now, because the clock of the machine may be set back.
CLOCK_TOLERANCE = timedelta(minutes=1)
PDF, AUDIO = 'application/pdf', 'audio/mpeg'


def check(saved: Saved, origin: str) -> None:
    """Refuse a state that contradicts itself.

    Args:
        saved: The state.
        origin: The base URL of the sandbox's files now.

    Raises:
        ValueError: If the state contradicts itself. The message describes the first
            contradiction.
    """
    _check_owners(saved)
    _check_references(saved)
    _check_phone_numbers(saved)
    _check_calls(saved)
    _check_phones(saved)
    _check_files(saved, origin)
    _check_callbacks(saved)
    _check_notifications(saved)
    _check_time(saved)


def _require(holds: bool, complaint: str) -> None:
    if not holds:
        raise ValueError(complaint)


def _tokens(saved: Saved) -> dict[str, str]:
    return {each.app_id: each.access_token for each in saved.seed.applications}


# Owners and references


def _check_owners(saved: Saved) -> None:
    applications = _tokens(saved)
    for key, owner in saved.owners.items():
        _require(owner in applications, f'{key} belongs to an application that does not exist')
    for key in (*_references(saved), *saved.numbers):
        _require(key in saved.owners, f'{key} does not belong to an application')


def _check_references(saved: Saved) -> None:
    for key, name in _references(saved).items():
        _require(key == name, f'{key} lists a record with another reference')
    for number, held in saved.numbers.items():
        _require(number == held.offer.number, f'{number} lists another number')
    for key in saved.owners.keys() - saved.numbers.keys():
        _check_count(saved, key)
    for kind, records in _kinds(saved):
        for key in records:
            _require(
                _kind_of(key) in kind, f'{key} is not a reference for this kind of transaction'
            )


def _check_count(saved: Saved, key: str) -> None:
    found = REFERENCE.fullmatch(key)
    _require(found is not None, f'{key} is neither a reference nor a subscribed number')
    if found:
        count = saved.counts.get(found[1], 0)
        _require(int(found[2]) <= count, f'counts: {found[1]} is at {count}, but {key} exists')


def _kind_of(key: str) -> str:
    found = REFERENCE.fullmatch(key)
    return found[1] if found else ''


def _kinds(saved: Saved) -> Iterator[tuple[frozenset[str], list[str]]]:
    yield frozenset({'AA-S-', 'AA-SI-'}), [*saved.messages]
    yield frozenset({'AA-C-'}), [*saved.calls]
    yield frozenset({'AA-F-'}), [*saved.faxes]
    yield frozenset({'S'}), [*saved.sessions]


def _references(saved: Saved) -> dict[str, str]:
    return {
        **{key: one.txn_ref for key, one in saved.messages.items()},
        **{key: one.txn_ref for key, one in saved.calls.items()},
        **{key: one.txn_ref for key, one in saved.faxes.items()},
        **{key: one.ref for key, one in saved.sessions.items()},
    }


def _check_phone_numbers(saved: Saved) -> None:
    for place, number in _phone_numbers(saved):
        _require(checks.is_number(number), f'{place}: the phone number must be in E.164')


def _phone_numbers(saved: Saved) -> Iterator[tuple[str, str]]:
    yield 'the account', saved.seed.registered
    for name in (*saved.numbers, *saved.phones):
        yield 'a key of numbers or phones', name
    for message in saved.messages.values():
        yield message.txn_ref, message.dest
    for call in saved.calls.values():
        yield from ((call.txn_ref, end) for end in (call.dest1, call.dest2, call.number) if end)
    for fax in saved.faxes.values():
        yield from ((fax.txn_ref, end) for end in (fax.src, fax.dest) if end)
    for session in saved.sessions.values():
        yield session.ref, session.remote


# Calls and phones


def _check_calls(saved: Saved) -> None:
    sessions_of = Counter(session.call for session in saved.sessions.values())
    for session in saved.sessions.values():
        call = session.call
        _require(sessions_of[call] == 1, f'call {call.txn_ref} has several sessions')
        _require(_is_listed(saved, call) and bool(call.legs), f'session {session.ref} has no call')
        over = session.state is SessionState.ENDED
        _require(over == call.ended, f'session {session.ref} and its call must end together')
        _check_joined(saved, session.transfer_call)
    for call in saved.calls.values():
        _check_joined(saved, call.partner)
        for leg in call.legs:
            fits = leg.txn_ref == call.txn_ref and _is_at_its_phone(saved, leg)
            _require(fits, f'the legs of call {call.txn_ref} do not match its phones')


def _check_joined(saved: Saved, call: Call | None) -> None:
    if call is not None:
        listed = _is_listed(saved, call)
        _require(listed, f'call {call.txn_ref} is joined with another call, but not in calls')


def _is_listed(saved: Saved, call: Call) -> bool:
    return saved.calls.get(call.txn_ref) is call


def _is_at_its_phone(saved: Saved, leg: Leg) -> bool:
    phone = saved.phones.get(leg.number)
    return phone is not None and leg in phone.legs


def _check_phones(saved: Saved) -> None:
    for number, phone in saved.phones.items():
        known = all(_is_known(saved, leg) and leg.number == number for leg in phone.legs)
        _require(known, f'phone {number} takes part in a call or a fax that does not exist')
        _require(
            not _has_unknown_unread(phone),
            f'phone {number} lists unread messages or calls that it did not receive',
        )


def _is_known(saved: Saved, leg: Leg) -> bool:
    call = saved.calls.get(leg.txn_ref)
    if call is not None:
        return leg in call.legs
    # A phone's call to a number that does not forward calls has no transaction.
    return leg.txn_ref in saved.faxes or (leg.placed and not leg.txn_ref)


def _has_unknown_unread(phone: PhoneState) -> bool:
    return bool(
        Counter(phone.unread) - Counter(phone.inbox) or set(phone.surprises) - set(phone.legs)
    )


# Files


def _check_files(saved: Saved, origin: str) -> None:
    for key, file in saved.files.items():
        mimetype = _mimetype(saved, key.partition('/')[0])
        _require(mimetype is not None, f'file {key} does not belong to a fax or a session')
        _require(file.mimetype == mimetype, f'file {key} must have the mimetype {mimetype}')
    for fax in saved.faxes.values():
        _require(_is_kept(saved, fax.url, origin), f'the file of fax {fax.txn_ref} is missing')


def _mimetype(saved: Saved, owner: str) -> str | None:
    if owner in saved.faxes:
        return PDF
    return AUDIO if owner in saved.sessions else None


def _is_kept(saved: Saved, url: str | None, origin: str) -> bool:
    if url is None:
        return True
    start = f'{origin}{PATH}'
    return url.startswith(start) and unquote(url.removeprefix(start)) in saved.files


# Notifications


def _check_callbacks(saved: Saved) -> None:
    for place, callback in _callbacks(saved):
        tag, url = callback.tag or '', callback.url
        _require(len(tag) <= checks.MAX_TAG_LENGTH, f'{place} has a tag that is too long')
        _require(url is None or checks.is_url(url), f'{place} has a notify_url that is not a URL')
    for number, held in saved.numbers.items():
        urls = filter(None, (held.forward_to, held.forward_sms_to))
        _require(
            all(map(checks.is_url, urls)), f'{number} forwards to an address that is not a URL'
        )


def _callbacks(saved: Saved) -> Iterator[tuple[str, Callback]]:
    records: list[Sms | Call | Fax] = [*saved.messages.values(), *saved.calls.values()]
    for one in (*records, *saved.faxes.values()):
        yield one.txn_ref, one.callback
    for session in saved.sessions.values():
        yield session.ref, session.callback
        if session.monitor is not None:
            yield session.ref, session.monitor


def _check_notifications(saved: Saved) -> None:
    tokens = _tokens(saved)
    ids: set[int] = set()
    for number, copy_of, key, url, body, signature in _notifications(saved):
        place = f'notification {number}'
        _require(number > 0 and number not in ids, f'{place}: the id must be positive and unique')
        ids.add(number)
        _require((copy_of or 0) < number, f'{place} is a copy of a later one')
        _require(key in saved.owners, f'{place} is about a transaction that does not exist')
        _require(checks.is_web_address(url), f'{place} has a destination that is not a URL')
        fits = signature == sign(body, tokens[saved.owners[key]])
        _require(fits, f'{place} has a signature that does not match its body')


def _notifications(saved: Saved) -> Iterator[tuple[int, int | None, str, str, str, str]]:
    for sent in saved.deliveries:
        signature = sent.headers.get(SIGNATURE_HEADER, '')
        yield sent.id, sent.copy_of, sent.lane, sent.url, sent.body, signature
    for due in saved.pending:
        yield due.id, due.copy_of, due.lane, due.url, due.body, due.signature


def _check_time(saved: Saved) -> None:
    _require(saved.now <= LATEST, f'now: the clock cannot go past the year {LATEST.year}')
    for app_id, operations in saved.asked.items():
        known = app_id in _tokens(saved) and operations.keys() <= OPERATIONS.keys()
        _require(known, 'asked names an application or an operation that does not exist')
        latest = max((moment for each in operations.values() for moment in each), default=saved.now)
        _require(latest <= saved.now + CLOCK_TOLERANCE, 'asked has a request time later than now')
