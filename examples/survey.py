"""A survey by phone: callers answer questions with the keypad and leave a comment.

The view is asynchronous, and the SDK and the database run in threads. The program stores each
answer before it asks the next question, and downloads the comments in the background.

To run the program, set HOIIO_APP_ID and HOIIO_ACCESS_TOKEN, SURVEY_NUMBER to your Hoiio number, and
SURVEY_URL to the public URL of the program:

    uvicorn --app-dir examples --factory survey:from_environment
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path
from time import monotonic
from typing import BinaryIO, NamedTuple

import requests
import urllib3
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool

from hoiio import HoiioClient, NotificationInvalid, Response
from hoiio.notification import Call, Gathered, IncomingCall, IvrNotification, Recorded

logger = logging.getLogger(__name__)


class Question(NamedTuple):
    """A question, and the keys that answer it."""

    name: str
    text: str
    keys: str


QUESTIONS = (
    Question('service', 'How was our service? Press 1 for bad, up to 5 for good.', '12345'),
    Question('again', 'Will you come back? Press 1 for yes, or 2 for no.', '12'),
)
COMMENT = 'Please leave a comment after the tone. Press hash when you are done.'
MAX_ATTEMPTS = 2

# The limits of a download: a comment of a minute has less than a megabyte.
MAX_BYTES = 10_000_000
MAX_SECONDS = 60.0
CONNECT_AND_READ = (5, 10)
CHUNK = 64 * 1024

SCHEMA = """
    CREATE TABLE IF NOT EXISTS handled (digest TEXT PRIMARY KEY);
    CREATE TABLE IF NOT EXISTS answers (
        session TEXT, question TEXT, answer TEXT, PRIMARY KEY (session, question)
    );
    CREATE TABLE IF NOT EXISTS comments (
        id INTEGER PRIMARY KEY, session TEXT, url TEXT, file TEXT
    );
"""


class Results:
    """The answers in a database, and the comments in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with self._transaction() as database:
            database.executescript(SCHEMA)

    def store(self, told: IvrNotification) -> bool:
        """Store what a notification says; return False if it was stored before."""
        with self._transaction() as database:
            row = (told.digest,)
            new = database.execute('INSERT OR IGNORE INTO handled VALUES (?)', row).rowcount
            if new and isinstance(told, Recorded) and told.record_url:
                comment = (told.session, told.record_url)
                database.execute('INSERT INTO comments (session, url) VALUES (?, ?)', comment)
            elif new and isinstance(told, Gathered) and is_valid(told):
                answer = (told.session, question_of(told).name, told.digits)
                database.execute('INSERT INTO answers VALUES (?, ?, ?)', answer)
            return bool(new)

    def answers(self) -> list[tuple[str, str, str]]:
        """Return the session, the question and the answer of each answer."""
        with self._transaction() as database:
            return database.execute('SELECT * FROM answers ORDER BY rowid').fetchall()

    def download_comments(self) -> None:
        """Download the comments that are missing, also those that failed before."""
        with self._transaction() as database:
            missing = database.execute('SELECT id, url FROM comments WHERE file IS NULL')
            comments = missing.fetchall()
        for number, url in comments:
            file = self.folder / f'comment-{number}.mp3'
            if download(url, file):
                with self._transaction() as database:
                    row = (file.name, number)
                    database.execute('UPDATE comments SET file = ? WHERE id = ?', row)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        # A connection of SQLite belongs to one thread.
        path = self.folder / 'survey.sqlite3'
        with closing(sqlite3.connect(path, timeout=10)) as database, database:
            yield database


def question_of(told: IvrNotification) -> Question:
    """Return the question whose number is in the callback URL."""
    return QUESTIONS[int(told.json['question'])]


def is_valid(told: Gathered) -> bool:
    """Return True if the caller pressed one of the keys of the question."""
    return len(told.digits) == 1 and told.digits in question_of(told).keys


def download(url: str, file: Path) -> bool:
    """Download a file; return False if that fails, takes too long, or the file is too large."""
    partial = file.with_suffix('.part')
    try:
        with partial.open('wb') as target:
            copy(url, target)
    except (OSError, ValueError, urllib3.exceptions.HTTPError) as exc:
        logger.warning('%s: %s', file.name, exc)
        partial.unlink()
        return False
    partial.replace(file)
    return True


def copy(url: str, target: BinaryIO) -> None:
    """Copy what a URL returns; raise an exception if that fails or exceeds a limit."""
    deadline, size = monotonic() + MAX_SECONDS, 0
    with requests.get(url, stream=True, timeout=CONNECT_AND_READ) as response:
        response.raise_for_status()
        # read1() returns the bytes that are there. With iter_content(), a slow server could hold
        # this thread for hours.
        while piece := response.raw.read1(CHUNK):
            size += len(piece)
            if size > MAX_BYTES or monotonic() > deadline:
                raise ValueError('the recording is too large, or its server is too slow')
            target.write(piece)


class Survey:
    """The conversation with a caller."""

    def __init__(self, results: Results, url: str) -> None:
        self.results = results
        self.url = url

    def react(self, told: IvrNotification) -> None:
        """Store an answer, then send the next block."""
        if not self.results.store(told) or told.is_over():
            return
        block = self.next_block(told)
        if block is not None and not block.is_success():
            # Typically error_session_ended: the caller has just hung up.
            logger.warning('session %s: %s', told.session, block.status)

    def next_block(self, told: IvrNotification) -> Response | None:
        """Send the block that follows a notification."""
        match told:
            case IncomingCall(call=call):
                return self.ask(call, 0)
            case Gathered(call=call):
                return self.after_answer(call, told)
            case Recorded(call=call):
                return call.hangup(msg='Thank you. Goodbye.')
        return None

    def after_answer(self, call: Call, told: Gathered) -> Response:
        """Ask the next question, or the same one again after a wrong key."""
        number, attempt = int(told.json['question']), int(told.json['attempt'])
        if not is_valid(told):
            retry = attempt < MAX_ATTEMPTS
            return self.ask(call, number, attempt + 1) if retry else call.hangup(msg='Goodbye.')
        if number + 1 < len(QUESTIONS):
            return self.ask(call, number + 1)
        return call.record(msg=COMMENT, max_duration=60, notify_url=self.url)

    def ask(self, call: Call, number: int, attempt: int = 1) -> Response:
        """Ask a question. The URL is different each time, so no two notifications are equal."""
        url = f'{self.url}?question={number}&attempt={attempt}'
        return call.gather(msg=QUESTIONS[number].text, max_digits=1, timeout=10, notify_url=url)


def create_app(hoiio: HoiioClient, results: Results, url: str) -> FastAPI:
    """Create the application. The URL is its public URL."""
    app = FastAPI(openapi_url=None)
    survey = Survey(results, f'{url}/hoiio')

    @app.post('/hoiio')
    async def notify(request: Request, background: BackgroundTasks) -> None:
        try:
            told = await hoiio.notification.from_async_request(request)
        except NotificationInvalid as exc:
            raise HTTPException(HTTPStatus.FORBIDDEN, str(exc)) from exc
        if isinstance(told, IvrNotification):
            await run_in_threadpool(survey.react, told)
        if isinstance(told, Recorded):
            background.add_task(results.download_comments)

    return app


def from_environment() -> FastAPI:
    """Create the application, and forward the calls of the number to it."""
    hoiio, url = HoiioClient(), os.environ['SURVEY_URL'].rstrip('/')
    number = hoiio.number.configure(os.environ['SURVEY_NUMBER'], forward_to=f'{url}/hoiio')
    number.raise_for_status()
    return create_app(hoiio, Results(Path.cwd()), url)
