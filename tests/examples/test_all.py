"""Every example has tests and a place in the documentation."""

from __future__ import annotations

from pathlib import Path

from tests.examples.conftest import EXAMPLES

DOCS = EXAMPLES.parent / 'docs'


def test_every_program_has_tests() -> None:
    programs = {path.stem for path in EXAMPLES.glob('*.py')} | {'website'}
    tested = {path.stem.removeprefix('test_') for path in Path(__file__).parent.glob('test_*.py')}
    assert programs - {'serving'} <= tested


def test_every_file_is_in_the_documentation() -> None:
    text = ''.join(path.read_text('utf-8') for path in DOCS.glob('**/*.rst'))
    files = [path for path in sorted(EXAMPLES.glob('**/*.py')) if '__' not in path.name]
    missing = [
        str(path.relative_to(EXAMPLES))
        for path in files
        if f'examples/{path.relative_to(EXAMPLES).as_posix()}' not in text
        and path.parent.name != 'migrations'
    ]
    assert missing == ['serving.py', 'website/manage.py']
