"""The sidebar, by what an operator comes for."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from memos.projects.console.base import may

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
    },
    "Work": {
        "ingest_ingestjob": ("Ingest jobs", "pending_actions"),
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


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    home = {"title": "Home", "icon": "home", "link": reverse("admin:index")}
    groups = ({"title": title, "separator": True, "items": _items(request, of)} for title, of in _GROUPS.items())
    return [{"items": [home]}, *(group for group in groups if group["items"])]


def _items(request: HttpRequest, of: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """Those that the operator may open."""
    return [_item(name, *shown) for name, shown in of.items() if may(request, name.replace("_", ".view_", 1))]


def _item(name: str, title: str, icon: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse(f"admin:{name}_changelist")}
