"""The console's one search box: an id leads to its row, words to the lists that have them.

It asks the pages of the console what they would show to this operator, and so tells nothing that they do not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from memos import ids
from memos.projects.console.base import ConsoleAdmin, record_list
from memos.projects.console.shown import list_of, page_of
from memos.projects.console.titles import title_of
from memos.projects.models import Record

LONGEST = 200
"""Characters of a term that are looked for."""
MOST = 5
"""Rows that are shown of a list."""
KEYS = ("projects.apikey",)
OF_REQUESTS = ("projects.auditentry", "ingest.ingestjob")
"""Lists whose rows have the id of the request that made them, which callers may choose, without a space; the first
knows also what is gone by now."""
WORDS = (
    "users.user", "users.group", "threads.thread", "graphs.memory", "graphs.entity", "graphs.document",
    "projects.project", *KEYS, "webhooks.webhook",
)  # fmt: skip
KINDS = "usr_…, thr_…, msg_…, mem_…, ent_…, grph_…, ij_…, doc_…, whk_…, whd_…, evt_…, req_… or any other"


@dataclass(frozen=True, slots=True)
class Found:
    called: str
    path: str
    project: str


@dataclass(frozen=True, slots=True)
class Place:
    """A list, with the first of its rows that were found."""

    title: str
    path: str
    rows: list[Found]
    more: bool


def answer(request: HttpRequest) -> HttpResponse:
    term = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST].strip()
    term = ids.canonical(term) or term
    row = _row(request, term)
    if row is not None:
        return redirect(page_of(row))
    told = {"term": term, "kinds": KINDS, "is_id": ids.canonical(term) is not None}
    told["places"] = list(_places(request, term)) if term else []
    context = {**admin.site.each_context(request), "title": "Search", **told}
    return TemplateResponse(request, "admin/search.html", context)


def _row(request: HttpRequest, term: str) -> Any:
    """The row that an id is of, where the operator may open its page; or the only key that begins so."""
    if term.startswith("mos_"):
        found = [row for page in _pages(request, KEYS) for row in _rows(request, page, term)[:2]]
        return found[0] if len(found) == 1 else None
    page = _page_of_kind(term)
    return page.get_object(request, term) if page and page.has_view_permission(request) else None


def _places(request: HttpRequest, term: str) -> Iterator[Place]:
    for page in _asked(request, term):
        rows = list(_rows(request, page, term)[: MOST + 1])
        if rows:
            yield _place(request, page, term, rows)


def _asked(request: HttpRequest, term: str) -> list[ConsoleAdmin]:
    """What is no row itself, such as an event or a request, and what is gone, others know."""
    if ids.canonical(term) is None:
        return _pages(request, WORDS if " " in term else (*WORDS, *OF_REQUESTS))
    prefix = "" if _page_of_kind(term) else term.partition("_")[0]
    owning = (label for label, page in _console().items() if prefix in page.finding.owners)
    return _pages(request, (*OF_REQUESTS, *owning))


def _rows(request: HttpRequest, page: ConsoleAdmin, term: str) -> Any:
    rows = page.get_queryset(request).order_by(*page.ordering)
    if issubclass(page.model, Record):
        rows = rows.select_related("project")
    return page.get_search_results(request, rows, term)[0]


def _place(request: HttpRequest, page: ConsoleAdmin, term: str, rows: list[Any]) -> Place:
    shown = rows[:MOST]
    if page.personal:
        record_list(request, shown)
    found = [Found(page.heading(request, row), page_of(row), str(getattr(row, "project", None) or "")) for row in shown]
    return Place(title_of(page.opts), list_of(page.model, q=term), found, len(rows) > MOST)


def _pages(request: HttpRequest, labels: tuple[str, ...]) -> list[ConsoleAdmin]:
    """Those of them that the operator may open."""
    console = _console()
    return [console[label] for label in labels if console[label].has_view_permission(request)]


def _page_of_kind(term: str) -> ConsoleAdmin | None:
    return next((page for page in _console().values() if ids.decode(page.model.PREFIX, term)), None)


def _console() -> dict[str, ConsoleAdmin]:
    registered = admin.site._registry.values()
    return {page.opts.label_lower: page for page in registered if isinstance(page, ConsoleAdmin)}
