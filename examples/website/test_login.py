"""Log in with a code that arrives on a phone of the sandbox."""

import logging
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client, TransactionTestCase
from login import codes
from login.models import Code, Phone
from login.views import CODE_ID

from hoiio.sandbox import Sandbox

PHONE = '+6598765432'


# The SMS leaves after the commit, so the tests need transactions of their own.
class LoginTest(TransactionTestCase):
    @pytest.fixture(autouse=True)
    def _use_sandbox(
        self, hoiio_sandbox: Sandbox, caplog: pytest.LogCaptureFixture
    ) -> Iterator[None]:
        caplog.set_level(logging.DEBUG)
        self.sandbox, self.caplog = hoiio_sandbox, caplog
        yield
        for sms in hoiio_sandbox.phone(PHONE).inbox:
            assert re.findall('[0-9]{6}', sms.text)[0] not in caplog.text
        assert PHONE[1:] not in caplog.text

    def ask(self, number: str = PHONE, client: Client | None = None) -> None:
        response = (client or self.client).post('/login/', {'number': number})
        self.assertRedirects(response, '/login/code', fetch_redirect_response=False)

    def received(self) -> str:
        return self.sandbox.phone(PHONE).expect_sms('is your login code').text[:6]

    def enter(self, code: str, client: Client | None = None) -> bool:
        response = (client or self.client).post('/login/code', {'code': code})
        assert response.status_code == 302 or b'wrong or too old' in response.content
        return response.status_code == 302

    def is_logged_in(self) -> bool:
        return self.client.get('/').status_code == 200

    def age(self, **period: float) -> None:
        """Let time pass for all codes."""
        for code in Code.objects.all():
            Code.objects.filter(id=code.id).update(created=code.created - timedelta(**period))

    def test_a_code_logs_in(self) -> None:
        assert not self.is_logged_in()
        self.ask('+65 9876-5432')
        assert self.enter(self.received())
        assert self.is_logged_in()
        assert Code.objects.get().txn_ref == 'AA-S-1'
        self.sandbox.assert_quiet()

    def test_the_second_login_is_the_same_user(self) -> None:
        for _ in range(2):
            self.ask()
            assert self.enter(self.received())
            self.age(seconds=61)
        assert User.objects.count() == 1

    def test_a_code_works_once(self) -> None:
        self.ask()
        session = self.client.session[CODE_ID]
        code = self.received()
        assert self.enter(code)
        assert codes.check_code(session, code) is None

    def test_a_code_expires(self) -> None:
        self.ask()
        self.age(minutes=5)
        assert not self.enter(self.received())

    def test_five_wrong_codes_are_the_last(self) -> None:
        self.ask()
        code = self.received()
        for _ in range(5):
            assert not self.enter('000000' if code != '000000' else '000001')
        assert not self.enter(code)

    def test_only_the_browser_that_asked_can_log_in(self) -> None:
        self.ask()
        assert not self.enter(self.received(), Client())

    def test_a_blocked_user_cannot_log_in(self) -> None:
        self.ask()
        assert self.enter(self.received())
        User.objects.update(is_active=False)
        self.age(seconds=61)
        self.ask()
        assert not self.enter(self.received())

    def test_a_number_gets_one_code_a_minute_and_five_a_day(self) -> None:
        for _ in range(6):
            self.ask()
            self.ask()  # the page does not say that nothing was sent
            self.age(seconds=61)
        assert len(self.sandbox.phone(PHONE).inbox) == 5

    def test_all_numbers_together_have_a_limit(self) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(codes, 'MAX_PER_HOUR', 2)
            for last in '123':
                self.ask(f'+659876543{last}')
        assert Code.objects.count() == 2

    def test_two_requests_at_once_send_one_sms(self) -> None:
        Phone.objects.create(number=PHONE)
        assert len(at_once(lambda: codes.request_code(PHONE)) - {None}) == 1
        self.received()
        self.sandbox.assert_quiet()

    def test_guesses_at_once_are_all_counted(self) -> None:
        code_id = codes.request_code(PHONE)
        assert code_id is not None
        at_once(lambda: codes.check_code(code_id, 'wrong'))
        assert Code.objects.get().attempts == 4

    def test_a_lost_response_does_not_send_twice(self) -> None:
        self.sandbox.fault('dropped_after', 'sms/send')
        self.ask()
        assert self.enter(self.received())
        self.sandbox.assert_quiet()
        assert 'It is unknown whether Hoiio carried it out.' in self.caplog.text

    def test_after_a_lost_request_the_user_asks_again(self) -> None:
        self.sandbox.fault('dropped_before', 'sms/send')
        self.ask()
        self.sandbox.assert_quiet()
        self.age(seconds=61)
        self.ask()
        assert self.enter(self.received())

    def test_a_refusal_shows_the_same_page(self) -> None:
        self.sandbox.fail_next('sms/send', 'error_insufficient_credit')
        self.ask()
        self.sandbox.assert_quiet()
        assert 'error_insufficient_credit' in self.caplog.text

    def test_other_numbers_are_refused(self) -> None:
        wide = '+65\uff19\uff18\uff17\uff16\uff15\uff14\uff13\uff12'
        for number in ('98765432', '+6598', '+44 20 7946 0000', '+65 9876 5432 ext 1', wide):
            response = self.client.post('/login/', {'number': number})
            assert response.status_code == 200, number
        assert not Code.objects.exists()
        self.sandbox.assert_quiet()


def at_once(function: Callable[[], object], times: int = 4) -> set[object]:
    """Call a function in several threads; return the different results."""

    def call(_: int) -> object:
        try:
            return function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as threads:
        return set(threads.map(call, range(times)))
