"""The types of the answers of the control API.

The handlers return these types, and `openapi` describes them. At run time, only the description
imports this module.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, TypedDict

from ...constants import CallStatus, FaxType, NumberMode, SmsStatus, UserStatus
from ..faults import Kind
from ..presets.scripts import Script
from ..state.journal import Event
from ..state.records import Activity, LegState, Message, RateChange
from ..webhooks.delivery import WaitingReason

__all__ = [
    'Account',
    'AppliedFault',
    'Call',
    'CallEntry',
    'Calls',
    'Clock',
    'Deliveries',
    'DeliveryEntry',
    'Disturbing',
    'Done',
    'Drained',
    'Empty',
    'Events',
    'FaultEntry',
    'FaultKind',
    'Faults',
    'Fax',
    'Faxes',
    'Health',
    'Leg',
    'Legs',
    'MagicNumber',
    'MagicNumbers',
    'NewId',
    'Number',
    'Numbers',
    'OneStatus',
    'OperationEntry',
    'Operations',
    'Phone',
    'PhoneEntry',
    'Phones',
    'Rates',
    'Request',
    'Requests',
    'SessionEntry',
    'Skipped',
    'Sms',
    'SmsList',
    'Spoken',
    'State',
    'StateNumber',
    'Thread',
    'ThreadSms',
    'Undo',
    'Waiting',
    'WaitsFor',
]


class Empty(TypedDict):
    """An empty object."""


class NewId(TypedDict):
    """The id of a new entry.

    Attributes:
        id: The id.
    """

    id: int


# Logs


class Dropped(TypedDict, total=False):
    """A log that may have dropped old entries.

    Attributes:
        dropped: How many entries the log has dropped since the last reset. It is absent if there
            are none.
    """

    dropped: int


class Log(Dropped):
    """A part of a log.

    Attributes:
        last: The id of the newest entry, even if it is not listed here.
        more: Whether there are older entries that match.
    """

    last: int
    more: bool


class Events(Log):
    """A part of the journal.

    Attributes:
        events: The events, oldest first.
    """

    events: Sequence[Event]


class AppliedFault(TypedDict):
    """A fault that applied to a request.

    Attributes:
        id: The id of the fault.
        kind: What went wrong.
    """

    id: int
    kind: str


class Request(TypedDict):
    """A request of a client.

    Attributes:
        id: The number of the request. A reset does not restart the count.
        date: The time of the request, by the clock of the sandbox.
        operation: The path of the operation.
        method: The HTTP method.
        client: The program that sent the request: its User-Agent header.
        form: The parameters. The access token is hidden, a long value is shortened, and a file is
            replaced by its size.
        status: The status word of the answer.
        answer: The answer of the service, before a fault changed it. It is null if it was too long.
        answer_text: The beginning of an answer that was too long, or null.
        failed: Whether the request was refused, or a fault changed its answer.
        milliseconds: How long the sandbox took to answer.
        cut: Whether a part of the form or the answer is missing.
        txn_ref: The reference of the transaction in the answer or the form, or null.
        session: The IVR session in the answer or the form, or null.
        phones: The destinations in the form.
        events: The ids of the first and the last event that the request caused, or null.
        fault: The fault that applied, or null.
    """

    id: int
    date: datetime
    operation: str
    method: str
    client: str
    form: Mapping[str, str]
    status: str
    answer: Mapping[str, Any] | None
    answer_text: str | None
    failed: bool
    milliseconds: float
    cut: bool
    txn_ref: str | None
    session: str | None
    phones: Sequence[str]
    events: Sequence[int] | None
    fault: AppliedFault | None


class Requests(Log):
    """A part of the log of requests.

    Attributes:
        requests: The requests, oldest first.
    """

    requests: list[Request]


class DeliveryEntry(TypedDict):
    """One attempt to deliver a notification.

    Attributes:
        id: The number of the notification since the last reset.
        date: When it was posted, by the clock of the sandbox.
        lane: The ordering key: the reference of the transaction.
        url: The callback URL.
        body: The form body of the request.
        headers: The headers of the request.
        status: The HTTP status of the response, or null if there was no response.
        answer: The beginning of the response body.
        error: The reason why there was no response, or null.
        milliseconds: How long the attempt took.
        copy_of: The id of the delivery that this one repeats, or null.
        failed: Whether the response was not 2xx, or there was none.
    """

    id: int
    date: datetime | None
    lane: str
    url: str
    body: str
    headers: Mapping[str, str]
    status: int | None
    answer: str
    error: str | None
    milliseconds: float
    copy_of: int | None
    failed: bool


class Waiting(TypedDict):
    """A notification that is not delivered yet.

    Attributes:
        id: The number of the notification.
        date: When it was queued, by the clock of the sandbox.
        lane: The ordering key: the reference of the transaction.
        url: The callback URL.
        body: The form body.
        copy_of: The id of the delivery that this one repeats, or null.
        reason: Why it waits.
        until: When its delay ends, or null.
    """

    id: int
    date: datetime | None
    lane: str
    url: str
    body: str
    copy_of: int | None
    reason: WaitingReason
    until: datetime | None


class Skipped(TypedDict):
    """A notification that was not queued, because its transaction has no callback URL.

    Attributes:
        id: The number of the skipped notification since the last reset.
        date: When it would have been queued.
        lane: The reference of the transaction.
        body: The form body that would have been posted.
    """

    id: int
    date: datetime
    lane: str
    body: str


class Deliveries(Log):
    """Notifications: delivered, waiting and skipped.

    Attributes:
        deliveries: The attempts, in order of their ids.
        waiting: The notifications that wait, oldest first.
        skipped: The newest notifications without a callback URL, oldest first.
    """

    deliveries: list[DeliveryEntry]
    waiting: list[Waiting]
    skipped: list[Skipped]


class Drained(TypedDict):
    """The result of waiting for the notifications.

    Attributes:
        failed: The deliveries since the last call that did not get a 2xx response.
    """

    failed: list[DeliveryEntry]


# Phones


class Spoken(TypedDict):
    """A piece of a message that was spoken to a phone.

    Attributes:
        date: When it was spoken.
        kind: ``speech`` for a text, ``audio`` for an audio file.
        text: The text, or the URL of the file.
        language: The language of the text, or null for a file.
        gender: The voice that speaks the text, or null for a file.
    """

    date: datetime
    kind: Literal['speech', 'audio']
    text: str
    language: str | None
    gender: str | None


class WaitsFor(TypedDict):
    """The keys that the application waits for.

    Attributes:
        block: ``gather``, or ``record``, which the key ``#`` ends.
        digits: The keys so far.
        max_digits: How many keys end the block. 0 means that only ``#`` ends it. Null for a
            record block.
        attempts: How often the message is still repeated after a timeout.
        until: When the block ends or asks again.
    """

    block: Literal['gather', 'record']
    digits: str
    max_digits: int | None
    attempts: int
    until: datetime | None


class Leg(TypedDict):
    """One phone in a call or a fax.

    Attributes:
        txn_ref: The reference of the call or fax. It is empty for a call that was lost.
        kind: ``call`` or ``fax``.
        number: The number of the phone.
        other: The number on its display.
        incoming: Whether the phone was called.
        state: Whether it rings, talks, or is over.
        outcome: How the ringing ended; ``ongoing`` while it rings.
        said: The texts and URLs of what was spoken to the phone in this call.
        captions: What was spoken, with its language and voice.
        date: When the ringing began.
        answered: When the phone answered, or null.
        ended: When it ended, or null.
        rings_until: When the ringing ends if nobody acts, or null.
        after_ringing: The outcome of the call at that time, or null.
        talks_until: When the call ends if nobody acts, or null.
        session: The IVR session, or null.
        session_state: The state of the session, or null.
        block: The current or last block of the session, or null.
        waits_for: The keys that the application waits for, or null.
        talking_to: The numbers of the other phones in the conversation.
        room: The conference room, or null.
        muted: Whether the phone is muted in its room.
        rate: The price of a minute, or null.
        minutes: How many minutes the account has paid for the call so far.
    """

    txn_ref: str
    kind: Literal['call', 'fax']
    number: str
    other: str
    incoming: bool
    state: LegState
    outcome: CallStatus
    said: list[str]
    captions: list[Spoken]
    date: datetime | None
    answered: datetime | None
    ended: datetime | None
    rings_until: datetime | None
    after_ringing: CallStatus | None
    talks_until: datetime | None
    session: str | None
    session_state: str | None
    block: str | None
    waits_for: WaitsFor | None
    talking_to: list[str]
    room: str | None
    muted: bool
    rate: Decimal | None
    minutes: int


class PhoneEntry(TypedDict):
    """A phone in a list.

    Attributes:
        number: The number.
        calls: The calls and faxes in progress.
        received: How many SMS arrived since the last reset.
        unread: How many of them a person has not read yet; see ``phones/{number}/read``.
        last: The newest SMS, call or fax of the phone, or null.
        magic: The name of the magic number, or null.
        own: Whether it is a Hoiio number of the account.
        script: How the phone reacts.
        coming: How it reacts to the next calls, before ``script`` applies again.
    """

    number: str
    calls: list[Leg]
    received: int
    unread: int
    last: Activity | None
    magic: str | None
    own: bool
    script: Script
    coming: list[Script]


class Phone(PhoneEntry, total=False):
    """A phone.

    Attributes:
        inbox: The newest 100 SMS that arrived, oldest first.
        heard: The newest 100 messages that were spoken to the phone, oldest first.
    """

    inbox: list[Message]
    heard: list[str]


class Done(Phone):
    """A phone after an action.

    Attributes:
        taken: Whether anything accepted the action. An SMS to a number that does not accept it is
            lost, and a key is lost if no block waits for it.
        txn_refs: The references of the calls and faxes that were in progress at the phone, then of
            the transactions that began.
        events: What happened.
        last_event: The id of the newest event after the action.
    """

    taken: bool
    txn_refs: list[str]
    events: Sequence[Event]
    last_event: int


class Phones(TypedDict):
    """Phones, most recently used first.

    Attributes:
        phones: The phones.
        total: How many phones match.
        unread: How many SMS are unread, over all phones.
    """

    phones: list[Phone]
    total: int
    unread: int


class Legs(TypedDict):
    """The calls and faxes of a phone, newest first.

    Attributes:
        calls: The calls and faxes.
        total: How many match.
    """

    calls: list[Leg]
    total: int


class ThreadSms(TypedDict):
    """An SMS to or from a phone.

    Attributes:
        id: The position in the thread. The oldest SMS has 1.
        incoming: Whether the phone is the destination.
        other: The number or the name at the other end.
        text: The text.
        date: The time of the SMS.
        txn_ref: The reference of the transaction, or null between two phones.
        status: The status, or null between two phones.
        parts: How many parts it has, or null between two phones.
        price: What the account paid, or null between two phones.
        currency: The currency of the price.
        tag: The tag of the request, or null.
    """

    id: int
    incoming: bool
    other: str
    text: str
    date: datetime
    txn_ref: str | None
    status: SmsStatus | None
    parts: int | None
    price: Decimal | None
    currency: str
    tag: str | None


class Thread(TypedDict):
    """The SMS of a phone in both directions, newest first.

    Attributes:
        messages: The SMS.
        total: How many match.
    """

    messages: list[ThreadSms]
    total: int


# Transactions


class Sms(TypedDict, total=False):
    """An SMS, as in the histories of the API.

    Attributes:
        txn_ref: The reference of the transaction.
        app_id: The application that it belongs to.
        tag: The tag of the request. It is absent if the request had none.
        sms_status: The status.
        src: The sender.
        dest: The destination.
        date: The time in GMT+8, as ``YYYY-MM-DD HH:MM:SS``.
        split_count: How many parts it has.
        msg: The text.
        currency: The currency of the prices.
        rate: The price of one part.
        debit: The price of the SMS.
    """

    txn_ref: str
    app_id: str
    tag: str
    sms_status: SmsStatus
    src: str
    dest: str
    date: str
    split_count: str
    msg: str
    currency: str
    rate: str
    debit: str


class SmsList(TypedDict):
    """SMS, newest first.

    Attributes:
        messages: The SMS.
        total: How many match.
    """

    messages: list[Sms]
    total: int


class CallEntry(TypedDict, total=False):
    """A call, as in the histories of the API.

    Attributes:
        txn_ref: The reference of the transaction.
        app_id: The application that it belongs to.
        tag: The tag of the request. It is absent if the request had none.
        dest1: The first phone.
        dest2: The second phone, or an empty text.
        number: The Hoiio number of an incoming call.
        call_status_dest1: The status of the first phone.
        call_status_dest2: The status of the second phone, or an empty text.
        date: The time in GMT+8, as ``YYYY-MM-DD HH:MM:SS``.
        duration: How many minutes the call took. It is absent until the call ends.
        currency: The currency of the prices.
        rate: The price of one minute.
        debit: The price of the call. It is absent until the call ends.
    """

    txn_ref: str
    app_id: str
    tag: str
    dest1: str
    dest2: str
    number: str
    call_status_dest1: CallStatus
    call_status_dest2: str
    date: str
    duration: str
    currency: str
    rate: str
    debit: str


class Call(CallEntry, total=False):
    """A call with its phones.

    Attributes:
        session: The IVR session, or null.
        room: The conference room, or null.
        live: Whether the call is in progress.
        legs: The phones.
    """

    session: str | None
    room: str | None
    live: bool
    legs: list[Leg]


class Calls(TypedDict):
    """Calls, newest first.

    Attributes:
        calls: The calls.
        total: How many match.
    """

    calls: list[Call]
    total: int


class Fax(TypedDict, total=False):
    """A fax, as in the histories of the API.

    Attributes:
        txn_ref: The reference of the transaction.
        app_id: The application that it belongs to.
        tag: The tag of the request, or an empty text.
        src: The sender.
        dest: The destination.
        fax_status: The status.
        fax_pages: How many pages it has. It is absent until the fax ends.
        fax_url: The URL of the PDF. It is absent until the fax has arrived.
        date: The time in GMT+8, as ``YYYY-MM-DD HH:MM:SS``.
        currency: The currency of the prices.
        rate: The price of one minute.
        debit: The price of the fax. It is absent until the fax ends.
        type: Whether the account received or sent it.
        live: Whether the fax is in progress.
    """

    txn_ref: str
    app_id: str
    tag: str
    src: str
    dest: str
    fax_status: str
    fax_pages: str
    fax_url: str
    date: str
    currency: str
    rate: str
    debit: str
    type: FaxType
    live: bool


class Faxes(TypedDict):
    """Faxes, newest first.

    Attributes:
        faxes: The faxes.
        total: How many match.
    """

    faxes: list[Fax]
    total: int


# The account


class Health(TypedDict):
    """A sandbox that runs.

    Attributes:
        ok: Always true.
        version: The version of the package.
        url: The base URL without the path of the API.
        run: A name of this run, which differs after a restart.
    """

    ok: bool
    version: str
    url: str
    run: str


class SessionEntry(TypedDict):
    """An IVR session in progress.

    Attributes:
        session: The reference of the session.
        txn_ref: The reference of its call.
        phone: The number of the phone.
        state: The state of the session.
        block: The current or last block.
    """

    session: str
    txn_ref: str
    phone: str
    state: str
    block: str


class StateNumber(TypedDict):
    """A Hoiio number of the account.

    Attributes:
        number: The number.
        app_id: The application that it belongs to.
        mode: Whether it accepts calls or faxes.
        forward_to: The URL that is notified of calls and faxes, or null.
        forward_sms_to: The URL that is notified of SMS, or null.
        expiry: The last day of the subscription.
    """

    number: str
    app_id: str
    mode: NumberMode
    forward_to: str | None
    forward_sms_to: str | None
    expiry: date


class State(TypedDict):
    """The account and its transactions.

    Attributes:
        app_id: The application that clients use.
        access_token: Its access token.
        now: The time of the sandbox clock.
        currency: The currency of all prices.
        balance: The credit: points and bonus.
        points: The credit that was bought.
        bonus: The free credit.
        numbers: The Hoiio numbers.
        sessions: The IVR sessions in progress, newest first.
        messages: The newest 100 SMS, newest first.
        calls: The newest 100 calls, newest first.
        faxes: The newest 100 faxes, newest first.
    """

    app_id: str
    access_token: str
    now: datetime
    currency: str
    balance: Decimal
    points: Decimal
    bonus: Decimal
    numbers: list[StateNumber]
    sessions: list[SessionEntry]
    messages: list[Sms]
    calls: list[CallEntry]
    faxes: list[Fax]


class Account(TypedDict):
    """The account.

    Attributes:
        app_id: The application that clients use.
        access_token: Its access token.
        url: The base URL for clients.
        environment: The environment variables that direct the SDK to this sandbox.
        currency: The currency of all prices.
        balance: The credit: points and bonus.
        points: The credit that was bought.
        bonus: The free credit.
        name: The name of the owner.
        email: The email address of the owner.
        registered: The registered number, which is the sender and the caller ID by default.
        user_status: Whether it is a trial account.
        down: The services that are not available.
        answer: What phones do without a script of their own: ``auto``, ``manual`` or ``other``.
    """

    app_id: str
    access_token: str
    url: str
    environment: Mapping[str, str]
    currency: str
    balance: Decimal
    points: Decimal
    bonus: Decimal
    name: str
    email: str
    registered: str
    user_status: UserStatus
    down: Sequence[str]
    answer: Literal['auto', 'manual', 'other']


class Number(StateNumber):
    """A Hoiio number with what it can do.

    Attributes:
        auto_extend: Whether the subscription is extended when it ends.
        country: The code of its country.
        capabilities: The kinds of traffic that it supports.
    """

    auto_extend: bool
    country: str
    capabilities: Sequence[str]


class Numbers(TypedDict):
    """The Hoiio numbers of the account.

    Attributes:
        numbers: The numbers.
        total: How many match.
    """

    numbers: list[Number]
    total: int


class MagicNumber(TypedDict):
    """A number with a fixed behaviour.

    Attributes:
        number: The number.
        name: A short name.
        sentence: What it does.
        script: How the phone reacts, or null if the API refuses the number.
    """

    number: str
    name: str
    sentence: str
    script: Script | None


class MagicNumbers(TypedDict):
    """All magic numbers.

    Attributes:
        magic_numbers: The numbers.
    """

    magic_numbers: list[MagicNumber]


class OperationEntry(TypedDict):
    """An operation of the API.

    Attributes:
        path: Its path.
        summary: What it does.
        required: The required parameters, apart from the credentials.
        optional: The optional parameters.
    """

    path: str
    summary: str
    required: Sequence[str]
    optional: Sequence[str]


class OneStatus(TypedDict):
    """A status word of the API.

    Attributes:
        status: The word.
        meaning: What it means.
    """

    status: str
    meaning: str


class FaultKind(TypedDict):
    """A kind of fault.

    Attributes:
        kind: The kind.
        takes_effect: Whether the service performs the request at once.
        operations: The operations that it can happen to.
    """

    kind: Kind
    takes_effect: bool
    operations: Collection[str]


class Operations(TypedDict):
    """What can be requested, and how it can fail.

    Attributes:
        operations: The operations.
        statuses: The status words of refusals.
        fault_kinds: The kinds of faults.
    """

    operations: list[OperationEntry]
    statuses: list[OneStatus]
    fault_kinds: list[FaultKind]


# Faults, time and reset


class FaultEntry(TypedDict):
    """An active fault.

    Attributes:
        id: The number of the fault since the last reset.
        left: How many more requests fail; null means all of them.
        kind: What goes wrong.
        operation: The path of the operation, or null for all operations.
        match: Parameters that the request must have, with exactly these values.
        times: How many requests fail, or null for all of them until the fault is removed.
        status: The status word of a refusal.
        code: The HTTP status of an HTTP error.
        seconds: How late the answer arrives, in seconds of real time. By the sandbox clock: how
            long a request is deferred, or how old a transaction is when a stale history shows it.
        count: How many recipients of a bulk the service serves, for a partial one.
    """

    id: int
    left: int | None
    kind: Kind
    operation: str | None
    match: Mapping[str, str]
    times: int | None
    status: str
    code: int
    seconds: float
    count: int


class Faults(TypedDict):
    """The active faults, oldest first.

    Attributes:
        faults: The faults.
    """

    faults: list[FaultEntry]


class Rates(TypedDict):
    """The prices of each service by the prefix of the phone numbers.

    Attributes:
        sms: The prices of a message part.
        voice: The prices of a minute of a call.
        fax: The prices of a minute of a fax.
        coming: The changes that are due later.
    """

    sms: Mapping[str, Decimal]
    voice: Mapping[str, Decimal]
    fax: Mapping[str, Decimal]
    coming: list[RateChange]


class Disturbing(TypedDict):
    """What happens to the next notifications.

    Attributes:
        duplicates: How many of them are delivered twice.
        delays: How many seconds each of them is delayed.
        reorder: How many of them are reversed; 0 for none.
        held: How many of those are held back now.
    """

    duplicates: int
    delays: Sequence[float]
    reorder: int
    held: int


class Clock(TypedDict):
    """The clock of the sandbox.

    Attributes:
        now: The time that it shows.
        runs: Whether it runs by itself.
        offset: How far it was moved, in seconds.
    """

    now: datetime
    runs: bool
    offset: float


class Undo(TypedDict):
    """Whether the last reset can be undone.

    Attributes:
        available: Whether there is a state to go back to.
        date: The time of the sandbox clock when that state was saved, or null.
    """

    available: bool
    date: datetime | None
