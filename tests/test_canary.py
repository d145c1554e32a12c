"""No error, result or log record tells a secret; and what is planted in them is found."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Iterator

import pytest
import requests

from hoiio import ApiError, HoiioClient, HoiioException, Response, ResponseUnreadable
from hoiio.service.sms import SmsReport
from tests import wire
from tests.canary import PHONE, TEXT, TOKEN, leaks_in
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
def test_what_is_planted_is_found(plant: Callable[[], object]) -> None:
    assert leaks_in(plant())


def test_what_the_server_said_may_be_pickled() -> None:
    res = Response(raw(dest=f'+{PHONE}', msg=TEXT), 'sms/query_status')
    assert leaks_in(res) == leaks_in(ApiError.of(res)) == []


LOGGED: dict[str, Callable[[logging.Logger], None]] = {
    'argument': lambda logger: logger.debug('to %s', f'+{PHONE}'),
    'attribute': lambda logger: logger.debug('whole', extra={'form': {'access_token': TOKEN}}),
    'exception': lambda logger: logger.debug('failed', exc_info=ValueError(TEXT)),
}


@pytest.mark.parametrize('log', LOGGED.values(), ids=LOGGED)
def test_what_is_planted_in_a_log_record_is_found(
    caplog: pytest.LogCaptureFixture, log: Callable[[logging.Logger], None]
) -> None:
    caplog.set_level(logging.DEBUG)
    log(logging.getLogger('urllib3.connectionpool'))
    logging.getLogger('hoiio').debug('MY_ACCESS_TOKEN is where it was')
    planted, harmless = caplog.records
    assert leaks_in(planted)
    assert leaks_in(harmless) == []


# What the SDK gives back, raises and logs


def cut(peer: socket.socket, _request: bytes) -> bool:
    peer.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"status"')
    return False


def wait(peer: socket.socket, _request: bytes) -> bool:
    return bool(peer.recv(1))  # until the client hangs up


REFUSAL = {'status': 'error_insufficient_credit'}
ANSWERS: dict[str, wire.Behaviour] = {
    'success': wire.answer(),
    'refusal': wire.answer(wire.http(REFUSAL)),
    'internal error': wire.answer(wire.http(REFUSAL, 500)),
    'dropped': wire.drop,
    'reset': wire.reset,
    'cut': cut,
    'late': wait,
    'no JSON': wire.answer(wire.http(b'<p>Sorry</p>')),
    'not decodable': wire.answer(wire.http(b'x', headers='Content-Encoding: gzip\r\n')),
    'not HTTP': wire.answer(b'Sorry\r\n\r\n'),
    'redirect': wire.answer(wire.http(b'', 302, headers='Location: /elsewhere\r\n')),
}


def outcomes(send: Callable[[], Response]) -> Iterator[object]:
    """Give a result, and the error if it is a refusal; or the error that was raised at once."""
    try:
        res = send()
        yield res
        res.raise_for_status()
    except HoiioException as exc:
        yield exc


@pytest.mark.parametrize('own_session', [False, True])
@pytest.mark.parametrize('answer', ANSWERS.values(), ids=ANSWERS)
def test_no_outcome_and_no_log_record_of_a_request_tells_a_secret(
    caplog: pytest.LogCaptureFixture, answer: wire.Behaviour, own_session: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    session = requests.Session() if own_session else None
    # On a busy machine, the other answers must not be late as well.
    timeout = 0.3 if answer is wait else 60
    with wire.serving(answer) as server:
        client = HoiioClient(
            'APP', TOKEN, base_url=server.url, session=session, timeout=timeout, max_retries=0
        )
        found = list(outcomes(lambda: client.sms.send(TEXT, f'+{PHONE}', tag=TEXT)))
    assert 'hoiio' in {record.name for record in caplog.records}
    assert [leak for each in [*found, *caplog.records] for leak in leaks_in(each)] == []


PHONES = [f'+{PHONE}', PHONE]
REFUSED: dict[str, Callable[[HoiioClient], object]] = {
    'text': lambda client: client.sms.send(TEXT.encode(), f'+{PHONE}'),  # type: ignore[arg-type]
    'half a character': lambda client: client.sms.send(f'{TEXT}\ud800', f'+{PHONE}'),
    'number': lambda client: client.sms.send(TEXT, [PHONE]),  # type: ignore[arg-type]
    'zeros': lambda client: client.sms.send(TEXT, f'00{PHONE}'),
    'same numbers': lambda client: client.sms.bulk_send(TEXT, PHONES),
    'many numbers': lambda client: client.sms.bulk_send(TEXT, 1001 * [f'+{PHONE}']),
    'tag': lambda client: client.sms.send(TEXT, f'+{PHONE}', tag=50 * TEXT),
    'keyword': lambda client: client.sms.send(TEXT, f'+{PHONE}', tagg=TEXT),  # type: ignore[call-arg]
    'file': lambda client: client.fax.send(f'+{PHONE}', 'nowhere.pdf'),
    'file first': lambda client: client.fax.send('nowhere.pdf', f'+{PHONE}'),
    'credentials': lambda client: client.sms.send(TEXT, f'+{PHONE}', app_id='', access_token=TOKEN),
    'operation': lambda client: client.request(f'sms/{TEXT}', Response, {'dest': PHONE}),
    'option': lambda client: client.init('APP', TOKEN, prefix=TEXT),
    'field': lambda _: SmsReport(raw(date=PHONE), 'sms/query_status').date,
    'notification': lambda client: client.notification.parse(TEXT, 'forged', TOKEN),
}


@pytest.mark.parametrize('attempt', REFUSED.values(), ids=REFUSED)
def test_no_refusal_and_no_log_record_of_it_tells_a_secret(
    caplog: pytest.LogCaptureFixture, attempt: Callable[[HoiioClient], object]
) -> None:
    caplog.set_level(logging.DEBUG)
    client = HoiioClient('APP', TOKEN, prefix='65')
    with pytest.raises(HoiioException) as caught:
        attempt(client)
    assert [leak for each in [caught.value, *caplog.records] for leak in leaks_in(each)] == []


@pytest.mark.parametrize('status', ['success_ok', 'error_insufficient_credit'])
def test_a_request_that_keeps_its_body_would_be_found(
    api: Api, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    monkeypatch.setattr('hoiio.transport.prepared.without_body', lambda request: request)
    api.answers('sms/send', status)
    client = HoiioClient('APP', TOKEN, session=requests.Session())
    found = list(outcomes(lambda: client.sms.send(TEXT, f'+{PHONE}')))
    leaks = [leak for each in found for leak in leaks_in(each)]
    assert any('response.request.body' in leak for leak in leaks)
