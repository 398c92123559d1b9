"""What the pages about graphs share."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin

from graphs.models import Episode, Graph, Memory, Relation
from graphs.render import name_of, sentence
from memos import ids
from memos.projects.console.base import ConsoleAdmin
from memos.projects.console.search import Finding
from memos.projects.console.shown import MOST, NOTHING, bullets, link, list_of, moment, page_at, section, short, to
from users.naming import named

OWNERS = {"grph": "graph", "usr": "graph__user", "grp": "graph__group"}
_DIGITS = {"year": 4, "month": 7, "day": 10}


def owner_of(graph: Graph) -> str:
    """The user or the group whose graph it is. Both must be fetched with it."""
    user = getattr(graph, "user", None)
    return link(user, named(user)) if user else link(getattr(graph, "group", None))


_PAGES = {
    Episode.SourceKind.MESSAGE: ("msg", "threads.message"),
    Episode.SourceKind.DOCUMENT: ("doc", "graphs.document"),
}


def origin_of(episode: Episode) -> str:
    """The message or the document that an episode was cut from."""
    kind = Episode.SourceKind(episode.source_kind)
    if kind not in _PAGES:
        return kind
    prefix, page = _PAGES[kind]
    ref = ids.encode(prefix, episode.source_id)
    return to(page_at(page, ref), ref)


def resting_on(source_id: UUID) -> list[Memory]:
    """The first memories that have a piece of a message or a document as a source, or were closed by it."""
    rows = Memory.objects.filter(sources__episode__source_id=source_id).select_related("about").defer("tsv")
    return list(rows.distinct().order_by("pk")[: MOST + 1])


def stated(memory: Memory) -> str:
    return link(memory, sentence(memory))


def span(valid_from: datetime | None, valid_to: datetime | None, precision: str | None) -> str:
    """From when to when, as exactly as it was said."""
    if not valid_from and not valid_to:
        return NOTHING
    digits = _DIGITS.get(precision or "", 16)
    ends = (moment(end)[:digits] if end else "" for end in (valid_from, valid_to))
    return " → ".join(ends).strip()


def arrow(relation: Relation) -> str:
    return f"{name_of(relation.subject)} → {relation.predicate} → {name_of(relation.object)}"


class ReadAdmin(ConsoleAdmin):
    """Of what is read: a message or a document, with its job and what came of it."""

    @admin.display(description="job")
    def job_link(self, row: Any) -> str:
        job = getattr(row, "job", None)
        return link(job, f"{job.ref}: {job.status}") if job else NOTHING

    @admin.display(description="received (UTC)")
    def received(self, row: Any) -> str:
        return moment(row.received_at)

    @section("memories")
    def memories_list(self, row: Any) -> str:
        return bullets(stated(memory) for memory in resting_on(row.pk))

    @section("episodes")
    def episodes_list(self, row: Any) -> str:
        rows = Episode.objects.filter(source_id=row.pk).order_by("position").only("content")[: MOST + 1]
        return bullets((link(one, short(one.content)) for one in rows), list_of(Episode, q=row.ref))


class GraphRowAdmin(ConsoleAdmin):
    finding = Finding(owners=OWNERS)
    related: ClassVar[Sequence[str]] = ("graph__user", "graph__group")

    @admin.display(description="whose")
    def whose(self, row: Any) -> str:
        return owner_of(row.graph)

    @admin.display(description="graph")
    def graph_link(self, row: Any) -> str:
        return link(row.graph)

    @admin.display(description="said (UTC)")
    def said(self, row: Any) -> str:
        return moment(row.said_at)

    @admin.display(description="memory")
    def memory_link(self, row: Any) -> str:
        return stated(row.memory)

    @admin.display(description="episode")
    def episode_link(self, row: Any) -> str:
        return link(row.episode, short(row.episode.content)) if row.episode else NOTHING
