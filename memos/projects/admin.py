"""Projects, operators and the audit log in the console; keys are in `console.keys`."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group as AuthGroup
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display as label
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from ingest.models import IngestJob
from memos.projects import services
from memos.projects.console.base import ConsoleAdmin, FirstProjects, NewestChoices, caller_of, may_change, operator_of
from memos.projects.console.counting import capped
from memos.projects.console.keys import ApiKeyAdmin
from memos.projects.console.search import Finding
from memos.projects.console.shown import NOTHING, bullets, link, list_of, moment, section, to
from memos.projects.models import ApiKey, AuditEntry, Operator, Project
from memos.webhooks.models import Webhook
from threads.models import Thread
from users.models import Group, User

__all__ = ["ApiKeyAdmin", "AuditEntryAdmin", "OperatorAdmin", "ProjectAdmin"]

admin.site.unregister(AuthGroup)


class ProjectForm(forms.ModelForm):
    class Meta:
        model = Project
        fields = ("name",)

    def clean(self) -> dict[str, Any]:
        self.instance.name = self.cleaned_data.get("name", "").strip()
        services.check_name(self.instance)
        return self.cleaned_data

    def validate_constraints(self) -> None:
        """`clean` has said in a sentence what the constraint would say by its name."""


@admin.register(Project)
class ProjectAdmin(ConsoleAdmin):
    list_display = ("name", "mode_label", "shown_id", "created")
    list_filter = ("mode",)
    search_help_text = "prj_… or name"
    form = ProjectForm
    related = ("live_twin", "test_twin")
    ordering = ("name", "mode")
    add_fieldsets = ((None, {"fields": ("name",)}),)
    fieldsets = (
        (None, {"fields": ("name", "shown_id", "mode_label", "twin", "created")}),
        ("What it holds", {"fields": ("holdings",)}),
    )
    readonly_fields = ("shown_id", "mode_label", "twin", "created", "holdings")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj is None else super().get_readonly_fields(request, obj)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Projects are few: any part of a name will do."""
        by_id = queryset.model._default_manager.none() if not search_term else self._by_id(queryset, search_term)
        named = Q(name__icontains=search_term.strip())
        return (queryset.filter(named | Q(pk__in=by_id)) if search_term else queryset), False

    def _by_id(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        return Finding().find(queryset.order_by(), term.strip()).values("pk")

    @label(description="mode", label={"live": "success", "test": "warning"})
    def mode_label(self, project: Project) -> str:
        return project.mode

    @admin.display(description="twin")
    def twin(self, project: Project) -> str:
        return link(project.live_twin or getattr(project, "test_twin", None))

    @admin.display(description="created (UTC)")
    def created(self, project: Project) -> str:
        return moment(project.created_at)

    @section("lists")
    def holdings(self, project: Project) -> str:
        lists = {ApiKey: "API keys", Webhook: "webhooks", User: "users", Group: "groups", Thread: "threads",
                 IngestJob: "ingest jobs", AuditEntry: "audit entries"}  # fmt: skip
        return bullets(
            to(list_of(model, project__id__exact=project.pk), f"{capped(self._of(model, project))} {name}")
            for model, name in lists.items()
        )

    def _of(self, model: Any, project: Project) -> QuerySet[Any]:
        return model.objects.filter(project=project)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_change(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A test twin takes its name from the live project."""
        return may_change(request) and (obj is None or obj.mode == Project.Mode.LIVE)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            services.rename_project(caller=caller_of(request, obj), name=obj.name)
            return
        made = services.create_project(name=obj.name, by=lambda live: caller_of(request, live))
        obj.pk = made.pk


@admin.register(AuditEntry)
class AuditEntryAdmin(ConsoleAdmin):
    list_display = ("moment", "action", "target_id", "actor", "actor_label", "project")
    list_filter = (("actor", NewestChoices), ("project", FirstProjects))
    search_help_text = "Id of the target, aud_…, prj_…, action"
    finding = Finding(
        owners={"prj": "project"}, direct=("target_id",), beginnings=("action", "actor_label", "request_id")
    )
    related = ("project",)
    fieldsets = (
        (None, {"fields": ("shown_id", "moment", "project_link", "action", "target_id", "detail")}),
        ("Who", {"fields": ("actor", "actor_id", "actor_label", "request_id")}),
    )

    @admin.display(description="at (UTC)")
    def moment(self, entry: AuditEntry) -> str:
        return moment(entry.at)

    @admin.display(description="project")
    def project_link(self, entry: AuditEntry) -> str:
        return link(entry.project)


@admin.register(Operator)
class OperatorAdmin(UserAdmin, ModelAdmin):
    """Superusers manage operators. Nobody can lock themselves out, and none is deleted: an entry may name them."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "shown_last_login", "is_superuser", "is_active")
    list_filter = ("is_superuser", "is_active")
    filter_horizontal = ()
    actions = None
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Rights", {"fields": ("is_active", "is_superuser"), "description": "Who is no superuser may only look."}),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "password1", "password2", "is_superuser")}),)
    readonly_fields = ("last_login", "date_joined")

    @admin.display(description="last sign-in (UTC)")
    def shown_last_login(self, operator: Operator) -> str:
        return moment(operator.last_login) if operator.last_login else NOTHING

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = obj is not None and obj.pk == operator_of(request).pk
        return (*self.readonly_fields, "is_active", "is_superuser") if own else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.is_staff = True
        super().save_model(request, obj, form, change)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_change(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_change(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_change(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_change(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
