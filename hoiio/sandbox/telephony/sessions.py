"""The sessions of IVR calls: what is known of them, and what is reported about them.

How they go from state to state stands in `ivr_machine`. Each block ends with a notification to its
own notify_url, and the next one is accepted as soon as that notification is on its way.
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
    """Return the session that steers a call, or None if no application does."""
    return world.sessions_by_call.get(txn_ref)


def recording(world: World, session: Session) -> str:
    """Keep what was recorded and return its URL."""
    name = world.reference('recording-', world.owners[session.ref])
    return world.files.add(f'{session.ref}/{name}.mp3', files.silence())


def notify(world: World, session: Session, call_state: CallState, **data: str) -> None:
    """Report where the current block stands, if the client asked for it."""
    fields = _fields(world, session, call_state, session.block, session.callback.tag, data)
    world.notify(session.callback.url, fields, session.call.txn_ref)


def send_monitored(world: World, session: Session, target: Callback) -> None:
    """Report where the recording of a whole call is, after its end."""
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
    head = formats.filled(
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
