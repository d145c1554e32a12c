"""Which operations are idempotent, and where to look for the result of one that is not.

An idempotent operation is a query, so the SDK repeats it after a failure. Any other operation costs
money or changes something. If its outcome is unknown, the error says where Hoiio records it.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ['is_idempotent', 'next_step']

_CALLS = 'Hoiio.voice.find(tag), or Hoiio.voice.history() if it has no tag'

# Where Hoiio records the operations of each area, and the operations that are different.
_RECORDS: Mapping[str, str] = {
    'voice': _CALLS,
    'voice/hangup': 'Hoiio.voice.status(txn_ref)',
    'conference': 'Hoiio.voice.status(txn_ref)',
    'ivr/start/dial': _CALLS,
    'ivr': 'the notification of the block, or Hoiio.voice.history()',
    'sms': 'Hoiio.sms.find(tag), or Hoiio.sms.history() if it has no tag',
    'fax': 'Hoiio.fax.find(tag), or Hoiio.fax.history() if it has no tag',
    'number': 'Hoiio.number.subscribed_numbers()',
}


def is_idempotent(operation: str) -> bool:
    """Return True if an operation, such as ``'sms/get_rate'``, is a query.

    The API names every query ``get_…`` or ``query_…``. The SDK does not repeat an operation with
    another name, even if this version does not know the name.
    """
    return operation.rpartition('/')[2].startswith(('get_', 'query_'))


def next_step(operation: str, *, outcome_unknown: bool) -> str:
    """Return the advice that ends the message of a failed operation; empty for a query."""
    if is_idempotent(operation):
        return ''
    if not outcome_unknown:
        return ' Nothing was sent, so it is safe to send it again.'
    area = _RECORDS.get(operation.partition('/')[0], 'the records of the account')
    return (
        ' It is unknown whether Hoiio carried it out. Before you send it again, look for it with'
        f' the same credentials: {_RECORDS.get(operation, area)}.'
    )
