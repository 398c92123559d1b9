"""The pages of the console, by name: where each is on a site."""

import re
from collections.abc import Callable

from tests.browser.site import Site

LISTS = {
    "projects": "projects/project",
    "keys": "projects/apikey",
    "roles": "projects/membership",
    "users": "users/user",
    "groups": "users/group",
    "threads": "threads/thread",
    "messages": "threads/message",
    "memories": "graphs/memory",
    "entities": "graphs/entity",
    "relations": "graphs/relation",
    "episodes": "graphs/episode",
    "documents": "graphs/document",
    "summaries": "users/summary",
    "jobs": "ingest/ingestjob",
    "webhooks": "webhooks/webhook",
    "deliveries": "webhooks/delivery",
    "operations": "ingest/operation",
    "audit": "projects/auditentry",
    "seals": "projects/auditseal",
    "operators": "projects/operator",
    "graphs": "graphs/graph",
    "revisions": "graphs/memoryrevision",
    "sources": "graphs/source",
    "mentions": "graphs/mention",
    "embeddings": "graphs/embedding",
}
LATER = ("operations", "seals")
"""None is there yet when a Memos has just begun."""
FORMS = {
    "a new project": "projects/project",
    "a new key": "projects/apikey",
    "a new role": "projects/membership",
    "a new webhook": "webhooks/webhook",
    "a new operator": "projects/operator",
}
PERSON_PARTS = ("entities", "threads", "documents", "jobs", "audit", "details")
MEMORY_STEPS = ("correct", "close", "withdraw", "merge", "split")
ENTITY_STEPS = ("correct", "merge", "split")

Place = Callable[[Site], str]


def _list(kind: str) -> Place:
    return lambda site: f"/admin/{kind}/"


def _form(kind: str) -> Place:
    return lambda site: f"/admin/{kind}/add/"


def _row(kind: str) -> Place:
    return lambda site: first_of(site, kind)


def first_of(site: Site, kind: str, **filters: str) -> str:
    """The page of the first row that a list shows."""
    listed = site.source(f"/admin/{kind}/", **filters)
    return re.findall(rf'href="(/admin/{kind}/[\w]+/change/)[^"]*"', listed)[0]


def of_nadia(rest: str, query: str = "") -> Place:
    return lambda site: f"/admin/users/user/{site.nadia['id']}/{rest}/{query}"


def _part(name: str) -> Place:
    return of_nadia("change", f"?show={name}")


def _step(kind: str, step: str) -> Place:
    return lambda site: first_of(site, kind).replace("/change/", f"/{step}/")


PAGES: dict[str, Place] = {
    "home": lambda site: "/admin/",
    **{name: _list(kind) for name, kind in LISTS.items()},
    **{name: _form(kind) for name, kind in FORMS.items()},
    **{f"one of the {name}": _row(kind) for name, kind in LISTS.items() if name not in LATER},
    "a job that failed": lambda site: first_of(site, "ingest/ingestjob", status__exact="failed"),
    "system": lambda site: "/admin/system/",
    "a drawing": lambda site: f"/admin/graphs/graph/{site.nadia['graphId']}/drawing/",
    "one's own account": lambda site: "/admin/account/",
    "a second factor": lambda site: "/admin/account/two-factor/",
    "a person": of_nadia("change"),
    **{f"a person's {part}": _part(part) for part in PERSON_PARTS},
    "an export of a person": of_nadia("export"),
    "playground": of_nadia("playground"),
    "an answer of the playground": of_nadia("playground", "?query=Which+food+is+dangerous+for+her"),
    "the choice of a playground": lambda site: "/admin/users/user/playground/",
    **{f"a memory to {step}": _step("graphs/memory", step) for step in MEMORY_STEPS},
    **{f"an entity to {step}": _step("graphs/entity", step) for step in ENTITY_STEPS},
    "what ended of a person": of_nadia("change", "?state=ended"),
    "the end of a person": of_nadia("delete"),
    "a thread replayed": lambda site: first_of(site, "threads/thread", q=site.nadia["id"]).replace("change", "replay"),
    "the end of a thread": lambda site: first_of(site, "threads/thread").replace("change", "delete"),
}
