"""What was said, as a block quotes it: without filler sentences, with relative dates resolved beside the words, and of
several sentences those that the question is about."""

import re
from datetime import datetime

from graphs.dates import Bound, Resolved, Unit, in_words, resolve_dates
from graphs.languages import stemmer
from graphs.models import Episode
from graphs.sentences import is_question, sentences
from graphs.words import content_words

_KEPT_AT_LEAST = 0.6
_KEPT_FOR_A_QUESTION = 0.8
"""Less of an excerpt's content words makes room for more excerpts, but loses answers: by .03 at .6 in 500 tokens."""
_SPACE = re.compile(r"\s+")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def condense(text: str, said_at: datetime) -> str:
    """One line. Sentences that say nothing go, as long as 60 % of the content words stay."""
    return _SPACE.sub(" ", _without_filler(with_dates(text, said_at))).strip()


def _without_filler(text: str) -> str:
    parts = sentences(text)
    kept = [part for part in parts if not _is_filler(part)]
    if sum(map(_weight, kept)) < _KEPT_AT_LEAST * sum(map(_weight, parts)):
        return text
    return " ".join(kept) or text


def _is_filler(sentence: str) -> bool:
    """A question, or a sentence with at most one word that says something, unless it holds a figure."""
    if any(map(str.isdigit, sentence)):
        return False
    return is_question(sentence) or _weight(sentence) <= 1


def _weight(text: str) -> int:
    return len(set(content_words(text)))


def with_dates(text: str, said_at: datetime) -> str:
    """Make "I ran yesterday" into "I ran yesterday (7 May 2023)" and "in May" into "in May (2023)".

    Dates that stand by themselves are left alone, and so is the day on which it was said: the block says it.
    """
    for found in reversed(resolve_dates(text, said_at)):
        missing = _missing(found, said_at)
        if missing:
            text = f"{text[: found.end_char]} ({missing}){text[found.end_char :]}"
    return text


def _missing(found: Resolved, said_at: datetime) -> str:
    """What the words leave open of their date."""
    same_day = found.span.starts and found.span.unit is Unit.DAY and found.span.starts.date() == said_at.date()
    if same_day or found.span.bound is Bound.FOR or _YEAR.search(found.text):
        return ""
    words = in_words(found.span).split()
    rest = [word for word in words if word.lower() not in found.text.lower().split()]
    return " ".join(rest if len(rest) == 1 else words)


class Relevance:
    """Shortens excerpts to the sentences that a question is about."""

    def __init__(self, question: str):
        self._words = frozenset(content_words(question))
        self._stems: dict[str, set[str]] = {}

    def shorten(self, episode: Episode) -> str:
        """The excerpt of an episode without the sentences that say least of what is asked; all of it where nothing
        was asked."""
        text = episode.excerpt or episode.content
        parts = sentences(text)
        if len(parts) < 2 or not self._words:
            return text
        weights = [_weight(part) for part in parts]
        needed = _KEPT_FOR_A_QUESTION * sum(weights)
        kept: list[int] = []
        for place in sorted(range(len(parts)), key=lambda i: (-self._shared(parts[i], episode.language), -weights[i])):
            if sum(weights[i] for i in kept) >= needed:
                break
            kept.append(place)
        return " ".join(parts[place] for place in sorted(kept))

    def _shared(self, sentence: str, language: str) -> int:
        stem = stemmer(language)
        asked = self._stems.setdefault(language, {stem(word) for word in self._words})
        return len(asked & {stem(word) for word in content_words(sentence)})
