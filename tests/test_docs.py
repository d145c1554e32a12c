"""The snippets of the documentation, run chapter by chapter, their output compared."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / 'docs'
BLOCK = re.compile(r'\.\. code-block:: (python|text)\n\n((?: {4}.*\n|\n)+)')
CHAPTERS = ['notifications.rst', 'sandbox.rst']


@pytest.mark.parametrize('chapter', CHAPTERS)
def test_a_chapter_does_what_it_shows(chapter: str, capsys: pytest.CaptureFixture[str]) -> None:
    namespace: dict[str, object] = {'__name__': '__main__'}
    ran = 0
    for language, block in BLOCK.findall((DOCS / chapter).read_text('utf-8')):
        text = textwrap.dedent(block)
        if language == 'python':
            exec(compile(text, chapter, 'exec'), namespace)
            ran += 1
        else:
            assert capsys.readouterr().out.strip() == text.strip()
    assert ran >= 5, 'the snippets were not found'
    assert capsys.readouterr().out == ''
