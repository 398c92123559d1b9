"""What can be done to many rows: one function for each kind, which does it to one row through its service.

It raises a 404 where the row is gone, and a 409 or NothingToDo where it is such already; the row is skipped then. It
runs in a transaction, together with others, that may be rolled back and done anew: what it does is in the database
alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from graphs.models import Memory
from ingest.again import reingest_thread
from ingest.erase import delete_memory, delete_thread
from ingest.jobs import cancel_job, cancel_waiting_jobs, retry_job
from ingest.mending.spans import close_memory
from ingest.mending.withdrawal import restore_memory, retire_memory
from ingest.models import IngestJob
from ingest.services import ask_for_summary
from memos.api.problems import not_found
from memos.projects.audit import Caller
from memos.projects.models import Record
from threads.models import Thread
from users.models import User

R = TypeVar("R", bound=Record)


class NothingToDo(Exception):
    """The row is as it was to become."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is done to rows of ``model`` by whoever has the ``right`` in their project. ``title`` is what it is called,
    ``warning`` what somebody has to know before they ask for it.

    ``run_many`` does it at once to as many of the rows of a project as it can, and returns which; it is asked again
    until there is none, and what is left is done row by row. It begins with the newest rows: the worker, which it may
    have to be quicker than, with the oldest.
    """

    title: str
    model: type[Record]
    right: str
    run: Callable[[Caller, UUID], object]
    warning: str
    destroys: bool = False
    run_many: Callable[[Caller, Sequence[UUID]], list[UUID]] | None = None

    @property
    def order(self) -> str:
        """In which the rows are done, and chosen from a list that has too many."""
        return "-pk" if self.run_many else "pk"

    @property
    def first(self) -> str:
        """What the first rows of that order are called."""
        return "newest" if self.run_many else "oldest"


def retry(caller: Caller, key: UUID) -> None:
    retry_job(caller=caller, job=_row(IngestJob, key))


def cancel(caller: Caller, key: UUID) -> None:
    cancel_job(caller=caller, job=_row(IngestJob, key))


def cancel_waiting(caller: Caller, keys: Sequence[UUID]) -> list[UUID]:
    return cancel_waiting_jobs(caller=caller, keys=keys)


def reingest(caller: Caller, key: UUID) -> None:
    reingest_thread(caller=caller, thread=_row(Thread, key, "user"))


def regenerate(caller: Caller, key: UUID) -> None:
    ask_for_summary(caller=caller, user=_row(User, key))


def withdraw(caller: Caller, key: UUID) -> None:
    if not retire_memory(caller=caller, memory=_row(Memory, key)):
        raise NothingToDo("It is withdrawn already.")


def restore(caller: Caller, key: UUID) -> None:
    if not restore_memory(caller=caller, memory=_row(Memory, key)):
        raise NothingToDo("It is believed.")


def close(caller: Caller, key: UUID) -> None:
    if not close_memory(caller=caller, memory=_row(Memory, key)):
        raise NothingToDo("It has ended already.")


def forget_memory(caller: Caller, key: UUID) -> None:
    delete_memory(caller=caller, memory=_row(Memory, key))


def forget_thread(caller: Caller, key: UUID) -> None:
    delete_thread(caller=caller, thread=_row(Thread, key, "user"))


def _row(model: type[R], key: UUID, *related: str) -> R:
    rows: Any = model._default_manager.filter(pk=key)
    row = (rows.select_related(*related) if related else rows).first()
    if row is None:
        raise not_found(str(model._meta.verbose_name), "")
    return row


REINGEST_WARNING = (
    "What rests on their messages alone goes, and is read from the same words anew, with new ids. What was mended by "
    "hand stays as it is, what was withdrawn too; what was deleted by hand comes back where the words still say it."
)

KINDS: dict[str, Kind] = {
    "retry_jobs": Kind(
        "Retry jobs", IngestJob, "ingest.change_ingestjob", retry,
        "Those that failed are queued again, as if they had not been tried. All others are skipped.",
    ),
    "cancel_jobs": Kind(
        "Cancel jobs", IngestJob, "ingest.change_ingestjob", cancel,
        "Those that wait or are being read end as failed, and can be retried later. What they would have read is "
        "recalled word for word, but not remembered. Those that have ended are skipped.",
        destroys=True, run_many=cancel_waiting,
    ),
    "reingest_threads": Kind(
        "Re-run ingestion of threads", Thread, "threads.change_thread", reingest, REINGEST_WARNING, destroys=True,
    ),
    "regenerate_summaries": Kind(
        "Regenerate summaries", User, "users.change_summary", regenerate,
        "The worker makes them anew, one after the other. The old ones are shown until then.",
    ),
    "withdraw_memories": Kind(
        "Withdraw memories", Memory, "graphs.change_memory", withdraw,
        "They are believed no more, as if they had never been said, and what they had ended is open again. They stay "
        "with their history, and can be restored.",
        destroys=True,
    ),
    "restore_memories": Kind(
        "Restore memories", Memory, "graphs.change_memory", restore,
        "Those that were withdrawn, merged or split are believed again. Those that are believed are skipped.",
    ),
    "close_memories": Kind(
        "Close memories", Memory, "graphs.change_memory", close,
        "They hold until the moment at which the worker comes to them. Those that have ended are skipped.",
    ),
    "delete_memories": Kind(
        "Delete memories", Memory, "graphs.delete_memory", forget_memory,
        "They go with their history. What they had ended is open again; what was said stays. This can't be taken back.",
        destroys=True,
    ),
    "delete_threads": Kind(
        "Delete threads", Thread, "threads.delete_thread", forget_thread,
        "They go with their messages, and with every memory that rests on them alone. This can't be taken back.",
        destroys=True,
    ),
}  # fmt: skip
"""By the name that the row keeps."""
