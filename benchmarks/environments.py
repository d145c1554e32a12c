"""Where each contender lives: a virtual environment of its own, made when it is first needed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).parent.parent

#: What goes into each environment; the SDK itself is taken from the checkout.
REQUIREMENTS: Mapping[str, tuple[str, ...]] = {
    'hoiio': ('requests', 'httpx', 'urllib3', 'trustme', 'werkzeug'),
    'twilio': ('twilio',),
    'plivo': ('plivo',),
    'vonage': ('vonage',),
    'stripe': ('stripe', 'requests'),
}

_ALIEN = ('HOIIO_', 'PYTHON', 'SSL_CERT_')
_ALIEN_ENDINGS = ('_PROXY', '_CA_BUNDLE')

_VERSIONS = """
import json
from importlib.metadata import distributions
print(json.dumps({each.metadata['Name']: each.version for each in distributions()}))
"""

_OUR_VERSION = 'import json, hoiio; print(json.dumps(hoiio.__version__))'


class Unavailable(Exception):
    """Something cannot be measured, for a reason to be told."""


class Environments(Protocol):
    """Finds the Python that has a contender."""

    def python(self, name: str, /) -> str:
        """Return the interpreter of an environment.

        Raises:
            Unavailable: There is none.
        """


class VirtualEnvironments:
    """Environments below a directory; what is there already is used as it is."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def python(self, name: str) -> str:
        """Return the interpreter of an environment, which is made if there is none."""
        home = self._directory / name
        python = home / ('Scripts/python.exe' if os.name == 'nt' else 'bin/python')
        # Written last, so that what was interrupted is made anew.
        stamp = home / 'requirements.txt'
        wanted = '\n'.join(REQUIREMENTS[name])
        if not stamp.exists() or stamp.read_text('utf-8') != wanted:
            self._make(home, python, name)
            stamp.write_text(wanted, 'utf-8')
        return str(python)

    def _make(self, home: Path, python: Path, name: str) -> None:
        shutil.rmtree(home, ignore_errors=True)
        install = [str(python), '-m', 'pip', 'install', '--quiet', *REQUIREMENTS[name]]
        try:
            venv.create(home, with_pip=True, symlinks=os.name != 'nt')
            subprocess.run(install, capture_output=True, check=True)  # noqa: S603
        except (OSError, subprocess.CalledProcessError):
            raise Unavailable('it could not be installed') from None


class InPlace:
    """The running interpreter, for whatever it happens to have installed."""

    def python(self, _name: str) -> str:
        """Return the running interpreter; who is not installed will fail, and be left out."""
        return sys.executable


def clean(certificate: Path | None = None) -> dict[str, str]:
    """Return the environment of a process that measures: nothing of the caller's gets in.

    Args:
        certificate: The authority to trust, beside nobody.
    """
    kept = {name: value for name, value in os.environ.items() if not _is_alien(name.upper())}
    trusted = {name: str(certificate) for name in ('REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE')}
    return {**kept, **(trusted if certificate else {}), 'PYTHONPATH': str(ROOT)}


def _is_alien(name: str) -> bool:
    return name.startswith(_ALIEN) or name.endswith(_ALIEN_ENDINGS)


def versions(python: str) -> dict[str, str]:
    """List what an interpreter has installed."""
    listed: dict[str, str] = json.loads(_run(python, '-I', '-c', _VERSIONS))
    return dict(sorted(listed.items(), key=lambda item: item[0].lower()))


def fingerprint() -> str:
    """Return what changes whenever the source of the SDK does."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / 'hoiio').rglob('*.py')):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def our_version(python: str) -> str:
    """Tell the version of the checkout."""
    return str(json.loads(_run(python, '-c', _OUR_VERSION)))


def make_certificate(python: str, directory: Path) -> Path:
    """Make a certificate of this machine for the server, and return the one to trust.

    Raises:
        Unavailable: There is nothing to make it with.
    """
    try:
        _run(python, '-m', 'trustme', '-q', '-d', str(directory), '-i', 'localhost')
    except subprocess.CalledProcessError:
        raise Unavailable('trustme could not make a certificate') from None
    return directory / 'client.pem'


def _run(python: str, *args: str) -> str:
    command = [python, *args]
    done = subprocess.run(command, capture_output=True, check=True, cwd=ROOT, env=clean())  # noqa: S603
    return done.stdout.decode()
