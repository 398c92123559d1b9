"""One user's rows, copied as often as one likes: tables of a large installation, made by the database alone.

A copy has ids of its own, each earlier than those of the copy before by `APART`, and so are all of its times.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, models

from graphs.models import Document, Entity, Episode, Graph, Memory, MemoryRevision, Mention, Relation, Source
from ingest.models import IngestJob
from threads.models import Message, Thread
from users.models import Summary, User

APART = timedelta(minutes=2)
COPIED: Sequence[type[models.Model]] = (
    Graph, User, Entity, Thread, Message, Document, Episode, IngestJob, Memory, MemoryRevision, Source, Mention,
    Relation, Summary,
)  # fmt: skip
"""In the order in which they refer to each other."""
_REFERRING = ("source_id", "stream")
"""Columns with the ids of copied rows that no constraint knows of."""
_UNIQUE = ("external_id", "email")


def multiply(user: User, copies: int) -> None:
    """Copy whatever hangs on a user; each copied message has an entry in the audit log."""
    with connection.cursor() as cursor:
        for model in COPIED:
            cursor.execute(_copying(model, copies), {"user": user.pk, "graph": user.graph_id})
        cursor.execute(_entries())
        cursor.execute("VACUUM ANALYZE")


def _copying(model: type[models.Model], copies: int) -> str:
    fields = model._meta.local_concrete_fields
    table = model._meta.db_table
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(map(_value, fields))
    return (
        f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" t, generate_series(1, {copies}) n '
        f"WHERE {_whose(model)}"
    )


def _whose(model: type[models.Model]) -> str:
    if model in (Graph, User):
        return "t.id = %(graph)s" if model is Graph else "t.id = %(user)s"
    if model is Message:
        return "t.thread_id IN (SELECT id FROM threads_thread WHERE user_id = %(user)s)"
    owned = any(field.column == "user_id" for field in model._meta.local_concrete_fields)
    return "t.user_id = %(user)s" if owned else "t.graph_id = %(graph)s"


def _value(field: Any) -> str:
    column = f't."{field.column}"'
    if field.primary_key or field.column in _REFERRING or (field.is_relation and field.related_model in COPIED):
        return _moved(column)
    if isinstance(field, models.DateTimeField):
        return f"{column} - n * interval '{APART.total_seconds():.0f} s'"
    return f"n || '.' || {column}" if field.column in _UNIQUE else column


def _moved(column: str) -> str:
    """The id of a copy: an earlier time, and a hash in place of what is random."""
    digits = f"replace({column}::text, '-', '')"
    at = f"('x' || left({digits}, 12))::bit(48)::bigint - n::bigint * {APART.total_seconds() * 1000:.0f}"
    return f"(lpad(to_hex({at}), 12, '0') || left(md5({digits} || n), 20))::uuid"


def _entries() -> str:
    return """
        INSERT INTO projects_auditentry
            (id, project_id, at, actor, actor_id, actor_label, action, target_id, detail, request_id)
        SELECT id, project_id, received_at, 'key', 'key_of_bench', 'a key of bench', 'messages.appended',
               'thr_' || thread_id, '{"jobs": 1, "messages": 1}', 'req_' || position
        FROM threads_message
    """
