"""A process that runs one task on request.

``python -m benchmarks.worker TASK ARGUMENT…`` prepares the module ``TASK`` of `benchmarks.tasks`
and prints a line when it is ready. It then reads lines of JSON with the arguments of the task, runs
the task for each line, and prints the cost.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module

from .tasks import Task


def main(task: str, *args: str) -> None:
    """Run the task for each line of standard input, until it ends."""
    # Keep standard output free of text that an SDK prints.
    answers, sys.stdout = sys.stdout, sys.stderr
    work: Task = import_module(f'{__package__}.tasks.{task}').prepare(*args)
    answers.write('null\n')
    answers.flush()
    for line in sys.stdin:
        answers.write(f'{json.dumps(work(*json.loads(line)))}\n')
        answers.flush()


if __name__ == '__main__':
    main(*sys.argv[1:])
