"""A campaign: one message to many people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from .commands import pause, purge, resolve, resume
from .database import Database
from .notified import notified
from .outcomes import Outcome
from .plan import Dropped, PlannedPerson
from .planning import NOBODY, Difference, Duplicates, add, compare, confirm
from .sender import Sender, SharedSender
from .settings import Settings, require_account
from .settle import lock_campaign
from .states import AttemptState, PersonState
from .status import Person, Status, dropped_rows, people, planned, status
from .step import step

if TYPE_CHECKING:
    from ..client import HoiioClient
    from ..notification import Notification

__all__ = ['Campaign']


class Campaign:
    """A campaign of a ledger: ``Ledger.create`` and ``Ledger.campaign`` return it."""

    def __init__(self, database: Database, number: int, shared: SharedSender) -> None:
        self._database = database
        self._number = number
        self._shared = shared
        # The last person of the plan that this object entered.
        self._planned_to: int | None = None

    @property
    def settings(self) -> Settings:
        """The settings of the campaign.

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
        """Add people, who get their message after you call `ready`.

        This leaves out and reports a number that occurs again with the same text. If anything goes
        wrong, it adds nobody. It first deletes the people whom an earlier call has added and nobody
        has confirmed.

        Args:
            planned: The people, and the rows that are left out, as ``plan`` returns them.
            duplicates: What to do with a number that occurs again with a different text:
                ``'stop'``, or ``'first'`` to leave out all but the first.

        Raises:
            PlanInvalid: The cost of a person is not a whole number, is negative, or is too large.
            DuplicateDestination: Two rows have the same number and different texts.
            CampaignRefused: The campaign is done or purged.
            LedgerFailed: The ledger could not be written.

        Example:
            >>> campaign.add([PlannedPerson(2, '+6591234567', {'name': 'Ann'}, 1, 32_000, None)])
            >>> campaign.status().unconfirmed
            Totals(people=1, parts=1, cost=32000)
        """
        self._planned_to = add(self._database, self._number, planned, duplicates)

    def planned(self) -> Iterator[PlannedPerson]:
        """Iterate over the people whom `add` has added and nobody has confirmed yet.

        Duplicate numbers, and numbers that the campaign already had, are not among them.

        Yields:
            The people, in the order of the file.

        Example:
            >>> [person.dest for person in campaign.planned()]
            []
        """
        return planned(self._database, self._number)

    def compare(self, planned: Iterable[PlannedPerson | Dropped]) -> Difference:
        """Compare a file with the people of a campaign that has started.

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
        """Confirm the people whom `add` has added, and their cost.

        Args:
            max_cost: The most that the whole campaign may cost, in millionths of the currency.
            again: True to send although Hoiio's history already has messages with this tag.

        Raises:
            CampaignRefused: Nobody is planned, or the campaign is done or purged.
            PlanInvalid: The sum is not a whole number, is negative, or is too large.

        Example:
            >>> campaign.ready(max_cost=32_000)
            >>> campaign.status().state
            'ready'
        """
        last = self._planned_to
        confirm(self._database, self._number, last, max_cost, again=again)

    def change_max_cost(self, max_cost: int) -> None:
        """Change the most that a campaign which has started may cost.

        This does not confirm the people whom `add` has added.

        Args:
            max_cost: The most that the whole campaign may cost, in millionths of the currency.

        Raises:
            CampaignRefused: Nobody is confirmed, or the campaign is done or purged.
            PlanInvalid: The sum is not a whole number, is negative, or is too large.

        Example:
            >>> campaign.change_max_cost(64_000)
            >>> campaign.status().max_cost
            64000
        """
        confirm(self._database, self._number, NOBODY, max_cost, again=False)

    def status(self) -> Status:
        """Return the progress of the campaign.

        Returns:
            The number of people in each state, the cost, and the batch that needs a decision.

        Example:
            >>> campaign.status().counts[PersonState.WAITING]
            1
        """
        with self._database.transaction() as connection:
            return status(connection, self._number)

    def people(self, *states: PersonState) -> Iterator[Person]:
        """Iterate over the people, each with its state.

        Args:
            *states: Only people in these states; by default all.

        Yields:
            The people, in the order in which they were added.

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
        """Record notifications about messages of this campaign, in one transaction.

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

    def step(self, client: HoiioClient) -> Outcome:
        """Do the next step of the campaign, with at most one request.

        Call it repeatedly, at once or much later, in this process or in another one. It sends a
        batch of at most 1,000 messages, or reads a page of Hoiio's history. Threads that share a
        ledger make the steps of a campaign in turn.

        Args:
            client: The client of the application that the campaign belongs to.

        Returns:
            `Done` if nobody is waiting and nothing is on its way. `Wait` if there is more to do, at
            once or in at most a minute. `Attention` if a person has to decide or repair something.

        Raises:
            SettingsDiffer: The client belongs to another application, or has another base URL.
            CampaignRefused: The campaign is not ready, or purged.
            LedgerFailed: The ledger could not be written. This process sends nothing more. Restart
                it.

        Example:
            >>> campaign.step(Hoiio)
            Wait(seconds=0, reason='')
        """
        pinned = client._pinned()
        with self._shared.turn:
            return step(self._database, self._number, pinned, self._sender())

    def pause(self) -> None:
        """Send no more batches. A batch that has already left cannot be recalled.

        Raises:
            CampaignRefused: The campaign is not ready.

        Example:
            >>> campaign.pause()
            >>> campaign.status().state
            'paused'
        """
        pause(self._database, self._number)

    def resume(self, *, again: bool = False) -> None:
        """Resume a campaign that is paused.

        Args:
            again: True to send although Hoiio's history already has messages with this tag.

        Raises:
            CampaignRefused: The campaign is neither paused nor ready.

        Example:
            >>> campaign.resume()
            >>> campaign.status().state
            'ready'
        """
        resume(self._database, self._number, again=again)

    def resolve(self, attempt: int, client: HoiioClient, *, is_sent: bool) -> AttemptState:
        """Say whether Hoiio has a batch whose outcome is unknown.

        If you say that it was not sent, this reads the history once more. If the history shows the
        batch, the batch counts as sent. If it does not, and you are wrong, its people get a second
        message.

        Args:
            attempt: The number of the attempt, as `status` shows it.
            client: The client of the application that the campaign belongs to.
            is_sent: True if Hoiio has the batch.

        Returns:
            ``'taken'`` or ``'untaken'``.

        Raises:
            CampaignUnknown: The campaign does not have this attempt.
            CampaignRefused: The outcome is known, the batch is on its way, another process is
                sending the campaign, or the history could not be read.

        Example:
            >>> campaign.resolve(17, Hoiio, is_sent=True)
            Traceback (most recent call last):
            hoiio.campaign.exceptions.CampaignUnknown: reminder does not have an attempt 17
        """
        pinned = client._pinned()
        with self._shared.turn:
            with self._database.transaction() as connection:
                require_account(lock_campaign(connection, self._number), pinned)
            sender = self._sender()
            return resolve(self._database, self._number, pinned, sender, attempt, is_sent=is_sent)

    def purge(self) -> None:
        """Delete the personal data of a campaign that is done or paused, or was never confirmed.

        You cannot use its tag again. This also ends a campaign that you have given up: people who
        are still waiting do not get the message.

        Raises:
            CampaignRefused: The campaign is ready or was purged already, or the outcome of a batch
                is not known.

        Example:
            >>> campaign.purge()
            Traceback (most recent call last):
            hoiio.campaign.exceptions.CampaignRefused: reminder is not done; first pause it
        """
        purge(self._database, self._number)

    def close(self) -> None:
        """Let other processes send the campaign.

        Example:
            >>> campaign.close()
        """
        self._shared.close()

    def _sender(self) -> Sender:
        return self._shared.get()
