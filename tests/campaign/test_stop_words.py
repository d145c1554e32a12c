from __future__ import annotations

import pytest

from hoiio.campaign.stop_words import is_stop


@pytest.mark.parametrize(
    'text',
    [
        *('STOP', 'stop', ' Stop! ', '"stop"', 'STOP.', 'Stop \U0001f64f', 'stop\u200b\n'),
        *('STOP ALL', 'stopall', 'Unsubscribe', 'unsub', 'CANCEL', 'End.', 'quit', 'Opt-out'),
        *('opt out', 'Revoke', '\uff33\uff34\uff2f\uff30'),
    ],
)
def test_a_stop_word_alone_asks_for_no_more(text: str) -> None:
    assert is_stop(text)


@pytest.mark.parametrize(
    'text',
    [
        *('', ' ', '!', 'ok', '1', 'stopp', 'nonstop', 'Stop stop', 'Please stop texting me'),
        *("don't stop", 'Stop at my house on Monday', 'cancel my appointment', 'the end'),
    ],
)
def test_anything_else_does_not(text: str) -> None:
    assert not is_stop(text)
