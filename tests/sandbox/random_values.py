"""Values and names of parameters, from which hypothesis generates requests."""

from __future__ import annotations

from hoiio.sandbox.api.operations import CREDENTIALS, OPERATIONS

WORDS = [
    '', '0', '1', '3', '12', '-1', '2.5', '9' * 400, 'x', 'private', 'room:', 'room:R1', 'enabled',
    'continue', 'fax', 'voice', 'kick', 'auto_extend', 'US', 'CA', 'SG', 'Company',
    '+6598765432', '+6591234567', '+14155550100', '+6531580001', ' 6598765432', '+0000000',
    '+6598765432,+6590000001', 'S1', 'S2', 'AA-S-1', 'AA-C-1', 'AA-F-1', 'http://127.0.0.1:9/',
    'http://[', 'http://x.invalid',
    '2026-01-01 00:00:00', '9999-12-31 23:59:59', '0001-01-01 00:00:00',
    '<speech>hi</speech>', '<', '{{dest}}', '[{"dest": "+6598765432"}]', '[[[',
    '{}', 'JVBERi0xLjQ=',
]  # fmt: skip
NAMES = sorted(
    {name for operation in OPERATIONS.values() for name in operation.known} - set(CREDENTIALS)
)
