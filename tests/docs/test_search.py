"""The search of the documentation finds a chapter by the words that people search for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sphinx.search.en import SearchEnglish

from tests.docs.conftest import Once, built

# The chapters with a main index entry of these words. The search shows them first.
FOUND_FIRST = {
    'balance': {'guide/account'},
    'browser': {'phone-page'},
    'bulk sms': {'campaigns'},
    'call': {'guide/voice'},
    'callback': {'notifications'},
    'callback url': {'notifications'},
    'celery': {'beyond-one-machine'},
    'command line': {'command-line'},
    'conference': {'guide/voice'},
    'control api': {'reference/control-api'},
    'cron': {'beyond-one-machine'},
    'csv': {'campaigns', 'command-line'},
    'currency': {'money'},
    'decimal': {'money'},
    'dry run': {'campaigns', 'command-line'},
    'exactly once': {'campaigns', 'errors', 'notifications'},
    'exit code': {'command-line'},
    'float': {'money'},
    'gui': {'phone-page'},
    'idempotency': {'errors'},
    'install': {'quickstart'},
    'ivr': {'guide/ivr'},
    'json': {'command-line', 'reference/control-api'},
    'logging': {'errors', 'observability'},
    'mass texting': {'campaigns'},
    'metrics': {'observability'},
    'one-time code': {'cookbook/login'},
    'openapi': {'reference/control-api'},
    'opentelemetry': {'observability'},
    'opt-out': {'campaigns'},
    'pagination': {'guide/basics'},
    'postgresql': {'beyond-one-machine'},
    'price': {'money'},
    'profile': {'command-line'},
    'pytest': {'testing'},
    'queue': {'beyond-one-machine'},
    'quiet hours': {'campaigns'},
    'race condition': {'notification-race'},
    'rate limit': {'errors'},
    'redis': {'beyond-one-machine'},
    'rest': {'reference/control-api'},
    'resume': {'campaigns'},
    'retry': {'errors'},
    'sandbox': {'sandbox'},
    'sentry': {'observability'},
    'shell completion': {'command-line'},
    'sms': {'guide/sms'},
    'softphone': {'phone-page'},
    'stop': {'campaigns'},
    'sum': {'money'},
    'timeout': {'errors'},
    'tracing': {'observability'},
    'unsubscribe': {'campaigns'},
    'verification': {'cookbook/login', 'notifications'},
    'voicemail': {'guide/ivr'},
    'webhook': {'notifications'},
    'worker': {'beyond-one-machine'},
}
# The chapters with these words in their headings and text.
FOUND = {
    'bulk sms': {'campaigns', 'guide/sms'},
    'one-time code': {'cookbook/login', 'errors', 'guide/ivr', 'guide/sms'},
    'retry': {'guide/basics', 'guide/sms', 'notifications'},
    'verification': {'guide/sms'},
    'webhook': {'errors', 'guide/sms'},
}


@pytest.fixture(scope='module')
def index(once: Once) -> dict[str, Any]:
    text = (built(once) / 'searchindex.js').read_text('utf-8')
    found: dict[str, Any] = json.loads(text.removeprefix('Search.setIndex(').removesuffix(')'))
    return found


def main_entries(index: dict[str, Any], query: str) -> set[str]:
    entries = index['indexentries'].get(query, [])
    return {index['docnames'][number] for number, _, is_main in entries if is_main}


def found(index: dict[str, Any], query: str) -> set[str]:
    """Return the chapters that have all words of a query in their headings and text."""
    english = SearchEnglish({})
    words = map(english.stem, english.split(query))
    return set.intersection(*(with_word(index, word) for word in words))


def with_word(index: dict[str, Any], word: str) -> set[str]:
    chapters: set[str] = set()
    for part in ('titleterms', 'terms'):
        numbers = index[part].get(word, [])
        # If only one chapter has the word, Sphinx does not write a list.
        numbers = [numbers] if isinstance(numbers, int) else numbers
        chapters |= {index['docnames'][number] for number in numbers}
    return chapters


@pytest.mark.slow
@pytest.mark.parametrize('query', FOUND_FIRST)
def test_the_search_shows_the_right_chapter_first(index: dict[str, Any], query: str) -> None:
    assert main_entries(index, query) == FOUND_FIRST[query]


@pytest.mark.slow
@pytest.mark.parametrize('query', FOUND)
def test_the_search_finds_the_words(index: dict[str, Any], query: str) -> None:
    assert found(index, query) >= FOUND[query]


@pytest.mark.slow
def test_an_unknown_word_is_in_no_chapter(index: dict[str, Any]) -> None:
    assert found(index, 'webhook zeppelin') == set()
