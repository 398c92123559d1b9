"""Packs facts and excerpts, best first, so that nothing is told twice and every excerpt says what it is there for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from graphs.excerpts import Relevance
from graphs.models import Episode, Memory
from graphs.render import is_only_a_name, sentence
from graphs.search import Hit
from graphs.words import content_words
from users.context import lines
from users.context import notes as noted
from users.context.lines import Line
from users.context.pack import SHORTEST_LINE, Packer
from users.context.render import SHARED
from users.context.templates import Template

MOST_MISFITS = 20
"""Lines that found no room, after which the rest is not tried."""
COVERED = 0.7
"""A line is left out when what stands in the block holds that share of its content words."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Fills a packer for a question. ``names`` are the groups of the graphs that are shared, "" for the user's own."""

    packer: Packer
    style: Template
    names: Mapping[UUID, str]
    relevance: Relevance
    told: dict[object, set[str]]
    """Episode → the content words that the block holds of it."""

    def fill(self, part: str, hits: Iterable[Hit], share: int) -> None:
        """Take what fits into ``share`` tokens, until hardly anything would."""
        self.packer.notes.opens(part, share)
        misfits = 0
        for hit in hits:
            if share < SHORTEST_LINE or misfits > MOST_MISFITS:
                return
            text = self._text(hit)
            words = set(content_words(text))
            if reason := self._needless(hit, text, words):
                self.packer.notes.passes(hit, reason)
                continue
            before = self.packer.room
            if self.packer.add(self._line(hit, text), within=share):
                share -= before - self.packer.room
                self._tell(hit, words)
            else:
                misfits += 1

    def fill_first(self, hits: Iterable[Hit], share: int) -> None:
        """As `fill`, with what stands in the sections that the template puts first."""
        if self.style.first:
            self.fill(noted.FIRST, (hit for hit in hits if self._section(hit) in self.style.first), share)

    def _text(self, hit: Hit) -> str:
        if isinstance(hit.record, Memory):
            return sentence(hit.record)
        assert isinstance(hit.record, Episode)
        return self.relevance.shorten(hit.record)

    def _line(self, hit: Hit, text: str) -> Line:
        if isinstance(hit.record, Memory):
            return lines.of_memory(hit, self._section(hit), self.style.bullet(hit.record))
        return lines.of_episode(hit, self._section(hit), text, self.names[hit.record.graph_id])

    def _section(self, hit: Hit) -> str:
        record = hit.record
        if isinstance(record, Episode):
            return self.style.excerpts(record.content)
        assert isinstance(record, Memory)
        group = self.names[record.graph_id]
        return SHARED + group if group else self.style.place(record)

    def _needless(self, hit: Hit, text: str, words: set[str]) -> str:
        """Why the block does without it, whatever room there is; nothing where it does not."""
        if not _says_something(hit, text, words):
            return noted.EMPTY
        return noted.TOLD if self._is_told(hit, words) else ""

    def _is_told(self, hit: Hit, words: set[str]) -> bool:
        told = set().union(*(self.told.get(episode.pk, set()) for episode in hit.sources))
        return bool(told) and len(words & told) >= COVERED * len(words)

    def _tell(self, hit: Hit, words: set[str]) -> None:
        for episode in hit.sources:
            self.told.setdefault(episode.pk, set()).update(words)


def _says_something(hit: Hit, text: str, words: set[str]) -> bool:
    """Neither a greeting nor the name that the block uses anyway."""
    if isinstance(hit.record, Memory):
        return not is_only_a_name(hit.record)
    return len(words) > 1 or any(map(str.isdigit, text))
