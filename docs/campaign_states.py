"""Write the tables of the states of campaigns in reStructuredText, from the code."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from docs.sandbox_tables import list_table
from hoiio.campaign.states import ATTEMPTS, PEOPLE

__all__ = ['TABLES', 'attempts', 'people']


def attempts() -> str:
    """Return the table of everything that changes an attempt."""
    rows = [
        (_code(change.before), change.event.value, _code(change.after), change.who)
        for change in ATTEMPTS
    ]
    return list_table(('An attempt is', 'Event', 'Becomes', 'Who may'), rows, (12, 50, 13, 25))


def people() -> str:
    """Return the table of everything that changes a person."""
    rows = [(_code(change.before), change.event.value, _code(change.after)) for change in PEOPLE]
    return list_table(('A person is', 'Event', 'Becomes'), rows, (15, 70, 15))


def _code(state: str | None) -> str:
    return 'not there' if state is None else f'``{state}``'


TABLES: Mapping[str, Callable[[], str]] = {
    'campaign-attempts': attempts,
    'campaign-people': people,
}
