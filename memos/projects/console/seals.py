"""The seals of the audit log, to be looked at."""

from typing import Any

from django.contrib import admin
from unfold.decorators import display as label

from memos.projects.console.base import ConsoleAdmin
from memos.projects.console.lists import FirstProjects
from memos.projects.console.search import Finding
from memos.projects.console.shown import NOTHING, list_of, moment, to
from memos.projects.models import AuditEntry, AuditSeal


@admin.register(AuditSeal)
class AuditSealAdmin(ConsoleAdmin):
    personal = False
    list_display = ("shown_number", "project", "sealed_entries", "from_", "until", "sealed", "state", "short_digest")
    list_filter = (("project", FirstProjects),)
    search_help_text = "seal_…, prj_…"
    finding = Finding(owners={"prj": "project"})
    related = ("project",)
    heavy = ("entries",)
    fieldsets = (
        (None, {"fields": ("shown_id", "shown_number", "project_link", "state")}),
        ("What it seals", {"fields": ("sealed_entries", "total", "from_", "until", "log")}),
        ("Digests", {"fields": ("shown_digest", "shown_previous", "key_id", "sealed", "pruned")}),
    )

    @admin.display(description="number")
    def shown_number(self, seal: AuditSeal) -> str:
        return f"{seal.number:,}"

    @admin.display(description="entries")
    def sealed_entries(self, seal: AuditSeal) -> str:
        return f"{seal.count:,}"

    @label(description="state", label={"kept": "success", "pruned by retention": "info"})
    def state(self, seal: AuditSeal) -> str:
        return "pruned by retention" if seal.pruned_at else "kept"

    @admin.display(description="from (UTC)")
    def from_(self, seal: AuditSeal) -> str:
        return moment(seal.starts)

    @admin.display(description="until (UTC)")
    def until(self, seal: AuditSeal) -> str:
        return moment(seal.ends)

    @admin.display(description="sealed at (UTC)")
    def sealed(self, seal: AuditSeal) -> str:
        return moment(seal.sealed_at)

    @admin.display(description="pruned at (UTC)")
    def pruned(self, seal: AuditSeal) -> str:
        return moment(seal.pruned_at)

    @admin.display(description="digest")
    def short_digest(self, seal: AuditSeal) -> str:
        return f"{bytes(seal.digest).hex()[:12]}…"

    @admin.display(description="digest")
    def shown_digest(self, seal: AuditSeal) -> str:
        return bytes(seal.digest).hex()

    @admin.display(description="digest of the seal before")
    def shown_previous(self, seal: AuditSeal) -> str:
        return bytes(seal.previous).hex()

    @admin.display(description="in the log")
    def log(self, seal: AuditSeal) -> str:
        """The span of the seal; at its ends the log may have a few entries of its neighbours."""
        if seal.pruned_at:
            return NOTHING
        span = {"at_from": moment(seal.starts), "at_to": moment(seal.ends)}
        of: dict[str, Any] = {"project__id__exact": seal.project_id} if seal.project_id else {"project__isnull": "True"}
        return to(list_of(AuditEntry, **of, **span), "the entries of its time")
