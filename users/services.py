"""What may be done to users and groups. Each change writes its audit entry in its own transaction."""

from typing import Any

from django.db import IntegrityError, transaction

from graphs.entities import create_graph
from graphs.models import Graph
from memos.api.problems import Problem, not_found
from memos.projects import audit
from memos.projects.audit import Caller
from users.changes import differing, lock
from users.models import EXTERNAL, Group, User


@transaction.atomic
def create_user(
    *,
    caller: Caller,
    external_id: str | None = None,
    email: str | None = None,
    first_name: str | None = None,
    last_name: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> User:
    """Make a user and their graph. Raises 409 ``USER_EXISTS`` with the id of the one that has this external id."""
    graph = create_graph(caller.project, Graph.Kind.USER, subject_name=first_name or "")
    user = User(
        project=caller.project,
        graph=graph,
        external_id=external_id,
        email=email,
        first_name=first_name,
        last_name=last_name,
        metadata=metadata or {},
    )
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise user_exists(caller, external_id) from None
    audit.record(caller, "user.created", user.ref)
    return user


def user_exists(caller: Caller, external_id: str | None) -> Problem:
    """A unique index lets the second of two wait for the first, so that by now the other row can be read: unless it was
    deleted again in between, and then no id can be told."""
    existing = User.objects.for_project(caller.project).filter(external_id=external_id).first()
    known: dict[str, Any] = {"id": existing.ref} if existing else {}
    return Problem(409, "USER_EXISTS", f"A user with externalId {external_id!r} exists.", **known)


@transaction.atomic
def create_group(*, caller: Caller, name: str, metadata: dict[str, Any] | None = None) -> Group:
    """Make a group and its graph. Raises 409 ``GROUP_EXISTS`` with the id of the one that has this name."""
    graph = create_graph(caller.project, Graph.Kind.GROUP)
    group = Group(project=caller.project, graph=graph, name=name, metadata=metadata or {})
    try:
        with transaction.atomic():
            group.save(force_insert=True)
    except IntegrityError:
        raise _group_exists(caller, name) from None
    audit.record(caller, "group.created", group.ref)
    return group


@transaction.atomic
def update_group(*, caller: Caller, group: Group, **changes: Any) -> None:
    """Change ``name`` or ``metadata``; what is the same stays.

    Raises 404 ``GROUP_NOT_FOUND`` where it was deleted meanwhile, and 409 ``GROUP_EXISTS`` with the id of the other.
    """
    locked = lock(group, "name", changes.get("name"))
    if locked is None:
        raise group_not_found(group.name)
    given = differing(locked, changes)
    if not given:
        return
    for name, value in given.items():
        setattr(locked, name, value)
    try:
        with transaction.atomic():
            locked.save(update_fields=given)
    except IntegrityError:
        raise _group_exists(caller, given["name"]) from None
    audit.record(caller, "group.updated", locked.ref, fields=sorted(given))


def _group_exists(caller: Caller, name: str) -> Problem:
    """Without its id where it was deleted again in between."""
    existing = Group.objects.for_project(caller.project).filter(name=name).first()
    known: dict[str, Any] = {"id": existing.ref} if existing else {}
    return Problem(409, "GROUP_EXISTS", f"A group with the name {name!r} exists.", **known)


def groups_named(caller: Caller, names: list[str]) -> list[Group]:
    """The groups in the order of ``names``. Raises 404 ``GROUP_NOT_FOUND`` naming the first that is unknown."""
    found = {
        group.name: group
        for group in Group.objects.for_project(caller.project).select_related("graph").filter(name__in=names)
    }
    for name in names:
        if name not in found:
            raise group_not_found(name)
    return [found[name] for name in names]


def user_not_found(ref: str) -> Problem:
    """For a path that names nobody: an id of the caller's own says so of itself."""
    is_theirs = not ref.startswith((f"{User.PREFIX}_", EXTERNAL))
    return not_found("user", ref, f"An externalId stands in a path behind {EXTERNAL!r}." if is_theirs else "")


def group_not_found(name: str) -> Problem:
    return Problem(404, "GROUP_NOT_FOUND", f"There is no group {name[:64]!r} in this project.")
