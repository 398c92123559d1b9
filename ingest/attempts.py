"""The attempts of a job, kept with its row: the last ones, each with when it was made and what came of it.

They are written by the statement that writes the job's progress, so that an attempt costs nothing of its own. One that
was begun and never ended was left by a worker that died; whoever takes the job up next says so.
"""

from datetime import datetime
from typing import Any, TypedDict

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, JSONField, TextField, Value

from ingest.models import IngestJob

KEPT = 20
LONGEST_DETAIL = 500
DONE, FAILED, DIED, CANCELLED = "done", "failed", "the worker died", "cancelled"
INTERRUPTED = "interrupted"
"""Not counted: the installation was at fault, or something of the graph was deleted or changed meanwhile."""
WENT_ON = "went on"
"""A slice of a document was written; the next one goes on with the same attempt."""


class Attempt(TypedDict, total=False):
    """``began`` and ``ended`` are ISO 8601. Of one that is being made, ``outcome`` and ``ended`` are missing."""

    number: int
    began: str
    ended: str
    outcome: str
    code: str
    detail: str


def begin(job: IngestJob, now: datetime) -> None:
    bury(job)
    last: Attempt = job.history[-1] if job.history else {"number": 0}
    if last.get("outcome") == WENT_ON:
        job.history = [*job.history[:-1], {"number": last["number"], "began": last["began"]}]
    else:
        job.history = [*job.history, {"number": last["number"] + 1, "began": now.isoformat()}][-KEPT:]


def end(job: IngestJob, outcome: str, now: datetime, code: str = "", detail: str = "") -> None:
    """Say what came of the attempt that is being made. The list is made anew: another copy of the job may hold it."""
    if job.history:
        why = {"code": code, "detail": detail[:LONGEST_DETAIL]} if code else {}
        ended = {"outcome": outcome, "ended": now.isoformat(), **why}
        job.history = [*job.history[:-1], {**job.history[-1], **ended}]


def bury(job: IngestJob) -> None:
    """Say of an attempt without an end that its worker died; nobody knows when."""
    if job.history and "outcome" not in job.history[-1]:
        job.history = [*job.history[:-1], {**job.history[-1], "outcome": DIED}]


def interrupted(now: datetime) -> Any:
    """``history`` with its last attempt interrupted, for an update of many rows; an empty one stays so."""
    told: Any = F("history")
    for name, value in {"outcome": INTERRUPTED, "ended": now.isoformat()}.items():
        path = Value(["-1", name], ArrayField(TextField()))
        told = Func(told, path, Value(value, JSONField()), function="jsonb_set", output_field=JSONField())
    return told
