"""From what was said to memories: claim, index, extract, resolve, write.

It works on one graph under its lease. It reads and computes outside of transactions and writes each job in one of its
own, so that a kill between any two lines leaves jobs that are done whole or not begun.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate, groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from graphs import embedders, indexing
from graphs.embedders import Encoded
from graphs.models import Embedding, Episode, Graph, Memory
from graphs.models.memory import SPEAKER
from ingest import events, resolve
from ingest import lease as leases
from ingest.extractors.base import Extractor, Fact, Utterance, sane
from ingest.extractors.local import LocalExtractor
from ingest.lease import Lease, LeaseLost
from ingest.models import IngestJob, nothing_written
from ingest.turns import turns_before

BATCH_JOBS = 32
BATCH_EPISODES = 64
SLICE_EPISODES = 16
BATCH_CHARACTERS = 50_000
FAULT_PAUSE_SECONDS = 5.0
INSTALLATION_FAULTS = (embedders.ModelMissing, embedders.EmbedderUnavailable, OperationalError)
"""What no message is to blame for: a model file is missing, a remote embedder or the database went away."""
PROGRESS = ["status", "attempts", "run_after", "started_at", "finished_at", "written", "error_code", "error_detail"]
"""The columns by which a job moves on."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """What one batch is about: the jobs, oldest said first, and the episodes to be indexed."""

    jobs: list[IngestJob]
    episodes: list[Episode]


def run(graph_id: UUID) -> bool:
    """Do a batch of what is due in a graph; True when there is more to do at once."""
    lease = leases.take(graph_id)
    if lease is None:
        return False
    try:
        with leases.kept(lease):
            went_well = _batch(lease)
    except LeaseLost:
        log.info("the lease on graph %s was lost: another worker goes on", graph_id)
        return False
    finally:
        leases.release(lease)
    return went_well and is_due(graph_id)


def is_due(graph_id: UUID) -> bool:
    jobs = IngestJob.objects.due().filter(graph=graph_id)
    return jobs.exists() or Episode.objects.filter(graph=graph_id, indexed_at=None).exists()


def _batch(lease: Lease) -> bool:
    """False where the installation is at fault: nothing is held against the jobs, and the sweeper rings again."""
    work = _claim(lease)
    try:
        _index(lease, work.episodes)
        found = _facts_of(work.jobs)
        codes = _encode(found)
    except INSTALLATION_FAULTS as error:
        log.exception("graph %s has to wait", lease.graph_id)
        _give_back(lease, work.jobs, error)
        return False
    read = list(zip(work.jobs, found, codes, strict=True))
    _finish_empty(lease, [job for job, facts, _ in read if facts == []])
    episodes = _first_episodes([job for job, facts, _ in read if facts])
    for job, facts, vectors in read:
        if isinstance(facts, Exception):
            _back_off(lease, job, facts)
        elif facts:
            _finish(lease, job, episodes[job.message_id], facts, vectors)
    return True


def _claim(lease: Lease) -> Work:
    """Take the due jobs in the order in which they were said, and the episodes that wait to be indexed.

    A job that was tried before comes alone: should it kill its worker, the others are not held up by it.
    """
    with leases.writing(lease):
        due = IngestJob.objects.due().filter(graph=lease.graph_id).select_related("message")
        jobs = _not_too_long(list(due.order_by("said_at", "id")[:BATCH_JOBS]))
        tried = [job for job in jobs if job.attempts]
        jobs = tried[:1] or jobs
        now = timezone.now()
        for job in jobs:
            _begin(job, now)
        _save(jobs)
        jobs = [job for job in jobs if job.status == IngestJob.Status.RUNNING]
        sources = [job.message_id for job in jobs]
        waiting = Episode.objects.filter(graph=lease.graph_id, indexed_at=None)
        episodes = list(waiting.filter(source_id__in=sources))
        others = waiting.exclude(source_id__in=sources).order_by("created_at", "position")
        return Work(jobs, episodes + list(others[: max(0, BATCH_EPISODES - len(episodes))]))


def _begin(job: IngestJob, now: datetime) -> None:
    """Count the attempt; a job that has used up its attempts fails here, whatever killed the worker.

    Should it kill the worker once more, it is not due again before the others of its graph had their turn.
    """
    if job.attempts >= settings.INGEST_MAX_ATTEMPTS:
        _fail(job, "GAVE_UP", job.error_detail or "The worker died each time that this message was read.")
        return
    job.attempts += 1
    job.started_at = job.run_after = now
    job.status = IngestJob.Status.RUNNING
    if job.attempts > 1:
        job.run_after += timedelta(seconds=2**job.attempts)


def _not_too_long(jobs: list[IngestJob]) -> list[IngestJob]:
    """The first of them that hold no more than BATCH_CHARACTERS together, and at least one."""
    ends = list(accumulate(len(job.message.content) for job in jobs))
    return [job for job, end in zip(jobs, ends, strict=True) if end <= BATCH_CHARACTERS] or jobs[:1]


def _index(lease: Lease, episodes: Sequence[Episode]) -> None:
    """Slice by slice: what is indexed of a message of 100,000 characters stays so when the worker dies behind it."""
    by_length = sorted(episodes, key=lambda episode: len(episode.content))
    for start in range(0, len(by_length), SLICE_EPISODES):
        _index_slice(lease, by_length[start : start + SLICE_EPISODES])


def _index_slice(lease: Lease, episodes: Sequence[Episode]) -> None:
    vectors = _vectors_of(episodes)
    stated = Memory.objects.filter(sources__episode__in=episodes)
    memories = list(stated.exclude(embeddings__model=embedders.current().model).distinct())
    memory_vectors = indexing.index_memories(memories)
    with leases.writing(lease):
        indexing.save_index(episodes, [*vectors, *memory_vectors])


def _vectors_of(episodes: Sequence[Episode]) -> list[Embedding]:
    """One that can't be indexed is kept without vectors, recallable by its words, and holds up nobody else."""
    try:
        return indexing.index_episodes(episodes)
    except INSTALLATION_FAULTS:
        raise
    except Exception:
        if len(episodes) > 1:
            return [vector for episode in episodes for vector in _vectors_of([episode])]
        log.exception("episode %s is kept without vectors", episodes[0].ref)
        episodes[0].excerpt = episodes[0].content
        return []


def _facts_of(jobs: Sequence[IngestJob]) -> "list[list[Fact] | Exception]":
    """The facts of each job, or why there are none; one that fails does not fail the others."""
    try:
        return [[fact for fact in map(sane, facts) if fact] for facts in _extract(jobs)]
    except INSTALLATION_FAULTS:
        raise
    except Exception as error:
        if len(jobs) > 1:
            return [read for job in jobs for read in _facts_of([job])]
        log.exception("job %s could not be read", jobs[0].ref)
        return [error]


def _extract(jobs: Sequence[IngestJob]) -> list[list[Fact]]:
    episodes = _first_episodes(jobs)
    before = turns_before([job.message for job in jobs])
    return extractor().extract(
        [
            Utterance(
                text=job.message.content,
                said_at=job.said_at,
                language=episodes[job.message_id].language,
                speaker=job.message.name,
                before=before[job.message_id],
            )
            for job in jobs
        ]
    )


def _first_episodes(jobs: Sequence[IngestJob]) -> dict[UUID, Episode]:
    """The first piece of each job's message."""
    rows = Episode.objects.filter(source_id__in=[job.message_id for job in jobs]).defer("tsv").order_by("-position")
    return {episode.source_id: episode for episode in rows}


def _encode(found: "Sequence[list[Fact] | Exception]") -> list[list[Encoded]]:
    """The vectors of all facts in one go, in the shape of ``found``."""
    read = [facts if isinstance(facts, list) else [] for facts in found]
    codes = iter(embedders.current().embed([_sentence(fact) for facts in read for fact in facts]))
    return [[next(codes) for _ in facts] for facts in read]


def _sentence(fact: Fact) -> str:
    return fact.content.replace(SPEAKER, "The user")


def _finish_empty(lease: Lease, jobs: Sequence[IngestJob]) -> None:
    """Most messages state nothing to remember: their words are indexed, and their jobs end together."""
    if not jobs:
        return
    with leases.writing(lease):
        now = timezone.now()
        for job in jobs:
            _end(job, nothing_written(), now)
        _save(jobs)


def _finish(lease: Lease, job: IngestJob, episode: Episode, facts: Sequence[Fact], codes: Sequence[Encoded]) -> None:
    """Write what a message says and its job's end in one transaction: `done` means recallable."""
    try:
        with leases.writing(lease) as graph:
            _end(job, _write(graph, job, episode, facts, codes), timezone.now())
            job.save(update_fields=PROGRESS)
            events.jobs_ended([job])
    except LeaseLost:
        raise
    except Exception as error:
        log.exception("job %s failed", job.ref)
        _back_off(lease, job, error)


def _end(job: IngestJob, written: dict[str, int], now: datetime) -> None:
    job.written = written
    job.status = IngestJob.Status.DONE
    job.error_code = job.error_detail = ""
    job.finished_at = now


def _write(
    graph: Graph, job: IngestJob, episode: Episode, facts: Sequence[Fact], codes: Sequence[Encoded]
) -> dict[str, int]:
    speaker = resolve.speaker_of(graph, job.message.name or "", job.said_at)
    return resolve.Writer(graph, episode, job.said_at, speaker).write(facts, codes)


def _back_off(lease: Lease, job: IngestJob, error: Exception) -> None:
    """Let a job wait, twice as long each time; the others of the graph go on."""
    detail = f"{type(error).__name__}: {error}"[:2000].replace("\0", "")
    if job.attempts >= settings.INGEST_MAX_ATTEMPTS:
        _fail(job, "INGEST_FAILED", detail)
    else:
        _wait(job, detail, seconds=2**job.attempts)
    with leases.writing(lease):
        job.save(update_fields=PROGRESS)
        events.jobs_ended([job])


def _give_back(lease: Lease, jobs: Sequence[IngestJob], error: Exception) -> None:
    with leases.writing(lease):
        for job in jobs:
            job.attempts -= 1
            _wait(job, f"{type(error).__name__}: {error}"[:2000], seconds=FAULT_PAUSE_SECONDS)
        _save(jobs)


def _save(jobs: Sequence[IngestJob]) -> None:
    """One statement for those that moved on alike: `bulk_update` builds a CASE for every column of every row."""
    for state, alike in groupby(jobs, key=_state):
        IngestJob.objects.filter(pk__in=[job.pk for job in alike]).update(**state)
    events.jobs_ended(jobs)


def _state(job: IngestJob) -> dict[str, Any]:
    return {name: getattr(job, name) for name in PROGRESS}


def _wait(job: IngestJob, detail: str, *, seconds: float) -> None:
    job.status = IngestJob.Status.QUEUED
    job.run_after = timezone.now() + timedelta(seconds=seconds)
    job.error_code, job.error_detail = "INGEST_FAILED", detail


def _fail(job: IngestJob, code: str, detail: str) -> None:
    job.status = IngestJob.Status.FAILED
    job.error_code, job.error_detail = code, detail
    job.finished_at = timezone.now()


@cache
def extractor() -> Extractor:
    """The extractor of this installation, loaded on first use."""
    return LocalExtractor()
