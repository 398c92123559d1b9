"""What a query asks for, beyond its words: who, when, about which things."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from graphs import embedders
from graphs.dates import Bound, DateSpan, resolve_dates
from graphs.embedders import EncodedQuery
from graphs.entities import key_of, keys_of

_WHEN = re.compile(r"\b(?:when|how long|what (?:date|day|month|year|time)|which (?:day|month|year)|since)\b", re.I)
_WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")
_LONGEST_NAME = 4


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    encoded: EncodedQuery
    spans: tuple[DateSpan, ...]
    asks_when: bool
    names: frozenset[str]
    """Runs of up to four words as keys of names: whatever entity or speaker the query may name is among them."""
    as_of: datetime | None
    """The moment that is asked about; None is now."""


def read(text: str, model: str, as_of: datetime | None = None) -> Question:
    """Relative dates in the query are read against the moment that is asked about; ``model`` is the one whose vectors
    it looks for."""
    found = resolve_dates(text, as_of or timezone.now())
    return Question(
        text=text,
        encoded=embedders.encode_query(text, model),
        spans=tuple(each.span for each in found if each.span.bound is not Bound.FOR),
        asks_when=bool(_WHEN.search(text)),
        names=frozenset(_names(text)),
        as_of=as_of,
    )


def _names(text: str) -> list[str]:
    words = [re.sub(r"['’]s$", "", word) for word in _WORD.findall(text)]
    sizes = range(1, _LONGEST_NAME + 1)
    runs = [" ".join(words[i : i + size]) for size in sizes for i in range(len(words) - size + 1)]
    return [key for run in runs for key in (key_of(run), *keys_of(run, ""))]
