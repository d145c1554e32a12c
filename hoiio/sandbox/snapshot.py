"""Saving the whole state as plain data, and restoring it.

Timers run code, and a saved state holds only data. So calls, faxes and IVR sessions in progress end
when the state is restored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any

from ..constants import FaxStatus
from . import snapshot_checks
from .api import fax, numbers, voice
from .clock import FakeClock
from .codec import Pool, decode, encode, freeze_fields
from .emulator import Emulator
from .snapshot_document import Pending, Saved
from .state import files
from .state.journal import Event, Note
from .state.records import SessionState
from .state.world import World
from .telephony import calls, ivr_machine, legs
from .webhooks.delivery import Notification

__all__ = ['restore', 'save']

FORMAT = 1
# A restored event gets a new id.
NOTE_FIELDS = tuple(field.name for field in fields(Note))


def save(emulator: Emulator) -> dict[str, Any]:
    """Return the state of an emulator as plain data."""
    pool = Pool()
    with emulator.lock:
        document = freeze_fields(_saved(emulator), pool)
        objects = pool.freeze()
    # This is the slow part, so it runs without the lock.
    written: dict[str, Any] = encode({**document, 'objects': objects}, pool)
    return written


def restore(emulator: Emulator, data: Mapping[str, Any]) -> None:
    """Replace the state of an emulator with a saved one.

    Raises:
        ValueError: If the data is not a valid state. The emulator does not change.
    """
    try:
        document = _moved(data, emulator.origin)
        saved = _read(document)
        snapshot_checks.check(saved, emulator.origin)
        _try_out(_read(document), emulator)
    except RecursionError:
        raise ValueError('the data is nested too deeply to be a saved state') from None
    with emulator.changing():
        _apply(emulator, saved)


def _try_out(saved: Saved, emulator: Emulator) -> None:
    """Apply a copy of the state to another emulator first, to find errors in it."""
    scratch = Emulator(emulator.seed, FakeClock(saved.now), emulator.origin, emulator.script)
    try:
        with scratch.changing():
            _apply(scratch, saved)
    except Exception as exc:
        raise ValueError(f'the sandbox cannot continue from this state: {exc}') from exc


def _apply(emulator: Emulator, saved: Saved) -> None:
    world = emulator.start_empty(saved.seed, files.Files(emulator.origin, saved.files), saved.now)
    _fill(world, saved)
    emulator.restore_request_times(saved.asked)
    emulator.journal.restore(saved.notes)
    emulator.outbox.restore(saved.deliveries, map(_notification, saved.pending))
    _end_live_transactions(world)


def _saved(emulator: Emulator) -> Saved:
    world = emulator.world
    deliveries, waiting = emulator.outbox.record()
    return Saved(
        format=FORMAT,
        origin=emulator.origin,
        now=world.now(),
        seed=world.seed,
        points=world.account.points,
        bonus=world.account.bonus,
        owners=world.owners,
        counts=dict(world.counts),
        messages=world.messages,
        calls=world.calls,
        faxes=world.faxes,
        sessions=world.sessions,
        numbers=world.numbers,
        phones=world.phones,
        files=world.files.all(),
        asked=emulator.request_times(),
        notes=[_note(event) for event in emulator.journal.since()],
        deliveries=deliveries,
        pending=[_pending(notification) for notification in waiting],
        rate_changes=world.rate_changes,
    )


def _note(event: Event) -> Note:
    return Note(**{name: getattr(event, name) for name in NOTE_FIELDS})


def _pending(one: Notification) -> Pending:
    return Pending(one.id, one.url, one.key, one.body, one.signature, one.copy_of)


def _notification(pending: Pending) -> Notification:
    return Notification(
        pending.url, {}, pending.lane, pending.body, pending.signature,
        id=pending.id, released=True, copy_of=pending.copy_of,
    )  # fmt: skip


# Reading


def _moved(data: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """Check the format, and return the data with the files at the current origin."""
    if not isinstance(data, Mapping) or data.get('format') != FORMAT:
        raise ValueError(f'not a saved state of a sandbox, or not in format {FORMAT}')
    was, now = f'{data.get("origin")}{files.PATH}', f'{origin}{files.PATH}'
    return {name: _with_origin(part, was, now) for name, part in data.items()}


def _read(document: Mapping[str, Any]) -> Saved:
    pool = Pool()
    pool.load(document.get('objects'))
    parts = {name: part for name, part in document.items() if name != 'objects'}
    saved: Saved = decode(parts, Saved, pool)
    return saved


def _with_origin(part: Any, was: str, now: str) -> Any:
    """Replace the old origin in the URLs of files with the current one."""
    if isinstance(part, dict):
        return {name: _with_origin(value, was, now) for name, value in part.items()}
    if isinstance(part, list):
        return [_with_origin(value, was, now) for value in part]
    return part.replace(was, now) if isinstance(part, str) else part


# Applying


def _fill(world: World, saved: Saved) -> None:
    world.account.points, world.account.bonus = saved.points, saved.bonus
    world.rate_changes = sorted(saved.rate_changes, key=attrgetter('at'))
    world.owners = saved.owners
    world.counts = Counter(saved.counts)
    world.messages, world.calls, world.faxes = saved.messages, saved.calls, saved.faxes
    world.sessions, world.phones = saved.sessions, saved.phones
    world.uses = max((phone.used for phone in saved.phones.values()), default=0)
    _fill_histories(world)
    world.live_calls = [call for call in saved.calls.values() if not call.ended]
    world.numbers = saved.numbers
    for held in saved.numbers.values():
        numbers.assign(world, held.offer, held.expiry, saved.owners[held.offer.number])


def _fill_histories(world: World) -> None:
    for sms in sorted(world.messages.values(), key=attrgetter('date')):
        world.keep_sms(sms)
    for call in sorted(world.calls.values(), key=attrgetter('date')):
        world.keep_call(call)
    for one in sorted(world.faxes.values(), key=attrgetter('date')):
        world.keep_fax(one)
    for session in world.sessions.values():
        world.keep_session(session)


def _end_live_transactions(world: World) -> None:
    for session in world.sessions.values():
        if session.state is not SessionState.ENDED:
            ivr_machine.report_end(world, session)
            calls.end(world, session.call)
    for call in list(world.live_calls):
        voice.report_end(world, call)
        calls.end(world, call)
    for one in world.faxes.values():
        if one.fax_status == FaxStatus.ONGOING:
            fax.cut_off(world, one)
    for phone in world.phones.values():
        for leg in phone.legs:
            legs.close(world, leg)
