"""What an operator may do: Django's permissions, given by the roles that they have in projects.

A superuser may do everything everywhere. Anybody else has the rights of their memberships, each in its project and in
the test twin of that, and none besides.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import ModelBackend

from memos.projects.models import Membership, Operator, Project

READ_WORDS = "projects.read_words"
"""To see what people said, and what came of it."""

Rights = frozenset[str]

_LISTS = frozenset({
    "projects.view_project", "projects.view_apikey", "projects.view_auditentry", "projects.view_auditseal",
    "projects.view_membership",
    "users.view_user", "users.view_group", "threads.view_thread", "graphs.view_graph", "ingest.view_ingestjob",
    "ingest.view_operation",
    "webhooks.view_webhook", "webhooks.view_delivery",
})  # fmt: skip
_WORDS = frozenset({
    READ_WORDS, "threads.view_message", "graphs.view_memory", "graphs.view_memoryrevision", "graphs.view_source",
    "graphs.view_mention", "graphs.view_entity", "graphs.view_relation", "graphs.view_episode", "graphs.view_document",
    "graphs.view_embedding", "users.view_summary",
})  # fmt: skip
_MENDING = frozenset({
    "graphs.change_memory", "graphs.delete_memory", "graphs.change_entity", "graphs.delete_document",
    "users.change_summary", "users.export_user", "users.delete_user", "users.delete_group", "threads.change_thread",
    "threads.delete_thread", "threads.delete_message", "ingest.change_ingestjob", "ingest.change_operation",
    "webhooks.change_delivery",
})  # fmt: skip
_OWNING = frozenset({
    "projects.change_project", "projects.add_apikey", "projects.change_apikey", "projects.export_auditentry",
    "projects.add_membership", "projects.change_membership", "projects.delete_membership",
    "webhooks.add_webhook", "webhooks.change_webhook", "webhooks.delete_webhook",
})  # fmt: skip

RIGHTS: dict[str, Rights] = {
    Membership.Role.VIEWER: _LISTS,
    Membership.Role.SUPPORT: _LISTS | _WORDS | _MENDING,
    Membership.Role.ADMIN: _LISTS | _WORDS | _MENDING | _OWNING,
}


class RoleBackend(ModelBackend):
    """Signs in by password as Django does; rights come from memberships, not from Django's own tables."""

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """In the project of ``obj``; without one, in any project."""
        if not user_obj.is_active or not isinstance(user_obj, Operator):
            return set()
        rights = rights_of(user_obj)
        if obj is None:
            return set().union(*rights.values())
        return set(rights.get(project_key(obj), frozenset()))


def project_key(row: Any) -> UUID:
    return row.pk if isinstance(row, Project) else row.project_id


def reach(membership: Membership) -> tuple[UUID, UUID]:
    """The keys of the projects that it counts in."""
    return membership.project_id, membership.project.test_twin.pk


def rights_of(operator: Operator) -> dict[UUID, Rights]:
    """By the keys of projects; read once for each operator that is fetched."""
    if "_rights" not in operator.__dict__:
        rows = Membership.objects.filter(operator=operator).select_related("project__test_twin")
        operator.__dict__["_rights"] = {key: _granted(row) for row in rows for key in reach(row)}
    return operator.__dict__["_rights"]


def _granted(membership: Membership) -> Rights:
    return RIGHTS[membership.role] | (_WORDS if membership.reads_words else frozenset())


def projects_with(operator: Operator, right: str) -> list[UUID] | None:
    """The keys of the projects where they have the right; None means in all."""
    if operator.is_superuser:
        return None
    return [key for key, rights in rights_of(operator).items() if right in rights]


def needed(right: str) -> str:
    """The least role that has the right, in words; nothing where none has it."""
    least = next((role for role in RIGHTS if right in RIGHTS[role]), "")
    return f"{least}, or a viewer who reads words" if right in _WORDS else str(least)
