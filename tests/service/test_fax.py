from __future__ import annotations

import base64
import errno
import io
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile
from werkzeug.datastructures import FileStorage

from hoiio import (
    FaxFileUnreadable,
    FaxStatus,
    FaxType,
    HoiioClient,
    HoiioException,
    InputInvalid,
    Response,
    Transaction,
)
from hoiio.service.fax import Fax, FaxHistory, FaxRate, FaxRecord, FaxReport
from tests.conftest import Api

# The second line is what programs write to show that a PDF is binary; it is no UTF-8.
PDF = b'%PDF-1.4\n%\xe2\xe3\xcf\xd3\n%%EOF\n'
PDF_BASE64 = base64.b64encode(PDF).decode()

TWO_MB = 2 * 1024 * 1024

OPTIONS = {'tag': 'myapp', 'notify_url': 'http://my.server.com/myscript'}

SENT: dict[str, tuple[Callable[[Fax], Response], type[Response], str, dict[str, str]]] = {
    'send': (
        lambda fax: fax.send('+6511111111', PDF),
        Transaction,
        'fax/send',
        {'dest': '+6511111111', 'file': PDF_BASE64},
    ),
    'send with every option': (
        lambda fax: fax.send(
            '+6511111111',
            PDF,
            filename='awesome-file.pdf',
            caller_id='+6533333333',
            fax_header='From us',
            tag='myapp',
            notify_url='http://my.server.com/myscript',
            extra={'quality': 'fine'},
        ),
        Transaction,
        'fax/send',
        {
            'dest': '+6511111111',
            'file': PDF_BASE64,
            'filename': 'awesome-file.pdf',
            'caller_id': '+6533333333',
            'fax_header': 'From us',
            **OPTIONS,
            'quality': 'fine',
        },
    ),
    'send without a header': (
        lambda fax: fax.send('+6511111111', PDF, fax_header=''),
        Transaction,
        'fax/send',
        {'dest': '+6511111111', 'file': PDF_BASE64, 'fax_header': ''},
    ),
    'status': (
        lambda fax: fax.status('TX-1', extra={'verbose': '1'}),
        FaxReport,
        'fax/query_status',
        {'txn_ref': 'TX-1', 'verbose': '1'},
    ),
    'history': (lambda fax: fax.history(), FaxHistory, 'fax/get_history', {}),
    'history with every option': (
        lambda fax: fax.history(
            from_='2010-01-01 00:00:00',
            to='2012-01-01 00:00:00',
            page=3,
            type='incoming',
            page_size=50,
            extra={'dest': '+6511111111'},
        ),
        FaxHistory,
        'fax/get_history',
        {
            'from': '2010-01-01 00:00:00',
            'to': '2012-01-01 00:00:00',
            'page': '3',
            'type': 'incoming',
            'page_size': '50',
            'dest': '+6511111111',
        },
    ),
    'history with a word of the enum': (
        lambda fax: fax.history(type=FaxType.OUTGOING),
        FaxHistory,
        'fax/get_history',
        {'type': 'outgoing'},
    ),
    'rate': (
        lambda fax: fax.rate('+6511111111', extra={'currency': 'SGD'}),
        FaxRate,
        'fax/get_rate',
        {'dest': '+6511111111', 'currency': 'SGD'},
    ),
    'rate_in': (
        lambda fax: fax.rate_in('+6533333333', extra={'currency': 'SGD'}),
        FaxRate,
        'fax/get_rate',
        {'incoming': '+6533333333', 'currency': 'SGD'},
    ),
}

RECORD = {
    'txn_ref': 'TX-1234',
    'tag': 'my-tag',
    'src': '+6533333333',
    'dest': '+6511111111',
    'fax_status': 'answered',
    'fax_pages': '3',
    'fax_url': 'https://example.com/file.pdf',
    'date': '2012-01-31 12:06:15',
    'currency': 'SGD',
    'rate': '0.032',
    'debit': '0.064',
}

each_shape = pytest.mark.parametrize(
    'shape',
    [
        {},
        {'date': '2012-01-31 12:06:15.0'},
        {'fax_pages': 3, 'rate': 0.032, 'debit': 0.064},
    ],
    ids=['as printed', 'with a fraction of a second', 'with numbers'],
)


class Unseekable(io.BytesIO):
    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError(errno.ESPIPE, os.strerror(errno.ESPIPE))


class OnlyRead:
    def __init__(self, content: bytes) -> None:
        self.read = io.BytesIO(content).read


class Broken(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / 'Vertrag 合同.pdf'
    path.write_bytes(PDF)
    return path


def assert_is_the_record(fax: FaxRecord) -> None:
    assert (fax.txn_ref, fax.tag) == ('TX-1234', 'my-tag')
    assert (fax.src, fax.dest) == ('+6533333333', '+6511111111')
    assert fax.fax_status is FaxStatus.ANSWERED
    assert (fax.fax_pages, type(fax.fax_pages)) == (3, int)
    assert fax.fax_url == 'https://example.com/file.pdf'
    assert fax.date == datetime.fromisoformat('2012-01-31 12:06:15')
    assert (fax.currency, fax.rate, fax.debit) == ('SGD', 0.032, 0.064)


@pytest.mark.parametrize(('call', 'kind', 'operation', 'form'), SENT.values(), ids=SENT)
def test_what_is_sent(
    client: HoiioClient,
    api: Api,
    call: Callable[[Fax], Response],
    kind: type[Response],
    operation: str,
    form: dict[str, str],
) -> None:
    api.answers(operation)
    res = call(client.fax)
    assert api.form == form
    assert type(res) is kind
    assert res.is_success()


def test_send(client: HoiioClient, api: Api) -> None:
    api.answers('fax/send', txn_ref='TX-1234')
    res = client.fax.send('+6511111111', PDF)
    assert res.txn_ref == 'TX-1234'
    assert res.status == 'success_ok'


# The file and its name.


@pytest.mark.parametrize('kind', [str, Path])
def test_a_path(client: HoiioClient, api: Api, path: Path, kind: Callable[[Path], Any]) -> None:
    api.answers('fax/send')
    client.fax.send('+6511111111', kind(path))
    client.fax.send('+6511111111', kind(path), filename='shown.pdf')
    client.fax.send('+6511111111', filename=kind(path))
    own, shown, alone = api.forms
    assert own == {'dest': '+6511111111', 'file': PDF_BASE64, 'filename': 'Vertrag 合同.pdf'}
    assert shown == {**own, 'filename': 'shown.pdf'}
    assert alone == own


def test_a_relative_path(
    client: HoiioClient, api: Api, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    api.answers('fax/send')
    client.fax.send('+6511111111', path.name)
    assert api.form == {'dest': '+6511111111', 'file': PDF_BASE64, 'filename': path.name}


def test_a_name_that_is_a_path_object(client: HoiioClient, api: Api) -> None:
    api.answers('fax/send')
    client.fax.send('+6511111111', PDF, filename=Path('shown.pdf'))
    assert api.form['filename'] == 'shown.pdf'


@pytest.mark.parametrize('kind', [bytes, bytearray, memoryview, io.BytesIO, Unseekable, OnlyRead])
def test_a_content_without_a_name(
    client: HoiioClient, api: Api, kind: Callable[[bytes], Any]
) -> None:
    api.answers('fax/send')
    client.fax.send('+6511111111', kind(PDF))
    client.fax.send('+6511111111', kind(PDF), filename='shown.pdf')
    nameless, named = api.forms
    assert nameless == {'dest': '+6511111111', 'file': PDF_BASE64}
    assert named == {**nameless, 'filename': 'shown.pdf'}


def test_an_open_file(client: HoiioClient, api: Api, path: Path) -> None:
    api.answers('fax/send')
    with path.open('rb') as file:
        client.fax.send('+6511111111', file)
        assert file.tell() == 0
        client.fax.send('+6511111111', file, filename='shown.pdf')
        assert not file.closed
    own, shown = api.forms
    assert own == {'dest': '+6511111111', 'file': PDF_BASE64, 'filename': 'Vertrag 合同.pdf'}
    assert shown == {**own, 'filename': 'shown.pdf'}


def test_an_open_file_is_sent_from_its_place_and_left_there(
    client: HoiioClient, api: Api, path: Path
) -> None:
    path.write_bytes(b'mail header\n' + PDF)
    api.answers('fax/send')
    with path.open('rb') as file:
        file.readline()
        client.fax.send('+6511111111', file)
        assert file.tell() == 12
        assert file.read() == PDF
    assert api.form['file'] == PDF_BASE64


def test_a_file_that_is_known_by_its_number(client: HoiioClient, api: Api, path: Path) -> None:
    api.answers('fax/send')
    with os.fdopen(os.open(path, os.O_RDONLY), 'rb') as file:
        client.fax.send('+6511111111', file)
    assert api.form == {'dest': '+6511111111', 'file': PDF_BASE64}


def test_two_megabytes_are_accepted(client: HoiioClient, api: Api, path: Path) -> None:
    content = PDF.ljust(TWO_MB, b'\0')
    path.write_bytes(content)
    api.answers('fax/send')
    for file in (path, content, io.BytesIO(content)):
        client.fax.send('+6511111111', file)
    assert [base64.b64decode(form['file']) == content for form in api.forms] == [True] * 3


def test_a_byte_more_is_refused(client: HoiioClient, api: Api, path: Path) -> None:
    content = PDF.ljust(TWO_MB + 1, b'\0')
    path.write_bytes(content)
    stream = io.BytesIO(content)
    for file in (path, content, stream):
        with pytest.raises(InputInvalid, match=r'^the file to fax is larger than 2 MB$'):
            client.fax.send('+6511111111', file)
    assert stream.tell() == 0
    assert len(api.mock.calls) == 0


def test_the_mark_of_a_pdf_may_come_a_little_later(client: HoiioClient, api: Api) -> None:
    content = PDF.rjust(1024 + len(PDF) - len(b'%PDF-'), b'\n')
    api.answers('fax/send')
    client.fax.send('+6511111111', content)
    assert base64.b64decode(api.form['file']) == content
    with pytest.raises(InputInvalid, match='not a PDF'):
        client.fax.send('+6511111111', b'\n' + content)
    assert len(api.mock.calls) == 1


@pytest.mark.parametrize('content', [b'Hello.', b'PK\x03\x04', b'%PDF', b'%pdf-1.4'])
def test_what_is_no_pdf_is_refused(
    client: HoiioClient, api: Api, path: Path, content: bytes
) -> None:
    path.write_bytes(content)
    for file in (path, str(path), io.BytesIO(content), Unseekable(content)):
        with pytest.raises(InputInvalid, match=r'^the file to fax is not a PDF$') as caught:
            client.fax.send('+6511111111', file)
        assert not isinstance(caught.value, OSError)
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('file', [None, '', b''])
@pytest.mark.parametrize('filename', [None, ''])
def test_no_file(
    client: HoiioClient, api: Api, file: str | bytes | None, filename: str | None
) -> None:
    with pytest.raises(InputInvalid, match=r'^fax/send: file is missing$'):
        client.fax.send('+6511111111', file, filename=filename)
    assert len(api.mock.calls) == 0


@pytest.fixture(
    params=[
        lambda path: path.open(encoding='latin-1'),
        lambda path: path.open(encoding='utf-8'),
        lambda _: io.StringIO('%PDF-1.4'),
    ],
    ids=['decodable', 'not decodable', 'in memory'],
)
def text_file(request: pytest.FixtureRequest, path: Path) -> Iterator[Any]:
    with request.param(path) as file:
        yield file


def test_a_file_opened_as_text_is_refused(client: HoiioClient, api: Api, text_file: Any) -> None:
    with pytest.raises(InputInvalid, match=r"open it with mode 'rb'$"):
        client.fax.send('+6511111111', text_file)
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('keyword', ['file', 'filename'])
@pytest.mark.parametrize('kind', [str, Path])
@pytest.mark.parametrize(
    ('name', 'number'),
    [('missing.pdf', errno.ENOENT), ('', errno.EISDIR), ('x' * 300, errno.ENAMETOOLONG)],
    ids=['missing', 'directory', 'too long'],
)
def test_a_path_that_cannot_be_read(
    client: HoiioClient,
    api: Api,
    tmp_path: Path,
    keyword: str,
    kind: Callable[[Path], Any],
    name: str,
    number: int,
) -> None:
    path: Any = kind(tmp_path / name)
    with pytest.raises(FaxFileUnreadable, match=os.strerror(number)) as caught:
        client.fax.send('+6511111111', **{keyword: path})
    assert isinstance(caught.value, HoiioException)
    assert isinstance(caught.value, OSError)
    assert isinstance(caught.value, ValueError)
    assert caught.value.errno == number
    assert caught.value.filename == str(path)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == number
    assert len(api.mock.calls) == 0


def test_a_file_whose_reading_fails(client: HoiioClient, api: Api) -> None:
    with pytest.raises(FaxFileUnreadable, match=os.strerror(errno.EIO)) as caught:
        client.fax.send('+6511111111', Broken(PDF))
    assert caught.value.errno == errno.EIO
    assert isinstance(caught.value, OSError)
    assert caught.value.filename is None
    assert len(api.mock.calls) == 0


def test_a_file_opened_for_writing(client: HoiioClient, api: Api, path: Path) -> None:
    with path.open('wb') as file, pytest.raises(FaxFileUnreadable, match='read') as caught:
        client.fax.send('+6511111111', file)
    assert caught.value.filename == path.name
    assert len(api.mock.calls) == 0


def test_a_closed_file_is_refused(client: HoiioClient, api: Api, path: Path) -> None:
    with path.open('rb') as file:
        pass
    with pytest.raises(InputInvalid, match=r'^the file to fax must be '):
        client.fax.send('+6511111111', file)
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('file', [7, 1.5, ['contract.pdf'], {'file': PDF}])
def test_what_is_no_file_is_refused(client: HoiioClient, api: Api, file: Any) -> None:
    with pytest.raises(InputInvalid, match=r'^the file to fax must be a path, bytes, or a file'):
        client.fax.send('+6511111111', file)
    assert len(api.mock.calls) == 0


def test_a_path_with_a_null_is_refused(client: HoiioClient, api: Api) -> None:
    with pytest.raises(InputInvalid, match=r'^the file to fax must be '):
        client.fax.send('+6511111111', 'contract\0.pdf')
    assert len(api.mock.calls) == 0


# What Hoiio tells of faxes.


def test_prefix_completes_every_number(api: Api) -> None:
    fax = HoiioClient('APP', 'TOKEN', prefix='65').fax
    api.answers('fax/send')
    api.answers('fax/get_rate')
    fax.send('11111111', PDF, caller_id='33333333')
    fax.send('+8522222222', PDF, caller_id='private')
    fax.rate('11111111')
    fax.rate_in('33333333')
    assert api.forms == [
        {'dest': '+6511111111', 'file': PDF_BASE64, 'caller_id': '+6533333333'},
        {'dest': '+8522222222', 'file': PDF_BASE64, 'caller_id': 'private'},
        {'dest': '+6511111111'},
        {'incoming': '+6533333333'},
    ]


@each_shape
def test_status(client: HoiioClient, api: Api, shape: dict[str, Any]) -> None:
    api.answers('fax/query_status', **{**RECORD, **shape})
    res = client.fax.status('TX-1234')
    assert isinstance(res, FaxRecord)
    assert_is_the_record(res)


def test_status_of_a_fax_under_way(client: HoiioClient, api: Api) -> None:
    over = {'tag', 'debit', 'fax_pages', 'fax_url'}
    under_way = {name: value for name, value in RECORD.items() if name not in over}
    api.answers('fax/query_status', **{**under_way, 'fax_status': 'ongoing', 'src': ''})
    res = client.fax.status('TX-1234')
    assert res.fax_status is FaxStatus.ONGOING
    assert res.src is None
    assert [getattr(res, name) for name in over] == [None] * len(over)


@pytest.mark.parametrize('word', [*FaxStatus, 'no_paper'])
def test_status_words(client: HoiioClient, api: Api, word: str) -> None:
    api.answers('fax/query_status', fax_status=str(word))
    status = client.fax.status('TX-1234').fax_status
    assert status == word
    assert isinstance(status, FaxStatus)


@each_shape
@pytest.mark.parametrize('counts', [('234', '2'), (234, 2)])
def test_history(
    client: HoiioClient, api: Api, shape: dict[str, Any], counts: tuple[Any, Any]
) -> None:
    api.answers(
        'fax/get_history',
        total_entries_count=counts[0],
        entries_count=counts[1],
        entries=[{**RECORD, **shape}, {'txn_ref': 'TX-1235', 'src': '', 'fax_status': 'busy'}],
    )
    res = client.fax.history()
    assert (res.total_entries_count, res.entries_count) == (234, 2)
    answered, busy = res.entries
    assert type(answered) is type(busy) is FaxRecord
    assert_is_the_record(answered)
    assert (busy.fax_status, busy.src) == (FaxStatus.BUSY, None)
    assert (busy.fax_url, busy.fax_pages, busy.tag) == (None, None, None)
    with pytest.raises(AttributeError, match=r"^FaxRecord has no 'rate': Hoiio left it out$"):
        _ = busy.rate


def test_find(client: HoiioClient, api: Api) -> None:
    api.answers('fax/get_history', entries=[{'txn_ref': 'TX-1235'}, RECORD])
    more: Any = {'type': 'outgoing'}
    fax = client.fax.find('my-tag', from_='2012-01-01 08:00:00', **more)
    assert type(fax) is FaxRecord
    assert_is_the_record(fax)
    assert api.form == {'from': '2012-01-01 08:00:00', 'type': 'outgoing'}


@pytest.mark.parametrize('rate', ['0.015', 0.015])
@pytest.mark.parametrize('method', ['rate', 'rate_in'])
def test_rate(client: HoiioClient, api: Api, method: str, rate: Any) -> None:
    api.answers('fax/get_rate', currency='SGD', rate=rate)
    res: FaxRate = getattr(client.fax, method)('+6511111111')
    assert (res.currency, res.rate) == ('SGD', 0.015)
    assert type(res.rate) is float


@pytest.mark.parametrize(
    ('operation', 'status', 'call'),
    [
        ('fax/send', 'error_page_size_invalid', lambda fax: fax.send('+651', PDF)),
        ('fax/query_status', 'error_invalid_txn_ref', lambda fax: fax.status('TX-0')),
        ('fax/get_history', 'error_invalid_type', lambda fax: fax.history(type='lost')),
        ('fax/get_rate', 'error_dest_invalid', lambda fax: fax.rate('1')),
        ('fax/get_rate', 'error_number_not_assigned', lambda fax: fax.rate_in('+651')),
    ],
)
def test_a_refusal_is_the_status(
    client: HoiioClient, api: Api, operation: str, status: str, call: Callable[[Fax], Response]
) -> None:
    api.answers(operation, status=status)
    res = call(client.fax)
    assert (res.status, res.is_success()) == (status, False)
    assert type(res.status).__members__[status.removeprefix('error_').upper()] is res.status


class Dribbling(io.RawIOBase):
    """A file that gives a part at a time, as a pipe does."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        part, self._content = self._content[:7], self._content[7:]
        return part


def test_a_file_that_comes_in_parts_is_sent_whole(client: HoiioClient, api: Api) -> None:
    api.answers('fax/send')
    content = b'%PDF-1.4 ' + b'x' * 100
    file: Any = Dribbling(content)
    client.fax.send('+6511111111', file)
    assert base64.b64decode(api.form['file']) == content


class Silent:
    def read(self, size: int) -> None:
        return None


class Unsized:
    def read(self) -> bytes:
        return b'%PDF-1.4'


@pytest.mark.parametrize('file', [Silent(), Unsized(), 5], ids=['None', 'no size', 'number'])
def test_what_reads_like_no_file_is_refused(client: HoiioClient, api: Api, file: Any) -> None:
    with pytest.raises(InputInvalid, match='a path, bytes, or a file'):
        client.fax.send('+6511111111', file)
    assert len(api.mock.calls) == 0


def test_a_name_that_is_no_text_is_left_to_hoiio(
    client: HoiioClient, api: Api, tmp_path: Path
) -> None:
    path = tmp_path / 'f\udcffx.pdf'
    path.write_bytes(b'%PDF-1.4')
    api.answers('fax/send')
    client.fax.send('+6511111111', path)
    assert 'filename' not in api.form


@pytest.mark.parametrize('file', [bytearray(b'%PDF-1.4'), memoryview(b'%PDF-1.4')])
def test_other_kinds_of_bytes(client: HoiioClient, api: Api, file: Any) -> None:
    api.answers('fax/send')
    client.fax.send('+6511111111', file, filename=5)  # type: ignore[arg-type]
    assert base64.b64decode(api.form['file']) == b'%PDF-1.4'
    assert api.form['filename'] == '5'


# What a path or a stream may be, and what not.


def test_a_pipe_is_refused_and_not_waited_for(
    client: HoiioClient, api: Api, tmp_path: Path
) -> None:
    pipe = tmp_path / 'letter.pdf'
    os.mkfifo(pipe)
    for file in (pipe, str(pipe), '/dev/null'):
        with pytest.raises(InputInvalid, match='a pipe or a device; read it and pass its bytes'):
            client.fax.send('+6511111111', file)
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('given', [3, len(PDF)], ids=['into it', 'to its end'])
def test_a_stream_that_was_read_before_is_to_be_rewound(
    client: HoiioClient, api: Api, path: Path, given: int
) -> None:
    api.answers('fax/send')
    with path.open('rb') as opened:
        for file in (opened, io.BytesIO(PDF)):
            file.read(given)
            with pytest.raises(InputInvalid, match=r'rewind it with file\.seek\(0\)$'):
                client.fax.send('+6511111111', file)
            assert file.tell() == given
            file.seek(0)
            client.fax.send('+6511111111', file)
    assert [form['file'] for form in api.forms] == [PDF_BASE64] * 2


@pytest.mark.parametrize('kind', [Unseekable, OnlyRead])
def test_a_stream_that_is_used_up_is_no_empty_fax(
    client: HoiioClient, api: Api, kind: Callable[[bytes], Any]
) -> None:
    with pytest.raises(InputInvalid, match='if you have read from it, rewind it'):
        client.fax.send('+6511111111', kind(b''))
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('file', [b'', io.BytesIO(b'')], ids=['bytes', 'stream'])
def test_nothing_is_no_pdf(client: HoiioClient, api: Api, file: Any) -> None:
    with pytest.raises(InputInvalid, match=r'not a PDF|file is missing|no PDF begins'):
        client.fax.send('+6511111111', file)
    assert len(api.mock.calls) == 0


def test_an_upload_of_flask_has_the_name_of_its_file(client: HoiioClient, api: Api) -> None:
    api.answers('fax/send')
    for filename in ('Vertrag.pdf', 'C/Vertrag.pdf', '', None):
        upload: Any = FileStorage(io.BytesIO(PDF), filename, name='attachment')
        client.fax.send('+6511111111', upload)
    assert [form.get('filename') for form in api.forms] == [
        'Vertrag.pdf',
        'Vertrag.pdf',
        None,
        None,
    ]


def test_an_upload_of_django_has_the_name_of_its_file(client: HoiioClient, api: Api) -> None:
    api.answers('fax/send')
    upload: Any = InMemoryUploadedFile(
        io.BytesIO(PDF), 'attachment', 'Vertrag.pdf', 'application/pdf', len(PDF), None
    )
    client.fax.send('+6511111111', upload)
    assert api.form['filename'] == 'Vertrag.pdf'


@pytest.mark.parametrize(
    'text',
    [
        PDF_BASE64,
        base64.b64encode(PDF * 2000).decode(),
        'data:application/pdf;base64,' + PDF_BASE64,
        PDF.decode('latin-1'),
        'x/' * 3000,
    ],
    ids=['base64', 'long base64', 'URL', 'content', 'long'],
)
@pytest.mark.parametrize('keyword', ['file', 'filename'])
def test_a_text_that_is_not_a_path_is_refused_and_not_quoted(
    client: HoiioClient, api: Api, keyword: str, text: str
) -> None:
    params: Any = {keyword: text}
    with pytest.raises(InputInvalid, match='not in base64') as caught:
        client.fax.send('+6511111111', **params)
    assert len(str(caught.value)) < 200
    assert not isinstance(caught.value, OSError)
    assert caught.value.__context__ is None
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('filename', [b'shown.pdf', 1.5, ['shown.pdf'], object()])
def test_a_name_that_is_not_text_is_refused(client: HoiioClient, api: Api, filename: Any) -> None:
    with pytest.raises(InputInvalid, match=r'^filename cannot be written as text'):
        client.fax.send('+6511111111', PDF, filename=filename)
    assert len(api.mock.calls) == 0
