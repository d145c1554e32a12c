"""The progress of a campaign as a bar, with rich."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ['Bar']


class Bar:
    """A bar at the bottom of the terminal. Sentences appear above it."""

    def __init__(self) -> None:
        self._progress = Progress(
            BarColumn(12),
            # In a narrow window it takes two lines.
            TextColumn('{task.description}', markup=False, table_column=Column()),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )
        self._task = self._progress.add_task('', total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._progress.stop()

    def show(self, words: str, done: int, total: int) -> None:
        """Show how far the campaign is."""
        self._progress.update(self._task, description=words, completed=done, total=total)

    def say(self, sentence: str) -> None:
        """Show a sentence above the bar."""
        self._progress.console.print(sentence, markup=False, highlight=False, soft_wrap=True)
