"""The queue: a row is a piece of work, and Celery only rings."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from graphs.models import Document, Graph
from memos.projects.models import Record, RecordQuerySet
from threads.models import Message, Thread
from users.models import User


class IngestJobQuerySet(RecordQuerySet["IngestJob"]):
    def unfinished(self) -> Self:
        return self.filter(status__in=IngestJob.UNFINISHED)

    def due(self) -> Self:
        """Whoever holds the graph's lease may take these: a job that is still `running` was left by a dead worker."""
        return self.unfinished().filter(run_after__lte=timezone.now())


def nothing_written() -> dict[str, int]:
    return {"memories": 0, "closed": 0, "entities": 0, "relations": 0}


class IngestJob(Record):
    """One unit of work: the extraction of one message, or of one document, which is read piece by piece.

    A group's graph has jobs without a user. ``position`` is how many pieces of a document have been written.
    """

    PREFIX = "ij"

    class Kind(models.TextChoices):
        MESSAGE = "message"
        DOCUMENT = "document"

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    UNFINISHED = (Status.QUEUED, Status.RUNNING)

    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="jobs")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="jobs", null=True, blank=True, db_index=False)
    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, related_name="jobs", null=True, blank=True, db_index=False
    )
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="job", null=True, blank=True)
    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="job", null=True, blank=True)
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.MESSAGE)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.QUEUED)
    said_at = models.DateTimeField()
    run_after = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=50, blank=True)
    error_detail = models.TextField(blank=True)
    written = models.JSONField(default=nothing_written)
    position = models.PositiveIntegerField(default=0, editable=False)
    request_id = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = IngestJobQuerySet.as_manager()

    class Meta:
        verbose_name = "ingest job"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="message", message__isnull=False, thread__isnull=False, document=None)
                | Q(kind="document", document__isnull=False, message=None, thread=None),
                name="job_reads_one_thing",
            ),
        ]
        indexes = [
            models.Index(F("project"), F("id").desc(), name="job_by_project"),
            models.Index(F("project"), F("status"), F("id").desc(), name="job_by_status"),
            models.Index(F("user"), F("id").desc(), name="job_by_user"),
            models.Index(F("thread"), F("id").desc(), name="job_by_thread"),
            models.Index(
                "graph", "said_at", "id", condition=Q(status__in=["queued", "running"]), name="job_unfinished"
            ),
            models.Index(F("id").desc(), condition=Q(status="failed"), name="job_failed"),
            models.Index("finished_at", condition=Q(finished_at__isnull=False), name="job_by_end"),
        ]

    @property
    def source(self) -> Message | Document:
        """What it reads."""
        source = self.message or self.document
        assert source  # `job_reads_one_thing`
        return source

    @property
    def error(self) -> dict[str, str] | None:
        """Why it failed, or why it waits to be tried again."""
        return {"code": self.error_code, "detail": self.error_detail} if self.error_code else None
