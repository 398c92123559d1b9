"""The time that a fact holds for, said on Tuesday 10 March 2026 at 09:00 UTC."""

from datetime import UTC, datetime

import pytest

from graphs.kinds import MemoryKind, Precision
from ingest.extractors.base import Span
from tests.ingest.extractors.local.conftest import SAID_AT, Extract


def day(year: int, month: int = 1, day: int = 1, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "kind", "span"),
    [
        ("I baked sourdough this morning.", MemoryKind.EVENT, Span(day(2026, 3, 10), None, Precision.DAY)),
        ("I visited Kyoto in March 2024.", MemoryKind.EVENT, Span(day(2024, 3), None, Precision.MONTH)),
        ("In 2019 I climbed Mont Blanc.", MemoryKind.EVENT, Span(day(2019), None, Precision.YEAR)),
        ("I'm seeing the doctor tomorrow at 6pm.", MemoryKind.PLAN, Span(day(2026, 3, 11, 18), None, Precision.TIME)),
        ("I'm going to Japan next month.", MemoryKind.PLAN, Span(day(2026, 4), None, Precision.MONTH)),
        ("I signed up for a swimming course last week.", MemoryKind.EVENT, Span(day(2026, 3, 2), None, Precision.DAY)),
    ],
)
def test_an_event_or_a_plan_has_its_day_month_year_or_time(
    extract: Extract, said: str, kind: MemoryKind, span: Span
) -> None:
    (fact,) = extract(said)
    assert (fact.kind, fact.span) == (kind, span)


@pytest.mark.parametrize(
    ("said", "span"),
    [
        ("I work at Acme.", Span()),
        ("I like tea.", Span()),
        ("I've been vegetarian since 2021.", Span(day(2021), None, Precision.YEAR)),
        ("I've been working for Siemens for five years.", Span(day(2021), None, Precision.YEAR)),
        ("I'm on parental leave until June.", Span(None, day(2026, 6), Precision.MONTH)),
    ],
)
def test_a_state_has_no_start_unless_it_was_said(extract: Extract, said: str, span: Span) -> None:
    (fact,) = extract(said)
    assert fact.span == span


@pytest.mark.parametrize(
    ("said", "span"),
    [
        ("I used to live in Paris.", Span(None, SAID_AT)),
        ("I lived in Paris until 2019.", Span(None, day(2019), Precision.YEAR)),
        ("I worked at Umbra from 2015 to 2018.", Span(day(2015), day(2019), Precision.YEAR)),
    ],
)
def test_a_state_of_the_past_is_over(extract: Extract, said: str, span: Span) -> None:
    (fact,) = extract(said)
    assert fact.span == span


@pytest.mark.parametrize(
    ("said", "span"),
    [
        ("I moved to Lisbon last month.", Span(day(2026, 2), None, Precision.MONTH)),
        ("We just moved to Denver!", Span(day(2026, 3, 10), None, Precision.DAY)),
        ("I started at Acme in 2023.", Span(day(2023), None, Precision.YEAR)),
        ("I just got a puppy.", Span(day(2026, 3, 10), None, Precision.DAY)),
        ("I moved to Lisbon when I was ten.", Span()),
    ],
)
def test_a_change_has_its_date_or_the_day_on_which_it_was_told(extract: Extract, said: str, span: Span) -> None:
    (fact,) = extract(said)
    assert fact.span == span


def test_a_date_is_kept_in_absolute_words_in_the_sentence(extract: Extract) -> None:
    (fact,) = extract("Last night I watched Parasite with my flatmate.")
    assert fact.content.endswith("watched Parasite with their flatmate on the night of 9 March 2026.")
