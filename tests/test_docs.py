"""The snippets of the documentation, run chapter by chapter, their output compared."""

from __future__ import annotations

import logging
import re
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest import SkipTest

import pytest
from sybil import Document, Example, Region, Sybil
from sybil.parsers.rest import CodeBlockParser, PythonCodeBlockParser, SkipParser
from sybil.typing import Parser

from hoiio.sandbox import Sandbox
from tests.console import Console

ROOT = Path(__file__).parent.parent
CHAPTERS = sorted(
    str(path.relative_to(ROOT))
    for path in (*ROOT.glob('*.rst'), *ROOT.glob('docs/**/*.rst'))
    if '_build' not in path.parts
)
SLOW = {
    f'docs/{name}.rst': pytest.param(f'docs/{name}.rst', marks=pytest.mark.slow)
    for name in (
        'beyond-one-machine',
        'campaigns',
        'coming-from-twilio',
        'command-line',
        'guide/ivr',
        'notifications',
        'observability',
        'testing',
    )
}

REASON = re.compile(r'(["\']).*\w.*\1')
# The name of the test's sandbox, but not the path of the control API.
HIDDEN = re.compile(r'(?<!/)\b_sandbox\b')
VISIBLE = re.compile(r'\.\. +code-block:: python')
# What nobody runs: a paragraph that ends with two colons, or a directive of any language.
LITERAL = re.compile(
    r'^(?P<indent> *)'
    r'(?P<opening>\.\. (?:code|code-block|sourcecode|parsed-literal)::.*|(?!\.\. ).*::) *\n'
    r'(?P<block>(?:\s*\n|(?P=indent) +\S.*\n)+)',
    re.MULTILINE,
)
RUN = re.compile(r'\.\. code-block:: (python|text)')
PYTHON = re.compile(r'\b(import hoiio|from hoiio|Hoiio\.)')


class Skip(SkipParser):
    """Skips a snippet as ``.. skip: next "why it cannot run"``; not without saying why."""

    def __call__(self, document: Document) -> Iterable[Region]:
        for region in super().__call__(document):
            action, reason = region.parsed
            if action != 'end' and not REASON.fullmatch(reason or ''):
                line = document.text.count('\n', 0, region.start) + 1
                pytest.fail(f'{document.path}:{line}: a skip without a reason', pytrace=False)
            yield region


class Chapter:
    """A chapter, with what its snippets have printed and nothing has shown yet."""

    def __init__(self, path: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        parsers: list[Parser] = [
            PythonCodeBlockParser(),
            CodeBlockParser('text', self._compare),
            CodeBlockParser('console', self._type),
            Skip(),
        ]
        self.document = Sybil(parsers, path=str(path.parent)).parse(path)
        self.document.namespace.update({'__name__': '__main__', '_sandbox': sandbox})
        self._capsys = capsys
        self._console = Console(sandbox)

    def run(self) -> None:
        self._printed()
        with _logging_as_it_was():
            self._run()
        assert self._printed() == '', f'{self.document.path}: printed after the last text block'

    def _run(self) -> None:
        for example in self.document.examples():
            if self._is_visible(example):
                assert not HIDDEN.search(example.parsed), (
                    f'{_place(example)}: no reader has _sandbox'
                )
            with suppress(SkipTest):
                example.evaluate()

    def _compare(self, example: Example) -> None:
        assert self._printed() == example.parsed.strip(), f'{_place(example)}: printed, and shown'

    def _type(self, example: Example) -> None:
        try:
            self._console.run(example.parsed)
        except AssertionError as exc:
            raise AssertionError(f'{_place(example)}: {exc}') from exc

    def _printed(self) -> str:
        return self._capsys.readouterr().out.strip()

    def _is_visible(self, example: Example) -> bool:
        return bool(VISIBLE.match(self.document.text[example.start :].lstrip()))


@contextmanager
def _logging_as_it_was() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in (None, 'hoiio', 'hoiio.sandbox')]
    before = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    try:
        yield
    finally:
        for logger, level, handlers in before:
            logger.setLevel(level)
            logger.handlers[:] = handlers


def _place(example: Example) -> str:
    return f'{example.path}:{example.line}'


@pytest.mark.parametrize('chapter', [SLOW.get(chapter, chapter) for chapter in CHAPTERS])
def test_a_chapter_does_what_it_shows(
    chapter: str, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    Chapter(ROOT / chapter, sandbox, capsys).run()


def unrun(text: str) -> list[str]:
    """List what looks like Python that uses the SDK, and is not run."""
    found = LITERAL.finditer(text)
    blocks = [each['block'] for each in found if not RUN.fullmatch(each['opening'])]
    return [line for line in '\n'.join(blocks).splitlines() if PYTHON.search(line)] + [
        line for line in text.splitlines() if line.lstrip().startswith('>>>')
    ]


@pytest.mark.parametrize('chapter', CHAPTERS)
def test_all_python_of_a_chapter_is_run(chapter: str) -> None:
    assert unrun((ROOT / chapter).read_text('utf-8')) == []


def test_the_chapters_are_found() -> None:
    assert {'README.rst', 'docs/index.rst', 'docs/sandbox.rst'} <= set(CHAPTERS)


# The tests above can fail.

PRINTS = """
.. code-block:: python

    print('one')
"""


def run(text: str, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    path = Path('chapter.rst').absolute()
    path.write_text(textwrap.dedent(text), 'utf-8')
    chapter = Chapter(path, sandbox, capsys)
    chapter.run()
    return chapter.document.namespace


@pytest.mark.parametrize(
    ('text', 'problem'),
    [
        (f'{PRINTS}\n.. code-block:: text\n\n    two\n', r"chapter\.rst:6: (.|\n)*'one' == 'two'"),
        (f'{PRINTS}\n.. code-block:: text\n\n    one\n{PRINTS}', 'printed after the last'),
        (f'{PRINTS}\n.. code-block:: text\n\n    one\n\n.. code-block:: text\n\n    1\n', ':10: '),
        ('.. skip: next\n', r'chapter\.rst:1: a skip without a reason'),
        ('Text.\n\n.. skip: next ""\n', r'chapter\.rst:3: a skip without a reason'),
        ('.. skip: next if(True, "no")\n', 'a skip without a reason'),
        ('.. code-block:: python\n\n    print(_sandbox)\n', 'no reader has _sandbox'),
    ],
)
def test_what_a_chapter_may_not_do(
    text: str, problem: str, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception), match=problem):
        run(text, sandbox, capsys)


def test_a_snippet_that_fails_is_shown_at_its_line(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run('Text.\n\n.. code-block:: python\n\n    one = 1\n    one / 0\n', sandbox, capsys)
    assert (caught.traceback[-1].path, caught.traceback[-1].lineno + 1) == (
        Path('chapter.rst').absolute(),
        6,
    )


def test_a_chapter_leaves_logging_as_it_was(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    logger = logging.getLogger('hoiio')
    before = (logger.level, logger.handlers[:])
    text = """
        .. code-block:: python

            import logging, sys
            logging.getLogger('hoiio').addHandler(logging.StreamHandler(sys.stdout))
            logging.getLogger('hoiio').setLevel(logging.DEBUG)
    """
    run(text, sandbox, capsys)
    assert (logger.level, logger.handlers) == before


def test_what_a_chapter_may_do(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    text = f"""
        .. invisible-code-block: python

            ran = [_sandbox]

        .. skip: next "it has no end"

        .. code-block:: python

            ran.append('skipped')

        .. code-block:: python

            ran.append('run')
        {textwrap.indent(PRINTS, ' ' * 8)}
        {textwrap.indent(PRINTS, ' ' * 8)}
        .. code-block:: text

            one
            one
    """
    assert run(text, sandbox, capsys)['ran'] == [sandbox, 'run']


@pytest.mark.parametrize(
    'text',
    [
        'So::\n\n    from hoiio import Hoiio\n',
        '- so::\n\n      res = Hoiio.sms.rate_in(number)\n',
        '::\n\n    one\n\n    import hoiio\n',
        '.. code-block:: pycon\n\n    Hoiio.account.info()\n',
        '.. code-block:: console\n   :caption: So\n\n   $ python -c "import hoiio"\n',
        '.. code::\n\n    import hoiio\n',
        '.. code-block:: python3\n\n    import hoiio\n',
        '.. note::\n\n    So::\n\n        import hoiio\n',
        '>>> 1\n',
    ],
)
def test_python_that_is_not_run_is_found(text: str) -> None:
    assert len(unrun(f'Text.\n\n{text}\nText of ``Hoiio.sms``.\n')) == 1


def test_what_is_no_python_passes() -> None:
    text = 'So::\n\n    pip install hoiio\n\n.. note::\n\n    See ``Hoiio.sms``.\n'
    assert unrun(f'{text}\n.. code-block:: python\n\n    import hoiio\n') == []
