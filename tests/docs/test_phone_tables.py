"""Which tables a phone shows as a list, and which ones scroll."""

from __future__ import annotations

import pytest

from docs.phone_tables import kind

WORD = 'error_concurrent_call_limit_reached'
PROSE = 'A sentence of more than nine words, which needs a wide column.'


@pytest.mark.parametrize(
    ('row', 'expected'),
    [
        (['tag', PROSE], ''),
        (['tag', 'string', PROSE], ''),
        (['1', '2', '3', '4', '5'], ''),
        ([WORD, 'Wait.'], 'stacked'),
        (['error_page_size_invalid', 'Wait.'], 'stacked'),
        (['TransportError', PROSE, PROSE], 'stacked'),
        (['I1', PROSE, PROSE, PROSE], 'wide'),
    ],
)
def test_a_table_that_is_too_wide_has_a_class(row: list[str], expected: str) -> None:
    head = [str(number) for number, _ in enumerate(row)]
    assert kind([head, row]) == expected


def test_one_wide_cell_is_enough() -> None:
    assert kind([['Status', 'What to do'], ['ok', ''], [WORD, 'Wait.']]) == 'stacked'
