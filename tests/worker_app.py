"""The Celery app of the workers that tests start: the real one with the extractor of the tests and a quick beat.

``HOLD_AT`` names where a worker is to stand still, so that a test can kill it there: "extract", "write" (within the
transaction of the second job), "cut", "slice" (within the transaction of a document's second slice), or "operation"
(within that of an operation's second slice). ``PIECES`` says how many pieces a slice of a document has, ``ROWS`` how
many rows one of an operation, ``AT_ONCE`` how many jobs are cancelled in a statement, ``SLOW`` for how many seconds a
batch of messages is read. ``DEADLY`` is the id of a job that kills the worker that retries it.
"""

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django
from celery.concurrency.asynpool import AsynPool
from django.conf import settings

from memos.celery import app

django.setup()

from ingest import jobs, messages, reading  # noqa: E402
from ingest.documents import slices  # noqa: E402
from ingest.operations import kinds, work  # noqa: E402
from memos import pulse  # noqa: E402
from memos.webhooks import delivery, posting  # noqa: E402
from tests.scripted import Scripted  # noqa: E402

HOLD_AT = os.environ.get("HOLD_AT", "")
settings.INGEST_LEASE_SECONDS = 1
delivery.LEASE = timedelta(seconds=int(os.environ.get("DELIVERY_LEASE", "3")))
posting.TIMEOUT_SECONDS = float(os.environ.get("POST_SECONDS", posting.TIMEOUT_SECONDS))
settings.INGEST_MAX_ATTEMPTS = int(os.environ.get("ATTEMPTS", settings.INGEST_MAX_ATTEMPTS))


def _stand_still() -> None:
    time.sleep(600)


class _Extractor(Scripted):
    def extract(self, utterances: Any) -> Any:
        if HOLD_AT == "extract":
            _stand_still()
        time.sleep(float(os.environ.get("SLOW", "0")))
        return super().extract(utterances)


_made = _Extractor()


def _holding(place: str, call: Callable[..., Any], times: int) -> Callable[..., Any]:
    """The call; after the last of so many ``times`` the worker stands still there."""
    left = times

    def call_and_hold(*args: Any) -> Any:
        nonlocal left
        result = call(*args)
        left -= 1
        if place == HOLD_AT and left == 0:
            _stand_still()
        return result

    return call_and_hold


def _deadly(call: Callable[..., Any]) -> Callable[..., Any]:
    def die_or_call(*, caller: Any, job: Any) -> Any:
        if str(job.pk) == os.environ.get("DEADLY"):
            os.kill(os.getpid(), signal.SIGKILL)
        return call(caller=caller, job=job)

    return die_or_call


kinds.retry_job = _deadly(kinds.retry_job)
reading.extractor = lambda: _made  # type: ignore[assignment]
messages.write = _holding("write", messages.write, 2)
slices.cut = _holding("cut", slices.cut, 2)  # type: ignore[assignment]
slices._move_on = _holding("slice", slices._move_on, 2)
work._save = _holding("operation", work._save, 2)
work.ROWS = int(os.environ.get("ROWS", work.ROWS))
jobs.AT_ONCE = int(os.environ.get("AT_ONCE", jobs.AT_ONCE))
slices.PIECES = int(os.environ.get("PIECES", slices.PIECES))
pulse.PERIOD = 0.5
AsynPool.timers = property(lambda pool: {pool.maintain_pool: 0.2})  # else a child that was killed is missed 5 s later
for name in ("sweep", "summaries", "webhooks", "operations"):
    app.conf.beat_schedule[name].update(schedule=0.5)
