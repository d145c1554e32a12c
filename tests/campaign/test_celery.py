"""The tasks of campaigns, called in this process: no broker, no worker."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from hoiio.campaign import (
    Attention,
    Campaign,
    CampaignState,
    Done,
    Ledger,
    LedgerFailed,
    PersonState,
    schema,
)
from hoiio.campaign import celery as campaigns
from hoiio.sandbox import Sandbox
from tests.campaign.conftest import person, settings
from tests.sandbox.conftest import Receiver


@pytest.fixture
def service() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def where(tmp_path: Path) -> str:
    return f'sqlite:///{tmp_path}/ledger.sqlite'


@pytest.fixture
def tasks(service: Sandbox, where: str) -> campaigns.Tasks:
    app = Celery(broker='memory://', set_as_current=False)
    return campaigns.add_tasks(app, where, service.client)


def make_ready(where: str, service: Sandbox, tag: str = 'reminder', **changes: Any) -> None:
    options = {'tag': tag, 'app_id': service.app_id, 'base_url': service.url, 'settle': 0.05}
    with Ledger(where) as ledger:
        campaign = ledger.create(settings(**{**options, **changes}))
        campaign.add(map(person, range(3)))
        campaign.ready(max_cost=96_000)


def states(where: str, tag: str = 'reminder') -> set[PersonState]:
    with Ledger(where) as ledger:
        return {each.state for each in ledger.campaign(tag).people()}


def run_until_done(tasks: campaigns.Tasks, where: str) -> None:
    with Ledger(where) as ledger:
        while ledger.tags(CampaignState.READY):
            tasks.send()


def test_beat_wakes_a_task_each_minute_and_past_ones_expire(tasks: campaigns.Tasks) -> None:
    schedule = tasks.send.app.conf.beat_schedule['hoiio.campaign.send']
    assert schedule == {
        'task': 'hoiio.campaign.send', 'schedule': 60.0, 'options': {'expires': 60.0},
    }  # fmt: skip


def test_the_tasks_can_be_queued(tasks: campaigns.Tasks) -> None:
    assert tasks.send.delay().id
    assert tasks.notified.delay('body', 'signature', 'query').id


def test_a_schedule_that_is_there_stays(where: str) -> None:
    app = Celery(broker='memory://', set_as_current=False)
    app.conf.beat_schedule = {'own': {'task': 'own', 'schedule': 5}}
    campaigns.add_tasks(app, where)
    assert set(app.conf.beat_schedule) == {'own', 'hoiio.campaign.send'}


@pytest.mark.slow
def test_a_task_sends_all_campaigns_that_are_ready(
    tasks: campaigns.Tasks, where: str, service: Sandbox
) -> None:
    for tag in ('one', 'two'):
        make_ready(where, service, tag)
    run_until_done(tasks, where)
    assert states(where, 'one') == states(where, 'two') == {PersonState.DELIVERED}
    assert len(service.phone(person(0).dest).inbox) == 2
    tasks.send()
    assert len(service.phone(person(0).dest).inbox) == 2


def test_a_task_ends_when_its_time_is_over(
    tasks: campaigns.Tasks, where: str, service: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ready(where, service)
    monkeypatch.setattr(campaigns, 'SECONDS_OF_A_TASK', 0.0)
    tasks.send()
    assert service.phone(person(0).dest).inbox == []


def test_what_needs_a_person_is_logged_once(
    tasks: campaigns.Tasks, where: str, service: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    make_ready(where, service)
    with Ledger(where) as ledger:
        ledger.campaign('reminder').pause()
    with caplog.at_level(logging.WARNING, 'hoiio.campaign'):
        tasks.send()
        tasks.send()
    (record,) = caplog.records
    assert 'the campaign reminder needs a person: You paused' in record.getMessage()


def test_a_campaign_that_this_client_cannot_send_does_not_hold_up_the_others(
    tasks: campaigns.Tasks, where: str, service: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    make_ready(where, service, 'first', app_id='OTHER')
    make_ready(where, service, 'second')
    with caplog.at_level(logging.WARNING, 'hoiio.campaign'):
        tasks.send()
        tasks.send()
    (record,) = caplog.records
    assert 'the campaign first needs a person: ' in record.getMessage()
    assert "app_id was 'OTHER' and is" in record.getMessage()
    assert len(service.phone(person(0).dest).inbox) == 1


def test_a_worker_does_not_keep_the_lock_of_a_campaign_that_needs_a_person(
    tasks: campaigns.Tasks, where: str, service: Sandbox
) -> None:
    make_ready(where, service)
    with Ledger(where) as ledger:
        ledger.campaign('reminder').pause()
        tasks.send()
        assert isinstance(ledger.campaign('reminder').step(service.client()), Attention)


@pytest.mark.slow
def test_a_worker_does_not_keep_the_lock_of_a_campaign_that_is_done(
    tasks: campaigns.Tasks, where: str, service: Sandbox
) -> None:
    make_ready(where, service)
    run_until_done(tasks, where)
    tasks.send()
    with Ledger(where) as other:
        assert other.campaign('reminder').step(service.client()) == Done()


@pytest.mark.slow
def test_a_failed_ledger_is_opened_again_by_the_next_task(
    tasks: campaigns.Tasks, where: str, service: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ready(where, service)
    opened: list[str] = []

    class Counted(Ledger):
        def __init__(self, url: str) -> None:
            super().__init__(url)
            opened.append(url)

    monkeypatch.setattr(campaigns, 'Ledger', Counted)
    with monkeypatch.context() as broken:
        broken.setattr(Campaign, 'step', fail)
        with pytest.raises(LedgerFailed):
            tasks.send()
    run_until_done(tasks, where)
    assert opened == [where, where]
    assert len(service.phone(person(0).dest).inbox) == 1


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.thread.start()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()
    receiver.thread.join()


def arguments(receiver: Receiver) -> list[tuple[str, str, str]]:
    return [
        (post.body.decode(), post.headers['X-Hoiio-Signature'], post.path.partition('?')[2])
        for post in receiver.posts
    ]


def test_a_worker_finds_a_campaign_that_has_another_number_in_a_restored_ledger(
    tasks: campaigns.Tasks, where: str, service: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    # It waits for the settling time after it has sent.
    make_ready(where, service, settle=60)
    tasks.send()
    with Ledger(where) as ledger, ledger.database.transaction() as connection:
        for table in (schema.person, schema.attempt, schema.campaign_zone, schema.campaign):
            connection.execute(table.delete())
    make_ready(where, service)
    with caplog.at_level(logging.WARNING, 'hoiio.campaign'):
        tasks.send()
    assert 'the campaign reminder needs a person: Hoiio has messages with the tag' in caplog.text
    assert len(service.phone(person(0).dest).inbox) == 1


def test_notifications_are_written(
    tasks: campaigns.Tasks, where: str, service: Sandbox, receiver: Receiver
) -> None:
    make_ready(where, service, notify_url=receiver.url)
    tasks.send()
    service.drain()
    for each in arguments(receiver):
        tasks.notified.apply(args=each)
    assert states(where) == {PersonState.DELIVERED}


def test_a_forged_notification_is_left_out(
    tasks: campaigns.Tasks, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, 'hoiio.campaign'):
        tasks.notified.apply(args=('txn_ref=AA-S-1&sms_status=delivered', 'forged'))
    assert 'ignored a notification: the signature' in caplog.text


def test_notifications_that_cannot_be_written_go_back_to_the_broker(
    tasks: campaigns.Tasks, where: str, service: Sandbox, receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    again: list[tuple[str, ...]] = []
    monkeypatch.setattr(campaigns, 'SECONDS_AFTER_A_FAILURE', 0.0)
    monkeypatch.setattr(tasks.notified, 'delay', lambda *args: again.append(args))
    make_ready(where, service, notify_url=receiver.url)
    tasks.send()
    service.drain()
    posts = arguments(receiver)
    monkeypatch.setattr(Ledger, 'notified', fail)
    result = tasks.notified.apply(args=posts[0])
    assert isinstance(result.result, LedgerFailed)
    assert again == [posts[0]]


def fail(*_arguments: object) -> None:
    raise LedgerFailed('the disk is full')
