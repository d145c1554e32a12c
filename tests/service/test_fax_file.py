"""The file that ``fax.send`` takes."""

from __future__ import annotations

import base64
import errno
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile
from werkzeug.datastructures import FileStorage

from hoiio import (
    FaxFileUnreadable,
    HoiioClient,
    HoiioException,
    InputInvalid,
)
from tests.conftest import Api

# Programs write the second line to show that a PDF is binary. It is not UTF-8.
PDF = b'%PDF-1.4\n%\xe2\xe3\xcf\xd3\n%%EOF\n'


PDF_BASE64 = base64.b64encode(PDF).decode()


TWO_MB = 2 * 1024 * 1024


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


@pytest.mark.parametrize('kind', [str, Path])
def test_a_path_is_read(
    client: HoiioClient, api: Api, path: Path, kind: Callable[[Path], Any]
) -> None:
    api.answers('fax/send')
    client.fax.send('+6511111111', kind(path))
    client.fax.send('+6511111111', kind(path), filename='shown.pdf')
    client.fax.send('+6511111111', filename=kind(path))
    own, shown, alone = api.forms
    assert own == {'dest': '+6511111111', 'file': PDF_BASE64, 'filename': 'Vertrag 合同.pdf'}
    assert shown == {**own, 'filename': 'shown.pdf'}
    assert alone == own


def test_a_relative_path_is_read(
    client: HoiioClient, api: Api, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    api.answers('fax/send')
    client.fax.send('+6511111111', path.name)
    assert api.form == {'dest': '+6511111111', 'file': PDF_BASE64, 'filename': path.name}


def test_a_filename_can_be_a_path_object(client: HoiioClient, api: Api) -> None:
    api.answers('fax/send')
    client.fax.send('+6511111111', PDF, filename=Path('shown.pdf'))
    assert api.form['filename'] == 'shown.pdf'


@pytest.mark.parametrize('kind', [bytes, bytearray, memoryview, io.BytesIO, Unseekable, OnlyRead])
def test_bytes_and_streams_do_not_have_a_name(
    client: HoiioClient, api: Api, kind: Callable[[bytes], Any]
) -> None:
    api.answers('fax/send')
    client.fax.send('+6511111111', kind(PDF))
    client.fax.send('+6511111111', kind(PDF), filename='shown.pdf')
    nameless, named = api.forms
    assert nameless == {'dest': '+6511111111', 'file': PDF_BASE64}
    assert named == {**nameless, 'filename': 'shown.pdf'}


def test_an_open_file_is_read(client: HoiioClient, api: Api, path: Path) -> None:
    api.answers('fax/send')
    with path.open('rb') as file:
        client.fax.send('+6511111111', file)
        assert file.tell() == 0
        client.fax.send('+6511111111', file, filename='shown.pdf')
        assert not file.closed
    own, shown = api.forms
    assert own == {'dest': '+6511111111', 'file': PDF_BASE64, 'filename': 'Vertrag 合同.pdf'}
    assert shown == {**own, 'filename': 'shown.pdf'}


def test_an_open_file_is_read_from_its_position_which_is_restored(
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


def test_a_file_opened_by_its_descriptor_does_not_have_a_name(
    client: HoiioClient, api: Api, path: Path
) -> None:
    api.answers('fax/send')
    with os.fdopen(os.open(path, os.O_RDONLY), 'rb') as file:
        client.fax.send('+6511111111', file)
    assert api.form == {'dest': '+6511111111', 'file': PDF_BASE64}


@pytest.mark.slow
def test_two_megabytes_are_sent(client: HoiioClient, api: Api, path: Path) -> None:
    content = PDF.ljust(TWO_MB, b'\0')
    path.write_bytes(content)
    api.answers('fax/send')
    for file in (path, content, io.BytesIO(content)):
        client.fax.send('+6511111111', file)
    assert [base64.b64decode(form['file']) == content for form in api.forms] == [True] * 3


def test_one_byte_more_is_refused(client: HoiioClient, api: Api, path: Path) -> None:
    content = PDF.ljust(TWO_MB + 1, b'\0')
    path.write_bytes(content)
    stream = io.BytesIO(content)
    for file in (path, content, stream):
        with pytest.raises(InputInvalid, match=r'^the file to fax is larger than 2 MB$'):
            client.fax.send('+6511111111', file)
    assert stream.tell() == 0
    assert len(api.mock.calls) == 0


def test_a_few_bytes_can_precede_the_pdf(client: HoiioClient, api: Api) -> None:
    content = PDF.rjust(1024 + len(PDF) - len(b'%PDF-'), b'\n')
    api.answers('fax/send')
    client.fax.send('+6511111111', content)
    assert base64.b64decode(api.form['file']) == content
    with pytest.raises(InputInvalid, match='not a PDF'):
        client.fax.send('+6511111111', b'\n' + content)
    assert len(api.mock.calls) == 1


@pytest.mark.parametrize('content', [b'Hello.', b'PK\x03\x04', b'%PDF', b'%pdf-1.4'])
def test_a_file_that_is_not_a_pdf_is_refused(
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
def test_a_missing_file_is_refused(
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
def test_a_path_that_cannot_be_read_is_an_os_error(
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


def test_a_read_that_fails_is_an_os_error(client: HoiioClient, api: Api) -> None:
    with pytest.raises(FaxFileUnreadable, match=os.strerror(errno.EIO)) as caught:
        client.fax.send('+6511111111', Broken(PDF))
    assert caught.value.errno == errno.EIO
    assert isinstance(caught.value, OSError)
    assert caught.value.filename is None
    assert len(api.mock.calls) == 0


def test_a_file_opened_for_writing_is_an_os_error(
    client: HoiioClient, api: Api, path: Path
) -> None:
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
def test_a_value_that_is_not_a_file_is_refused(client: HoiioClient, api: Api, file: Any) -> None:
    with pytest.raises(InputInvalid, match=r'^the file to fax must be a path, bytes, or a file'):
        client.fax.send('+6511111111', file)
    assert len(api.mock.calls) == 0


def test_a_path_with_a_null_character_is_refused(client: HoiioClient, api: Api) -> None:
    with pytest.raises(InputInvalid, match=r'^the file to fax must be '):
        client.fax.send('+6511111111', 'contract\0.pdf')
    assert len(api.mock.calls) == 0


class InParts(io.RawIOBase):
    """A file that returns a part at a time, as a pipe does."""

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
    file: Any = InParts(content)
    client.fax.send('+6511111111', file)
    assert base64.b64decode(api.form['file']) == content


class Silent:
    def read(self, size: int) -> None:
        return None


class Unsized:
    def read(self) -> bytes:
        return b'%PDF-1.4'


@pytest.mark.parametrize('file', [Silent(), Unsized(), 5], ids=['None', 'no size', 'number'])
def test_an_object_that_reads_unlike_a_file_is_refused(
    client: HoiioClient, api: Api, file: Any
) -> None:
    with pytest.raises(InputInvalid, match='a path, bytes, or a file'):
        client.fax.send('+6511111111', file)
    assert len(api.mock.calls) == 0


def test_a_file_name_that_is_not_utf8_is_not_sent(
    client: HoiioClient, api: Api, tmp_path: Path
) -> None:
    path = tmp_path / 'f\udcffx.pdf'
    path.write_bytes(b'%PDF-1.4')
    api.answers('fax/send')
    client.fax.send('+6511111111', path)
    assert 'filename' not in api.form


@pytest.mark.parametrize('file', [bytearray(b'%PDF-1.4'), memoryview(b'%PDF-1.4')])
def test_a_filename_can_be_a_number(client: HoiioClient, api: Api, file: Any) -> None:
    api.answers('fax/send')
    client.fax.send('+6511111111', file, filename=5)  # type: ignore[arg-type]
    assert base64.b64decode(api.form['file']) == b'%PDF-1.4'
    assert api.form['filename'] == '5'


@pytest.mark.parametrize(
    'number', ['+6511111111', '6511111111', ' +65 1111-1111', Path('+6511111111')]
)
def test_a_number_in_the_place_of_the_file_is_refused_and_not_quoted(
    client: HoiioClient, api: Api, path: Path, number: str | Path
) -> None:
    with pytest.raises(InputInvalid, match='pass the number first, and then the file') as caught:
        client.fax.send(str(path), number)
    assert '1111' not in str(caught.value)
    assert len(api.mock.calls) == 0


def test_a_file_can_have_the_name_of_a_number(
    client: HoiioClient, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path('20260131').write_bytes(PDF)
    api.answers('fax/send')
    client.fax.send('+6511111111', '20260131')
    assert api.form['filename'] == '20260131'


def test_a_pipe_is_refused_without_waiting(client: HoiioClient, api: Api, tmp_path: Path) -> None:
    pipe = tmp_path / 'letter.pdf'
    os.mkfifo(pipe)
    for file in (pipe, str(pipe), '/dev/null'):
        with pytest.raises(InputInvalid, match='a pipe or a device; read it and pass its bytes'):
            client.fax.send('+6511111111', file)
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('given', [3, len(PDF)], ids=['into it', 'to its end'])
def test_a_stream_that_was_read_before_is_refused(
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
def test_a_stream_that_was_read_to_its_end_is_refused(
    client: HoiioClient, api: Api, kind: Callable[[bytes], Any]
) -> None:
    with pytest.raises(InputInvalid, match='if you have read from it, rewind it'):
        client.fax.send('+6511111111', kind(b''))
    assert len(api.mock.calls) == 0


@pytest.mark.parametrize('file', [b'', io.BytesIO(b'')], ids=['bytes', 'stream'])
def test_empty_content_is_refused(client: HoiioClient, api: Api, file: Any) -> None:
    with pytest.raises(InputInvalid, match=r'not a PDF|file is missing|no PDF begins'):
        client.fax.send('+6511111111', file)
    assert len(api.mock.calls) == 0


def test_a_flask_upload_has_the_name_of_its_file(client: HoiioClient, api: Api) -> None:
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


def test_a_django_upload_has_the_name_of_its_file(client: HoiioClient, api: Api) -> None:
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
        '\n' + base64.encodebytes(PDF).decode(),
        base64.b64encode(PDF * 2000).decode(),
        'data:application/pdf;base64,' + PDF_BASE64,
        PDF.decode('latin-1'),
        'x/' * 3000,
    ],
    ids=['base64', 'base64 of an e-mail', 'long base64', 'URL', 'content', 'long'],
)
@pytest.mark.parametrize('keyword', ['file', 'filename'])
def test_text_that_is_not_a_path_is_refused_and_not_quoted(
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
def test_a_filename_that_is_not_text_is_refused(
    client: HoiioClient, api: Api, filename: Any
) -> None:
    with pytest.raises(InputInvalid, match=r'^filename cannot be written as text'):
        client.fax.send('+6511111111', PDF, filename=filename)
    assert len(api.mock.calls) == 0
