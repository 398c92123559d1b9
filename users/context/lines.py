"""The lines that a block may be made of, each with what it costs and what it rests on."""

from dataclasses import dataclass
from datetime import datetime

from graphs import tokens
from graphs.kinds import MemoryKind, Precision
from graphs.models import Entity, Episode, Memory
from graphs.render import name_of, sentence
from graphs.search import Hit
from users.context import fence

_FORMATS = {Precision.YEAR: "%Y", Precision.MONTH: "%B %Y", Precision.TIME: "%-d %B %Y, %H:%M"}
_DAY = "%-d %B %Y"
SOMEONE = "Someone"
STATED = "Stated"
"""What an application says of a user, or to a group: nobody in the conversation said it."""
_HAPPENS = (MemoryKind.EVENT, MemoryKind.PLAN)


@dataclass(frozen=True, slots=True)
class Line:
    """``section`` names the list that it stands in; lines of a section are shown by ``order``. ``day`` is the date
    under which an excerpt is grouped. ``cost`` is in o200k_base tokens."""

    section: str
    text: str
    hit: Hit
    order: tuple[object, ...] = ()
    day: str = ""
    cost: int = 0


def of_memory(hit: Hit, section: str, bullet: str) -> Line:
    memory = hit.record
    assert isinstance(memory, Memory)
    text = bullet + fence.line(sentence(memory)) + when(memory)
    return Line(section, text, hit, order=(-hit.score, str(memory.pk)), cost=tokens.count(text) + 1)


def of_episode(hit: Hit, section: str, quoted: str, group: str) -> Line:
    """``group`` names the one whose graph the episode is of, where that is not the user's own."""
    episode = hit.record
    assert isinstance(episode, Episode)
    text = f"{speaker_of(episode, group)}: {fence.line(quoted)}"
    return Line(
        section,
        text,
        hit,
        order=(episode.said_at, str(episode.stream), episode.position),
        day=day(episode.said_at),
        cost=tokens.count(text) + 1,
    )


def of_entity(hit: Hit, section: str) -> Line:
    entity = hit.record
    assert isinstance(entity, Entity)
    aliases = ", also " + ", ".join(fence.line(alias) for alias in entity.aliases[:3]) if entity.aliases else ""
    text = f"- {fence.line(name_of(entity))} ({entity.type}{aliases})"
    return Line(section, text, hit, order=(-hit.score, str(entity.pk)), cost=tokens.count(text) + 1)


def speaker_of(episode: Episode, group: str) -> str:
    """Who said it, or the document that it stands in, or that it was stated. An unnamed user of a group is not whom the
    block is about."""
    if episode.speaker:
        return fence.label(episode.speaker)
    if episode.source_kind == Episode.SourceKind.DOCUMENT and not episode.role:
        name = (episode.document_name or "").replace('"', "'")
        return f'Document "{fence.label(name)}"' if name else "Document"
    if episode.source_kind == Episode.SourceKind.STATEMENT:
        return STATED
    return SOMEONE if group and episode.role == "user" else (episode.role or "user").capitalize()


def day(moment: datetime) -> str:
    return moment.strftime(_DAY)


def when(memory: Memory) -> str:
    """The time that a fact holds for, in brackets; nothing where the sentence says it or none is known."""
    said = _since_until(memory)
    return f" ({said})" if said else ""


def _since_until(memory: Memory) -> str:
    starts = _date(memory.valid_from, memory.valid_precision)
    starts = "" if starts in memory.content else starts
    ends = _date(memory.valid_to, _precision_of_end(memory)) if _end_is_known(memory) else ""
    if ends:
        return f"{starts} until {ends}".strip()
    is_open = memory.kind not in _HAPPENS and memory.valid_to is None
    return f"since {starts}" if starts and is_open else starts


def _end_is_known(memory: Memory) -> bool:
    """A fact told of as over ("I studied at MIT") ended at a time that nobody said: its end is when it was told."""
    return memory.valid_to is not None and memory.valid_to != memory.said_at


def _precision_of_end(memory: Memory) -> str | None:
    """The fact that ended it says how exactly the end is known."""
    return memory.invalidated_by.valid_precision if memory.invalidated_by else memory.valid_precision


def _date(moment: datetime | None, precision: str | None) -> str:
    return moment.strftime(_FORMATS.get(Precision(precision or "day"), _DAY)) if moment else ""
