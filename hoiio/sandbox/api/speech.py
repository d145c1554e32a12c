"""The ``msg`` of the IVR blocks: plain text, or markup with speech and audio files."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ...constants import Status
from ..errors import Refused
from . import checks
from .request import Request

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ['spoken']

LONGEST = 1000
LANGUAGES = frozenset(
    {
        *('ca', 'cs', 'da', 'de', 'el-GR', 'en', 'en-AU', 'en-CA', 'en-UK', 'es', 'es-MX', 'fi'),
        *('fr', 'fr-CA', 'hu', 'it', 'ja', 'ko', 'no', 'po', 'pt', 'pt-BR', 'ru', 'sv', 'tr'),
        *('zh', 'zh-HK', 'zh-TW'),
    }
)
GENDERS = frozenset({'female', 'male'})
AUDIO = ('.mp3', '.wav', '.gsm')


def spoken(request: Request) -> list[str]:
    """Return what a ``msg`` says, piece by piece; an audio file says its URL."""
    msg = request.get('msg')
    if msg is None:
        return []
    if len(msg) > LONGEST:
        raise Refused(Status.MSG_INVALID_LENGTH)
    return _parse(msg) if '<' in msg else [_words(msg)]


def _parse(msg: str) -> list[str]:
    from xml.etree import ElementTree as ET  # noqa: PLC0415 - few messages have markup

    try:
        # Inside an element no document type can be declared, hence no entity either.
        root = ET.fromstring(f'<msg>{msg}</msg>')  # noqa: S314
    except ET.ParseError as exc:
        raise Refused(Status.MSG_INVALID_XML) from exc
    pieces = [_outside(root.text)]
    for part in root:
        pieces += [_piece(part), _outside(part.tail)]
    return [piece for piece in pieces if piece]


def _outside(text: str | None) -> str:
    return _words(text) if text and text.strip() else ''


def _piece(part: Element) -> str:
    if len(part) or part.tag not in {'speech', 'url'}:
        raise Refused(Status.MSG_INVALID_XML)
    text = (part.text or '').strip()
    return _audio(text) if part.tag == 'url' else _speech(part, text)


def _speech(part: Element, text: str) -> str:
    if part.get('language', 'en') not in LANGUAGES:
        raise Refused(Status.MSG_INVALID_LANGUAGE)
    if part.get('gender', 'female') not in GENDERS:
        raise Refused(Status.MSG_INVALID_GENDER)
    return _words(text)


def _words(text: str) -> str:
    if not any(character.isalnum() for character in text):
        raise Refused(Status.MSG_CANNOT_CONVERT_TEXT)
    return text


def _audio(address: str) -> str:
    if not checks.is_url(address):
        raise Refused(Status.MSG_INVALID_URL)
    if not urlsplit(address).path.lower().endswith(AUDIO):
        raise Refused(Status.MSG_INVALID_FILE_FORMAT)
    if not checks.resolves(address):
        raise Refused(Status.MSG_DOWNLOAD_FAILED)
    return address
