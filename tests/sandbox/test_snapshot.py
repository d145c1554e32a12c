from __future__ import annotations

import copy
import json
import pickle
import sys
import threading
import urllib.request
from dataclasses import replace
from decimal import Decimal
from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest

from hoiio.sandbox import Clock, FakeClock, Sandbox, Seed, snapshot
from hoiio.sandbox.clock import Schedule
from hoiio.sandbox.codec import encode
from hoiio.sandbox.presets.seed import OTHER_ACCESS_TOKEN, OTHER_APP_ID
from hoiio.sandbox.snapshot_document import Saved
from tests.sandbox.conftest import LocalService

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.sandbox.conftest import Receiver

DEST = '+6598765432'
OTHER = '+6598765433'
US = '+14155550100'
SG = '+6531580000'
HOOK = 'http://127.0.0.1:9/'


def through_json(data: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(json.dumps(data, allow_nan=False)))


def save(service: LocalService) -> dict[str, Any]:
    return through_json(snapshot.save(service.emulator))


def load(service: LocalService, data: dict[str, Any]) -> None:
    snapshot.restore(service.emulator, data)


@pytest.fixture
def busy(service: LocalService) -> LocalService:
    """A service with a finished transaction of each kind."""
    service('sms/send', dest=DEST, msg='Grüße\n', tag='t', notify_url=HOOK)
    service('sms/bulk_send', dest=f'{DEST},{OTHER}', msg='x')
    service('fax/send', dest='+6561234567', file=b'%PDF-1.4 \x00\xff')
    service('number/subscribe', number='+12055550101', duration='auto_extend')
    service('number/update_forwarding', number=US, forward_sms_to=HOOK)
    service.phone(OTHER).send_sms(US, 'hi')
    service.phone(DEST).busy()
    service('voice/call', dest1=OTHER, dest2=DEST, notify_url=HOOK)
    session = service('ivr/start/dial', dest=OTHER, msg='Hello', notify_url=HOOK)['session']
    service('ivr/middle/record', session=session, notify_url=HOOK)
    service.phone(OTHER).press('#')
    service('ivr/end/hangup', session=session)
    service('user/get_balance')
    return service


@pytest.fixture
def other() -> Iterator[Sandbox]:
    with Sandbox(clock=FakeClock()) as sandbox:
        yield sandbox


def everything(service: LocalService) -> list[dict[str, Any]]:
    asked = [
        'user/get_balance', 'user/get_info', 'sms/get_history', 'voice/get_history',
        'fax/get_history', 'number/get_active',
    ]  # fmt: skip
    return [service(path) for path in asked]


def test_a_restored_state_equals_the_saved_one(busy: LocalService, service_with: Any) -> None:
    before, events = everything(busy), busy.emulator.world.events
    inbox, heard = busy.phone(DEST).inbox, busy.phone(OTHER).heard
    notifications = [
        (notification.id, notification.url, notification.body)
        for notification in busy.emulator.outbox.waiting
    ]
    data = save(busy)
    assert everything(busy) == before, 'saving changes nothing'
    fresh = service_with(points=Seed().points + 1)
    load(fresh, data)
    assert everything(fresh) == before
    assert fresh.emulator.world.events[: len(events)] == events
    assert (fresh.phone(DEST).inbox, fresh.phone(OTHER).heard) == (inbox, heard)
    waiting = fresh.emulator.outbox.waiting
    assert [
        (notification.id, notification.url, notification.body) for notification in waiting
    ] == notifications
    assert fresh.status('voice/call', dest2=DEST) == 'success_ok'
    assert fresh('voice/query_status', txn_ref='AA-C-3')['call_status_dest2'] == 'busy'


def test_saving_a_restored_state_gives_the_same_data(
    busy: LocalService, service: LocalService
) -> None:
    data = save(busy)
    load(service, data)
    assert save(service) == data


def test_references_continue_after_a_restore(busy: LocalService) -> None:
    load(busy, save(busy))
    assert busy('sms/send', dest=DEST, msg='x')['txn_ref'] == 'AA-S-4'
    assert busy('voice/call', dest2=DEST)['txn_ref'] == 'AA-C-3'
    assert busy('ivr/start/dial', dest=OTHER)['session'] == 'S2'
    assert busy('fax/send', dest='+6561234567', file=b'%PDF-')['txn_ref'] == 'AA-F-2'
    for notification in busy.emulator.outbox.waiting:
        assert notification.id <= busy.emulator.outbox._last


def test_money_is_exact_to_the_last_decimal(service: LocalService) -> None:
    for _ in range(7):
        service('sms/send', dest=DEST, msg='x')
    before = service.emulator.world.account.balance
    load(service, save(service))
    assert service.emulator.world.account.balance == before
    assert str(service.emulator.world.account.points) == '50.000'
    service('sms/send', dest=DEST, msg='x')
    assert (
        service.emulator.world.account.balance
        == before - service.emulator.world.messages['AA-S-8'].rate
    )


def test_numbers_still_expire_and_renew(busy: LocalService) -> None:
    load(busy, save(busy))
    busy.clock.advance(days=100)
    held = {number['number']: number for number in busy('number/get_active')['entries']}
    assert set(held) == {'+12055550101'}
    assert held['+12055550101']['expiry'] > '2026-04'


def test_rate_limits_still_count(service: LocalService) -> None:
    for _ in range(60):
        service('user/get_balance')
    load(service, save(service))
    assert service.status('user/get_balance') == 'error_rate_limit_exceeded'
    service.clock.advance(minutes=1)
    assert service.status('user/get_balance') == 'success_ok'


def test_transactions_keep_their_owners(service: LocalService) -> None:
    other = {'app_id': OTHER_APP_ID, 'access_token': OTHER_ACCESS_TOKEN}
    ref = service('sms/send', dest=DEST, msg='x', **other)['txn_ref']
    load(service, save(service))
    assert service.status('sms/query_status', txn_ref=ref) == 'error_txn_ref_access_denied'
    assert service.status('sms/query_status', txn_ref=ref, **other) == 'success_ok'


def test_a_restore_replaces_the_account_but_a_reset_uses_the_own_seed(
    service: LocalService, service_with: Any
) -> None:
    foreign = service_with(app_id='A' * 16, access_token='T' * 16, name='Somebody Else')
    data = save(foreign)
    load(service, data)
    credentials = {'app_id': 'A' * 16, 'access_token': 'T' * 16}
    assert service('user/get_info', **credentials)['name'] == 'Somebody Else'
    assert service.status('user/get_info') == 'error_invalid_access_token'
    service.emulator.reset()
    assert service('user/get_info')['name'] == Seed().name


def test_the_clock_continues_from_the_time_of_saving(service: LocalService) -> None:
    service.clock.advance(days=40)
    data = save(service)
    service.emulator.reset()
    service.clock.advance(days=400)
    load(service, data)
    assert service.clock.now().isoformat() == '2026-02-10T00:00:00+08:00'
    real = Sandbox(clock=Clock())
    real.restore(data)
    assert real.clock.now().isoformat()[:16] == '2026-02-09T16:00'


def test_a_restore_cancels_earlier_timers(service: LocalService) -> None:
    data = save(service)
    service('voice/call', dest1=OTHER, dest2=DEST, notify_url=HOOK)
    load(service, data)
    service.clock.advance(minutes=5)
    assert service.posted == []


# Transactions in progress


def test_calls_in_progress_end(service: LocalService) -> None:
    service('voice/call', dest1=OTHER, dest2=DEST, tag='t', notify_url=HOOK)
    service.clock.advance(seconds=10)
    balance = service.balance()
    load(service, save(service))
    assert service.balance() == balance
    assert service.last == {
        'txn_ref': 'AA-C-1', 'tag': 't', 'dest1': OTHER, 'dest2': DEST,
        'call_status_dest1': 'answered', 'call_status_dest2': 'answered',
        'date': '2026-01-01 00:00:00', 'duration': '1', 'currency': 'SGD',
        'rate': '0.036', 'debit': '0.036',
    }  # fmt: skip
    assert service.emulator.world.live_calls == []
    assert service.phone(DEST).calls == []
    service.clock.advance(hours=1)
    assert service.balance() == balance


def test_ringing_calls_are_unanswered(service: LocalService) -> None:
    service.phone(DEST).rings()
    service('voice/call', dest1=DEST, dest2=OTHER, notify_url=HOOK)
    load(service, save(service))
    assert service.last['call_status_dest1'] == 'unanswered'
    assert service.last['debit'] == '0.000'


def test_sessions_in_progress_end_with_their_results(service: LocalService) -> None:
    session = service('ivr/start/dial', dest=DEST, notify_url=HOOK)['session']
    service('ivr/middle/gather', session=session, tag='g', notify_url=f'{HOOK}gather')
    service.phone(DEST).press('12')
    load(service, save(service))
    assert (service.last['ivr_block'], service.last['call_state']) == ('gather', 'ended')
    assert (service.last['digits'], service.last['tag']) == ('12', 'g')
    assert service.emulator.outbox.waiting[-1].url == f'{HOOK}gather'
    assert service.status('ivr/end/hangup', session=session) == 'error_session_ended'


def test_a_transfer_in_progress_ends_both_calls(service: LocalService) -> None:
    session = service('ivr/start/dial', dest=DEST, notify_url=HOOK)['session']
    service('ivr/end/transfer', session=session, dest=OTHER, notify_url=HOOK)
    load(service, save(service))
    assert (service.last['ivr_block'], service.last['call_state']) == ('transfer', 'ended')
    assert service.last['transfer_status'] == 'answered'
    assert service.emulator.world.live_calls == []
    entries = service('voice/get_history')['entries']
    assert [entry['duration'] for entry in entries] == ['1', '1']


def test_faxes_in_progress_fail(service: LocalService) -> None:
    service.phone('+6561234567').rings()
    service('fax/send', dest='+6561234567', file=b'%PDF-', notify_url=HOOK)
    load(service, save(service))
    assert (service.last['fax_status'], service.last['debit']) == ('failed', '0.000')
    assert service.phone('+6561234567').faxes == []
    assert service.emulator.world.live_faxes == []


# Over the network


def test_undelivered_notifications_are_delivered_once(other: Sandbox, receiver: Receiver) -> None:
    other.notifications.delay_next(60)
    other.client().sms.send('x', DEST, notify_url=receiver.url)
    data = through_json(other.save())
    with Sandbox.load(data, clock=FakeClock()) as sandbox:
        sandbox.drain()
        [delivery] = sandbox.deliveries
        assert (delivery.id, delivery.status) == (1, 200)
        assert [post.body for post in receiver.posts] == [delivery.body.encode()]
        again = through_json(sandbox.save())
    with Sandbox.load(again) as sandbox:
        sandbox.drain()
        assert len(receiver.posts) == 1
        assert sandbox.resend(1) == 2
        sandbox.drain()
        first, second = receiver.posts
        assert (first.body, first.headers) == (second.body, second.headers)


def test_urls_of_files_point_to_the_new_sandbox(other: Sandbox) -> None:
    client = other.client()
    ref = client.fax.send('+6561234567', b'%PDF-1.4').txn_ref
    with Sandbox.load(other.save()) as sandbox:
        url = str(sandbox.client().fax.status(ref).fax_url)
        assert url.startswith(sandbox.url.replace('/open/', '/_sandbox/files/'))
        assert url.rpartition('/')[2] == str(client.fax.status(ref).fax_url).rpartition('/')[2]
        with urllib.request.urlopen(url) as answer:  # noqa: S310 - of the sandbox
            assert answer.read() == b'%PDF-1.4'


@pytest.mark.slow
def test_saving_while_requests_come_in(other: Sandbox) -> None:
    stop = threading.Event()

    def send() -> None:
        client = other.client()
        while not stop.is_set():
            client.sms.send('x', DEST)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        for _ in range(5):
            with Sandbox.load(other.save()) as sandbox:
                sent = sandbox.client().sms.history().total_entries_count
                assert len(sandbox.phone(DEST).inbox) == sent
                balance = Decimal(sandbox.client().account.balance().json['balance'])
                assert (Seed().points + Seed().bonus - balance) * 1000 == 32 * sent
    finally:
        stop.set()
        thread.join(30)


def test_requests_are_answered_while_a_state_is_encoded(
    busy: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changes made meanwhile are not in the saved state."""
    call = busy('voice/call', dest1=OTHER, dest2=DEST, notify_url=HOOK)['txn_ref']
    session = busy('ivr/start/dial', dest=SG, notify_url=HOOK)['session']
    before = save(busy)
    changed = threading.Event()

    def change() -> None:
        busy('voice/hangup', txn_ref=call)
        busy('ivr/middle/play', session=session, msg='Hello')
        busy('sms/send', dest=DEST, msg='x', notify_url=HOOK)
        busy('number/update_forwarding', number=US, forward_sms_to=f'{HOOK}new')
        busy.phone(DEST).replies('YES')
        busy.phone(OTHER).send_sms(US, 'hi')
        busy.clock.advance(minutes=5)
        changed.set()

    def encode_after_the_change(value: Any, *args: Any) -> Any:
        if not changed.is_set():
            thread = threading.Thread(target=change)
            thread.start()
            thread.join(30)
            assert changed.is_set(), 'the requests waited for the lock'
        return encode(value, *args)

    monkeypatch.setattr('hoiio.sandbox.snapshot.encode', encode_after_the_change)
    assert save(busy) == before
    monkeypatch.undo()
    after = save(busy)
    assert {part for part in before if after[part] != before[part]} >= {
        'bonus', 'now', 'messages', 'numbers', 'phones', 'objects', 'notes', 'pending', 'counts',
    }  # fmt: skip


# Invalid states


def broken(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    def changed(*path: Any, to: object) -> dict[str, Any]:
        other = copy.deepcopy(data)
        part: Any = other
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = to
        return other

    yield 'empty', {}
    for name in data:
        yield f'without {name}', {key: value for key, value in data.items() if key != name}
        yield f'{name} is a bool', changed(name, to=True)
    yield 'unknown part', {**data, 'colour': 'red'}
    yield 'amount', changed('points', to='NaN')
    change = {'service': 'sms', 'prefix': '+65', 'rate': '0.050', 'at': data['now']}
    for part, wrong in (('service', 'mms'), ('prefix', '65'), ('rate', '0'), ('at', 'soon')):
        yield f'{part} of a price', changed('rate_changes', to=[change | {part: wrong}])
    yield 'moment', changed('now', to='2026-01-01T00:00:00')
    yield 'far future', changed('now', to='9999-01-01T00:00:00+00:00')
    yield 'word', changed('messages', 'AA-S-1', 'sms_status', to='eaten')
    yield 'no owner', changed('owners', to={})
    yield 'nowhere', changed('calls', 'AA-C-1', to=10**6)
    yield 'wrong kind', changed('calls', 'AA-C-1', to=data['sessions']['S1'])
    yield 'unknown kind', changed('objects', 0, 'is', to='Popen')
    yield 'plain kind', changed('objects', 0, 'is', to='Sms')
    yield 'unknown field', changed('objects', 0, '__class__', to='x')
    yield 'no legs', changed('objects', data['calls']['AA-C-2'], 'legs', to=[])
    yield 'no base64', changed('files', {**data['files']}.popitem()[0], 'content', to='%')


@pytest.mark.slow
def test_an_invalid_state_is_refused_and_nothing_changes(busy: LocalService) -> None:
    data = save(busy)
    for name, document in broken(data):
        with pytest.raises(ValueError):  # noqa: PT011 - the messages differ
            load(busy, document)
        assert save(busy) == data, name


#: The path of a change, the new value, and part of the error message. A callable returns the new
#: value for the old one.
CONTRADICTIONS: list[tuple[tuple[Any, ...], Any, str]] = [
    (('points',), '-1', 'points: must be an amount'),
    (('points',), '1E+999999', 'points: must be an amount'),
    (('bonus',), '1E-999999', 'bonus: must be an amount'),
    (('now',), '0001-01-01T00:00:00+08:00', 'now: the year must be'),
    (('now',), '3000-01-01T00:00:00+08:00', 'now: the clock cannot go past'),
    (('messages', 'AA-S-1', 'date'), '9999-12-31T23:59:59+00:00', 'AA-S-1: date: the year must be'),
    (('messages', 'AA-S-1', 'parts'), -1, 'AA-S-1: parts: must be a number'),
    (('messages', 'AA-S-1', 'parts'), 10**5000, 'AA-S-1: parts: must be a number'),
    (('messages', 'AA-S-1', 'parts'), '1', 'AA-S-1: parts: must be int, not str'),
    (('messages', 'AA-S-1', 'text'), '\ud800', 'AA-S-1: text: .* half a character'),
    (('messages', 'AA-S-1', 'sms_status'), 'eaten', 'AA-S-1: sms_status: must be one of queued'),
    (('messages', 'AA-S-1', 'dest'), '98765432', 'AA-S-1: the phone number must be'),
    (('messages', 'AA-S-1', 'callback', 'url'), 'file:///etc/passwd', 'AA-S-1 has a notify_url'),
    (('messages', 'AA-S-1', 'callback', 'url'), 'http://x/\r\nX: y', 'AA-S-1 has a notify_url'),
    (('messages', 'AA-S-1', 'callback', 'tag'), 't' * 257, 'AA-S-1 has a tag'),
    (('seed', 'registered'), 'me', 'the account: the phone number must be'),
    (('phones', 'me'), {}, 'phones: the phone number must be'),
    (('owners', 'AA-S-1'), 'nobody', 'AA-S-1 belongs to an application that does not exist'),
    (('owners', '+6590000000'), 'MY_APP_ID', 'nor a subscribed number'),
    (('owners', 'AA-S-4'), 'MY_APP_ID', 'counts: AA-S- is at 3, but AA-S-4 exists'),
    (('counts', 'AA-S-'), 2, 'counts: AA-S- is at 2, but AA-S-3 exists'),
    (('counts', 'AA-C-'), 0, 'counts: AA-C- is at 0'),
    (('counts', 'S'), 0, 'counts: S is at 0'),
    (('counts', 'recording-'), 0, 'counts: recording- is at 0'),
    (('messages', 'AA-S-1', 'txn_ref'), 'AA-S-2', 'AA-S-1 lists a record with another reference'),
    (('numbers', US, 'offer', 'number'), SG, 'lists another number'),
    (('numbers', US, 'forward_sms_to'), 'ftp://x/', 'forwards to an address that is not a URL'),
    (('numbers', US, 'expiry'), '0001-01-01', 'expiry: the year must be'),
    (('files', 'AA-F-1/fax.pdf', 'mimetype'), 'text/html', 'the mimetype application/pdf'),
    (('files', 'S1/recording-1.mp3', 'mimetype'), 'text/html', 'the mimetype audio/mpeg'),
    (('files', 'x/y.pdf'), {'content': '', 'mimetype': 'application/pdf'}, 'not belong to a fax'),
    (('faxes', 'AA-F-1', 'url'), 'http://example.com/a.pdf', 'the file of fax AA-F-1 is missing'),
    (('files',), {}, 'the file of fax AA-F-1 is missing'),
    (('phones', DEST, 'unread'), lambda unread: [*unread, *unread], 'that it did not receive'),
    (('phones', DEST, 'legs'), [], 'do not match its phones'),
    (('pending', 0, 'id'), 0, 'notification 0: the id must be positive'),
    (('pending', 1, 'id'), 1, 'notification 1: the id must be .* unique'),
    (('pending', 0, 'copy_of'), 1, 'notification 1 is a copy of a later one'),
    (('pending', 0, 'lane'), 'AA-S-9', 'notification 1 is about a transaction'),
    (('pending', 0, 'url'), 'gopher://x/', 'notification 1 has a destination that is not a URL'),
    (('pending', 0, 'body'), 'txn_ref=AA-S-9', 'notification 1 has a signature'),
    (('pending', 0, 'signature'), 'x\r\nX-Other: y', 'notification 1 has a signature'),
    (('asked', 'nobody'), {}, 'asked names an application'),
    (('asked', 'MY_APP_ID', 'nothing/at_all'), [], 'asked names an application'),
    (('asked', 'MY_APP_ID', 'user/get_balance'), ['2027-01-01T00:00:00+08:00'], 'later than now'),
]  # fmt: skip


@pytest.mark.parametrize(
    ('path', 'to', 'says'), CONTRADICTIONS, ids=[says for *_, says in CONTRADICTIONS]
)
def test_a_state_that_contradicts_itself_is_refused_and_nothing_changes(
    busy: LocalService, path: tuple[Any, ...], to: Any, says: str
) -> None:
    before = save(busy)
    data = copy.deepcopy(before)
    part: Any = data
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = to(part[path[-1]]) if callable(to) else to
    with pytest.raises(ValueError, match=says):
        load(busy, data)
    assert save(busy) == before


@pytest.mark.parametrize(
    ('kind', 'change', 'says'),
    [
        ('Session', {'state': 'READY'}, 'session S1 and its call must end together'),
        ('Session', {'remote': 'me'}, 'S1: the phone number must be'),
        ('Call', {'dest1': 'me'}, 'AA-C-1: the phone number must be'),
        ('Call', {'minutes': -1}, 'objects: .: minutes: must be a number'),
        ('Call', {'callback': {'url': 'x'}}, 'AA-C-1 has a notify_url'),
        ('Leg', {'txn_ref': 'AA-C-9'}, 'legs of call AA-C-1 do not match its phones'),
        ('Leg', {'number': '+6590000000'}, 'legs of call AA-C-1 do not match its phones'),
        ('Leg', {'read': 0.5}, 'objects: .: read: must be int, not float'),
    ],
)
def test_calls_that_contradict_themselves_are_refused(
    busy: LocalService, kind: str, change: dict[str, Any], says: str
) -> None:
    before = save(busy)
    data = copy.deepcopy(before)
    next(one for one in data['objects'] if one['is'] == kind).update(change)
    with pytest.raises(ValueError, match=says):
        load(busy, data)
    assert save(busy) == before


def test_a_leg_of_another_phone_is_refused(busy: LocalService) -> None:
    data = save(busy)
    data['phones'][DEST]['legs'].append(data['phones'][OTHER]['legs'][0])
    with pytest.raises(ValueError, match=rf'phone \{DEST} takes part in a call'):
        load(busy, data)


@pytest.mark.parametrize('change', [{'body': 'x=y'}, {'headers': {}}])
def test_a_delivery_with_a_wrong_signature_is_refused(
    other: Sandbox, receiver: Receiver, change: dict[str, Any]
) -> None:
    other.client().sms.send('x', DEST, notify_url=receiver.url)
    other.drain()
    data = through_json(other.save())
    data['deliveries'][0].update(change)
    with pytest.raises(ValueError, match='notification 1 has a signature'):
        other.restore(data)
    assert len(other.deliveries) == 1


def test_a_call_with_two_sessions_is_refused(busy: LocalService) -> None:
    busy('ivr/start/dial', dest=OTHER, notify_url=HOOK)
    data = save(busy)
    first, second = (one for one in data['objects'] if one['is'] == 'Session')
    second['call'] = first['call']
    with pytest.raises(ValueError, match='has several sessions'):
        load(busy, data)


def places(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = part.items() if isinstance(part, dict) else enumerate(part)
    for name, value in inner:
        yield (*path, name)
        if isinstance(value, (dict, list)):
            yield from places(value, (*path, name))


@pytest.mark.slow
def test_a_state_with_any_value_changed_is_refused_or_usable(busy: LocalService) -> None:
    busy('voice/call', dest1=OTHER, dest2='+6590000001', notify_url=HOOK)
    busy('ivr/start/dial', dest=OTHER, notify_url=HOOK)
    data = save(busy)
    values: list[Any] = [None, True, -1, 10**18, 1.5, '', 'x', 'AA-C-1', '\ud800', [], {}, ['x']]
    for path, value in zip([*places(data)][::5], cycle(values), strict=False):
        changed = copy.deepcopy(data)
        part: Any = changed
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = value
        service = LocalService()
        try:
            load(service, changed)
        except ValueError:
            continue
        service.emulator.seed = service.emulator.world.seed
        everything(service)
        service.clock.advance(days=100)
        assert service('sms/send', dest=DEST, msg='x')['txn_ref'] == 'AA-S-4'
        load(LocalService(), save(service))


def test_data_that_is_not_a_document_is_refused(service: LocalService) -> None:
    nested: Any = {}
    # Some libraries, such as mypy, raise the limit for the whole process.
    for _ in range(2 * sys.getrecursionlimit()):
        nested = [nested]
    documents: list[Any] = [[], None, 'x', {'format': 1, 'origin': '', 'notes': nested}]
    for data in documents:
        with pytest.raises(ValueError, match=r'not a saved state of a sandbox|nested too deeply'):
            snapshot.restore(service.emulator, data)


def test_an_error_does_not_show_the_value(busy: LocalService) -> None:
    data = save(busy)
    data['seed']['access_token'] = ['SECRET']
    with pytest.raises(ValueError, match='seed: access_token: must be str, not list') as caught:
        load(busy, data)
    assert 'SECRET' not in str(caught.value)


def test_every_part_of_the_state_is_saved(busy: LocalService) -> None:
    """If you add an attribute to the world, decide whether to save it."""
    planned = {'schedule', 'clock', 'outbox', 'changed', 'script', 'journal', '_tokens'}
    derived = {'live_calls', 'live_faxes', 'account', 'sessions_by_call', 'uses'}
    derived |= {'sms_history', 'call_history', 'fax_history'}
    saved = set(Saved.__annotations__)
    assert set(vars(busy.emulator.world)) - planned - derived <= saved
    assert vars(busy.emulator.world.account).keys() == {'points', 'bonus'}


def test_fields_with_a_default_may_be_missing(busy: LocalService) -> None:
    data = save(busy)
    del data['seed']['max_numbers'], data['phones'][DEST]['heard']
    load(busy, data)
    assert busy.emulator.world.seed == replace(Seed())


def test_setting_the_clock_runs_no_timers() -> None:
    clock = FakeClock()
    rung: list[int] = []
    Schedule(clock, threading.RLock).after(5, lambda: rung.append(1))
    later = FakeClock()
    later.advance(days=1)
    clock.go_on_from(later.now())
    assert (clock.now(), rung) == (later.now(), [])


def test_a_number_that_expires_too_late_is_refused(busy: LocalService) -> None:
    data, before = save(busy), everything(busy)
    data['numbers'][US]['expiry'] = '9999-12-31'
    with pytest.raises(ValueError, match='expiry: the year must be from 2 to 9998'):
        load(busy, data)
    assert everything(busy) == before


def test_a_transfer_without_its_call_is_refused(service: LocalService) -> None:
    service('ivr/start/dial', dest=OTHER, notify_url=HOOK)
    service('ivr/end/transfer', session='S1', dest=DEST, notify_url=HOOK)
    data, before = save(service), everything(service)
    del data['calls']['AA-C-2']
    with pytest.raises(ValueError, match='AA-C-2 is joined with another'):
        load(service, data)
    assert everything(service) == before
    assert service.phone(DEST).calls[0].talking_to == [OTHER]


@pytest.mark.parametrize('broken', [OverflowError, RuntimeError])
def test_an_error_while_restoring_changes_nothing(
    busy: LocalService, monkeypatch: pytest.MonkeyPatch, broken: type[Exception]
) -> None:
    def refuse(*_args: object) -> None:
        raise broken('no more')

    data, before, events = save(busy), everything(busy), busy.emulator.world.events
    world = busy.emulator.world
    with monkeypatch.context() as patched:
        patched.setattr(snapshot, '_end_live_transactions', refuse)
        with pytest.raises(ValueError, match='cannot continue from this state: no more'):
            load(busy, data)
    assert busy.emulator.world is world
    assert busy.emulator.world.events[: len(events)] == events
    assert everything(busy) == before
    assert len(busy.emulator.outbox.waiting) == len(data['pending'])


@pytest.mark.parametrize('take', [copy.deepcopy, pickle.dumps])
def test_the_error_for_pickling_or_copying_a_sandbox_says_what_to_do_instead(
    take: Callable[[Sandbox], object],
) -> None:
    with pytest.raises(TypeError, match='pass its url, app_id and access_token to the other'):
        take(Sandbox())
