"""IVR: phone calls that an application conducts, block by block.

A call begins with a start block (`Ivr.dial`, or an incoming call), goes on with middle blocks
(``play``, ``gather``, ``record``, ``monitor``, ``hold``, ``unhold``) and ends with an end block
(``transfer``, ``hangup``). Each block reports to its ``notify_url`` when it is done; then is the
time for the next.
"""

from __future__ import annotations

from ..constants import OnFailure
from ..response import Response, Transaction
from ..transport import Timeout
from .base import BlockOptions, CallOptions, Service, Unpack

__all__ = ['Ivr', 'IvrCall', 'Transfer']


class IvrCall(Transaction):
    """The answer to a dial.

    Attributes:
        session: What all further blocks of the call refer to, such as ``'S1234'``.
    """

    session: str


class Transfer(Response):
    """The answer to a transfer.

    Attributes:
        room: The room's id, for a transfer to a room, else None.
    """

    room: str | None


class Ivr(Service):
    """IVR: ``Hoiio.ivr``.

    A message is text that is read out in English by a woman, at most 1,000 characters (500 in the
    older service), or markup: ``<speech language="zh-HK" gender="female">…</speech>`` and
    ``<url>https://example.com/hello.mp3</url>`` (mp3, wav or gsm, at most 10 MB), in any sequence.
    """

    def dial(
        self,
        dest: str,
        *,
        msg: str | None = None,
        caller_id: str | None = None,
        max_duration: int | str | None = None,
        tag: str | None = None,
        notify_url: str | None = None,
        **params: Unpack[CallOptions],
    ) -> IvrCall:
        """Call a phone.

        Args:
            dest: The number to call.
            msg: The message to play when the call is answered.
            caller_id: What the phone shows: the registered number, a Hoiio number of yours, or
                ``'private'``.
            max_duration: Seconds after which the call is cut.
            tag: A reference of your own, at most 256 characters.
            notify_url: Where Hoiio reports that the call was answered, or was not. Without one,
                the call is hung up after the message.
            **params: For this call alone; see `Service`.

        Returns:
            An `IvrCall`, before the phone has rung.

        Raises:
            InputInvalid: There is no destination, or the tag is too long.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> res = Hoiio.ivr.dial('+6591234567', notify_url='http://127.0.0.1:8000/ivr')
            >>> res.txn_ref, res.session
            ('AA-C-1', 'S1')

        Source: API ``ivr/start/dial``; guide, *Dial*.
        """
        return self._call(
            'ivr/start/dial',
            IvrCall,
            {'dest': dest},
            {
                'msg': msg,
                'caller_id': caller_id,
                'max_duration': max_duration,
                'tag': tag,
                'notify_url': notify_url,
            },
            **params,
        )

    def play(
        self,
        session: str,
        msg: str,
        *,
        tag: str | None = None,
        notify_url: str | None = None,
        **params: Unpack[CallOptions],
    ) -> Response:
        """Play a message.

        Args:
            session: The call, from ``dial`` or from the notification of an incoming call.
            msg: The message.
            tag: A reference of your own, at most 256 characters.
            notify_url: Where Hoiio reports the end of the message. Without one, the call is hung
                up after it.
            **params: For this call alone; see `Service`.

        Returns:
            A `Response` with a status alone.

        Raises:
            InputInvalid: There is no session or no message, or the tag is too long.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> url = 'http://127.0.0.1:8000/ivr'
            >>> session = Hoiio.ivr.dial('+6591234567', notify_url=url).session
            >>> Hoiio.ivr.play(session, 'Hello.', notify_url=url).is_success()
            True

        Source: API ``ivr/middle/play``; guide, *Play*.
        """
        return self._call(
            'ivr/middle/play',
            Response,
            {'session': session, 'msg': msg},
            {'tag': tag, 'notify_url': notify_url},
            **params,
        )

    def gather(
        self,
        session: str,
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
        """Gather the keys that are pressed.

        Args:
            session: The call, from ``dial`` or from the notification of an incoming call.
            msg: The message to play; a key stops it.
            max_digits: How many digits end the input, 0 to 255; with 0, the default, the ``#`` key
                or the timeout ends it.
            timeout: Seconds in which to press; by default 15.
            attempts: How many times the message is played if nothing is pressed; by default 1.
            tag: A reference of your own, at most 256 characters.
            notify_url: Where Hoiio reports the digits. The service refuses a gather without one.
            request_timeout: The timeout of the request itself, in seconds, which is called
                ``timeout`` in every other method.
            **params: For this call alone; see `Service`.

        Returns:
            A `Response` with a status alone; the digits arrive at the ``notify_url``.

        Raises:
            InputInvalid: There is no session, or the tag is too long.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> url = 'http://127.0.0.1:8000/ivr'
            >>> session = Hoiio.ivr.dial('+6591234567', notify_url=url).session
            >>> msg = 'For sales, press 1. For support, press 2.'
            >>> res = Hoiio.ivr.gather(session, msg=msg, max_digits=1, notify_url=url)
            >>> res.is_success()
            True

        Source: API ``ivr/middle/gather``; guide, *Gather*.
        """
        fields = {
            'msg': msg,
            'max_digits': max_digits,
            'timeout': timeout,
            'attempts': attempts,
            'tag': tag,
            'notify_url': notify_url,
        }
        return self._call(
            'ivr/middle/gather',
            Response,
            {'session': session},
            fields,
            timeout=request_timeout,
            **params,
        )

    def record(
        self,
        session: str,
        *,
        msg: str | None = None,
        max_duration: int | None = None,
        tag: str | None = None,
        notify_url: str | None = None,
        **params: Unpack[CallOptions],
    ) -> Response:
        """Record a voice message; the ``#`` key ends it.

        Args:
            session: The call, from ``dial`` or from the notification of an incoming call.
            msg: The message to play before.
            max_duration: Seconds after which the recording ends; by default 120.
            tag: A reference of your own, at most 256 characters.
            notify_url: Where Hoiio reports the URL of the recording. The service refuses a record
                without one.
            **params: For this call alone; see `Service`.

        Returns:
            A `Response` with a status alone.

        Raises:
            InputInvalid: There is no session, or the tag is too long.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> url = 'http://127.0.0.1:8000/ivr'
            >>> session = Hoiio.ivr.dial('+6591234567', notify_url=url).session
            >>> Hoiio.ivr.record(session, msg='Speak now.', notify_url=url).is_success()
            True

        Source: API ``ivr/middle/record``; guide, *Record*.
        """
        return self._call(
            'ivr/middle/record',
            Response,
            {'session': session},
            {'msg': msg, 'max_duration': max_duration, 'tag': tag, 'notify_url': notify_url},
            **params,
        )

    def monitor(
        self,
        session: str,
        *,
        msg: str | None = None,
        tag: str | None = None,
        notify_url: str | None = None,
        monitor_notify_url: str | None = None,
        **params: Unpack[CallOptions],
    ) -> Response:
        """Record the whole conversation from here on.

        Args:
            session: The call, from ``dial`` or from the notification of an incoming call.
            msg: The message to play before.
            tag: A reference of your own, at most 256 characters.
            notify_url: Where Hoiio reports that the next block may follow.
            monitor_notify_url: Where Hoiio reports the URL of the recording, after the call; by
                default the ``notify_url``.
            **params: For this call alone; see `Service`.

        Returns:
            A `Response` with a status alone.

        Raises:
            InputInvalid: There is no session, or the tag is too long.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> url = 'http://127.0.0.1:8000/ivr'
            >>> session = Hoiio.ivr.dial('+6591234567', notify_url=url).session
            >>> res = Hoiio.ivr.monitor(session, msg='This call is recorded.', notify_url=url)
            >>> res.is_success()
            True

        Source: API ``ivr/middle/monitor``; guide, *Monitor*.
        """
        return self._call(
            'ivr/middle/monitor',
            Response,
            {'session': session},
            {
                'msg': msg,
                'tag': tag,
                'notify_url': notify_url,
                'monitor_notify_url': monitor_notify_url,
            },
            **params,
        )

    def hold(
        self, session: str, *, msg: str | None = None, **params: Unpack[CallOptions]
    ) -> Response:
        """Put the call on hold; only ``unhold`` and a forced ``hangup`` are possible then.

        Args:
            session: The call, from ``dial`` or from the notification of an incoming call.
            msg: The message to repeat; by default music.
            **params: For this call alone; see `Service`.

        Returns:
            A `Response` with a status alone; no notification follows.

        Raises:
            InputInvalid: There is no session.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> url = 'http://127.0.0.1:8000/ivr'
            >>> session = Hoiio.ivr.dial('+6591234567', notify_url=url).session
            >>> Hoiio.ivr.hold(session, msg='One moment, please.').is_success()
            True

        Source: API ``ivr/middle/hold``.
        """
        return self._call('ivr/middle/hold', Response, {'session': session}, {'msg': msg}, **params)

    def unhold(
        self,
        session: str,
        *,
        tag: str | None = None,
        notify_url: str | None = None,
        **params: Unpack[CallOptions],
    ) -> Response:
        """Take the call from hold.

        Args:
            session: The call.
            tag: A reference of your own, at most 256 characters.
            notify_url: Where Hoiio reports that the next block may follow. Without one, the call
                is hung up.
            **params: For this call alone; see `Service`.

        Returns:
            A `Response` with a status alone.

        Raises:
            InputInvalid: There is no session, or the tag is too long.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> url = 'http://127.0.0.1:8000/ivr'
            >>> session = Hoiio.ivr.dial('+6591234567', notify_url=url).session
            >>> res = Hoiio.ivr.hold(session)
            >>> Hoiio.ivr.unhold(session, notify_url=url).is_success()
            True

        Source: API ``ivr/middle/unhold``.
        """
        return self._call(
            'ivr/middle/unhold',
            Response,
            {'session': session},
            {'tag': tag, 'notify_url': notify_url},
            **params,
        )

    def transfer(
        self,
        session: str,
        dest: str,
        *,
        msg: str | None = None,
        caller_id: str | None = None,
        on_failure: OnFailure | str | None = None,
        tag: str | None = None,
        notify_url: str | None = None,
        **params: Unpack[CallOptions],
    ) -> Transfer:
        """Connect the call to another phone or to a conference room.

        Args:
            session: The call, from ``dial`` or from the notification of an incoming call.
            dest: A number, or ``'room:R1234'``, or ``'room:'`` for a new room.
            msg: The message to play before.
            caller_id: What the other phone shows: the registered number, a Hoiio number of yours,
                ``'private'``, or the number of the caller.
            on_failure: What follows if nobody answers: ``'hangup'``, the default, or
                ``'continue'``, which leaves the call open for another block.
            tag: A reference of your own, at most 256 characters.
            notify_url: Where Hoiio reports how it went.
            **params: For this call alone; see `Service`.

        Returns:
            A `Transfer`.

        Raises:
            InputInvalid: There is no session or no destination, or the tag is too long.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> url = 'http://127.0.0.1:8000/ivr'
            >>> session = Hoiio.ivr.dial('+6591234567', notify_url=url).session
            >>> Hoiio.ivr.transfer(session, '+6581234567', notify_url=url).is_success()
            True

        Source: API ``ivr/end/transfer``; guide, *Transfer*.
        """
        return self._call(
            'ivr/end/transfer',
            Transfer,
            {'session': session, 'dest': dest},
            {
                'msg': msg,
                'caller_id': caller_id,
                'on_failure': on_failure,
                'tag': tag,
                'notify_url': notify_url,
            },
            **params,
        )

    def hangup(
        self,
        session: str,
        *,
        msg: str | None = None,
        force: bool | str | None = None,
        tag: str | None = None,
        notify_url: str | None = None,
        **params: Unpack[CallOptions],
    ) -> Response:
        """Hang up.

        Args:
            session: The call, from ``dial`` or from the notification of an incoming call.
            msg: The message to play before; not together with ``force``.
            force: True hangs up at once, even in the middle of another block.
            tag: A reference of your own, at most 256 characters.
            notify_url: Where Hoiio reports the end of the call.
            **params: For this call alone; see `Service`.

        Returns:
            A `Response` with a status alone.

        Raises:
            InputInvalid: There is no session, or the tag is too long.
            TransportError: The connection failed; see its ``outcome_unknown``.

        Example:
            >>> url = 'http://127.0.0.1:8000/ivr'
            >>> session = Hoiio.ivr.dial('+6591234567', notify_url=url).session
            >>> Hoiio.ivr.hangup(session, msg='Goodbye.').is_success()
            True

        Source: API ``ivr/end/hangup``; guide, *Hangup*.
        """
        return self._call(
            'ivr/end/hangup',
            Response,
            {'session': session},
            {
                'msg': msg,
                'force': force or None,
                'tag': tag,
                'notify_url': notify_url,
            },
            **params,
        )
