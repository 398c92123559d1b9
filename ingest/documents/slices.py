"""A slice of a document: its next pieces become episodes, with the facts that they state, in one transaction.

The job's ``position`` says how many pieces are there. It moves in the transaction that writes them, so that a kill
between any two lines neither loses a piece nor writes one twice.
"""

import logging
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from django.utils import timezone

from graphs import indexing
from graphs.models import Document, Embedding, Episode, Graph
from ingest import attempts, events, progress, reading, resolve
from ingest import lease as leases
from ingest.documents.cutting import Cut, cut
from ingest.documents.others import common_words, said_of_others
from ingest.extractors.base import Fact, Utterance
from ingest.lease import Lease, LeaseLost
from ingest.models import IngestJob, nothing_written
from ingest.speakers import speaker_of

PIECES = 32

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Slice:
    """The next pieces of a document as episodes, unsaved, with their vectors, and what some of them say."""

    job: IngestJob
    document: Document
    cut: Cut
    episodes: list[Episode]
    vectors: list[Embedding]
    told: list[resolve.Told]

    @property
    def end(self) -> int:
        return self.job.position + len(self.episodes)


def claim(lease: Lease) -> IngestJob | None:
    """The document that is to be read on, the oldest first."""
    with leases.writing(lease):
        due = IngestJob.objects.due().filter(graph=lease.graph_id, kind=IngestJob.Kind.DOCUMENT)
        job = due.select_related("document", "graph").defer("document__content").order_by("id").first()
        if job is None:
            return None
        progress.begin(job, timezone.now())
        progress.save([job])
        return job if job.status == IngestJob.Status.RUNNING else None


def read(lease: Lease, job: IngestJob) -> bool:
    """False where the installation is at fault: nothing is held against the job, and the sweeper rings again."""
    try:
        part = _read(job)
        with leases.writing(lease) as graph:
            _write(graph, part)
    except LeaseLost:
        raise
    except progress.Cancelled:
        log.info("job %s was cancelled while it was read", job.ref)
    except reading.INSTALLATION_FAULTS as error:
        progress.give_back(lease, [job], error)
        return False
    except Exception as error:
        progress.back_off(lease, job, error)
    return True


def _read(job: IngestJob) -> Slice:
    """Slow; holds no transaction. Raises LeaseLost where the document was deleted meanwhile."""
    document = job.document
    assert document  # `job_reads_one_thing`
    try:
        whole = cut(document.pk)
    except Document.DoesNotExist:
        raise LeaseLost from None
    places = range(job.position, min(job.position + PIECES, len(whole.pieces)))
    episodes = [_episode(document, whole, place) for place in places]
    vectors = reading.index(episodes)
    return Slice(job, document, whole, episodes, vectors, _told(job.graph, whole, episodes))


def _episode(document: Document, whole: Cut, place: int) -> Episode:
    return Episode(
        project_id=document.project_id,
        graph_id=document.graph_id,
        source_kind=Episode.SourceKind.DOCUMENT,
        source_id=document.pk,
        stream=document.pk,
        position=place,
        role=whole.role,
        speaker=whole.speaker,
        content=whole.pieces[place],
        said_at=document.created_at,
    )


def _told(graph: Graph, whole: Cut, episodes: Sequence[Episode]) -> list[resolve.Told]:
    """Raises what went wrong with one of the pieces: the slice is tried again as a whole."""
    saying = [episode for episode in episodes if episode.position in whole.said]
    read = [_all_or_none(facts) for facts in reading.facts_of(_utterances(whole, saying))]
    if not _has_a_speaker(graph, whole):
        common = common_words(episode.content for episode in saying)
        read = [_of_others(episode, facts, common) for episode, facts in zip(saying, read, strict=True)]
    codes = reading.encode(read)
    return [resolve.Told(*one) for one in zip(saying, read, codes, strict=True)]


def _all_or_none(facts: list[Fact] | Exception) -> list[Fact]:
    if isinstance(facts, Exception):
        raise facts
    return facts


def _of_others(episode: Episode, facts: Sequence[Fact], common: frozenset[str]) -> list[Fact]:
    return [fact for each in facts if (fact := said_of_others(each, episode.said_at, common))]


def _utterances(whole: Cut, saying: Sequence[Episode]) -> list[Utterance]:
    return [
        Utterance(
            text=whole.said[episode.position],
            said_at=episode.said_at,
            language=episode.language,
            speaker=whole.speaker or None,
        )
        for episode in saying
    ]


def _has_a_speaker(graph: Graph, whole: Cut) -> bool:
    """A message says who speaks, or is the user's own; a text is nobody's, nor is what no name stands by in a group."""
    return bool(whole.role) and (bool(whole.speaker) or graph.kind == Graph.Kind.USER)


def _write(graph: Graph, part: Slice) -> None:
    if part.job.position == 0:
        Document.objects.filter(pk=part.document.pk).update(pieces=len(part.cut.pieces))
    Episode.objects.bulk_create(part.episodes)
    indexing.save_index(part.episodes, part.vectors)
    _move_on(part, _write_facts(graph, part))


def _write_facts(graph: Graph, part: Slice) -> dict[str, int]:
    told = [one for one in part.told if one.facts]
    if not told:
        return nothing_written()
    said_at = part.document.created_at
    speaker = speaker_of(graph, part.cut.speaker, said_at) if _has_a_speaker(graph, part.cut) else None
    return resolve.Writer(graph, said_at, speaker).write(*told)


def _move_on(part: Slice, written: dict[str, int]) -> None:
    """The attempts are those of one slice. Raises Cancelled where the job is not running any more."""
    moved = copy(part.job)  # should the transaction fail, the job in hand is still where it was
    moved.written = {name: count + written[name] for name, count in part.job.written.items()}
    moved.error_code = moved.error_detail = ""
    if part.end < len(part.cut.pieces):
        moved.attempts, moved.run_after = 0, timezone.now()
        attempts.end(moved, attempts.WENT_ON, moved.run_after)
    else:
        progress.end(moved, moved.written, timezone.now())
    unmoved = IngestJob.objects.filter(pk=moved.pk, position=part.job.position, status=IngestJob.Status.RUNNING)
    if not unmoved.update(**progress.state_of(moved), position=part.end):
        raise progress.Cancelled(moved.ref)
    events.jobs_ended([moved])
