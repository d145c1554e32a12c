"""Parse the ``msg`` of an IVR block: plain text, or XML with speech and audio files."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ...constants import Status
from ..errors import Refused
from ..state.records import Piece
from . import checks
from .request import Request

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ['parse_msg']

MAX_MSG_LENGTH = 1000
LANGUAGES = frozenset(
    {
        *('ca', 'cs', 'da', 'de', 'el-GR', 'en', 'en-AU', 'en-CA', 'en-UK', 'es', 'es-MX', 'fi'),
        *('fr', 'fr-CA', 'hu', 'it', 'ja', 'ko', 'no', 'po', 'pt', 'pt-BR', 'ru', 'sv', 'tr'),
        *('zh', 'zh-HK', 'zh-TW'),
    }
)
GENDERS = frozenset({'female', 'male'})
AUDIO_SUFFIXES = ('.mp3', '.wav', '.gsm')


def parse_msg(request: Request) -> list[Piece]:
    """Return the pieces of a ``msg`` in order. The piece of an audio file is its URL."""
    msg = request.get('msg')
    if msg is None:
        return []
    if len(msg) > MAX_MSG_LENGTH:
        raise Refused(Status.MSG_INVALID_LENGTH)
    return _parse_xml(msg) if '<' in msg else [Piece(_check_text(msg))]


def _parse_xml(msg: str) -> list[Piece]:
    from xml.etree import ElementTree as ET  # noqa: PLC0415 - few messages are XML

    try:
        # A document type cannot be declared inside an element, so the XML cannot define entities.
        root = ET.fromstring(f'<msg>{msg}</msg>')  # noqa: S314
    except ET.ParseError as exc:
        raise Refused(Status.MSG_INVALID_XML) from exc
    pieces = [_plain_text(root.text)]
    for part in root:
        pieces += [_piece(part), _plain_text(part.tail)]
    return [piece for piece in pieces if piece is not None]


def _plain_text(text: str | None) -> Piece | None:
    return Piece(_check_text(text)) if text and text.strip() else None


def _piece(part: Element) -> Piece:
    if len(part) or part.tag not in {'speech', 'url'}:
        raise Refused(Status.MSG_INVALID_XML)
    text = (part.text or '').strip()
    if part.tag == 'url':
        return Piece(_check_audio_url(text), language=None, gender=None)
    return _speech(part, text)


def _speech(part: Element, text: str) -> Piece:
    language, gender = part.get('language', 'en'), part.get('gender', 'female')
    if language not in LANGUAGES:
        raise Refused(Status.MSG_INVALID_LANGUAGE)
    if gender not in GENDERS:
        raise Refused(Status.MSG_INVALID_GENDER)
    return Piece(_check_text(text), language, gender)


def _check_text(text: str) -> str:
    if not any(character.isalnum() for character in text):
        raise Refused(Status.MSG_CANNOT_CONVERT_TEXT)
    return text


def _check_audio_url(address: str) -> str:
    if not checks.is_url(address):
        raise Refused(Status.MSG_INVALID_URL)
    if not urlsplit(address).path.lower().endswith(AUDIO_SUFFIXES):
        raise Refused(Status.MSG_INVALID_FILE_FORMAT)
    if not checks.resolves(address):
        raise Refused(Status.MSG_DOWNLOAD_FAILED)
    return address
