"""Users in the console: what is known of a person and why, to look at, to take away and to delete."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from graphs.admin.going import Going
from ingest.erase import erase_user
from memos.projects.audit import Caller
from memos.projects.console.counting import newest
from memos.projects.console.lists import FirstProjects
from memos.projects.console.regenerating import RegeneratingAdmin
from memos.projects.console.search import Finding
from memos.projects.console.shown import NOTHING, names_of
from threads.models import Message, Thread
from users.admin import deeds, parts
from users.admin.exporting import ExportingAdmin
from users.admin.owner import OwnerAdmin, Part
from users.models import Summary, User
from users.naming import full_name, named
from users.playground.admin import PlaygroundPages

TRIGRAM = 3


@admin.register(User)
class UserAdmin(ExportingAdmin, PlaygroundPages, RegeneratingAdmin, OwnerAdmin):
    what_goes = "everything that is kept about this user goes with them."
    is_gone = "with everything that was kept about them."
    first_comes = "POST /v1/users makes one; the pages of /docs/ show how."
    list_display = ("shown_id", "shown_name", "external_id", "email", "project", "created")
    list_filter = (("project", FirstProjects),)
    search_help_text = "usr_…, grph_…, prj_…, external id, email, name"
    finding = Finding(
        owners={"grph": "graph", "prj": "project"}, exact=("external_id", "email"), beginnings=("email", "external_id")
    )
    related = ("project", "graph", "summary")
    fieldsets = ((None, {"fields": ("shown_id", "graph_link", "project", "metadata")}),)
    bulk = {"regenerate_summaries": "pk"}
    actions_detail = ("playground", "drawing", "regenerate", "export")
    figures = {"threads": ("thread", "threads"), "messages": ("message", "messages"), **OwnerAdmin.figures}
    parts = (
        Part("facts", "Facts", parts.facts, "facts", worded=False),
        Part("entities", "Entities", parts.entities, "entities"),
        Part("threads", "Threads", parts.threads, "threads", worded=False),
        Part("documents", "Documents", parts.documents, "documents"),
        Part("jobs", "Jobs", parts.jobs, "jobs", worded=False),
        Part("audit", "Audit", deeds.audit, worded=False),
        Part("details", "Details", lambda request, owner: {}, worded=False),
    )

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Names and parts of what else they are called. Shorter words have no index under them."""
        found, twice = super().get_search_results(request, queryset, search_term)
        words = search_term.split()
        if not words or found.exists():
            return found, twice
        indexed = min(map(len, words)) >= TRIGRAM
        rows: Any = queryset if indexed else newest(queryset)
        return rows.with_words(search_term), twice

    def delete_by(self, caller: Caller, row: User) -> None:
        erase_user(caller=caller, user=row)

    def user_of(self, row: User) -> User:
        return row

    def called(self, row: User) -> str:
        return named(row)

    def heading(self, request: HttpRequest, row: User) -> str:
        return named(row)

    def counted(self, owner: User) -> dict[str, QuerySet[Any]]:
        theirs: dict[str, QuerySet[Any]] = {
            "threads": Thread.objects.filter(user=owner),
            "messages": Message.objects.filter(thread__user=owner),
        }
        return super().counted(owner) | theirs

    def going(self, row: User) -> Going:
        theirs: Going = {
            names_of(Thread): Thread.objects.filter(user=row),
            names_of(Message): Message.objects.filter(thread__user=row),
            names_of(Summary): Summary.objects.filter(user=row),
        }
        return theirs | super().going(row)

    def identity(self, owner: User) -> dict[str, Any]:
        copied = {"External id": owner.external_id, "Id": owner.ref, "Email": owner.email}
        return {"name": named(owner), "copied": {label: value for label, value in copied.items() if value}}

    @admin.display(description="name")
    def shown_name(self, user: User) -> str:
        return full_name(user) or NOTHING
