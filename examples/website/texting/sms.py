"""Send each SMS exactly once, whatever fails."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils.timezone import now

from hoiio import (
    ApiError,
    CredentialsMissing,
    CredentialsRefused,
    CreditInsufficient,
    HoiioException,
    InputInvalid,
    RateLimitExceeded,
)

from .backends import backend
from .models import Sms, State

logger = logging.getLogger(__name__)

# How long an interrupted send can still be on its way. It is longer than the timeout of a call.
WAIT = timedelta(minutes=5)
# These refusals are not about the SMS. The next run of the command tries again.
TEMPORARY = (CredentialsMissing, CredentialsRefused, CreditInsufficient, RateLimitExceeded)
EARLIER: Mapping[str, tuple[str, ...]] = {
    State.SENT: (State.QUEUED, State.SENDING),
    State.DELIVERED: (State.QUEUED, State.SENDING, State.SENT),
    State.FAILED: (State.QUEUED, State.SENDING, State.SENT),
}


def send_sms(text: str, dest: str, *, tag: str) -> Sms:
    """Send an SMS when the transaction commits.

    Args:
        text: The text.
        dest: The number of the recipient.
        tag: The reason for the SMS, such as ``'order-17-shipped'``. A second call with the same
            tag sends nothing.

    Returns:
        The SMS.
    """
    sms, is_new = Sms.objects.get_or_create(tag=tag, defaults={'text': text, 'dest': dest})
    if is_new:
        transaction.on_commit(partial(deliver, sms.pk), robust=True)
    return sms


def deliver(pk: int) -> None:
    """Send an SMS that is queued. If several processes try, one of them sends it."""
    # The claim must be committed before the request leaves, so this refuses an outer transaction.
    with transaction.atomic(durable=True):
        queued = Sms.objects.filter(pk=pk, state=State.QUEUED)
        claimed = queued.update(state=State.SENDING, begun=now())
    if not claimed:
        return
    sms = Sms.objects.get(pk=pk)
    try:
        txn_ref = backend().send(sms)
    except HoiioException as exc:
        logger.warning('SMS %s: %s', sms.tag, exc)
        _note_failure(sms, exc)
    else:
        advance(sms.tag, State.SENT, txn_ref=txn_ref)


def advance(tag: str, state: str, **fields: str) -> None:
    """Move an SMS to a later state. A report that comes late changes nothing."""
    Sms.objects.filter(tag=tag, state__in=EARLIER[state]).update(state=state, **fields)


def send_pending() -> None:
    """Send what is queued, and find out what became of the sends that were interrupted."""
    for sms in Sms.objects.filter(state=State.SENDING, begun__lt=now() - WAIT):
        _settle(sms)
    for pk in Sms.objects.filter(state=State.QUEUED).values_list('pk', flat=True):
        deliver(pk)


def _note_failure(sms: Sms, exc: HoiioException) -> None:
    if exc.outcome_unknown:
        return
    if isinstance(exc, (ApiError, InputInvalid)) and not isinstance(exc, TEMPORARY):
        advance(sms.tag, State.FAILED, reason=getattr(exc, 'status', 'invalid'))
    else:
        _requeue(sms)


def _settle(sms: Sms) -> None:
    try:
        txn_ref = backend().find(sms)
    except HoiioException as exc:
        # The next run looks again.
        logger.warning('SMS %s: %s', sms.tag, exc)
        return
    if txn_ref is None:
        _requeue(sms)
    else:
        advance(sms.tag, State.SENT, txn_ref=txn_ref)


def _requeue(sms: Sms) -> None:
    # Only the attempt that was looked at: another process may have begun the next one.
    attempt = Sms.objects.filter(pk=sms.pk, state=State.SENDING, begun=sms.begun)
    attempt.update(state=State.QUEUED)
