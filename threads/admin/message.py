"""A message, with its place in its thread and what came of it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from graphs.admin.base import ReadAdmin
from graphs.admin.going import Going, with_words
from graphs.admin.words import in_thread
from graphs.models import Episode
from ingest.erase import delete_message
from ingest.models import IngestJob
from memos.projects.audit import Caller
from memos.projects.console.deleting import DeletingAdmin
from memos.projects.console.lists import FirstProjects, NewestChoices
from memos.projects.console.narrowing import projects_of
from memos.projects.console.search import Finding, text_query
from memos.projects.console.shown import link, moment, names_of, short, to
from threads.admin.naming import titled
from threads.models import Message
from users.naming import named

MOST_FOUND = 1_000


@dataclass(frozen=True)
class MessageFinding(Finding):
    """The words of messages are indexed in their episodes: the newest are looked through, of ``projects`` or of all."""

    projects: Collection[UUID] | None = None

    def find(self, rows: Any, term: str) -> Any:
        found = super().find(rows, term)
        if found.query.is_empty():
            said = Episode.objects.filter(source_kind=Episode.SourceKind.MESSAGE, tsv=text_query(term))
            said = said if self.projects is None else said.filter(project__in=self.projects)
            return rows.filter(pk__in=list(said.order_by("-pk").values_list("source_id", flat=True)[:MOST_FOUND]))
        return found


@admin.register(Message)
class MessageAdmin(DeletingAdmin, ReadAdmin):
    what_goes = "it goes with its job, and with every memory that rests on it alone. What it had ended is open again."
    list_display = ("words", "role", "position", "thread_link", "user_link", "said")
    list_filter = (("role", NewestChoices), ("project", FirstProjects))
    search_help_text = "msg_…, thr_…, usr_…, prj_…, words"
    finding: ClassVar[MessageFinding] = MessageFinding(
        owners={"thr": "thread", "usr": "thread__user", "prj": "project"}
    )
    related = ("thread__user", "job")
    fieldsets = (
        (None, {"fields": ("content", "shown_id", "role", "name", "place", "user_link", "position")}),
        ("What came of it", {"fields": ("job_link", "memories_list", "episodes_list")}),
        ("When", {"fields": ("said", "received")}),
        ("Details", {"fields": ("external_id", "metadata")}),
    )

    def finding_for(self, request: HttpRequest) -> Finding:
        return replace(self.finding, projects=projects_of(request, self.right("view")))

    def delete_by(self, caller: Caller, row: Message) -> None:
        delete_message(caller=caller, message=row)

    def going(self, row: Message) -> Going:
        theirs: Going = {names_of(IngestJob): IngestJob.objects.filter(message=row)}
        return theirs | with_words(row.thread.user.graph_id, Q(source_id=row.pk))

    @admin.display(description="words")
    def words(self, message: Message) -> str:
        return short(message.content)

    @admin.display(description="thread")
    def thread_link(self, message: Message) -> str:
        return link(message.thread, titled(message.thread))

    @admin.display(description="in its place in")
    def place(self, message: Message) -> str:
        return to(in_thread(message.thread.ref, message.ref), titled(message.thread))

    @admin.display(description="user")
    def user_link(self, message: Message) -> str:
        return link(message.thread.user, named(message.thread.user))

    @admin.display(description="said (UTC)")
    def said(self, message: Message) -> str:
        return moment(message.created_at)
