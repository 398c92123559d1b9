"""What lists are called, by what an operator comes for. It imports no page, since pages and templates ask for it."""

from typing import Any

from memos.projects.models import Membership, Operator

# Here and not in their Meta, where it would be a migration that changes nothing.
Membership._meta.verbose_name, Membership._meta.verbose_name_plural = "role", "roles"
Operator._meta.verbose_name_plural = "operators"

GROUPS = {
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

_TITLES = {name: shown[0] for of in GROUPS.values() for name, shown in of.items()}


def title_of(opts: Any) -> str:
    """What the list of a model is called, here and wherever else it is named."""
    return _TITLES.get(f"{opts.app_label}_{opts.model_name}") or str(opts.verbose_name_plural)
