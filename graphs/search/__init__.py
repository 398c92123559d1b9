"""Search over graphs. `search` is what the API and the context use; the modules beside it are its levers."""

from graphs.search.hits import KIND_CHOICES, KINDS, Filters, Found, find, search, sources_of
from graphs.search.in_graph import Hit
from graphs.search.why import Lever, Reading, Why

__all__ = [
    "KINDS",
    "KIND_CHOICES",
    "Filters",
    "Found",
    "Hit",
    "Lever",
    "Reading",
    "Why",
    "find",
    "search",
    "sources_of",
]
