"""The audit log as a file, a page after the other: neither memory nor a cursor of the database is held for it."""

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from uuid import UUID

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from memos import ids
from memos.api.renderers import JSON_LINES
from memos.projects.models import AuditEntry, Project
from memos.projects.serializers import AuditEntryOut

PAGE = 1000
COLUMNS = ("id", "at", "project", "actor", "actorId", "actorLabel", "action", "targetId", "requestId", "detail")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def streamed(entries: QuerySet[AuditEntry]) -> StreamingHttpResponse:
    """An answer with all of them as JSON Lines, oldest first. What is written after it began is not in it."""
    return _answer(map(_line, _oldest_first(entries)), JSON_LINES, "audit.jsonl")


def streamed_csv(entries: QuerySet[AuditEntry]) -> StreamingHttpResponse:
    """The same for a spreadsheet, with a line of titles."""
    return _answer(_csv(_oldest_first(entries)), "text/csv; charset=utf-8", "audit.csv")


def _answer(lines: Iterable[bytes], media: str, name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type=media, headers=headers)


def _oldest_first(entries: QuerySet[AuditEntry]) -> Iterator[AuditEntry]:
    newest = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
    found = entries.filter(pk__lte=newest) if newest else entries.none()
    return _paged(found.order_by("pk"))


def _paged(entries: QuerySet[AuditEntry]) -> Iterator[AuditEntry]:
    last: UUID | None = None
    while page := list((entries.filter(pk__gt=last) if last else entries)[:PAGE]):
        yield from page
        last = page[-1].pk


def _line(entry: AuditEntry) -> bytes:
    return json.dumps(AuditEntryOut(entry).data, ensure_ascii=False).encode() + b"\n"


def _csv(entries: Iterator[AuditEntry]) -> Iterator[bytes]:
    yield _row(COLUMNS)
    for entry in entries:
        shown = AuditEntryOut(entry).data
        actor = shown["actor"]
        project = ids.encode(Project.PREFIX, entry.project_id) if entry.project_id else ""
        yield _row((
            shown["id"], shown["at"], project, actor["kind"], actor["id"], actor["label"], shown["action"],
            shown["targetId"], shown["requestId"], json.dumps(shown["detail"], ensure_ascii=False),
        ))  # fmt: skip


def _row(cells: Iterable[str]) -> bytes:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    line = StringIO()
    csv.writer(line).writerow(f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells)
    return line.getvalue().encode()
