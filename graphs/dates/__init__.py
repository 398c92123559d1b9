"""Reads the dates in English prose, relative ones against the time at which it was said."""

from graphs.dates.reading import Resolved, resolve_dates
from graphs.dates.spans import Bound, DateSpan, Lean, Unit
from graphs.dates.wording import in_words, phrase

__all__ = ["Bound", "DateSpan", "Lean", "Resolved", "Unit", "in_words", "phrase", "resolve_dates"]
