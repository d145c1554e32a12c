"""What a user writes, for type checkers alone: nobody runs it."""

from datetime import date, datetime

from hoiio import CallStatus, Entry, Hoiio, HoiioClient, Response, SmsStatus, Status, Switch
from hoiio.notification import CallEnded, Gathered, IncomingCall, Notification, SmsDelivery
from hoiio.sandbox import Sandbox
from hoiio.service import CallOptions

sent: str = Hoiio.sms.send('Hoiio World', '+6511111111').txn_ref
when: datetime = Hoiio.sms.status('TX').date
debit: float = Hoiio.sms.history().entries[0].debit
parts: int = Hoiio.sms.status('TX').split_count
wide: bool | None = Hoiio.sms.rate('Hoiio World', '+6511111111').is_unicode
word: SmsStatus = Hoiio.sms.status('TX').sms_status
leg: CallStatus = Hoiio.voice.status('TX').call_status_dest1
each: float = sum(call.debit or 0 for call in Hoiio.voice.history(page=2).auto_paging_iter())
tag: str | None = Hoiio.voice.status('TX').tag or Hoiio.sms.history().entries[0].tag
second: CallStatus | None = Hoiio.voice.status('TX').call_status_dest2
refs: list[str] = Hoiio.voice.conference('+6511111111', '+6522222222').txn_refs
session: str = Hoiio.ivr.dial('+6511111111').raise_for_status().session
pages: int | None = Hoiio.fax.history(type='incoming').entries[0].fax_pages
last: date = Hoiio.number.subscribed_numbers().entries[0].expiry
renews: Switch = Hoiio.number.active_numbers().entries[0].auto_extend_status
state: str = Hoiio.number.available_countries().entries[0].states[0].code
number: str = next(Hoiio.number.available_numbers('SG').auto_paging_iter()).number
prefix: str = HoiioClient('APP', 'TOKEN').account.info().prefix
balance: float = Hoiio.user.balance().balance
mine: float = Hoiio.account.balance(app_id='A', access_token='T', timeout=(2, 20)).balance
more: bool = Hoiio.sms.send('Hi', '+6511111111', extra={'ring': 1}, timeout=5).is_success()
keys: bool = Hoiio.ivr.gather('S1', timeout=60, request_timeout=5, app_id='A').is_success()
forwards: bool = Hoiio.number.configure_sms('+6511111111', 'http://my.server.com').is_success()
options: CallOptions = {'app_id': 'A', 'access_token': 'T'}
passed: float = Hoiio.account.balance(**options).balance
code: int = Hoiio.user.balance().response.status_code


def react(notification: Notification, url: str) -> None:
    if notification.is_over():
        return
    if isinstance(notification, IncomingCall):
        caller: str = notification.from_
        notification.call.gather(msg='Press 1.', max_digits=1, notify_url=url)
    elif isinstance(notification, Gathered):
        notification.call.hangup(msg='Nine.' if notification.digits == '1' else 'Goodbye.')
    elif isinstance(notification, (CallEnded, SmsDelivery)):
        ref: str = notification.txn_ref
        cost: float = notification.debit
        mine: str | None = notification.tag


class Own(Response):
    note: str | None
    count: int = 3


with Sandbox(answer='manual') as sandbox:
    sandbox.fault('dropped_after', 'sms/send')
    sandbox.fault('status', status=Status('error_of_tomorrow'))
    sandbox.fail_next('fax/send', 'error_file_invalid')
    sandbox.fail_next('fax/send', Status.FILE_INVALID, times=2)
    sandbox.phone('+6511111111').react('busy')
    sandbox.phone('+6511111111').react(CallStatus.FAILED)

own: str = Hoiio.request('a/b', Own, {}).note or 'none'
whole: dict[str, object] = Hoiio.request('a/b', Own, {}).json


def of_any_kind(entry: Entry) -> object:
    return entry.json['new_field'] if isinstance(entry.json, dict) else entry.json
