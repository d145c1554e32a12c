"""Send one-time codes by SMS, and check what the user enters."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac
from django.utils.timezone import now

from hoiio import Hoiio, HoiioException

from .models import Code, Phone

logger = logging.getLogger(__name__)

DIGITS = 6
LIFETIME = timedelta(minutes=5)
MAX_ATTEMPTS = 5
# The limits for one number, and for all numbers together.
PAUSE = timedelta(seconds=60)
MAX_PER_DAY = 5
MAX_PER_HOUR = 500


def request_code(number: str) -> uuid.UUID | None:
    """Send a code to a phone; return its ID, or None if a limit is reached."""
    text = get_random_string(DIGITS, '0123456789')
    with transaction.atomic():
        phone, _ = Phone.objects.get_or_create(number=number)
        # Two requests for one number wait for each other here.
        Phone.objects.select_for_update().get(number=number)
        if not _is_allowed(phone):
            return None
        code = Code(phone=phone)
        code.digest = _digest(code.id, text)
        code.save()
        transaction.on_commit(partial(_send, code.id, number, text))
    return code.id


def check_code(code_id: uuid.UUID, entered: str) -> User | None:
    """Return the user of the phone if the code is right; None otherwise."""
    # No exception may leave the block, because it would undo the count of the attempts.
    with transaction.atomic():
        code = (
            Code.objects.select_for_update()
            .filter(id=code_id, used=None, attempts__lt=MAX_ATTEMPTS, created__gt=now() - LIFETIME)
            .first()
        )
        if code is None:
            return None
        code.attempts += 1
        is_right = constant_time_compare(code.digest, _digest(code.id, entered))
        if is_right:
            code.used = now()
        code.save(update_fields=['attempts', 'used'])
        return _user_of(code.phone_id) if is_right else None


def _is_allowed(phone: Phone) -> bool:
    sent = Code.objects.filter(created__gt=now() - timedelta(hours=1)).count()
    own = phone.codes
    return (
        sent < MAX_PER_HOUR
        and not own.filter(created__gt=now() - PAUSE).exists()
        and own.filter(created__gt=now() - timedelta(days=1)).count() < MAX_PER_DAY
    )


def _digest(code_id: uuid.UUID, text: str) -> str:
    return salted_hmac(f'login {code_id}', text, algorithm='sha256').hexdigest()


def _send(code_id: uuid.UUID, number: str, text: str) -> None:
    """Send a code. After a lost response the code stays valid, because the SMS may arrive."""
    message = f'{text} is your login code for Example. Never tell it to anybody.'
    try:
        sent = Hoiio.sms.send(message, number, tag=f'login-{code_id}').raise_for_status()
    except HoiioException as exc:
        # Without a traceback, because its variables have the code.
        logger.warning('login code %s: %s', code_id, exc)
    else:
        Code.objects.filter(id=code_id).update(txn_ref=sent.txn_ref)


def _user_of(number: str) -> User | None:
    phone = Phone.objects.select_for_update().get(number=number)
    if phone.user is None:
        phone.user = User.objects.create_user(f'user-{uuid.uuid4()}')
        phone.save(update_fields=['user'])
    return phone.user if phone.user.is_active else None
