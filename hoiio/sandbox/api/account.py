"""The operations that show the account and its credit."""

from __future__ import annotations

from ...constants import Switch
from .. import formats
from ..state.world import World
from .request import Request

__all__ = ['get_balance', 'get_info']


def get_balance(world: World, _request: Request) -> formats.Reply:
    """Show the credit of the account."""
    account = world.account
    return formats.without_none(
        currency=world.seed.currency,
        balance=formats.money(account.balance),
        points=formats.money(account.points),
        bonus=formats.money(account.bonus),
    )


def get_info(world: World, request: Request) -> formats.Reply:
    """Show the owner and the settings of the account."""
    seed = world.seed
    return formats.without_none(
        uid=seed.uid,
        name=seed.name,
        mobile_number=seed.registered,
        caller_ids=[seed.registered, *world.numbers_of(request.app_id), 'private'],
        email=seed.email,
        country=seed.country,
        prefix=f'+{seed.prefix}',
        currency=seed.currency,
        time_zone='GMT+0800SG',
        user_status=seed.user_status.value,
        sms_rebrand_status=_switch(on=seed.sms_rebrand),
        call_rebrand_status=_switch(on=True),
    )


def _switch(*, on: bool) -> str:
    return str(Switch.ENABLED if on else Switch.DISABLED)
