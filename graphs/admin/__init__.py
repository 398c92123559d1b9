"""Graphs in the console. All of it can be read only: facts come from what was said."""

from graphs.admin import document, graph, memory

__all__ = ["document", "graph", "memory"]
