"""Check that the sdist and the wheel hold what they should, and nothing else."""

import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

sdist, wheel = sorted(sys.argv[1:], key=lambda path: path.endswith('.whl'))

with tarfile.open(sdist) as archive:
    in_sdist = {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in archive.getnames()}
with zipfile.ZipFile(wheel) as archive:
    in_wheel = set(archive.namelist())

missing = {'README.rst', 'CHANGELOG.rst', 'LICENSE', 'setup.py', 'requirements.txt'} - in_sdist
missing |= {'hoiio/py.typed', 'docs/conf.py', 'tests/conftest.py', 'tests/wire.py'} - in_sdist
missing |= {'CONTRIBUTING.rst', 'docs/pictures/call-back.txt', 'docs/_static/hoiio.css'} - in_sdist
missing |= {'hoiio/py.typed', 'hoiio/service/sms.py', 'hoiio/sandbox/web/server.py'} - in_wheel
missing |= {'pytest_hoiio.py'} - in_wheel
page = [path for path in Path('hoiio/sandbox/web/page').rglob('*') if path.is_file()]
missing |= {path.as_posix() for path in page} - in_wheel
alien = {name for name in in_wheel if not name.startswith(('hoiio/', 'hoiio-', 'pytest_hoiio.py'))}
problems = [
    *(f'missing: {name}' for name in sorted(missing)),
    *(f'does not belong into the wheel: {name}' for name in sorted(alien)),
]
sys.exit('\n'.join(problems) or None)
