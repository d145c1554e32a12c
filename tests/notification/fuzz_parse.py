"""Fuzz the notifications: any input may raise only an exception of the SDK.

python tests/notification/fuzz_parse.py -max_total_time=20
"""

from __future__ import annotations

import hashlib
import hmac
import pickle
import sys
from contextlib import suppress

import atheris

with atheris.instrument_imports(include=['hoiio', 'urllib']):
    from hoiio import HoiioClient, HoiioException, NotificationInvalid
    from hoiio.notification import Notification

CLIENT = HoiioClient('APP', 'TOKEN')
WORDS = (
    b'session=S-1&call_state=ongoing&ivr_block=gather&digits=1',
    b'txn_ref=AA-S-1&sms_status=delivered&date=2012-06-06+11%3A15%3A20.0&debit=0.032',
    b'call_status_dest1=answered&dest2=%2B65&duration=1',
    b'bulk_txn_ref=AA-B-1&status=success_ok',
    b'msg=a&from=%2B65&to=%2B66',
    b'fax_status=busy&fax_pages=3',
)


def one(data: bytes) -> None:
    """Parse one input: unsigned, signed, and signed together with a real form."""
    provider = atheris.FuzzedDataProvider(data)
    word = provider.PickValueInList(list(WORDS))
    noise = provider.ConsumeBytes(provider.remaining_bytes())
    for body in (noise, word + b'&' + noise, noise + b'&' + word):
        signature = hmac.new(b'TOKEN', body, hashlib.sha256).hexdigest()
        with suppress(NotificationInvalid):
            read(CLIENT.notification.parse(body, signature, query=noise[:64]))
        try:
            CLIENT.notification.parse(body, noise[:64])
        except NotificationInvalid:
            pass
        else:
            raise AssertionError('a forged notification was taken')


def read(notification: Notification) -> None:
    """Read every field, as an application might."""
    for name in dir(notification):
        with suppress(HoiioException):
            getattr(notification, name, None)
    assert type(pickle.loads(pickle.dumps(notification))) is type(notification)


if __name__ == '__main__':
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
