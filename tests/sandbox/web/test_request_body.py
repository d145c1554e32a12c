"""The parsing of bodies, and the bodies that are refused."""

from __future__ import annotations

import pytest

from hoiio.sandbox.errors import Refused
from hoiio.sandbox.web.request_body import MAX_FIELDS, MAX_PART_HEAD, parse_body, parse_form


def multipart(part: bytes, times: int) -> bytes:
    return (b'--limit\r\n' + part + b'\r\n') * times + b'--limit--\r\n'


@pytest.mark.parametrize(('field', 'times'), [(b'a=1&', MAX_FIELDS), (b'&', 8_000_000)])
def test_too_many_fields_are_refused(field: bytes, times: int) -> None:
    with pytest.raises(Refused, match='error_malformed_params'):
        parse_form(field * times)


@pytest.mark.parametrize(
    ('head', 'times'),
    [
        (b'Content-Disposition: form-data; name="x"', MAX_FIELDS + 1),
        pytest.param(b'Content-Disposition: x; name=' + b'x' * MAX_PART_HEAD, 1, id='long'),
        (b'Content-Disposition: form-data', 1),
        (b'Content-Disposition: form-data; name="\xff"', 1),
        (b'Content-Type: text/plain; name="x"', 1),
        pytest.param(b'Content-Disposition: x; name=x' + b'\r\nX: y' * 1000, 1, id='many lines'),
    ],
)
def test_parts_that_are_malformed_or_too_many_are_refused(head: bytes, times: int) -> None:
    with pytest.raises(Refused, match='error_malformed_params'):
        parse_body(multipart(head + b'\r\n\r\n', times), 'multipart/form-data; boundary=limit')


def test_a_part_can_contain_text_like_a_boundary() -> None:
    content = b'\r\n--limi' * 100_000 + b'\r\n--' + b'\r' * 1000
    head = b'Content-Disposition: form-data; name="file"; filename="%s"\r\n\r\n' % (b'x' * 1400)
    values = parse_body(multipart(head + content, 1), 'multipart/form-data; boundary=limit')
    assert values == {'file': content, 'filename': 'x' * 1400}


def test_the_maximum_number_of_fields_is_read() -> None:
    form = b'&'.join(b'a%d=%d' % (n, n) for n in range(MAX_FIELDS))
    assert len(parse_form(form)) == MAX_FIELDS
    part = b'Content-Disposition: form-data; name="x"\r\n\r\ny'
    body = multipart(part, MAX_FIELDS)
    assert parse_body(body, 'multipart/form-data; boundary=limit') == {'x': 'y'}


@pytest.mark.parametrize(
    ('form', 'values'),
    [
        (b'a=1&a=2&b=&c', {'a': '1', 'b': '', 'c': ''}),
        (b'&&a=b=c&', {'a': 'b=c'}),
        (b'a+b=%2B+%2b&%61%3D=%26', {'a b': '+ +', 'a=': '&'}),
        (b'a=100%&b=%&c=%4&d=%zz%41', {'a': '100%', 'b': '%', 'c': '%4', 'd': '%zzA'}),
        ('a=é&b=%C3%A9'.encode(), {'a': 'é', 'b': 'é'}),
        (b'a=%00%0A', {'a': '\x00\n'}),
        (b'', {}),
    ],
)
def test_forms(form: bytes, values: dict[str, str]) -> None:
    assert parse_form(form) == values


def test_a_form_without_boundary_is_a_form() -> None:
    assert parse_body(b'a=1&a=2&b=', 'multipart/form-data') == {'a': '1', 'b': ''}
