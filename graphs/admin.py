"""Graphs in the console: memories with what they rest on, entities, episodes. All of it can be read only."""

from typing import Any

from django.contrib import admin
from unfold.decorators import display as label

from graphs.models import Embedding, Entity, Episode, Graph, Memory, MemoryRevision, Mention, Relation, Source
from graphs.models.memory import SPEAKER
from graphs.render import UNNAMED, name_of, sentence
from memos import ids
from memos.projects.console.base import ConsoleAdmin, FirstProjects, NewestChoices
from memos.projects.console.counting import capped
from memos.projects.console.search import Finding
from memos.projects.console.shown import MOST, NOTHING, bullets, link, list_of, moment, page_at, short, to
from threads.models import Message

OWNERS = {"grph": "graph", "usr": "graph__user", "grp": "graph__group"}


def owner_of(graph: Graph) -> str:
    """The user or the group whose graph it is. Both must be fetched with it."""
    return link(getattr(graph, "user", None) or getattr(graph, "group", None))


def origin_of(episode: Episode) -> str:
    """The message that an episode was cut from."""
    if episode.source_kind == Episode.SourceKind.MESSAGE:
        ref = ids.encode(Message.PREFIX, episode.source_id)
        return to(page_at(Message, ref), ref)
    return episode.source_kind


def stated(memory: Memory) -> str:
    return link(memory, sentence(memory))


def span(row: Memory | MemoryRevision) -> str:
    """From when to when, as exactly as it was said."""
    digits = {"year": 4, "month": 7, "day": 10}.get(row.valid_precision or "", 16)
    if not row.valid_from and not row.valid_to:
        return NOTHING
    ends = (moment(end)[:digits] if end else "" for end in (row.valid_from, row.valid_to))
    return " → ".join(ends).strip()


class GraphRowAdmin(ConsoleAdmin):
    finding = Finding(owners=OWNERS)
    related = ("graph__user", "graph__group")

    @admin.display(description="whose")
    def whose(self, row: Any) -> str:
        return owner_of(row.graph)

    @admin.display(description="graph")
    def graph_link(self, row: Any) -> str:
        return link(row.graph)

    @admin.display(description="created (UTC)")
    def created(self, row: Any) -> str:
        return moment(row.created_at)

    @admin.display(description="said (UTC)")
    def said(self, row: Any) -> str:
        return moment(row.said_at)

    @admin.display(description="memory")
    def memory_link(self, row: Any) -> str:
        return stated(row.memory)

    @admin.display(description="episode")
    def episode_link(self, row: Any) -> str:
        return link(row.episode, short(row.episode.content)) if row.episode else NOTHING


@admin.register(Graph)
class GraphAdmin(ConsoleAdmin):
    list_display = ("ref", "kind", "whose", "project", "version", "created")
    list_filter = (("kind", NewestChoices), ("project", FirstProjects))
    search_help_text = "grph_…, usr_…, grp_…, prj_…"
    finding = Finding(owners={"usr": "user", "grp": "group", "prj": "project"})
    related = ("user", "group", "project")
    fieldsets = (
        (None, {"fields": ("ref", "kind", "whose", "project", "created")}),
        ("What it holds", {"fields": ("holdings",)}),
        ("Work", {"fields": ("version", "lease_token", "lease_until")}),
    )

    @admin.display(description="whose")
    def whose(self, graph: Graph) -> str:
        return owner_of(graph)

    @admin.display(description="created (UTC)")
    def created(self, graph: Graph) -> str:
        return moment(graph.created_at)

    @admin.display(description="lists")
    def holdings(self, graph: Graph) -> str:
        rows: dict[Any, Any] = {Memory: graph.memories, Entity: graph.entities, Relation: graph.relations,
                                Episode: graph.episodes}  # fmt: skip
        return bullets(
            to(list_of(model, graph=graph.pk), f"{capped(found.all())} {model._meta.verbose_name_plural}")
            for model, found in rows.items()
        )


@admin.register(Memory)
class MemoryAdmin(GraphRowAdmin):
    list_display = ("shown_sentence", "kind", "state", "valid", "whose", "created")
    list_filter = (("kind", NewestChoices),)
    search_help_text = "mem_…, usr_…, grp_…, ent_…, words"
    finding = Finding(owners={**OWNERS, "ent": "mentions__entity"}, full_text="tsv")
    related = ("about", "graph__user", "graph__group", "invalidated_by__about")
    heavy = ("tsv",)
    fieldsets = (
        (None, {"fields": ("full_sentence", "ref", "kind", "state", "valid", "closed_by", "whose")}),
        ("Rests on", {"fields": ("sources_list",)}),
        ("Speaks of", {"fields": ("entities_list", "relations_list")}),
        ("History", {"fields": ("revisions_list", "said", "created", "recorded", "retired")}),
        ("Details", {"fields": ("graph_link", "language", "confidence", "digest", "metadata")}),
    )

    @admin.display(description="sentence")
    def shown_sentence(self, memory: Memory) -> str:
        return short(sentence(memory))

    @admin.display(description="sentence")
    def full_sentence(self, memory: Memory) -> str:
        return sentence(memory)

    @label(description="state", label={"holds": "success", "ended": "warning", "retired": "danger"})
    def state(self, memory: Memory) -> str:
        if memory.retired_at:
            return "retired"
        return "ended" if memory.invalidated_by_id else "holds"

    @admin.display(description="valid")
    def valid(self, memory: Memory) -> str:
        return span(memory)

    @admin.display(description="closed by")
    def closed_by(self, memory: Memory) -> str:
        return stated(memory.invalidated_by) if memory.invalidated_by else NOTHING

    @admin.display(description="recorded (UTC)")
    def recorded(self, memory: Memory) -> str:
        return moment(memory.recorded_at)

    @admin.display(description="retired (UTC)")
    def retired(self, memory: Memory) -> str:
        return moment(memory.retired_at)

    @admin.display(description="sources")
    def sources_list(self, memory: Memory) -> str:
        rows = memory.sources.select_related("episode").defer("episode__tsv")[: MOST + 1]
        return bullets((_source_line(row) for row in rows), list_of(Source, memory=memory.pk))

    @admin.display(description="entities")
    def entities_list(self, memory: Memory) -> str:
        rows = memory.mentions.select_related("entity")[: MOST + 1]
        named = (link(row.entity, f"{name_of(row.entity)} ({row.entity.type})") for row in rows)
        return bullets(named, list_of(Mention, memory=memory.pk))

    @admin.display(description="relations")
    def relations_list(self, memory: Memory) -> str:
        rows = memory.relations.select_related("subject", "object")[: MOST + 1]
        return bullets((link(row, arrow(row)) for row in rows), list_of(Relation, memory=memory.pk))

    @admin.display(description="earlier states")
    def revisions_list(self, memory: Memory) -> str:
        rows = memory.revisions.order_by("-recorded_to")[: MOST + 1]
        lines = (_revision_line(memory, row) for row in rows)
        return bullets(lines, list_of(MemoryRevision, memory=memory.pk))


def _source_line(source: Source) -> Any:
    episode = source.episode
    said = f"{episode.speaker or episode.role or episode.source_kind}, {moment(episode.said_at)}: {episode.content}"
    verb = "closed by " if source.role == Source.Role.CLOSES else ""
    return _joined(verb, link(episode, short(said, 200)), origin_of(episode))


def _joined(verb: str, quoted: Any, origin: Any) -> Any:
    from django.utils.html import format_html

    return format_html("{}{} · {}", verb, quoted, origin)


def _revision_line(memory: Memory, row: MemoryRevision) -> Any:
    text = row.content.replace(SPEAKER, name_of(memory.about) if memory.about else UNNAMED)
    believed = f"{moment(row.recorded_from)} → {moment(row.recorded_to)}"
    return link(row, f"{believed}: {short(text)} [{span(row)}] {row.changed_by}, {row.reason}")


def arrow(relation: Relation) -> str:
    return f"{name_of(relation.subject)} → {relation.predicate} → {name_of(relation.object)}"
