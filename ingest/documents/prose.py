"""Cuts a text at the borders of its sections, paragraphs and sentences. Nothing but white space is lost.

A Markdown heading stays with what follows it. Two paragraphs share a piece only where the first is short, two sections
only in a text of very many short ones.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from graphs.sentences import LETTERS_A_WORD, MAX_PIECE_WORDS, count_words, sentence_ends

MOST_PIECES = 30_000
"""Of a document, roughly: what is shorter than its share of the whole does not stand alone."""
SHORT = 25
"""Words; a paragraph that is shorter says little by itself, and is kept with the next one."""

_HEADING = re.compile(r"#{1,6}[ \t]")
_BORDER = re.compile(r"\n[ \t\r]*\n\s*|\n(?=#{1,6}[ \t])")
_TOKEN = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True)
class _Span:
    """A part of the text; ``titles`` where it is nothing but headings."""

    start: int
    end: int
    words: int
    titles: bool = False

    @property
    def size(self) -> int:
        return max(self.words, (self.end - self.start) // LETTERS_A_WORD)

    def with_next(self, other: "_Span") -> "_Span":
        return _Span(self.start, other.end, self.words + other.words, self.titles and other.titles)


def cut(text: str, most: int = MAX_PIECE_WORDS) -> Iterator[str]:
    """The pieces of a text in their order, none of more than ``most`` words, nor longer than so many words are."""
    least = len(text) // MOST_PIECES
    piece: _Span | None = None
    for paragraph in _paragraphs(text):
        begins_section = bool(_HEADING.match(text, paragraph.start))
        for part in _parts(text, paragraph, piece, most):
            whole = piece.with_next(part) if piece else part
            goes_on = part.start > paragraph.start
            if piece and not (whole.size <= most and (goes_on or _is_open(piece, least, begins_section))):
                yield text[piece.start : piece.end].strip()
                whole = part
            piece = whole
    if piece:
        yield text[piece.start : piece.end].strip()


def _is_open(piece: _Span, least: int, begins_section: bool) -> bool:
    """Whether the next paragraph belongs in the piece too."""
    if piece.titles or piece.end - piece.start < least:
        return True
    return piece.words < SHORT and not begins_section


def _paragraphs(text: str) -> Iterator[_Span]:
    start = 0
    for border in _BORDER.finditer(text):
        yield from _span(text, start, border.start())
        start = border.end()
    yield from _span(text, start, len(text))


def _span(text: str, start: int, end: int) -> Iterator[_Span]:
    """None where there is nothing but white space. The words of what is too long for any piece are not counted."""
    if (end - start) // LETTERS_A_WORD > MAX_PIECE_WORDS:
        yield _Span(start, end, 0)
    elif words := text[start:end].strip():
        yield _Span(start, end, count_words(words), bool(_HEADING.match(words)) and "\n" not in words)


def _parts(text: str, paragraph: _Span, piece: _Span | None, most: int) -> Iterator[_Span]:
    """The paragraph whole where it fits, also behind the headings that it belongs to; otherwise its sentences."""
    behind_titles = piece.with_next(paragraph).size if piece and piece.titles else 0
    if max(paragraph.size, behind_titles) <= most:
        yield paragraph
        return
    start = paragraph.start
    for end in sentence_ends(text, start, paragraph.end):
        for sentence in _span(text, start, end):
            yield from [sentence] if sentence.size <= most else _tokens(text, sentence, most)
        start = end


def _tokens(text: str, sentence: _Span, most: int) -> Iterator[_Span]:
    """A sentence that is too long by itself is cut between words, or between letters where it has no words."""
    for found in _TOKEN.finditer(text, sentence.start, sentence.end):
        start, end = found.span()
        for place in range(start, end, most):
            yield from _span(text, place, min(place + most, end))
