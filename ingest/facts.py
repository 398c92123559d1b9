"""What makes two facts the same, and how a belief is changed without losing what was believed before."""

import hashlib
import re
from datetime import datetime
from uuid import UUID

import Stemmer
from django.db.models import F
from django.utils import timezone

from graphs.kinds import MemoryKind
from graphs.models import Graph, Memory, MemoryRevision

DATED = (MemoryKind.EVENT, MemoryKind.PLAN)
"""Kinds that happen: the same words for another day are another fact."""

_EMPTY = frozenset("a an the am is are be been being do does have has".split())
"""Articles, and auxiliaries that only mark a tense of the same state: "is living in" is "lives in"."""
_OWNING = re.compile(r"\b(?:has|have)(?=\s+(?:an?|the)\b)", re.IGNORECASE)
"""No auxiliary: who has a nurse is not a nurse."""
_TOKEN = re.compile(r"(?<!\S)-\d+|\w+(?:['’]\w+)?|[^\w\s]")
_PUNCTUATION = frozenset(".,;:!?'\"()“”‘’-–—…")
_stem = Stemmer.Stemmer("english").stemWord


def digest(content: str, about: UUID | None, day: datetime | None) -> int:
    """Identifies a fact within its graph: the stems of what it says in their order, about whom, and its day if any.

    A signed 64-bit number, for a bigint column. Articles, auxiliaries and punctuation don't matter; everything else
    does, signs too: C++ is not C#.
    """
    tokens = (token.casefold().replace("’", "'") for token in _TOKEN.findall(_OWNING.sub("own", content)))
    stems = [_stem(token) for token in tokens if token not in _EMPTY and token not in _PUNCTUATION]
    text = "\0".join([*stems, "", str(about or ""), day.date().isoformat() if day else ""])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), signed=True)


def believed_twin(memory: Memory) -> Memory | None:
    """The believed memory that says the same for a time that overlaps; it is locked with the graph."""
    twins = Memory.objects.believed().filter(graph=memory.graph, digest=memory.digest).order_by("created_at")
    return next((twin for twin in twins if _overlap(twin, memory)), None)


def _overlap(one: Memory, other: Memory) -> bool:
    return _starts_before_end(one, other) and _starts_before_end(other, one)


def _starts_before_end(one: Memory, other: Memory) -> bool:
    return one.valid_from is None or other.valid_to is None or one.valid_from < other.valid_to


def close(memory: Memory, *, at: datetime, by: Memory, reason: str) -> None:
    """Say that a memory held until ``at``: it stays believed, with its end, and its earlier state is kept."""
    keep_revision(memory, MemoryRevision.ChangedBy.INGEST, reason)
    memory.valid_to = max(at, memory.valid_from) if memory.valid_from else at
    memory.invalidated_by = by
    memory.save(update_fields=["valid_to", "invalidated_by", "recorded_at"])
    Graph.objects.filter(pk=memory.graph_id).update(summarised_version=0)  # a summary may say what has just ended


def keep_revision(memory: Memory, changed_by: str, reason: str) -> None:
    now = timezone.now()
    MemoryRevision.objects.create(
        project_id=memory.project_id,
        graph_id=memory.graph_id,
        memory=memory,
        content=memory.content,
        valid_from=memory.valid_from,
        valid_to=memory.valid_to,
        valid_precision=memory.valid_precision,
        recorded_from=memory.recorded_at,
        recorded_to=now,
        changed_by=changed_by,
        reason=reason,
    )
    memory.recorded_at = now


def bump(graph: Graph) -> None:
    """Count a change of what is believed; summaries made before it are stale."""
    Graph.objects.filter(pk=graph.pk).update(version=F("version") + 1)
