"""From what was said to memories: claim, index, extract, resolve, write.

It works on one graph under its lease. It reads and computes outside of transactions and writes each job in one of its
own, so that a kill between any two lines leaves jobs that are done whole or not begun.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from graphs import embedders, indexing
from graphs.embedders import Encoded
from graphs.models import Episode, Graph, Memory
from graphs.models.memory import SPEAKER
from ingest import lease as leases
from ingest import resolve
from ingest.extractors.base import Extractor, Fact, Utterance
from ingest.extractors.local import LocalExtractor
from ingest.lease import Lease, LeaseLost
from ingest.models import IngestJob, nothing_written

BATCH_JOBS = 32
BATCH_EPISODES = 64
PROGRESS = ["status", "attempts", "run_after", "started_at", "finished_at", "written", "error_code", "error_detail"]
"""The columns by which a job moves on."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """What one batch is about: the jobs, oldest said first, and the episodes to be indexed."""

    jobs: list[IngestJob]
    episodes: list[Episode]


def run(graph_id: UUID) -> bool:
    """Do a batch of what is due in a graph; True when there is more. False too when another worker is at it."""
    lease = leases.take(graph_id)
    if lease is None:
        return False
    try:
        _batch(lease)
    except LeaseLost:
        log.info("the lease on graph %s was lost: another worker goes on", graph_id)
        return False
    finally:
        leases.release(lease)
    return is_due(graph_id)


def is_due(graph_id: UUID) -> bool:
    jobs = IngestJob.objects.due().filter(graph=graph_id)
    return jobs.exists() or Episode.objects.filter(graph=graph_id, indexed_at=None).exists()


def _batch(lease: Lease) -> None:
    work = _claim(lease)
    try:
        _index(lease, work.episodes)
        found = _extract(work.jobs)
        codes = _encode(found)
    except LeaseLost:
        raise
    except Exception as error:
        log.exception("a batch of graph %s failed", lease.graph_id)
        _back_off(lease, work.jobs, error)
        return
    _finish_empty(lease, [job for job, facts in zip(work.jobs, found, strict=True) if not facts])
    for job, facts, vectors in zip(work.jobs, found, codes, strict=True):
        if facts:
            _finish(lease, job, facts, vectors)


def _claim(lease: Lease) -> Work:
    """Take the due jobs in the order in which they were said, and the episodes that wait to be indexed.

    A job that was tried before comes alone: should it kill its worker, the others are not held up by it.
    """
    with leases.writing(lease):
        due = IngestJob.objects.due().filter(graph=lease.graph_id).select_related("message")
        jobs = list(due.order_by("said_at", "id")[:BATCH_JOBS])
        tried = [job for job in jobs if job.attempts]
        jobs = tried[:1] or jobs
        for job in jobs:
            _begin(job)
        IngestJob.objects.bulk_update(jobs, PROGRESS)
        jobs = [job for job in jobs if job.status == IngestJob.Status.RUNNING]
        sources = [job.message_id for job in jobs]
        waiting = Episode.objects.filter(graph=lease.graph_id, indexed_at=None)
        episodes = list(waiting.filter(source_id__in=sources))
        others = waiting.exclude(source_id__in=sources).order_by("created_at", "position")
        return Work(jobs, episodes + list(others[: max(0, BATCH_EPISODES - len(episodes))]))


def _begin(job: IngestJob) -> None:
    """Count the attempt; a job that has used up its attempts fails here, whatever killed the worker."""
    if job.attempts >= settings.INGEST_MAX_ATTEMPTS:
        _fail(job, "GAVE_UP", job.error_detail or "The worker died each time that this message was read.")
        return
    job.attempts += 1
    job.started_at = timezone.now()
    job.status = IngestJob.Status.RUNNING


def _index(lease: Lease, episodes: Sequence[Episode]) -> None:
    if not episodes:
        return
    vectors = indexing.index_episodes(episodes)
    memories = list(Memory.objects.filter(sources__episode__in=episodes, embeddings=None).distinct())
    memory_vectors = indexing.index_memories(memories)
    with leases.writing(lease):
        indexing.save_index(episodes, [*vectors, *memory_vectors])


def _extract(jobs: Sequence[IngestJob]) -> list[list[Fact]]:
    episodes = _first_episodes(jobs)
    return extractor().extract(
        [
            Utterance(
                text=job.message.content,
                said_at=job.said_at,
                language=episodes[job.message_id].language,
                speaker=job.message.name,
            )
            for job in jobs
        ]
    )


def _first_episodes(jobs: Sequence[IngestJob]) -> dict[UUID, Episode]:
    """The first piece of each job's message."""
    rows = Episode.objects.filter(source_id__in=[job.message_id for job in jobs]).order_by("-position")
    return {episode.source_id: episode for episode in rows}


def _encode(found: Sequence[Sequence[Fact]]) -> list[list[Encoded]]:
    """The vectors of all facts in one go, in the shape of ``found``."""
    codes = iter(embedders.current().embed([_sentence(fact) for facts in found for fact in facts]))
    return [[next(codes) for _ in facts] for facts in found]


def _sentence(fact: Fact) -> str:
    return fact.content.replace(SPEAKER, "The user")


def _finish_empty(lease: Lease, jobs: Sequence[IngestJob]) -> None:
    """Most messages state nothing to remember: their words are indexed, and their jobs end together."""
    if not jobs:
        return
    with leases.writing(lease):
        for job in jobs:
            _end(job, nothing_written())
        IngestJob.objects.bulk_update(jobs, PROGRESS)


def _finish(lease: Lease, job: IngestJob, facts: Sequence[Fact], codes: Sequence[Encoded]) -> None:
    """Write what a message says and its job's end in one transaction: `done` means recallable."""
    try:
        with leases.writing(lease) as graph:
            _end(job, _write(graph, job, facts, codes))
            job.save(update_fields=PROGRESS)
    except LeaseLost:
        raise
    except Exception as error:
        log.exception("job %s failed", job.ref)
        _back_off(lease, [job], error)


def _end(job: IngestJob, written: dict[str, int]) -> None:
    job.written = written
    job.status = IngestJob.Status.DONE
    job.error_code = job.error_detail = ""
    job.finished_at = timezone.now()


def _write(graph: Graph, job: IngestJob, facts: Sequence[Fact], codes: Sequence[Encoded]) -> dict[str, int]:
    episode = _first_episodes([job])[job.message_id]
    speaker = resolve.speaker_of(graph, job.message.name or "", job.said_at)
    return resolve.Writer(graph, episode, job.said_at, speaker).write(facts, codes)


def _back_off(lease: Lease, jobs: Sequence[IngestJob], error: Exception) -> None:
    """Let the jobs wait, twice as long each time; the others of the graph go on."""
    with leases.writing(lease):
        for job in jobs:
            detail = f"{type(error).__name__}: {error}"[:2000]
            if job.attempts >= settings.INGEST_MAX_ATTEMPTS:
                _fail(job, "INGEST_FAILED", detail)
            else:
                _wait(job, detail)
        IngestJob.objects.bulk_update(jobs, PROGRESS)


def _wait(job: IngestJob, detail: str) -> None:
    job.status = IngestJob.Status.QUEUED
    job.run_after = timezone.now() + timedelta(seconds=2**job.attempts)
    job.error_code, job.error_detail = "INGEST_FAILED", detail


def _fail(job: IngestJob, code: str, detail: str) -> None:
    job.status = IngestJob.Status.FAILED
    job.error_code, job.error_detail = code, detail
    job.finished_at = timezone.now()


@cache
def extractor() -> Extractor:
    """The extractor of this installation, loaded on first use."""
    return LocalExtractor()
