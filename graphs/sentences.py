"""Text in sentences, and long text in pieces that are small enough to be recalled."""

import re
from collections.abc import Iterator

MAX_PIECE_WORDS = 120
LETTERS_A_WORD = 12
"""At most: a text with longer ones is measured by its letters."""

_BREAK = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])|\n+")
_WORD = re.compile(r"\w+")


def sentence_ends(text: str, start: int, end: int) -> Iterator[int]:
    """Where each sentence or line of a part of a text ends; between them nothing is left out."""
    yield from (found.end() for found in _BREAK.finditer(text, start, end) if start < found.end() < end)
    yield end


def sentences(text: str) -> list[str]:
    return [found for found in (part.strip() for part in _BREAK.split(text)) if found]


def is_question(text: str) -> bool:
    """Whether it ends in a question mark, be it that of Chinese and Japanese, of Arabic or of Greek."""
    return text.rstrip().endswith(("?", "？", "؟", "\u037e"))


def count_words(text: str) -> int:
    return len(_WORD.findall(text))


def pieces(text: str) -> list[str]:
    """Cut at the ends of sentences so that no piece has more than MAX_PIECE_WORDS words; a text that short is one piece
    and is kept as it is. What has few words for its length (base64, a row of dashes) is cut by its length."""
    if size(text) <= MAX_PIECE_WORDS:
        return [text]
    found: list[list[str]] = [[]]
    room = MAX_PIECE_WORDS
    for part in _parts(text):
        needed = size(part)
        if needed > room and found[-1]:
            found.append([])
            room = MAX_PIECE_WORDS
        found[-1].append(part)
        room -= needed
    return [" ".join(parts) for parts in found]


def size(text: str) -> int:
    """Words, or more where it has few of them for its length."""
    return max(count_words(text), len(text) // LETTERS_A_WORD)


def _parts(text: str) -> list[str]:
    """Sentences; one that is too long by itself is cut between words, or between letters where it has no words."""
    return [part for sentence in sentences(text) for part in _cut(sentence)]


def _cut(sentence: str) -> list[str]:
    words = sentence.split()
    groups = [" ".join(words[i : i + MAX_PIECE_WORDS]) for i in range(0, len(words), MAX_PIECE_WORDS)]
    longest = MAX_PIECE_WORDS * LETTERS_A_WORD
    return [group[i : i + longest] for group in groups for i in range(0, len(group), longest)]
