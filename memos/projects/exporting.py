"""The audit log as JSON Lines, a page after the other: neither memory nor a cursor of the database is held for it."""

import json
from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from memos.api.renderers import JSON_LINES
from memos.projects.models import AuditEntry
from memos.projects.serializers import AuditEntryOut

PAGE = 1000


def streamed(entries: QuerySet[AuditEntry]) -> StreamingHttpResponse:
    """An answer with all of them, oldest first. What is written after it began is not in it."""
    newest = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
    found = entries.filter(pk__lte=newest) if newest else entries.none()
    headers = {"Content-Disposition": 'attachment; filename="audit.jsonl"'}
    return StreamingHttpResponse(_lines(found.order_by("pk")), content_type=JSON_LINES, headers=headers)


def _lines(entries: QuerySet[AuditEntry]) -> Iterator[bytes]:
    last: UUID | None = None
    while page := list((entries.filter(pk__gt=last) if last else entries)[:PAGE]):
        for entry in page:
            yield json.dumps(AuditEntryOut(entry).data, ensure_ascii=False).encode() + b"\n"
        last = page[-1].pk
