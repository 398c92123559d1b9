"""The queue: a row is a piece of work, and Celery only rings."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from graphs.models import Document, Graph
from memos.projects.models import Identified, Operator, Project, Record, RecordQuerySet
from threads.models import Message, Thread
from users.models import User

QUEUED_AGAIN = Q(status="queued", started_at=None) & ~Q(history=[])
"""Jobs that somebody had queued once more and nobody has taken up: they wait since ``run_after``, not since they were
made."""


CANCELLED = "CANCELLED"
"""The error code of a job that somebody cancelled on purpose: it is `failed`, so that it can be retried."""
GONE_WRONG = Q(status="failed") & ~Q(error_code=CANCELLED)


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
    ``history`` has the last attempts, as `ingest.attempts` keeps them; ``attempts`` counts those since it was queued.
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
    history = models.JSONField(default=list, editable=False)
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


class OperationQuerySet(models.QuerySet["Operation"]):
    def unfinished(self) -> Self:
        return self.filter(status__in=Operation.UNFINISHED)


class Operation(Identified):
    """A change to many rows that an operator asked for; the worker does it, slice by slice.

    ``keys`` are the rows, settled when it was asked for, in the order in which they are done. ``position`` is how many
    of them were: ``done``, ``skipped`` (gone, or such that there is nothing to do) or ``failed``; ``reasons`` tells
    why, of the first of either. ``tries`` counts the workers that began what comes next; ``is_careful`` says that one
    of them died, and that rows are done one by one since. Rows of several projects make one without a project.
    """

    PREFIX = "op"

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        FAILED = "failed"

    UNFINISHED = (Status.QUEUED, Status.RUNNING)

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", db_index=False, editable=False, null=True
    )
    kind = models.CharField(max_length=30, editable=False)
    keys = ArrayField(models.UUIDField(), editable=False)
    total = models.PositiveIntegerField(editable=False)
    position = models.PositiveIntegerField(default=0, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    skipped = models.PositiveIntegerField(default=0, editable=False)
    failed = models.PositiveIntegerField(default=0, editable=False)
    reasons = models.JSONField(default=list, editable=False)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.QUEUED, editable=False)
    error = models.CharField(max_length=300, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    is_careful = models.BooleanField(default=False, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.SET_NULL, related_name="+", null=True, editable=False)
    operator_label = models.CharField(max_length=150, editable=False)
    request_id = models.CharField(max_length=100, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    objects = OperationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(position=F("done") + F("skipped") + F("failed"), position__lte=F("total")),
                name="operation_counts_each_row_once",
            ),
        ]
        indexes = [
            models.Index(F("project"), F("id").desc(), name="operation_by_project"),
            models.Index("id", condition=Q(status__in=["queued", "running"]), name="operation_unfinished"),
        ]
