"""The virtual environments of the contenders. Each one is created when it is first needed."""

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

#: The packages of each environment. The SDK itself comes from the checkout.
REQUIREMENTS: Mapping[str, tuple[str, ...]] = {
    'hoiio': (
        *('requests', 'httpx', 'urllib3', 'trustme', 'werkzeug', 'pytest'),
        *('sqlalchemy', 'tzdata', 'phonenumbers', 'platformdirs'),
    ),
    'twilio': ('twilio',),
    'plivo': ('plivo',),
    'vonage': ('vonage',),
    'stripe': ('stripe', 'requests'),
}

_SETTINGS = ('HOIIO_', 'PYTEST_', 'PYTHON', 'SSL_CERT_')
_SETTING_ENDINGS = ('_PROXY', '_CA_BUNDLE')

_VERSIONS = """
import json
from importlib.metadata import distributions
print(json.dumps({each.metadata['Name']: each.version for each in distributions()}))
"""

_OUR_VERSION = 'import json, hoiio; print(json.dumps(hoiio.__version__))'


class Unavailable(Exception):
    """Something cannot be measured. The message says why."""


class Environments(Protocol):
    """Finds the Python interpreter of a contender."""

    def python(self, name: str, /) -> str:
        """Return the interpreter of an environment.

        Raises:
            Unavailable: If there is none.
        """


class VirtualEnvironments:
    """Virtual environments in a directory. Existing ones are reused."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def python(self, name: str) -> str:
        """Return the interpreter of an environment, and create the environment if necessary."""
        home = self._directory / name
        python = home / ('Scripts/python.exe' if os.name == 'nt' else 'bin/python')
        # This file is written last, so that an incomplete environment is created again.
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
            raise Unavailable('its packages could not be installed') from None


class InPlace:
    """The current interpreter, with the packages that it has installed."""

    def python(self, _name: str) -> str:
        """Return the current interpreter. A contender that is not installed is left out."""
        return sys.executable


def clean(certificate: Path | None = None) -> dict[str, str]:
    """Return the environment variables of a measured process, without settings of the caller.

    Args:
        certificate: The only certificate authority to trust.
    """
    kept = {name: value for name, value in os.environ.items() if not _is_setting(name.upper())}
    trusted = {name: str(certificate) for name in ('REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE')}
    return {**kept, **(trusted if certificate else {}), 'PYTHONPATH': str(ROOT)}


def _is_setting(name: str) -> bool:
    return name.startswith(_SETTINGS) or name.endswith(_SETTING_ENDINGS)


def versions(python: str) -> dict[str, str]:
    """Return the installed packages of an interpreter, with their versions."""
    listed: dict[str, str] = json.loads(_run(python, '-I', '-c', _VERSIONS))
    return dict(sorted(listed.items(), key=lambda item: item[0].lower()))


def fingerprint() -> str:
    """Return a hash of the source of the SDK."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / 'hoiio').rglob('*.py')):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def our_version(python: str) -> str:
    """Return the version of the SDK in the checkout."""
    return str(json.loads(_run(python, '-c', _OUR_VERSION)))


def make_certificate(python: str, directory: Path) -> Path:
    """Create a certificate for the server, and return the authority to trust.

    Raises:
        Unavailable: If the certificate cannot be created.
    """
    try:
        _run(python, '-m', 'trustme', '-q', '-d', str(directory), '-i', 'localhost')
    except subprocess.CalledProcessError:
        raise Unavailable('trustme could not create a certificate') from None
    return directory / 'client.pem'


def _run(python: str, *args: str) -> str:
    command = [python, *args]
    done = subprocess.run(command, capture_output=True, check=True, cwd=ROOT, env=clean())  # noqa: S603
    return done.stdout.decode()
