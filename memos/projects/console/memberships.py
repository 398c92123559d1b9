"""Roles in the console: which operator may do what in which project."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from unfold.decorators import display as label

from memos.projects import operators
from memos.projects.audit import Caller
from memos.projects.console.deleting import DeletingAdmin
from memos.projects.console.lists import FirstProjects
from memos.projects.console.rights import caller_of, may
from memos.projects.console.search import Finding
from memos.projects.console.shown import moment
from memos.projects.models import Membership, Project


class MembershipForm(forms.ModelForm):
    class Meta:
        model = Membership
        fields = ("role", "reads_words")


class NewMembershipForm(MembershipForm):
    """The project is a choice, though it can't be changed afterwards."""

    of = forms.ModelChoiceField(
        Project.objects.all(),
        label="Project",
        widget=AutocompleteSelect(Membership._meta.get_field("project"), admin.site),
    )

    class Meta:
        model = Membership
        fields = ("operator", "role", "reads_words")

    def clean(self) -> dict[str, Any]:
        """A role that an operator has already is changed on its own page."""
        given = self.cleaned_data
        project, operator = given.get("of"), given.get("operator")
        if project and project.mode != Project.Mode.LIVE:
            self.add_error("of", "A role counts in the test twin too: choose the live project.")
        if project and operator and Membership.objects.for_project(project).filter(operator=operator).exists():
            self.add_error("operator", f"{operator} has a role in {project} already.")
        return given


@admin.register(Membership)
class MembershipAdmin(DeletingAdmin):
    what_goes = "the operator has no role in this project any more."
    personal = False
    addable = True
    changeable = True
    list_display = ("operator", "role_label", "project", "reads", "created")
    list_filter = (("project", FirstProjects), "role")
    search_help_text = "mbr_…, prj_…"
    finding = Finding(owners={"prj": "project"})
    related = ("project", "operator")
    form = MembershipForm
    autocomplete_fields = ()
    add_fieldsets = ((None, {"fields": ("of", "operator", "role", "reads_words")}),)
    fieldsets = ((None, {"fields": ("shown_id", "operator", "project_link", "role", "reads_words", "created")}),)
    readonly_fields = ("shown_id", "operator", "project_link", "created")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = MembershipForm if change else NewMembershipForm
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    @label(description="role", label={"admin": "danger", "support": "warning", "viewer": "info"})
    def role_label(self, membership: Membership) -> str:
        return membership.role

    @admin.display(description="reads what people said", boolean=True)
    def reads(self, membership: Membership) -> bool:
        return membership.reads_words or membership.role != Membership.Role.VIEWER

    @admin.display(description="since (UTC)")
    def created(self, membership: Membership) -> str:
        return moment(membership.created_at)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        project = obj.project if change else form.cleaned_data["of"]
        if not may(request, self.right("change" if change else "add"), project):
            raise PermissionDenied
        given = {name: form.cleaned_data[name] for name in ("role", "reads_words")}
        row = operators.give_role(caller=caller_of(request, project), operator=obj.operator, **given)
        obj.pk = row.pk
        obj.project = project

    def delete_by(self, caller: Caller, row: Membership) -> None:
        operators.take_role(caller=caller, membership=row)
