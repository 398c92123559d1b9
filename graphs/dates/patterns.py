# ruff: noqa: E501 -- a pattern is easier to read on one line
"""The ways to name a date: one pattern for each, with the reader that takes it."""

import re
from collections.abc import Iterable

from graphs.dates import counted, rules, stretches, words
from graphs.dates.rules import NAMED_DAYS, Reader


def _any(names: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


MONTH = rf"(?P<month>{_any(words.MONTHS)})\.?"
WEEKDAY = rf"(?P<weekday>{_any(words.WEEKDAYS)})"
SEASON = rf"(?P<season>{_any(words.SEASONS)})"
NUMBER = rf"(?P<number>\d{{1,3}}|{_any(words.NUMBERS)})"
UNIT = r"(?P<unit>minute|hour|day|week|fortnight|weekend|month|year|decade)s?"
YEAR = r"(?P<year>(?:19|20)\d\d)"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
WHICH = r"(?P<which>last|past|this past|previous|this|this coming|coming|next|upcoming)"
PART = r"(?P<part>morning|afternoon|evening|night)"

ON = r"(?:\b(?:on|this)\s+)?"
IN = r"(?:\b(?:in|during)\s+(?:the\s+)?)?"
TIE = r"(?:in|since|until|till|by|before|after|from|during|to|of|around|between|and)"
ROUGHLY = r"(?:(?:the\s+)?(?:early|mid|late|beginning of|start of|middle of|end of)[ -])?"
NOT_REPEATED = r"(?<!every )(?<!each )(?<!most )(?<!some )"
YEAR_AFTER = rf"(?:,?\s+(?:of\s+)?{YEAR}|\s+(?:of\s+)?{WHICH}\s+year)?"
NOT_COUNTED = r"(?!\s*(?:%|hours|days|weeks|months|years|people|times))"
ABOUT = r"(?:(?:about|around|over|almost|nearly|exactly|more than)\s+)?"
QUARTER_TIE = r"(?:\b(?:in|during|by|until|till|since|before|after|around|for|of)\s+)?"
FULL_WEEKDAY = rf"(?P<weekday>{_any(d for d in words.WEEKDAYS if len(d) > 5)})"

_PATTERNS: tuple[tuple[str, Reader], ...] = (
    (rf"(?:\bon\s+)?\b{YEAR}[-/](?P<mm>\d\d)[-/](?P<dd>\d\d)(?:[T ](?P<hh>\d\d):(?P<mi>\d\d)(?::\d\d)?)?\b(?!\d)", rules.read_iso),
    (rf"(?:\bon\s+)?\b(?P<first>\d{{1,2}})[/.](?P<second>\d{{1,2}})[/.]{YEAR}\b", rules.read_slashes),
    (rf"{ON}(?:\bthe\s+)?\b{DAY}\s+(?:of\s+)?{MONTH}\b{YEAR_AFTER}", rules.read_day_of_month),
    (rf"{ON}\b{MONTH}\s+(?:the\s+)?{DAY}\b{NOT_COUNTED}{YEAR_AFTER}", rules.read_day_of_month),
    (rf"{IN}\b{ROUGHLY}{MONTH},?\s+(?:of\s+)?{YEAR}\b", rules.read_month_of_year),
    (rf"{IN}\b{ROUGHLY}{MONTH}\s+(?:of\s+)?{WHICH}\s+year\b", rules.read_month_of_which_year),
    (rf"\b{TIE}\s+{ROUGHLY}{MONTH}\b(?!\s+\d)(?<!\bto may)(?<!\band may)(?<!\bof mar)", rules.read_month),
    (rf"\b{WHICH}\s+{MONTH}\b", rules.read_which_month),
    (rf"\b{TIE}\s+{ROUGHLY}(?:the\s+year\s+)?{YEAR}\b(?![\d%]|[.,:]\d|-\d)(?!\s+[a-z]+s\b)", rules.read_year),
    (r"\b(?:from\s+)?(?P<year>(?:19|20)\d\d)\s*[-\u2013]\s*(?P<last>(?:19|20)\d\d)\b(?!-)", rules.read_years),
    (rf"{NOT_REPEATED}(?:\bon\s+)?(?:\b{WHICH}\s+)?\b{FULL_WEEKDAY}\b(?!s)(?:\s+{PART})?", rules.read_weekday),
    (rf"{NOT_REPEATED}\b(?:on|{WHICH})\s+{WEEKDAY}\b(?!s)(?:\s+{PART})?", rules.read_weekday),
    (rf"(?:(?:earlier|later)\s+)?\b(?P<name>{_any(NAMED_DAYS)})\b(?!')(?:\s+{PART})?", rules.read_named_day),
    (rf"(?:(?:earlier|later)\s+)?\b(?P<which>last|this)\s+{PART}\b", rules.read_part_of_day),
    (rf"(?:\b(?:on|over|during|in|at)\s+)?(?:\bthe\s+)?\b{WHICH}\s+(?P<unit>weekend|week|month|year)\b(?!')", rules.read_which_unit),
    (rf"(?:\b(?:in|during|over)\s+)?(?:\bthe\s+)?\b{WHICH}\s+{SEASON}\b(?P<year>(?!))?", rules.read_season),
    (rf"(?:\b(?:in|during|over|before|after|since|until|by)\s+)(?:\bthe\s+)?(?P<which>(?!))?\b{SEASON}\b(?:\s+(?:of\s+)?{YEAR})?", rules.read_season),
    (rf"(?P<which>(?!))?\b{SEASON}\s+(?:of\s+)?{YEAR}", rules.read_season),
    (rf"\b(?:on|at|over|for|around|before|after|since|until|{WHICH})\s+(?P<holiday>{_any(words.HOLIDAYS)})\b(?:\s+(?:of\s+)?{YEAR})?(?!\s+[a-z])", rules.read_holiday),
    (rf"\b(?:(?:on|at|over|for|around|before|after|since|until|{WHICH})\s+|(?=easter\s+(?:19|20)))easter\b(?:\s+(?:of\s+)?{YEAR})?", rules.read_easter),
    (r"\b(?P<number>half)\s+an?\s+(?P<unit>hour|year)\s+ago\b", counted.read_ago),
    (rf"{QUARTER_TIE}\bQ(?P<quarter>[1-4])\b(?:(?:\s+of)?\s*{YEAR}|\s+(?:of\s+)?{WHICH}\s+year)?", stretches.read_quarter),
    (rf"{QUARTER_TIE}(?:\bthe\s+)(?P<quarter>first|second|third|fourth|last)\s+quarter\b(?:(?:\s+of)?\s+{YEAR}|\s+(?:of\s+)?{WHICH}\s+year)?", stretches.read_quarter),
    (r"(?:\b(?:in|during|by|until|since)\s+)?\b(?P<which>last|this|next|previous|coming)\s+quarter\b(?!')", stretches.read_which_quarter),
    (rf"\b(?:in|during|since|from|until)\s+(?:the\s+)?(?:(?:early|late|mid)[ -])?(?:(?P<century>19|20)?(?P<decade>[0-9]0)'?s|(?P<name>{_any(stretches.DECADES)}))\b", stretches.read_decade),
    (rf"(?:\bon\s+)?\bthe\s+(?P<what>{_any(words.WEEKDAYS)}|week|weekend|month|year|{_any(words.SEASONS)})\s+(?P<side>before\s+last|after\s+next)\b", stretches.read_two_steps),
    (r"(?:\b(?:by|at|before|until|till|since|around|towards?)\s+)?(?:\bthe\s+)?\b(?:very\s+)?(?:end|beginning|start|middle)\s+of\s+(?P<which>last|this|next|the|coming)\s+(?P<unit>week|month|year)\b", stretches.read_edge),
    (r"\b(?:over|at|on|during|for)\s+the\s+weekend\b", stretches.read_the_weekend),
    (rf"\ba\s+week\s+(?:from|on)\s+{FULL_WEEKDAY}\b|\b(?:on\s+)?{FULL_WEEKDAY.replace('weekday', 'day_name')}\s+week\b(?!\w)", stretches.read_week_from_weekday),
    (rf"(?:\b(?:from|between)\s+)?\b{DAY}\s*(?:-|\u2013|to|and|until|till)\s*(?P<last>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}\b(?:,?\s+{YEAR})?", stretches.read_days_of_month),
    (rf"(?:\b(?:from|between)\s+)?\b{MONTH}\s+{DAY}\s*(?:-|\u2013|to|and|until|till)\s*(?P<last>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:\d])(?:,?\s+{YEAR})?", stretches.read_days_of_month),
    (rf"\b{NUMBER}\s+years?\s+ago,?\s+in\s+{MONTH}\b|\b(?:back\s+)?in\s+{MONTH.replace('month', 'month_first')},?\s+{NUMBER.replace('number', 'number_last')}\s+years?\s+ago\b", counted.read_month_years_ago),
    (rf"\b{NUMBER}\s+weeks?\s+ago,?\s+on\s+{WEEKDAY}\b", counted.read_weekday_weeks_ago),
    (rf"\b{ABOUT}{NUMBER}(?:\s+{UNIT})?\s+and\s+a\s+half(?:\s+{UNIT.replace('unit', 'unit_last')})?\s+ago\b", counted.read_and_a_half_ago),
    (rf"\b{ABOUT}{NUMBER}\s+{UNIT}\s+(?:ago|back|earlier)\b", counted.read_ago),
    (rf"\b(?:in|within)\s+{ABOUT}{NUMBER}\s+{UNIT}(?:'s? time)?\b(?!\s+(?:of|old))", counted.read_ahead),
    (rf"\b{NUMBER}\s+{UNIT}\s+from\s+now\b", counted.read_from_now),
    (rf"\b(?P<number>{_any(words.VAGUE_NUMBERS)})\s+{UNIT}\s+ago\b", counted.read_vaguely_ago),
    (rf"\b(?:for|over|during|in)\s+(?:the\s+)(?:last|past)\s+{ABOUT}{NUMBER}\s+{UNIT}\b", counted.read_duration),
    (rf"\bfor\s+{ABOUT}(?:the\s+(?:last|past)\s+)?{NUMBER}\s+{UNIT}(?:\s+now)?\b", counted.read_duration),
    (rf"(?:\bon\s+)?\b{WEEKDAY},?\s+the\s+{DAY}(?<=[a-z])(?!\s+of)", rules.read_bare_day),
    (rf"\bon\s+the\s+{DAY}(?<=[a-z])(?=\s*(?:[.,!?;]|$|and\b|at\b))", rules.read_bare_day),
)  # fmt: skip

RULES: tuple[tuple[re.Pattern[str], Reader], ...] = tuple((re.compile(p, re.IGNORECASE), r) for p, r in _PATTERNS)

TRIGGER = re.compile(
    rf"\d|\b(?:{_any(words.MONTHS)}|{_any(words.WEEKDAYS)}|{_any(NAMED_DAYS)}|{_any(words.SEASONS)}|{_any(words.HOLIDAYS)}|easter|"
    r"ago|back|now|in|for|weeks?|weekend|fortnight|months?|quarter|years?|morning|afternoon|evening|night)\b",
    re.IGNORECASE,
)
"""Most sentences name no date; this is the cheap way to know."""
