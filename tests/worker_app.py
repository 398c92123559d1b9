"""The Celery app of the workers that tests start: the real one with the extractor of the tests and a quick beat.

``HOLD_AT`` names where a worker is to stand still, so that a test can kill it there: "extract", "write" (within the
transaction of the second job), "cut", or "slice" (within the transaction of a document's second slice). ``PIECES`` says
how many pieces a slice has.
"""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django
from django.conf import settings

from memos.celery import app

django.setup()

from ingest import messages, reading  # noqa: E402
from ingest.documents import slices  # noqa: E402
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


reading.extractor = lambda: _made  # type: ignore[assignment]
messages.write = _holding("write", messages.write, 2)
slices.cut = _holding("cut", slices.cut, 2)  # type: ignore[assignment]
slices._move_on = _holding("slice", slices._move_on, 2)
slices.PIECES = int(os.environ.get("PIECES", slices.PIECES))
for name in ("sweep", "webhooks"):
    app.conf.beat_schedule[name].update(schedule=0.5)
