"""The tests on every Python that the project supports: ``python -m nox``."""

from pathlib import Path

import nox

nox.needs_version = '>=2024.4'
# A machine rarely has all of them; nox says which ones it leaves out.
nox.options.error_on_missing_interpreters = False

PYTHONS = ['3.10', '3.11', '3.12', '3.13', '3.14']


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests. Arguments after ``--`` go to pytest."""
    session.install('-r', 'requirements.txt')
    session.run('python', '-m', 'pytest', *session.posargs)


@nox.session
def floors(session: nox.Session) -> None:
    """Run the fast tests with the lowest versions that setup.py allows."""
    session.install('--no-deps', '-e', '.')
    constraints = Path(session.create_tmp()) / 'floors.txt'
    lowest = session.run('python', '.ci/floors.py', silent=True)
    session.log(lowest)
    constraints.write_text(str(lowest), 'utf-8')
    session.install('-r', 'requirements.txt', '-c', str(constraints))
    session.run('python', '-m', 'pytest', '-q', '-n', 'auto', '-m', 'not slow', *session.posargs)
