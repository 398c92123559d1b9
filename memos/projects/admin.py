"""Projects, operators and the audit log in the console; keys are in `console.keys`."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group as AuthGroup
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.admin import ModelAdmin
from unfold.decorators import display as label
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from ingest.models import IngestJob
from memos.projects import operators, services
from memos.projects.audit import Caller
from memos.projects.console import usage
from memos.projects.console.auditing import AuditEntryAdmin
from memos.projects.console.base import ConsoleAdmin
from memos.projects.console.counting import capped
from memos.projects.console.keys import ApiKeyAdmin
from memos.projects.console.memberships import MembershipAdmin
from memos.projects.console.operator import SigningIn
from memos.projects.console.rights import caller_of, caretaker_of, is_superuser, operator_of
from memos.projects.console.seals import AuditSealAdmin
from memos.projects.console.search import Finding
from memos.projects.console.shown import NOTHING, bullets, link, list_of, moment, section, to
from memos.projects.models import ApiKey, AuditEntry, Operator, Project
from memos.projects.signin.middleware import session_of
from memos.webhooks.models import Webhook
from threads.models import Thread
from users.models import Group, User

__all__ = ["ApiKeyAdmin", "AuditEntryAdmin", "AuditSealAdmin", "MembershipAdmin", "OperatorAdmin", "ProjectAdmin"]

admin.site.unregister([AuthGroup, TOTPDevice, StaticDevice])


RIGHTS = "A superuser may do everything. Anybody else has roles in projects."
LIMITS = ("requests_per_minute", "key_requests_per_minute")
AUDIT = ("audit_reads", "audit_retention_days")


class ProjectForm(forms.ModelForm):
    class Meta:
        model = Project
        fields = ("name", *LIMITS, *AUDIT)

    def clean(self) -> dict[str, Any]:
        """A test twin has no name of its own to be checked."""
        if "name" in self.fields:
            self.instance.name = self.cleaned_data.get("name", "").strip()
            services.check_name(self.instance)
        return self.cleaned_data

    def validate_constraints(self) -> None:
        """`clean` has said in a sentence what the constraint would say by its name."""


@admin.register(Project)
class ProjectAdmin(ConsoleAdmin):
    """Superusers make projects; who runs one changes it."""

    personal = False
    changeable = True
    project_column = "pk"
    list_display = ("name", "mode_label", "shown_id", "created")
    list_filter = ("mode",)
    search_help_text = "prj_… or name"
    form = ProjectForm
    related = ("live_twin", "test_twin")
    ordering = ("name", "mode")
    add_fieldsets = ((None, {"fields": ("name",)}),)
    fieldsets = (
        (None, {"fields": ("name", "shown_id", "mode_label", "twin", "created")}),
        ("Limits", {"fields": LIMITS}),
        ("Audit", {"fields": AUDIT}),
        ("What it holds", {"fields": ("holdings",)}),
        ("Requests", {"fields": ("per_day",)}),
    )
    readonly_fields = ("shown_id", "mode_label", "twin", "created", "holdings", "per_day")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A test twin takes its name from the live project."""
        if obj is None:
            return self.readonly_fields
        fixed = ("name",) if obj.mode == Project.Mode.TEST else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

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

    @section("lists")
    def holdings(self, project: Project) -> str:
        lists = {ApiKey: "API keys", Webhook: "webhooks", User: "users", Group: "groups", Thread: "threads",
                 IngestJob: "ingest jobs", AuditEntry: "audit entries"}  # fmt: skip
        return bullets(
            to(list_of(model, project__id__exact=project.pk), f"{capped(self._of(model, project))} {name}")
            for model, name in lists.items()
        )

    @section("by status")
    def per_day(self, project: Project) -> str:
        return usage.of_project(project)

    def _of(self, model: Any, project: Project) -> QuerySet[Any]:
        return model.objects.filter(project=project)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            self._change(caller_of(request, obj), form.cleaned_data)
            return
        made = services.create_project(name=obj.name, by=lambda live: caller_of(request, live))
        obj.pk = made.pk

    def _change(self, caller: Caller, given: dict[str, Any]) -> None:
        """Django has opened one transaction around it."""
        if "name" in given:
            services.rename_project(caller=caller, name=given["name"])
        services.set_limits(caller=caller, **{name: given[name] for name in LIMITS})
        services.set_audit_reads(caller=caller, on=given["audit_reads"])
        services.set_audit_retention(caller=caller, days=given["audit_retention_days"])


@admin.register(Operator)
class OperatorAdmin(SigningIn, UserAdmin, ModelAdmin):
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
        ("Rights", {"fields": ("is_active", "is_superuser"), "description": RIGHTS}),
        ("Signing in", {"fields": ("second_factor", "signed_in", "locked")}),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "password1", "password2", "is_superuser")}),)
    readonly_fields = ("last_login", "date_joined", "second_factor", "signed_in", "locked")

    @admin.display(description="last sign-in (UTC)")
    def shown_last_login(self, operator: Operator) -> str:
        return moment(operator.last_login) if operator.last_login else NOTHING

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = obj is not None and obj.pk == operator_of(request).pk
        return (*self.readonly_fields, "is_active", "is_superuser") if own else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.is_staff = True
        operators.save_operator(by=caretaker_of(request), operator=obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        operator = self.get_object(request, id)
        with operators.password_recorded(
            caretaker_of(request), operator.pk if operator else None, session_of(request).pk
        ):
            return super().user_change_password(request, id, form_url)

    # Our audit log knows of it; Django's own would be a second one.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
