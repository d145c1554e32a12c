from __future__ import annotations

import sys

import pytest

from hoiio.cli.confirm import is_confirmed
from hoiio.cli.planned_request import PlannedRequest, plan
from hoiio.sandbox import Sandbox
from hoiio.service.fax import Fax
from hoiio.service.number import Number
from hoiio.service.sms import Sms
from hoiio.service.voice import Voice
from tests.cli.service_calls import ALICE, BOB
from tests.cli.terminal import at_a_terminal

NOT_KNOWN = (
    'The values of each recipient decide how many parts a message has, each for the price of a'
    ' message.'
)
PEOPLE = [{'dest': ALICE, 'name': 'Alice'}, {'dest': BOB, 'name': 'Bob'}]


def planned(request: PlannedRequest | None) -> PlannedRequest:
    assert request is not None
    return request


@pytest.mark.parametrize(
    ('request_', 'warning'),
    [
        (plan(Sms, 'send', ['x' * 160, ALICE], {}), None),
        (
            plan(Sms, 'send', ['x' * 161, ALICE], {}),
            'This sends 1 message of 2 parts, each for the price of a message.',
        ),
        (
            plan(Sms, 'send', ['x' * 460, ALICE], {}),
            'This sends 1 message of more than 3 parts, each for the price of a message.',
        ),
        (plan(Sms, 'bulk_send', ['Hi', ALICE], {}), None),
        (plan(Sms, 'bulk_send', ['Hi', ALICE, BOB], {}), 'This sends 2 messages.'),
        (
            plan(Sms, 'bulk_send', ['字' * 71, ALICE], {}),
            'This sends 1 message of 2 parts, each for the price of a message.',
        ),
        (
            plan(Sms, 'bulk_send', ['Hi {{name}}'], {'recipients': PEOPLE}),
            f'This sends 2 messages. {NOT_KNOWN}',
        ),
        (
            plan(Sms, 'bulk_send', ['Hi {{name}}'], {'recipients': PEOPLE[:1]}),
            f'This sends 1 message. {NOT_KNOWN}',
        ),
        (plan(Sms, 'bulk_send', ['Hi'], {'recipients': PEOPLE[:1]}), None),
        (
            plan(Sms, 'bulk_send', ['x' * 161], {'recipients': PEOPLE}),
            'This sends 2 messages of 2 parts, each for the price of a message.',
        ),
        (plan(Voice, 'call', [ALICE, BOB], {}), None),
        (plan(Voice, 'conference', [ALICE], {}), None),
        (
            plan(Voice, 'conference', [ALICE, BOB], {}),
            'This makes 2 calls.',
        ),
        (
            plan(Number, 'subscribe', ['+6531580000', 1], {}),
            'This rents +6531580000, and Hoiio charges for it now.',
        ),
        (plan(Fax, 'send', [ALICE, b'%PDF-1.4'], {}), None),
        (plan(Sms, 'history', [], {}), None),
    ],
)
def test_what_costs_more_than_one_message(
    request_: PlannedRequest | None, warning: str | None
) -> None:
    assert planned(request_).warning() == warning


TWO = planned(plan(Sms, 'bulk_send', ['Hi', ALICE, BOB], {}))


class Keyboard:
    """Standard input at a terminal."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self._answer


class Screen:
    """Standard error at a terminal."""

    encoding = 'utf-8'

    def __init__(self) -> None:
        self.shown = ''

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> None:
        self.shown += text

    def flush(self) -> None:
        """Nothing waits."""


@pytest.mark.parametrize(
    ('answer', 'confirmed'),
    [('y\n', True), (' YES \n', True), ('n\n', False), ('\n', False), ('', False)],
)
def test_a_terminal_asks(answer: str, confirmed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, 'stdin', Keyboard(answer))
    monkeypatch.setattr(sys, 'stderr', screen)
    assert is_confirmed(TWO, yes=False) is confirmed
    asked = 'This sends 2 messages. Send it? [y/N] '
    assert screen.shown == (asked if confirmed else f'{asked}Nothing was sent.\n')


def test_elsewhere_it_needs_yes(capsys: pytest.CaptureFixture[str]) -> None:
    assert not is_confirmed(TWO, yes=False)
    expected = 'hoiio: This sends 2 messages. Nothing was sent. To go ahead, add --yes.\n'
    assert capsys.readouterr().err == expected
    assert is_confirmed(TWO, yes=True)
    assert is_confirmed(None, yes=False)
    assert capsys.readouterr().err == ''


@pytest.mark.slow
@pytest.mark.parametrize(('answer', 'sent'), [('y', 2), ('n', 0)])
def test_a_person_is_asked_before_two_messages(answer: str, sent: int, account: Sandbox) -> None:
    command = (sys.executable, '-m', 'hoiio', 'sms', 'bulk-send', 'Hi', ALICE, BOB)
    with at_a_terminal(*command) as terminal:
        terminal.wait_for('Send it? [y/N] ')
        terminal.press(f'{answer}\n')
        terminal.wait_for('AA-B-1' if sent else 'Nothing was sent.')
        assert terminal.process.wait() == (0 if sent else 2)
    assert sum(len(account.phone(number).inbox) for number in (ALICE, BOB)) == sent
