"""Graphs, entities, relations and episodes over HTTP."""
