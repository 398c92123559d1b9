"""Users and groups in the console. A user can be deleted here, with everything that is kept about them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from graphs.admin.base import stated
from graphs.admin.drawing.pages import LeadsToDrawing
from graphs.models import Document, Entity, Episode, Graph, Memory
from ingest.erase import erase_group, erase_user
from ingest.models import IngestJob
from memos.projects.audit import Caller
from memos.projects.console.base import ConsoleAdmin, FirstProjects, caller_of
from memos.projects.console.counting import capped
from memos.projects.console.deleting import DeletingAdmin
from memos.projects.console.search import Finding
from memos.projects.console.shown import MOST, NOTHING, bullets, link, list_of, moment, page_of, section, short, to
from memos.projects.models import AuditEntry
from threads.models import Message, Thread
from users.models import Group, Summary, User


def named(user: User) -> str:
    """What an operator knows a user by."""
    name = f"{user.first_name or ''} {user.last_name or ''}".strip()
    return name or user.email or user.external_id or user.ref


def held(graph: Graph) -> list[Any]:
    """Links to the lists of what a graph holds, each with its count."""
    rows: dict[Any, Any] = {Memory: graph.memories, Entity: graph.entities, Episode: graph.episodes,
                            Document: graph.documents}  # fmt: skip
    return [
        to(list_of(model, graph=graph.pk), f"{capped(found.all())} {model._meta.verbose_name_plural}")
        for model, found in rows.items()
    ]


class OwnerAdmin(LeadsToDrawing):
    """Who has a graph."""

    @admin.display(description="graph")
    def graph_link(self, row: Any) -> str:
        return link(row.graph)

    @admin.display(description="created (UTC)")
    def created(self, row: Any) -> str:
        return moment(row.created_at)


@admin.register(User)
class UserAdmin(OwnerAdmin):
    deletable = True
    worded = ("summary_text", "summary_sources")
    list_display = ("shown_id", "shown_name", "external_id", "email", "project", "created")
    list_filter = (("project", FirstProjects),)
    search_help_text = "usr_…, grph_…, prj_…, external id, email, name"
    finding = Finding(
        owners={"grph": "graph", "prj": "project"},
        exact=("external_id", "email"),
        beginnings=("email", "external_id", "first_name", "last_name"),
    )
    related = ("project", "graph", "summary")
    fieldsets = (
        (None, {"fields": ("shown_name", "shown_id", "external_id", "email", "project", "created")}),
        ("What is kept", {"fields": ("holdings",)}),
        ("Summary", {"fields": ("summary_text", "summary_sources", "summary_made")}),
        ("Details", {"fields": ("graph_link", "metadata")}),
    )

    @admin.display(description="name")
    def shown_name(self, user: User) -> str:
        return f"{user.first_name or ''} {user.last_name or ''}".strip() or NOTHING

    @section("lists")
    def holdings(self, user: User) -> str:
        entries = AuditEntry.objects.filter(target_id=user.ref)
        messages_of = list_of(Message, q=user.ref)
        return bullets([
            to(list_of(Thread, user=user.pk), f"{capped(Thread.objects.filter(user=user))} threads"),
            to(messages_of, f"{_messages(user):,} messages"),
            *held(user.graph),
            to(list_of(IngestJob, user=user.pk), f"{capped(IngestJob.objects.filter(user=user))} ingest jobs"),
            to(list_of(AuditEntry, q=user.ref), f"{capped(entries)} audit entries"),
        ])  # fmt: skip

    @admin.display(description="text")
    def summary_text(self, user: User) -> str:
        return link(user.summary, user.summary.text) if hasattr(user, "summary") else NOTHING

    @section("rests on")
    def summary_sources(self, user: User) -> str:
        return resting(user.summary) if hasattr(user, "summary") else NOTHING

    @admin.display(description="made (UTC)")
    def summary_made(self, user: User) -> str:
        return moment(user.summary.generated_at) if hasattr(user, "summary") else NOTHING

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Django's own would first fetch every row that hangs on the user."""
        user: User | None = self.get_object(request, object_id)
        if user is None:
            raise Http404
        if not self.has_delete_permission(request, user):
            raise PermissionDenied
        if request.method != "POST":
            return self._confirmation(request, user)
        erase_user(caller=caller_of(request, user.project), user=user)
        messages.success(request, f"{user.ref} is deleted, with everything that was kept about them.")
        return redirect(list_of(User))

    def _confirmation(self, request: HttpRequest, user: User) -> HttpResponse:
        everywhere = self.admin_site.each_context(request)
        goes = {
            "threads": capped(Thread.objects.filter(user=user)),
            "messages": f"{_messages(user):,}",
            "documents": capped(Document.objects.filter(graph=user.graph_id)),
            "memories": capped(Memory.objects.filter(graph=user.graph_id)),
            "entities": capped(Entity.objects.filter(graph=user.graph_id)),
            "episodes": capped(Episode.objects.filter(graph=user.graph_id)),
            "ingest jobs": capped(IngestJob.objects.filter(user=user)),
        }
        context = {**everywhere, "opts": self.opts, "title": f"Delete {named(user)}", "goes": goes}
        context |= {"user_shown": named(user), "shown_id": user.ref, "path": page_of(user)}
        return TemplateResponse(request, "admin/users/user/erase.html", context)


def _messages(user: User) -> int:
    return Thread.objects.filter(user=user).aggregate(n=Sum("message_count"))["n"] or 0


@admin.register(Group)
class GroupAdmin(DeletingAdmin, OwnerAdmin):
    what_goes = "the group goes with everything that it shares: what was told to it, and what is known from that."
    list_display = ("name", "shown_id", "project", "created")
    list_filter = (("project", FirstProjects),)
    search_help_text = "grp_…, grph_…, prj_…, name"
    finding = Finding(owners={"grph": "graph", "prj": "project"}, exact=("name",), beginnings=("name",))
    related = ("project", "graph")
    fieldsets = (
        (None, {"fields": ("name", "shown_id", "project", "created")}),
        ("What is kept", {"fields": ("holdings",)}),
        ("Details", {"fields": ("graph_link", "metadata")}),
    )

    def delete_by(self, caller: Caller, row: Group) -> None:
        erase_group(caller=caller, group=row)

    @section("lists")
    def holdings(self, group: Group) -> str:
        return bullets(held(group.graph))


@admin.register(Summary)
class SummaryAdmin(ConsoleAdmin):
    list_display = ("shown_id", "beginning", "user_link", "memory_count", "made")
    search_help_text = "sum_…, usr_…"
    finding = Finding(owners={"usr": "user"}, beginnings=("text",))
    related = ("user",)
    fieldsets = (
        (None, {"fields": ("text", "shown_id", "user_link", "made", "requested")}),
        ("Rests on", {"fields": ("memories_list", "memory_count", "graph_version")}),
    )

    @admin.display(description="text")
    def beginning(self, summary: Summary) -> str:
        return short(summary.text)

    @admin.display(description="user")
    def user_link(self, summary: Summary) -> str:
        return link(summary.user, named(summary.user))

    @section("memories")
    def memories_list(self, summary: Summary) -> str:
        return resting(summary)

    @admin.display(description="made (UTC)")
    def made(self, summary: Summary) -> str:
        return moment(summary.generated_at)

    @admin.display(description="asked for (UTC)")
    def requested(self, summary: Summary) -> str:
        return moment(summary.requested_at)


def resting(summary: Summary) -> str:
    """The memories that a summary rests on; one that was taken back since is not there any more."""
    rows: QuerySet[Memory] = Memory.objects.filter(pk__in=summary.memory_ids[:MOST]).select_related("about")
    return bullets(stated(memory) for memory in rows.defer("tsv"))
