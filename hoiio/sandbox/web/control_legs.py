"""How the control API shows the calls and the SMS of a phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Literal

from ...constants import SmsStatus
from ..clock import Timer
from ..state.records import Call, Leg, LegState, Message, Session, Sms
from ..state.world import World
from ..telephony import calls, ivr_machine, sessions

if TYPE_CHECKING:
    from . import control_answers as answers

__all__ = ['shown_leg', 'thread']


def shown_leg(world: World, leg: Leg) -> answers.Leg:
    """Return a leg with its call and its session; the caller holds the lock."""
    call = world.calls.get(leg.txn_ref)
    session = sessions.of_call(world, leg.txn_ref)
    is_live = leg.state is not LegState.OVER
    return {
        'txn_ref': leg.txn_ref,
        'kind': 'call' if leg.fax is None else 'fax',
        'number': leg.number,
        'other': leg.other,
        'incoming': not leg.placed,
        'state': leg.state,
        'outcome': leg.outcome,
        'said': leg.said,
        'captions': [
            {
                'date': caption.date,
                'kind': 'audio' if caption.piece.is_audio else 'speech',
                'text': caption.piece.text,
                'language': caption.piece.language,
                'gender': caption.piece.gender,
            }
            for caption in leg.captions
        ],
        'date': leg.date,
        'answered': leg.answered,
        'ended': leg.ended,
        'rings_until': _rings_until(leg),
        'after_ringing': leg.script.reaction[1] if _rings_until(leg) else None,
        'talks_until': _talks_until(leg, call),
        'session': call.session if call else None,
        'session_state': session.state.name.lower() if session else None,
        'block': session.block if session else None,
        'waits_for': _waits_for(session) if session and is_live else None,
        'talking_to': _others(world, leg, call) if call and is_live else [],
        'room': call.room if call else None,
        'muted': bool(call and call.muted),
        'rate': call.rate if call else None,
        'minutes': call.minutes if call else 0,
    }


def _rings_until(leg: Leg) -> datetime | None:
    if leg.state is not LegState.RINGING:
        return None
    return _first(leg.timers)


def _talks_until(leg: Leg, call: Call | None) -> datetime | None:
    if leg.state is not LegState.TALKING:
        return None
    hanging_up = leg.timers if leg.script.hanging_up_after is not None else []
    return _first([*hanging_up[-1:], *([call.limit] if call and call.limit else [])])


def _first(timers: list[Timer]) -> datetime | None:
    return min((timer.due for timer in timers if not timer.cancelled), default=None)


def _waits_for(session: Session) -> answers.WaitsFor | None:
    if not ivr_machine.listens(session):
        return None
    block: Literal['gather', 'record'] = 'record' if session.gather is None else 'gather'
    return {
        'block': block,
        'digits': session.digits,
        'max_digits': session.gather.max_digits if session.gather else None,
        'attempts': session.gather.attempts if session.gather else 0,
        'until': session.timer.due if session.timer else None,
    }


def _others(world: World, leg: Leg, call: Call) -> list[str]:
    if leg.state is not LegState.TALKING:
        return []
    return [other.number for other in calls.talking_legs(world, call) if other is not leg]


# SMS


def thread(world: World, number: str) -> list[answers.ThreadSms]:
    """Return the SMS of a phone in both directions, oldest first; the caller holds the lock."""
    currency = world.seed.currency
    transactions = (
        _of_transaction(sms, number, currency)
        for sms in world.messages.values()
        if number == (sms.src if sms.sms_status == SmsStatus.RECEIVED else sms.dest)
    )
    found = sorted(chain(transactions, _direct(world, number, currency)), key=itemgetter('date'))
    for position, sms in enumerate(found, 1):
        sms['id'] = position
    return found


def _of_transaction(sms: Sms, number: str, currency: str) -> answers.ThreadSms:
    incoming = sms.dest == number
    return {
        'id': 0,
        'incoming': incoming,
        'other': sms.src if incoming else sms.dest,
        'text': sms.text,
        'date': sms.date,
        'txn_ref': sms.txn_ref,
        'status': sms.sms_status,
        'parts': sms.parts,
        'price': sms.debit,
        'currency': currency,
        'tag': sms.callback.tag,
    }


def _direct(world: World, number: str, currency: str) -> Iterator[answers.ThreadSms]:
    """Yield the SMS between this phone and others, which are not transactions."""
    for owner, phone in world.phones.items():
        for message in phone.inbox:
            if message.txn_ref is None and number in {owner, message.sender}:
                yield _of_message(message, owner, number, currency)


def _of_message(message: Message, owner: str, number: str, currency: str) -> answers.ThreadSms:
    incoming = owner == number
    return {
        'id': 0,
        'incoming': incoming,
        'other': message.sender if incoming else owner,
        'text': message.text,
        'date': message.date,
        'txn_ref': None,
        'status': None,
        'parts': None,
        'price': None,
        'currency': currency,
        'tag': None,
    }
