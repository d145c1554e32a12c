"""The ``hoiio campaign send`` command: show what a campaign is, ask once, and send it."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import datetime, timezone
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from ...campaign.campaign import Campaign
from ...campaign.exceptions import CampaignRefused, PlanInvalid
from ...campaign.ledger import Ledger
from ...campaign.money import in_millionths
from ...campaign.plan import PlannedPerson, plan
from ...campaign.prices import PriceList
from ...campaign.states import CampaignState
from ...client import HoiioClient
from .. import profiles
from ..exit_codes import ExitCode
from ..streams import complain, printable
from .confirm import is_confirmed
from .options import add_ledger, options_of
from .order import Order, read_order
from .preview import Preview, announce, describe_dropped, describe_order, describe_times
from .sending import send
from .words import counted, money

__all__ = ['configure', 'run']

_NO = ExitCode.USAGE
_NOBODY = 'nobody can get the message: no row has a valid number and a value for each variable'


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.description = (
        'Sends a message to each person in a file, and to nobody twice. Before anything leaves, it'
        ' shows the texts, the rows that are left out, and the cost, and asks once. To resume it'
        ' after an interruption, run the same command again.\n\n'
        'A variable such as {{name}} is replaced by the value in the column of this name.'
    )
    add = parser.add_argument
    add('file', metavar='FILE', help='the people: CSV with a row of names, such as name,phone')
    add('--message', required=True, metavar='TEXT', help='the text, with variables')
    add('--tag', required=True, help='your own name for the campaign, such as reminder-2026-12')
    add('--column', metavar='NAME', help='the column with the phone numbers; by default guessed')
    add('--prefix', metavar='CODE', help='the country code of numbers without one, such as 65')
    add('--sender-name', metavar='NAME', help='the name of the sender, 3 to 11 characters')
    add('--window', metavar='HOURS', help='when messages may leave, such as 09:00-21:00')
    add('--zone', help='the time zone of these hours, such as Asia/Singapore, for everybody without'
        ' one in a column zone')  # fmt: skip
    add('--expires', metavar='TIME', help='send nothing after this, such as "2026-12-01 18:00"')
    add('--notify-url', metavar='URL', help='the URL that Hoiio notifies of each message')
    add('--duplicates', choices=['first'], help='leave out the later rows of a number whose texts'
        ' differ')  # fmt: skip
    add('--max-cost', metavar='SUM', help='the most that the campaign may cost')
    add('--yes', action='store_true', help='do not ask; this needs --max-cost')
    add('--dry-run', action='store_true', help='show everything, and send nothing; this needs no'
        ' credentials')  # fmt: skip
    add('--prices', action='store_true', help='ask Hoiio for the prices in a dry run')
    add('--test', metavar='NUMBER', help='send the text of the first row to this number only')
    add('--add', action='store_true', help='also send to the people who were added to the file')
    add('--again', action='store_true', help="send although Hoiio's history has this tag")
    add('--settle', type=float, default=300.0, metavar='SECONDS', help='how long Hoiio may take'
        ' until its history shows a message (default: 300; a sandbox needs 1)')  # fmt: skip
    add_ledger(parser)


def run(given: argparse.Namespace) -> int:
    """Plan, show, ask and send.

    Returns:
        The exit code: 0 if everybody was reached, 6 if some were not, 5 if a person has to look.
    """
    if given.yes and given.max_cost is None:
        raise PlanInvalid('--yes needs --max-cost, the most that the campaign may cost')
    if given.dry_run:
        return _dry_run(given)
    account = profiles.find_account(given)
    order = read_order(given, account.app_id, account.base_url)
    with account.client() as client:
        if given.test is not None:
            return _test(given, order, client)
        with Ledger(given.ledger, app_id=account.app_id) as ledger:
            if not _may_change_times(given, order, ledger):
                return _NO
            campaign = ledger.create(order.settings)
            is_ready = _begin if _is_planning(campaign) else _continue
            if not is_ready(given, order, campaign, client):
                return _NO
            return send(campaign, client, options_of(given))


def _dry_run(given: argparse.Namespace) -> int:
    order = read_order(given)
    _refuse_the_past(order)
    with TemporaryDirectory() as folder, Ledger(Path(folder, 'dry-run.sqlite')) as ledger:
        campaign = ledger.create(order.settings)
        if given.prices:
            with profiles.client(given) as client:
                _plan(given, order, campaign, client)
        else:
            _plan(given, order, campaign)
        _require_somebody(campaign)
    return ExitCode.DONE


def _refuse_the_past(order: Order) -> None:
    expires = order.settings.expires
    if expires is not None and expires <= datetime.now(timezone.utc):
        raise PlanInvalid(
            f'the time of --expires has passed ({expires:%Y-%m-%d %H:%M %Z}), so nobody would get'
            ' the message'
        )


def _require_somebody(campaign: Campaign) -> None:
    if not campaign.status().unconfirmed.people:
        raise PlanInvalid(_NOBODY)


def _test(given: argparse.Namespace, order: Order, client: HoiioClient) -> int:
    """Send the text of the first person to somebody else, outside the ledger."""
    dest = order.numbers.read(given.test)
    rows = plan(order.people, order.template, order.numbers)
    person = next((each for each in rows if isinstance(each, PlannedPerson)), None)
    if person is None:
        raise PlanInvalid(_NOBODY)
    sent = client.sms.bulk_send(
        given.message,
        recipients=[{**person.variables, 'dest': dest}],
        sender_name=given.sender_name,
        tag=f'test of {given.tag}',
    ).raise_for_status()
    print(printable(order.template.render(person.variables)))
    complain(f'Hoiio accepted this text for {dest} ({sent.bulk_txn_ref}).')
    return ExitCode.DONE


def _may_change_times(given: argparse.Namespace, order: Order, ledger: Ledger) -> bool:
    """Ask before the quiet hours or the expiry of a campaign that has begun change."""
    if given.tag not in ledger.tags():
        return True
    campaign, after = ledger.campaign(given.tag), order.settings
    if campaign.status().state not in {CampaignState.READY, CampaignState.PAUSED}:
        return True
    before = campaign.settings
    if (before.window, before.expires) == (after.window, after.expires):
        return True
    times = describe_times(after)
    question = f'Let messages leave {times}? Until now, they leave {describe_times(before)}.'
    return is_confirmed(question, yes=given.yes)


def _is_planning(campaign: Campaign) -> bool:
    return campaign.status().state == CampaignState.PLANNING


def _begin(
    given: argparse.Namespace, order: Order, campaign: Campaign, client: HoiioClient
) -> bool:
    """Plan a campaign, or more people for it, and have their cost confirmed."""
    _refuse_the_past(order)
    max_cost, left_out = None, list(campaign.dropped_rows())
    try:
        max_cost = _agreed_cost(given, order, campaign, client)
    finally:
        # Also after Ctrl-C: people whose messages were not confirmed do not stay in the ledger.
        if max_cost is None:
            campaign.add(left_out)
    if max_cost is None:
        return False
    campaign.ready(max_cost, again=given.again)
    return True


def _agreed_cost(
    given: argparse.Namespace, order: Order, campaign: Campaign, client: HoiioClient
) -> int | None:
    """Show the plan and ask; return what the campaign may cost, or None if the answer is no."""
    try:
        currency = _plan(given, order, campaign, client)
        sys.stdout.flush()
    except BrokenPipeError as exc:
        raise PlanInvalid('the output could not be written, so nothing was sent') from exc
    _require_somebody(campaign)
    status = campaign.status()
    new, cost = status.unconfirmed, status.confirmed.cost + status.unconfirmed.cost
    if order.max_cost is not None and cost > order.max_cost:
        raise PlanInvalid(f'this costs {money(cost)}, which is more than --max-cost')
    max_cost = (status.max_cost or 0) + new.cost if order.max_cost is None else order.max_cost
    messages = counted(new.people, 'message')
    question = f'Send {messages} for {money(new.cost)} {currency}? This cannot be undone.'
    return max_cost if is_confirmed(question, yes=given.yes, max_cost=max_cost) else None


def _continue(
    given: argparse.Namespace, order: Order, campaign: Campaign, client: HoiioClient
) -> bool:
    """Go on with a campaign, unless the file has changed."""
    planned = plan(order.people, order.template, order.numbers)
    added, removed, changed = campaign.compare(planned)
    if changed and given.duplicates is None:
        raise PlanInvalid(
            f'the file now has different values for {counted(changed, "person")} of the campaign,'
            ' and a planned text cannot change; use the file that the campaign started with'
        )
    if added and campaign.status().state == CampaignState.DONE:
        raise CampaignRefused(
            f'the campaign is done, so it does not send to the {counted(added, "new number")} in'
            ' the file; put what is new into a file of its own, and send that with a new tag'
        )
    if (added or removed) and not given.add:
        raise PlanInvalid(
            f'the file is not the one that the campaign started with: +{added} -{removed} numbers;'
            ' use that file, or pass --add to send to the new numbers too'
        )
    if removed:
        complain(
            f'The file lacks {counted(removed, "number")} of the campaign. The campaign still sends'
            ' to all its people.'
        )
    if added:
        return _begin(given, order, campaign, client)
    return _change_limits(given, order, campaign)


def _change_limits(given: argparse.Namespace, order: Order, campaign: Campaign) -> bool:
    """Let a campaign cost more or less, or use a tag again, if this command says so first."""
    status = campaign.status()
    if status.state == CampaignState.DONE:
        return True
    before = status.max_cost or 0
    after = before if order.max_cost is None else order.max_cost
    if after < before:
        campaign.change_max_cost(after)
        complain(f'The campaign may cost up to {money(after)} now, instead of {money(before)}.')
    if after > before:
        why = f' It is paused: {status.reason}.' if status.reason else ''
        question = f'Let the campaign cost up to {money(after)} instead of {money(before)}?{why}'
        if not is_confirmed(question, yes=given.yes, max_cost=after):
            return False
        campaign.change_max_cost(after)
    is_new = after > before or (given.again and not status.again)
    if is_new:
        campaign.resume(again=given.again)
    return True


def _plan(
    given: argparse.Namespace, order: Order, campaign: Campaign, client: HoiioClient | None = None
) -> str:
    """Enter the file into the ledger, show what it becomes, and return the currency."""
    prices = None if client is None else PriceList(client, sleep=_wait_for_prices)
    planned = plan(order.people, order.template, order.numbers, prices.price if prices else _free)
    campaign.add(announce(planned), duplicates=given.duplicates or 'stop')
    preview = Preview(order, campaign.planned())
    status = campaign.status()
    dropped = describe_dropped(campaign.dropped_rows(), status.dropped_rows)
    currency, balance = _money_of(client, prices, status.unconfirmed.cost)
    totals = describe_order(order, status.unconfirmed, currency, balance)
    for line in chain(preview.describe(), dropped, totals):
        print(line)
    return currency


def _wait_for_prices(seconds: float) -> None:
    complain(f'Hoiio allows 60 queries in a minute. This continues in {seconds:.0f} seconds.')
    time.sleep(seconds)


def _free(_dest: str, _parts: int) -> int:
    return 0


def _money_of(client: HoiioClient | None, prices: PriceList | None, cost: int) -> tuple[str, str]:
    """Return the currency and the balance."""
    if client is None or prices is None:
        return '', ''
    account = client.account.balance().raise_for_status()
    note = '' if in_millionths(account.balance) >= cost else ', which is not enough'
    return prices.currency, f'{account.balance:.3f} {account.currency}{note}'
