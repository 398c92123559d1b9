"""A user whom the caller changes. What their graph calls them follows, wherever it had that from the caller."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from graphs.entities import NAMING, call, key_of
from graphs.models import Entity, Graph
from ingest import facts, tasks
from ingest.erase import names, rows
from ingest.erase.services import lock_graph
from ingest.unlearning import unlearn
from memos.api.problems import not_found
from memos.projects import audit
from memos.projects.audit import Caller
from memos.webhooks import outbox
from users.changes import differing, lock
from users.models import User
from users.services import user_exists

_NAMES = {"first_name", "last_name"}


@transaction.atomic
def update_user(*, caller: Caller, user: User, **changes: Any) -> None:
    """Change ``external_id``, ``email``, ``first_name``, ``last_name`` or ``metadata``; what is the same stays.

    Raises a 404 where the user was deleted meanwhile, and 409 ``USER_EXISTS`` with the id of who has the external id.
    """
    locked = lock(user, "external_id", changes.get("external_id"))
    if locked is None:
        raise not_found("user", user.ref)
    given = differing(locked, changes)
    if not given:
        return
    before = rows.given_names(locked.graph_id)
    _write(caller, locked, given)
    if _NAMES & given.keys():
        _rename(locked, before, called=given.get("first_name"))
    audit.record(caller, "user.updated", locked.ref, fields=sorted(given))


def _write(caller: Caller, user: User, given: dict[str, Any]) -> None:
    for name, value in given.items():
        setattr(user, name, value)
    try:
        with transaction.atomic():
            user.save(update_fields=given)
    except IntegrityError:
        raise user_exists(caller, given["external_id"]) from None


def _rename(user: User, before: list[str], *, called: str | None) -> None:
    """What only the caller had called the user is forgotten; what was said stays, as an alias of the new name."""
    graph = lock_graph(user.graph_id)
    subject = Entity.objects.get(graph=graph, is_subject=True)
    known = _names_of(subject)
    lost = {key_of(name) for name in before} - {key_of(name) for name in rows.given_names(graph.pk)}
    lost -= names.heard(subject)
    if lost:
        names.take_back({subject.pk: lost}, ())
        unlearn(graph, {subject.pk: lost})
    if called:
        _call(subject.pk, called)
    if _names_of(Entity.objects.get(pk=subject.pk)) != known:
        _tell(graph)


def _call(subject: UUID, name: str) -> None:
    entity = Entity.objects.get(pk=subject)
    call(entity, name, [*entity.aliases, entity.name])
    entity.apart = [key for key in entity.apart if key not in entity.names]
    entity.save(update_fields=[*NAMING, "apart"])


def _names_of(entity: Entity) -> tuple[str, list[str]]:
    return entity.name, entity.aliases


def _tell(graph: Graph) -> None:
    """Search finds the user by these names, and no text stays that calls them otherwise."""
    facts.bump(graph)
    Graph.objects.filter(pk=graph.pk).update(summarised_version=0)
    rows.forget_summary(graph, (), whatever_it_says=True)
    outbox.forget_names(graph.pk)
    tasks.ring_graph(graph.pk)
