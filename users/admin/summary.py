"""The short biographies, each with the memories that it rests on."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet

from graphs.admin.base import stated
from graphs.admin.facts import Line, line
from graphs.models import Memory
from graphs.models.graph import ENOUGH_CHANGED
from memos.projects.console.regenerating import RegeneratingAdmin, state_of
from memos.projects.console.search import Finding
from memos.projects.console.shown import MOST, bullets, link, moment, names_of, section, short, tally
from users.models import Summary, User
from users.naming import named


@admin.register(Summary)
class SummaryAdmin(RegeneratingAdmin):
    bulk = {"regenerate_summaries": "user"}
    list_display = ("shown_id", "beginning", "user_link", "memory_count", "made")
    search_help_text = "sum_…, usr_…"
    finding = Finding(owners={"usr": "user"}, beginnings=("text",))
    related = ("user", "project")
    fieldsets = (
        (None, {"fields": ("text", "shown_id", "user_link", "made", "requested")}),
        ("Rests on", {"fields": ("memories_list", "memory_count", "graph_version")}),
    )

    def user_of(self, row: Summary) -> User:
        return row.user

    @admin.display(description="text")
    def beginning(self, summary: Summary) -> str:
        return short(summary.text)

    @admin.display(description="user")
    def user_link(self, summary: Summary) -> str:
        return link(summary.user, named(summary.user))

    @section("memories")
    def memories_list(self, summary: Summary) -> str:
        return bullets(stated(memory) for memory in resting(summary))

    @admin.display(description="made (UTC)")
    def made(self, summary: Summary) -> str:
        return state_of(summary)

    @admin.display(description="asked for (UTC)")
    def requested(self, summary: Summary) -> str:
        return moment(summary.requested_at)


def resting(summary: Summary) -> QuerySet[Memory]:
    """The memories that a summary rests on; one that was taken back since is not there any more."""
    rows = Memory.objects.filter(pk__in=summary.memory_ids[:MOST]).select_related("about", "invalidated_by")
    return rows.defer("tsv", "invalidated_by__tsv").order_by("pk")


@dataclass(frozen=True, slots=True)
class Biography:
    """A summary as the page of its user shows it. ``age`` says whether it tells of what is known now."""

    ref: str
    text: str
    made: str
    rests_on: str
    age: str
    is_stale: bool
    waited_for: bool
    sources: list[Line]


def biography(user: User) -> Biography | None:
    summary: Any = getattr(user, "summary", None)
    if summary is None:
        return None
    stale, age = _age(user, summary)
    waits = summary.requested_at and (not summary.generated_at or summary.requested_at > summary.generated_at)
    sources = [line(memory) for memory in resting(summary)]
    made = moment(summary.generated_at) if summary.generated_at else ""
    rests_on = tally(len(summary.memory_ids), names_of(Memory))
    return Biography(summary.ref, summary.text, made, rests_on, age, stale, bool(waits), sources)


def _age(user: User, summary: Summary) -> tuple[bool, str]:
    changes = user.graph.version - summary.graph_version
    if not summary.generated_at:
        return True, "not made yet"
    if user.graph.summarised_version == 0:
        return True, "stale: it may say what has ended; a new one is due"
    if changes <= 0:
        return False, "up to date"
    what = "1 change" if changes == 1 else f"{changes:,} changes"
    if changes >= ENOUGH_CHANGED:
        return True, f"stale: {what} since; a new one is due"
    return True, f"{what} since; it is made anew after {ENOUGH_CHANGED}"
