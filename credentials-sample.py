"""Credentials for the live tests.

Copy this file to credentials.py and fill it in. Then the tests marked ``live`` use the real
service, with real phones and real money. Without credentials.py, they use the sandbox. To run only
these tests, use ``python -m pytest -m live``. To run all others, use ``-m "not live"``. Git ignores
credentials.py. Do not share it.
"""

# From the developer portal.
APP_ID = 'MY_APP_ID'
ACCESS_TOKEN = 'MY_ACCESS_TOKEN'

# Two of your phones. They ring and receive SMS. If you have a trial account, the first one must be
# the registered number, and only its SMS arrive.
PHONE = '+6511111111'
SECOND_PHONE = '+6522222222'

# Your fax machine, or '' to skip the fax tests.
FAX = '+6533333333'
