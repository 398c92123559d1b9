"""Charts as SVG, drawn here: they need no library and no script, print, and have their figures as a table beside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, log10
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 480, 96
"""Units of the drawing, which is as wide as its place."""


@dataclass(frozen=True, slots=True)
class Series:
    """``look`` is one of the colours of console/figures.css: main, good, bad, warn."""

    name: str
    look: str
    values: Mapping[datetime, int]


def bars(title: str, steps: Sequence[datetime], series: Sequence[Series], *, daily: bool) -> SafeString:
    """Stacked bars over time, the first series at the bottom."""
    totals = [sum(one.values.get(step, 0) for one in series) for step in steps]
    most = max(totals, default=0)
    top = _top(most)
    context: dict[str, Any] = {
        "title": title, "series": [_legend(one, steps) for one in series], "width": WIDTH, "height": HEIGHT,
        "total_shown": f"{sum(totals):,}", "top": f"{top:,}", "bars": _bars(steps, series, top, daily),
        "rows": [(named(step, daily), [f"{one.values.get(step, 0):,}" for one in series]) for step in steps],
        "first": named(steps[0], daily), "last": named(steps[-1], daily), "unit": "Day" if daily else "Hour",
        "spoken": f"{title}: {sum(totals):,} in {len(steps)} {'days' if daily else 'hours'}, at most {most:,} in one.",
    }  # fmt: skip
    return render_to_string("console/chart.html", context)


def _legend(one: Series, steps: Sequence[datetime]) -> dict[str, str]:
    return {"name": one.name, "look": one.look, "total": f"{sum(one.values.get(step, 0) for step in steps):,}"}


def spark(values: Sequence[int], label: str) -> SafeString:
    """A small one for a row of a list. ``label`` says what it shows."""
    top, wide = max(*values, 1), 4
    drawn = [
        {"x": at * wide, "y": 20 - _units(value, top, 20), "height": _units(value, top, 20)}
        for at, value in enumerate(values)
        if value
    ]
    context = {"bars": drawn, "label": label, "width": wide * len(values)}
    return render_to_string("console/spark.html", context)


def named(step: datetime, daily: bool) -> str:
    return step.strftime("%Y-%m-%d" if daily else "%m-%d %H:%M")


def _bars(steps: Sequence[datetime], series: Sequence[Series], top: int, daily: bool) -> list[dict[str, Any]]:
    wide, drawn = WIDTH / len(steps), []
    for at, step in enumerate(steps):
        floor = float(HEIGHT)
        for one in series:
            if value := one.values.get(step, 0):
                high = _units(value, top, HEIGHT)
                floor -= high
                place = {"x": round(at * wide, 2), "y": round(floor, 2), "width": round(wide * 0.8, 2), "height": high}
                drawn.append(place | {"look": one.look, "text": f"{named(step, daily)}: {value:,} {one.name}"})
    return drawn


def _units(value: int, top: int, height: int) -> float:
    """What is there can be seen."""
    return max(round(value / top * height, 2), 1.0) if value else 0


def _top(most: int) -> int:
    """The next round number: 1, 2 or 5 with zeros behind it."""
    if most <= 5:
        return max(most, 1)
    size = 10 ** int(log10(most))
    return next(size * step for step in (1, 2, 5, 10) if size * step >= ceil(most))
