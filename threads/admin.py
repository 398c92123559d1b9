"""Threads and messages in the console, with what came of them."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.decorators import action

from graphs.admin.base import resting_on, stated
from graphs.models import Episode
from ingest.again import reingest_thread
from ingest.erase import delete_message, delete_thread
from ingest.models import IngestJob
from ingest.operations import KINDS
from memos.projects.audit import Caller
from memos.projects.console.base import FirstProjects, NewestChoices, caller_of
from memos.projects.console.bulk import BulkAdmin
from memos.projects.console.confirming import confirmation
from memos.projects.console.counting import capped
from memos.projects.console.deleting import DeletingAdmin
from memos.projects.console.search import Finding, text_query
from memos.projects.console.shown import (
    MOST,
    NOTHING,
    bullets,
    counted,
    link,
    list_of,
    moment,
    page_of,
    section,
    short,
    to,
)
from threads.models import Message, Thread
from users.admin import named


@admin.register(Thread)
class ThreadAdmin(BulkAdmin, DeletingAdmin):
    what_goes = "it goes with its messages, and with every memory that rests on them alone."
    list_display = ("shown_id", "name", "user_link", "message_count", "project", "created")
    list_filter = (("project", FirstProjects),)
    search_help_text = "thr_…, usr_…, prj_…, name"
    finding = Finding(owners={"usr": "user", "prj": "project"}, beginnings=("name",))
    related = ("user", "project")
    bulk = {"reingest_threads": "pk", "delete_threads": "pk"}
    actions_detail = ("reingest",)
    fieldsets = (
        (None, {"fields": ("name", "shown_id", "user_link", "messages_link", "jobs_link", "project", "created")}),
        ("Details", {"fields": ("metadata", "next_position", "next_episode")}),
    )

    def delete_by(self, caller: Caller, row: Thread) -> None:
        delete_thread(caller=caller, thread=row)

    def has_reingest_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.may(request, "change", str(object_id))

    @action(description="Re-run ingestion", url_path="reingest", icon="restart_alt", permissions=["reingest"])
    def reingest(self, request: HttpRequest, object_id: str) -> HttpResponse:
        thread: Thread | None = self.get_object(request, object_id)
        if thread is None:
            raise Http404
        if request.method == "POST":
            jobs = reingest_thread(caller=caller_of(request, thread.project), thread=thread)
            messages.success(request, f"{counted(jobs, IngestJob)} of {thread.ref} will be read again.")
            return redirect(page_of(thread))
        told = [f"{thread.ref} has {counted(thread.message_count, Message)}.", KINDS["reingest_threads"].warning]
        return confirmation(
            self, request, title=f"Re-run ingestion of {thread.name or thread.ref}", sentences=told,
            button="Re-run ingestion", back=page_of(thread), destroys=True,
        )  # fmt: skip

    @section("jobs")
    def jobs_link(self, thread: Thread) -> str:
        jobs = IngestJob.objects.filter(thread=thread)
        waiting = f", {capped(jobs.unfinished())} of them unfinished"
        return to(list_of(IngestJob, thread=thread.pk), f"{capped(jobs)}{waiting}")

    @admin.display(description="user")
    def user_link(self, thread: Thread) -> str:
        return link(thread.user, named(thread.user))

    @admin.display(description="messages")
    def messages_link(self, thread: Thread) -> str:
        return to(list_of(Message, thread=thread.pk), f"{thread.message_count:,}")

    @admin.display(description="created (UTC)")
    def created(self, thread: Thread) -> str:
        return moment(thread.created_at)


class MessageFinding(Finding):
    """The words of messages are indexed in their episodes."""

    def find(self, rows: Any, term: str) -> Any:
        found = super().find(rows, term)
        if found.query.is_empty():
            said = Episode.objects.filter(source_kind=Episode.SourceKind.MESSAGE, tsv=text_query(term))
            return rows.filter(pk__in=list(said.order_by("-pk").values_list("source_id", flat=True)[:1000]))
        return found


@admin.register(Message)
class MessageAdmin(DeletingAdmin):
    what_goes = "it goes with its job, and with every memory that rests on it alone. What it had ended is open again."
    list_display = ("words", "role", "position", "thread_link", "user_link", "said")
    list_filter = (("role", NewestChoices), ("project", FirstProjects))
    search_help_text = "msg_…, thr_…, usr_…, prj_…, words"
    finding = MessageFinding(owners={"thr": "thread", "usr": "thread__user", "prj": "project"})
    related = ("thread__user", "job")
    fieldsets = (
        (None, {"fields": ("content", "shown_id", "role", "name", "thread_link", "user_link", "position")}),
        ("What came of it", {"fields": ("job_link", "memories_list", "episodes_list")}),
        ("When", {"fields": ("said", "received")}),
        ("Details", {"fields": ("external_id", "metadata")}),
    )

    def delete_by(self, caller: Caller, row: Message) -> None:
        delete_message(caller=caller, message=row)

    @admin.display(description="words")
    def words(self, message: Message) -> str:
        return short(message.content)

    @admin.display(description="thread")
    def thread_link(self, message: Message) -> str:
        return link(message.thread, message.thread.name or message.thread.ref)

    @admin.display(description="user")
    def user_link(self, message: Message) -> str:
        return link(message.thread.user, named(message.thread.user))

    @admin.display(description="said (UTC)")
    def said(self, message: Message) -> str:
        return moment(message.created_at)

    @admin.display(description="received (UTC)")
    def received(self, message: Message) -> str:
        return moment(message.received_at)

    @admin.display(description="job")
    def job_link(self, message: Message) -> str:
        job = getattr(message, "job", None)
        return link(job, f"{job.ref}: {job.status}") if job else NOTHING

    @section("memories")
    def memories_list(self, message: Message) -> str:
        return bullets(stated(memory) for memory in resting_on(message.pk))

    @section("episodes")
    def episodes_list(self, message: Message) -> str:
        rows = Episode.objects.filter(source_id=message.pk).order_by("position").only("content")[: MOST + 1]
        return bullets((link(row, short(row.content)) for row in rows), list_of(Episode, q=message.ref))
