"""The console's forms for webhooks."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from memos.projects.models import Project
from memos.webhooks import addresses, services
from memos.webhooks.models import WANTED, Webhook

CHANGED = ("url", "description", "events", "include_content", "enabled")


class WebhookForm(forms.ModelForm):
    events = forms.MultipleChoiceField(
        choices=WANTED,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="None means all of them.",
    )

    class Meta:
        model = Webhook
        fields = CHANGED

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            addresses.check(url)
        except addresses.Refused as refusal:
            raise ValidationError(str(refusal)) from None
        return url


class NewWebhookForm(WebhookForm):
    """The project of a new webhook is a choice, though it can't be changed afterwards."""

    of = forms.ModelChoiceField(
        Project.objects.all(),
        label="Project",
        widget=AutocompleteSelect(Webhook._meta.get_field("project"), admin.site),
    )

    def clean_of(self) -> Project:
        project: Project = self.cleaned_data["of"]
        if Webhook.objects.for_project(project).count() >= services.MOST:
            raise ValidationError(f"A project has at most {services.MOST} webhooks.")
        return project
