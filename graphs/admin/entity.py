"""An entity with what speaks of it, what it is linked to, who was taken for it, and what it was called before."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from graphs.admin.base import OWNERS, arrow, stated
from graphs.admin.drawing.pages import LeadsToDrawing
from graphs.admin.mending import timeline
from graphs.admin.mending.entity import EntityMending
from graphs.models import Entity, Mention, Relation
from graphs.render import name_of
from memos import ids
from memos.projects.console.lists import NewestChoices
from memos.projects.console.search import Finding
from memos.projects.console.shown import MOST, bullets, link, list_of, moment, section

_OFF = (
    '{} · <a class="mending-act text-primary-600 dark:text-primary-500" href="../split-off/?entity={}">Split {} off</a>'
)


@admin.register(Entity)
class EntityAdmin(LeadsToDrawing, EntityMending):
    actions_detail = ("drawing", *EntityMending.actions_detail)
    list_display = ("called", "type", "other_names", "whose", "first_seen", "last_seen")
    list_filter = (("type", NewestChoices),)
    search_help_text = "ent_…, usr_…, grp_…, name"
    finding = Finding(owners=OWNERS, beginnings=("name",))
    fieldsets = (
        (None, {"fields": ("called", "shown_id", "type", "other_names", "is_subject", "summary", "whose")}),
        ("What is known", {"fields": ("memories_list", "relations_list")}),
        ("Who is meant", {"fields": ("merged_list", "told_apart")}),
        ("History", {"fields": ("timeline",)}),
        ("When", {"fields": ("first_seen", "last_seen", "graph_link")}),
    )

    def heading(self, request: HttpRequest, row: Entity) -> str:
        return name_of(row)

    @admin.display(description="name")
    def called(self, entity: Entity) -> str:
        return name_of(entity)

    @admin.display(description="aliases")
    def other_names(self, entity: Entity) -> str:
        return ", ".join(entity.aliases)

    @section("merged into it")
    def merged_list(self, entity: Entity) -> str:
        return bullets(_merged_line(entity, record) for record in entity.merged)

    @section("changes")
    def timeline(self, entity: Entity) -> str:
        return timeline.shown(timeline.of_entity(entity, mendable=entity.__dict__.get("mendable", False)))

    @admin.display(description="told apart from")
    def told_apart(self, entity: Entity) -> str:
        return ", ".join(entity.apart)

    @admin.display(description="first seen (UTC)")
    def first_seen(self, entity: Entity) -> str:
        return moment(entity.first_seen_at)

    @admin.display(description="last seen (UTC)")
    def last_seen(self, entity: Entity) -> str:
        return moment(entity.last_seen_at)

    @section("memories")
    def memories_list(self, entity: Entity) -> str:
        rows = entity.mentions.select_related("memory__about").defer("memory__tsv")[: MOST + 1]
        return bullets((stated(row.memory) for row in rows), list_of(Mention, entity=entity.pk))

    @section("relations")
    def relations_list(self, entity: Entity) -> str:
        own = entity.relations_from.select_related("subject", "object")[: MOST // 2]
        others = entity.relations_to.select_related("subject", "object")[: MOST // 2]
        return bullets((link(row, arrow(row)) for row in [*own, *others]), list_of(Relation, q=entity.ref))


def _merged_line(entity: Entity, record: dict[str, Any]) -> str:
    ref = ids.encode(Entity.PREFIX, UUID(record["id"]))
    line = f"{record['name']} ({ref})"
    if not entity.__dict__.get("mendable", False):
        return line
    return format_html(_OFF, line, ref, record["name"])
