from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from hoiio.constants import CallStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import LocalService

OWN = '+6591234567'
DEST = '+6598765432'
THIRD = '+6590000003'
NUMBER = '+6531580000'
HOOK = 'http://127.0.0.1:9/hook'
NOT_READY = 'error_session_not_ready'
OVER = {
    'date': '2026-01-01 00:00:00',
    'duration': '1',
    'currency': 'SGD',
    'rate': '0.018',
    'debit': '0.018',
}


def dialled(service: LocalService, **values: str) -> str:
    reply = service('ivr/start/dial', dest=DEST, **{'notify_url': HOOK, **values})
    assert reply['status'] == 'success_ok'
    return str(reply['session'])


def fields(block: str, state: str = 'ongoing', **more: str) -> dict[str, str]:
    head = {'ivr_block': block, 'session': 'S1', 'txn_ref': 'AA-C-1', 'call_state': state}
    return {**head, 'dest': DEST, **more, **(OVER if state == 'ended' else {})}


def test_dial_speaks_and_reports(service: LocalService) -> None:
    reply = service('ivr/start/dial', dest=DEST, msg='Hello', tag='mine', notify_url=HOOK)
    assert reply == {'status': 'success_ok', 'txn_ref': 'AA-C-1', 'session': 'S1'}
    assert service.phone(DEST).heard == ['Hello']
    assert service.posted == [fields('dial', dial_status='answered', tag='mine')]
    status = service('voice/query_status', txn_ref='AA-C-1')
    assert (status['dest1'], status['call_status_dest1']) == (DEST, 'ongoing')
    assert status['tag'] == 'mine'


def test_dial_without_notify_url_hangs_up_after_the_message(service: LocalService) -> None:
    service('ivr/start/dial', dest=DEST, msg='Bye')
    assert service.phone(DEST).heard == ['Bye']
    assert service.posted == []
    assert service('voice/query_status', txn_ref='AA-C-1')['debit'] == '0.018'
    assert service.status('ivr/middle/play', session='S1') == 'error_session_ended'


@pytest.mark.parametrize('reaction', ['busy', 'unanswered', 'failed'])
def test_dial_that_nobody_answers(service: LocalService, reaction: str) -> None:
    service.phone(DEST).react(CallStatus(reaction))
    session = dialled(service, msg='Hello')
    assert service.posted == [
        {**fields('dial', 'ended', dial_status=reaction), 'duration': '0', 'debit': '0.000'}
    ]
    assert service.phone(DEST).heard == []
    assert service.status('ivr/middle/play', session=session) == 'error_session_ended'
    assert service('voice/query_status', txn_ref='AA-C-1')['call_status_dest1'] == reaction


@pytest.mark.parametrize(
    ('change', 'status'),
    [
        ({'dest': 'x'}, 'error_dest_invalid'),
        ({'dest': '+18005550100'}, 'error_dest_not_supported'),
        ({'caller_id': 'x'}, 'error_caller_id_invalid'),
        ({'max_duration': '0'}, 'error_invalid_max_duration'),
        ({'tag': 't' * 257}, 'error_tag_invalid_length'),
        ({'notify_url': 'x'}, 'error_invalid_notify_url'),
        ({'notify_url': 'http://x.invalid/'}, 'error_unable_to_resolve_notify_url'),
    ],
)
def test_dial_refuses(service: LocalService, change: dict[str, str], status: str) -> None:
    assert service.status('ivr/start/dial', **{'dest': DEST, **change}) == status


def test_dial_needs_money(service_with: Callable[..., LocalService]) -> None:
    service = service_with(points=Decimal('0.017'), bonus=Decimal(0))
    assert service.status('ivr/start/dial', dest=DEST) == 'error_insufficient_credit'


@pytest.mark.parametrize(
    ('msg', 'heard'),
    [
        ('AT&T says hi', ['AT&T says hi']),
        ('<speech language="zh-HK" gender="male">Hi</speech>', ['Hi']),
        ('<speech>你好</speech>', ['你好']),
        ('<url>https://example.com/a.mp3</url>', ['https://example.com/a.mp3']),
        (
            'One <speech>two</speech><url>http://example.com/3.WAV</url> four',
            ['One ', 'two', 'http://example.com/3.WAV', ' four'],
        ),
        ('a' * 1000, ['a' * 1000]),
        ('', []),
    ],
)
def test_the_phone_hears_the_msg(service: LocalService, msg: str, heard: list[str]) -> None:
    dialled(service, msg=msg)
    assert service.phone(DEST).heard == heard


MSG_ERRORS = [
    ('a' * 1001, 'error_msg_invalid_length'),
    ('<speech>open', 'error_msg_invalid_xml'),
    ('<shout>hi</shout>', 'error_msg_invalid_xml'),
    ('<speech><b>hi</b></speech>', 'error_msg_invalid_xml'),
    ('<!DOCTYPE x [<!ENTITY a "b">]><speech>&a;</speech>', 'error_msg_invalid_xml'),
    ('<speech language="xx">hi</speech>', 'error_msg_invalid_language'),
    ('<speech gender="robot">hi</speech>', 'error_msg_invalid_gender'),
    ('<speech></speech>', 'error_msg_cannot_convert_text'),
    ('!!!', 'error_msg_cannot_convert_text'),
    ('<url>example.com/a.mp3</url>', 'error_msg_invalid_url'),
    ('<url>ftp://example.com/a.mp3</url>', 'error_msg_invalid_url'),
    ('<url>http://example.com/a.ogg</url>', 'error_msg_invalid_file_format'),
    ('<url>http://nowhere.invalid/a.mp3</url>', 'error_msg_download_failed'),
]


@pytest.mark.parametrize(('msg', 'status'), MSG_ERRORS)
@pytest.mark.parametrize(
    'path',
    [
        'ivr/start/dial',
        'ivr/middle/play',
        'ivr/middle/gather',
        'ivr/middle/record',
        'ivr/middle/monitor',
        'ivr/middle/hold',
        'ivr/end/transfer',
        'ivr/end/hangup',
    ],
)
def test_msg_is_checked_by_every_block(
    service: LocalService, path: str, msg: str, status: str
) -> None:
    session = dialled(service)
    values = {'session': session, 'dest': THIRD, 'notify_url': HOOK, 'msg': msg}
    assert service.status(path, **values) == status
    assert service.status('ivr/middle/play', session=session, notify_url=HOOK) == 'success_ok'


def test_play(service: LocalService) -> None:
    session = dialled(service)
    reply = service('ivr/middle/play', session=session, msg='One', tag='p', notify_url=HOOK)
    assert reply == {'status': 'success_ok'}
    assert service.last == fields('play', tag='p')
    assert service('ivr/middle/play', session=session, msg='Two') == {'status': 'success_ok'}
    assert service.phone(DEST).heard == ['One', 'Two']
    assert service.last == fields('play', tag='p'), 'nobody asked to hear of the end'
    assert service.status('ivr/middle/play', session=session) == 'error_session_ended'


def test_gather_ends_with_enough_digits(service: LocalService) -> None:
    session = dialled(service)
    service('ivr/middle/gather', session=session, max_digits='3', msg='Code?', notify_url=HOOK)
    phone = service.phone(DEST)
    phone.press('01')
    assert len(service.posted) == 1
    assert service.status('ivr/middle/play', session=session) == NOT_READY
    phone.press('*9')
    assert service.last == fields('gather', digits='01*')
    assert phone.heard == ['Code?']
    service.clock.advance(seconds=30)
    assert len(service.posted) == 2, 'the timeout is off'


def test_gather_ends_with_a_hash(service: LocalService) -> None:
    session = dialled(service)
    service('ivr/middle/gather', session=session, notify_url=HOOK)
    service.phone(DEST).press('0042#7')
    assert service.last == fields('gather', digits='0042')


def test_gather_times_out_with_the_digits_so_far(service: LocalService) -> None:
    session = dialled(service)
    service('ivr/middle/gather', session=session, attempts='3', msg='Code?', notify_url=HOOK)
    service.phone(DEST).press('12')
    service.clock.advance(seconds=14.9)
    assert len(service.posted) == 1
    service.clock.advance(seconds=0.1)
    assert service.last == fields('gather', digits='12')
    assert service.phone(DEST).heard == ['Code?']


def test_gather_asks_again(service: LocalService) -> None:
    session = dialled(service)
    service(
        'ivr/middle/gather',
        session=session,
        attempts='3',
        timeout='5',
        msg='Code?',
        notify_url=HOOK,
    )
    service.clock.advance(seconds=14)
    assert service.phone(DEST).heard == ['Code?'] * 3
    assert len(service.posted) == 1
    service.clock.advance(seconds=1)
    assert service.last == fields('gather', digits='')
    assert service.status('ivr/middle/play', session=session) == 'success_ok'


@pytest.mark.parametrize(
    ('values', 'status'),
    [
        ({'max_digits': '256'}, 'error_invalid_max_digits'),
        ({'max_digits': '-1'}, 'error_invalid_max_digits'),
        ({'max_digits': 'x'}, 'error_invalid_max_digits'),
        ({'max_digits': '255'}, 'success_ok'),
        ({'max_digits': '0'}, 'success_ok'),
        ({'timeout': '0'}, 'error_invalid_timeout'),
        ({'timeout': '1.5'}, 'error_invalid_timeout'),
        ({'attempts': '0'}, 'error_invalid_attempts'),
        ({'attempts': ''}, 'success_ok'),
        ({'notify_url': ''}, 'error_notify_url_param_missing'),
        ({'notify_url': 'x'}, 'error_invalid_notify_url'),
        ({'tag': 't' * 257}, 'error_tag_invalid_length'),
    ],
)
def test_gather_refuses(service: LocalService, values: dict[str, str], status: str) -> None:
    session = dialled(service)
    reply = service.status(
        'ivr/middle/gather', **{'session': session, 'notify_url': HOOK, **values}
    )
    assert reply == status


@pytest.mark.parametrize('by_key', [True, False])
def test_record(service: LocalService, by_key: bool) -> None:
    session = dialled(service)
    service('ivr/middle/record', session=session, max_duration='30', msg='Beep', notify_url=HOOK)
    service.phone(DEST).press('12')
    service.clock.advance(seconds=29)
    assert len(service.posted) == 1
    if by_key:
        service.phone(DEST).press('#')
    else:
        service.clock.advance(seconds=1)
    url = service.last.pop('record_url')
    assert {**service.last, 'record_url': url} == fields('record', record_url=url)
    key = url.removeprefix('http://127.0.0.1:8420/_sandbox/files/')
    file = service.emulator.world.files.get(key)
    assert file is not None
    assert file.mimetype == 'audio/mpeg'


def test_record_lasts_two_minutes_by_default(service: LocalService) -> None:
    service('ivr/middle/record', session=dialled(service), notify_url=HOOK)
    service.clock.advance(seconds=119)
    assert len(service.posted) == 1
    service.clock.advance(seconds=1)
    assert 'record_url' in service.last


def test_record_refuses(service: LocalService) -> None:
    values = {'session': dialled(service), 'max_duration': '0', 'notify_url': HOOK}
    assert service.status('ivr/middle/record', **values) == 'error_invalid_max_duration'


@pytest.mark.parametrize('separate', [True, False])
def test_monitor_reports_after_the_end(service: LocalService, separate: bool) -> None:
    session = dialled(service)
    extra = {'monitor_notify_url': f'{HOOK}/monitor'} if separate else {}
    service('ivr/middle/monitor', session=session, tag='m', notify_url=HOOK, **extra)
    assert service.last == fields('monitor', tag='m')
    again = {'session': session, 'notify_url': HOOK}
    assert service.status('ivr/middle/monitor', **again) == 'error_monitor_in_progress'
    service('ivr/end/hangup', session=session, tag='h', notify_url=HOOK)
    ended, recording = service.posted[-2:]
    assert ended == fields('hangup', 'ended', tag='h')
    url = recording['monitor_url']
    assert recording == fields('monitor', 'ended', monitor_url=url, tag='m')
    expected = f'{HOOK}/monitor' if separate else HOOK
    assert service.emulator.outbox.waiting[-1].url == expected


def test_hold_and_unhold(service: LocalService) -> None:
    session = dialled(service)
    assert service.status('ivr/middle/unhold', session=session) == 'error_session_not_on_hold'
    assert service('ivr/middle/hold', session=session, msg='Wait') == {'status': 'success_ok'}
    assert service.phone(DEST).heard == ['Wait']
    assert len(service.posted) == 1
    for block in ('play', 'hold'):
        assert service.status(f'ivr/middle/{block}', session=session) == NOT_READY
    assert service.status('ivr/end/hangup', session=session) == NOT_READY
    service.clock.advance(minutes=10)
    assert service.status('ivr/middle/unhold', session=session, notify_url=HOOK) == 'success_ok'
    assert service.last == fields('unhold')
    assert service.status('ivr/middle/play', session=session, notify_url=HOOK) == 'success_ok'


def test_unhold_without_notify_url_hangs_up(service: LocalService) -> None:
    session = dialled(service)
    service('ivr/middle/hold', session=session)
    service('ivr/middle/unhold', session=session)
    assert service.status('ivr/middle/unhold', session=session) == 'error_session_ended'


def test_transfer_is_reported_after_it_ends(service: LocalService) -> None:
    session = dialled(service)
    reply = service('ivr/end/transfer', session=session, dest=THIRD, msg='Wait', notify_url=HOOK)
    assert reply == {'status': 'success_ok'}
    assert service.phone(DEST).heard == ['Wait']
    assert len(service.posted) == 1
    assert service.status('ivr/middle/play', session=session) == NOT_READY
    service.phone(THIRD).hang_up()
    assert service.last == fields('transfer', 'ended', transfer_status='answered')
    assert service('voice/query_status', txn_ref='AA-C-2')['debit'] == '0.018'
    assert service.balance()[0] == '54.614'


@pytest.mark.parametrize('phone', [DEST, THIRD])
def test_both_legs_of_a_transfer_end_together(service: LocalService, phone: str) -> None:
    service('ivr/end/transfer', session=dialled(service), dest=THIRD)
    service.phone(phone).hang_up()
    assert service.emulator.world.live_calls == []


def test_a_transfer_ends_after_a_minute(service: LocalService) -> None:
    service('ivr/end/transfer', session=dialled(service), dest=THIRD, notify_url=HOOK)
    service.clock.advance(seconds=59)
    assert len(service.posted) == 1
    service.clock.advance(seconds=1)
    assert service.last['transfer_status'] == 'answered'


@pytest.mark.parametrize('reaction', ['busy', 'unanswered', 'failed'])
def test_a_failed_transfer_hangs_up_or_continues(service: LocalService, reaction: str) -> None:
    service.phone(THIRD).react(CallStatus(reaction))
    session = dialled(service)
    values = {'session': session, 'dest': THIRD, 'notify_url': HOOK}
    service('ivr/end/transfer', on_failure='continue', **values)
    assert service.last == fields('transfer', transfer_status=reaction)
    service('ivr/end/transfer', on_failure='hangup', **values)
    assert service.last == fields('transfer', 'ended', transfer_status=reaction)
    assert service.status('ivr/end/transfer', **values) == 'error_session_ended'


def test_transfer_to_a_new_room_and_to_one_that_exists(service: LocalService) -> None:
    session = dialled(service)
    reply = service('ivr/end/transfer', session=session, dest='room:', notify_url=HOOK)
    assert reply == {'status': 'success_ok', 'room': 'R1'}
    other = service('ivr/start/dial', dest=THIRD, notify_url=HOOK)['session']
    assert service('ivr/end/transfer', session=other, dest='room:R1')['room'] == 'R1'
    service.phone(DEST).hang_up()
    assert service.last == fields('transfer', 'ended', transfer_status='answered')


@pytest.mark.parametrize(
    ('values', 'status'),
    [
        ({'dest': 'x'}, 'error_dest_invalid'),
        ({'dest': '+1room:R1'}, 'error_dest_invalid'),
        ({'dest': '+18005550100'}, 'error_dest_not_supported'),
        ({'dest': 'room:R77'}, 'error_invalid_room'),
        ({'dest': 'room:a b'}, 'error_invalid_room'),
        ({'caller_id': THIRD}, 'error_caller_id_invalid'),
        ({'caller_id': DEST}, 'error_caller_id_invalid'),
        ({'on_failure': 'retry'}, 'error_on_failure_invalid'),
        ({'tag': 't' * 257}, 'error_tag_invalid_length'),
        ({'notify_url': 'x'}, 'error_invalid_notify_url'),
    ],
)
def test_transfer_refuses(service: LocalService, values: dict[str, str], status: str) -> None:
    session = dialled(service)
    assert (
        service.status('ivr/end/transfer', **{'session': session, 'dest': THIRD, **values})
        == status
    )


def test_transfer_occupies_a_call_slot(service: LocalService) -> None:
    session = dialled(service)
    for _ in range(7):
        service('voice/call', dest2=DEST)
    status = service.status('ivr/end/transfer', session=session, dest=THIRD)
    assert status == 'error_concurrent_call_limit_reached'


def test_hangup(service: LocalService) -> None:
    session = dialled(service)
    reply = service('ivr/end/hangup', session=session, msg='Bye', tag='h', notify_url=HOOK)
    assert reply == {'status': 'success_ok'}
    assert service.phone(DEST).heard == ['Bye']
    assert service.last == fields('hangup', 'ended', tag='h')
    assert service.status('ivr/end/hangup', session=session) == 'error_session_ended'


@pytest.mark.parametrize('force', ['', 'yes', 'disabled'])
def test_hangup_is_refused_while_a_block_runs(service: LocalService, force: str) -> None:
    session = dialled(service)
    service('ivr/middle/gather', session=session, notify_url=HOOK)
    assert service.status('ivr/end/hangup', session=session, force=force) == NOT_READY


def test_forced_hangup_interrupts_anything(service: LocalService) -> None:
    session = dialled(service)
    service('ivr/middle/gather', session=session, notify_url=HOOK)
    service('ivr/end/hangup', session=session, force='enabled', msg='Bye', notify_url=HOOK)
    assert service.phone(DEST).heard == []
    assert service.posted[1:] == [fields('hangup', 'ended')]
    service.clock.advance(minutes=2)
    assert len(service.posted) == 2


@pytest.mark.parametrize('block', ['middle/hold', 'end/transfer'])
def test_forced_hangup_while_held_or_talking(service: LocalService, block: str) -> None:
    session = dialled(service)
    service(f'ivr/{block}', session=session, dest=THIRD)
    assert service.status('ivr/end/hangup', session=session, force='enabled') == 'success_ok'
    assert service.emulator.world.live_calls == []


def hang_up_during(service: LocalService, path: str, **values: str) -> dict[str, str]:
    service(path, session=dialled(service), notify_url=HOOK, **values)
    service.phone(DEST).press('12')
    service.phone(DEST).hang_up()
    return service.last


def test_hanging_up_while_gathering_reports_the_digits(service: LocalService) -> None:
    last = hang_up_during(service, 'ivr/middle/gather')
    assert last == fields('gather', 'ended', digits='12')


def test_hanging_up_after_gathering_reports_no_digits_again(service: LocalService) -> None:
    assert hang_up_during(service, 'ivr/middle/gather', max_digits='2') == fields('gather', 'ended')


def test_hanging_up_while_recording_reports_the_recording(service: LocalService) -> None:
    last = hang_up_during(service, 'ivr/middle/record')
    assert last == fields('record', 'ended', record_url=last['record_url'])


def test_hanging_up_between_blocks_reports_to_the_last_one(service: LocalService) -> None:
    last = hang_up_during(service, 'ivr/middle/play', tag='p')
    assert last == fields('play', 'ended', tag='p')


def test_hanging_up_on_hold_reports_to_the_block_before(service: LocalService) -> None:
    session = dialled(service)
    service('ivr/middle/hold', session=session)
    service.phone(DEST).hang_up()
    assert service.last == fields('dial', 'ended', dial_status='answered')


def test_voice_hangup_ends_an_ivr_call_too(service: LocalService) -> None:
    dialled(service)
    service('voice/hangup', txn_ref='AA-C-1')
    assert service.last == fields('dial', 'ended', dial_status='answered')


def test_a_silent_application_loses_its_session(service: LocalService) -> None:
    session = dialled(service)
    service.clock.advance(seconds=59)
    service('ivr/middle/play', session=session, notify_url=HOOK)
    service.clock.advance(seconds=59)
    assert service.last['call_state'] == 'ongoing'
    service.clock.advance(seconds=1)
    assert service.last['call_state'] == 'ended'
    assert service.last['duration'] == '2'
    assert service.status('ivr/middle/play', session=session) == 'error_session_ended'


def test_max_duration_ends_the_call(service: LocalService) -> None:
    session = dialled(service, max_duration='20')
    service('ivr/middle/gather', session=session, timeout='300', notify_url=HOOK)
    service.clock.advance(seconds=20)
    assert service.last == fields('gather', 'ended', digits='')


@pytest.mark.parametrize(
    'path',
    [
        'ivr/middle/play', 'ivr/middle/gather', 'ivr/middle/record', 'ivr/middle/monitor',
        'ivr/middle/hold', 'ivr/middle/unhold', 'ivr/end/transfer', 'ivr/end/hangup',
    ],
)  # fmt: skip
def test_unknown_and_ended_sessions(service: LocalService, path: str) -> None:
    values: dict[str, Any] = {'dest': THIRD, 'notify_url': HOOK}
    assert service.status(path, session='S9', **values) == 'error_invalid_session'
    session = dialled(service)
    service('ivr/end/hangup', session=session)
    assert service.status(path, session=session, **values) == 'error_session_ended'


def test_keys_are_ignored_if_no_block_waits_for_them(service: LocalService) -> None:
    dialled(service)
    service.phone(DEST).press('123#')
    assert len(service.posted) == 1


def test_a_phone_refuses_wrong_use(service: LocalService) -> None:
    phone = service.phone(DEST)
    with pytest.raises(LookupError, match='not in an IVR call'):
        phone.press('1')
    with pytest.raises(ValueError, match='keys'):
        phone.press('A')
    with pytest.raises(ValueError, match='must be in E'):
        service.phone('98765432')
    assert repr(phone) == "Phone('+6598765432')"


# Incoming calls


@pytest.fixture
def ringing(service: LocalService) -> str:
    service('number/update_forwarding', number=NUMBER, forward_to=HOOK)
    service.phone(DEST).call(NUMBER)
    return service.last['session']


def incoming(block: str, state: str, **more: str) -> dict[str, str]:
    head = {'ivr_block': block, 'session': 'S1', 'txn_ref': 'AA-C-1', 'call_state': state}
    return {**head, 'from': DEST, 'to': NUMBER, **more}


UNPAID = {**OVER, 'rate': '0.010', 'duration': '0', 'debit': '0.000'}


def test_an_incoming_call_rings(service: LocalService, ringing: str) -> None:
    assert ringing == 'S1'
    assert service.posted == [incoming('answer', 'ringing')]
    assert service.balance()[0] == '54.650'
    status = service('voice/query_status', txn_ref='AA-C-1')
    assert (status['dest1'], status['number']) == (DEST, NUMBER)


def test_the_first_block_answers(service: LocalService, ringing: str) -> None:
    service('ivr/middle/play', session=ringing, msg='Welcome', notify_url=HOOK)
    assert service.phone(DEST).heard == ['Welcome']
    assert service.last == incoming('play', 'ongoing')
    assert service.balance()[0] == '54.640'


def test_hangup_rejects_a_call_that_rings(service: LocalService, ringing: str) -> None:
    service('ivr/end/hangup', session=ringing, notify_url=HOOK)
    assert service.last == incoming('hangup', 'ended', **UNPAID)
    status = service('voice/query_status', txn_ref='AA-C-1')
    assert status['call_status_dest1'] == 'unanswered'


def test_hangup_with_a_message_answers_first(service: LocalService, ringing: str) -> None:
    service('ivr/end/hangup', session=ringing, msg='We are closed')
    assert service.phone(DEST).heard == ['We are closed']
    assert service('voice/query_status', txn_ref='AA-C-1')['debit'] == '0.010'


@pytest.mark.usefixtures('ringing')
def test_a_caller_can_hang_up_while_it_rings(service: LocalService) -> None:
    service.phone(DEST).hang_up()
    assert service.last == incoming('answer', 'ended', **UNPAID)


def test_a_transfer_may_show_the_original_caller(service: LocalService, ringing: str) -> None:
    values = {'session': ringing, 'dest': THIRD, 'caller_id': DEST}
    assert service.status('ivr/end/transfer', **values) == 'success_ok'


def test_a_transfer_without_enough_credit_ends(service_with: Callable[..., LocalService]) -> None:
    service = service_with(points=Decimal('0.020'), bonus=Decimal(0))
    service('number/update_forwarding', number=NUMBER, forward_to=HOOK)
    service.phone(DEST).call(NUMBER)
    service('ivr/end/transfer', session='S1', dest=THIRD, notify_url=HOOK)
    assert service.last['call_state'] == 'ended'
    assert service.emulator.world.live_calls == []
    assert service.balance()[0] == '0.010'


def test_answering_needs_money(service_with: Callable[..., LocalService]) -> None:
    service = service_with(points=Decimal('0.009'), bonus=Decimal(0))
    service('number/update_forwarding', number=NUMBER, forward_to=HOOK)
    service.phone(DEST).call(NUMBER)
    assert service.status('ivr/middle/hold', session='S1') == 'error_insufficient_credit'
    assert service.status('ivr/end/hangup', session='S1') == 'success_ok'


@pytest.mark.parametrize('why', ['no url', 'fax mode', 'trial', 'no line', 'not ours'])
def test_a_call_fails_if_the_number_does_not_accept_it(
    service_with: Callable[..., LocalService], why: str
) -> None:
    service = service_with(user_status='trial' if why == 'trial' else 'active')
    mode = 'fax' if why == 'fax mode' else 'voice'
    if why != 'no url':
        service('number/update_forwarding', number=NUMBER, forward_to=HOOK, mode=mode)
    for _ in range(8 if why == 'no line' else 0):
        service('voice/call', dest2=DEST)
    service.phone(DEST).call('+6531580001' if why == 'not ours' else NUMBER)
    assert service.emulator.world.sessions == {}
    assert 'lost' in service.emulator.world.events[-1]
