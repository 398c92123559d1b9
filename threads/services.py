"""What may be done to threads."""

from typing import Any

from django.db import transaction

from memos.api.problems import not_found
from memos.projects import audit
from memos.projects.audit import Caller
from threads.models import Message, Thread
from users.models import User


@transaction.atomic
def create_thread(
    *, caller: Caller, user: User, name: str | None = None, metadata: dict[str, Any] | None = None
) -> Thread:
    """Open a conversation. Raises a 404 where the user was deleted meanwhile."""
    lock_user(user)
    thread = Thread.objects.create(project=caller.project, user=user, name=name, metadata=metadata or {})
    audit.record(caller, "thread.created", thread.ref)
    return thread


@transaction.atomic
def find_or_create_thread(
    *, caller: Caller, user: User, external_id: str, name: str | None = None, metadata: dict[str, Any] | None = None
) -> tuple[Thread, bool]:
    """The user's thread with that external id, as it is, or a new one; and whether it is new.

    Raises a 404 where the user was deleted meanwhile.
    """
    lock_user(user)
    thread = Thread.objects.filter(user=user, external_id=external_id).select_related("user").first()
    if thread:
        return thread, False
    thread = create_thread(caller=caller, user=user, name=name, metadata=metadata)
    thread.external_id = external_id
    thread.save(update_fields=["external_id"])
    return thread, True


@transaction.atomic
def update_thread(*, caller: Caller, thread: Thread, **changes: Any) -> Thread:
    """Change ``name`` or ``metadata``. Raises a 404 where the thread was deleted meanwhile."""
    if changes and not Thread.objects.filter(pk=thread.pk).update(**changes):
        raise not_found("thread", thread.ref)
    _changed(caller, "thread.updated", thread, changes)
    return thread


@transaction.atomic
def update_message(*, caller: Caller, message: Message, **changes: Any) -> Message:
    """Change ``metadata``; what was said stays said. Raises a 404 where the message was deleted meanwhile."""
    if changes and not Message.objects.filter(pk=message.pk).update(**changes):
        raise not_found("message", message.ref)
    _changed(caller, "message.updated", message, changes)
    return message


def lock_user(user: User) -> None:
    """Whoever writes under a user locks them, as their deletion does. Raises a 404 where they are gone."""
    if not User.objects.select_for_update(no_key=True).filter(pk=user.pk).exists():
        raise not_found("user", user.ref)


def _changed(caller: Caller, action: str, row: Thread | Message, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    if changes:
        audit.record(caller, action, row.ref, fields=sorted(changes))
