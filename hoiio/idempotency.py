"""Which operations are idempotent, and where to look for the result of one that is not.

An idempotent operation only asks for something, so the SDK repeats it after a failure. Any other
operation costs money or changes something. If its outcome is unknown, the error says where Hoiio
records what was carried out.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ['is_idempotent', 'next_step']

_CALLS = 'Hoiio.voice.find(tag), or Hoiio.voice.history() if it has no tag'

# Where each area records what was carried out, and the operations that are different.
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
    """Return True if an operation, such as ``'sms/get_rate'``, only asks for something.

    The API names all of these ``get_…`` or ``query_…``. Any other name counts as an operation that
    must not be repeated, also a name that this version does not know.
    """
    return operation.rpartition('/')[2].startswith(('get_', 'query_'))


def next_step(operation: str, *, outcome_unknown: bool) -> str:
    """Return the advice that ends the message of a failed operation; empty for a query."""
    if is_idempotent(operation):
        return ''
    if not outcome_unknown:
        return ' Nothing was sent, so it is safe to send it again.'
    area = _RECORDS.get(operation.partition('/')[0], 'what Hoiio tells of the account')
    return (
        ' Whether Hoiio carried it out is unknown: before you send it again, look for it, with the'
        f' same credentials: {_RECORDS.get(operation, area)}.'
    )
