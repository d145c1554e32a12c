from __future__ import annotations

import copy
import json
import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
import requests
from celery import Celery
from celery.backends.base import Backend
from celery.utils.serialization import get_pickleable_exception

import hoiio
from hoiio import (
    CredentialsMissing,
    FaxFileUnreadable,
    FieldUnreadable,
    HoiioClient,
    HoiioException,
    InputInvalid,
    NotificationInvalid,
    ResponseUnreadable,
    TransportError,
    exceptions,
    transport_errors,
)
from hoiio.idempotency import next_step
from tests.conftest import BASE_URL, Api


def family(kind: type[HoiioException]) -> Iterator[type[HoiioException]]:
    for child in kind.__subclasses__():
        if child.__module__ == exceptions.__name__:
            yield child
            yield from family(child)


FAMILY: list[type[HoiioException]] = [HoiioException, *family(HoiioException)]


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = re.findall(
        r'^[ │├└─]*── (\w+)|^ {4}(HoiioException)', exceptions.__doc__ or '', re.MULTILINE
    )
    assert [''.join(names) for names in drawn] == [kind.__name__ for kind in FAMILY]


@pytest.mark.parametrize('kind', FAMILY)
def test_every_error_is_public_and_explained(kind: type[HoiioException]) -> None:
    assert getattr(hoiio, kind.__name__) is kind
    assert kind.__doc__


NEVER_SENT = (CredentialsMissing, FaxFileUnreadable, InputInvalid)
ALWAYS_KNOWN = (HoiioException, *NEVER_SENT, NotificationInvalid, FieldUnreadable)
OF_REQUESTS = [
    kind
    for kind in vars(requests.exceptions).values()
    if isinstance(kind, type) and issubclass(kind, requests.RequestException)
]
AS_REQUESTS = [getattr(transport_errors, kind.__name__) for kind in OF_REQUESTS]


class Lost(TransportError):
    """An application's own."""


def test_each_exception_of_requests_has_a_class_that_can_be_imported() -> None:
    assert len(OF_REQUESTS) >= 20
    for kind, of_requests in zip(AS_REQUESTS, OF_REQUESTS, strict=True):
        assert getattr(transport_errors, kind.__name__) is kind
        assert kind.__bases__ == (TransportError, of_requests)


@pytest.mark.slow
def test_an_error_of_one_process_is_read_in_another() -> None:
    errors = [kind('lost', outcome_unknown=True) for kind in AS_REQUESTS]
    code = 'import pickle, sys; print(repr(pickle.load(sys.stdin.buffer)))'
    run = subprocess.run(
        [sys.executable, '-c', code], input=pickle.dumps(errors), capture_output=True, check=True
    )
    assert run.stdout.decode() == f'{errors!r}\n'


@pytest.mark.parametrize('name', ['RequestsWarning', 'BaseHTTPError', 'Nothing'])
def test_nothing_else_of_requests_has_such_a_class(name: str) -> None:
    with pytest.raises(AttributeError, match=f"'hoiio.transport_errors' has no attribute '{name}'"):
        getattr(transport_errors, name)


@pytest.mark.parametrize(
    'kind', [requests.exceptions.RequestsWarning, requests.exceptions.FileModeWarning, OSError]
)
def test_a_warning_or_another_error_becomes_an_exception_of_requests(
    kind: type[Exception],
) -> None:
    assert transport_errors.counterpart(kind('lost')) is transport_errors.RequestException


def test_a_derived_exception_becomes_the_nearest_one_of_requests() -> None:
    class Slow(requests.ReadTimeout):
        """An exception of an adapter."""

    assert transport_errors.counterpart(Slow()) is transport_errors.ReadTimeout


def through_celery(error: HoiioException) -> HoiioException:
    backend = Backend(app=Celery(set_as_current=False), serializer='json')
    stored = json.loads(json.dumps(backend.prepare_exception(error)))
    again = backend.exception_to_python(stored)
    assert isinstance(again, HoiioException)
    return again


@pytest.mark.parametrize('kind', [*FAMILY, *AS_REQUESTS, Lost])
@pytest.mark.parametrize(
    'made_anew',
    [lambda error: type(error)(*error.args), through_celery],
    ids=['arguments alone', "Celery's JSON"],
)
def test_an_error_made_anew_without_its_outcome_may_have_been_a_send(
    kind: type[HoiioException], made_anew: Callable[[HoiioException], HoiioException]
) -> None:
    again = made_anew(kind('what went wrong'))
    assert type(again) is kind
    assert str(again) == 'what went wrong'
    assert again.outcome_unknown is (kind not in ALWAYS_KNOWN)


@pytest.mark.parametrize('kind', [TransportError, ResponseUnreadable, *AS_REQUESTS, Lost])
@pytest.mark.parametrize('outcome_unknown', [True, False])
@pytest.mark.parametrize(
    'copied',
    [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))],
    ids=['copy', 'deepcopy', 'pickle'],
)
def test_a_copy_of_an_error_keeps_its_outcome(
    kind: Callable[..., HoiioException],
    outcome_unknown: bool,
    copied: Callable[[HoiioException], HoiioException],
) -> None:
    again = copied(kind('what went wrong', outcome_unknown=outcome_unknown))
    assert type(again) is kind
    assert again.outcome_unknown is outcome_unknown


def test_a_class_that_does_not_pickle_becomes_one_that_may_have_been_a_send() -> None:
    class Local(TransportError):
        pass

    again = get_pickleable_exception(Local('lost', outcome_unknown=True))
    assert type(again) is TransportError
    assert again.outcome_unknown


@pytest.mark.parametrize('kind', FAMILY)
def test_every_error_pickles(kind: type[HoiioException]) -> None:
    error = kind('what went wrong')
    error.outcome_unknown = True
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == 'what went wrong'
    assert again.outcome_unknown


def test_a_file_error_keeps_what_the_system_said() -> None:
    error = FaxFileUnreadable(2, 'the file to fax: No such file or directory', 'contract.pdf')
    again = pickle.loads(pickle.dumps(error))
    for each in (error, again):
        assert (each.errno, each.filename) == (2, 'contract.pdf')
        assert isinstance(each, OSError)
        assert isinstance(each, ValueError)


def test_an_unreadable_response_comes_with_its_error(client: HoiioClient, api: Api) -> None:
    api.mock.post(f'{BASE_URL}sms/send', body='<html>', status=502, content_type='text/html')
    with pytest.raises(ResponseUnreadable, match='HTTP 502 with text/html') as caught:
        client.sms.send('a private text', '+6511111111')
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.response.text == '<html>'
    assert again.outcome_unknown
    for secret in (b'TOKEN', b'6511111111', b'private'):
        assert secret not in pickle.dumps(caught.value)


@pytest.mark.parametrize(
    ('operation', 'where'),
    [
        ('sms/send', 'Hoiio.sms.find(tag), or Hoiio.sms.history()'),
        ('fax/send', 'Hoiio.fax.history()'),
        ('voice/call', 'Hoiio.voice.history()'),
        ('conference/moderate', 'Hoiio.voice.status(txn_ref)'),
        ('voice/hangup', 'Hoiio.voice.status(txn_ref)'),
        ('ivr/middle/play', 'the notification of the block'),
        ('ivr/start/dial', 'Hoiio.voice.history()'),
        ('number/subscribe', 'Hoiio.number.subscribed_numbers()'),
    ],
)
def test_an_unknown_outcome_says_where_to_look(operation: str, where: str) -> None:
    assert where in next_step(operation, outcome_unknown=True)
    assert 'safe to send it again' in next_step(operation, outcome_unknown=False)


def test_a_query_has_no_outcome_to_look_for() -> None:
    assert next_step('sms/get_rate', outcome_unknown=False) == ''


def test_transport_error_by_itself() -> None:
    assert TransportError('dropped', outcome_unknown=True).outcome_unknown
