"""Chooses what stands in the block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from graphs import standing, tokens
from graphs.models import Episode, Graph, Memory
from graphs.render import call, is_only_a_name, sentence
from graphs.search import Hit, search_each
from graphs.words import content_words
from users.context import fence, lines
from users.context.lines import Line
from users.context.pack import HEADING_COST, Packer
from users.context.render import SHARED, Frame, render
from users.context.templates import TEMPLATES, Template
from users.models import Group, Summary, User

DEPTH = 300
"""How many memories and how many episodes are considered for a block."""
SHORTEST_LINE = 6
"""Tokens; when less is left nothing more is tried."""
MOST_MISFITS = 20
"""Lines that found no room, after which the rest is not tried."""
COVERED = 0.7
"""A line is left out when what stands in the block holds that share of its content words."""


@dataclass(frozen=True, slots=True)
class Shares:
    """What of the budget each part gets at most, before the rest goes to whatever ranks best."""

    frame: float
    """Headings, summary and entities together."""
    summary: float
    entities: float
    first: float
    facts: float


ANSWERING = Shares(frame=0.15, summary=0.08, entities=0.05, first=0.15, facts=0.12)
STANDING = Shares(frame=0.5, summary=0.25, entities=0.1, first=0.4, facts=0.6)


@dataclass(frozen=True, slots=True)
class Block:
    """The text, its o200k_base tokens, and the hits that its lines rest on, best first."""

    text: str
    tokens: int
    hits: list[Hit]


def assemble(
    *, user: User, template: str, max_tokens: int, query: str | None = None, groups: Sequence[Group] = ()
) -> Block:
    """The block of at most ``max_tokens``; the same input gives the same block. Empty where nothing fits."""
    style = TEMPLATES[template]
    shares = ANSWERING if query else STANDING
    frame = Frame(style.name, fence.label(call(standing.subject(user.graph))))
    packer = Packer(max_tokens - tokens.count(render(frame, [])))
    overhead = int(max_tokens * shares.frame) - (max_tokens - packer.room) - 2 * HEADING_COST
    before = packer.room
    frame = _with_summary(frame, user, packer, min(overhead, int(max_tokens * shares.summary)))
    overhead -= before - packer.room
    names = {user.graph_id: ""} | {group.graph_id: group.name for group in groups}
    graphs = [user.graph, *(group.graph for group in groups)]
    found = _recall(graphs, query, min(DEPTH, max_tokens // SHORTEST_LINE))
    entities = [lines.of_entity(hit, "entities") for hit in found if hit.kind == "entity"]
    packer.fill(entities, share=min(overhead, int(max_tokens * shares.entities)))
    _Answers(packer, style, names).pack([hit for hit in found if hit.kind != "entity"], shares, max_tokens)
    return _fit(frame, packer.lines, max_tokens)


def _recall(graphs: Sequence[Graph], query: str | None, depth: int) -> list[Hit]:
    if query:
        return search_each(graphs, query, limit=depth, kinds=("memory", "episode", "entity"))
    kinds = (standing.memories, standing.entities, standing.episodes)
    return sorted((hit for graph in graphs for kind in kinds for hit in kind(graph, depth)), key=lambda hit: hit.key)


def _with_summary(frame: Frame, user: User, packer: Packer, share: int) -> Frame:
    summary = Summary.objects.filter(user=user).first()
    text = fence.prose(summary.text) if summary and _still_holds(summary) else ""
    cost = tokens.count(text) + 1 + HEADING_COST
    if not text or cost > min(share, packer.room):
        return frame
    packer.room -= cost
    return replace(frame, summary=text)


def _still_holds(summary: Summary) -> bool:
    """A summary that says what has ended since is left out until it is made anew."""
    resting = Memory.objects.holding().filter(pk__in=summary.memory_ids)
    return resting.count() == len(set(summary.memory_ids))


class _Answers:
    """Packs facts and excerpts so that nothing is told twice."""

    def __init__(self, packer: Packer, style: Template, names: Mapping[UUID, str]):
        self.packer = packer
        self.style = style
        self.names = names
        self.told: dict[object, set[str]] = {}
        """Episode → the content words that the block holds of it."""

    def pack(self, hits: Sequence[Hit], shares: Shares, max_tokens: int) -> None:
        hits = [hit for hit in hits if _says_something(hit)]
        first = [hit for hit in hits if self._section(hit) in self.style.first] if self.style.first else []
        facts = [hit for hit in hits if hit.kind == "memory"]
        self._fill(first, int(max_tokens * shares.first))
        self._fill(facts, int(max_tokens * shares.facts))
        self._fill(hits, self.packer.room)

    def _fill(self, hits: Sequence[Hit], share: int) -> None:
        """Take what fits, best first, until hardly anything would."""
        misfits = 0
        for hit in hits:
            if share < SHORTEST_LINE or misfits > MOST_MISFITS:
                return
            if self._is_told(hit):
                continue
            before = self.packer.room
            if self.packer.add(self._line(hit), within=share):
                share -= before - self.packer.room
                self._tell(hit)
            else:
                misfits += 1

    def _line(self, hit: Hit) -> Line:
        if isinstance(hit.record, Memory):
            return lines.of_memory(hit, self._section(hit), self.style.bullet(hit.record))
        return lines.of_episode(hit, self._section(hit))

    def _section(self, hit: Hit) -> str:
        record = hit.record
        if isinstance(record, Episode):
            return self.style.excerpts(record.content)
        assert isinstance(record, Memory)
        group = self.names[record.graph_id]
        return SHARED + group if group else self.style.place(record)

    def _is_told(self, hit: Hit) -> bool:
        words = set(content_words(_text(hit)))
        told = set().union(*(self.told.get(episode.pk, set()) for episode in hit.sources))
        return bool(told) and len(words & told) >= COVERED * len(words)

    def _tell(self, hit: Hit) -> None:
        words = set(content_words(_text(hit)))
        for episode in hit.sources:
            self.told.setdefault(episode.pk, set()).update(words)


def _says_something(hit: Hit) -> bool:
    """Neither a greeting nor the name that the block uses anyway."""
    if isinstance(hit.record, Memory):
        return not is_only_a_name(hit.record)
    return len(content_words(_text(hit))) > 1 or any(map(str.isdigit, _text(hit)))


def _text(hit: Hit) -> str:
    return hit.record.excerpt if isinstance(hit.record, Episode) else sentence(hit.record)  # type: ignore[arg-type]


def _fit(frame: Frame, packed: Sequence[Line], max_tokens: int) -> Block:
    """Costs were added up line by line; what the whole costs is counted, and the weakest lines go if it is too much."""
    kept = sorted(packed, key=lambda line: line.hit.key)
    while True:
        text = render(frame, kept)
        count = tokens.count(text)
        if count <= max_tokens:
            return Block(text, count, [line.hit for line in kept])
        if not kept:
            return Block("", 0, []) if not frame.summary else _fit(replace(frame, summary=""), packed, max_tokens)
        kept.pop()
