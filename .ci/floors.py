"""Print the lowest versions that setup.py allows, as constraints for pip."""

import re
from importlib.metadata import requires

for requirement in requires('hoiio') or []:
    found = re.match(r'([\w.-]+)(?:\[[\w,]+\])?>=([\w.]+)', requirement)
    if found is None:
        raise SystemExit(f'setup.py gives no lowest version: {requirement}')
    print(f'{found[1]}=={found[2]}')
