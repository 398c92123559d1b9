"""A thread that is read once more: as if its messages had just come, with the words that they have.

What rests on them alone goes first, and what they had ended is open again, as when they are deleted; then each message
of the user is queued, and read in the order in which they were said. The words can be recalled all the while. What
somebody stated or mended by hand stays as it is, with its sources: these tell what was heard in the words before, and
that is not made known again. What they deleted comes back where the words still say it: nothing is left that remembers.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from graphs.kinds import ChangedBy
from graphs.models import Episode, Graph, Memory, MemoryRevision
from ingest.erase import beliefs, rows
from ingest.erase.losses import loss
from ingest.erase.services import lock_graph, stop_work
from ingest.jobs import AS_NEW
from ingest.mending.merged import SPLIT
from ingest.models import IngestJob, nothing_written
from memos.api.problems import not_found
from memos.projects import audit
from memos.projects.audit import Caller
from threads.models import Message, Thread


@transaction.atomic
def reingest_thread(*, caller: Caller, thread: Thread) -> int:
    """Take back what rests on the thread's messages and queue them again. Returns how many jobs that makes.

    Whoever works on the graph stops. Raises a 404 where the thread is gone meanwhile.
    """
    graph = lock_graph(thread.user.graph_id)
    if not Thread.objects.select_for_update(no_key=True).filter(pk=thread.pk).exists():
        raise not_found("thread", thread.ref)
    stop_work(graph)
    lost = loss(graph, Episode.objects.filter(graph=graph, stream=thread.pk), kept=frozenset(_mended(graph)))
    counts = rows.take_back(lost, beliefs.without(lost))
    jobs = _queue(caller, thread, graph)
    audit.record(caller, "thread.reingested", thread.ref, jobs=jobs, memories=counts["memories"])
    return jobs


def _mended(graph: Graph) -> set[UUID]:
    """What somebody changed, withdrew, split or merged, what became of it, and what was ended by any of these."""
    by_hand = MemoryRevision.objects.filter(graph=graph).exclude(changed_by=ChangedBy.INGEST)
    split = by_hand.filter(reason=SPLIT, memory__retired_at=F("recorded_to"))
    every = Memory.objects.filter(graph=graph)
    touched = every.filter(Q(pk__in=by_hand.values("memory")) | Q(created_at__in=split.values("recorded_to")))
    merged = touched.filter(retired_at__isnull=False, invalidated_by__isnull=False)
    kept: set[UUID] = set()
    new = set(every.filter(Q(pk__in=touched) | Q(pk__in=merged.values("invalidated_by"))).values_list("pk", flat=True))
    while new:
        kept |= new
        new = set(every.filter(invalidated_by__in=new).values_list("pk", flat=True)) - kept
    return kept


def _queue(caller: Caller, thread: Thread, graph: Graph) -> int:
    """One statement for all jobs that there are, and one for the messages that have none, however many they are."""
    now = timezone.now()
    queued = IngestJob.objects.filter(thread=thread).update(**AS_NEW, run_after=now, written=nothing_written())
    jobless = Message.objects.filter(thread=thread, role=Message.Role.USER, job=None).order_by("position")
    missing = [
        IngestJob(
            project_id=thread.project_id,
            graph=graph,
            user=thread.user,
            thread=thread,
            message=message,
            said_at=message.created_at,
            request_id=caller.request_id,
        )
        for message in jobless.only("created_at")
    ]
    IngestJob.objects.bulk_create(missing, batch_size=1000)
    return queued + len(missing)
