"""Check that the sdist and the wheel hold what they should, and nothing else."""

import sys
import tarfile
import zipfile
from pathlib import PurePosixPath

sdist, wheel = sorted(sys.argv[1:], key=lambda path: path.endswith('.whl'))

with tarfile.open(sdist) as archive:
    in_sdist = {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in archive.getnames()}
with zipfile.ZipFile(wheel) as archive:
    in_wheel = set(archive.namelist())

missing = {'README.rst', 'LICENSE', 'setup.py', 'hoiio/py.typed'} - in_sdist
missing |= {'hoiio/py.typed', 'hoiio/service/sms.py', 'hoiio/sandbox/server.py'} - in_wheel
alien = {name for name in in_wheel if not name.startswith(('hoiio/', 'hoiio-'))}
tests = {name for name in in_wheel | in_sdist if PurePosixPath(name).parts[:1] == ('tests',)}

problems = [
    *(f'missing: {name}' for name in sorted(missing)),
    *(f'does not belong into the wheel: {name}' for name in sorted(alien)),
    *(f'a test is packaged: {name}' for name in sorted(tests & in_wheel)),
]
sys.exit('\n'.join(problems) or None)
