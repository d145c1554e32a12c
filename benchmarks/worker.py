"""A process that does one kind of work whenever it is asked.

``python -m benchmarks.worker TASK ARGUMENT…`` prepares the module of that name in
`benchmarks.tasks`, prints a line when it is ready, then reads the arguments of the work, a line of
JSON each, and answers each with what doing that took.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module

from .tasks import Task


def main(task: str, *args: str) -> None:
    """Work until standard input ends."""
    # What an SDK prints is no answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    work: Task = import_module(f'{__package__}.tasks.{task}').prepare(*args)
    answers.write('null\n')
    answers.flush()
    for line in sys.stdin:
        answers.write(f'{json.dumps(work(*json.loads(line)))}\n')
        answers.flush()


if __name__ == '__main__':
    main(*sys.argv[1:])
