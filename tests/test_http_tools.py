"""What tools see that stand around requests and urllib3: tracers, fakes, recorders."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
import requests
import requests_mock
import vcr
from opentelemetry.instrumentation.urllib3 import URLLib3Instrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from hoiio import HoiioClient
from hoiio.sandbox import Sandbox
from tests import wire
from tests.canary import TOKEN

DEST = '+6591234567'
BOTH = pytest.mark.parametrize('session', [None, requests.Session()], ids=['own', 'session'])


def client_of(url: str, session: requests.Session | None = None) -> HoiioClient:
    return HoiioClient('APP', TOKEN, base_url=url, session=session)


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    instrumentor = URLLib3Instrumentor()
    instrumentor.instrument(tracer_provider=provider)
    yield exporter
    instrumentor.uninstrument()


@BOTH
def test_opentelemetry_sees_a_send_and_hands_its_trace_on(
    spans: InMemorySpanExporter, session: requests.Session | None
) -> None:
    with wire.serving() as server:
        client_of(server.url, session).sms.send('Hello', DEST)
    (span,) = spans.get_finished_spans()
    assert (span.name, span.attributes['http.status_code']) == ('POST', 200)  # type: ignore[index]
    assert TOKEN not in span.to_json()
    assert '6591234567' not in span.to_json()
    (request,) = server.requests
    traceparent = re.search(rb'traceparent: 00-(\w{32})-(\w{16})-\w\w\r\n', request)
    assert traceparent is not None
    assert span.context is not None
    assert int(traceparent[1], 16) == span.context.trace_id
    assert int(traceparent[2], 16) == span.context.span_id


FAKED = {'status': 'success_ok', 'txn_ref': 'AA-S-FAKED'}


def test_requests_mock_sees_the_requests_of_a_session() -> None:
    with wire.serving() as server, requests_mock.Mocker() as mocker:
        mocker.post(f'{server.url}sms/send', json=FAKED)
        sent = client_of(server.url, requests.Session()).sms.send('Hello', DEST)
        assert pickle.loads(pickle.dumps(sent)).txn_ref == 'AA-S-FAKED'
        assert sent.response.request.body is None
        assert server.requests == []
        assert client_of(server.url).sms.send('Hello', DEST).txn_ref == 'AA-S-1'
        assert len(server.requests) == 1


def test_a_patched_session_sees_the_requests_of_a_session() -> None:
    faked = requests.Response()
    faked.status_code, faked.raw = 200, None
    faked._content = json.dumps(FAKED).encode()
    with wire.serving() as server, patch('requests.Session.send', return_value=faked) as send:
        sent = client_of(server.url, requests.Session()).sms.send('Hello', DEST)
        assert sent.txn_ref == 'AA-S-FAKED'
        assert server.requests == []
        assert client_of(server.url).sms.send('Hello', DEST).txn_ref == 'AA-S-1'
        assert len(server.requests) == send.call_count == 1


@BOTH
def test_a_recorder_replays_a_send_and_can_leave_the_credentials_out(
    tmp_path: Path, sandbox: Sandbox, session: requests.Session | None
) -> None:
    cassette = tmp_path / 'cassette.yaml'
    recorder = vcr.VCR(filter_post_data_parameters=['app_id', 'access_token'])
    for _ in range(2):
        with recorder.use_cassette(str(cassette)):
            sent = sandbox.client(session=session).sms.send('Hello', DEST)
            assert sent.txn_ref == 'AA-S-1'
    assert len(sandbox.phone(DEST).inbox) == 1
    recorded = cassette.read_text()
    assert 'msg=Hello' in recorded
    assert sandbox.access_token not in recorded
