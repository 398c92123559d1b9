"""The Celery app of the workers that tests start: the real one with the extractor of the tests and a quick beat.

``HOLD_AT`` names where a worker is to stand still, so that a test can kill it there: "extract", or "write" (within
the transaction of the second job).
"""

import os
import time
from datetime import timedelta
from typing import Any

import django
from django.conf import settings

from memos.celery import app

django.setup()

from ingest import pipeline  # noqa: E402
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
_written = 0
_write = pipeline._write


def _write_and_hold(*args: Any) -> dict[str, int]:
    global _written
    counts = _write(*args)
    _written += 1
    if HOLD_AT == "write" and _written == 2:
        _stand_still()
    return counts


pipeline.extractor = lambda: _made  # type: ignore[assignment]
pipeline._write = _write_and_hold
for name in ("sweep", "webhooks"):
    app.conf.beat_schedule[name].update(schedule=0.5)
