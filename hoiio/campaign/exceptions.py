"""The exceptions of campaigns."""

from __future__ import annotations

from ..exceptions import HoiioException

__all__ = ['CampaignError', 'PersonInvalid', 'PlanInvalid']


class CampaignError(HoiioException):
    """The base of every error of a campaign."""


class PersonInvalid(CampaignError, ValueError):
    """A person cannot get the message: the phone number or a value is missing or not valid."""


class PlanInvalid(CampaignError, ValueError):
    """The message, the file or an option cannot become a campaign; nothing was planned.

    Attributes:
        line: The line of the file, from 1; None if the error is not about one line.
    """

    line: int | None

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line

    def __str__(self) -> str:
        return self.args[0] if self.line is None else f'line {self.line}: {self.args[0]}'
