from __future__ import annotations

import pytest

from hoiio import HoiioClient
from hoiio.campaign.answers import meaning_of
from hoiio.campaign.states import AttemptEvent
from hoiio.constants import Status
from tests.conftest import BASE_URL, Api

E = AttemptEvent

CERTAIN = {
    'success_ok': E.ACCEPTED,
    'error_no_valid_dests': E.NO_VALID_DESTS,
    'error_rate_limit_exceeded': E.RATE_LIMITED,
    'error_tag_invalid_length': E.REFUSED,
    'error_recipients_param_missing': E.REFUSED,
    'error_unable_to_complete_ssl_handshake_notify_url': E.REFUSED,
}


def meaning(api: Api, client: HoiioClient, status: str, code: int = 200) -> AttemptEvent:
    api.mock.post(BASE_URL + 'sms/bulk_send', json={'status': status}, status=code)
    return meaning_of(client.sms.bulk_send('Hello', '+6591234567'))


@pytest.mark.parametrize('status', CERTAIN)
def test_a_few_answers_are_clear(api: Api, client: HoiioClient, status: str) -> None:
    assert meaning(api, client, status) is CERTAIN[status]


@pytest.mark.parametrize(
    'status',
    [
        *('error_insufficient_credit', 'error_internal_server_error', 'error_user_not_live'),
        *('error_service_not_available', 'error_add_notification_failed', 'error_new', 'accepted'),
    ],
)
def test_all_others_are_not(api: Api, client: HoiioClient, status: str) -> None:
    assert meaning(api, client, status) is E.UNCLEAR


@pytest.mark.parametrize('status', [status for status in CERTAIN if status != 'success_ok'])
def test_no_refusal_is_clear_after_an_error_of_the_server(
    api: Api, client: HoiioClient, status: str
) -> None:
    assert meaning(api, client, status, 503) is E.UNCLEAR


def test_a_success_is_clear_whatever_the_http_code(api: Api, client: HoiioClient) -> None:
    assert meaning(api, client, Status.SUCCESS_OK, 500) is E.ACCEPTED
