"""An IVR call that you control from its notifications."""

from __future__ import annotations

from ..constants import OnFailure
from ..response import Response
from ..service.base import BlockOptions, CallOptions, Unpack
from ..service.ivr import Ivr, Transfer
from ..transport import Timeout

__all__ = ['Call']


class Call:
    """An IVR call: it has the blocks of `Ivr`, which you call without the session.

    The blocks are `play <Ivr.play>`, `gather <Ivr.gather>`, `record <Ivr.record>`,
    `monitor <Ivr.monitor>`, `hold <Ivr.hold>`, `unhold <Ivr.unhold>`, `transfer <Ivr.transfer>`
    and `hangup <Ivr.hangup>`. Each has the other arguments, the result and the errors of the method
    of `Ivr`.

    Args:
        ivr: The service of a client, such as ``Hoiio.ivr``.
        session: The ID of the call, from `Ivr.dial` or the notification of an incoming call.

    Attributes:
        session: The ID of the call.

    Example:
        >>> dialled = Hoiio.ivr.dial('+6591234567', notify_url='http://127.0.0.1:8000/ivr')
        >>> call = Call(Hoiio.ivr, dialled.session)
        >>> call.hangup(msg='Goodbye.').is_success()
        True
    """

    def __init__(self, ivr: Ivr, session: str) -> None:
        self._ivr = ivr
        self.session = session

    def play(
        self,
        msg: str,
        *,
        tag: str | None = None,
        notify_url: str | None = None,
        **params: Unpack[CallOptions],
    ) -> Response:
        """Play a message; see `Ivr.play`."""
        return self._ivr.play(self.session, msg, tag=tag, notify_url=notify_url, **params)

    def gather(
        self,
        *,
        msg: str | None = None,
        max_digits: int | None = None,
        timeout: int | None = None,
        attempts: int | None = None,
        tag: str | None = None,
        notify_url: str | None = None,
        request_timeout: Timeout | None = None,
        **params: Unpack[BlockOptions],
    ) -> Response:
        """Gather the keys that the caller presses; see `Ivr.gather`."""
        return self._ivr.gather(
            self.session,
            msg=msg,
            max_digits=max_digits,
            timeout=timeout,
            attempts=attempts,
            tag=tag,
            notify_url=notify_url,
            request_timeout=request_timeout,
            **params,
        )

    def record(
        self,
        *,
        msg: str | None = None,
        max_duration: int | None = None,
        tag: str | None = None,
        notify_url: str | None = None,
        **params: Unpack[CallOptions],
    ) -> Response:
        """Record a voice message, until the caller presses the ``#`` key; see `Ivr.record`."""
        return self._ivr.record(
            self.session,
            msg=msg,
            max_duration=max_duration,
            tag=tag,
            notify_url=notify_url,
            **params,
        )

    def monitor(
        self,
        *,
        msg: str | None = None,
        tag: str | None = None,
        notify_url: str | None = None,
        monitor_notify_url: str | None = None,
        **params: Unpack[CallOptions],
    ) -> Response:
        """Record the rest of the call; see `Ivr.monitor`."""
        return self._ivr.monitor(
            self.session,
            msg=msg,
            tag=tag,
            notify_url=notify_url,
            monitor_notify_url=monitor_notify_url,
            **params,
        )

    def hold(self, *, msg: str | None = None, **params: Unpack[CallOptions]) -> Response:
        """Put the call on hold. Only `unhold` and a forced `hangup` can follow; see `Ivr.hold`."""
        return self._ivr.hold(self.session, msg=msg, **params)

    def unhold(
        self,
        *,
        tag: str | None = None,
        notify_url: str | None = None,
        **params: Unpack[CallOptions],
    ) -> Response:
        """Take the call off hold; see `Ivr.unhold`."""
        return self._ivr.unhold(self.session, tag=tag, notify_url=notify_url, **params)

    def transfer(
        self,
        dest: str,
        *,
        msg: str | None = None,
        caller_id: str | None = None,
        on_failure: OnFailure | str | None = None,
        tag: str | None = None,
        notify_url: str | None = None,
        **params: Unpack[CallOptions],
    ) -> Transfer:
        """Connect the call to another phone or to a conference room; see `Ivr.transfer`."""
        return self._ivr.transfer(
            self.session,
            dest,
            msg=msg,
            caller_id=caller_id,
            on_failure=on_failure,
            tag=tag,
            notify_url=notify_url,
            **params,
        )

    def hangup(
        self,
        *,
        msg: str | None = None,
        force: bool | str | None = None,
        tag: str | None = None,
        notify_url: str | None = None,
        **params: Unpack[CallOptions],
    ) -> Response:
        """End the call; see `Ivr.hangup`."""
        return self._ivr.hangup(
            self.session, msg=msg, force=force, tag=tag, notify_url=notify_url, **params
        )

    def __repr__(self) -> str:
        return f'<{type(self).__name__} session={self.session!r}>'
