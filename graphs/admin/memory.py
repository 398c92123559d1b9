"""A memory with what it rests on, what it speaks of and what was believed before."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.decorators import display as label

from graphs.admin.base import OWNERS, GraphRowAdmin, arrow, origin_of, span, stated
from graphs.admin.facts import state_of
from graphs.admin.going import Going, with_memory
from graphs.admin.mending import timeline
from graphs.admin.mending.memory import MemoryMending
from graphs.admin.words import speaker_of
from graphs.models import Memory, MemoryRevision, Mention, Relation, Source
from graphs.models.memory import SPEAKER
from graphs.render import UNNAMED, name_of, sentence
from ingest.erase import delete_memory
from memos.projects.audit import Caller
from memos.projects.console.bulk import BulkAdmin
from memos.projects.console.deleting import DeletingAdmin
from memos.projects.console.lists import NewestChoices
from memos.projects.console.search import Finding
from memos.projects.console.shown import MOST, NOTHING, bullets, link, list_of, moment, section, short


@admin.register(Memory)
class MemoryAdmin(BulkAdmin, DeletingAdmin, MemoryMending):
    what_goes = "it goes with its history. What it had ended is open again; what was said stays."
    list_display = ("shown_sentence", "kind", "state", "valid", "whose", "created")
    list_filter = (("kind", NewestChoices),)
    search_help_text = "mem_…, usr_…, grp_…, ent_…, words"
    finding = Finding(owners={**OWNERS, "ent": "mentions__entity"}, full_text="tsv")
    related = ("about", "graph__user", "graph__group", "invalidated_by__about")
    heavy = ("tsv",)
    bulk = dict.fromkeys(("withdraw_memories", "restore_memories", "close_memories", "delete_memories"), "pk")
    fieldsets = (
        (None, {"fields": ("full_sentence", "shown_id", "kind", "state", "valid", "closed_by", "parts_list", "whose")}),
        ("Rests on", {"fields": ("sources_list",)}),
        ("Speaks of", {"fields": ("entities_list", "relations_list")}),
        ("History", {"fields": ("timeline", "said", "created", "recorded", "retired")}),
        ("Details", {"fields": ("graph_link", "language", "confidence", "metadata")}),
    )

    def heading(self, request: HttpRequest, row: Memory) -> str:
        return short(sentence(row))

    def delete_by(self, caller: Caller, row: Memory) -> None:
        delete_memory(caller=caller, memory=row)

    def going(self, row: Memory) -> Going:
        return with_memory(row)

    @admin.display(description="sentence")
    def shown_sentence(self, memory: Memory) -> str:
        return short(sentence(memory))

    @admin.display(description="sentence")
    def full_sentence(self, memory: Memory) -> str:
        return sentence(memory)

    @label(description="state", label={"holds": "success", "ended": "warning", "withdrawn": "danger"})
    def state(self, memory: Memory) -> str:
        return state_of(memory)

    @admin.display(description="valid")
    def valid(self, memory: Memory) -> str:
        return span(memory.valid_from, memory.valid_to, memory.valid_precision)

    @admin.display(description="closed by")
    def closed_by(self, memory: Memory) -> str:
        return stated(memory.invalidated_by) if memory.invalidated_by else NOTHING

    @admin.display(description="recorded (UTC)")
    def recorded(self, memory: Memory) -> str:
        return moment(memory.recorded_at)

    @admin.display(description="retired (UTC)")
    def retired(self, memory: Memory) -> str:
        return moment(memory.retired_at)

    @section("sources")
    def sources_list(self, memory: Memory) -> str:
        rows = memory.sources.select_related("episode").defer("episode__tsv")[: MOST + 1]
        return bullets((_source_line(row) for row in rows), list_of(Source, memory=memory.pk))

    @section("entities")
    def entities_list(self, memory: Memory) -> str:
        rows = memory.mentions.select_related("entity")[: MOST + 1]
        named = (link(row.entity, f"{name_of(row.entity)} ({row.entity.type})") for row in rows)
        return bullets(named, list_of(Mention, memory=memory.pk))

    @section("relations")
    def relations_list(self, memory: Memory) -> str:
        rows = memory.relations.select_related("subject", "object")[: MOST + 1]
        return bullets((link(row, arrow(row)) for row in rows), list_of(Relation, memory=memory.pk))

    @section("changes")
    def timeline(self, memory: Memory) -> str:
        return timeline.shown(timeline.of_memory(memory, mendable=memory.__dict__.get("mendable", False)))

    @section("split into")
    def parts_list(self, memory: Memory) -> str:
        return bullets(timeline.parts(memory))


def _source_line(source: Source) -> Any:
    episode = source.episode
    said = f"{speaker_of(episode)}, {moment(episode.said_at)}: {episode.content}"
    verbs = {
        Source.Role.CLOSES: "closed by ",
        Source.Role.FORMER: "until it was changed: ",
        Source.Role.MERGED: "of what was merged into it: ",
    }
    verb = verbs.get(Source.Role(source.role), "")
    return format_html("{}{} · {}", verb, link(episode, short(said, 200)), origin_of(episode))


def _said(memory: Memory, row: MemoryRevision) -> str:
    return row.content.replace(SPEAKER, name_of(memory.about) if memory.about else UNNAMED)


@admin.register(MemoryRevision)
class MemoryRevisionAdmin(GraphRowAdmin):
    list_display = ("shown_id", "text", "believed", "changed_by", "reason", "whose")
    search_help_text = "rev_…, mem_…, usr_…, grp_…"
    finding = Finding(owners={**OWNERS, "mem": "memory"})
    related = ("memory__about", "graph__user", "graph__group")
    fieldsets = (
        (None, {"fields": ("shown_id", "memory_link", "text", "valid", "believed", "changed_by", "reason", "whose")}),
    )

    @admin.display(description="what was believed")
    def text(self, row: MemoryRevision) -> str:
        return _said(row.memory, row)

    @admin.display(description="valid")
    def valid(self, row: MemoryRevision) -> str:
        return span(row.valid_from, row.valid_to, row.valid_precision)

    @admin.display(description="believed (UTC)")
    def believed(self, row: MemoryRevision) -> str:
        return f"{moment(row.recorded_from)} → {moment(row.recorded_to)}"
