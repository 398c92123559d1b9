"""Graphs, and what hangs in them beside memories."""

from typing import Any

from django.contrib import admin

from graphs.admin.base import OWNERS, GraphRowAdmin, arrow, origin_of, owner_of, stated
from graphs.admin.drawing.pages import DrawingAdmin
from graphs.models import Document, Embedding, Entity, Episode, Graph, Memory, Mention, Relation, Source
from graphs.render import name_of
from memos.projects.console.counting import capped
from memos.projects.console.lists import FirstProjects, NewestChoices
from memos.projects.console.search import Finding
from memos.projects.console.shown import MOST, bullets, link, list_of, moment, section, short, to


@admin.register(Graph)
class GraphAdmin(DrawingAdmin):
    list_display = ("shown_id", "kind", "whose", "project", "version", "created")
    list_filter = (("kind", NewestChoices), ("project", FirstProjects))
    search_help_text = "grph_…, usr_…, grp_…, prj_…"
    finding = Finding(owners={"usr": "user", "grp": "group", "prj": "project"})
    related = ("user", "group", "project")
    fieldsets = (
        (None, {"fields": ("shown_id", "kind", "whose", "project", "created")}),
        ("What it holds", {"fields": ("holdings",)}),
        ("Work", {"fields": ("version", "lease_token", "lease_until")}),
    )

    @admin.display(description="whose")
    def whose(self, graph: Graph) -> str:
        return owner_of(graph)

    @section("lists")
    def holdings(self, graph: Graph) -> str:
        rows: dict[Any, Any] = {Memory: graph.memories, Entity: graph.entities, Relation: graph.relations,
                                Episode: graph.episodes, Document: graph.documents}  # fmt: skip
        return bullets(
            to(list_of(model, graph=graph.pk), f"{capped(found.all())} {model._meta.verbose_name_plural}")
            for model, found in rows.items()
        )


@admin.register(Relation)
class RelationAdmin(GraphRowAdmin):
    list_display = ("arrow", "asserted_by", "whose")
    search_help_text = "rel_…, mem_…, ent_… (the subject), usr_…, grp_…"
    finding = Finding(owners={**OWNERS, "mem": "memory", "ent": "subject"}, beginnings=("predicate",))
    related = ("subject", "object", "memory__about", "graph__user", "graph__group")
    heavy = ("memory__tsv",)
    fieldsets = (
        (None, {"fields": ("arrow", "shown_id", "subject", "predicate", "object", "memory_link", "graph_link")}),
    )

    @admin.display(description="relation")
    def arrow(self, relation: Relation) -> str:
        return arrow(relation)

    @admin.display(description="asserted by")
    def asserted_by(self, relation: Relation) -> str:
        return stated(relation.memory)


@admin.register(Episode)
class EpisodeAdmin(GraphRowAdmin):
    list_display = ("words_said", "speaker", "role", "source_kind", "whose", "said")
    list_filter = (("source_kind", NewestChoices),)
    search_help_text = "epi_…, msg_…, doc_…, thr_…, usr_…, words"
    finding = Finding(owners={**OWNERS, "msg": "source_id", "doc": "source_id", "thr": "stream"}, full_text="tsv")
    heavy = ("tsv",)
    fieldsets = (
        (None, {"fields": ("content", "shown_id", "speaker", "role", "origin", "position", "whose")}),
        ("What rests on it", {"fields": ("memories_list",)}),
        ("When", {"fields": ("said", "created", "indexed")}),
        ("Details", {"fields": ("graph_link", "excerpt", "language", "words", "is_question", "has_date")}),
    )

    @admin.display(description="words")
    def words_said(self, episode: Episode) -> str:
        return short(episode.content)

    @admin.display(description="cut from")
    def origin(self, episode: Episode) -> str:
        return origin_of(episode)

    @admin.display(description="indexed (UTC)")
    def indexed(self, episode: Episode) -> str:
        return moment(episode.indexed_at)

    @section("memories")
    def memories_list(self, episode: Episode) -> str:
        rows = episode.sources.select_related("memory__about").defer("memory__tsv")[: MOST + 1]
        return bullets((stated(row.memory) for row in rows), list_of(Source, episode=episode.pk))


@admin.register(Source)
class SourceAdmin(GraphRowAdmin):
    list_display = ("shown_id", "memory_link", "role", "episode_link", "whose")
    search_help_text = "src_…, mem_…, epi_…, usr_…, grp_…"
    finding = Finding(owners={**OWNERS, "mem": "memory", "epi": "episode"})
    related = ("memory__about", "episode", "graph__user", "graph__group")
    heavy = ("memory__tsv", "episode__tsv")
    fieldsets = ((None, {"fields": ("shown_id", "memory_link", "role", "episode_link", "whose", "graph_link")}),)


@admin.register(Mention)
class MentionAdmin(GraphRowAdmin):
    list_display = ("shown_id", "memory_link", "entity_link", "whose")
    search_help_text = "men_…, mem_…, ent_…, usr_…, grp_…"
    finding = Finding(owners={**OWNERS, "mem": "memory", "ent": "entity"})
    related = ("memory__about", "entity", "graph__user", "graph__group")
    heavy = ("memory__tsv",)
    fieldsets = ((None, {"fields": ("shown_id", "memory_link", "entity_link", "whose", "graph_link")}),)

    @admin.display(description="entity")
    def entity_link(self, mention: Mention) -> str:
        return link(mention.entity, name_of(mention.entity))


@admin.register(Embedding)
class EmbeddingAdmin(GraphRowAdmin):
    """What the vectors belong to; the numbers themselves say nothing to people and stay in the database."""

    list_display = ("shown_id", "owner", "model", "pieces", "whose")
    search_help_text = "emb_…, mem_…, epi_…, usr_…, grp_…"
    finding = Finding(owners={**OWNERS, "mem": "memory", "epi": "episode"})
    related = ("memory__about", "episode", "graph__user", "graph__group")
    heavy = ("vector", "tokens", "memory__tsv", "episode__tsv")
    fieldsets = ((None, {"fields": ("shown_id", "owner", "model", "pieces", "whose", "graph_link")}),)

    @admin.display(description="of")
    def owner(self, row: Embedding) -> str:
        return stated(row.memory) if row.memory else self.episode_link(row)
