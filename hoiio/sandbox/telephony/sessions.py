"""Find IVR sessions and send their notifications.

The states of a session are in `ivr_machine`. Each block ends with a notification to its own
callback URL. The session accepts the next block once that notification is in the outbox.
"""

from __future__ import annotations

from ...constants import CallState
from .. import formats
from ..state import files
from ..state.records import Call, Callback, Session
from ..state.world import World

__all__ = [
    'notify',
    'of_call',
    'recording',
    'send_monitored',
]


def of_call(world: World, txn_ref: str) -> Session | None:
    """Return the IVR session of a call, or None if the call does not have one."""
    return world.sessions_by_call.get(txn_ref)


def recording(world: World, session: Session) -> str:
    """Store the recording of a block and return its URL."""
    name = world.reference('recording-', world.owners[session.ref])
    return world.files.add(f'{session.ref}/{name}.mp3', files.silence())


def notify(world: World, session: Session, call_state: CallState, **data: str) -> None:
    """Send a notification about the current block, if the block has a callback URL."""
    fields = _fields(world, session, call_state, session.block, session.callback.tag, data)
    world.notify(session.callback.url, fields, session.call.txn_ref)


def send_monitored(world: World, session: Session, target: Callback) -> None:
    """Send the URL of the recording of a monitored call after the call ends."""
    url = world.files.add(f'{session.ref}/monitor.mp3', files.silence())
    fields = _fields(world, session, CallState.ENDED, 'monitor', target.tag, {'monitor_url': url})
    world.notify(target.url, fields, session.call.txn_ref)


def _fields(
    world: World,
    session: Session,
    call_state: CallState,
    block: str,
    tag: str | None,
    data: dict[str, str],
) -> dict[str, str]:
    head = formats.without_none(
        ivr_block=block,
        session=session.ref,
        txn_ref=session.call.txn_ref,
        tag=tag,
        call_state=call_state.value,
    )
    tail = _costs(world, session.call) if call_state == CallState.ENDED else {}
    return {**formats.strings(head), **data, **_parties(session), **tail}


def _parties(session: Session) -> dict[str, str]:
    if session.own is None:
        return {'dest': session.remote}
    return {'from': session.remote, 'to': session.own}


def _costs(world: World, record: Call) -> dict[str, str]:
    return {
        'date': formats.moment(record.date),
        'duration': str(record.minutes),
        'currency': world.seed.currency,
        'rate': formats.money(record.rate),
        'debit': formats.money(record.debit),
    }
