"""Advice for a wait that blocks an event loop."""

from __future__ import annotations

import sys

__all__ = ['event_loop_advice']


def event_loop_advice() -> str:
    """Return a remark for an error if this thread runs an event loop, else an empty text."""
    # A program that runs a loop has imported asyncio; other programs need not.
    asyncio = sys.modules.get('asyncio')
    try:
        if asyncio is not None:
            asyncio.get_running_loop()
            return (
                ' (this wait blocked the event loop of its thread, where the application may run: '
                'wait in another thread, such as with `await asyncio.to_thread(sandbox.drain)`)'
            )
    except RuntimeError:
        pass
    return ''
