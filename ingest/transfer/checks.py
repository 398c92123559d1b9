"""What no single line can show: that a file is whole, and that nothing in it points out of it.

The database's foreign keys would take a row of another user for an answer; these look-ups stay within the file's own.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from graphs.models import Document, Entity, Episode
from ingest.models import IngestJob
from ingest.transfer.columns import Record
from ingest.transfer.lines import Line, Lines
from ingest.transfer.records import OF_USER, Format
from ingest.transfer.values import Ref, Renew
from memos.api.problems import invalid
from threads.models import Message, Thread

NOWHERE = "It names nothing in this file."
Owners = dict[str, UUID]
Finding = tuple[str, QuerySet[Any], str, str]
"""A kind of record, the rows of it that are wrong, in which field, and why."""


def check(format_: Format, owners: Owners, lines: Lines, renew: Renew, *, messages: int) -> None:
    """Raises a 400 that names the first line that is wrong. ``messages`` is how many were written."""
    if "user" in owners and Message.objects.filter(thread__user=owners["user"]).count() != messages:
        raise _stray_message(owners, lines, renew).wrong(NOWHERE, ".threadId", "reference")
    if not Entity.objects.filter(graph=owners["graph"], is_subject=True).exists() and format_ is OF_USER:
        raise invalid("subject", "One entity has to be the subject: the user.")
    for name, rows, path, why in _findings(format_, owners):
        key = next(iter(rows.order_by().values_list("pk", flat=True)[:1]), None)
        if key:
            raise _line_of(name, key, format_, lines, renew).wrong(why, path, "reference")


def _stray_message(owners: Owners, lines: Lines, renew: Renew) -> Line:
    """The line of a message of a thread that the file does not have. No look-up from the user would find its row."""
    threads, thread = Thread.objects.filter(user=owners["user"]), Ref(Thread.PREFIX)

    def is_stray(line: Line) -> bool:
        if line.record != "message":
            return False
        return not threads.filter(pk=thread.load(line.values["threadId"], renew)).exists()

    return lines.first(is_stray) or lines.cut_off()


def _line_of(name: str, key: UUID, format_: Format, lines: Lines, renew: Renew) -> Line:
    """The line of a row that was written: the file is read once more, up to there."""
    own = Ref(format_.by_name[name].model.PREFIX)  # type: ignore[attr-defined]
    found = lines.first(lambda line: line.record == name and own.load(line.values["id"], renew) == key)
    if found is None:
        raise invalid(name, "A record of this kind points at nothing in this file.", "reference")
    return found


def _findings(format_: Format, owners: Owners) -> Iterator[Finding]:
    of = {record.model: record for record in format_.by_name.values()}
    for record in of.values():
        for column in record.columns:
            if column.target:
                rows = _missing(record, column.name, of.get(column.target), owners)
                yield record.name, rows, f".{column.shown}", NOWHERE
    yield from _misplaced(owners)
    if "user" in owners:
        yield from _miscounted(owners)


def _missing(record: Record, column: str, target: Record | None, owners: Owners) -> QuerySet[Any]:
    """Rows that name what the file does not have."""
    rows = record.rows(owners).exclude(**{column: None})
    return rows.exclude(Exists(target.rows(owners).filter(pk=OuterRef(column)))) if target else rows


def _misplaced(owners: Owners) -> Iterator[Finding]:
    """Episodes and jobs whose source and place are not those of one thing."""
    kinds, episodes = Episode.SourceKind, Episode.objects.filter(graph=owners["graph"])
    said = Message.objects.filter(pk=OuterRef("source_id"), thread=OuterRef("stream"), thread__user=owners.get("user"))
    given = Document.objects.filter(pk=OuterRef("source_id"), graph=owners["graph"])
    own = (
        Q(Exists(said), source_kind=kinds.MESSAGE)
        | Q(Exists(given), source_kind=kinds.DOCUMENT, stream=F("source_id"))
        | Q(source_kind=kinds.STATEMENT, source_id=F("pk"))
    )
    yield "episode", episodes.exclude(own), ".sourceId", "It was cut from nothing in this file, or stands elsewhere."
    elsewhere = IngestJob.objects.filter(graph=owners["graph"]).exclude(thread=F("message__thread"))
    yield "job", elsewhere.filter(message__isnull=False), ".threadId", "Its message is in another thread."


def _miscounted(owners: Owners) -> Iterator[Finding]:
    """Threads whose next message or episode would have the place of one that is there."""
    threads = Thread.objects.filter(user=owners["user"])
    counted = threads.annotate(there=Count("messages"), last=Max("messages__position"))
    yield "thread", counted.exclude(message_count=F("there")), ".messageCount", "It has another number of messages."
    yield "thread", counted.filter(next_position__lte=F("last")), ".nextPosition", "This place is taken."
    pieces = Episode.objects.filter(graph=owners["graph"], stream=OuterRef("pk")).order_by("-position")
    last: Subquery = Subquery(pieces.values("position")[:1], output_field=models.BigIntegerField())
    cut = threads.annotate(last=last)
    yield "thread", cut.filter(next_episode__lte=F("last")), ".nextEpisode", "This place is taken."
