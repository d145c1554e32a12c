"""A campaign: one message to many people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .database import Database
from .lock import SenderLock
from .notified import notified
from .plan import Dropped, PlannedPerson
from .planning import Difference, Duplicates, add, compare, confirm
from .settings import Settings
from .settle import lock_campaign
from .states import PersonState
from .status import Person, Status, dropped_rows, people, status

if TYPE_CHECKING:
    from ..notification import Notification

__all__ = ['Campaign']


class Campaign:
    """A campaign of a ledger: ``Ledger.create`` and ``Ledger.campaign`` return it."""

    def __init__(self, database: Database, number: int, lock_folder: Path) -> None:
        self._database = database
        self._number = number
        self._lock_folder = lock_folder
        self._lock: SenderLock | None = None
        # The last person of the plan that this object entered.
        self._planned_to: int | None = None

    @property
    def settings(self) -> Settings:
        """What the campaign is to do.

        Example:
            >>> campaign.settings.tag
            'reminder'
        """
        with self._database.transaction() as connection:
            return Settings.of_row(lock_campaign(connection, self._number))

    def add(
        self,
        planned: Iterable[PlannedPerson | Dropped],
        *,
        duplicates: Duplicates = 'stop',
    ) -> None:
        """Enter people, who get their message after `ready`.

        A number that comes again with the same text is left out and reported. If anything goes
        wrong, nobody is entered. People whom an earlier call entered and nobody confirmed are
        deleted first.

        Args:
            planned: The people, and the rows that are left out, as ``plan`` returns them.
            duplicates: What to do with a number that comes again with a different text:
                ``'stop'``, or ``'first'`` to leave out all but the first.

        Raises:
            DuplicateDestination: Two rows have the same number and different texts.
            CampaignRefused: The campaign is done or purged.
            LedgerFailed: The ledger could not be written.

        Example:
            >>> campaign.add([PlannedPerson(2, '+6591234567', {'name': 'Ann'}, 1, 32_000, None)])
            >>> campaign.status().unconfirmed
            Totals(people=1, parts=1, cost=32000)
        """
        self._planned_to = add(self._database, self._number, planned, duplicates)

    def compare(self, planned: Iterable[PlannedPerson | Dropped]) -> Difference:
        """Compare a file with the people of a campaign that has begun.

        Args:
            planned: What ``plan`` returns for the file.

        Returns:
            How many numbers only the file has, how many only the campaign has, and how many have
            other values now.

        Example:
            >>> campaign.compare([])
            Difference(added=0, removed=1, changed=0)
        """
        return compare(self._database, self._number, planned)

    def ready(self, max_cost: int, *, again: bool = False) -> None:
        """Confirm the people whom `add` entered, and what they cost.

        Args:
            max_cost: The most that the whole campaign may cost, in millionths of the currency.
            again: True to send although Hoiio's history already has messages with this tag.

        Raises:
            CampaignRefused: Nobody is planned, or the campaign is done or purged.

        Example:
            >>> campaign.ready(max_cost=32_000)
            >>> campaign.status().state
            'ready'
        """
        last = self._planned_to
        confirm(self._database, self._number, last, max_cost, again=again)

    def status(self) -> Status:
        """Return how far the campaign is.

        Example:
            >>> campaign.status().counts[PersonState.WAITING]
            1
        """
        with self._database.transaction() as connection:
            return status(connection, self._number)

    def people(self, *states: PersonState) -> Iterator[Person]:
        """Iterate over the people, and what became of them.

        Args:
            *states: Only people in these states; by default all.

        Yields:
            The people, in the order in which they were entered.

        Example:
            >>> [person.state for person in campaign.people()]
            ['waiting']
        """
        return people(self._database, self._number, states or tuple(PersonState))

    def dropped_rows(self) -> Iterator[Dropped]:
        """Iterate over the rows of the file that did not become people.

        Yields:
            The rows, each with its line and the reason.

        Example:
            >>> list(campaign.dropped_rows())
            []
        """
        return dropped_rows(self._database, self._number)

    def notified(self, *notifications: Notification) -> int:
        """Write what Hoiio notified about messages of this campaign, in one transaction.

        `Ledger.notified` does the same for all campaigns.

        Args:
            *notifications: What ``Hoiio.notification.parse`` returned.

        Returns:
            How many of them are about people of this campaign.

        Raises:
            LedgerFailed: The ledger could not be written.

        Example:
            >>> campaign.notified(Hoiio.notification.parse(body, signature))
            0
        """
        return notified(self._database, notifications, self._number)

    def close(self) -> None:
        """Let other processes send the campaign.

        Example:
            >>> campaign.close()
        """
        if self._lock is not None:
            self._lock.close()
        self._lock = None
