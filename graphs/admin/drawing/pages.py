"""The page of a drawing, and what its script asks for. All of it reads."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from unfold.decorators import action

from graphs.admin.base import owner_of
from graphs.admin.drawing import picture, told
from graphs.browse.rows import called_like
from graphs.kinds import EntityType
from graphs.models import Entity, Graph, Relation
from graphs.render import name_of
from memos.projects import roles
from memos.projects.console.base import ConsoleAdmin, record_list, record_read
from memos.projects.console.rendering import rendered
from memos.projects.console.rights import may

NEEDED = ("graphs.view_graph", "graphs.view_entity", "graphs.view_memory")
MOST_FOUND = 20
_Answer = Callable[[Any, HttpRequest, Graph], HttpResponse]


def may_draw(request: HttpRequest, row: Any) -> bool:
    """In the project of the row; where there is none, its page is to say so."""
    return row is None or all(may(request, right, row) for right in NEEDED)


def address(graph_ref: str, entity_ref: str = "", part: str = "drawing") -> str:
    where = reverse(f"admin:graphs_graph_{part}", args=[graph_ref])
    return f"{where}?entity={entity_ref}" if entity_ref else where


def drawn(answer: _Answer) -> Callable[[Any, HttpRequest, str], HttpResponse]:
    """Hand over the graph: a 404 where the operator sees none, a 403 where they may not read what is known."""

    @wraps(answer)
    def answered(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        graph: Graph | None = self.get_object(request, object_id)
        if graph is None:
            raise Http404
        if not may_draw(request, graph):
            raise PermissionDenied
        response = answer(self, request, graph)
        response["Cache-Control"] = "no-store"
        return response

    return answered


class LeadsToDrawing(ConsoleAdmin):
    """The page of whatever has a place in a graph: a button leads to the drawing."""

    actions_detail: ClassVar[Any] = ("drawing",)

    def has_drawing_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return may_draw(request, self.get_object(request, str(object_id)))

    @action(description="Drawing", url_path="drawing", icon="graph_3", permissions=["drawing"])
    def drawing(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return redirect(address(row.graph.ref, row.ref if isinstance(row, Entity) else ""))


class DrawingAdmin(ConsoleAdmin):
    """The page of a graph, with the pages of its drawing."""

    actions_detail: ClassVar[Any] = ("drawing",)

    def get_urls(self) -> list[URLPattern]:
        parts = {"data": self.drawing_data, "told": self.drawing_told, "find": self.drawing_find}
        own = [
            path(
                f"<path:object_id>/drawing/{part}/",
                self.admin_site.admin_view(view),
                name=f"graphs_graph_drawing_{part}",
            )
            for part, view in parts.items()
        ]
        return [*own, *super().get_urls()]

    def has_drawing_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return may_draw(request, self.get_object(request, str(object_id)))

    @action(description="Drawing", url_path="drawing", icon="graph_3", permissions=["drawing"])
    @drawn
    def drawing(self, request: HttpRequest, graph: Graph) -> HttpResponse:
        focus = _entity(graph, request.GET.get("entity", ""))
        context = {
            "is_fullwidth": 1,
            "original": graph,
            "graph": graph,
            "owner": owner_of(graph),
            "focus": focus,
            "focus_name": name_of(focus),
            "near": bool(focus and "near" in request.GET),
            "types": EntityType.choices,
            "paths": {part: address(graph.ref, part=f"drawing_{part}") for part in ("data", "told", "find")},
        }
        return rendered(self, request, "admin/graphs/drawing/page.html", title="Drawing", **context)

    @drawn
    def drawing_data(self, request: HttpRequest, graph: Graph) -> HttpResponse:
        focus = _entity(graph, request.GET.get("entity", ""))
        record_read(request, graph)
        only_near = focus is not None and "near" in request.GET
        return JsonResponse(picture.as_data(picture.draw(graph, focus, only_near=only_near)))

    @drawn
    def drawing_told(self, request: HttpRequest, graph: Graph) -> HttpResponse:
        when = told.When(_moment(request.GET.get("at", "")), _moment(request.GET.get("so", "")))
        words = may(request, roles.READ_WORDS, graph)
        if ref := request.GET.get("relation", ""):
            relation = Relation.objects.filter(graph=graph).by_ref(ref).select_related("subject", "object").first()
            shown = told.of_relation(relation, when, words=words) if relation else None
            row: Any = relation
        else:
            row = _entity(graph, request.GET.get("entity", ""))
            shown = told.of_entity(row, when, words=words) if row else None
        if shown is None:
            raise Http404
        record_read(request, row)
        return render(request, "admin/graphs/drawing/told.html", {**shown, "when": when})

    @drawn
    def drawing_find(self, request: HttpRequest, graph: Graph) -> HttpResponse:
        term = request.GET.get("q", "").strip()[:200].replace("\0", "")
        known = Entity.objects.filter(graph=graph)
        rows = list(called_like(known, term).order_by("-last_seen_at")[:MOST_FOUND]) if term else []
        record_list(request, rows)
        found = [{"id": row.ref, "name": name_of(row), "type": row.type} for row in rows]
        return JsonResponse({"entities": found})


def _entity(graph: Graph, ref: str) -> Entity | None:
    """One that a link named may be gone or merged since: the graph is then drawn without it."""
    return Entity.objects.filter(graph=graph).by_ref(ref).first() if ref else None


def _moment(text: str) -> datetime | None:
    """Milliseconds since 1970; what is no moment is now."""
    try:
        return datetime.fromtimestamp(int(text) / 1000, UTC) if text else None
    except (ValueError, OverflowError, OSError):
        return None
