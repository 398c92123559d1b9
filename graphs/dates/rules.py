"""What each way to name a date comes down to: a reader takes a match of its pattern and gives the span."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta

from graphs.dates import spans, words
from graphs.dates.spans import Anchor, Bound, DateSpan, Lean, Unit
from graphs.kinds import Precision

Reader = Callable[[re.Match[str], Anchor], DateSpan | None]


STEPS = {
    "last": -1,
    "past": -1,
    "this past": -1,
    "previous": -1,
    "this": 0,
    "this coming": 0,
    "coming": 1,
    "next": 1,
    "upcoming": 1,
}
PARTS = {"morning": Unit.MORNING, "afternoon": Unit.AFTERNOON, "evening": Unit.EVENING, "night": Unit.NIGHT}


def _step(match: re.Match[str]) -> int:
    return STEPS[match["which"].lower()]


def _part(match: re.Match[str]) -> Unit:
    return PARTS.get((match["part"] or "").lower(), Unit.DAY)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day_span(day: date | None, unit: Unit = Unit.DAY) -> DateSpan | None:
    return spans.one_day(day, unit) if day else None


def read_iso(match: re.Match[str], anchor: Anchor) -> DateSpan | None:
    day = _date(int(match["year"]), int(match["mm"]), int(match["dd"]))
    if day is None or match["hh"] is None:
        return _day_span(day)
    hour, minute = int(match["hh"]), int(match["mi"])
    if hour > 23 or minute > 59:
        return None
    return spans.one_minute(datetime(day.year, day.month, day.day, hour, minute, tzinfo=anchor.said_at.tzinfo))


def read_slashes(match: re.Match[str], anchor: Anchor) -> DateSpan | None:
    """Only where day and month cannot be taken for each other."""
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    if first > 12 >= second:
        return _day_span(_date(year, second, first))
    if second > 12 >= first:
        return _day_span(_date(year, first, second))
    return _day_span(_date(year, first, second)) if first == second else None


def read_day_of_month(match: re.Match[str], anchor: Anchor) -> DateSpan | None:
    month, day = words.MONTHS[match["month"].lower()], int(match["day"])
    if match["year"]:
        return _day_span(_date(int(match["year"]), month, day))
    if match["which"]:
        return _day_span(_date(anchor.today.year + _step(match), month, day))
    return _day_span(spans.nearest_day(month, day, anchor)) if 1 <= day <= 31 else None


def read_month_of_year(match: re.Match[str], anchor: Anchor) -> DateSpan:
    return spans.one_month(int(match["year"]), words.MONTHS[match["month"].lower()])


def read_month_of_which_year(match: re.Match[str], anchor: Anchor) -> DateSpan:
    return spans.one_month(anchor.today.year + _step(match), words.MONTHS[match["month"].lower()])


def read_month(match: re.Match[str], anchor: Anchor) -> DateSpan:
    month = words.MONTHS[match["month"].lower()]
    return spans.one_month(spans.year_of_month(month, anchor), month)


def read_which_month(match: re.Match[str], anchor: Anchor) -> DateSpan:
    month, step, today = words.MONTHS[match["month"].lower()], _step(match), anchor.today
    if step < 0:
        return spans.one_month(today.year if month < today.month else today.year - 1, month)
    if step > 0:
        return spans.one_month(today.year if month > today.month else today.year + 1, month)
    return spans.one_month(today.year, month)


def read_year(match: re.Match[str], anchor: Anchor) -> DateSpan:
    return spans.one_year(int(match["year"]))


def read_years(match: re.Match[str], anchor: Anchor) -> DateSpan | None:
    first, last = int(match["year"]), int(match["last"])
    if last <= first:
        return None
    ends = spans.one_year(last).ends
    return DateSpan(spans.one_year(first).starts, ends, Precision.YEAR, Unit.YEAR, Bound.BETWEEN)


def read_weekday(match: re.Match[str], anchor: Anchor) -> DateSpan:
    """ "Next Friday" is that of next week, "last Friday" the latest one behind us, "this Friday" that of this week."""
    weekday, today = words.WEEKDAYS[match["weekday"].lower()], anchor.today
    which = (match["which"] or "").lower()
    monday = today - timedelta(days=today.weekday())
    if which == "next":
        day = monday + timedelta(days=7 + weekday)
    elif which == "this":
        day = monday + timedelta(days=weekday)
    elif (which and STEPS[which] < 0) or (not which and anchor.lean is Lean.PAST):
        day = today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    else:
        day = today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return spans.one_day(day, _part(match))


NAMED_DAYS = {
    "today": 0,
    "tonight": 0,
    "yesterday": -1,
    "tomorrow": 1,
    "the day before yesterday": -2,
    "the day after tomorrow": 2,
}


def read_named_day(match: re.Match[str], anchor: Anchor) -> DateSpan:
    name = re.sub(r"\s+", " ", match["name"].lower())
    unit = Unit.EVENING if name == "tonight" else _part(match)
    return spans.one_day(anchor.today + timedelta(days=NAMED_DAYS[name]), unit)


def read_part_of_day(match: re.Match[str], anchor: Anchor) -> DateSpan:
    days = -1 if match["which"].lower() == "last" else 0
    return spans.one_day(anchor.today + timedelta(days=days), _part(match))


def read_which_unit(match: re.Match[str], anchor: Anchor) -> DateSpan:
    step, unit, today = _step(match), match["unit"].lower(), anchor.today
    if unit == "week":
        return spans.one_week(today + timedelta(weeks=step))
    if unit == "weekend":
        return spans.one_weekend(today + timedelta(weeks=_weekend_step(match, anchor)))
    if unit == "month":
        month = today + relativedelta(months=step)
        return spans.one_month(month.year, month.month)
    return spans.one_year(today.year + step)


def _weekend_step(match: re.Match[str], anchor: Anchor) -> int:
    """On a Sunday "this past weekend" is still the one that it is."""
    if match["which"].lower() == "this past":
        return 0 if anchor.today.weekday() >= 5 else -1
    return _step(match)


def read_season(match: re.Match[str], anchor: Anchor) -> DateSpan:
    month = words.SEASONS[match["season"].lower()]
    if match["year"]:
        return spans.one_season(int(match["year"]), month)
    if match["which"] and _step(match) == 0:
        return spans.one_season(anchor.today.year, month)
    past = _step(match) < 0 if match["which"] else anchor.lean is Lean.PAST
    return spans.one_season(_year_of_season(month, past, anchor), month)


def _year_of_season(month: int, past: bool, anchor: Anchor) -> int:
    today = anchor.today
    if past:
        return today.year if date(today.year, month, 1) + relativedelta(months=3) <= today else today.year - 1
    return today.year if date(today.year, month, 1) > today else today.year + 1


def read_holiday(match: re.Match[str], anchor: Anchor) -> DateSpan | None:
    month, day = words.HOLIDAYS[match["holiday"].lower().replace("’", "'")]
    if match["year"]:
        return _day_span(_date(int(match["year"]), month, day))
    step = _step(match) if match["which"] else 0
    lean = Lean.PAST if step < 0 else Lean.FUTURE if step > 0 else anchor.lean
    return _day_span(spans.nearest_day(month, day, Anchor(anchor.said_at, lean)))


def read_easter(match: re.Match[str], anchor: Anchor) -> DateSpan:
    if match["year"]:
        return spans.one_day(easter(int(match["year"])))
    step = _step(match) if match["which"] else 0
    past = step < 0 or (step == 0 and anchor.lean is Lean.PAST)
    day, today = easter(anchor.today.year), anchor.today
    if past:
        return spans.one_day(day if day <= today else easter(today.year - 1))
    return spans.one_day(day if day >= today else easter(today.year + 1))


def read_bare_day(match: re.Match[str], anchor: Anchor) -> DateSpan | None:
    day, today = int(match["day"]), anchor.today
    if not 1 <= day <= 31:
        return None
    step = -1 if anchor.lean is Lean.PAST else 1
    month = today.replace(day=1)
    if (day - today.day) * step < 0:
        month += relativedelta(months=step)
    return _day_span(_date(month.year, month.month, day))
