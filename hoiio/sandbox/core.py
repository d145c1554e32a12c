"""The service without its network: a request in, an answer out."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from datetime import timedelta
from typing import TYPE_CHECKING

from ..constants import Status
from . import numbers
from .clock import Clock, Schedule
from .files import Files
from .notifications import Hold, Postman
from .operations import OPERATIONS
from .refusal import Refused
from .seed import Seed
from .world import World

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .operations import Operation
    from .params import Value
    from .wire import Reply

__all__ = ['Core']

MINUTE = timedelta(minutes=1)


class Core:
    """The whole service in memory.

    One lock guards everything: `lock` is held while a request, a timer or a phone changes the
    state. Nothing waits for the network under it.

    Args:
        seed: What a fresh state looks like.
        clock: What time it is.
        origin: Where the files of the sandbox can be fetched, such as
            ``http://127.0.0.1:8420``.
    """

    def __init__(
        self, seed: Seed | None = None, clock: Clock | None = None, origin: str = ''
    ) -> None:
        self.seed = seed or Seed()
        self.clock = clock or Clock()
        self.origin = origin
        self.lock = threading.RLock()
        self.postman = Postman(self.seed.access_token, note=self._note)
        self._schedule = Schedule(self.clock, self.lock)
        self._asked: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self.world = self._fresh()

    def reset(self) -> None:
        """Go back to the seed: no transactions, no timers, no notifications, no log."""
        with self.lock:
            self._schedule.close()
            self._schedule = Schedule(self.clock, self.lock)
            self._asked.clear()
            self.postman.forget()
            self.world = self._fresh()

    def handle(self, path: str, values: Mapping[str, Value]) -> Reply:
        """Answer a request; its notifications may leave once this returns.

        Args:
            path: The operation, such as ``sms/send``.
            values: What the client sent; bytes are the content of a file.

        Raises:
            KeyError: If there is no such operation.
        """
        reply, hold = self.perform(path, values)
        self.postman.release(hold)
        return reply

    def perform(self, path: str, values: Mapping[str, Value]) -> tuple[Reply, Hold]:
        """Do the same, but hold the notifications back until the hold is released."""
        operation = OPERATIONS[path]
        hold = Hold()
        with self.lock:
            self.postman.hold = hold
            try:
                return self._answer(operation, values), hold
            except BaseException:
                self.postman.release(hold)
                raise
            finally:
                self.postman.hold = None

    def refuse(self, path: str, refusal: Refused) -> Reply:
        """Answer a request that is turned down."""
        because = f' ({refusal.hint})' if refusal.hint else ''
        self._note(f'{path} refused: {refusal.status}{because}')
        return {'status': refusal.status.value}

    def _answer(self, operation: Operation, values: Mapping[str, Value]) -> Reply:
        try:
            params = operation.read(values)
            self._authorize(values)
            self._limit(operation)
            fields = operation.handler(self.world, params)
        except Refused as refusal:
            return self.refuse(operation.path, refusal)
        if unknown := sorted(values.keys() - operation.known):
            self._note(f'{operation.path} ignored: {", ".join(unknown)}')
        return {'status': Status.SUCCESS_OK.value, **fields}

    def _authorize(self, values: Mapping[str, Value]) -> None:
        if values['access_token'] != self.seed.access_token:
            raise Refused(Status.INVALID_ACCESS_TOKEN)
        if values['app_id'] != self.seed.app_id:
            raise Refused(Status.INVALID_APP_ID)

    def _limit(self, operation: Operation) -> None:
        """Count the requests of the last minute, for each operation on its own."""
        most = self.seed.queries_per_minute
        if most is None or not operation.limited:
            return
        asked, now = self._asked[operation.path], self.clock.now()
        while asked and asked[0] <= now - MINUTE:
            asked.popleft()
        if len(asked) >= most:
            raise Refused(Status.RATE_LIMIT_EXCEEDED)
        asked.append(now)

    def _fresh(self) -> World:
        files = Files(self.origin)
        world = World(self.seed, self.clock, self._schedule, self.postman, files)
        numbers.assign_from_seed(world)
        world.events.clear()
        return world

    def _note(self, text: str) -> None:
        self.world.note(text)
