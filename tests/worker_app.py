"""The Celery app of the workers that tests start: the real one with the extractor of the tests and a quick beat.

``HOLD_AT`` names where a worker is to stand still, so that a test can kill it there: "extract", or "write" (within
the transaction of the second job).
"""

import os
import time
from typing import Any

import django
from django.conf import settings

from memos.celery import app

django.setup()

from ingest import messages, reading  # noqa: E402
from tests.scripted import Scripted  # noqa: E402

HOLD_AT = os.environ.get("HOLD_AT", "")
settings.INGEST_LEASE_SECONDS = 1
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
_write = messages.write


def _write_and_hold(*args: Any) -> dict[str, int]:
    global _written
    counts = _write(*args)
    _written += 1
    if HOLD_AT == "write" and _written == 2:
        _stand_still()
    return counts


reading.extractor = lambda: _made  # type: ignore[assignment]
messages.write = _write_and_hold
app.conf.beat_schedule["sweep"].update(schedule=0.5)
