"""The exceptions of campaigns."""

from __future__ import annotations

from ..exceptions import HoiioException

__all__ = [
    'CampaignError',
    'CampaignRefused',
    'CampaignUnknown',
    'DuplicateDestination',
    'LedgerFailed',
    'LedgerUnusable',
    'PersonInvalid',
    'PlanInvalid',
    'SettingsDiffer',
]


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


class LedgerUnusable(CampaignError):
    """A file or a database cannot be the ledger of campaigns."""


class LedgerFailed(CampaignError):
    """A write to the ledger failed, or may have failed. This ledger sends nothing more.

    Restart the program. It looks in Hoiio's history, and continues.
    """


class CampaignUnknown(CampaignError, LookupError):
    """The ledger does not have this campaign or this attempt."""


class CampaignRefused(CampaignError):
    """The state of the campaign does not allow the command."""


class SettingsDiffer(CampaignError):
    """A command tries to change settings of the campaign that cannot change.

    Attributes:
        differences: The names of the settings, each with its value in the campaign and its value in
            the command.
    """

    differences: dict[str, tuple[object, object]]

    def __init__(
        self, message: str, differences: dict[str, tuple[object, object]] | None = None
    ) -> None:
        super().__init__(message)
        self.differences = differences or {}


class DuplicateDestination(PlanInvalid):
    """Two rows have the same number and different texts.

    Attributes:
        line: The line of the second row.
        earlier_line: The line of the first row.
    """

    earlier_line: int

    def __init__(self, message: str, line: int | None = None, earlier_line: int = 0) -> None:
        super().__init__(message, line)
        self.earlier_line = earlier_line
