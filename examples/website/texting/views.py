"""The callback URL of the SMS."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from hoiio import Hoiio, NotificationInvalid, SmsStatus
from hoiio.notification import SmsDelivery

from .models import State
from .sms import advance

STATES: Mapping[str, str] = {
    SmsStatus.QUEUED: State.SENT,
    SmsStatus.DELIVERED: State.DELIVERED,
    SmsStatus.FAILED: State.FAILED,
    SmsStatus.ERROR: State.FAILED,
}


@csrf_exempt
@require_POST
def notify(request: HttpRequest) -> HttpResponse:
    """Store the delivery status that Hoiio reports."""
    try:
        told = Hoiio.notification.from_request(request)
    except NotificationInvalid as exc:
        return HttpResponseForbidden(str(exc))
    if isinstance(told, SmsDelivery) and told.tag and told.sms_status in STATES:
        state = STATES[told.sms_status]
        reason = told.sms_status if state == State.FAILED else ''
        advance(told.tag, state, txn_ref=told.txn_ref, reason=reason)
    return HttpResponse()
