"""What may be done to threads."""

from typing import Any

from django.db import transaction

from memos.api.problems import not_found
from memos.projects import audit
from memos.projects.audit import Caller
from threads.models import Thread
from users.models import User


@transaction.atomic
def create_thread(
    *, caller: Caller, user: User, name: str | None = None, metadata: dict[str, Any] | None = None
) -> Thread:
    """Open a conversation. Raises a 404 where the user was deleted meanwhile."""
    if not User.objects.select_for_update(no_key=True).filter(pk=user.pk).exists():
        raise not_found("user", user.ref)
    thread = Thread.objects.create(project=caller.project, user=user, name=name, metadata=metadata or {})
    audit.record(caller, "thread.created", thread.ref)
    return thread
