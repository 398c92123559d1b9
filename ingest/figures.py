"""What is counted over time: what is said, what is learned from it, and the work between the two."""

from django.db.models import Q

from graphs.models import Memory
from ingest.models import GONE_WRONG, IngestJob
from memos.figures.models import RowTally
from memos.figures.rows import Source
from threads.models import Message

SOURCES = (
    Source(RowTally.Kind.MESSAGE, Message),
    Source(RowTally.Kind.MEMORY, Memory),
    Source(RowTally.Kind.JOB_DONE, IngestJob, "finished_at", Q(status=IngestJob.Status.DONE)),
    Source(RowTally.Kind.JOB_FAILED, IngestJob, "finished_at", GONE_WRONG),
)
"""A job counts in the hour in which it ended: a retry ends once more, and both ends were had. One that was
cancelled neither came to its end nor failed."""
