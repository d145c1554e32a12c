"""Send a message to many people, and to none of them twice."""

from .campaign import Campaign
from .exceptions import (
    CampaignError,
    CampaignRefused,
    CampaignUnknown,
    DuplicateDestination,
    LedgerFailed,
    LedgerUnusable,
    PersonInvalid,
    PlanInvalid,
    SettingsDiffer,
)
from .ledger import Ledger
from .numbers import NumberReader
from .outcomes import Attention, Done, Outcome, Wait
from .people import People
from .plan import Dropped, PlannedPerson, plan
from .planning import Difference, Totals
from .prices import PriceList
from .quiet_hours import Window
from .settings import Settings
from .states import AttemptState, CampaignState, PersonState
from .status import LiveAttempt, Person, Status
from .stop_words import is_stop
from .template import Template

__all__ = [
    'AttemptState',
    'Attention',
    'Campaign',
    'CampaignError',
    'CampaignRefused',
    'CampaignState',
    'CampaignUnknown',
    'Difference',
    'Done',
    'Dropped',
    'DuplicateDestination',
    'Ledger',
    'LedgerFailed',
    'LedgerUnusable',
    'LiveAttempt',
    'NumberReader',
    'Outcome',
    'People',
    'Person',
    'PersonInvalid',
    'PersonState',
    'PlanInvalid',
    'PlannedPerson',
    'PriceList',
    'Settings',
    'SettingsDiffer',
    'Status',
    'Template',
    'Totals',
    'Wait',
    'Window',
    'is_stop',
    'plan',
]
