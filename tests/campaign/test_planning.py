from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

import hoiio.campaign
from hoiio.campaign import ledger as ledger_module
from hoiio.campaign.campaign import Campaign
from hoiio.campaign.exceptions import (
    CampaignRefused,
    CampaignUnknown,
    DuplicateDestination,
    PersonInvalid,
    PlanInvalid,
    SettingsDiffer,
)
from hoiio.campaign.ledger import Ledger
from hoiio.campaign.plan import Dropped, PlannedPerson
from hoiio.campaign.planning import Difference, Totals
from hoiio.campaign.states import CampaignState, PersonState
from tests.campaign.conftest import person, settings

Ready = Callable[..., Campaign]


def lines(campaign: Campaign) -> list[int]:
    return [each.line for each in campaign.people()]


def dropped(campaign: Campaign) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for each in campaign.dropped_rows()]


def test_people_wait_only_after_their_cost_is_confirmed(campaign: Campaign) -> None:
    campaign.add([person(0), person(1, parts=2, cost=64_000)])
    before = campaign.status()
    assert (before.state, before.confirmed.people) == (CampaignState.PLANNING, 0)
    assert before.unconfirmed == Totals(people=2, parts=3, cost=96_000)
    assert lines(campaign) == []
    campaign.ready(max_cost=100_000)
    after = campaign.status()
    assert (after.state, after.max_cost) == (CampaignState.READY, 100_000)
    assert (after.confirmed, after.unconfirmed) == (before.unconfirmed, Totals(0, 0, 0))
    assert after.counts[PersonState.WAITING] == sum(after.counts.values()) == 2


def test_a_person_keeps_what_the_plan_says(ready: Ready) -> None:
    [each] = ready(1).people()
    assert (each.line, each.dest, each.variables) == (2, '+6591230000', {'name': 'Ann'})
    assert (each.cost, each.state, each.debit) == (32_000, PersonState.WAITING, None)


def test_rows_that_are_left_out_are_reported(campaign: Campaign) -> None:
    campaign.add([person(0), Dropped(3, 'there is no phone number', None)])
    assert dropped(campaign) == [(3, 'there is no phone number')]
    status = campaign.status()
    assert (status.dropped_rows, status.repeated_rows) == (1, 0)


def test_the_same_number_and_text_again_is_left_out(campaign: Campaign) -> None:
    campaign.add([person(0), person(1), person(0, line=9)])
    assert dropped(campaign) == [(9, 'the number is already in line 2, with the same text')]
    status = campaign.status()
    assert status.unconfirmed.people == 2
    assert (status.dropped_rows, status.repeated_rows) == (1, 1)


def test_rows_that_are_left_out_are_in_the_order_of_the_file(campaign: Campaign) -> None:
    campaign.add([person(0), person(0, line=3), Dropped(4, 'there is no phone number', None)])
    assert [line for line, _ in dropped(campaign)] == [3, 4]


def test_variables_that_give_the_same_text_are_the_same(ledger: Ledger) -> None:
    campaign = ledger.create(settings(message='Dear {{first}}{{last}}'))
    campaign.add(
        [
            person(0, variables={'first': 'Ann', 'last': 'Lee'}),
            person(0, line=9, variables={'first': 'An', 'last': 'nLee'}),
        ]
    )
    assert [line for line, _ in dropped(campaign)] == [9]


def test_the_same_number_with_another_text_stops_the_plan(campaign: Campaign) -> None:
    with pytest.raises(DuplicateDestination, match=r'^line 9: the number is in line 2 too') as info:
        campaign.add([person(0), person(1), person(0, 'Bob', line=9)])
    assert (info.value.line, info.value.earlier_line) == (9, 2)
    assert campaign.status().unconfirmed.people == 0


def test_the_first_of_two_texts_can_be_chosen(campaign: Campaign) -> None:
    campaign.add([person(0), person(0, 'Bob', line=9)], duplicates='first')
    assert dropped(campaign) == [(9, 'the number is already in line 2, with another text')]
    campaign.ready(32_000)
    assert [each.variables for each in campaign.people()] == [{'name': 'Ann'}]


def test_a_number_that_comes_again_many_rows_later_is_found(campaign: Campaign) -> None:
    campaign.add([*map(person, range(5_001)), person(7, line=6_000)])
    assert [line for line, _ in dropped(campaign)] == [6_000]
    assert campaign.status().unconfirmed.people == 5_001


def test_nothing_stays_half_planned(campaign: Campaign) -> None:
    def damaged() -> Iterator[PlannedPerson]:
        yield from map(person, range(6_000))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        campaign.add(damaged())
    assert campaign.status().unconfirmed.people == 0


def test_an_unfinished_plan_is_planned_again(ledger: Ledger) -> None:
    abandoned = ledger.create(settings(message='Dear {{name}},'))
    abandoned.add([person(0), person(1), Dropped(4, 'bad', None)])
    campaign = ledger.create(settings())
    campaign.add([person(2)])
    assert campaign.status().unconfirmed.people == 1
    assert campaign.status().dropped_rows == 0
    with pytest.raises(CampaignUnknown, match='planned this campaign again'):
        abandoned.ready(64_000)


def test_a_second_plan_replaces_the_one_that_nobody_confirmed(campaign: Campaign) -> None:
    campaign.add([person(0), person(1)])
    campaign.add([person(2)])
    assert campaign.status().unconfirmed.people == 1


def test_another_limit_confirms_nobody(campaign: Campaign) -> None:
    campaign.add([person(0)])
    with pytest.raises(CampaignRefused, match='nobody is planned'):
        campaign.change_max_cost(64_000)
    campaign.ready(32_000)
    campaign.add([person(1)])
    campaign.change_max_cost(64_000)
    status = campaign.status()
    assert (status.confirmed.people, status.unconfirmed.people) == (1, 1)
    assert status.max_cost == 64_000


def test_only_what_was_shown_is_confirmed(ledger: Ledger, campaign: Campaign) -> None:
    campaign.add([person(0)])
    campaign.ready(32_000)
    campaign.add([person(0), person(1)])
    # Another process replaces the addition while this one asks its question.
    ledger.campaign('reminder').add([person(3), person(4)])
    campaign.ready(64_000)
    assert lines(campaign) == [2]
    assert campaign.status().confirmed.people == 1


def test_people_can_be_added_to_a_campaign_that_has_begun(ready: Ready) -> None:
    campaign = ready(2)
    campaign.add(map(person, range(4)))
    assert campaign.status().unconfirmed.people == 2
    assert dropped(campaign) == []
    campaign.ready(max_cost=128_000)
    assert lines(campaign) == [2, 3, 4, 5]
    assert campaign.status().confirmed == Totals(4, 4, 128_000)


def test_another_text_for_a_person_of_a_campaign_that_has_begun_stops_the_plan(
    ready: Ready,
) -> None:
    campaign = ready(2)
    with pytest.raises(DuplicateDestination, match='line 2 of the file that the campaign started'):
        campaign.add([person(0, 'Bob')])
    campaign.add([person(0, 'Bob')], duplicates='first')
    assert [line for line, _ in dropped(campaign)] == [2]


def test_a_file_is_compared_with_a_campaign(ready: Ready) -> None:
    campaign = ready(3)
    same: list[PlannedPerson | Dropped] = [
        *map(person, range(3)),
        person(1, line=9),
        Dropped(10, 'bad', None),
    ]
    assert campaign.compare(same) == Difference(0, 0, 0)
    assert campaign.compare([person(1), person(7), person(8)]) == Difference(2, 2, 0)
    assert campaign.compare([person(0), person(1, 'Bob'), person(2, 'Cho')]) == Difference(0, 0, 2)
    assert campaign.compare([]) == Difference(added=0, removed=3, changed=0)


def test_two_threads_can_compare_a_file_at_once(ready: Ready) -> None:
    campaign = ready(3)

    def rows() -> Iterator[PlannedPerson]:
        # The first comparison has begun, as if by another thread.
        yield from map(person, range(5_001))
        assert campaign.compare([person(0)]) == Difference(0, 2, 0)

    assert campaign.compare(rows()) == Difference(4_998, 0, 0)


def test_a_campaign_without_people_does_not_become_ready(campaign: Campaign) -> None:
    campaign.add([Dropped(2, 'bad', None)])
    with pytest.raises(CampaignRefused, match='nobody is planned'):
        campaign.ready(32_000)


def test_i7_the_settings_of_a_campaign_that_has_begun_are_fixed(
    ready: Ready, ledger: Ledger
) -> None:
    ready(1)
    changes = {
        'app_id': 'OTHER',
        'base_url': 'http://127.0.0.1:8080/',
        'message': 'Hello {{name}}',
        'sender_name': 'Clinic',
        'prefix': '65',
        'zone': 'Asia/Singapore',
    }
    for name, value in changes.items():
        with pytest.raises(SettingsDiffer, match=name) as info:
            ledger.create(settings(**{name: value}))
        assert info.value.differences == {name: (getattr(settings(), name), value)}
    assert ledger.campaign('reminder').settings == settings()


def test_what_is_not_fixed_can_change(ready: Ready, ledger: Ledger) -> None:
    ready(1)
    again = ledger.create(settings(notify_url='https://example.com/hook', settle=1))
    assert again.settings == settings(notify_url='https://example.com/hook', settle=1)
    assert again.status().confirmed.people == 1


def test_a_ledger_lists_its_campaigns(ledger: Ledger) -> None:
    for tag in ('b', 'a'):
        ledger.create(settings(tag=tag))
    assert ledger.tags() == ['b', 'a']
    with pytest.raises(CampaignUnknown, match='does not have a campaign c'):
        ledger.campaign('c')


def test_people_are_listed_by_their_state_in_their_order(ready: Ready) -> None:
    campaign = ready(2_500)
    assert lines(campaign) == list(range(2, 2_502))
    assert list(campaign.people(PersonState.FAILED)) == []


def test_many_rows_that_are_left_out_are_listed(campaign: Campaign) -> None:
    campaign.add(Dropped(line, 'bad', None) for line in range(2, 2_502))
    assert [each.line for each in campaign.dropped_rows()] == list(range(2, 2_502))


def test_numbers_are_suppressed_once(ledger: Ledger) -> None:
    dests = [f'+65{91230000 + place}' for place in range(1_200)]
    assert ledger.suppress([*dests, dests[0]]) == 1_200
    assert ledger.suppress([*dests[:3], '+6598765432']) == 1


@pytest.mark.parametrize('dest', ['91234567', 'Ann', '', '+6'])
def test_what_is_not_a_number_is_not_suppressed(ledger: Ledger, dest: str) -> None:
    for dests in (['+6598765432', dest], '+6598765432'):
        with pytest.raises(PersonInvalid):
            ledger.suppress(dests)
    assert ledger.suppress(['+65 9876-5432', '+6598765432']) == 1


@pytest.mark.parametrize('max_cost', [-1, 2**63])
def test_a_sum_that_is_not_possible_is_not_confirmed(campaign: Campaign, max_cost: int) -> None:
    campaign.add([person(0)])
    with pytest.raises(
        PlanInvalid, match='millionths of the currency, from 0 to 9223372036854775807'
    ):
        campaign.ready(max_cost)


@pytest.mark.parametrize('sum_', [0.295, Decimal('0.295'), Decimal(64_000)])
def test_a_sum_that_is_not_a_whole_number_does_not_fail_the_ledger(
    campaign: Campaign, sum_: Any
) -> None:
    campaign.add([person(0)])
    with pytest.raises(PlanInvalid, match='the maximum cost must be a whole number of millionths'):
        campaign.ready(sum_)
    with pytest.raises(PlanInvalid, match='line 3: the cost must be a whole number'):
        campaign.add([person(1, cost=sum_)])
    with pytest.raises(PlanInvalid, match='the cost must be a whole number'):
        campaign.add([person(1, cost=-1)])
    campaign.add([person(0)])
    campaign.ready(32_000)


def test_a_campaign_that_another_process_begins_meanwhile_is_opened(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.create(settings()).add([person(0)])
    ledger.campaign('reminder').ready(32_000)
    find = ledger_module._find
    # On a server, both may see that there is none yet.
    blind: list[Callable[..., object]] = [lambda *_: None]
    monkeypatch.setattr(
        ledger_module, '_find', lambda *each: blind.pop()(*each) if blind else find(*each)
    )
    assert ledger.create(settings()).status().state is CampaignState.READY
    assert blind == []


def test_who_is_planned_is_listed_until_the_cost_is_confirmed(campaign: Campaign) -> None:
    people = [person(place, zone='Asia/Tokyo' if place else None) for place in range(1_200)]
    campaign.add(people)
    assert list(campaign.planned()) == people
    campaign.ready(1_200 * 32_000)
    assert list(campaign.planned()) == []


def test_the_package_lists_its_public_names_only() -> None:
    assert dir(hoiio.campaign) == sorted(hoiio.campaign.__all__)
