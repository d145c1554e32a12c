from __future__ import annotations

from hoiio.cli.docstring import read_docstring
from hoiio.service.base import CallOptions
from hoiio.service.sms import Sms


def test_a_method() -> None:
    read = read_docstring(Sms.send)
    assert read.sentence == 'Send an SMS'
    assert read.text.startswith('Send an SMS.\n\nPass the text first. The guide of 0.1.5 also')
    assert read.items['tag'] == 'Your own reference, at most 256 characters. find looks for it.'
    assert [*read.items] == ['msg', 'dest', 'sender_name', 'tag', 'notify_url']


def test_any_number_of_arguments() -> None:
    items = read_docstring(Sms.bulk_send).items
    assert items['dests'] == 'At most 1,000 numbers, as separate arguments or in a list.'
    assert items['allow_missing'].endswith('Hoiio sends {{…}} unchanged.')


def test_the_attributes_of_a_class() -> None:
    assert read_docstring(CallOptions).items['timeout'] == 'Another timeout, in seconds.'


def test_a_source_after_the_text() -> None:
    def hold() -> None:
        """Hold ``it``.

        Source: API.
        """

    assert read_docstring(hold) == ('Hold it', 'Hold it.', {})


def test_no_docstring() -> None:
    assert read_docstring(lambda: None) == ('', '', {})
