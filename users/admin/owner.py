"""The page of whoever has a graph, a user or a group: one part of it at a time, each with an address of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest

from graphs.admin.drawing.pages import LeadsToDrawing
from graphs.admin.going import Going, with_graph
from graphs.models import Document, Entity, Episode, Memory
from ingest.models import IngestJob
from memos.projects import roles
from memos.projects.console.counting import capped_together, shown
from memos.projects.console.deleting import DeletingAdmin
from memos.projects.console.rights import may
from memos.projects.console.shown import Names, link, moment, tally

Reader = Callable[[HttpRequest, Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """``read`` gives what its template shows; ``counted`` names the count that stands beside its title."""

    name: str
    title: str
    read: Reader
    counted: str = ""
    worded: bool = True
    """Whether all of it is words, so that there is nothing to show to who may not read them."""

    @property
    def template(self) -> str:
        return f"admin/owner/{self.name}.html"


class OwnerAdmin(LeadsToDrawing, DeletingAdmin):
    change_form_template = "admin/owner/page.html"
    parts: ClassVar[Sequence[Part]] = ()
    figures: ClassVar[Mapping[str, Names]] = {
        "facts": ("fact that holds", "facts that hold"),
        "memories": ("memory in all", "memories in all"),
        "entities": ("entity", "entities"),
        "documents": ("document", "documents"),
        "episodes": ("episode", "episodes"),
        "waiting": ("job waits", "jobs wait"),
        "failed": ("job failed", "jobs failed"),
    }
    """What the head of the page counts, and how it says so."""

    class Media:
        css = {"all": ("console/person.css",)}
        js = (Script("console/copy.js", type="module"),)

    def counted(self, owner: Any) -> dict[str, QuerySet[Any]]:
        """What the head of the page counts."""
        jobs, memories = IngestJob.objects.filter(graph=owner.graph_id), Memory.objects.filter(graph=owner.graph_id)
        return {
            "facts": memories.holding(),
            "memories": memories,
            "entities": Entity.objects.filter(graph=owner.graph_id, is_subject=False),
            "documents": Document.objects.filter(graph=owner.graph_id),
            "episodes": Episode.objects.filter(graph=owner.graph_id),
            "jobs": jobs,
            "waiting": jobs.unfinished(),
            "failed": jobs.filter(status=IngestJob.Status.FAILED),
        }

    def identity(self, owner: Any) -> dict[str, Any]:
        """What the head of the page says of who it is: ``name``, and ``copied``, the ids that one takes away."""
        raise NotImplementedError

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        owner = kwargs.get("obj")
        if owner is not None:
            context |= self.page(request, owner)
        return super().render_change_form(request, context, *args, **kwargs)

    def page(self, request: HttpRequest, owner: Any) -> dict[str, Any]:
        chosen = next((part for part in self.parts if part.name == request.GET.get("show")), self.parts[0])
        counts = capped_together(self.counted(owner))
        reads = may(request, roles.READ_WORDS, owner)
        told = chosen.read(request, owner) if reads or not chosen.worded else {}
        tabs = [(part, shown(counts[part.counted]) if part.counted else "", part is chosen) for part in self.parts]
        return {
            **self.identity(owner),
            **told,
            "owner": owner,
            "part": chosen,
            "tabs": tabs,
            "reads_words": reads,
            "hidden": chosen.worded and not reads,
            "figures": [tally(counts[name], names) for name, names in self.figures.items() if counts[name]],
            "created": moment(owner.created_at),
        }

    def going(self, row: Any) -> Going:
        return with_graph(row.graph)

    @admin.display(description="graph")
    def graph_link(self, row: Any) -> str:
        return link(row.graph)
