"""Only notifications with a valid signature are parsed."""

from __future__ import annotations

import pickle
from io import BytesIO
from traceback import TracebackException
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoiio import (
    CredentialsMissing,
    Hoiio,
    HoiioClient,
    HoiioException,
    InputInvalid,
    NotificationInvalid,
)
from hoiio.notification import Gathered, Handled, IncomingSms, Notification
from tests.notification.samples import GATHERED, INCOMING_SMS, parse, sign


def test_the_vector_of_the_reference(client: HoiioClient) -> None:
    signature = 'ecd19cf0191f9f1f9b037682a7896452a89fbb83c23c015de0354fa16e819d86'
    token = 'example-access-token'
    assert client.notification.parse(GATHERED, signature, token).txn_ref == 'TX-1234'


@pytest.mark.parametrize(
    'signature',
    [
        sign(GATHERED),
        sign(GATHERED).upper(),
        sign(GATHERED).encode(),
        f' {sign(GATHERED)}\n',
    ],
)
@pytest.mark.parametrize('body', [GATHERED, GATHERED.decode(), bytearray(GATHERED)])
def test_bytes_or_text(client: HoiioClient, body: Any, signature: str | bytes) -> None:
    assert client.notification.parse(body, signature).txn_ref == 'TX-1234'


def test_text_of_any_language(client: HoiioClient) -> None:
    body = urlencode({'msg': 'Grüße 👍', 'from': '+65', 'to': '+65'})
    assert parse(client, body.encode()).msg == 'Grüße 👍'
    raw = 'msg=Grüße 👍&from=1&to=2'
    assert client.notification.parse(raw, sign(raw.encode())).json['msg'] == 'Grüße 👍'


def test_the_token_of_the_client_or_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    Hoiio.init('APP', 'TOKEN')
    assert Hoiio.notification.parse(GATHERED, sign(GATHERED)).txn_ref == 'TX-1234'
    monkeypatch.setenv('HOIIO_ACCESS_TOKEN', 'OTHER')
    done = HoiioClient().notification.parse(GATHERED, sign(GATHERED, 'OTHER'))
    assert done.txn_ref == 'TX-1234'


def test_several_tokens_while_they_change(client: HoiioClient) -> None:
    for token in ('OLD', 'NEW'):
        signature = sign(GATHERED, token)
        done = client.notification.parse(GATHERED, signature, ['OLD', 'NEW'])
        assert done.txn_ref == 'TX-1234'
        with pytest.raises(NotificationInvalid):
            client.notification.parse(GATHERED, signature, ['THIRD', 'TOKEN'])


def test_a_token_of_any_text_or_bytes(client: HoiioClient) -> None:
    for token in ('TOKEN', b'TOKEN', ['OLD', b'TOKEN']):
        tokens: Any = token
        assert client.notification.parse(GATHERED, sign(GATHERED), tokens).tag == 'myapp'
    with pytest.raises(NotificationInvalid):
        client.notification.parse(GATHERED, sign(GATHERED), '\ud800')


def test_a_traceback_with_variables_shows_no_token(client: HoiioClient) -> None:
    client.init('APP', 'SECRET-TOKEN')
    with pytest.raises(NotificationInvalid) as caught:
        client.notification.parse(GATHERED, 'a' * 64)
    shown = ''.join(TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert 'SECRET-TOKEN' not in shown
    assert sign(GATHERED, 'SECRET-TOKEN') not in shown


@pytest.mark.parametrize('tokens', [5, True, object(), ['TOKEN', 5], {'TOKEN': 'OLD', None: 1}])
def test_a_token_that_is_not_a_text(client: HoiioClient, tokens: Any) -> None:
    with pytest.raises(InputInvalid, match='access_token must be a str or a list of str'):
        client.notification.parse(GATHERED, sign(GATHERED), tokens)


def test_white_space_around_a_token(client: HoiioClient) -> None:
    assert client.notification.parse(GATHERED, sign(GATHERED), ' TOKEN\n').tag == 'myapp'


def test_a_body_longer_than_any_notification(client: HoiioClient) -> None:
    body = b'a=' + b'b' * 2**20
    with pytest.raises(NotificationInvalid, match='longer than any'):
        client.notification.parse(body, sign(body))


@pytest.mark.parametrize('tokens', [[], '', ' ', ['TOKEN', '']])
def test_no_token(client: HoiioClient, tokens: Any) -> None:
    with pytest.raises(CredentialsMissing):
        client.notification.parse(GATHERED, sign(GATHERED), tokens)
    with pytest.raises(CredentialsMissing):
        HoiioClient().notification.parse(GATHERED, sign(GATHERED))


@pytest.mark.parametrize(
    'signature',
    [None, '', ' ', 'abc', 'ü' * 64, '\ud800', b'\xff' * 64, sign(GATHERED)[:-1], 5, ['a'], b''],
)
def test_an_invalid_signature(client: HoiioClient, signature: Any) -> None:
    with pytest.raises(NotificationInvalid) as caught:
        client.notification.parse(GATHERED, signature)
    assert isinstance(caught.value, HoiioException)
    assert caught.value.__context__ is None


@pytest.mark.parametrize('body', [None, 5, {'a': 'b'}, BytesIO(GATHERED)])
def test_an_invalid_body(client: HoiioClient, body: Any) -> None:
    with pytest.raises(NotificationInvalid, match='raw body'):
        client.notification.parse(body, sign(GATHERED))


@pytest.mark.parametrize('body', [b'msg=\xff', b'msg=%FF', b'&'.join([b'a=b'] * 5) + b'&c=%80'])
def test_a_signed_body_that_is_not_utf_8(client: HoiioClient, body: bytes) -> None:
    with pytest.raises(NotificationInvalid, match='not a form in UTF-8') as caught:
        client.notification.parse(body, sign(body))
    assert caught.value.__context__ is None


def test_an_error_shows_neither_body_nor_token(client: HoiioClient) -> None:
    with pytest.raises(NotificationInvalid) as caught:
        client.notification.parse(INCOMING_SMS, sign(GATHERED))
    told = f'{caught.value!r} {pickle.dumps(caught.value)!r}'
    assert 'raw body' in told
    for secret in ('TOKEN', '16201234567', 'world', sign(GATHERED), sign(INCOMING_SMS)):
        assert secret not in told


@pytest.mark.slow
@given(st.binary() | st.text(), st.binary() | st.text() | st.none())
def test_any_input_raises_only_notification_invalid(
    body: bytes | str, signature: bytes | str | None
) -> None:
    with pytest.raises(NotificationInvalid):
        HoiioClient('APP', 'TOKEN').notification.parse(body, signature)


FORMS = st.dictionaries(
    st.text(st.characters(codec='utf-8')), st.text(st.characters(codec='utf-8'))
)


@pytest.mark.slow
@given(st.binary() | FORMS.map(lambda form: urlencode(form).encode()))
def test_any_signed_body_is_parsed_or_invalid(body: bytes) -> None:
    try:
        parsed = parse(HoiioClient('APP', 'TOKEN'), body)
    except NotificationInvalid:
        parsed = Notification({})
    assert isinstance(parsed, Notification)
    assert repr(parsed)


@given(st.integers(0, len(GATHERED) * 8 - 1))
def test_a_flipped_bit_makes_the_signature_invalid(bit: int) -> None:
    flipped = bytearray(GATHERED)
    flipped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(NotificationInvalid):
        HoiioClient('APP', 'TOKEN').notification.parse(bytes(flipped), sign(GATHERED))


# The query


def test_the_query_distinguishes_notifications_without_a_body(client: HoiioClient) -> None:
    handled = Handled()
    for query in ('sms_status=queued&txn_ref=1', 'sms_status=queued&txn_ref=2'):
        assert handled.first_time(client.notification.parse(b'', sign(b''), query=query))
    with_nothing: Any = None
    assert client.notification.parse(GATHERED, sign(GATHERED), query=with_nothing).tag == 'myapp'


def test_the_query_adds_but_never_overrides(client: HoiioClient) -> None:
    query = 'digits=9&session=S-9&app_state=menu&record_url=http://evil.example'
    done = client.notification.parse(GATHERED, sign(GATHERED), query=query)
    assert type(done) is Gathered
    assert (done.digits, done.session) == ('1', 'S-1234')
    assert done.json['app_state'] == 'menu'
    assert done.unsigned == {'app_state', 'record_url'}


def test_a_notification_in_the_query_alone(client: HoiioClient) -> None:
    sms = client.notification.parse(b'', sign(b''), query=INCOMING_SMS)
    assert isinstance(sms, IncomingSms)
    assert sms.msg == 'hoiio world'
    assert 'msg' in sms.unsigned


def test_the_query_does_not_decide_the_kind(client: HoiioClient) -> None:
    done = client.notification.parse(b'a=b', sign(b'a=b'), query='session=S-9&digits=1')
    assert type(done) is Notification


def test_the_fields_keep_their_order_and_the_first_of_a_name_counts(client: HoiioClient) -> None:
    body = b'txn_ref=AA-S-1&sms_status=delivered&tag=a&sms_status=failed'
    sms = client.notification.parse(body, sign(body))
    expected = [('txn_ref', 'AA-S-1'), ('sms_status', 'delivered'), ('tag', 'a')]
    assert list(sms.json.items()) == expected
