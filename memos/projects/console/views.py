"""The console's home: what is there, what waits, what failed, what was done last."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from graphs import embedders
from graphs.models import Memory
from ingest.models import IngestJob
from memos.projects.console.counting import capped, estimates, newest
from memos.projects.console.shown import NOTHING, link, list_of, moment
from memos.projects.models import AuditEntry, Project
from threads.models import Message
from users.models import User


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    return {
        **context,
        "title": "Home",
        "cards": [*_sizes(), *_work()],
        "embedder": _embedder(),
        "audit": _last_entries(),
    }


def _sizes() -> list[dict[str, str]]:
    counts = estimates([User, Message, Memory])
    cards = [_card("Projects", list_of(Project), capped(Project.objects.filter(mode=Project.Mode.LIVE)))]
    return cards + [
        _card(str(model._meta.verbose_name_plural).capitalize(), list_of(model), count)
        for model, count in counts.items()
    ]


def _work() -> list[dict[str, str]]:
    failed: QuerySet[IngestJob] = newest(IngestJob.objects.filter(status=IngestJob.Status.FAILED))
    waiting = capped(IngestJob.objects.unfinished())
    return [
        _card("Waiting jobs", list_of(IngestJob), waiting),
        _card("Failed jobs", list_of(IngestJob, status__exact=IngestJob.Status.FAILED.value), capped(failed)),
    ]


def _embedder() -> str:
    """Which one, how far search goes with it, and what is wrong with it."""
    embedder = embedders.current()
    used = f"{embedder.model}: {embedder.step}" if embedder.model else embedder.step
    try:
        embedder.check()
        embedder.reach()
    except (embedders.ModelMissing, embedders.EmbedderUnavailable) as error:
        return f"{used}. Degraded to words: {error}"
    return f"{used}."


def _card(title: str, path: str, count: str) -> dict[str, str]:
    return {"title": title, "path": path, "count": count}


def _last_entries() -> dict[str, Any]:
    entries = AuditEntry.objects.select_related("project").order_by("-pk")[:10]
    rows = [
        [link(entry, moment(entry.at)), entry.action, entry.target_id, entry.actor_label,
         str(entry.project or NOTHING)]
        for entry in entries
    ]  # fmt: skip
    return {"headers": ["At (UTC)", "Action", "Target", "By", "Project"], "rows": rows}
