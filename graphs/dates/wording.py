"""Says a resolved date in absolute words, so that a sentence holding it stays true."""

import re
from datetime import datetime, timedelta

from graphs.dates.spans import Bound, DateSpan, Unit, quarter_of
from graphs.dates.words import MONTH_NAMES, SEASONS

PARTS_OF_DAY = (Unit.NIGHT, Unit.MORNING, Unit.AFTERNOON, Unit.EVENING)
KEPT_TIES = ("by", "before", "around", "about")
EDGE = re.compile(r"\b(end|beginning|start|middle) of\b", re.IGNORECASE)
PART = re.compile(r"\b(early|mid|late)[ -](?!this|last|next)", re.IGNORECASE)
SEASON_NAMES = {month: name for name, month in SEASONS.items()}


def in_words(span: DateSpan) -> str:
    """ "7 May 2023", "May 2023", "the week of 1 May 2023", without a preposition."""
    if span.bound is Bound.BETWEEN and span.starts and span.ends:
        return f"{_point(span.starts, span.unit)} to {_last(span)}"
    moment = span.starts or span.ends
    return _point(moment, span.unit) if moment else ""


def phrase(span: DateSpan, said: str = "") -> str:
    """``in_words`` with the preposition that it takes in a sentence: "on 7 May 2023", "since May 2023".

    ``said`` is how it was put: its "by", "before" and "around" are kept.
    """
    tie = said.split(" ", 1)[0].lower()
    edge, part = EDGE.search(said), PART.search(said)
    if edge and span.bound is Bound.AT:
        return f"{tie if tie in KEPT_TIES else 'at'} the {edge[1].lower()} of {in_words(span)}"
    if part and span.bound is Bound.AT and tie not in KEPT_TIES:
        return f"in {part[1].lower()} {in_words(span)}"
    if tie in KEPT_TIES and span.bound is Bound.AT:
        return f"{tie} {in_words(span)}"
    if span.bound is Bound.BETWEEN:
        return f"from {in_words(span)}"
    if span.bound is not Bound.AT:
        return f"{'until' if span.bound is Bound.UNTIL else 'since'} {in_words(span)}"
    return f"{_preposition(span.unit)} {in_words(span)}"


def _preposition(unit: Unit) -> str:
    return "in" if unit in (Unit.MONTH, Unit.YEAR, Unit.SEASON, Unit.QUARTER, Unit.WEEK) else "on"


def _point(moment: datetime, unit: Unit) -> str:
    day = f"{moment.day} {MONTH_NAMES[moment.month - 1]} {moment.year}"
    if unit is Unit.TIME:
        return f"{day} at {moment:%H:%M}"
    if unit in (Unit.WEEK, Unit.WEEKEND) or unit in PARTS_OF_DAY:
        return f"the {unit.value} of {day}"
    if unit is Unit.SEASON:
        return f"{SEASON_NAMES[moment.month]} {moment.year}"
    if unit is Unit.QUARTER:
        return f"Q{quarter_of(moment)} {moment.year}"
    if unit is Unit.MONTH:
        return day.split(" ", 1)[1]
    return str(moment.year) if unit is Unit.YEAR else day


def _last(span: DateSpan) -> str:
    """``ends`` is the first moment after it; what was said is the last one of it."""
    assert span.ends is not None
    month = span.ends.month - 1 or 12
    year = span.ends.year - (span.ends.month == 1)
    if span.unit is Unit.YEAR:
        return str(span.ends.year - 1)
    if span.unit in (Unit.MONTH, Unit.SEASON, Unit.QUARTER):
        return f"{MONTH_NAMES[month - 1]} {year}"
    if span.unit is Unit.TIME:
        return _point(span.ends.replace(hour=0, minute=0), Unit.DAY)
    return _point(span.ends - timedelta(days=1), Unit.DAY)
