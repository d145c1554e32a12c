"""The table of all API operations and their parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from .. import formats
from ..errors import missing
from ..state.world import World
from . import account, fax, ivr, numbers, sms, sms_bulk, voice
from .request import Request, Value

__all__ = ['CREDENTIALS', 'OPERATIONS', 'Operation']

Handler: TypeAlias = Callable[[World, Request], formats.Reply]

CREDENTIALS = ('app_id', 'access_token')
CALLBACK = ('tag', 'notify_url')
MESSAGE = ('msg', *CALLBACK)
PERIOD_AND_PAGE = ('from', 'to', 'page', 'page_size')
CONFERENCE = ('room', 'caller_id', *CALLBACK)


class Operation(NamedTuple):
    """One operation of the API.

    Attributes:
        path: The path after the base URL.
        handler: The function that runs the operation and returns the fields of the reply.
        required: The parameters that every request must have.
        optional: The optional parameters. The sandbox ignores all other parameters.
        may_be_empty: The required parameters that may be empty; the handler checks these.
        limited: True if the API documentation limits the requests per minute.
    """

    path: str
    handler: Handler
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    may_be_empty: tuple[str, ...] = ()
    limited: bool = False

    @property
    def known(self) -> frozenset[str]:
        """The names of all parameters that the operation reads."""
        return frozenset((*CREDENTIALS, *self.required, *self.optional))

    def read(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """Return the known parameters, or refuse a request without a required one."""
        for name in (*CREDENTIALS, *self.required):
            value = values.get(name)
            if value is None or (not value and name not in self.may_be_empty):
                raise missing(name)
        return {name: value for name, value in values.items() if name in self.known}


TABLE = (
    Operation('user/get_balance', account.get_balance, limited=True),
    Operation('user/get_info', account.get_info),
    # Voice
    Operation(
        'voice/call', voice.call, ('dest2',), ('dest1', 'caller_id', 'max_duration', *CALLBACK)
    ),
    Operation('voice/conference', voice.conference, ('dest',), CONFERENCE),
    Operation('conference/call', voice.conference_call, ('dest',), CONFERENCE),
    Operation('conference/moderate', voice.moderate, ('txn_ref', 'action'), limited=True),
    Operation('voice/hangup', voice.hangup, ('txn_ref',), limited=True),
    Operation('voice/query_status', voice.query_status, ('txn_ref',)),
    Operation('voice/get_history', voice.get_history, (), PERIOD_AND_PAGE),
    Operation('voice/get_rate', voice.get_rate, ('dest1', 'dest2'), limited=True),
    # SMS
    Operation(
        'sms/send', sms.send, ('dest', 'msg'), ('sender_name', *CALLBACK), may_be_empty=('msg',)
    ),
    Operation(
        'sms/bulk_send',
        sms_bulk.bulk_send,
        ('msg',),
        ('dest', 'recipients', 'sender_name', *CALLBACK),
        may_be_empty=('msg',),
    ),
    Operation('sms/query_status', sms.query_status, ('txn_ref',)),
    Operation('sms/get_history', sms.get_history, (), PERIOD_AND_PAGE),
    Operation('sms/get_rate', sms.get_rate, (), ('dest', 'incoming', 'msg'), limited=True),
    # IVR
    Operation('ivr/start/dial', ivr.dial, ('dest',), ('caller_id', 'max_duration', *MESSAGE)),
    Operation('ivr/middle/play', ivr.play, ('session',), MESSAGE),
    Operation(
        'ivr/middle/gather',
        ivr.gather,
        ('session', 'notify_url'),
        ('max_digits', 'timeout', 'attempts', 'msg', 'tag'),
    ),
    Operation(
        'ivr/middle/record', ivr.record, ('session', 'notify_url'), ('max_duration', 'msg', 'tag')
    ),
    Operation(
        'ivr/middle/monitor',
        ivr.monitor,
        ('session', 'notify_url'),
        ('monitor_notify_url', 'msg', 'tag'),
    ),
    Operation('ivr/middle/hold', ivr.hold, ('session',), ('msg',)),
    Operation('ivr/middle/unhold', ivr.unhold, ('session',), CALLBACK),
    Operation(
        'ivr/end/transfer',
        ivr.transfer,
        ('session', 'dest'),
        ('caller_id', 'on_failure', *MESSAGE),
    ),
    Operation('ivr/end/hangup', ivr.hangup, ('session',), ('force', *MESSAGE)),
    # Fax
    Operation(
        'fax/send',
        fax.send,
        ('dest', 'file'),
        ('filename', 'caller_id', 'fax_header', *CALLBACK),
    ),
    Operation('fax/query_status', fax.query_status, ('txn_ref',)),
    Operation('fax/get_history', fax.get_history, (), ('type', *PERIOD_AND_PAGE)),
    Operation('fax/get_rate', fax.get_rate, (), ('dest', 'incoming'), limited=True),
    # Numbers
    Operation('number/get_countries', numbers.get_countries),
    Operation('number/get_choices', numbers.get_choices, ('country',), ('state', 'page')),
    Operation('number/get_rates', numbers.get_rates, ('country',)),
    Operation('number/subscribe', numbers.subscribe, ('number', 'duration')),
    Operation(
        'number/update_forwarding',
        numbers.update_forwarding,
        ('number',),
        # Clients use both `forward_sms_to` and `forward_to_sms`.
        ('forward_to', 'forward_sms_to', 'forward_to_sms', 'mode'),
    ),
    Operation('number/get_active', numbers.get_active),
)
OPERATIONS: Mapping[str, Operation] = {operation.path: operation for operation in TABLE}
