"""The canary sings: what it is to find is planted, and found."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import pytest
import requests

from hoiio import ApiError, HoiioClient, HoiioException, Response, ResponseUnreadable
from tests.canary import PHONE, TEXT, TOKEN, Watch, leaks_in
from tests.conftest import Api


class Talkative(Response):
    def __repr__(self) -> str:
        return TOKEN


def raw(body: bytes = b'', **fields: str) -> requests.Response:
    """Make a response of requests: to this body, with these fields."""
    response = requests.Response()
    response.status_code = 200
    response._content = json.dumps({'status': 'error_dest_invalid', **fields}).encode()
    response.request = requests.PreparedRequest()
    response.request.body = body
    return response


def with_attribute(value: object) -> HoiioException:
    error = HoiioException()
    error.__dict__['extra'] = value
    return error


def caused_by(cause: BaseException | None, context: BaseException | None = None) -> HoiioException:
    error = HoiioException()
    error.__cause__, error.__context__ = cause, context
    return error


def redirected(response: requests.Response) -> requests.Response:
    last = raw()
    last.history = [response]
    return last


BODY = f'msg={TEXT.replace(" ", "+")}'.encode()
PLANTED: dict[str, Callable[[], object]] = {
    'message': lambda: HoiioException(f'refused {TOKEN}'),
    'bytes': lambda: HoiioException(TOKEN.encode()),
    'arguments': lambda: OSError(2, {'dest': [f'+{PHONE}']}),
    'attribute': lambda: with_attribute((TEXT,)),
    'cause': lambda: caused_by(ValueError(PHONE)),
    'context': lambda: caused_by(None, ValueError(PHONE)),
    'cause of the cause': lambda: caused_by(caused_by(ValueError(TEXT))),
    'request of the cause': lambda: caused_by(requests.Timeout(request=raw(BODY).request)),
    'request of the response': lambda: ResponseUnreadable('', raw(BODY)),
    'request before': lambda: ResponseUnreadable('', redirected(raw(BODY))),
    'request of an API error': lambda: ApiError.of(Response(raw(BODY), 'sms/send')),
    'request of a result': lambda: Response(raw(BODY), 'sms/send'),
    'repr of a result': lambda: Talkative(raw(), 'sms/send'),
    'repr of what the server said': lambda: Response(raw(txn_ref=PHONE), 'sms/send'),
    'pickle': lambda: with_attribute({PHONE}),
    'token that the server said': lambda: Response(raw(name=TOKEN), 'user/get_info'),
}


@pytest.mark.parametrize('plant', PLANTED.values(), ids=PLANTED)
def test_what_is_planted_is_found(watch: Watch, plant: Callable[[], object]) -> None:
    with watch.expecting():
        assert leaks_in(plant())


def test_what_the_server_said_may_be_pickled(watch: Watch) -> None:
    with watch.expecting() as found:
        res = Response(raw(dest=f'+{PHONE}', msg=TEXT), 'sms/query_status')
        assert leaks_in(res) == leaks_in(ApiError.of(res)) == []
        del res
    assert not found


def test_every_error_is_searched(watch: Watch) -> None:
    with watch.expecting() as found, pytest.raises(HoiioException):
        raise ResponseUnreadable(TOKEN)
    assert any('ResponseUnreadable' in leak for leak in found)


def test_every_response_is_searched(
    watch: Watch, client: HoiioClient, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('hoiio.transport._without_body', lambda request: request)
    api.answers('sms/send')
    session = requests.Session()
    with watch.expecting() as found:
        client.init(session=session)
        client.sms.send(TEXT, f'+{PHONE}')
    assert any('response.request.body' in leak for leak in found)


@pytest.mark.parametrize('name', ['hoiio', 'urllib3.connectionpool', 'requests'])
@pytest.mark.parametrize(
    'log',
    [
        lambda logger: logger.debug('to %s', f'+{PHONE}'),
        lambda logger: logger.debug('whole', extra={'form': {'access_token': TOKEN}}),
        lambda logger: logger.debug('failed', exc_info=ValueError(TEXT)),
    ],
    ids=['argument', 'attribute', 'exception'],
)
def test_every_log_record_is_searched(
    watch: Watch, name: str, log: Callable[[logging.Logger], None]
) -> None:
    logger = logging.getLogger(name)
    with watch.expecting() as found:
        log(logger)
    assert found
    with watch.expecting() as found:
        logger.debug('MY_ACCESS_TOKEN is where it was')
    assert not found
