"""What makes two facts the same, and how a belief is changed without losing what was believed before."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import Stemmer
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from graphs.kinds import MemoryKind
from graphs.models import Entity, Episode, Graph, Memory, MemoryRevision, Source
from graphs.models.memory import SPEAKER
from graphs.render import UNNAMED, name_of
from ingest import events

DATED = (MemoryKind.EVENT, MemoryKind.PLAN)
"""Kinds that happen: the same words for another day are another fact."""

STATE = (
    "content", "kind", "language", "valid_from", "valid_to", "valid_precision", "invalidated_by_id", "metadata",
    "retired_at",
)  # fmt: skip
"""What a revision keeps of a memory."""
STATED = ("content", "kind", "language", "confidence", "valid_from", "valid_to", "valid_precision", "ends", "metadata")
"""What a source tells of a memory."""
MERGED = "merged into another"
"""Why a memory was retired, where its words mean what those of the memory mean that is believed in its place."""
INGEST = MemoryRevision.ChangedBy.INGEST

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


def digest_of(memory: Memory) -> int:
    """Of a memory as it stands: whom it is about counts where its sentence names them, its day where it happens."""
    about = memory.about_id if SPEAKER in memory.content else None
    return digest(memory.content, about, memory.valid_from if memory.kind in DATED else None)


def spoken_of(about: Entity | None, text: str) -> str:
    """A caller's sentence with SPEAKER where it begins with the name of whom it is about, as `render.sentence` puts it.

    A SPEAKER that the caller sent would be read as that name: it goes.
    """
    text = text.replace(SPEAKER, " ")
    if about is None:
        return text
    return re.sub(rf"\A(?:{re.escape(name_of(about))}|{UNNAMED})\b", SPEAKER, text)


def believed_twin(memory: Memory) -> Memory | None:
    """The believed memory that says the same for a time that overlaps; it is locked with the graph."""
    twins = Memory.objects.believed().filter(graph=memory.graph_id, digest=memory.digest).exclude(pk=memory.pk)
    return next((twin for twin in twins.order_by("created_at") if _overlap(twin, memory)), None)


def merged_twin(memory: Memory) -> list[Memory]:
    """The memory that said the same until somebody merged it into another, that one, and so on to the one that is
    believed, if that speaks of the same time."""
    rows = Memory.objects.filter(graph=memory.graph_id, digest=memory.digest, retired_at__isnull=False)
    was_merged = rows.filter(revisions__reason=MERGED, revisions__recorded_to=F("retired_at"))
    for one in was_merged.select_related("invalidated_by").order_by("-retired_at"):
        chain = [one]
        while chain[-1].retired_at and chain[-1].invalidated_by:
            chain.append(chain[-1].invalidated_by)
        if not chain[-1].retired_at and _overlap(chain[-1], memory):
            return chain
    return []


def _overlap(one: Memory, other: Memory) -> bool:
    return _starts_before_end(one, other) and _starts_before_end(other, one)


def _starts_before_end(one: Memory, other: Memory) -> bool:
    return one.valid_from is None or other.valid_to is None or one.valid_from < other.valid_to


def close(memory: Memory, *, at: datetime, by: Memory, reason: str, cause: Episode | None = None) -> None:
    """Say that a memory held until ``at``: it stays believed, with its end, and its earlier state is kept."""
    at = max(at, memory.valid_from) if memory.valid_from else at
    change(memory, Change(INGEST, reason, cause), valid_to=at, invalidated_by=by)
    Graph.objects.filter(pk=memory.graph_id).update(summarised_version=0)  # a summary may say what has just ended


def retire(memory: Memory, told: "Change", *, by: Memory | None = None) -> None:
    """Withdraw a belief that never was so: `as_of` shows it until now, and nothing does from now on.

    ``by`` is the memory that is believed in its place.
    """
    keep_state(memory, told)
    memory.invalidated_by, memory.retired_at = by, memory.recorded_at
    memory.save(update_fields=["invalidated_by", "retired_at", "recorded_at"])
    events.memory_invalidated(memory)
    Graph.objects.filter(pk=memory.graph_id).update(summarised_version=0)


@dataclass(frozen=True, slots=True)
class Change:
    """Who changed a memory and why; ``cause`` is the episode that the change rests on, and is undone with."""

    by: MemoryRevision.ChangedBy
    reason: str
    cause: Episode | None = None


def change(memory: Memory, told: Change, **values: Any) -> None:
    """Give a memory other values and keep the state that they end. Every change of a saved memory goes through here.

    Raises IntegrityError where it would run into another belief.
    """
    keep_state(memory, told)
    ends = values.get("valid_to") not in (None, memory.valid_to)
    for name, value in values.items():
        setattr(memory, name, value)
    memory.save(update_fields=[*values, "recorded_at"])
    if ends:
        events.memory_invalidated(memory)


def keep_state(memory: Memory, told: Change) -> None:
    """A clock that stands still or goes back makes no state end before it began."""
    now = max(timezone.now(), memory.recorded_at + timedelta(microseconds=1))
    MemoryRevision.objects.create(
        project_id=memory.project_id,
        graph_id=memory.graph_id,
        memory=memory,
        recorded_from=memory.recorded_at,
        recorded_to=now,
        changed_by=told.by,
        reason=told.reason,
        cause=told.cause,
        **{name: getattr(memory, name) for name in STATE},
    )
    memory.recorded_at = now


def stated_by(memory: Memory) -> dict[str, Any]:
    """What a source says by itself, as it is kept with it: the values that the memory has if it has no other."""
    return {name: getattr(memory, name) for name in STATED}


def heard_in(episode: Episode) -> set[int]:
    """What an episode was read to say, whatever became of it: see ``words_of``."""
    return {words_of(row.stated) for row in Source.objects.filter(episode=episode) if row.stated}


def words_of(stated: Mapping[str, Any]) -> int:
    """Identifies what a source says by itself: its words, and its day where it happens."""
    day = stated["valid_from"] if stated["kind"] in DATED else None
    return digest(stated["content"], None, parse_datetime(day) if isinstance(day, str) else day)


def bump(graph: Graph) -> None:
    """Count a change of what is believed; summaries made before it are stale."""
    Graph.objects.filter(pk=graph.pk).update(version=F("version") + 1, search_version=F("search_version") + 1)
