"""Dates that are counted off from when they were said: "three weeks ago", "in two months", "for five years"."""

import re
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from graphs.dates import spans, words
from graphs.dates.spans import Anchor, Bound, DateSpan, Lean
from graphs.kinds import Precision


def _count(match: re.Match[str]) -> float:
    return _value(match["number"])


def _value(number: str) -> float:
    text = re.sub(r"\s+", " ", number.lower())
    return float(text) if text.isdigit() else words.NUMBERS[text]


def read_ago(match: re.Match[str], anchor: Anchor) -> DateSpan | None:
    return shifted(anchor, match["unit"].lower(), -_count(match))


def read_ahead(match: re.Match[str], anchor: Anchor) -> DateSpan | None:
    """Not after a past verb: "I finished it in two weeks" is a duration."""
    return shifted(anchor, match["unit"].lower(), _count(match)) if anchor.lean is Lean.FUTURE else None


def read_from_now(match: re.Match[str], anchor: Anchor) -> DateSpan | None:
    return shifted(anchor, match["unit"].lower(), _count(match))


def shifted(anchor: Anchor, unit: str, count: float) -> DateSpan | None:
    today = anchor.today
    try:
        if unit in ("minute", "hour"):
            return spans.one_minute(anchor.said_at + timedelta(**{f"{unit}s": count}))
        if unit in ("day", "week", "fortnight") or (unit, abs(count)) == ("month", 0.5):
            days = {"day": 1, "week": 7, "fortnight": 14, "month": 30}[unit]
            return spans.one_day(today + timedelta(days=round(count * days)))
        if unit == "weekend":
            return spans.one_weekend(today + timedelta(weeks=int(count)))
        if unit == "month" or count % 1:
            month = today + relativedelta(months=int(count * (1 if unit == "month" else 12)))
            return spans.one_month(month.year, month.month)
        return spans.one_year(today.year + int(count) * (10 if unit == "decade" else 1))
    except (OverflowError, ValueError):
        return None


def read_vaguely_ago(match: re.Match[str], anchor: Anchor) -> DateSpan | None:
    count = -words.VAGUE_NUMBERS[match["number"].lower()]
    unit = match["unit"].lower()
    if unit == "year":
        return spans.one_year(anchor.today.year + count)
    span = shifted(anchor, unit, count)
    return (
        spans.one_month(span.starts.year, span.starts.month)
        if span and span.starts and unit in ("day", "week", "month")
        else None
    )


def read_duration(match: re.Match[str], anchor: Anchor) -> DateSpan | None:
    span = shifted(anchor, match["unit"].lower(), -_count(match))
    if span is None or span.precision is Precision.TIME:
        return None
    return DateSpan(span.starts, None, span.precision, span.unit, Bound.FOR)


def read_month_years_ago(match: re.Match[str], anchor: Anchor) -> DateSpan:
    """ "In May two years ago"."""
    number, month = match["number"] or match["number_last"], match["month"] or match["month_first"]
    return spans.one_month(anchor.today.year - int(_value(number)), words.MONTHS[month.lower()])


def read_and_a_half_ago(match: re.Match[str], anchor: Anchor) -> DateSpan | None:
    """ "A year and a half ago", "two and a half years ago"."""
    unit = match["unit"] or match["unit_last"]
    return shifted(anchor, unit.lower(), -_count(match) - 0.5) if unit else None


def read_weekday_weeks_ago(match: re.Match[str], anchor: Anchor) -> DateSpan:
    """ "Two weeks ago on Friday"."""
    monday = anchor.today - timedelta(days=anchor.today.weekday(), weeks=int(_count(match)))
    return spans.one_day(monday + timedelta(days=words.WEEKDAYS[match["weekday"].lower()]))
