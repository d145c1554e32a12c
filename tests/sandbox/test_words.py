"""The types of words list the same words as the tables and enums."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from hoiio import CallStatus, Status
from hoiio.sandbox import words
from hoiio.sandbox.api.operations import OPERATIONS
from hoiio.sandbox.faults import Kind
from hoiio.sandbox.presets.rates import TABLES
from hoiio.sandbox.presets.scripts import ANSWERS


@pytest.mark.parametrize(
    ('literal', 'rules'),
    [
        (words.Answering, ANSWERS),
        (words.ErrorStatus, [str(status) for status in Status if status.startswith('error_')]),
        (words.FaultKind, [kind.value for kind in Kind]),
        (words.OperationPath, OPERATIONS),
        (words.RatedService, TABLES),
        (words.Reaction, [str(status) for status in CallStatus if status != CallStatus.ONGOING]),
    ],
    ids=words.__all__,
)
def test_a_type_lists_exactly_the_accepted_words(literal: Any, rules: Any) -> None:
    assert list(get_args(literal)) == list(rules)
