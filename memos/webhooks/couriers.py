"""Threads of a worker that wait for receivers, so that its processes need not.

A process of the worker has two things to do: to compute, which takes its processor, and to wait for receivers, which
takes nothing. A task that waited itself would keep messages from being read for up to ten seconds a batch.
"""

import logging
from collections.abc import Callable
from threading import BoundedSemaphore, Thread

from django.db import connection

COURIERS = 8
"""In each process; each has a connection to the database while it is out."""

log = logging.getLogger(__name__)
_free = BoundedSemaphore(COURIERS)


def send_out(errand: Callable[[], None]) -> bool:
    """Let a courier do it. False where all of them are out: the sweeper rings again."""
    if not _free.acquire(blocking=False):
        return False
    Thread(target=_run, args=(errand,), name="courier", daemon=True).start()
    return True


def _run(errand: Callable[[], None]) -> None:
    try:
        errand()
    except Exception:
        log.exception("a courier came back with an error")
    finally:
        connection.close()
        _free.release()
