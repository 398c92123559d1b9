"""What a date in a text comes down to, and the arithmetic of the calendar."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

from dateutil.relativedelta import relativedelta

from graphs.kinds import Precision


class Bound(Enum):
    """How the words tie a date to what they speak of."""

    AT = "at"
    SINCE = "since"
    UNTIL = "until"
    BETWEEN = "between"
    FOR = "for"
    """A duration that reaches up to when it was said ("for five years"). It is a date only beside a verb in the
    perfect: who reads it must check."""


class Unit(Enum):
    """What was named, where the precision alone does not tell."""

    TIME = "time"
    DAY = "day"
    NIGHT = "night"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    WEEK = "week"
    WEEKEND = "weekend"
    MONTH = "month"
    QUARTER = "quarter"
    SEASON = "season"
    YEAR = "year"


class Lean(Enum):
    """Where a date without its year or week lies: "on Friday" in "I went on Friday" is behind us."""

    PAST = "past"
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class DateSpan:
    """Half open, aware UTC. Days are those of the speaker's calendar, kept as midnights of UTC.

    A week starts on its Monday and a weekend on its Saturday, both with the precision of a day; a season starts with
    its first month, with the precision of a month. With ``Bound.SINCE`` and ``FOR`` ``ends`` is None, with ``UNTIL``
    ``starts`` is None and ``ends`` is the *start* of what was named: "until 2019" ends with 2018.
    """

    starts: datetime | None
    ends: datetime | None
    precision: Precision
    unit: Unit
    bound: Bound = Bound.AT


@dataclass(frozen=True, slots=True)
class Anchor:
    """What relative dates are read against."""

    said_at: datetime
    lean: Lean

    @property
    def today(self) -> date:
        return self.said_at.date()


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def one_day(day: date, unit: Unit = Unit.DAY) -> DateSpan:
    return DateSpan(midnight(day), midnight(day + timedelta(days=1)), Precision.DAY, unit)


def one_week(day: date) -> DateSpan:
    monday = day - timedelta(days=day.weekday())
    return DateSpan(midnight(monday), midnight(monday + timedelta(days=7)), Precision.DAY, Unit.WEEK)


def one_weekend(day: date) -> DateSpan:
    saturday = day - timedelta(days=day.weekday()) + timedelta(days=5)
    return DateSpan(midnight(saturday), midnight(saturday + timedelta(days=2)), Precision.DAY, Unit.WEEKEND)


def one_month(year: int, month: int) -> DateSpan:
    first = date(year, month, 1)
    return DateSpan(midnight(first), midnight(first + relativedelta(months=1)), Precision.MONTH, Unit.MONTH)


def one_season(year: int, month: int) -> DateSpan:
    first = date(year, month, 1)
    return DateSpan(midnight(first), midnight(first + relativedelta(months=3)), Precision.MONTH, Unit.SEASON)


def quarter_of(day: date) -> int:
    return (day.month + 2) // 3


def one_quarter(year: int, quarter: int) -> DateSpan:
    return replace(one_season(year, 3 * quarter - 2), unit=Unit.QUARTER)


def one_year(year: int) -> DateSpan:
    return DateSpan(midnight(date(year, 1, 1)), midnight(date(year + 1, 1, 1)), Precision.YEAR, Unit.YEAR)


def one_minute(moment: datetime) -> DateSpan:
    """``moment`` is aware, in whatever zone the speaker is."""
    start = moment.astimezone(UTC).replace(second=0, microsecond=0)
    return DateSpan(start, start + timedelta(minutes=1), Precision.TIME, Unit.TIME)


def year_of_month(month: int, anchor: Anchor) -> int:
    """The year of a month named without one: this month counts on both sides."""
    today = anchor.today
    if anchor.lean is Lean.PAST:
        return today.year if month <= today.month else today.year - 1
    return today.year if month >= today.month else today.year + 1


def nearest_day(month: int, day: int, anchor: Anchor) -> date | None:
    """The day of a month named without its year; None for the 31st of a month that has none."""
    year = year_of_month(month, anchor)
    if month == anchor.today.month:
        year += _year_step(day, anchor)
    return date(year, month, day) if 1 <= day <= monthrange(year, month)[1] else None


def _year_step(day: int, anchor: Anchor) -> int:
    if anchor.lean is Lean.PAST:
        return -1 if day > anchor.today.day else 0
    return 1 if day < anchor.today.day else 0
