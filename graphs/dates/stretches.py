"""Longer stretches of the calendar, and days found by two steps: a quarter, a decade, the Friday before last."""

import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from graphs.dates import spans, words
from graphs.dates.spans import Anchor, Bound, DateSpan, Lean, Unit
from graphs.kinds import Precision

QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "1": 1, "2": 2, "3": 3, "4": 4}
STEPS = {"last": -1, "previous": -1, "past": -1, "this": 0, "the": 0, "current": 0, "next": 1, "coming": 1}
DECADES = {"fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80, "nineties": 90}


def read_quarter(match: re.Match[str], anchor: Anchor) -> DateSpan:
    """Of the calendar year: whose fiscal year it may be is not known here."""
    quarter = QUARTERS[match["quarter"].lower()]
    if match["year"]:
        return spans.one_quarter(int(match["year"]), quarter)
    if match["which"]:
        return spans.one_quarter(anchor.today.year + STEPS[match["which"].lower()], quarter)
    now, year = spans.quarter_of(anchor.today), anchor.today.year
    if anchor.lean is Lean.PAST:
        return spans.one_quarter(year if quarter <= now else year - 1, quarter)
    return spans.one_quarter(year if quarter >= now else year + 1, quarter)


def read_which_quarter(match: re.Match[str], anchor: Anchor) -> DateSpan:
    day = anchor.today + relativedelta(months=3 * STEPS[match["which"].lower()])
    return spans.one_quarter(day.year, spans.quarter_of(day))


def read_decade(match: re.Match[str], anchor: Anchor) -> DateSpan:
    decade = DECADES[match["name"].lower()] if match["name"] else int(match["decade"])
    century = int(match["century"]) if match["century"] else 19 if decade > anchor.today.year % 100 else 20
    first = century * 100 + decade
    starts, ends = spans.one_year(first).starts, spans.one_year(first + 9).ends
    return DateSpan(starts, ends, Precision.YEAR, Unit.YEAR, Bound.BETWEEN)


def read_two_steps(match: re.Match[str], anchor: Anchor) -> DateSpan:
    """ "The Friday before last", "the week after next"."""
    back, what, today = match["side"].lower().startswith("before"), match["what"].lower(), anchor.today
    if what in words.WEEKDAYS:
        weekday, monday = words.WEEKDAYS[what], today - timedelta(days=today.weekday())
        last = today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
        return spans.one_day(last - timedelta(weeks=1) if back else monday + timedelta(weeks=2, days=weekday))
    if what in words.SEASONS:
        first = date(today.year, words.SEASONS[what], 1)
        last_begun = first if first + relativedelta(months=3) <= today else first - relativedelta(years=1)
        return spans.one_season(last_begun.year + (-1 if back else 2), words.SEASONS[what])
    return _unit(what, today, -2 if back else 2)


def read_edge(match: re.Match[str], anchor: Anchor) -> DateSpan:
    """ "By the end of the month": told as the month that it is."""
    return _unit(match["unit"].lower(), anchor.today, STEPS[(match["which"] or "the").lower()])


def _unit(unit: str, today: date, step: int) -> DateSpan:
    if unit == "week":
        return spans.one_week(today + timedelta(weeks=step))
    if unit == "weekend":
        return spans.one_weekend(today + timedelta(weeks=step))
    if unit == "month":
        month = today + relativedelta(months=step)
        return spans.one_month(month.year, month.month)
    return spans.one_year(today.year + step)


def read_the_weekend(match: re.Match[str], anchor: Anchor) -> DateSpan:
    over = anchor.lean is Lean.PAST and anchor.today.weekday() < 5
    return spans.one_weekend(anchor.today - timedelta(weeks=over))


def read_week_from_weekday(match: re.Match[str], anchor: Anchor) -> DateSpan:
    """ "A week from Monday", "Monday week"."""
    weekday, today = words.WEEKDAYS[(match["weekday"] or match["day_name"]).lower()], anchor.today
    return spans.one_day(today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 8))


def read_days_of_month(match: re.Match[str], anchor: Anchor) -> DateSpan | None:
    """ "From 3 to 7 June", "June 3-7"."""
    month, first, last = words.MONTHS[match["month"].lower()], int(match["day"]), int(match["last"])
    year = match["year"]
    end = date(int(year), month, 1) if year else spans.nearest_day(month, last, anchor)
    if end is None or not 0 < first < last:
        return None
    starts, ends = spans.one_day(end.replace(day=first)).starts, spans.one_day(end.replace(day=last)).ends
    return DateSpan(starts, ends, Precision.DAY, Unit.DAY, Bound.BETWEEN)
