"""Send a message to many people, and to none of them twice.

Plan a file, confirm the cost, and call ``step`` until the campaign is done::

    with Ledger('campaigns.sqlite') as ledger:
        campaign = ledger.create(settings)
        prices = PriceList(Hoiio)
        template = Template(settings.message)
        campaign.add(plan(People('people.csv'), template, NumberReader('65'), prices.price))
        campaign.ready(max_cost=50_000_000)
        while isinstance(outcome := campaign.step(Hoiio), Wait):
            time.sleep(outcome.seconds)
        print(outcome, campaign.status().counts)

You can stop such a program at any time and start it again: if ``ledger.create`` returns a campaign
that is ready, continue with ``step``.
"""

try:
    import phonenumbers  # noqa: F401
    import sqlalchemy  # noqa: F401
except ModuleNotFoundError as exc:
    raise ModuleNotFoundError(
        'campaigns are not installed: pip install "hoiio[campaign]"', name=exc.name
    ) from exc

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


def __dir__() -> list[str]:
    return __all__
