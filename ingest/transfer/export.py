"""Writes all that is kept about a user or a group as it was at one moment, a page of rows at a time.

The file is written first and sent afterwards: a slow reader holds no transaction, and what could not be read to the end
is an error instead of half an answer.
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from graphs import embedders
from graphs.models import Embedding
from ingest.transfer.records import OF_GROUP, OF_USER, VERSION, Format
from ingest.transfer.values import Time
from memos.api.problems import not_found
from memos.api.spool import spooled
from memos.projects import audit
from memos.projects.audit import Caller
from users.models import Group, User


def export_user(*, caller: Caller, user: User, vectors: bool) -> IO[bytes]:
    """A file that is gone once it is closed, at its beginning. Raises a 404 where the user is deleted meanwhile."""
    with spooled() as file:
        counts = write_user(file, user.pk, vectors=vectors)
        if counts is None:
            raise not_found("user", user.ref)
        audit.record(caller, "user.exported", user.ref, records=sum(counts.values()))
    return file


def write_user(file: IO[bytes], user_id: UUID, *, vectors: bool = True) -> Counter[str] | None:
    """How many records of each kind were written; nothing, and None, where there is no such user."""
    with snapshot():
        user = User.objects.filter(pk=user_id).first()
        return _write(file, OF_USER, user, {"user": user.pk, "graph": user.graph_id}, vectors) if user else None


def write_group(file: IO[bytes], group_id: UUID, *, vectors: bool = True) -> Counter[str] | None:
    with snapshot():
        group = Group.objects.filter(pk=group_id).first()
        return _write(file, OF_GROUP, group, {"group": group.pk, "graph": group.graph_id}, vectors) if group else None


@contextmanager
def snapshot() -> Iterator[None]:
    """A transaction that sees what one moment held, and writes nothing. Within another one, that one's view counts."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _write(
    file: IO[bytes], format_: Format, owner: models.Model, owners: dict[str, UUID], vectors: bool
) -> Counter[str]:
    file.write(line(header(format_.name, embedder=embedders.current().model, vectors=vectors)))
    file.write(line(format_.owner.dump(owner)))
    counts = Counter({format_.owner.name: 1})
    for record in format_.records:
        if vectors or record.model is not Embedding:
            for row in pages(record.rows(owners), record.page):
                file.write(line(record.dump(row)))
                counts[record.name] += 1
    file.write(line({"record": "end", "counts": counts}))
    return counts


def header(name: str, **told: Any) -> dict[str, Any]:
    made = {"exportedAt": Time().dump(timezone.now()), "memos": settings.VERSION}
    return {"record": "header", "format": name, "version": VERSION, **made, **told}


def pages(rows: QuerySet[Any], size: int) -> Iterator[Any]:
    """All rows by their ids, ``size`` at a time, without a cursor of the server: PgBouncer could not keep it."""
    page = list(rows.order_by("pk")[:size])
    while page:
        yield from page
        page = list(rows.filter(pk__gt=page[-1].pk).order_by("pk")[:size]) if len(page) == size else []


def line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
