"""What runs here, and whether the database is as the code wants it."""

from functools import cache
from platform import python_version

import django
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from graphs import embedders
from memos.figures import sql
from memos.pulse import Pulse

NOT_KNOWN = "does not answer"


def versions(pulse: Pulse, waiting: list[str]) -> dict[str, str]:
    [(postgresql, pgvector)] = sql.fetch(
        "SELECT current_setting('server_version'), (SELECT extversion FROM pg_extension WHERE extname = 'vector')"
    )
    embedder = embedders.current()
    return {
        "Memos": settings.VERSION,
        "Django": django.get_version(),
        "Python": python_version(),
        "PostgreSQL": postgresql.split()[0],
        "pgvector": pgvector or "not installed",
        "Valkey": pulse.valkey or NOT_KNOWN,
        "Embedder": f"{embedder.model}: {embedder.step}" if embedder.model else embedder.step,
        "Migrations": f"{len(waiting)} not applied" if waiting else "all applied",
    }


def unapplied() -> list[str]:
    """``app.name`` of each."""
    done = set(MigrationRecorder.Migration.objects.values_list("app", "name"))
    return [".".join(name) for name in _of_the_code() if name not in done]


@cache
def _of_the_code() -> list[tuple[str, str]]:
    """They change with the code only; finding them takes a while."""
    return sorted(MigrationLoader(None).graph.nodes)
