"""A batch of messages: claim, index, extract, resolve, write.

It reads and computes outside of transactions and writes each job in one of its own, so that a kill between any two
lines leaves jobs that are done whole or not begun.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from uuid import UUID

from django.utils import timezone

from graphs import embedders, indexing
from graphs.embedders import Encoded
from graphs.models import Episode, Graph, Memory
from ingest import lease as leases
from ingest import progress, reading, resolve
from ingest.extractors.base import Fact, Utterance
from ingest.lease import Lease, LeaseLost
from ingest.models import IngestJob, nothing_written
from ingest.speakers import speaker_of
from ingest.turns import turns_before
from threads.models import Message

BATCH_JOBS = 32
BATCH_EPISODES = 64
SLICE_EPISODES = 16
BATCH_CHARACTERS = 50_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A job with the message that it reads."""

    job: IngestJob
    message: Message


@dataclass(frozen=True, slots=True)
class Batch:
    """The messages, oldest said first, and the episodes to be indexed."""

    messages: list[Asked]
    episodes: list[Episode]

    def __bool__(self) -> bool:
        return bool(self.messages or self.episodes)


def claim(lease: Lease) -> Batch:
    """Take the due messages in the order in which they were said, and the episodes that wait to be indexed.

    A job that was tried before comes alone: should it kill its worker, the others are not held up by it.
    """
    with leases.writing(lease):
        due = _not_too_long(_due(lease))
        tried = [asked for asked in due if asked.job.attempts]
        taken = tried[:1] or due
        now = timezone.now()
        for asked in taken:
            progress.begin(asked.job, now)
        progress.save([asked.job for asked in taken])
        taken = [asked for asked in taken if asked.job.status == IngestJob.Status.RUNNING]
        return Batch(taken, _waiting(lease, [asked.message.pk for asked in taken]))


def _due(lease: Lease) -> list[Asked]:
    due = IngestJob.objects.due().filter(graph=lease.graph_id).select_related("message")
    rows = due.filter(kind=IngestJob.Kind.MESSAGE).order_by("said_at", "id")[:BATCH_JOBS]
    return [Asked(job, job.message) for job in rows if job.message]


def _not_too_long(due: list[Asked]) -> list[Asked]:
    """The first of them that hold no more than BATCH_CHARACTERS together, and at least one."""
    ends = list(accumulate(len(asked.message.content) for asked in due))
    return [asked for asked, end in zip(due, ends, strict=True) if end <= BATCH_CHARACTERS] or due[:1]


def _waiting(lease: Lease, sources: Sequence[UUID]) -> list[Episode]:
    """The episodes of those messages, and others where there is room."""
    waiting = Episode.objects.filter(graph=lease.graph_id, indexed_at=None)
    own = list(waiting.filter(source_id__in=sources))
    others = waiting.exclude(source_id__in=sources).order_by("created_at", "position")
    return own + list(others[: max(0, BATCH_EPISODES - len(own))])


def read(lease: Lease, batch: Batch) -> bool:
    """False where the installation is at fault: nothing is held against the jobs, and the sweeper rings again."""
    try:
        _index(lease, batch.episodes)
        episodes = _first_episodes(batch.messages)
        found = reading.facts_of(_utterances(batch.messages, episodes))
        codes = reading.encode(found)
    except reading.INSTALLATION_FAULTS as error:
        progress.give_back(lease, [asked.job for asked in batch.messages], error)
        return False
    told = list(zip(batch.messages, found, codes, strict=True))
    _finish_empty(lease, [asked.job for asked, facts, _ in told if facts == []])
    for asked, facts, vectors in told:
        if isinstance(facts, Exception):
            progress.back_off(lease, asked.job, facts)
        elif facts:
            _finish(lease, asked, episodes[asked.message.pk], facts, vectors)
    return True


def _index(lease: Lease, episodes: Sequence[Episode]) -> None:
    """Slice by slice: what is indexed of a message of 100,000 characters stays so when the worker dies behind it."""
    by_length = sorted(episodes, key=lambda episode: len(episode.content))
    for start in range(0, len(by_length), SLICE_EPISODES):
        _index_slice(lease, by_length[start : start + SLICE_EPISODES])


def _index_slice(lease: Lease, episodes: Sequence[Episode]) -> None:
    vectors = reading.index(episodes)
    stated = Memory.objects.filter(sources__episode__in=episodes)
    memories = list(stated.exclude(embeddings__model=embedders.current().model).distinct())
    memory_vectors = indexing.index_memories(memories)
    with leases.writing(lease):
        indexing.save_index(episodes, [*vectors, *memory_vectors])


def _utterances(messages: Sequence[Asked], episodes: dict[UUID, Episode]) -> list[Utterance]:
    before = turns_before([asked.message for asked in messages])
    return [
        Utterance(
            text=message.content,
            said_at=message.created_at,
            language=episodes[message.pk].language,
            speaker=message.name,
            before=before[message.pk],
        )
        for message in (asked.message for asked in messages)
    ]


def _first_episodes(messages: Sequence[Asked]) -> dict[UUID, Episode]:
    """The first piece of each message. Raises LeaseLost where one was deleted meanwhile."""
    sources = [asked.message.pk for asked in messages]
    rows = Episode.objects.filter(source_id__in=sources).defer("tsv").order_by("-position")
    found = {episode.source_id: episode for episode in rows}
    if len(found) < len(messages):
        raise LeaseLost
    return found


def _finish_empty(lease: Lease, jobs: Sequence[IngestJob]) -> None:
    """Most messages state nothing to remember: their words are indexed, and their jobs end together."""
    if not jobs:
        return
    with leases.writing(lease):
        now, running = timezone.now(), progress.still_running(jobs)
        for job in running:
            progress.end(job, nothing_written(), now)
        progress.save(running)


def _finish(lease: Lease, asked: Asked, episode: Episode, facts: Sequence[Fact], codes: Sequence[Encoded]) -> None:
    """Write what a message says and its job's end in one transaction: `done` means recallable."""
    try:
        with leases.writing(lease) as graph:
            written = write(graph, asked.message, resolve.Told(episode, facts, codes))
            progress.end(asked.job, written, timezone.now())
            progress.save_end(asked.job)
    except LeaseLost:
        raise
    except progress.Cancelled:
        log.info("job %s was cancelled while it was read", asked.job.ref)
    except Exception as error:
        progress.back_off(lease, asked.job, error)


def write(graph: Graph, message: Message, told: resolve.Told) -> dict[str, int]:
    speaker = speaker_of(graph, message.name or "", message.created_at)
    return resolve.Writer(graph, message.created_at, speaker).write(told)
