"""The Celery app of the workers that tests start: the real one with the extractor of the tests and a quick beat.

``HOLD_AT`` names where a worker is to stand still, so that a test can kill it there: "extract", "write" (within the
transaction of a job) or "between" (when three jobs are done).
"""

import os
import time
from typing import Any

from ingest import pipeline
from memos.celery import app
from tests.scripted import Scripted

HOLD_AT = os.environ.get("HOLD_AT", "")


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
    if HOLD_AT == "between" and _written == 3:
        _stand_still()
    counts = _write(*args)
    _written += 1
    if HOLD_AT == "write" and _written == 2:
        _stand_still()
    return counts


pipeline.extractor = lambda: _made  # type: ignore[assignment]
pipeline._write = _write_and_hold
app.conf.beat_schedule["sweep"].update(schedule=0.5)
