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
    "audit": "projects/auditentry",
    "operators": "projects/operator",
    "graphs": "graphs/graph",
    "revisions": "graphs/memoryrevision",
    "sources": "graphs/source",
    "mentions": "graphs/mention",
    "embeddings": "graphs/embedding",
}
FORMS = {
    "a new project": "projects/project",
    "a new key": "projects/apikey",
    "a new role": "projects/membership",
    "a new webhook": "webhooks/webhook",
    "a new operator": "projects/operator",
}

Place = Callable[[Site], str]


def _list(kind: str) -> Place:
    return lambda site: f"/admin/{kind}/"


def _form(kind: str) -> Place:
    return lambda site: f"/admin/{kind}/add/"


def _row(kind: str) -> Place:
    return lambda site: first_of(site, kind)


def first_of(site: Site, kind: str, **filters: str) -> str:
    """The page of the first row that a list shows."""
    with site.page() as page:
        text = page.request.get(f"/admin/{kind}/", params=filters).text()
    return re.findall(rf'href="(/admin/{kind}/[\w]+/change/)[^"]*"', text)[0]


def mending(kind: str, page: str) -> Place:
    return lambda site: first_of(site, f"graphs/{kind}").replace("/change/", f"/{page}/")


def of_nadia(rest: str) -> Place:
    return lambda site: f"/admin/users/user/{site.nadia['id']}/{rest}/"


PAGES: dict[str, Place] = {
    "home": lambda site: "/admin/",
    **{name: _list(kind) for name, kind in LISTS.items()},
    **{name: _form(kind) for name, kind in FORMS.items()},
    **{f"one of the {name}": _row(kind) for name, kind in LISTS.items()},
    **{f"{page} a memory": mending("memory", page) for page in ("correct", "close", "withdraw", "merge", "split")},
    **{f"{page} an entity": mending("entity", page) for page in ("correct", "merge", "split")},
    "a person": of_nadia("change"),
    "the end of a person": of_nadia("delete"),
}
