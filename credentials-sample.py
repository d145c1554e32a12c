"""Credentials for the live tests.

Copy this file to credentials.py and fill it in. From then on the tests marked ``live`` run against
the real service, with real numbers and real money (``python -m pytest -m live`` runs these alone,
``-m "not live"`` all others); without credentials.py they run against the sandbox. Git ignores
credentials.py: keep it to yourself.
"""

# From the developer portal.
APP_ID = 'MY_APP_ID'
ACCESS_TOKEN = 'MY_ACCESS_TOKEN'

# Two phones of yours: they will ring and receive SMS. On a trial account, the first one must be
# the registered number, and only its SMS will arrive.
PHONE = '+6511111111'
SECOND_PHONE = '+6522222222'

# A fax machine of yours, or '' to skip the fax tests.
FAX = '+6533333333'
