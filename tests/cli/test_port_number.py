"""The port as the value of an option."""

from __future__ import annotations

from argparse import ArgumentTypeError

import pytest

from hoiio.cli.port_number import to_port
from tests.cli.conftest import Run


@pytest.mark.parametrize('text', ['0', '80', '65535', '00080'])
def test_a_port_is_a_number_up_to_65535(text: str) -> None:
    assert to_port(text) == int(text)


@pytest.mark.parametrize(
    'text', ['', '-1', '65536', '99999', '000080', '8.0', ' 80', '٨٠', '9' * 5000]
)
def test_anything_else_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ArgumentTypeError) as caught:
        to_port(text)
    assert str(caught.value).startswith('a port is a number from 0 to 65535, not ')
    assert len(str(caught.value)) < 160


@pytest.mark.parametrize('command', ['listen', 'sandbox'])
def test_each_command_with_a_port_refuses_it_in_the_same_words(run: Run, command: str) -> None:
    assert "a port is a number from 0 to 65535, not '٨'" in run(command, '--port', '٨').err
