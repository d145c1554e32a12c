"""What ``hoiio listen`` does with each notification: verify, show, save and forward it."""

from __future__ import annotations

import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from queue import Queue
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..client import HoiioClient
from ..exceptions import HoiioException, InputInvalid, NotificationInvalid
from ..notification import Notification
from . import profiles
from .exit_codes import ExitCode
from .notification_file import NotificationFile, read_notifications
from .notification_forwarder import NotForwarded, NotificationForwarder
from .notification_server import Answer, Incoming, NotificationServer
from .notification_writer import NotificationWriter
from .streams import complain, printable

if TYPE_CHECKING:
    from ..campaign.ledger import Ledger

__all__ = ['NotificationListener', 'described', 'is_accepted', 'listen', 'replay']

LONGEST_SHOWN = 80
# How often, in seconds, the server looks whether it should end.
INTERVAL = 0.1

# What a line shows of a notification, in this order.
SHOWN = (
    *('txn_ref', 'session', 'ivr_block', 'from', 'to', 'dest', 'dest1', 'dest2'),
    *('status', 'sms_status', 'fax_status', 'call_status_dest1', 'call_status_dest2'),
    *('call_state', 'dial_status', 'transfer_status', 'digits'),
)


class NotificationListener:
    """What happens to each notification. Several threads can use it at the same time.

    Args:
        client: The client whose access token signs the notifications.
        show: Shows a line about a notification.
        forwarder: Posts a notification to another address.
        file: Keeps the notifications.
        forward_invalid: Whether to forward what does not have a valid signature.
        ledger: The ledger in which to record the notifications of campaigns.
    """

    def __init__(
        self,
        client: HoiioClient,
        show: Callable[[str], None],
        forwarder: NotificationForwarder | None = None,
        file: NotificationFile | None = None,
        *,
        forward_invalid: bool = False,
        ledger: Ledger | None = None,
    ) -> None:
        self._client = client
        self._show = show
        self._forwarder = forwarder
        self._file = file
        self._forward_invalid = forward_invalid
        self._writer = None if ledger is None else NotificationWriter(ledger)

    def receive(self, incoming: Incoming) -> Answer:
        """Verify, show, save and forward a request, and return the answer to its sender."""
        # The callback URL of a campaign says which batch a notification is about.
        query = '' if self._writer is None else urlsplit(incoming.target).query
        try:
            notification = self._client.notification.parse(
                incoming.body, incoming.signature, query=query
            )
            self._show(described(notification))
        except NotificationInvalid as exc:
            notification = None
            self._show(_described_invalid(incoming, exc))
        self._save(incoming, is_valid=notification is not None)
        if notification is None and not self._forward_invalid:
            return Answer(403)
        is_kept = notification is None or self._keep(notification)
        if self._forwarder is None:
            return Answer(200 if is_kept else 500)
        return self._forward(self._forwarder, incoming)

    def _keep(self, notification: Notification) -> bool:
        """Record a notification of a campaign in the ledger. Return False if that fails."""
        if self._writer is None:
            return True
        try:
            self._writer.write(notification)
        except HoiioException as exc:
            complain(f'hoiio listen: {exc}')
            return False
        return True

    def _save(self, incoming: Incoming, *, is_valid: bool) -> None:
        if self._file is not None:
            try:
                self._file.append(incoming, is_valid=is_valid)
            except OSError as exc:
                # Forward it anyway, because Hoiio does not send it again.
                complain(f'hoiio listen: a notification was not saved: {exc.strerror}')

    def _forward(self, forwarder: NotificationForwarder, incoming: Incoming) -> Answer:
        try:
            answer = forwarder.forward(incoming)
        except NotForwarded as exc:
            complain(f'hoiio listen: {exc}')
            return Answer(502)
        if not is_accepted(answer):
            complain(f'hoiio listen: the receiver responded with {answer.status}')
        return answer


def is_accepted(answer: Answer) -> bool:
    """Return True if an answer says that the notification was accepted."""
    return 200 <= answer.status < 300  # noqa: PLR2004


def described(notification: Notification) -> str:
    """Return a line about a notification: its kind, references, numbers and statuses."""
    fields = (notification.json.get(name) for name in SHOWN)
    return ' '.join((type(notification).__name__, *filter(None, fields)))


def _described_invalid(incoming: Incoming, exc: NotificationInvalid) -> str:
    # The rest of the message says how to call the SDK.
    reason = str(exc).partition(':')[0]
    size = len(incoming.body)
    return f'INVALID, maybe forged: {reason} ({size} bytes to {incoming.target[:LONGEST_SHOWN]})'


def replay(given: Namespace) -> int:
    """Forward the notifications of a saved file, and return the exit code.

    Raises:
        InputInvalid: The options do not fit together, or the file is not valid.
    """
    forwarder = _forwarder(given)
    if (forwarder is None and given.ledger is None) or given.save is not None:
        raise InputInvalid(
            '--replay needs --forward-to or --ledger, and cannot be used with --save'
        )
    saved = read_notifications(given.replay)
    account = profiles.find_account(given)
    with account.client() as client, _ledger(given, account) as ledger:
        listener = NotificationListener(
            client, _print, forwarder, forward_invalid=given.forward_invalid, ledger=ledger
        )
        answers = [listener.receive(each) for each in saved]
    return ExitCode.DONE if all(map(is_accepted, answers)) else ExitCode.PARTLY


def listen(given: Namespace) -> int:
    """Receive notifications until Ctrl-C, and return the exit code.

    Raises:
        InputInvalid: The options do not fit together, the file cannot be written, or the port is
            not available.
    """
    forwarder = _forwarder(given)
    if given.forward_invalid and forwarder is None:
        raise InputInvalid('--forward-invalid needs --forward-to')
    if given.save is None:
        return _listen(given, forwarder, None)
    with closing(NotificationFile(given.save)) as file:
        return _listen(given, forwarder, file)


def _forwarder(given: Namespace) -> NotificationForwarder | None:
    return None if given.forward_to is None else NotificationForwarder(given.forward_to)


@contextmanager
def _ledger(given: Namespace, account: profiles.Account) -> Iterator[Ledger | None]:
    if given.ledger is None:
        yield None
        return
    from ..campaign.exceptions import LedgerUnusable  # noqa: PLC0415 - it needs an extra
    from ..campaign.ledger import Ledger  # noqa: PLC0415

    try:
        opened = Ledger(given.ledger or None, app_id=account.app_id)
    except LedgerUnusable as exc:
        raise InputInvalid(str(exc)) from exc
    with opened as ledger:
        yield ledger


def _listen(
    given: Namespace, forwarder: NotificationForwarder | None, file: NotificationFile | None
) -> int:
    # The main thread prints, so that Ctrl-C or a closed pipe ends the command.
    lines: Queue[str] = Queue()
    account = profiles.find_account(given)
    with account.client() as client, _ledger(given, account) as ledger:
        listener = NotificationListener(
            client,
            lines.put,
            forwarder,
            file,
            forward_invalid=given.forward_invalid,
            ledger=ledger,
        )
        with _server(given.port, listener) as server:
            if forwarder is not None and forwarder.is_at(server.server_port):
                raise InputInvalid('--forward-to is the address of hoiio listen itself')
            threading.Thread(target=server.serve_forever, args=(INTERVAL,), daemon=True).start()
            complain(f'Listening at http://127.0.0.1:{server.server_port}. Press Ctrl-C to stop.')
            try:
                while True:
                    _print(lines.get())
            except KeyboardInterrupt:
                complain('Stopped.')
            finally:
                server.shutdown()
    return ExitCode.DONE


def _print(line: str) -> None:
    print(printable(line).replace('\n', '\\n'), flush=True)


def _server(port: int, listener: NotificationListener) -> NotificationServer:
    try:
        return NotificationServer(port, listener.receive)
    except OSError as exc:
        raise InputInvalid(f'port {port} is not available ({exc.strerror}); try --port 0') from None
