"""The responses that a client receives when a fault is active."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from threading import Event
from typing import TypeAlias

from werkzeug.wrappers import Response

from ..faults import Fault, Kind

__all__ = ['CutOff', 'faulty_response']

GARBAGE = b'<!-- \xff\x00 no JSON, and no UTF-8 either -->'


class CutOff(Response):
    """A response that is cut off: the connection closes after a part of it was sent.

    Attributes:
        whole_head: Whether the status and headers are sent. They state the length of the complete
            body.
    """

    whole_head = True

    def beginning(self) -> bytes:
        """Return the part of the body that is sent."""
        body = self.get_data()
        return body[: len(body) // 2]


class Dropped(CutOff):
    """A response of which nothing is sent."""

    whole_head = False

    def beginning(self) -> bytes:
        """Return no bytes."""
        return b''


Faulty: TypeAlias = Callable[[Fault, Response, Event], Response]


def faulty_response(fault: Fault | None, response: Response, closing: Event) -> Response:
    """Return the response to send when a fault is active.

    Args:
        fault: The fault, or None.
        response: The normal response of the service.
        closing: A flag that the server sets when it stops. It ends a delay.
    """
    if fault is None or fault.kind not in FAULTY:
        return response
    return FAULTY[fault.kind](fault, response, closing)


def _http_error(fault: Fault, _response: Response, _closing: Event) -> Response:
    status = HTTPStatus(fault.rule.code) if fault.rule.code in set(HTTPStatus) else None
    phrase = status.phrase if status else 'Server Error'
    page = f'<html><body><h1>{fault.rule.code} {phrase}</h1></body></html>'
    return Response(page, status=fault.rule.code, mimetype='text/html')


def _late(fault: Fault, response: Response, closing: Event) -> Response:
    closing.wait(fault.rule.seconds)
    return response


def _dropped(_fault: Fault, response: Response, _closing: Event) -> Response:
    return Dropped(response.get_data())


def _truncated(_fault: Fault, response: Response, _closing: Event) -> Response:
    return CutOff(response.get_data(), mimetype='application/json')


def _garbage(_fault: Fault, _response: Response, _closing: Event) -> Response:
    return Response(GARBAGE, mimetype='application/json')


FAULTY: Mapping[Kind, Faulty] = {
    Kind.HTTP_ERROR: _http_error,
    Kind.DROPPED_BEFORE: _dropped,
    Kind.DEFERRED: _dropped,
    Kind.DROPPED_AFTER: _dropped,
    Kind.LATENCY: _late,
    Kind.TRUNCATED: _truncated,
    Kind.GARBAGE: _garbage,
}
