"""The parts of the page of a user or a group. Each reads no more rows than it shows, but for what it counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest

from graphs.admin.naming import titled as document_title
from graphs.admin.timeline import Timeline, oldest_read
from graphs.models import Document, Entity, Graph, Mention
from graphs.render import name_of
from ingest.models import IngestJob
from memos.projects import roles
from memos.projects.console.rights import may
from memos.projects.console.shown import MOST, list_of, moment, names_of, page_of, short, tally
from threads.admin.naming import titled as thread_title
from threads.models import Message, Thread
from users.admin.summary import biography
from users.models import User


def facts(request: HttpRequest, owner: Any) -> dict[str, Any]:
    worded = may(request, roles.READ_WORDS, owner)
    told: dict[str, Any] = {"timeline": Timeline(owner.graph, request.GET, worded)}
    if isinstance(owner, User):
        told |= {"has_summary": True, "biography": biography(owner)}
    return told


@dataclass(frozen=True, slots=True)
class Known:
    name: str
    type: str
    aliases: str
    mentions: int
    first: str
    last: str
    path: str


def entities(request: HttpRequest, owner: Any) -> dict[str, Any]:
    """Most mentioned first, of the memories that the timeline reads."""
    mentions = _mentions(owner.graph)
    counts = dict(mentions.values_list("entity").annotate(n=Count("pk")).order_by("-n", "entity")[:MOST])
    rows = Entity.objects.in_bulk(list(counts))
    shown = [_known(rows[key], counts[key]) for key in counts if key in rows]
    return {"entities": shown, "all_path": list_of(Entity, graph=owner.graph_id)}


def _mentions(graph: Graph) -> QuerySet[Mention]:
    oldest = oldest_read(graph)
    rows = Mention.objects.filter(graph=graph, entity__is_subject=False)
    return rows.filter(memory__gt=oldest) if oldest else rows


def _known(entity: Entity, mentions: int) -> Known:
    others = short(", ".join(entity.aliases), 120)
    first, last = moment(entity.first_seen_at), moment(entity.last_seen_at)
    return Known(name_of(entity), entity.get_type_display(), others, mentions, first, last, page_of(entity))


def threads(request: HttpRequest, owner: User) -> dict[str, Any]:
    words = may(request, roles.READ_WORDS, owner)
    rows = Thread.objects.filter(user=owner).order_by("-pk")[:MOST]
    shown = [
        (
            thread_title(row, words=words),
            page_of(row),
            tally(row.message_count, names_of(Message)),
            moment(row.created_at),
        )
        for row in rows
    ]
    return {"threads": shown, "all_path": list_of(Thread, user=owner.pk)}


def documents(request: HttpRequest, owner: Any) -> dict[str, Any]:
    rows = Document.objects.filter(graph=owner.graph_id).select_related("job").defer("content").order_by("-pk")
    shown = [(document_title(row), page_of(row), row.type, _read(row), moment(row.created_at)) for row in rows[:MOST]]
    return {"documents": shown, "all_path": list_of(Document, graph=owner.graph_id)}


def _read(document: Document) -> str:
    job = getattr(document, "job", None)
    if job is None or document.pieces is None:
        return job.status if job else ""
    return f"{job.position:,} of {document.pieces:,} pieces"


@dataclass(frozen=True, slots=True)
class Work:
    """``reads`` is what is read: words, for who may read them."""

    ref: str
    path: str
    status: str
    reads: str
    written: str
    error: str
    attempts: int
    made: str


def jobs(request: HttpRequest, owner: Any) -> dict[str, Any]:
    worded = may(request, roles.READ_WORDS, owner)
    whose = {"user": owner.pk} if isinstance(owner, User) else {"graph": owner.graph_id}
    rows = IngestJob.objects.filter(**whose)
    status = request.GET.get("status", "")
    status = status if status in IngestJob.Status.values else ""
    wanted = rows.filter(status=status) if status else rows
    found = wanted.select_related("message", "document").defer("document__content").order_by("-pk")[:MOST]
    chosen = [{"title": title, "path": _status_path(value), "chosen": value == status} for value, title in _STATUSES]
    listed = list_of(IngestJob, **whose, **({"status__exact": status} if status else {}))
    return {"jobs": [_work(row, worded) for row in found], "statuses": chosen, "all_path": listed}


_STATUSES = [("", "All"), *((value, value.capitalize()) for value in IngestJob.Status.values)]


def _status_path(status: str) -> str:
    return f"?show=jobs&status={status}#jobs" if status else "?show=jobs#jobs"


def _work(job: IngestJob, worded: bool) -> Work:
    reads = _reading(job) if worded else job.kind
    error = " ".join([job.error_code, job.error_detail] if worded else [job.error_code]).strip()
    return Work(
        job.ref, page_of(job), job.status, reads, ", ".join(_written(job)), error, job.attempts, moment(job.created_at)
    )


def _reading(job: IngestJob) -> str:
    return short(job.message.content, 120) if job.message else document_title(job.source)


def _written(job: IngestJob) -> Iterator[str]:
    return (tally(count, _WRITTEN[name]) for name, count in job.written.items() if count and name in _WRITTEN)


_WRITTEN = {
    "memories": ("memory", "memories"),
    "closed": ("end of a fact", "ends of facts"),
    "entities": ("entity", "entities"),
    "relations": ("relation", "relations"),
}
