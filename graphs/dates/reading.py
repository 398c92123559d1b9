"""Finds the dates in a text: the longest rule wins, then dates are joined with what ties them."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from graphs.dates import spans
from graphs.dates.patterns import RULES, TRIGGER
from graphs.dates.rules import Reader
from graphs.dates.spans import Anchor, Bound, DateSpan, Lean, Unit
from graphs.dates.words import IRREGULAR_PASTS, WEEKDAYS
from graphs.kinds import Precision

LONGEST_TEXT = 20_000
"""Characters that are read; what lies behind is a document, not something said."""

AHEAD = re.compile(
    r"\b(?:will|won't|going to|gonna|shall|plan|plans|planning|upcoming|appointment|deadline|due|want to|hope to"
    r"|looking forward)\b|'ll\b",
    re.IGNORECASE,
)
WORD = re.compile(r"[a-z']+", re.IGNORECASE)
WEEKDAY = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)})\b", re.IGNORECASE)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
TIE = re.compile(r"\b(since|until|till|from|between|after|to|and)\s+(?:the\s+)?$", re.IGNORECASE)
INNER_TIE = re.compile(r"(since|until|till|from|between|after|to|and)\b", re.IGNORECASE)
SINCE = re.compile(r"\bsince\s+", re.IGNORECASE)
NEXT_PART = re.compile(r"\s*(?:to|until|till|and|through|[-\u2013])\s*", re.IGNORECASE)
CLOCK = (
    r"(?:(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d))?\s*(?P<half>[ap])\.?m\b\.?"
    r"|(?P<hour24>[01]?\d|2[0-3]):(?P<minute24>[0-5]\d)|(?P<name>noon|midnight))"
)
CLOCK_AFTER = re.compile(rf"\s*,?\s*(?:(?:at|around|about|from|by|@)\s*)?{CLOCK}(?!\w)", re.IGNORECASE)
CLOCK_BEFORE = re.compile(rf"(?:\b(?:at|around|about|from|by)\s+)?\b{CLOCK}\s*,?\s*(?:(?:on|the)\s+)?$", re.IGNORECASE)
BARE_HOUR = re.compile(
    r"\s*,?\s*(?:at|around|about|@)\s*(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d))?(?![\w:.])", re.IGNORECASE
)
HALVES = {Unit.MORNING: 0, Unit.AFTERNOON: 12, Unit.EVENING: 12}
DAYLIKE = (Unit.DAY, Unit.NIGHT, Unit.MORNING, Unit.AFTERNOON, Unit.EVENING)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A date as it stands in a text: ``text[start_char:end_char]`` with the preposition that belongs to it."""

    start_char: int
    end_char: int
    text: str
    span: DateSpan


def resolve_dates(text: str, said_at: datetime, lean: Lean | None = None) -> list[Resolved]:
    """Return the dates that ``text`` names, in order and without overlap.

    ``said_at`` is aware. ``lean`` says on which side of it an open date lies ("on Friday", "in March"); without it the
    verbs of the text decide, and the past where they do not.
    """
    text = text[:LONGEST_TEXT]
    if not TRIGGER.search(text):
        return []
    anchor = Anchor(said_at, lean or leaning(text))
    found = [_with_clock(text, _with_tie(text, each), anchor) for each in _longest(_matches(text, anchor))]
    return _joined(text, found, anchor)


def leaning(text: str) -> Lean:
    if AHEAD.search(text):
        return Lean.FUTURE
    words = {word.lower() for word in WORD.findall(text)}
    past = words & IRREGULAR_PASTS or any(word.endswith("ed") and len(word) > 4 for word in words)
    return Lean.PAST if past or not words & {"am", "is", "are", "i'm", "we're"} else Lean.FUTURE


def _matches(text: str, anchor: Anchor) -> list[Resolved]:
    found = []
    for pattern, read in RULES:
        for match in pattern.finditer(text):
            span = _read(read, match, _anchor_of(text, match, anchor))
            if span:
                found.append(Resolved(match.start(), match.end(), match.group(), span))
    return found


def _anchor_of(text: str, match: re.Match[str], anchor: Anchor) -> Anchor:
    """ "Since Monday" is behind us, whatever the verb says."""
    since = SINCE.search(text, max(0, match.start() - 12), match.end())
    return Anchor(anchor.said_at, Lean.PAST) if since and since.end() >= match.start() else anchor


def _read(read: Reader, match: re.Match[str], anchor: Anchor) -> DateSpan | None:
    """A year below 1 or above 9999 is what "5 million years ago" ends in."""
    try:
        return read(match, anchor)
    except (OverflowError, ValueError):
        return None


def _longest(found: list[Resolved]) -> list[Resolved]:
    kept: list[Resolved] = []
    for each in sorted(found, key=lambda r: (r.start_char, -r.end_char)):
        if kept and each.start_char < kept[-1].end_char:
            if len(each.text) > len(kept[-1].text):
                kept[-1] = each
            continue
        kept.append(each)
    return kept


def _with_tie(text: str, found: Resolved) -> Resolved:
    """Take in the word that ties the date: "since", "until", "from"."""
    inner = INNER_TIE.match(found.text)
    outer = None if inner else TIE.search(text, max(0, found.start_char - 16), found.start_char)
    tie = (inner or outer)[1].lower() if inner or outer else ""  # type: ignore[index]
    if outer and tie in ("since", "until", "till", "from", "between", "after"):
        found = replace(found, start_char=outer.start(), text=text[outer.start() : found.end_char])
    return replace(found, span=_bounded(found.span, tie))


def _bounded(span: DateSpan, tie: str) -> DateSpan:
    if span.bound is not Bound.AT:
        return span
    if tie in ("since", "from"):
        return replace(span, ends=None, bound=Bound.SINCE)
    if tie == "after":
        return replace(span, starts=span.ends, ends=None, bound=Bound.SINCE)
    if tie in ("until", "till"):
        return replace(span, starts=None, ends=span.starts, bound=Bound.UNTIL)
    return span


def _with_clock(text: str, found: Resolved, anchor: Anchor) -> Resolved:
    if found.span.bound is not Bound.AT or found.span.unit not in DAYLIKE or found.span.starts is None:
        return found
    after = CLOCK_AFTER.match(text, found.end_char)
    if after is None and found.span.unit in HALVES:
        return _with_bare_hour(text, found, anchor)
    before = None if after else CLOCK_BEFORE.search(text, max(0, found.start_char - 20), found.start_char)
    match = after or before
    if match is None:
        return found
    hour, minute = _hour_and_minute(match)
    if hour > 23:
        return found
    local = found.span.starts.replace(hour=hour, minute=minute, tzinfo=anchor.said_at.tzinfo)
    start, end = (match.start() if before else found.start_char), (match.end() if after else found.end_char)
    return Resolved(start, end, text[start:end], spans.one_minute(local))


def _with_bare_hour(text: str, found: Resolved, anchor: Anchor) -> Resolved:
    """ "Tonight at 8", "tomorrow morning at 10": the part of the day tells which of the two it is."""
    match = BARE_HOUR.match(text, found.end_char)
    if match is None or found.span.starts is None or not 1 <= int(match["hour"]) <= 12:
        return found
    hour = int(match["hour"]) % 12 + HALVES[found.span.unit]
    local = found.span.starts.replace(hour=hour, minute=int(match["minute"] or 0), tzinfo=anchor.said_at.tzinfo)
    end = match.end()
    return Resolved(found.start_char, end, text[found.start_char : end], spans.one_minute(local))


def _hour_and_minute(match: re.Match[str]) -> tuple[int, int]:
    if match["name"]:
        return (12 if match["name"].lower() == "noon" else 0), 0
    if match["hour24"]:
        return int(match["hour24"]), int(match["minute24"])
    hour = int(match["hour"])
    if not 1 <= hour <= 12:
        return 24, 0
    return hour % 12 + (12 if match["half"].lower() == "p" else 0), int(match["minute"] or 0)


def _joined(text: str, found: list[Resolved], anchor: Anchor) -> list[Resolved]:
    joined: list[Resolved] = []
    for each in found:
        previous = joined[-1] if joined else None
        if previous and _is_its_weekday(text, previous, each):
            joined[-1] = replace(each, start_char=previous.start_char, text=text[previous.start_char : each.end_char])
        elif previous and _opens_a_range(previous) and _continues(text, previous, each):
            joined[-1] = _range(text, previous, each, anchor)
        else:
            joined.append(each)
    return joined


def _is_its_weekday(text: str, weekday: Resolved, day: Resolved) -> bool:
    """ "On Saturday, 7 March" is one date, whatever the weekday alone would be."""
    between = text[weekday.end_char : day.start_char]
    both_days = weekday.span.unit is Unit.DAY and day.span.unit in (Unit.DAY, Unit.TIME)
    return both_days and between.strip(" ") in ("", ",") and WEEKDAY.search(weekday.text) is not None


def _opens_a_range(found: Resolved) -> bool:
    return bool(re.match(r"(?:from|between)\b", found.text, re.IGNORECASE))


def _continues(text: str, first: Resolved, second: Resolved) -> bool:
    between = text[first.end_char : second.start_char]
    if between.strip():
        return bool(NEXT_PART.fullmatch(between))
    return bool(re.match(r"(?:to|until|till|and)\b", second.text, re.IGNORECASE))


def _latest_before(starts: datetime, ends: datetime) -> datetime:
    """ "From May to August 2019": the year was said once, for both."""
    moved = starts + relativedelta(year=ends.year)
    return moved if moved < ends else moved - relativedelta(years=1)


def _in_one_week(starts: datetime, ends: datetime, lean: Lean) -> tuple[datetime, datetime]:
    """ "From Monday to Friday": each is the nearest one, which may put the last day first."""
    if starts < ends:
        return starts, ends
    return (starts - timedelta(days=7), ends) if lean is Lean.PAST else (starts, ends + timedelta(days=7))


def _range(text: str, first: Resolved, second: Resolved, anchor: Anchor) -> Resolved:
    starts = first.span.starts
    ends = second.span.ends
    if starts and ends and WEEKDAY.search(first.text) and WEEKDAY.search(second.text):
        starts, ends = _in_one_week(starts, ends, anchor.lean)
    elif starts and ends and first.span.precision is not Precision.YEAR and not YEAR.search(first.text):
        starts = _latest_before(starts, ends)
    if starts and ends and starts >= ends:
        return second
    precision = first.span.precision if first.span.precision is not Precision.TIME else Precision.DAY
    span = DateSpan(starts, ends, precision, first.span.unit, Bound.BETWEEN)
    return Resolved(first.start_char, second.end_char, text[first.start_char : second.end_char], span)
