from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from hoiio.constants import CallStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import Desk

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


def dialled(desk: Desk, **values: str) -> str:
    reply = desk('ivr/start/dial', dest=DEST, **{'notify_url': HOOK, **values})
    assert reply['status'] == 'success_ok'
    return str(reply['session'])


def fields(block: str, state: str = 'ongoing', **more: str) -> dict[str, str]:
    head = {'ivr_block': block, 'session': 'S1', 'txn_ref': 'AA-C-1', 'call_state': state}
    return {**head, 'dest': DEST, **more, **(OVER if state == 'ended' else {})}


def test_dial_speaks_and_reports(desk: Desk) -> None:
    reply = desk('ivr/start/dial', dest=DEST, msg='Hello', tag='mine', notify_url=HOOK)
    assert reply == {'status': 'success_ok', 'txn_ref': 'AA-C-1', 'session': 'S1'}
    assert desk.phone(DEST).heard == ['Hello']
    assert desk.posted == [fields('dial', dial_status='answered', tag='mine')]
    status = desk('voice/query_status', txn_ref='AA-C-1')
    assert (status['dest1'], status['call_status_dest1']) == (DEST, 'ongoing')
    assert status['tag'] == 'mine'


def test_dial_without_notify_url_hangs_up_after_the_message(desk: Desk) -> None:
    desk('ivr/start/dial', dest=DEST, msg='Bye')
    assert desk.phone(DEST).heard == ['Bye']
    assert desk.posted == []
    assert desk('voice/query_status', txn_ref='AA-C-1')['debit'] == '0.018'
    assert desk.status('ivr/middle/play', session='S1') == 'error_session_ended'


@pytest.mark.parametrize('reaction', ['busy', 'unanswered', 'failed'])
def test_dial_that_nobody_answers(desk: Desk, reaction: str) -> None:
    desk.phone(DEST).react(CallStatus(reaction))
    session = dialled(desk, msg='Hello')
    assert desk.posted == [
        {**fields('dial', 'ended', dial_status=reaction), 'duration': '0', 'debit': '0.000'}
    ]
    assert desk.phone(DEST).heard == []
    assert desk.status('ivr/middle/play', session=session) == 'error_session_ended'
    assert desk('voice/query_status', txn_ref='AA-C-1')['call_status_dest1'] == reaction


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
def test_dial_refuses(desk: Desk, change: dict[str, str], status: str) -> None:
    assert desk.status('ivr/start/dial', **{'dest': DEST, **change}) == status


def test_dial_needs_money(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(points=Decimal('0.017'), bonus=Decimal(0))
    assert desk.status('ivr/start/dial', dest=DEST) == 'error_insufficient_credit'


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
def test_msg_is_heard(desk: Desk, msg: str, heard: list[str]) -> None:
    dialled(desk, msg=msg)
    assert desk.phone(DEST).heard == heard


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
def test_msg_is_checked_by_every_block(desk: Desk, path: str, msg: str, status: str) -> None:
    session = dialled(desk)
    values = {'session': session, 'dest': THIRD, 'notify_url': HOOK, 'msg': msg}
    assert desk.status(path, **values) == status
    assert desk.status('ivr/middle/play', session=session, notify_url=HOOK) == 'success_ok'


def test_play(desk: Desk) -> None:
    session = dialled(desk)
    reply = desk('ivr/middle/play', session=session, msg='One', tag='p', notify_url=HOOK)
    assert reply == {'status': 'success_ok'}
    assert desk.last == fields('play', tag='p')
    assert desk('ivr/middle/play', session=session, msg='Two') == {'status': 'success_ok'}
    assert desk.phone(DEST).heard == ['One', 'Two']
    assert desk.last == fields('play', tag='p'), 'nobody asked to hear of the end'
    assert desk.status('ivr/middle/play', session=session) == 'error_session_ended'


def test_gather_ends_with_enough_digits(desk: Desk) -> None:
    session = dialled(desk)
    desk('ivr/middle/gather', session=session, max_digits='3', msg='Code?', notify_url=HOOK)
    phone = desk.phone(DEST)
    phone.press('01')
    assert len(desk.posted) == 1
    assert desk.status('ivr/middle/play', session=session) == NOT_READY
    phone.press('*9')
    assert desk.last == fields('gather', digits='01*')
    assert phone.heard == ['Code?']
    desk.clock.advance(seconds=30)
    assert len(desk.posted) == 2, 'the timeout is off'


def test_gather_ends_with_a_hash(desk: Desk) -> None:
    session = dialled(desk)
    desk('ivr/middle/gather', session=session, notify_url=HOOK)
    desk.phone(DEST).press('0042#7')
    assert desk.last == fields('gather', digits='0042')


def test_gather_times_out_with_what_is_there(desk: Desk) -> None:
    session = dialled(desk)
    desk('ivr/middle/gather', session=session, attempts='3', msg='Code?', notify_url=HOOK)
    desk.phone(DEST).press('12')
    desk.clock.advance(seconds=14.9)
    assert len(desk.posted) == 1
    desk.clock.advance(seconds=0.1)
    assert desk.last == fields('gather', digits='12')
    assert desk.phone(DEST).heard == ['Code?']


def test_gather_asks_again(desk: Desk) -> None:
    session = dialled(desk)
    desk(
        'ivr/middle/gather',
        session=session,
        attempts='3',
        timeout='5',
        msg='Code?',
        notify_url=HOOK,
    )
    desk.clock.advance(seconds=14)
    assert desk.phone(DEST).heard == ['Code?'] * 3
    assert len(desk.posted) == 1
    desk.clock.advance(seconds=1)
    assert desk.last == fields('gather', digits='')
    assert desk.status('ivr/middle/play', session=session) == 'success_ok'


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
def test_gather_refuses(desk: Desk, values: dict[str, str], status: str) -> None:
    session = dialled(desk)
    reply = desk.status('ivr/middle/gather', **{'session': session, 'notify_url': HOOK, **values})
    assert reply == status


@pytest.mark.parametrize('by_key', [True, False])
def test_record(desk: Desk, by_key: bool) -> None:
    session = dialled(desk)
    desk('ivr/middle/record', session=session, max_duration='30', msg='Beep', notify_url=HOOK)
    desk.phone(DEST).press('12')
    desk.clock.advance(seconds=29)
    assert len(desk.posted) == 1
    if by_key:
        desk.phone(DEST).press('#')
    else:
        desk.clock.advance(seconds=1)
    url = desk.last.pop('record_url')
    assert {**desk.last, 'record_url': url} == fields('record', record_url=url)
    key = url.removeprefix('http://127.0.0.1:8420/_sandbox/files/')
    file = desk.emulator.world.files.get(key)
    assert file is not None
    assert file.mimetype == 'audio/mpeg'


def test_record_lasts_two_minutes_by_default(desk: Desk) -> None:
    desk('ivr/middle/record', session=dialled(desk), notify_url=HOOK)
    desk.clock.advance(seconds=119)
    assert len(desk.posted) == 1
    desk.clock.advance(seconds=1)
    assert 'record_url' in desk.last


def test_record_refuses(desk: Desk) -> None:
    values = {'session': dialled(desk), 'max_duration': '0', 'notify_url': HOOK}
    assert desk.status('ivr/middle/record', **values) == 'error_invalid_max_duration'


@pytest.mark.parametrize('separate', [True, False])
def test_monitor_reports_after_the_end(desk: Desk, separate: bool) -> None:
    session = dialled(desk)
    extra = {'monitor_notify_url': f'{HOOK}/monitor'} if separate else {}
    desk('ivr/middle/monitor', session=session, tag='m', notify_url=HOOK, **extra)
    assert desk.last == fields('monitor', tag='m')
    again = {'session': session, 'notify_url': HOOK}
    assert desk.status('ivr/middle/monitor', **again) == 'error_monitor_in_progress'
    desk('ivr/end/hangup', session=session, tag='h', notify_url=HOOK)
    ended, recording = desk.posted[-2:]
    assert ended == fields('hangup', 'ended', tag='h')
    url = recording['monitor_url']
    assert recording == fields('monitor', 'ended', monitor_url=url, tag='m')
    expected = f'{HOOK}/monitor' if separate else HOOK
    assert desk.emulator.outbox.waiting[-1].url == expected


def test_hold_and_unhold(desk: Desk) -> None:
    session = dialled(desk)
    assert desk.status('ivr/middle/unhold', session=session) == 'error_session_not_on_hold'
    assert desk('ivr/middle/hold', session=session, msg='Wait') == {'status': 'success_ok'}
    assert desk.phone(DEST).heard == ['Wait']
    assert len(desk.posted) == 1
    for block in ('play', 'hold'):
        assert desk.status(f'ivr/middle/{block}', session=session) == NOT_READY
    assert desk.status('ivr/end/hangup', session=session) == NOT_READY
    desk.clock.advance(minutes=10)
    assert desk.status('ivr/middle/unhold', session=session, notify_url=HOOK) == 'success_ok'
    assert desk.last == fields('unhold')
    assert desk.status('ivr/middle/play', session=session, notify_url=HOOK) == 'success_ok'


def test_unhold_without_notify_url_hangs_up(desk: Desk) -> None:
    session = dialled(desk)
    desk('ivr/middle/hold', session=session)
    desk('ivr/middle/unhold', session=session)
    assert desk.status('ivr/middle/unhold', session=session) == 'error_session_ended'


def test_transfer_is_reported_when_it_is_over(desk: Desk) -> None:
    session = dialled(desk)
    reply = desk('ivr/end/transfer', session=session, dest=THIRD, msg='Wait', notify_url=HOOK)
    assert reply == {'status': 'success_ok'}
    assert desk.phone(DEST).heard == ['Wait']
    assert len(desk.posted) == 1
    assert desk.status('ivr/middle/play', session=session) == NOT_READY
    desk.phone(THIRD).hang_up()
    assert desk.last == fields('transfer', 'ended', transfer_status='answered')
    assert desk('voice/query_status', txn_ref='AA-C-2')['debit'] == '0.018'
    assert desk.balance()[0] == '54.614'


@pytest.mark.parametrize('phone', [DEST, THIRD])
def test_both_legs_of_a_transfer_end_together(desk: Desk, phone: str) -> None:
    desk('ivr/end/transfer', session=dialled(desk), dest=THIRD)
    desk.phone(phone).hang_up()
    assert desk.emulator.world.live_calls == []


def test_a_transfer_ends_after_a_minute(desk: Desk) -> None:
    desk('ivr/end/transfer', session=dialled(desk), dest=THIRD, notify_url=HOOK)
    desk.clock.advance(seconds=59)
    assert len(desk.posted) == 1
    desk.clock.advance(seconds=1)
    assert desk.last['transfer_status'] == 'answered'


@pytest.mark.parametrize('reaction', ['busy', 'unanswered', 'failed'])
def test_a_failed_transfer_hangs_up_or_goes_on(desk: Desk, reaction: str) -> None:
    desk.phone(THIRD).react(CallStatus(reaction))
    session = dialled(desk)
    values = {'session': session, 'dest': THIRD, 'notify_url': HOOK}
    desk('ivr/end/transfer', on_failure='continue', **values)
    assert desk.last == fields('transfer', transfer_status=reaction)
    desk('ivr/end/transfer', on_failure='hangup', **values)
    assert desk.last == fields('transfer', 'ended', transfer_status=reaction)
    assert desk.status('ivr/end/transfer', **values) == 'error_session_ended'


def test_transfer_to_a_new_room_and_to_one_that_exists(desk: Desk) -> None:
    session = dialled(desk)
    reply = desk('ivr/end/transfer', session=session, dest='room:', notify_url=HOOK)
    assert reply == {'status': 'success_ok', 'room': 'R1'}
    other = desk('ivr/start/dial', dest=THIRD, notify_url=HOOK)['session']
    assert desk('ivr/end/transfer', session=other, dest='room:R1')['room'] == 'R1'
    desk.phone(DEST).hang_up()
    assert desk.last == fields('transfer', 'ended', transfer_status='answered')


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
def test_transfer_refuses(desk: Desk, values: dict[str, str], status: str) -> None:
    session = dialled(desk)
    assert (
        desk.status('ivr/end/transfer', **{'session': session, 'dest': THIRD, **values}) == status
    )


def test_transfer_takes_a_line(desk: Desk) -> None:
    session = dialled(desk)
    for _ in range(7):
        desk('voice/call', dest2=DEST)
    status = desk.status('ivr/end/transfer', session=session, dest=THIRD)
    assert status == 'error_concurrent_call_limit_reached'


def test_hangup(desk: Desk) -> None:
    session = dialled(desk)
    reply = desk('ivr/end/hangup', session=session, msg='Bye', tag='h', notify_url=HOOK)
    assert reply == {'status': 'success_ok'}
    assert desk.phone(DEST).heard == ['Bye']
    assert desk.last == fields('hangup', 'ended', tag='h')
    assert desk.status('ivr/end/hangup', session=session) == 'error_session_ended'


@pytest.mark.parametrize('force', ['', 'yes', 'disabled'])
def test_hangup_waits_for_its_turn(desk: Desk, force: str) -> None:
    session = dialled(desk)
    desk('ivr/middle/gather', session=session, notify_url=HOOK)
    assert desk.status('ivr/end/hangup', session=session, force=force) == NOT_READY


def test_forced_hangup_interrupts_anything(desk: Desk) -> None:
    session = dialled(desk)
    desk('ivr/middle/gather', session=session, notify_url=HOOK)
    desk('ivr/end/hangup', session=session, force='enabled', msg='Bye', notify_url=HOOK)
    assert desk.phone(DEST).heard == []
    assert desk.posted[1:] == [fields('hangup', 'ended')]
    desk.clock.advance(minutes=2)
    assert len(desk.posted) == 2


@pytest.mark.parametrize('block', ['middle/hold', 'end/transfer'])
def test_forced_hangup_while_held_or_talking(desk: Desk, block: str) -> None:
    session = dialled(desk)
    desk(f'ivr/{block}', session=session, dest=THIRD)
    assert desk.status('ivr/end/hangup', session=session, force='enabled') == 'success_ok'
    assert desk.emulator.world.live_calls == []


def hang_up_during(desk: Desk, path: str, **values: str) -> dict[str, str]:
    desk(path, session=dialled(desk), notify_url=HOOK, **values)
    desk.phone(DEST).press('12')
    desk.phone(DEST).hang_up()
    return desk.last


def test_hanging_up_while_gathering_reports_the_digits(desk: Desk) -> None:
    last = hang_up_during(desk, 'ivr/middle/gather')
    assert last == fields('gather', 'ended', digits='12')


def test_hanging_up_after_gathering_reports_no_digits_again(desk: Desk) -> None:
    assert hang_up_during(desk, 'ivr/middle/gather', max_digits='2') == fields('gather', 'ended')


def test_hanging_up_while_recording_reports_the_recording(desk: Desk) -> None:
    last = hang_up_during(desk, 'ivr/middle/record')
    assert last == fields('record', 'ended', record_url=last['record_url'])


def test_hanging_up_between_blocks_reports_to_the_last_one(desk: Desk) -> None:
    last = hang_up_during(desk, 'ivr/middle/play', tag='p')
    assert last == fields('play', 'ended', tag='p')


def test_hanging_up_on_hold_reports_to_the_block_before(desk: Desk) -> None:
    session = dialled(desk)
    desk('ivr/middle/hold', session=session)
    desk.phone(DEST).hang_up()
    assert desk.last == fields('dial', 'ended', dial_status='answered')


def test_voice_hangup_ends_an_ivr_call_too(desk: Desk) -> None:
    dialled(desk)
    desk('voice/hangup', txn_ref='AA-C-1')
    assert desk.last == fields('dial', 'ended', dial_status='answered')


def test_a_silent_application_loses_its_session(desk: Desk) -> None:
    session = dialled(desk)
    desk.clock.advance(seconds=59)
    desk('ivr/middle/play', session=session, notify_url=HOOK)
    desk.clock.advance(seconds=59)
    assert desk.last['call_state'] == 'ongoing'
    desk.clock.advance(seconds=1)
    assert desk.last['call_state'] == 'ended'
    assert desk.last['duration'] == '2'
    assert desk.status('ivr/middle/play', session=session) == 'error_session_ended'


def test_max_duration_ends_the_call(desk: Desk) -> None:
    session = dialled(desk, max_duration='20')
    desk('ivr/middle/gather', session=session, timeout='300', notify_url=HOOK)
    desk.clock.advance(seconds=20)
    assert desk.last == fields('gather', 'ended', digits='')


@pytest.mark.parametrize(
    'path',
    [
        'ivr/middle/play', 'ivr/middle/gather', 'ivr/middle/record', 'ivr/middle/monitor',
        'ivr/middle/hold', 'ivr/middle/unhold', 'ivr/end/transfer', 'ivr/end/hangup',
    ],
)  # fmt: skip
def test_unknown_and_ended_sessions(desk: Desk, path: str) -> None:
    values: dict[str, Any] = {'dest': THIRD, 'notify_url': HOOK}
    assert desk.status(path, session='S9', **values) == 'error_invalid_session'
    session = dialled(desk)
    desk('ivr/end/hangup', session=session)
    assert desk.status(path, session=session, **values) == 'error_session_ended'


def test_keys_that_nobody_waits_for_are_lost(desk: Desk) -> None:
    dialled(desk)
    desk.phone(DEST).press('123#')
    assert len(desk.posted) == 1


def test_a_phone_knows_its_limits(desk: Desk) -> None:
    phone = desk.phone(DEST)
    with pytest.raises(LookupError, match='no IVR call'):
        phone.press('1')
    with pytest.raises(ValueError, match='keys'):
        phone.press('A')
    with pytest.raises(ValueError, match='needs a number'):
        desk.phone('98765432')
    assert repr(phone) == "Phone('+6598765432')"


# Calls that come in


@pytest.fixture
def ringing(desk: Desk) -> str:
    desk('number/update_forwarding', number=NUMBER, forward_to=HOOK)
    desk.phone(DEST).call(NUMBER)
    return desk.last['session']


def incoming(block: str, state: str, **more: str) -> dict[str, str]:
    head = {'ivr_block': block, 'session': 'S1', 'txn_ref': 'AA-C-1', 'call_state': state}
    return {**head, 'from': DEST, 'to': NUMBER, **more}


UNPAID = {**OVER, 'rate': '0.010', 'duration': '0', 'debit': '0.000'}


def test_an_incoming_call_rings(desk: Desk, ringing: str) -> None:
    assert ringing == 'S1'
    assert desk.posted == [incoming('answer', 'ringing')]
    assert desk.balance()[0] == '54.650'
    status = desk('voice/query_status', txn_ref='AA-C-1')
    assert (status['dest1'], status['number']) == (DEST, NUMBER)


def test_the_first_block_answers(desk: Desk, ringing: str) -> None:
    desk('ivr/middle/play', session=ringing, msg='Welcome', notify_url=HOOK)
    assert desk.phone(DEST).heard == ['Welcome']
    assert desk.last == incoming('play', 'ongoing')
    assert desk.balance()[0] == '54.640'


def test_hangup_rejects_a_call_that_rings(desk: Desk, ringing: str) -> None:
    desk('ivr/end/hangup', session=ringing, notify_url=HOOK)
    assert desk.last == incoming('hangup', 'ended', **UNPAID)
    status = desk('voice/query_status', txn_ref='AA-C-1')
    assert status['call_status_dest1'] == 'unanswered'


def test_hangup_with_a_message_answers_first(desk: Desk, ringing: str) -> None:
    desk('ivr/end/hangup', session=ringing, msg='We are closed')
    assert desk.phone(DEST).heard == ['We are closed']
    assert desk('voice/query_status', txn_ref='AA-C-1')['debit'] == '0.010'


@pytest.mark.usefixtures('ringing')
def test_a_caller_can_give_up(desk: Desk) -> None:
    desk.phone(DEST).hang_up()
    assert desk.last == incoming('answer', 'ended', **UNPAID)


def test_a_transfer_may_show_the_original_caller(desk: Desk, ringing: str) -> None:
    values = {'session': ringing, 'dest': THIRD, 'caller_id': DEST}
    assert desk.status('ivr/end/transfer', **values) == 'success_ok'


def test_a_transfer_that_cannot_be_paid_ends(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(points=Decimal('0.020'), bonus=Decimal(0))
    desk('number/update_forwarding', number=NUMBER, forward_to=HOOK)
    desk.phone(DEST).call(NUMBER)
    desk('ivr/end/transfer', session='S1', dest=THIRD, notify_url=HOOK)
    assert desk.last['call_state'] == 'ended'
    assert desk.emulator.world.live_calls == []
    assert desk.balance()[0] == '0.010'


def test_answering_needs_money(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(points=Decimal('0.009'), bonus=Decimal(0))
    desk('number/update_forwarding', number=NUMBER, forward_to=HOOK)
    desk.phone(DEST).call(NUMBER)
    assert desk.status('ivr/middle/hold', session='S1') == 'error_insufficient_credit'
    assert desk.status('ivr/end/hangup', session='S1') == 'success_ok'


@pytest.mark.parametrize('why', ['no url', 'fax mode', 'trial', 'no line', 'not ours'])
def test_calls_that_nothing_answers(desk_with: Callable[..., Desk], why: str) -> None:
    desk = desk_with(user_status='trial' if why == 'trial' else 'active')
    mode = 'fax' if why == 'fax mode' else 'voice'
    if why != 'no url':
        desk('number/update_forwarding', number=NUMBER, forward_to=HOOK, mode=mode)
    for _ in range(8 if why == 'no line' else 0):
        desk('voice/call', dest2=DEST)
    desk.phone(DEST).call('+6531580001' if why == 'not ours' else NUMBER)
    assert desk.emulator.world.sessions == {}
    assert 'lost' in desk.emulator.world.events[-1]
