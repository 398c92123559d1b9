"""Search over graphs. `search` is what the API and the context use; the modules beside it are its levers."""

from graphs.search.hits import KIND_CHOICES, KINDS, Filters, Found, Hit, find, search, sources_of

__all__ = ["KINDS", "KIND_CHOICES", "Filters", "Found", "Hit", "find", "search", "sources_of"]
