"""The account: its money, and the operations that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..constants import Status, Switch, UserStatus
from . import wire
from .refusal import Refused

if TYPE_CHECKING:
    from decimal import Decimal

    from .params import Params
    from .seed import Seed
    from .world import World

__all__ = ['Account', 'get_balance', 'get_info']


class Account:
    """The credit of one account, exact to the last decimal."""

    def __init__(self, seed: Seed) -> None:
        self.points = seed.points
        self.bonus = seed.bonus

    @property
    def balance(self) -> Decimal:
        """All that can be spent."""
        return self.points + self.bonus

    def require(self, amount: Decimal) -> None:
        """Refuse what the account cannot pay."""
        if amount > self.balance:
            raise Refused(Status.INSUFFICIENT_CREDIT)

    def spend(self, amount: Decimal) -> None:
        """Take an amount, from the bonus first; an account never owes anything."""
        self.require(amount)
        from_bonus = min(amount, self.bonus)
        self.bonus -= from_bonus
        self.points -= amount - from_bonus


def on_trial(world: World) -> bool:
    """Tell whether the account was never topped up."""
    return world.seed.user_status == UserStatus.TRIAL


def get_balance(world: World, _params: Params) -> wire.Reply:
    """Show the credit."""
    account = world.account
    return wire.filled(
        currency=world.seed.currency,
        balance=wire.money(account.balance),
        points=wire.money(account.points),
        bonus=wire.money(account.bonus),
    )


def get_info(world: World, _params: Params) -> wire.Reply:
    """Show who the account belongs to, and what it may do."""
    seed = world.seed
    return wire.filled(
        uid=seed.uid,
        name=seed.name,
        mobile_number=seed.registered,
        caller_ids=[seed.registered, *world.own_numbers(), 'private'],
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
