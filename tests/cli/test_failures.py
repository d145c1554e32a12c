from __future__ import annotations

import pytest

from hoiio import (
    ApiError,
    CredentialsMissing,
    CredentialsRefused,
    CreditInsufficient,
    FieldUnreadable,
    HoiioException,
    InputInvalid,
    RateLimitExceeded,
    ResponseUnreadable,
    TransportError,
)
from hoiio.cli.exit_codes import ExitCode
from hoiio.cli.failures import Command, exit_code_of, interrupted, report
from hoiio.exceptions import FaxFileUnreadable
from hoiio.idempotency import next_step

COMMAND = Command({'tag': 'parcel 17', 'txn_ref': 'AA-C-1'}, [], '2026-01-31 12:00:00')
WITHOUT_TAG = COMMAND._replace(values={'tag': None})


def refused(kind: type[ApiError], *, unknown: bool = False) -> ApiError:
    error = kind('refused')
    error.outcome_unknown = unknown
    return error


@pytest.mark.parametrize(
    ('exc', 'code'),
    [
        (CredentialsMissing('x'), ExitCode.CREDENTIALS),
        (refused(CredentialsRefused), ExitCode.CREDENTIALS),
        (InputInvalid('x'), ExitCode.USAGE),
        (FaxFileUnreadable(2, 'No such file', 'a.pdf'), ExitCode.USAGE),
        (refused(ApiError), ExitCode.REFUSED),
        (refused(CreditInsufficient), ExitCode.REFUSED),
        (refused(RateLimitExceeded), ExitCode.REFUSED),
        (refused(ApiError, unknown=True), ExitCode.UNKNOWN),
        (TransportError('x'), ExitCode.UNKNOWN),
        (TransportError('x', outcome_unknown=False), ExitCode.NEVER_LEFT),
        (ResponseUnreadable('x'), ExitCode.UNKNOWN),
        (ResponseUnreadable('x', outcome_unknown=False), ExitCode.NEVER_LEFT),
        (FieldUnreadable('x'), ExitCode.PARTLY),
        (HoiioException('x'), ExitCode.PARTLY),
    ],
)
def test_each_error_has_an_exit_code(
    exc: HoiioException, code: ExitCode, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of(exc) is report(exc) is code
    assert capsys.readouterr().err.startswith('hoiio: ')
    assert report(exc, printed=200) is ExitCode.PARTLY
    assert 'The list ends after 200 entries' in capsys.readouterr().err


@pytest.mark.parametrize(
    ('operation', 'command', 'advice'),
    [
        ('sms/send', COMMAND, "hoiio sms find 'parcel 17'."),
        ('fax/send', COMMAND, "hoiio fax find 'parcel 17'."),
        ('voice/call', COMMAND, "hoiio voice find 'parcel 17'."),
        ('ivr/start/dial', COMMAND, "hoiio voice find 'parcel 17'."),
        ('sms/send', WITHOUT_TAG, "hoiio sms history --from '2026-01-31 12:00:00'."),
        ('voice/hangup', COMMAND, 'hoiio voice status AA-C-1.'),
        ('voice/hangup', WITHOUT_TAG, 'hoiio voice status TXN_REF.'),
        ('number/subscribe', COMMAND, 'hoiio number subscribed-numbers.'),
        ('ivr/middle/play', COMMAND, 'the notification of the block, or hoiio voice history.'),
        ('sms/send', COMMAND._replace(values={'tag': '-x'}), 'hoiio sms find -- -x.'),
        (
            'sms/send',
            COMMAND._replace(options=['--profile', 'work']),
            "hoiio sms find --profile work 'parcel 17'.",
        ),
    ],
)
def test_an_unknown_outcome_names_the_next_command(
    operation: str, command: Command, advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exc = TransportError(f'{operation}: x.{next_step(operation, outcome_unknown=True)}')
    assert report(exc, command) is ExitCode.UNKNOWN
    shown = capsys.readouterr().err
    assert shown.endswith(f'look for it with the same credentials: {advice}\n')
    assert 'Hoiio.' not in shown
    assert interrupted(operation, command) is ExitCode.INTERRUPTED
    assert capsys.readouterr().err.endswith(f'look for it with the same credentials: {advice}\n')


@pytest.mark.parametrize(
    ('exc', 'shown'),
    [
        (
            InputInvalid('to send it anyway, pass allow_missing=True'),
            'to send it anyway, pass --allow-missing.',
        ),
        (
            FaxFileUnreadable(2, 'the file to fax: No such file or directory', 'a.pdf'),
            'the file to fax: No such file or directory (a.pdf).',
        ),
        (
            TransportError('sms/get_rate: it failed.', outcome_unknown=False),
            'sms/get_rate: it failed. Nothing was changed, so you can run the command again.',
        ),
        (
            refused(CredentialsRefused),
            'refused. To see which credentials these are, run: hoiio whoami',
        ),
        (InputInvalid('a \x1b[31m name'), r'a \x1b[31m name.'),
    ],
)
def test_the_sentence_is_about_the_command_line(
    exc: HoiioException, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    report(exc)
    assert capsys.readouterr().err == f'hoiio: {shown}\n'
