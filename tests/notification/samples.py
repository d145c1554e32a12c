"""Sample notifications of the service, and functions that sign and parse one."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from urllib.parse import urlencode

from hoiio import HoiioClient

CALL_ENDED = (
    b'duration=0&rate=0.036&dest2=%2B6500000000&call_status_dest1=answered&call_status_dest2='
    b'failed&tag=&debit=0.000&date=2012-06-06+11%3A10%3A36.0&dest1=%2B6500000000&txn_ref='
    b'AA-C-2517398&currency=SGD'
)
SMS_DELIVERY = (
    b'rate=0.032&dest=%2B6500000000&tag=&sms_status=delivered&debit=0.032&date=2012-06-06+11%3A15'
    b'%3A20.0&split_count=1&txn_ref=AA-S-471804&currency=SGD'
)
INCOMING_SMS = (
    b'to=%2B16501234567&debit=0.013&from=%2B16201234567&date=2012-10-30+12%3A20%3A50&msg='
    b'hoiio+world&txn_ref=AA-SI-85&currency=SGD'
)
GATHERED = (
    b'ivr_block=gather&session=S-1234&txn_ref=TX-1234&call_state=ongoing&digits=1&from='
    b'%2B6511111111&to=%2B6522222222&tag=myapp'
)
ENDED = {'date': '2012-01-31 12:06:15', 'duration': '2', 'rate': '0.018', 'debit': '0.036'}
IVR = {'session': 'S-1', 'txn_ref': 'TX-1', 'call_state': 'ongoing'}


def sign(body: bytes, token: str = 'TOKEN') -> str:
    return hmac.new(token.encode(), body, hashlib.sha256).hexdigest()


def parse(client: HoiioClient, body: bytes | dict[str, str]) -> Any:
    raw = urlencode(body).encode() if isinstance(body, dict) else body
    return client.notification.parse(raw, sign(raw))
