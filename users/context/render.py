"""The lines as the text that is pasted."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.template.loader import render_to_string

from users.context.lines import Line

SHARED = "shared:"
"""Begins the section of a group's facts; the group's name follows."""
EXCERPTS = ("said", "history")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a block has besides its lines."""

    template: str
    name: str
    summary: str = ""


def render(frame: Frame, lines: Sequence[Line]) -> str:
    ordered = sorted(lines, key=lambda line: (line.section, line.order))
    sections = {name: list(group) for name, group in groupby(ordered, key=lambda line: line.section)}
    values: dict[str, Any] = {"name": frame.name, "summary": frame.summary, "sections": sections}
    values |= {name: _days(sections.get(name, [])) for name in EXCERPTS}
    values["shared"] = [
        {"name": name.removeprefix(SHARED), "lines": found}
        for name, found in sections.items()
        if name.startswith(SHARED)
    ]
    return render_to_string(f"context/{frame.template}.txt", values).strip()


def _days(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """One date for many lines."""
    return [{"label": day, "lines": list(group)} for day, group in groupby(lines, key=lambda line: line.day)]
