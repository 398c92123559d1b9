"""Dates in prose, said on Tuesday 10 March 2026 at 09:00 UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from graphs.dates import Bound, Lean, resolve_dates

SAID_AT = datetime(2026, 3, 10, 9, tzinfo=UTC)


def read(text: str, lean: Lean | None = None) -> tuple[str, str, str] | None:
    """Start, end (both cut to what they say) and precision of the one date in ``text``."""
    found = resolve_dates(text, SAID_AT, lean)
    if not found:
        return None
    assert len(found) == 1, found
    span = found[0].span
    return _moment(span.starts), _moment(span.ends), span.precision.value


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return "open"
    return f"{moment:%Y-%m-%d}" if moment.hour == moment.minute == 0 else f"{moment:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "starts", "ends", "precision"),
    [
        ("I ran yesterday", "2026-03-09", "2026-03-10", "day"),
        ("today", "2026-03-10", "2026-03-11", "day"),
        ("dinner tonight", "2026-03-10", "2026-03-11", "day"),
        ("last night", "2026-03-09", "2026-03-10", "day"),
        ("this morning", "2026-03-10", "2026-03-11", "day"),
        ("tomorrow", "2026-03-11", "2026-03-12", "day"),
        ("the day before yesterday", "2026-03-08", "2026-03-09", "day"),
        ("the day after tomorrow", "2026-03-12", "2026-03-13", "day"),
        ("three days ago", "2026-03-07", "2026-03-08", "day"),
        ("two weeks ago", "2026-02-24", "2026-02-25", "day"),
        ("a couple of months ago", "2026-01-01", "2026-02-01", "month"),
        ("ten years ago", "2016-01-01", "2017-01-01", "year"),
        ("half an hour ago", "2026-03-10 08:30", "2026-03-10 08:31", "time"),
        ("in three days I will", "2026-03-13", "2026-03-14", "day"),
        ("two weeks from now", "2026-03-24", "2026-03-25", "day"),
        ("in 2 months I will", "2026-05-01", "2026-06-01", "month"),
    ],
)
def test_it_counts_from_when_it_was_said(text: str, starts: str, ends: str, precision: str) -> None:
    assert read(text) == (starts, ends, precision)


@pytest.mark.parametrize(
    ("text", "starts", "ends", "precision"),
    [
        ("last week", "2026-03-02", "2026-03-09", "day"),
        ("this week", "2026-03-09", "2026-03-16", "day"),
        ("next week", "2026-03-16", "2026-03-23", "day"),
        ("last weekend", "2026-03-07", "2026-03-09", "day"),
        ("this weekend", "2026-03-14", "2026-03-16", "day"),
        ("this past weekend", "2026-03-07", "2026-03-09", "day"),
        ("last month", "2026-02-01", "2026-03-01", "month"),
        ("next month", "2026-04-01", "2026-05-01", "month"),
        ("last year", "2025-01-01", "2026-01-01", "year"),
        ("last summer", "2025-06-01", "2025-09-01", "month"),
        ("next summer", "2026-06-01", "2026-09-01", "month"),
        ("the summer of 2019", "2019-06-01", "2019-09-01", "month"),
        ("last May", "2025-05-01", "2025-06-01", "month"),
    ],
)
def test_a_week_starts_on_monday_and_a_season_with_its_first_month(
    text: str, starts: str, ends: str, precision: str
) -> None:
    assert read(text) == (starts, ends, precision)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("last Tuesday", "2026-03-03"),
        ("last Friday", "2026-03-06"),
        ("this Friday", "2026-03-13"),
        ("next Friday", "2026-03-20"),
        ("next Monday", "2026-03-16"),
        ("I went on Friday", "2026-03-06"),
        ("I will go on Friday", "2026-03-13"),
        ("I went on Tuesday", "2026-03-03"),
    ],
)
def test_a_weekday_is_the_nearest_on_the_side_that_the_verb_looks_to(text: str, day: str) -> None:
    found = read(text)
    assert found is not None
    assert (found[0], found[2]) == (day, "day")


@pytest.mark.parametrize(
    ("text", "starts", "precision"),
    [
        ("on May 3rd I will", "2026-05-03", "day"),
        ("I went on May 3rd", "2025-05-03", "day"),
        ("3 May 2022", "2022-05-03", "day"),
        ("the 3rd of May, 2021", "2021-05-03", "day"),
        ("May 3, 2022", "2022-05-03", "day"),
        ("2022-05-03", "2022-05-03", "day"),
        ("12/25/2022", "2022-12-25", "day"),
        ("25/12/2022", "2022-12-25", "day"),
        ("on the 5th", "2026-03-05", "day"),
        ("in May 2023", "2023-05-01", "month"),
        ("early May 2023", "2023-05-01", "month"),
        ("in May of last year", "2025-05-01", "month"),
        ("I went in March", "2026-03-01", "month"),
        ("I went in April", "2025-04-01", "month"),
        ("I will go in April", "2026-04-01", "month"),
        ("in 2019", "2019-01-01", "year"),
        ("last Christmas", "2025-12-25", "day"),
        ("on New Year's Eve 2024", "2024-12-31", "day"),
        ("Easter 2020", "2020-04-12", "day"),
    ],
)
def test_it_keeps_the_precision_in_which_a_date_was_said(text: str, starts: str, precision: str) -> None:
    found = read(text)
    assert found is not None
    assert (found[0], found[2]) == (starts, precision)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("see you tomorrow at 6pm", "2026-03-11 18:00"),
        ("at 3pm on Sunday I will", "2026-03-15 15:00"),
        ("on 2026-05-01 at 18:30", "2026-05-01 18:30"),
        ("tomorrow at noon", "2026-03-11 12:00"),
        ("On Friday, 13 March at 10:30am I will", "2026-03-13 10:30"),
    ],
)
def test_a_clock_time_beside_a_day_makes_it_exact(text: str, moment: str) -> None:
    found = read(text)
    assert found is not None
    assert (found[0], found[2]) == (moment, "time")


def test_a_clock_time_is_the_speakers_own() -> None:
    said_at = datetime(2026, 3, 10, 23, tzinfo=timezone(timedelta(hours=-5)))
    (found,) = resolve_dates("tomorrow at 6pm", said_at)
    assert found.span.starts == datetime(2026, 3, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "starts", "ends", "bound"),
    [
        ("since 2020", "2020-01-01", "open", Bound.SINCE),
        ("I can't since Monday", "2026-03-09", "open", Bound.SINCE),
        ("until June I will", "open", "2026-06-01", Bound.UNTIL),
        ("until 2019", "open", "2019-01-01", Bound.UNTIL),
        ("from 2015 to 2019", "2015-01-01", "2020-01-01", Bound.BETWEEN),
        ("from 2015 until 2019", "2015-01-01", "2019-01-01", Bound.BETWEEN),
        ("from May to August 2019", "2019-05-01", "2019-09-01", Bound.BETWEEN),
        ("2010-2014", "2010-01-01", "2015-01-01", Bound.BETWEEN),
        ("for five years", "2021-01-01", "open", Bound.FOR),
    ],
)
def test_what_ties_a_date_opens_or_closes_its_span(text: str, starts: str, ends: str, bound: Bound) -> None:
    (found,) = resolve_dates(text, SAID_AT)
    assert (_moment(found.span.starts), _moment(found.span.ends), found.span.bound) == (starts, ends, bound)


@pytest.mark.parametrize(
    "text",
    [
        "every Friday",
        "I sat in the sun",
        "I may go",
        "I have 2 dogs",
        "they march on",
        "yesterday's papers",
        "I fall asleep",
        "it cost 2000",
        "5/6/2022 could be two days",
        "I finished it in two weeks",
        "",
    ],
)
def test_it_makes_no_date_of_what_is_none(text: str) -> None:
    assert resolve_dates(text, SAID_AT) == []


def test_a_date_is_given_with_its_place_and_its_preposition() -> None:
    text = "We met on May 3rd and again last week."
    first, second = resolve_dates(text, SAID_AT)
    assert (first.text, second.text) == ("on May 3rd", "last week")
    assert [text[each.start_char : each.end_char] for each in (first, second)] == [first.text, second.text]


def test_the_caller_may_say_which_way_the_verb_looks() -> None:
    assert read("Friday", Lean.PAST) == ("2026-03-06", "2026-03-07", "day")
    assert read("Friday", Lean.FUTURE) == ("2026-03-13", "2026-03-14", "day")


def test_absurd_numbers_and_long_texts_are_no_trouble() -> None:
    assert resolve_dates("999 decades ago", SAID_AT) == []
    assert len(resolve_dates("yesterday " * 50_000, SAID_AT)) == 2_000


def test_a_week_from_monday_to_friday_ends_after_it_begins() -> None:
    (ahead,) = resolve_dates("I'll be away from Monday to Friday", datetime(2026, 6, 10, tzinfo=UTC), Lean.FUTURE)
    assert (ahead.span.starts, ahead.span.ends) == (
        datetime(2026, 6, 15, tzinfo=UTC),
        datetime(2026, 6, 20, tzinfo=UTC),
    )
    (behind,) = resolve_dates("I was away from Monday to Friday", datetime(2026, 6, 10, tzinfo=UTC), Lean.PAST)
    assert (behind.span.starts, behind.span.ends) == (
        datetime(2026, 6, 1, tzinfo=UTC),
        datetime(2026, 6, 6, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("text", "starts", "ends", "precision"),
    [
        ("I will launch in Q3", "2026-07-01", "2026-10-01", "month"),
        ("we launched in Q4 2025", "2025-10-01", "2026-01-01", "month"),
        ("it was in Q4", "2025-10-01", "2026-01-01", "month"),
        ("the review is in the second quarter of 2027", "2027-04-01", "2027-07-01", "month"),
        ("last quarter", "2025-10-01", "2026-01-01", "month"),
        ("by the end of the year", "2026-01-01", "2027-01-01", "year"),
        ("at the beginning of last month", "2026-02-01", "2026-03-01", "month"),
        ("I lived there in the 90s", "1990-01-01", "2000-01-01", "year"),
        ("I grew up in the eighties", "1980-01-01", "1990-01-01", "year"),
        ("I was there over the weekend", "2026-03-07", "2026-03-09", "day"),
        ("I will be there over the weekend", "2026-03-14", "2026-03-16", "day"),
        ("a fortnight ago", "2026-02-24", "2026-02-25", "day"),
        ("a year and a half ago", "2024-09-01", "2024-10-01", "month"),
        ("two and a half years ago", "2023-09-01", "2023-10-01", "month"),
        ("in May two years ago", "2024-05-01", "2024-06-01", "month"),
        ("two years ago in May", "2024-05-01", "2024-06-01", "month"),
        ("over the past two years", "2024-01-01", "open", "year"),
        ("from 3 to 7 June 2025", "2025-06-03", "2025-06-08", "day"),
        ("June 3-7, 2025", "2025-06-03", "2025-06-08", "day"),
    ],
)
def test_longer_stretches(text: str, starts: str, ends: str, precision: str) -> None:
    assert read(text) == (starts, ends, precision)


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("I saw him the Friday before last", "2026-02-27"),
        ("I saw him the week before last", "2026-02-23"),
        ("the week after next", "2026-03-23"),
        ("the Friday after next", "2026-03-27"),
        ("two weeks ago on Friday", "2026-02-27"),
        ("a week from Monday", "2026-03-23"),
        ("I'm leaving on Monday the 16th", "2026-03-16"),
        ("tonight at 8", "2026-03-10 20:00"),
        ("tomorrow morning at 10", "2026-03-11 10:00"),
    ],
)
def test_days_found_by_two_steps(text: str, starts: str) -> None:
    found = read(text)
    assert found is not None
    assert found[0] == starts


@pytest.mark.parametrize("text", ["in my 20s", "a Q5 sedan", "the end of the world", "at the start of the race"])
def test_what_only_looks_like_a_stretch(text: str) -> None:
    assert read(text) is None
