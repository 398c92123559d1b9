"""Where imported things go: found again if they are there, else written by the services that the API uses."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from graphs.models import Episode
from ingest import services as ingestion
from ingest.importers.report import BadRecord
from ingest.importers.shape import ImportedThread, ImportedUser
from ingest.services import NewMessage
from ingest.statements import Statement, state_memory
from memos.api.problems import Problem
from memos.projects.audit import Caller
from threads import services as threads
from threads.models import Message, Thread
from users import services as users
from users.models import User


@dataclass(frozen=True, slots=True)
class Sorted:
    """What of a batch is new, and whose id is known with other words."""

    new: list[NewMessage]
    clashing: list[NewMessage]


class Store:
    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def user(self, imported: ImportedUser) -> tuple[User, bool]:
        """The project's user with that external id, as they are, or a new one; and whether they are new."""
        rows = User.objects.for_project(self.caller.project).select_related("graph")
        known = rows.filter(external_id=imported.external_id).first()
        if known:
            return known, False
        try:
            return self.create_user(imported), True
        except Problem as problem:
            if problem.code != "USER_EXISTS":
                raise
            return rows.get(external_id=imported.external_id), False  # somebody else was faster

    def create_user(self, imported: ImportedUser) -> User:
        return users.create_user(
            caller=self.caller,
            external_id=imported.external_id,
            email=imported.email,
            first_name=imported.first_name,
            last_name=imported.last_name,
            metadata=imported.metadata,
        )

    def thread(self, user: User, external_id: str, imported: ImportedThread) -> tuple[Thread, bool]:
        return threads.find_or_create_thread(
            caller=self.caller,
            user=user,
            external_id=external_id,
            name=imported.name,
            metadata=imported.metadata,
        )

    @transaction.atomic
    def append(self, thread: Thread, batch: Sequence[NewMessage]) -> Sorted:
        """Append what is new, in its order; the user is locked, so that two imports don't append it both."""
        threads.lock_user(thread.user)
        found = sort(thread, batch)
        if found.new:
            ingestion.append_messages(caller=self.caller, thread=thread, messages=found.new)
        return found

    def state(self, user: User, statement: Statement) -> bool:
        """Whether the fact was new. Raises BadRecord where it can't be kept beside what is known."""
        if _is_stated(user, statement.stream):
            return False
        try:
            state_memory(caller=self.caller, graph=user.graph, statement=statement)
        except IntegrityError:
            if not _is_stated(user, statement.stream):
                raise
            return False
        except Problem as problem:
            if problem.status_code != 400:
                raise
            raise BadRecord("its span runs into another one for which the same fact is known.") from None
        return True


class Rehearsal(Store):
    """Looks up what is there and writes nothing: what is new is counted only."""

    def create_user(self, imported: ImportedUser) -> User:
        return User(project=self.caller.project, external_id=imported.external_id)

    def thread(self, user: User, external_id: str, imported: ImportedThread) -> tuple[Thread, bool]:
        found = Thread.objects.filter(user_id=user.pk, external_id=external_id).first()
        return found or Thread(project=self.caller.project, user=user), found is None

    def append(self, thread: Thread, batch: Sequence[NewMessage]) -> Sorted:
        return sort(thread, batch)

    def state(self, user: User, statement: Statement) -> bool:
        return not _is_stated(user, statement.stream)


def sort(thread: Thread, batch: Sequence[NewMessage]) -> Sorted:
    """Without what is in the thread already, or comes twice in the batch."""
    ids = [message.external_id for message in batch]
    rows = Message.objects.filter(thread_id=thread.pk, external_id__in=ids)
    known = dict(rows.values_list("external_id", "content"))
    found = Sorted([], [])
    for message in batch:
        if message.external_id not in known:
            found.new.append(message)
            known[message.external_id] = message.content
        elif known[message.external_id] != message.content:
            found.clashing.append(message)
    return found


def _is_stated(user: User, stream: UUID | None) -> bool:
    return stream is not None and Episode.objects.filter(graph_id=user.graph_id, stream=stream).exists()
