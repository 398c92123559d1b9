"""Graphs in the console: facts come from what was said, and are mended by services that keep what was before."""

from graphs.admin import document, entity, graph, memory

__all__ = ["document", "entity", "graph", "memory"]
