"""The console's home: what needs somebody, how it went, what there is, what was done last."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from graphs.models import Memory
from ingest.models import IngestJob
from memos import pulse
from memos.figures.models import StorageShare
from memos.projects.console.counting import capped, estimates
from memos.projects.console.counting import shown as counted
from memos.projects.console.home import attention, figures, versions
from memos.projects.console.home.sight import DAY, MONTH, Sight, sight_of
from memos.projects.console.home.work import Work, work_of
from memos.projects.console.rights import may
from memos.projects.console.shown import NOTHING, link, list_of, moment
from memos.projects.models import AuditEntry, Project
from threads.models import Message
from users.models import User

LOOKED_THROUGH = 2000
"""The newest entries, among which are the last changes: the others are reads."""


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    sight = sight_of(request)
    work, alive, unapplied = work_of(sight), pulse.feel(), versions.unapplied()
    return {
        **context,
        "title": "Home",
        "sight": sight,
        "spans": [(DAY, "24 hours", not sight.daily), (MONTH, "30 days", sight.daily)],
        "notices": attention.found(attention.State(sight, work, alive, unapplied)),
        "cards": [*_sizes(sight), *_work(sight, work)],
        "charts": figures.over_time(sight),
        "latencies": figures.latencies(sight),
        "requests": figures.requests_by_key(sight),
        "storage": figures.storage(sight),
        "alive": alive,
        "versions": versions.versions(alive, unapplied),
        "changes": _last_changes(sight) if may(request, "projects.view_auditentry", sight.chosen) else [],
    }


def _sizes(sight: Sight) -> list[dict[str, str]]:
    projects = [sight.chosen] if sight.chosen else [one for one in sight.projects if one.mode == Project.Mode.LIVE]
    first = _card("Projects", list_of(Project), f"{len(projects):,}")
    counts = estimates([User, Message, Memory]) if sight.keys is None else _parts(sight)
    return [first] + [
        _card(str(model._meta.verbose_name_plural).capitalize(), list_of(model, **_narrowed(model, sight)), count)
        for model, count in counts.items()
    ]


def _narrowed(model: Any, sight: Sight) -> dict[str, Any]:
    """Only lists with a filter by project can be narrowed to one."""
    return sight.narrows if model is User else {}


def _parts(sight: Sight) -> dict[Any, str]:
    """Of some projects: exact where an index counts them, else as their storage was last measured."""
    users, messages = User.objects.filter(**sight.limits), Message.objects.filter(**sight.limits)
    share = StorageShare.objects.of(sight.keys).filter(table=Memory._meta.db_table).values_list("rows", flat=True)
    rows = list(share)
    return {User: capped(users), Message: capped(messages), Memory: f"≈ {sum(rows):,}" if rows else NOTHING}


def _work(sight: Sight, work: Work) -> list[dict[str, str]]:
    jobs = list_of(IngestJob, **sight.narrows)
    failed = list_of(IngestJob, status__exact=IngestJob.Status.FAILED.value, **sight.narrows)
    rate, ended = figures.failure_rate(sight)
    oldest = f"the oldest for {attention.duration(work.age)}" if work.age else "none waits"
    return [
        _card("Waiting jobs", jobs, counted(work.waiting), oldest),
        _card("Failed jobs", failed, counted(work.failed)),
        _card("Failure rate", failed, rate, ended),
    ]


def _card(title: str, path: str, count: str, note: str = "") -> dict[str, str]:
    return {"title": title, "path": path, "count": count, "note": note}


def _last_changes(sight: Sight) -> list[dict[str, Any]]:
    entries: QuerySet[AuditEntry] = AuditEntry.objects.filter(**sight.limits)
    newest = entries.order_by("-pk").values("pk")[:LOOKED_THROUGH]
    changes = AuditEntry.objects.changes().filter(pk__in=newest)
    return [
        {"at": link(entry, moment(entry.at)), "action": entry.action, "target": entry.target_id,
         "by": entry.actor_label, "project": str(entry.project or NOTHING)}
        for entry in changes.select_related("project").order_by("-pk")[:10]
    ]  # fmt: skip
