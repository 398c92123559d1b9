"""The bell: Celery is told that there is work, and finds in the rows what it is."""

import logging
import time

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


class Bell:
    """Rings through the broker. One ring that does not get through is no error, and silences the bell for a while, so
    that requests don't wait for a broker that is gone: the sweeper rings again."""

    PAUSE_SECONDS = 5.0

    def __init__(self) -> None:
        self._silent_until = 0.0

    def ring(self, task: Task[..., None], key: str) -> None:
        if time.monotonic() < self._silent_until:
            return
        try:
            task.apply_async((key,), retry=False)
        except (OperationalError, OSError) as error:
            self._silent_until = time.monotonic() + self.PAUSE_SECONDS
            log.warning("the broker did not take the ring for %s: %s", key, error)


_bell = Bell()


def ring(task: Task[..., None], key: str) -> None:
    """Ring now; a process has one bell for all that it rings for."""
    _bell.ring(task, key)


def ring_on_commit(task: Task[..., None], key: str) -> None:
    """Ring once the transaction has committed."""
    transaction.on_commit(lambda: ring(task, key))
