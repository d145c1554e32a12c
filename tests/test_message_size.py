from __future__ import annotations

import pytest

from hoiio.message_size import measure


@pytest.mark.parametrize(
    ('text', 'parts', 'is_unicode'),
    [
        ('a' * 160, 1, False),
        ('a' * 161, 2, False),
        ('a' * 306, 2, False),
        ('a' * 307, 3, False),
        ('a' * 459, 3, False),
        ('a' * 460, 4, False),
        ('', 1, False),
        ('\n[]\\^{}|€' * 8 + 'a' * 16, 1, False),
        ('\n[]\\^{}|€' * 8 + 'a' * 17, 2, False),
        ('~' * 160, 1, False),
        ('字' * 70, 1, True),
        ('字' * 71, 2, True),
        ('字' * 134, 2, True),
        ('字' * 135, 3, True),
        ('字' * 201, 3, True),
        ('字' * 202, 4, True),
        ('😀' * 35, 1, True),
        ('😀' * 36, 2, True),
        ('`' * 71, 2, True),
    ],
)
def test_parts(text: str, parts: int, is_unicode: bool) -> None:
    assert measure(text) == (parts, is_unicode)
