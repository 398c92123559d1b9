"""A thread, replayed as the chat that it was."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from unfold.decorators import action

from graphs.admin.going import Going, with_words
from ingest.again import reingest_thread
from ingest.erase import delete_thread
from ingest.models import IngestJob
from ingest.operations import KINDS
from memos.projects import roles
from memos.projects.audit import Caller
from memos.projects.console.bulk import BulkAdmin
from memos.projects.console.confirming import confirmation
from memos.projects.console.deleting import DeletingAdmin
from memos.projects.console.lists import FirstProjects
from memos.projects.console.rights import caller_of, may
from memos.projects.console.search import Finding
from memos.projects.console.shown import counted, link, moment, names_of, page_of
from threads.admin.naming import titled
from threads.admin.replay import replay
from threads.models import Message, Thread
from users.naming import named


@admin.register(Thread)
class ThreadAdmin(BulkAdmin, DeletingAdmin):
    what_goes = "it goes with its messages, and with every memory that rests on them alone."
    first_comes = "POST /v1/users/:id/threads opens one; the pages of /docs/ show how."
    change_form_template = "admin/threads/thread/replay.html"
    worded = ("title", "name")
    list_display = ("title", "shown_id", "user_link", "message_count", "project", "created")
    list_filter = (("project", FirstProjects),)
    search_help_text = "thr_…, usr_…, prj_…, name"
    finding = Finding(owners={"usr": "user", "prj": "project"}, beginnings=("name",))
    related = ("user", "project")
    bulk = {"reingest_threads": "pk", "delete_threads": "pk"}
    actions_detail = ("reingest",)
    fieldsets = ((None, {"fields": ("shown_id", "user_link", "project", "created", "metadata")}),)

    class Media:
        css = {"all": ("console/person.css",)}
        js = (Script("console/copy.js", type="module"),)

    def get_urls(self) -> list[URLPattern]:
        replayed = path(
            "<path:object_id>/replay/", self.admin_site.admin_view(self.replay), name="threads_thread_replay"
        )
        return [replayed, *super().get_urls()]

    def replay(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The address under which a message is shown in its place. A thread's page is its replay."""
        return self.changeform_view(request, object_id)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        thread = kwargs.get("obj")
        if thread is not None:
            words = may(request, roles.READ_WORDS, thread)
            context |= {
                "thread": thread,
                "replay": replay(thread, request.GET),
                "reads_words": words,
                "whose": named(thread.user),
                "user_path": page_of(thread.user),
                "created": moment(thread.created_at),
                "message_count": f"{thread.message_count:,}",
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def heading(self, request: HttpRequest, row: Thread) -> str:
        return titled(row, words=may(request, roles.READ_WORDS, row))

    def delete_by(self, caller: Caller, row: Thread) -> None:
        delete_thread(caller=caller, thread=row)

    def has_reingest_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.may(request, "change", str(object_id))

    @action(description="Re-run ingestion", url_path="reingest", icon="restart_alt", permissions=["reingest"])
    def reingest(self, request: HttpRequest, object_id: str) -> HttpResponse:
        thread = self.row_of(request, object_id)
        if request.method == "POST":
            jobs = reingest_thread(caller=caller_of(request, thread.project), thread=thread)
            messages.success(request, f"{counted(jobs, IngestJob)} of {thread.ref} will be read again.")
            return redirect(page_of(thread))
        told = [f"{thread.ref} has {counted(thread.message_count, Message)}.", KINDS["reingest_threads"].warning]
        return confirmation(
            self, request, title=f"Re-run ingestion of {titled(thread)}", sentences=told,
            button="Re-run ingestion", back=page_of(thread), destroys=True,
        )  # fmt: skip

    def called(self, row: Thread) -> str:
        return row.name or row.ref

    def going(self, row: Thread) -> Going:
        theirs: Going = {
            names_of(Message): Message.objects.filter(thread=row),
            names_of(IngestJob): IngestJob.objects.filter(thread=row),
        }
        return theirs | with_words(row.user.graph_id, Q(stream=row.pk))

    @admin.display(description="thread")
    def title(self, thread: Thread) -> str:
        return titled(thread)

    @admin.display(description="user")
    def user_link(self, thread: Thread) -> str:
        return link(thread.user, named(thread.user))
