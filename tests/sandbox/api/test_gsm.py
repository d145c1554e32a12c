from __future__ import annotations

import pytest

from hoiio.sandbox.api import gsm
from hoiio.sandbox.errors import Refused


def test_a_text_of_three_parts_is_measured() -> None:
    assert gsm.measure('a' * 459) == (3, False)


@pytest.mark.parametrize('text', ['a' * 460, '字' * 202])
def test_a_longer_text_is_refused(text: str) -> None:
    with pytest.raises(Refused, match='error_msg_too_big'):
        gsm.measure(text)
