"""A campaign with its people, and what must hold about it whatever happens."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hoiio import HoiioClient
from hoiio.campaign import Ledger, PersonState, PlannedPerson, Settings, Status
from hoiio.campaign.status import Person
from hoiio.sandbox import ACCESS_TOKEN, APP_ID, Sandbox
from tests.campaign.proof.processes import SECONDS, Orders, exit_code, send_here, start

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ['COST', 'SETTLE', 'Stage', 'inboxes', 'people']

#: The price of a message, in millionths.
COST = 32_000
#: A sandbox carries out a request before it answers, and most proofs end no process in between.
SETTLE = 0.25
REACHED = {PersonState.ACCEPTED, PersonState.DELIVERED}
_series = count()


def people(number: int) -> list[PlannedPerson]:
    """Return people whom no other campaign of this test run has."""
    first = 6_590_000_000 + 1_000 * next(_series)
    return [PlannedPerson(i + 2, f'+{first + i}', {}, 1, COST, None) for i in range(number)]


def inboxes(sandbox: Sandbox) -> Counter[str]:
    """Count the messages that each number has received."""
    with sandbox._emulator.lock:
        phones = sandbox._emulator.world.phones
        return Counter({number: len(phone.inbox) for number, phone in phones.items()})


class Stage:
    """A campaign that is ready, in a ledger of its own unless one is given."""

    def __init__(
        self, sandbox: Sandbox, ledger: str | Path, number: int = 12, **settings: Any
    ) -> None:
        self.sandbox = sandbox
        self.ledger = str(ledger)
        self.people = people(number)
        self.settings = Settings(
            **{
                'tag': secrets.token_hex(4),
                'app_id': APP_ID,
                'base_url': sandbox.url,
                'message': 'Hello',
                'settle': SETTLE,
                **settings,
            }
        )
        self.plan()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop the service, for a test that makes many of them."""
        self.sandbox.stop()

    @property
    def tag(self) -> str:
        return self.settings.tag

    @property
    def dests(self) -> set[str]:
        return {person.dest for person in self.people}

    def plan(self, **options: Any) -> None:
        """Enter the people, and confirm them."""
        with Ledger(self.ledger) as ledger:
            campaign = ledger.create(self.settings)
            campaign.add(self.people)
            campaign.ready(COST * len(self.people), **options)

    def orders(self, **changes: Any) -> Orders:
        """Return the orders of a process that sends this campaign."""
        return replace(Orders(self.ledger, self.tag, self.sandbox.url), **changes)

    def run(self, **changes: Any) -> int:
        """Send in a process of its own, and return its exit code once it has ended."""
        (code,) = self.join(start(self.orders(**changes)))
        return code

    def go_on(self) -> int:
        """Send in the process of the test, after one that has ended: this one starts faster."""
        return send_here(self.orders())

    def join(self, *processes: ForkServerProcess) -> list[int]:
        """Wait until processes have ended, and return their exit codes."""
        codes = [exit_code(process, SECONDS) for process in processes]
        assert None not in codes, f'a process still runs: {self.status()}'
        return [code for code in codes if code is not None]

    def client(self) -> HoiioClient:
        return HoiioClient(APP_ID, ACCESS_TOKEN, base_url=self.sandbox.url)

    def received(self) -> int:
        """Count the messages that the people have received."""
        received = inboxes(self.sandbox)
        return sum(received[dest] for dest in self.dests)

    def status(self) -> Status:
        with Ledger(self.ledger) as ledger:
            return ledger.campaign(self.tag).status()

    def known(self) -> list[Person]:
        """Return what the ledger knows about the people."""
        with Ledger(self.ledger) as ledger:
            return list(ledger.campaign(self.tag).people())

    def missing(self) -> set[str]:
        return {each.dest for each in self.known() if each.state is PersonState.MISSING}

    def resume(self) -> None:
        with Ledger(self.ledger) as ledger:
            ledger.campaign(self.tag).resume()

    def check(self, twice: Iterable[str] = ()) -> None:
        """Check what must hold now.

        Args:
            twice: Who may have two messages, because a person or Hoiio broke its word.
        """
        self._check(*self._look(), twice)

    def check_reached(self) -> None:
        """Check what must hold now, and that everybody has a message."""
        status, known = self._look()
        self._check(status, known)
        received = inboxes(self.sandbox)
        assert all(received[dest] == 1 for dest in self.dests), status
        assert not status.held

    def _look(self) -> tuple[Status, list[Person]]:
        with Ledger(self.ledger) as ledger:
            campaign = ledger.campaign(self.tag)
            return campaign.status(), list(campaign.people())

    def _check(self, status: Status, known: list[Person], twice: Iterable[str] = ()) -> None:
        received = inboxes(self.sandbox)
        assert {person.dest for person in known} == self.dests
        assert len(known) == len(self.people) == sum(status.counts.values())
        for person in known:
            number = received[person.dest]
            may = 2 if person.dest in twice else 1
            assert number <= may, f'{person} has {number} messages'
            assert number < 2 or person.twice, f'{person} has {number} and is not marked'
            if person.state in REACHED:
                assert number, f'{person} has no message'
            elif person.state is not PersonState.HELD:
                assert not number, f'{person} has a message'
        self._check_cost(status, COST * len({*twice}))

    def _check_cost(self, status: Status, unplanned: int) -> None:
        assert status.max_cost is not None
        assert status.spent + status.held <= status.max_cost + unplanned
        assert COST * self.received() <= status.max_cost + unplanned
