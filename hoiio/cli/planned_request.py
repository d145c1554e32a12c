"""The request that a command is about to send: what it is, how many messages it costs, the form."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn

from ..fields import to_form
from ..idempotency import is_idempotent
from ..message_size import MAX_PARTS, measure

__all__ = ['PlannedRequest', 'plan']

# The only parameter that is too long to print.
_FILE = 'file'


class PlannedRequest(NamedTuple):
    """A request without credentials, before anything is sent.

    Attributes:
        operation: The operation, such as ``'sms/send'``.
        form: The parameters, as they would be sent.
    """

    operation: str
    form: Mapping[str, str]

    @property
    def changes_something(self) -> bool:
        """True if the request costs money or changes something."""
        return not is_idempotent(self.operation)

    @property
    def recipients(self) -> int:
        """The number of destinations."""
        if 'recipients' in self.form:
            return len(json.loads(self.form['recipients'])['recipients'])
        return len(self.form.get('dest', '').split(','))

    @property
    def parts(self) -> int | None:
        """The number of SMS parts of the text; None if the values of a template decide it."""
        if self.operation not in {'sms/send', 'sms/bulk_send'}:
            return None
        if 'recipients' in self.form and '{{' in self.form['msg']:
            return None
        return measure(self.form['msg']).parts

    def shown(self) -> dict[str, Any]:
        """Return what ``--dry-run`` prints."""
        shown: dict[str, Any] = {'operation': self.operation, **self.form}
        if _FILE in self.form:
            shown[_FILE] = f'{len(self.form[_FILE])} characters of base64'
        if self.operation.startswith('sms/') and self.changes_something:
            shown['messages'] = self.recipients
            shown['parts'] = _described(self.parts)
            shown['price'] = 'not known without asking Hoiio'
        return shown

    def warning(self) -> str | None:
        """Return what costs more than one message in words; None if it does not."""
        recipients, parts = self.recipients, self.parts or 1
        match self.operation:
            case 'sms/bulk_send' if self.parts is None:
                return (
                    f'This sends {_counted(recipients, "message")}. The values of each recipient'
                    ' decide how many parts a message has, each for the price of a message.'
                )
            case 'sms/bulk_send' if recipients * parts > 1:
                return f'This sends {_counted(recipients, "message")}{_of_parts(parts)}.'
            case 'sms/send' if parts > 1:
                return f'This sends 1 message{_of_parts(parts)}.'
            case 'voice/conference' if recipients > 1:
                return f'This makes {recipients} calls.'
            case 'number/subscribe':
                return f'This rents {self.form["number"]}, and Hoiio charges for it now.'
        return None


def _of_parts(parts: int) -> str:
    return f' of {_described(parts)} parts, each for the price of a message' if parts > 1 else ''


def _counted(count: int, what: str) -> str:
    return f'{count} {what}' if count == 1 else f'{count} {what}s'


def _described(parts: int | None) -> str | int:
    if parts is None:
        return 'depends on the values of each recipient'
    return parts if parts <= MAX_PARTS else f'more than {MAX_PARTS}'


class _Reached(Exception):
    """The method has checked its arguments, and would send the request now."""

    def __init__(self, request: PlannedRequest) -> None:
        super().__init__()
        self.request = request


class _NoClient:
    """Stands in for a client. It has no credentials and sends nothing."""

    prefix = None

    def _pinned(self) -> _NoClient:
        return self

    def init(self) -> None:
        """Have no options."""

    def request(
        self, operation: str, _kind: type, params: Mapping[str, Any], **_options: Any
    ) -> NoReturn:
        """Stop the method with the request that it would send."""
        raise _Reached(PlannedRequest(operation, to_form(params)))


def plan(
    service: Callable[[Any], Any], method: str, args: list[Any], keywords: Mapping[str, Any]
) -> PlannedRequest | None:
    """Run a method of a service up to its first request, without a client.

    Returns:
        The request; None if the method ends without one.

    Raises:
        InputInvalid: An argument is not valid.
    """
    try:
        getattr(service(_NoClient()), method)(*args, **keywords)
    except _Reached as reached:
        return reached.request
    return None
