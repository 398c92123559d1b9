"""Groups in the console: what many users share."""

from typing import Any

from django.contrib import admin

from ingest.erase import erase_group
from memos.projects.audit import Caller
from memos.projects.console.lists import FirstProjects
from memos.projects.console.search import Finding
from users.admin import deeds, parts
from users.admin.owner import OwnerAdmin, Part
from users.models import Group


@admin.register(Group)
class GroupAdmin(OwnerAdmin):
    what_goes = "the group goes with everything that it shares: what was told to it, and what is known from that."
    is_gone = "with everything that it shared."
    first_comes = "POST /v1/groups makes one; the pages of /docs/ show how."
    list_display = ("name", "shown_id", "project", "created")
    list_filter = (("project", FirstProjects),)
    search_help_text = "grp_…, grph_…, prj_…, name"
    finding = Finding(owners={"grph": "graph", "prj": "project"}, exact=("name",), beginnings=("name",))
    related = ("project", "graph")
    fieldsets = ((None, {"fields": ("shown_id", "graph_link", "project", "metadata")}),)
    parts = (
        Part("facts", "Facts", parts.facts, "facts", worded=False),
        Part("entities", "Entities", parts.entities, "entities"),
        Part("documents", "Documents", parts.documents, "documents"),
        Part("jobs", "Jobs", parts.jobs, "jobs", worded=False),
        Part("audit", "Audit", deeds.audit, worded=False),
        Part("details", "Details", lambda request, owner: {}, worded=False),
    )

    def delete_by(self, caller: Caller, row: Group) -> None:
        erase_group(caller=caller, group=row)

    def called(self, row: Group) -> str:
        return row.name

    def identity(self, owner: Group) -> dict[str, Any]:
        return {"name": owner.name, "copied": {"Id": owner.ref}}
