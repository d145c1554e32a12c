"""The tables of the chapter on performance say what the file of results says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from docs.benchmark_table import RESULTS, TABLES, checks, sends, source


def ratio(median: float, spread: float = 0.0) -> dict[str, Any]:
    return {'ratio': {'median': median, 'low': median - spread, 'high': median + spread}}


OUTCOME: dict[str, Any] = {
    'date': '2026-01-01',
    'python': 'CPython 3.11.7',
    'platform': 'Linux x86_64, 2 CPUs',
    'hoiio': '1.0.0',
    'versions': {'hoiio': {'requests': '2.34.2', 'cffi': '2.1.1'}, 'vonage': {'vonage': '4.0'}},
    'sends': {
        'https': {'requests': ratio(1), 'vonage': ratio(1.1), 'hoiio': ratio(0.5, 0.01)},
        'http': {'requests': ratio(1), 'hoiio': ratio(0.4)},
    },
    'checks': [
        {'what': 'a page / json.loads', **ratio(1.1), 'at most': 1.2, 'holds': True},
        {'what': '8 threads / requests', **ratio(0.9), 'at least': 1.0, 'holds': False},
    ],
    'left_out': ['vonage over plain HTTP: it supports only TLS'],
}


def cells(table: str) -> list[list[str]]:
    """Read the rows of a list-table."""
    rows = table.replace('\\', '').partition('   * - ')[2].split('\n   * - ')
    return [[cell.strip() for cell in row.split('\n     - ')] for row in rows]


def test_sends_are_sorted_and_ours_stands_out() -> None:
    assert cells(sends(OUTCOME)) == [
        ['Client', 'TLS', 'plain'],
        ['**hoiio**', '0.50 (0.49 to 0.51)', '0.40'],
        ['requests.Session', '1.00', '1.00'],
        ['vonage', '1.10', 'n/a'],
    ]


def test_a_limit_that_is_missed_is_told() -> None:
    assert cells(checks(OUTCOME))[1:] == [
        ['a page / json.loads', '1.10', 'at most 1.20, kept'],
        ['8 threads / requests', '0.90', 'at least 1.00, **missed**'],
    ]


def test_the_source_names_what_was_compared() -> None:
    assert source(OUTCOME) == (
        'Measured on 2026-01-01 with CPython 3.11.7 on Linux x86_64, 2 CPUs: hoiio 1.0.0,'
        ' requests 2.34.2, vonage 4.0.'
        r' Left out: vonage over plain HTTP\: it supports only TLS.'
    )


@pytest.mark.parametrize('name', TABLES)
def test_the_results_in_the_repository_can_be_shown(name: str) -> None:
    assert 'hoiio' in TABLES[name](json.loads(RESULTS.read_text('utf-8')))
