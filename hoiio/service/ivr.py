"""IVR: phone calls that your application controls, one block after another.

A call begins with a start block: `Ivr.dial`, or an incoming call. Middle blocks follow (``play``,
``gather``, ``record``, ``monitor``, ``hold``, ``unhold``), and then an end block (``transfer`` or
``hangup``). When a block is done, Hoiio notifies its ``notify_url``. Then you can send the next
block.
"""

from __future__ import annotations

from ..constants import OnFailure
from ..response import Response, Transaction
from ..transport import Timeout
from .base import BlockOptions, CallOptions, Service, Unpack

__all__ = ['Ivr', 'IvrCall', 'Transfer']


class IvrCall(Transaction):
    """The answer to `Ivr.dial`.

    Attributes:
        session: The ID of the call, such as ``'S1234'``. Pass it to each block that follows.
    """

    session: str


class Transfer(Response):
    """The answer to `Ivr.transfer`.

    Attributes:
        room: The ID of the room; None for a transfer to a phone.
    """

    room: str | None


class Ivr(Service):
    """IVR: ``Hoiio.ivr``.

    A message is text of at most 1,000 characters, or 500 in the older service. A female voice reads
    it in English. A message can also be markup: any sequence of
    ``<speech language="zh-HK" gender="female">…</speech>`` and
    ``<url>https://example.com/hello.mp3</url>`` (mp3, wav or gsm, at most 10 MB).
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
            msg: The message to play when the phone answers.
            caller_id: The number that the phone shows: your registered number, one of your Hoiio
                numbers, or ``'private'``.
            max_duration: The longest duration in seconds. Then Hoiio ends the call.
            tag: Your own reference, at most 256 characters.
            notify_url: The URL that Hoiio notifies when the phone answers or does not. If you omit
                it, Hoiio hangs up after the message.

        Returns:
            An `IvrCall`. It arrives before the phone rings.

        Raises:
            InputInvalid: ``dest`` is missing, or the tag is too long.

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
            session: The ID of the call, from `dial` or the notification of an incoming call.
            msg: The message to play.
            tag: Your own reference, at most 256 characters.
            notify_url: The URL that Hoiio notifies when the message ends. If you omit it, Hoiio
                hangs up after the message.

        Returns:
            A `Response` that has only a status.

        Raises:
            InputInvalid: ``session`` or ``msg`` is missing, or the tag is too long.

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
        """Gather the keys that the caller presses.

        Args:
            session: The ID of the call, from `dial` or the notification of an incoming call.
            msg: The message to play. It stops when the caller presses a key.
            max_digits: The number of digits that ends the input, 0 to 255. With 0, the default, the
                ``#`` key or the timeout ends it.
            timeout: The time for the input, in seconds. The default is 15.
            attempts: How many times Hoiio plays the message if the caller presses no key. The
                default is 1.
            tag: Your own reference, at most 256 characters.
            notify_url: The URL to which Hoiio sends the digits. Hoiio refuses a gather without it.
            request_timeout: The timeout of the request, in seconds. Every other method calls it
                ``timeout``.

        Returns:
            A `Response` that has only a status. Hoiio sends the digits to the ``notify_url``.

        Raises:
            InputInvalid: ``session`` is missing, or the tag is too long.

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
        """Record a voice message, until the caller presses the ``#`` key.

        Args:
            session: The ID of the call, from `dial` or the notification of an incoming call.
            msg: The message to play first.
            max_duration: The longest recording in seconds. The default is 120.
            tag: Your own reference, at most 256 characters.
            notify_url: The URL to which Hoiio sends the URL of the recording. Hoiio refuses a
                record without it.

        Returns:
            A `Response` that has only a status.

        Raises:
            InputInvalid: ``session`` is missing, or the tag is too long.

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
        """Record the rest of the call.

        Args:
            session: The ID of the call, from `dial` or the notification of an incoming call.
            msg: The message to play first.
            tag: Your own reference, at most 256 characters.
            notify_url: The URL that Hoiio notifies when you can send the next block.
            monitor_notify_url: The URL to which Hoiio sends the URL of the recording, after the
                call. The default is the ``notify_url``.

        Returns:
            A `Response` that has only a status.

        Raises:
            InputInvalid: ``session`` is missing, or the tag is too long.

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
        """Put the call on hold. Only ``unhold`` and a forced ``hangup`` can follow.

        Args:
            session: The ID of the call, from `dial` or the notification of an incoming call.
            msg: The message to repeat. By default, Hoiio plays music.

        Returns:
            A `Response` that has only a status. Hoiio does not send a notification.

        Raises:
            InputInvalid: ``session`` is missing.

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
        """Take the call off hold.

        Args:
            session: The ID of the call, from `dial` or the notification of an incoming call.
            tag: Your own reference, at most 256 characters.
            notify_url: The URL that Hoiio notifies when you can send the next block. If you omit
                it, Hoiio hangs up.

        Returns:
            A `Response` that has only a status.

        Raises:
            InputInvalid: ``session`` is missing, or the tag is too long.

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
            session: The ID of the call, from `dial` or the notification of an incoming call.
            dest: A number, ``'room:R1234'`` for a room, or ``'room:'`` for a new room.
            msg: The message to play first.
            caller_id: The number that the other phone shows: your registered number, one of your
                Hoiio numbers, ``'private'``, or the number of the caller.
            on_failure: What Hoiio does if nobody answers: ``'hangup'``, the default, or
                ``'continue'``, after which you can send another block.
            tag: Your own reference, at most 256 characters.
            notify_url: The URL that Hoiio notifies of the result.

        Returns:
            A `Transfer`.

        Raises:
            InputInvalid: ``session`` or ``dest`` is missing, or the tag is too long.

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
        """End the call.

        Args:
            session: The ID of the call, from `dial` or the notification of an incoming call.
            msg: The message to play first. You cannot combine it with ``force``.
            force: If True, Hoiio hangs up immediately, even during another block.
            tag: Your own reference, at most 256 characters.
            notify_url: The URL that Hoiio notifies when the call ends.

        Returns:
            A `Response` that has only a status.

        Raises:
            InputInvalid: ``session`` is missing, or the tag is too long.

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
