"""The page of the system, for superusers: what runs, with which settings, and where it keeps what."""

import shutil
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from graphs import embedders
from memos import pulse
from memos.figures import sql, storage
from memos.figures.models import Mark
from memos.projects.console.counting import shown
from memos.projects.console.home import attention, figures, versions
from memos.projects.console.home.sight import Sight
from memos.projects.console.home.work import work_of
from memos.projects.console.rights import is_superuser
from memos.projects.console.shown import NOTHING, moment

SHOWN_SETTINGS = (
    "DEBUG", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SESSION_COOKIE_SECURE", "SECURE_PROXY_SSL_HEADER",
    "SESSION_COOKIE_AGE", "SESSION_IDLE_SECONDS", "REQUIRE_TWO_FACTOR",
    "DATA_DIR", "DATABASE_POOL", "INGEST_LEASE_SECONDS", "INGEST_MAX_ATTEMPTS",
    "SEARCH_MEMORY_BYTES", "MAX_BODY_BYTES", "MAX_IMPORT_BYTES", "WEBHOOK_NETWORKS", "EMBEDDER", "EMBEDDINGS_MODEL",
    "EMBEDDINGS_DIMENSIONS",
)  # fmt: skip
"""Those whose value may be seen."""
SECRET_SETTINGS = ("SECRET_KEY", "KEY_PEPPERS", "METRICS_TOKEN", "EMBEDDINGS_API_KEY")
"""Only whether they are set."""
ADDRESSES = ("DATABASE_URL", "REDIS_URL", "EMBEDDINGS_BASE_URL")
"""Shown without name, password and query."""


def page(request: HttpRequest) -> HttpResponse:
    if not is_superuser(request):
        raise PermissionDenied
    alive, sight = pulse.feel(), Sight([], None, True)
    work, unapplied = work_of(sight), versions.unapplied()
    context = {
        **admin.site.each_context(request),
        "title": "System",
        "versions": versions.versions(alive, unapplied),
        "waiting_migrations": unapplied,
        "alive": alive,
        "workers": _workers(alive),
        "queue": _queue(work),
        "embedder": _embedder(alive),
        "disk": _disk(),
        "tables": _tables(),
        "settings": _settings(),
    }
    return TemplateResponse(request, "console/system.html", context)


def _workers(alive: pulse.Pulse) -> dict[str, Any]:
    rows = [
        [worker.name, worker.host, worker.pid, worker.processes, worker.version, _moment(worker.since),
         f"{worker.last_task}, {_moment(worker.last_task_at)}" if worker.last_task else NOTHING]
        for worker in alive.workers
    ]  # fmt: skip
    headers = ["Name", "Host", "Process", "Children", "Version", "Since (UTC)", "Last task (UTC)"]
    return {"headers": headers, "rows": rows}


def _moment(text: str) -> str:
    return moment(datetime.fromisoformat(text)) if text else NOTHING


def _queue(work: Any) -> dict[str, str]:
    counted_to = Mark.objects.order_by("counted_to").values_list("counted_to", flat=True).first()
    return {
        "Waiting jobs": shown(work.waiting),
        "Oldest waits for": attention.duration(work.age) if work.age else NOTHING,
        "Failed jobs": shown(work.failed),
        "Figures are final to (UTC)": moment(counted_to),
    }


def _embedder(alive: pulse.Pulse) -> dict[str, str]:
    embedder = embedders.current()
    state = {None: "not asked within five minutes: is a worker alive?", "": "answers"}
    return {
        "Kind": settings.EMBEDDER,
        "Model": embedder.model or NOTHING,
        "Search goes by": embedder.step,
        "Check": state.get(alive.embedder) or f"degraded: {alive.embedder}",
    }


def _disk() -> dict[str, str]:
    disk = shutil.disk_usage(settings.DATA_DIR if settings.DATA_DIR.exists() else settings.BASE_DIR)
    [(database,)] = sql.fetch("SELECT pg_database_size(current_database())")
    return {
        "Data folder": str(settings.DATA_DIR),
        "Free on its disk": f"{figures.size(disk.free)} of {figures.size(disk.total)}",
        "Database": figures.size(database),
    }


def _tables() -> dict[str, Any]:
    rows = [
        [table.name, figures.size(table.bytes), f"≈ {table.rows:,}" if table.rows >= 0 else NOTHING]
        for table in storage.tables()
    ]
    return {"headers": ["Table", "Size with indexes", "Rows"], "rows": rows}


def _settings() -> list[tuple[str, str]]:
    seen = [(name, _shown(getattr(settings, name))) for name in SHOWN_SETTINGS]
    kept = [(name, "set, not shown" if getattr(settings, name) else "not set") for name in SECRET_SETTINGS]
    led = [(name, _address(getattr(settings, name))) for name in ADDRESSES]
    return sorted([*seen, *kept, *led])


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return NOTHING if value in ("", None) else str(value)


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if url else NOTHING
