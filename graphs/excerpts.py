"""What was said, as a block quotes it: without filler sentences, with relative dates resolved beside the words."""

import re
from datetime import datetime

from graphs.dates import Bound, Resolved, in_words, resolve_dates
from graphs.sentences import sentences
from graphs.words import content_words

_KEPT_AT_LEAST = 0.6
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
    return sentence.endswith("?") or _weight(sentence) <= 1


def _weight(text: str) -> int:
    return len(set(content_words(text)))


def with_dates(text: str, said_at: datetime) -> str:
    """ "I ran yesterday" as "I ran yesterday (7 May 2023)"; dates that stand by themselves are left alone."""
    for found in reversed(resolve_dates(text, said_at)):
        if _is_relative(found):
            text = f"{text[: found.end_char]} ({in_words(found.span)}){text[found.end_char :]}"
    return text


def _is_relative(found: Resolved) -> bool:
    return found.span.bound is not Bound.FOR and not _YEAR.search(found.text)
