"""Send SMS that arrive once, whatever fails."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.http import HttpResponse
from django.test import TransactionTestCase, override_settings
from django.utils.timezone import now
from texting.backends import HoiioBackend
from texting.models import Sms, State
from texting.sms import WAIT, deliver, send_sms

from hoiio import Hoiio
from hoiio.sandbox import Sandbox

PHONE = '+6598765432'
TEXT = 'Your order is on its way.'


@override_settings(SMS_NOTIFY_URL='http://testserver/sms/notify')
class TextingTest(TransactionTestCase):
    @pytest.fixture(autouse=True)
    def _use_sandbox(self, hoiio_sandbox: Sandbox) -> Iterator[None]:
        self.sandbox = hoiio_sandbox
        with hoiio_sandbox.delivered_by(self.post):
            yield

    def post(self, url: str, body: str, headers: Mapping[str, str]) -> HttpResponse:
        return self.client.post(url, body, content_type=headers['Content-Type'], headers=headers)

    def send(self, dest: str = PHONE) -> None:
        with transaction.atomic():
            send_sms(TEXT, dest, tag='order-17')
            self.sandbox.assert_quiet()

    def run_later(self) -> None:
        """Run the command when no request can be on its way any more."""
        for sms in Sms.objects.filter(state=State.SENDING):
            Sms.objects.filter(pk=sms.pk).update(begun=sms.begun - WAIT - timedelta(seconds=1))
        call_command('send_sms')

    def state(self) -> str:
        return Sms.objects.get().state

    def test_an_sms_is_sent_and_delivered(self) -> None:
        self.send()
        assert self.state() == State.SENT
        self.sandbox.drain()
        assert self.state() == State.DELIVERED
        self.sandbox.phone(PHONE).expect_sms(TEXT)

    def test_the_same_tag_sends_once(self) -> None:
        self.send()
        self.sandbox.phone(PHONE).expect_sms(TEXT)
        self.send()
        self.run_later()
        self.sandbox.assert_quiet()

    def test_the_same_tag_in_four_threads_sends_once(self) -> None:
        def call(_: int) -> None:
            try:
                send_sms(TEXT, PHONE, tag='order-17')
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(call, range(4)))
        self.sandbox.phone(PHONE).expect_sms(TEXT)
        self.sandbox.assert_quiet()

    def test_a_transaction_that_fails_sends_nothing(self) -> None:
        with transaction.atomic():
            send_sms(TEXT, PHONE, tag='order-17')
            transaction.set_rollback(True)
        self.run_later()
        assert not Sms.objects.exists()
        self.sandbox.assert_quiet()

    def test_a_failure_arrives_once_anyway(self) -> None:
        for kind in ('dropped_before', 'dropped_after', 'garbage', 'truncated', 'http_error'):
            with self.subTest(kind):
                Sms.objects.all().delete()
                self.sandbox.reset()
                self.sandbox.fault(kind, 'sms/send')
                self.send()
                assert self.state() == State.SENDING
                call_command('send_sms')  # too early: the request may be on its way
                assert self.state() == State.SENDING
                self.run_later()
                assert self.state() == State.SENT
                self.sandbox.phone(PHONE).expect_sms(TEXT)
                self.sandbox.assert_quiet()

    def test_a_search_that_fails_is_repeated_by_the_next_run(self) -> None:
        self.sandbox.fault('dropped_after', 'sms/send')
        self.send()
        self.sandbox.fail_next('sms/get_history', 'error_internal_server_error')
        self.run_later()
        assert self.state() == State.SENDING
        self.run_later()
        assert self.state() == State.SENT
        self.sandbox.phone(PHONE).expect_sms(TEXT)
        self.sandbox.assert_quiet()

    def test_a_process_that_ends_before_the_send_loses_nothing(self) -> None:
        Sms.objects.create(tag='order-17', dest=PHONE, text=TEXT)
        self.run_later()
        assert self.state() == State.SENT

    def test_only_one_process_sends_a_queued_sms(self) -> None:
        sms = Sms.objects.create(tag='order-17', dest=PHONE, text=TEXT)
        for _ in range(2):  # both found it in the queue
            deliver(sms.pk)
        self.sandbox.phone(PHONE).expect_sms(TEXT)
        self.sandbox.assert_quiet()

    def test_an_attempt_that_began_during_the_search_is_left_alone(self) -> None:
        def find(_backend: HoiioBackend, sms: Sms) -> None:
            Sms.objects.filter(pk=sms.pk).update(begun=now())

        self.sandbox.fault('dropped_before', 'sms/send')
        self.send()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(HoiioBackend, 'find', find)
            self.run_later()
        assert self.state() == State.SENDING
        self.sandbox.assert_quiet()

    def test_the_command_runs_twice_at_once(self) -> None:
        Sms.objects.create(tag='order-17', dest=PHONE, text=TEXT)

        def run(_: int) -> None:
            try:
                call_command('send_sms')
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(run, range(4)))
        self.sandbox.phone(PHONE).expect_sms(TEXT)
        self.sandbox.assert_quiet()

    def test_the_delivery_report_settles_a_lost_response(self) -> None:
        self.sandbox.fault('dropped_after', 'sms/send')
        self.send()
        self.sandbox.drain()
        assert self.state() == State.DELIVERED
        assert Sms.objects.get().txn_ref == 'AA-S-1'
        self.run_later()
        self.sandbox.phone(PHONE).expect_sms(TEXT)
        self.sandbox.assert_quiet()

    def test_an_sms_that_hoiio_refuses_fails(self) -> None:
        for dest, reason in (('98765432', 'error_dest_invalid'), ('', 'invalid')):
            with self.subTest(reason):
                Sms.objects.all().delete()
                self.send(dest)
                self.run_later()
                sms = Sms.objects.get()
                assert (sms.state, sms.reason) == (State.FAILED, reason)

    def test_an_sms_waits_for_credit(self) -> None:
        self.sandbox.fail_next('sms/send', 'error_insufficient_credit')
        self.send()
        assert self.state() == State.QUEUED
        call_command('send_sms')
        assert self.state() == State.SENT

    def test_an_sms_that_cannot_be_delivered_fails(self) -> None:
        self.send('+6588880022')
        self.sandbox.drain()
        sms = Sms.objects.get()
        assert (sms.state, sms.reason) == (State.FAILED, 'failed')

    def test_an_old_report_changes_nothing(self) -> None:
        self.send()
        self.sandbox.drain()
        Sms.objects.update(state=State.FAILED)
        self.sandbox.resend(1)
        self.sandbox.drain()
        assert self.state() == State.FAILED

    def test_a_forged_report_is_refused(self) -> None:
        self.send()
        for headers in ({}, {'X-Hoiio-Signature': 'a' * 64}):
            form = 'txn_ref=AA-S-1&tag=order-17&sms_status=delivered'
            kind = 'application/x-www-form-urlencoded'
            url = '/sms/notify'
            response = self.client.post(url, form, content_type=kind, headers=headers)
            assert response.status_code == 403
        assert self.state() == State.SENT

    @override_settings(SMS_BACKEND='texting.backends.ConsoleBackend')
    def test_the_console_shows_an_sms(self) -> None:
        with redirect_stdout(StringIO()) as out:
            self.send()
        assert out.getvalue() == f'SMS to {PHONE}: {TEXT}\n'
        assert Hoiio.sms.history().entries == []
