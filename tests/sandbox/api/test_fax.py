from __future__ import annotations

import base64
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from hoiio.constants import CallStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import LocalService

DEST = '+6561234567'
NUMBER = '+6531580000'
HOOK = 'http://127.0.0.1:9/hook'
A4 = b'<< /Type /Page /MediaBox [0 0 595 842] >>'
PDF = (
    b'%PDF-1.4\n<< /Type /Pages >>\n'
    + A4
    + b'\n<</Type/Page/MediaBox[0 0 792 612]>>\n\xfb\xff%%EOF'
)
TEXT = base64.b64encode(PDF).decode()
FILE_URL = 'http://127.0.0.1:8420/_sandbox/files/AA-F-1/fax.pdf'


def test_a_fax_is_sent_paid_and_reported(service: LocalService) -> None:
    reply = service('fax/send', dest=DEST, file=PDF, tag='mine', notify_url=HOOK)
    assert reply == {'status': 'success_ok', 'txn_ref': 'AA-F-1'}
    shown = {
        'txn_ref': 'AA-F-1',
        'tag': 'mine',
        'src': '',
        'dest': DEST,
        'fax_status': 'answered',
        'fax_pages': '2',
        'fax_url': FILE_URL,
        'date': '2026-01-01 00:00:00',
        'currency': 'SGD',
        'rate': '0.032',
        'debit': '0.064',
    }
    assert service('fax/query_status', txn_ref='AA-F-1') == {'status': 'success_ok', **shown}
    assert service('fax/get_history')['entries'] == [shown]
    del shown['src']
    assert service.posted == [{**shown, 'duration': '2'}]
    assert service.balance()[0] == '54.586'


@pytest.mark.parametrize(
    'text',
    [
        TEXT,
        base64.urlsafe_b64encode(PDF).decode(),
        base64.encodebytes(PDF).decode(),
    ],
)
def test_a_file_may_be_any_form_of_base64(service: LocalService, text: str) -> None:
    assert service.status('fax/send', dest=DEST, file=text) == 'success_ok'
    file = service.emulator.world.files.get('AA-F-1/fax.pdf')
    assert file is not None
    assert file.content == PDF


def test_the_filename_is_part_of_the_url(service: LocalService) -> None:
    service('fax/send', dest=DEST, file=PDF, filename='my report/1.pdf')
    url = service('fax/query_status', txn_ref='AA-F-1')['fax_url']
    assert url.endswith('/AA-F-1/my%20report_1.pdf')


@pytest.mark.parametrize(
    ('file', 'status'),
    [
        (b'GIF89a', 'error_file_invalid'),
        (base64.b64encode(b'hello').decode(), 'error_file_invalid'),
        ('not base64!', 'error_file_invalid'),
        (TEXT[:-1], 'error_file_invalid'),
        (TEXT.replace('A', ' '), 'error_file_invalid'),
        (PDF.ljust(2 * 1024 * 1024), 'success_ok'),
        (PDF.ljust(2 * 1024 * 1024 + 1), 'error_file_too_big'),
        (base64.b64encode(PDF.ljust(2 * 1024 * 1024)).decode(), 'success_ok'),
        (base64.b64encode(PDF.ljust(2 * 1024 * 1024 + 1)).decode(), 'error_file_too_big'),
        (b'x' * 3_000_000, 'error_file_too_big'),
        (b'%PDF-1.4 /Type /Page /MediaBox [0 0 100 100]', 'error_page_size_invalid'),
        (b'%PDF-1.4 /Type /Page /MediaBox [0 0 1.2.3 842]', 'error_page_size_invalid'),
        (b'%PDF-1.4 /Type /Page /MediaBox [ 0 0 595.28 841.89 ]', 'success_ok'),
        (b'%PDF-1.4 /Type /Page /MediaBox [0 0 595 842]', 'success_ok'),
        (b'%PDF-1.4 /Type /Page /MediaBox\n[0.0 0.0\n612 792 ]', 'success_ok'),
        (b'%PDF-1.4 /Type /Page /MediaBox [ -10 -10 585 832]', 'success_ok'),
        # One long number must not be read as four numbers.
        (b'%PDF-1.4 /Type /Page /MediaBox [1234]', 'success_ok'),
        (b'%PDF-1.4 /Type /Page /MediaBox [' + b'1' * 300, 'success_ok'),
        (b'%PDF-1.4 /Type /Page /MediaBox [' + b'1 ' * 100_000, 'success_ok'),
        (b'%PDF-1.5', 'success_ok'),
    ],
    ids=lambda value: str(value)[:60],
)
def test_the_file_is_checked(service: LocalService, file: str | bytes, status: str) -> None:
    assert service.status('fax/send', dest=DEST, file=file) == status


@pytest.mark.parametrize(
    ('values', 'status'),
    [
        ({'dest': '61234567'}, 'error_dest_invalid'),
        ({'dest': '+12125550123'}, 'error_dest_not_supported'),
        ({'dest': '+65800123456'}, 'error_dest_not_supported'),
        ({'dest': '+85223456789'}, 'success_ok'),
        ({'caller_id': 'x'}, 'error_caller_id_invalid'),
        ({'fax_header': ''}, 'success_ok'),
        ({'fax_header': 'From us 2026'}, 'success_ok'),
        ({'fax_header': 'a' * 101}, 'error_fax_header_invalid'),
        ({'fax_header': 'a-b'}, 'error_fax_header_invalid'),
        ({'tag': 't' * 257}, 'error_tag_invalid_length'),
        ({'notify_url': 'x'}, 'error_invalid_notify_url'),
        ({'file': b''}, 'error_file_param_missing'),
    ],
)
def test_send_refuses(service: LocalService, values: dict[str, str | bytes], status: str) -> None:
    assert service.status('fax/send', **{'dest': DEST, 'file': PDF, **values}) == status


def test_a_fax_needs_credit_and_a_full_account(service_with: Callable[..., LocalService]) -> None:
    trial = service_with(user_status='trial')
    assert trial.status('fax/send', dest=DEST, file=PDF) == 'error_not_allowed_for_trial'
    poor = service_with(points=Decimal('0.063'), bonus=Decimal(0))
    assert poor.status('fax/send', dest=DEST, file=PDF) == 'error_insufficient_credit'
    assert poor.balance()[0] == '0.063'


@pytest.mark.parametrize(
    ('reaction', 'code'), [('busy', 'busy'), ('unanswered', 'no_answer'), ('failed', 'failed')]
)
def test_a_failed_fax_is_reported(service: LocalService, reaction: str, code: str) -> None:
    service.phone(DEST).react(CallStatus(reaction))
    service('fax/send', dest=DEST, file=PDF, notify_url=HOOK)
    assert service.last['fax_status'] == reaction
    assert service.last['fax_error_code'] == code
    assert (service.last['duration'], service.last['debit']) == ('0', '0.000')
    assert 'fax_url' not in service.last
    assert service.balance()[0] == '54.650'


def test_a_fax_is_received(service: LocalService) -> None:
    service('number/update_forwarding', number=NUMBER, forward_to=HOOK, mode='fax')
    service.phone(DEST).send_fax(NUMBER, PDF)
    assert service.posted == [
        {
            'txn_ref': 'AA-F-1',
            'fax_status': 'answered',
            'from': DEST,
            'to': NUMBER,
            'fax_url': FILE_URL,
            'date': '2026-01-01 00:00:00',
            'duration': '2',
            'currency': 'SGD',
            'debit': '0.030',
        }
    ]


def test_history_by_type(service: LocalService) -> None:
    service('number/update_forwarding', number=NUMBER, mode='fax')
    service('fax/send', dest=DEST, file=PDF)
    service.phone(DEST).send_fax(NUMBER, PDF)

    def refs(kind: str) -> list[str]:
        return [entry['txn_ref'] for entry in service('fax/get_history', type=kind)['entries']]

    assert refs('all') == refs('') == ['AA-F-2', 'AA-F-1']
    assert refs('incoming') == ['AA-F-2']
    assert refs('outgoing') == ['AA-F-1']
    assert service.status('fax/get_history', type='sent') == 'error_invalid_type'


def test_a_fax_to_a_number_in_voice_mode_is_lost(service: LocalService) -> None:
    service.phone(DEST).send_fax(NUMBER, PDF)
    assert service('fax/get_history')['entries'] == []


def test_rates(service: LocalService) -> None:
    assert service('fax/get_rate', dest=DEST) == {
        'status': 'success_ok',
        'currency': 'SGD',
        'rate': '0.032',
    }
    assert service('fax/get_rate', incoming=NUMBER)['rate'] == '0.015'


@pytest.mark.parametrize(
    ('values', 'status'),
    [
        ({}, 'error_dest_incoming_both_missing'),
        ({'dest': DEST, 'incoming': NUMBER}, 'error_dest_incoming_both_present'),
        ({'dest': 'x'}, 'error_dest_invalid'),
        ({'dest': '+12125550123'}, 'error_dest_not_supported'),
        ({'incoming': DEST}, 'error_number_not_assigned'),
    ],
)
def test_get_rate_refuses(service: LocalService, values: dict[str, str], status: str) -> None:
    assert service.status('fax/get_rate', **values) == status


def test_unknown_reference(service: LocalService) -> None:
    assert service.status('fax/query_status', txn_ref='AA-F-9') == 'error_invalid_txn_ref'
