"""A thread that is read once more: as if its messages had just come, with the words that they have.

What rests on them alone goes first, and what they had ended is open again, as when they are deleted; then each message
of the user is queued, and read in the order in which they were said. The words can be recalled all the while. What
somebody stated or changed by hand stays. What they deleted or withdrew comes back where the words still say it: nothing
that was read before is remembered.
"""

from django.db import transaction
from django.utils import timezone

from graphs.models import Episode, Graph
from ingest.erase import beliefs, rows
from ingest.erase.services import lock_graph, stop_work
from ingest.jobs import AS_NEW
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
    lost = beliefs.loss(graph, Episode.objects.filter(graph=graph, stream=thread.pk))
    counts = rows.take_back(lost, beliefs.without(lost))
    jobs = _queue(caller, thread, graph)
    audit.record(caller, "thread.reingested", thread.ref, jobs=jobs, memories=counts["memories"])
    return jobs


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
