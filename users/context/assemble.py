"""Chooses what stands in the block."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from graphs import tokens
from graphs.excerpts import Relevance
from graphs.models import Graph, Memory
from graphs.render import call
from graphs.search import Filters, Hit, find
from graphs.standing import Standing, subject
from users.context import fence, lines
from users.context import notes as noted
from users.context.answers import Answers
from users.context.lines import Line
from users.context.notes import SILENT, Notes, Source
from users.context.pack import HEADING_COST, SHORTEST_LINE, Packer
from users.context.render import Frame, render
from users.context.templates import TEMPLATES
from users.models import Group, Summary, User

DEPTH = 300
"""How many memories and how many episodes are considered for a block."""


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
    """The text, its o200k_base tokens, and its lines, those with the best hits first."""

    text: str
    tokens: int
    lines: list[Line]

    @property
    def hits(self) -> list[Hit]:
        """What the lines tell, best first."""
        return [line.hit for line in self.lines]


def assemble(
    *,
    user: User,
    template: str,
    max_tokens: int,
    query: str | None = None,
    groups: Sequence[Group] = (),
    as_of: datetime | None = None,
    notes: Notes = SILENT,
) -> Block:
    """The block of at most ``max_tokens``; the same input gives the same block. Empty where nothing fits.

    ``as_of`` is a moment in the past: what had been heard and was believed then. Summaries of then are not kept.
    ``notes`` hears what is taken and what is not.
    """
    style = TEMPLATES[template]
    shares = ANSWERING if query else STANDING
    frame = Frame(style.name, fence.label(call(subject(user.graph))))
    packer = Packer(max_tokens - tokens.count(render(frame, [])), notes)
    overhead = int(max_tokens * shares.frame) - (max_tokens - packer.room) - 3 * HEADING_COST
    before = packer.room
    frame = _with_summary(frame, None if as_of else user, packer, min(overhead, int(max_tokens * shares.summary)))
    overhead -= before - packer.room
    names = {user.graph_id: ""} | {group.graph_id: group.name for group in groups}
    source = _source([user.graph, *(group.graph for group in groups)], query, as_of)
    depth = min(DEPTH, max_tokens // SHORTEST_LINE)
    notes.draws(source, depth)
    recall = partial(source.best, limit=depth)
    share = max(0, min(overhead, int(max_tokens * shares.entities)))
    entities = recall("entity", limit=share // SHORTEST_LINE)
    notes.opens(noted.ENTITIES, share)
    packer.fill((lines.of_entity(hit, "entities") for hit in entities), share=share)
    answers = Answers(packer, style, names, Relevance(query or ""), told={})
    answers.fill_first(recall("memory", "episode"), int(max_tokens * shares.first))
    answers.fill(noted.FACTS, recall("memory"), int(max_tokens * shares.facts))
    best = iter(recall("memory", "episode"))
    answers.fill(noted.BEST, best, packer.room)
    return _filled(frame, answers, best, max_tokens)


def _source(graphs: Sequence[Graph], query: str | None, as_of: datetime | None) -> Source:
    return find(graphs, query, Filters(as_of=as_of)) if query else Standing(graphs, as_of)


def _with_summary(frame: Frame, user: User | None, packer: Packer, share: int) -> Frame:
    """Without a user, whose summary it would be, the frame as it is."""
    packer.notes.opens(noted.SUMMARY, share)
    summary = Summary.objects.filter(user=user).first() if user else None
    text = fence.prose(summary.text) if summary else ""
    cost = tokens.count(text) + 1 + HEADING_COST
    state = _state(summary, text, fits=cost <= min(share, packer.room)) if user else noted.THEN
    packer.notes.summary(state, cost)
    if state != noted.SHOWN:
        return frame
    packer.room -= cost
    return replace(frame, summary=text)


def _state(summary: Summary | None, text: str, *, fits: bool) -> str:
    if not summary or not text:
        return noted.NONE
    if not fits:
        return noted.DEAR
    return noted.SHOWN if _still_holds(summary) else noted.STALE


def _still_holds(summary: Summary) -> bool:
    """A summary that says what has ended since is left out until it is made anew."""
    resting = Memory.objects.holding().filter(pk__in=summary.memory_ids)
    return resting.count() == len(set(summary.memory_ids))


def _filled(frame: Frame, answers: Answers, following: Iterator[Hit], max_tokens: int) -> Block:
    """Costs are estimated line by line, and rather too high: what the whole leaves free is filled again."""
    packer = answers.packer
    block = _fit(frame, packer.lines, max_tokens)
    packed = 0
    while packed < len(packer.lines) == len(block.lines):
        packed = len(packer.lines)
        packer.room = max_tokens - block.tokens
        answers.fill(noted.LEFT, following, packer.room)
        block = _fit(frame, packer.lines, max_tokens)
    return block


def _fit(frame: Frame, packed: Sequence[Line], max_tokens: int) -> Block:
    """Costs were added up line by line; what the whole costs is counted, and the weakest lines go if it is too much."""
    kept = sorted(packed, key=lambda line: line.hit.key)
    while True:
        text = render(frame, kept)
        count = tokens.count(text)
        if count <= max_tokens:
            return Block(text, count, kept)
        if not kept:
            return Block("", 0, []) if not frame.summary else _fit(replace(frame, summary=""), packed, max_tokens)
        kept.pop()
