"""API keys in the console: made and rotated with the secret shown once, limited, revoked."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList as DjangoChangeList
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from unfold.decorators import action
from unfold.decorators import display as label
from unfold.enums import ActionVariant
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
)

from memos.projects import services
from memos.projects.console import usage
from memos.projects.console.confirming import confirmation
from memos.projects.console.issuing import IssuingAdmin
from memos.projects.console.lists import FirstProjects
from memos.projects.console.rendering import rendered
from memos.projects.console.rights import caller_of
from memos.projects.console.search import Finding
from memos.projects.console.shown import moment, page_of, section
from memos.projects.durations import parse_duration
from memos.projects.models import ApiKey, Project, Scope, read_and_write

_PAGES = "admin/projects/apikey"


def duration(text: str) -> timedelta | None:
    return parse_duration(text) if text else None


class KeyForm(forms.ModelForm):
    """The project of a new key is a choice, though it can't be changed afterwards."""

    of = forms.ModelChoiceField(
        Project.objects.all(),
        label="Project",
        widget=AutocompleteSelect(ApiKey._meta.get_field("project"), admin.site),
    )
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices, initial=read_and_write, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    expires_in = forms.CharField(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Such as 24h, 30d or 365d. Empty: it never expires.",
    )

    class Meta:
        model = ApiKey
        fields = ("name", "scopes", "requests_per_minute")

    def clean_expires_in(self) -> Any:
        span = duration(self.cleaned_data["expires_in"])
        if span is not None and not span:
            raise ValidationError("A key can't expire as it is made.")
        return span


class LimitForm(forms.ModelForm):
    class Meta:
        model = ApiKey
        fields = ("requests_per_minute",)
        widgets = {"requests_per_minute": UnfoldAdminIntegerFieldWidget}


class GraceForm(forms.Form):
    grace = forms.CharField(
        initial="24h",
        widget=UnfoldAdminTextInputWidget,
        help_text="How long the old key stays valid beside the new one: 0s, 15m, 24h, 7d.",
    )

    def clean_grace(self) -> timedelta:
        return parse_duration(self.cleaned_data["grace"])


@admin.register(ApiKey)
class ApiKeyAdmin(IssuingAdmin):
    personal = False
    addable = True
    list_display = ("name", "shown_prefix", "project", "shown_scopes", "state", "created", "last_used", "asked")
    list_filter = (("project", FirstProjects),)
    search_help_text = "key_…, prj_…, mos_live_…, name"
    finding = Finding(owners={"prj": "project"}, direct=("prefix",), beginnings=("name", "prefix"))
    related = ("project",)
    heavy = ("digest",)
    form = KeyForm
    add_fieldsets = ((None, {"fields": ("of", "name", "scopes", "expires_in", "requests_per_minute")}),)
    fieldsets = (
        (
            None,
            {"fields": ("shown_id", "name", "shown_prefix", "project_link", "shown_scopes", "limited", "state")},
        ),
        ("When", {"fields": ("created", "expires", "revoked", "last_used")}),
        ("Requests", {"fields": ("per_day",)}),
    )
    actions_detail = ("rotate", "limit", "revoke")
    issued_name = "API key"
    issued_told = "Memos keeps its first characters and a digest. If it is lost, rotate it."

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Somebody who has a key looks for it by pasting it: only its beginning is kept."""
        beginning = search_term.strip()[: len("mos_live_") + 8] if search_term.startswith("mos_") else search_term
        return super().get_search_results(request, queryset, beginning)

    @admin.display(description="prefix")
    def shown_prefix(self, key: ApiKey) -> str:
        return f"{key.prefix}…"

    @admin.display(description="scopes")
    def shown_scopes(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description="requests per minute")
    def limited(self, key: ApiKey) -> str:
        inherited = key.project.key_requests_per_minute
        return str(key.requests_per_minute or (f"{inherited} (of its project)" if inherited else "no limit"))

    @label(description="state", label={"valid": "success", "revoked": "danger", "expired": "warning"})
    def state(self, key: ApiKey) -> str:
        if key.revoked_at:
            return "revoked"
        return "expired" if key.expires_at and key.expires_at <= timezone.now() else "valid"

    @admin.display(description="expires (UTC)")
    def expires(self, key: ApiKey) -> str:
        return moment(key.expires_at)

    @admin.display(description="revoked (UTC)")
    def revoked(self, key: ApiKey) -> str:
        return moment(key.revoked_at)

    @admin.display(description="last used (UTC)")
    def last_used(self, key: ApiKey) -> str:
        return moment(key.last_used_at)

    @admin.display(description="requests, 30 days")
    def asked(self, key: ApiKey) -> str:
        return usage.small(key)

    @section("by status")
    def per_day(self, key: ApiKey) -> str:
        return usage.of_key(key)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DjangoChangeList]:
        return usage.KeyChangeList

    def has_end_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.may(request, "change", object_id)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = form.cleaned_data
        expires_at = timezone.now() + given["expires_in"] if given["expires_in"] else None
        caller = caller_of(request, given["of"])
        obj.issued = services.create_key(
            caller=caller,
            name=given["name"],
            scopes=given["scopes"],
            expires_at=expires_at,
            requests_per_minute=given["requests_per_minute"],
        )

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self.to_secret(request, obj.issued.key, obj.issued.secret)

    @action(description="Rotate", url_path="rotate", icon="autorenew", permissions=["end"])
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.row_of(request, object_id)
        form = GraceForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                issued = services.rotate_key(
                    caller=caller_of(request, key.project), key=key, grace=form.cleaned_data["grace"]
                )
                return self.to_secret(request, issued.key, issued.secret)
            except ValidationError as error:
                form.add_error(None, error)
        return rendered(self, request, f"{_PAGES}/rotate.html", title=f"Rotate {key}", key=key, form=form)

    @action(description="Limit", url_path="limit", icon="speed", permissions=["end"])
    def limit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.row_of(request, object_id)
        form = LimitForm(request.POST or None, instance=key)
        if request.method != "POST" or not form.is_valid():
            return rendered(self, request, f"{_PAGES}/limit.html", title=f"Limit {key}", key=key, form=form)
        services.set_key_limit(caller=caller_of(request, key.project), key=key, **form.cleaned_data)
        messages.success(request, f"The limit of {key} is changed.")
        return redirect(page_of(key))

    @action(description="Revoke", url_path="revoke", icon="block", permissions=["end"], variant=ActionVariant.DANGER)
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.row_of(request, object_id)
        if request.method != "POST":
            used = f"last used {moment(key.last_used_at)} UTC" if key.last_used_at else "never used"
            told = [
                f"Whoever uses this key of {key.project}, {used}, is refused from now on.",
                "This can't be taken back.",
            ]
            return confirmation(
                self, request, title=f"Revoke {key}", sentences=told, button="Revoke the key", back=page_of(key),
                destroys=True,
            )  # fmt: skip
        services.revoke_key(caller=caller_of(request, key.project), key=key)
        messages.success(request, f"The key {key} is revoked.")
        return redirect(page_of(key))

    def titled(self, row: ApiKey) -> str:
        return f"The key {row.name}"

    def about(self, row: ApiKey) -> str:
        end = f"until {moment(row.expires_at)} UTC" if row.expires_at else "without end"
        return f"{row.project} · {', '.join(row.scopes)} · {end}"
