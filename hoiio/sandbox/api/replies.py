"""The fields of the answers of the operations, as the API documentation has them.

The API sends numbers and amounts as text, and times in GMT+8.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypedDict

__all__ = ['REPLIES', 'Refusal']


class Success(TypedDict):
    """An answer to a request that was accepted.

    Attributes:
        status: The word success_ok.
    """

    status: Literal['success_ok']


class Refusal(TypedDict):
    """An answer to a request that was refused.

    Attributes:
        status: The reason, as a word that begins with error_.
    """

    status: str


class Balance(Success):
    """The credit of the account.

    Attributes:
        currency: The currency.
        balance: Points and bonus.
        points: The credit that was bought.
        bonus: The free credit.
    """

    currency: str
    balance: str
    points: str
    bonus: str


class Info(Success):
    """The owner and the settings of the account.

    Attributes:
        uid: The ID of the account.
        name: The name of the owner.
        mobile_number: The registered number.
        caller_ids: What a ``caller_id`` can be.
        email: The email address.
        country: The code of the country.
        prefix: The calling code of the country.
        currency: The currency.
        time_zone: The time zone.
        user_status: Whether it is a trial account.
        sms_rebrand_status: Whether ``sender_name`` is possible.
        call_rebrand_status: Whether ``caller_id`` is possible.
    """

    uid: str
    name: str
    mobile_number: str
    caller_ids: list[str]
    email: str
    country: str
    prefix: str
    currency: str
    time_zone: str
    user_status: str
    sms_rebrand_status: str
    call_rebrand_status: str


class Began(Success):
    """A transaction that began.

    Attributes:
        txn_ref: The reference of the transaction.
    """

    txn_ref: str


class BulkBegan(Began):
    """A bulk SMS that was accepted.

    Attributes:
        bulk_txn_ref: The reference of the bulk.
    """

    bulk_txn_ref: str


class Dialled(Began):
    """An IVR call that began.

    Attributes:
        session: The reference of the IVR session.
    """

    session: str


class OldConference(Success):
    """A conference that began, with the references in one text.

    Attributes:
        txn_refs: The references of the calls, with commas.
        room: The name of the room.
    """

    txn_refs: str
    room: str


class Conference(Success):
    """A conference that began.

    Attributes:
        txn_refs: The references of the calls.
        room: The name of the room.
    """

    txn_refs: list[str]
    room: str


class InRoom(TypedDict, total=False):
    """The room of a transfer.

    Attributes:
        room: The name of the conference room. It is absent after a transfer to a phone.
    """

    room: str


class Transferred(Success, InRoom):
    """A transfer that began."""


class Ended(TypedDict, total=False):
    """What a call has after its end.

    Attributes:
        duration: How many minutes it took.
        debit: What it cost.
        number: The Hoiio number that was called.
    """

    duration: str
    debit: str
    number: str


class CallFields(Ended):
    """A call.

    Attributes:
        txn_ref: The reference of the transaction.
        tag: The tag of the request.
        dest1: The first phone.
        dest2: The second phone, or an empty text.
        call_status_dest1: The status of the first phone.
        call_status_dest2: The status of the second phone, or an empty text.
        date: When it began.
        currency: The currency.
        rate: The price of a minute.
    """

    txn_ref: str
    tag: str
    dest1: str
    dest2: str
    call_status_dest1: str
    call_status_dest2: str
    date: str
    currency: str
    rate: str


class CallStatusReply(CallFields, Success):
    """The status of a call."""


class SmsFields(TypedDict):
    """An SMS.

    Attributes:
        txn_ref: The reference of the transaction.
        tag: The tag of the request.
        sms_status: The status.
        src: The sender.
        dest: The destination.
        date: When it was sent.
        split_count: How many parts it has.
        msg: The text.
        currency: The currency.
        rate: The price of a part.
        debit: What it cost.
    """

    txn_ref: str
    tag: str
    sms_status: str
    src: str
    dest: str
    date: str
    split_count: str
    msg: str
    currency: str
    rate: str
    debit: str


class SmsStatusReply(SmsFields, Success):
    """The status of an SMS."""


class FaxEnded(TypedDict, total=False):
    """What a fax has after its end.

    Attributes:
        fax_pages: How many pages it has.
        fax_url: The URL of the PDF.
        debit: What it cost.
    """

    fax_pages: str
    fax_url: str
    debit: str


class FaxFields(FaxEnded):
    """A fax.

    Attributes:
        txn_ref: The reference of the transaction.
        tag: The tag of the request.
        src: The sender.
        dest: The destination.
        fax_status: The status.
        date: When it began.
        currency: The currency.
        rate: The price of a minute.
    """

    txn_ref: str
    tag: str
    src: str
    dest: str
    fax_status: str
    date: str
    currency: str
    rate: str


class FaxStatusReply(FaxFields, Success):
    """The status of a fax."""


class History(Success):
    """One page of a history.

    Attributes:
        total_entries_count: How many transactions there are in the period.
        entries_count: How many are on this page.
    """

    total_entries_count: str
    entries_count: str


class CallHistory(History):
    """One page of the calls.

    Attributes:
        entries: The calls, newest first.
    """

    entries: list[CallFields]


class SmsHistory(History):
    """One page of the SMS.

    Attributes:
        entries: The SMS, newest first.
    """

    entries: list[SmsFields]


class FaxHistory(History):
    """One page of the faxes.

    Attributes:
        entries: The faxes, newest first.
    """

    entries: list[FaxFields]


class Rate(Success):
    """A price.

    Attributes:
        currency: The currency.
        rate: The price of a part or a minute.
    """

    currency: str
    rate: str


class CallRate(Rate):
    """The price of a call.

    Attributes:
        talktime: For how many minutes the credit lasts.
    """

    talktime: str


class SmsSize(TypedDict, total=False):
    """The size of a text, if the request has one.

    Attributes:
        split_count: How many parts the text has.
        total_cost: The price of all parts.
        is_unicode: Whether the text needs Unicode.
    """

    split_count: str
    total_cost: str
    is_unicode: bool


class SmsRate(Rate, SmsSize):
    """The price of an SMS."""


class State(TypedDict):
    """A state with Hoiio numbers.

    Attributes:
        code: The two letters of the state.
        name: The name.
        capability: The kinds of traffic that its numbers support.
    """

    code: str
    name: str
    capability: list[str]


class Places(TypedDict, total=False):
    """A country has either states or one kind of numbers.

    Attributes:
        states: The states.
        capability: The kinds of traffic that its numbers support.
    """

    states: list[State]
    capability: list[str]


class Country(Places):
    """A country with Hoiio numbers.

    Attributes:
        code: The code of the country.
        name: The name.
        prefix: The calling code.
    """

    code: str
    name: str
    prefix: str


class Countries(Success):
    """The countries with Hoiio numbers.

    Attributes:
        entries_count: How many there are.
        entries: The countries.
    """

    entries_count: str
    entries: list[Country]


class Choice(TypedDict):
    """A number on offer.

    Attributes:
        number: The number.
        capability: The kinds of traffic that it supports.
    """

    number: str
    capability: list[str]


class Choices(History):
    """One page of the numbers on offer.

    Attributes:
        entries: The numbers.
    """

    entries: list[Choice]


class NumberRate(TypedDict):
    """The price of a number.

    Attributes:
        duration: For how many months.
        rate: The price.
    """

    duration: str
    rate: str


class NumberRates(Success):
    """The prices of the numbers of a country.

    Attributes:
        currency: The currency.
        entries_count: How many there are.
        entries: The prices.
    """

    currency: str
    entries_count: str
    entries: list[NumberRate]


class Subscribed(Success):
    """A subscription.

    Attributes:
        currency: The currency.
        debit: What it cost.
        expiry: The last day.
    """

    currency: str
    debit: str
    expiry: str


class InState(TypedDict, total=False):
    """The state of a number, in a country that has states.

    Attributes:
        state: The two letters of the state.
    """

    state: str


class ActiveNumber(InState):
    """A Hoiio number of the application.

    Attributes:
        number: The number.
        forward_to: The URL that is notified of calls and faxes, or an empty text.
        forward_sms_to: The URL that is notified of SMS, or an empty text.
        mode: Whether it accepts calls or faxes.
        expiry: The last day of the subscription.
        auto_extend_status: Whether the subscription is extended when it ends.
        country: The code of the country.
        capabilities: The kinds of traffic that it supports.
    """

    number: str
    forward_to: str
    forward_sms_to: str
    mode: str
    expiry: str
    auto_extend_status: str
    country: str
    capabilities: list[str]


class ActiveNumbers(History):
    """The Hoiio numbers of the application.

    Attributes:
        entries: The numbers.
    """

    entries: list[ActiveNumber]


# The answer of each operation to a request that it accepts.
REPLIES: Mapping[str, Any] = {
    'user/get_balance': Balance,
    'user/get_info': Info,
    'voice/call': Began,
    'voice/conference': OldConference,
    'conference/call': Conference,
    'conference/moderate': Success,
    'voice/hangup': Success,
    'voice/query_status': CallStatusReply,
    'voice/get_history': CallHistory,
    'voice/get_rate': CallRate,
    'sms/send': Began,
    'sms/bulk_send': BulkBegan,
    'sms/query_status': SmsStatusReply,
    'sms/get_history': SmsHistory,
    'sms/get_rate': SmsRate,
    'ivr/start/dial': Dialled,
    'ivr/middle/play': Success,
    'ivr/middle/gather': Success,
    'ivr/middle/record': Success,
    'ivr/middle/monitor': Success,
    'ivr/middle/hold': Success,
    'ivr/middle/unhold': Success,
    'ivr/end/transfer': Transferred,
    'ivr/end/hangup': Success,
    'fax/send': Began,
    'fax/query_status': FaxStatusReply,
    'fax/get_history': FaxHistory,
    'fax/get_rate': Rate,
    'number/get_countries': Countries,
    'number/get_choices': Choices,
    'number/get_rates': NumberRates,
    'number/subscribe': Subscribed,
    'number/update_forwarding': Success,
    'number/get_active': ActiveNumbers,
}
