"""The sidebar, by what an operator comes for."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from memos.projects import roles
from memos.projects.console.base import is_superuser, may

_GROUPS = {
    "Projects": {
        "projects_project": ("Projects", "apartment"),
        "projects_apikey": ("API keys", "key"),
        "projects_membership": ("Roles", "badge"),
    },
    "People and threads": {
        "users_user": ("Users", "person"),
        "users_group": ("Groups", "groups"),
        "threads_thread": ("Threads", "forum"),
        "threads_message": ("Messages", "chat_bubble"),
    },
    "Memory": {
        "graphs_memory": ("Memories", "neurology"),
        "graphs_entity": ("Entities", "category"),
        "graphs_relation": ("Relations", "arrow_right_alt"),
        "graphs_episode": ("Episodes", "format_quote"),
        "graphs_document": ("Documents", "description"),
        "users_summary": ("Summaries", "short_text"),
        "users_user_choose": ("Playground", "science"),
    },
    "Work": {
        "ingest_ingestjob": ("Ingest jobs", "pending_actions"),
        "ingest_operation": ("Operations", "playlist_add_check"),
        "webhooks_webhook": ("Webhooks", "webhook"),
        "webhooks_delivery": ("Deliveries", "outbox"),
    },
    "Audit": {
        "projects_auditentry": ("Audit log", "history"),
        "projects_auditseal": ("Seals", "verified_user"),
    },
    "System": {
        "projects_operator": ("Operators", "shield_person"),
        "graphs_graph": ("Graphs", "hub"),
        "graphs_memoryrevision": ("Revisions", "difference"),
        "graphs_source": ("Sources", "link"),
        "graphs_mention": ("Mentions", "alternate_email"),
        "graphs_embedding": ("Embeddings", "data_array"),
    },
}

_SYSTEM = {"title": "System", "icon": "monitor_heart"}
_PAGES = {"users_user_choose": roles.READ_WORDS}
"""Pages that are no lists, and the right that opens them."""


def account(request: HttpRequest) -> list[dict[str, str]]:
    """The menu behind an operator's name."""
    return [
        {"title": "Your account", "link": reverse("admin:account")},
        {"title": "Change password", "link": reverse("admin:password_change")},
        {"title": "API documentation", "link": "/docs/"},
    ]


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    home = {"title": "Home", "icon": "home", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [
        {"title": title, "separator": True, "items": _items(request, of)} for title, of in _GROUPS.items()
    ]
    if is_superuser(request):
        groups[-1]["items"] = [_SYSTEM | {"link": reverse("admin:system")}, *groups[-1]["items"]]
    return [{"items": [home]}, *(group for group in groups if group["items"])]


def _items(request: HttpRequest, of: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """Those that the operator may open."""
    return [_item(name, *shown) for name, shown in of.items() if may(request, _right(name))]


def _right(name: str) -> str:
    return _PAGES.get(name) or name.replace("_", ".view_", 1)


def _item(name: str, title: str, icon: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse(f"admin:{name if name in _PAGES else f'{name}_changelist'}")}
