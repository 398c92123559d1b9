"""Of a text becomes a memory only what it says of somebody by name, read by the extractor of the installation."""

from datetime import UTC, datetime

import pytest

from graphs.kinds import MemoryKind
from ingest.documents.others import common_words, said_of_others
from ingest.extractors.base import Fact, Utterance
from ingest.extractors.local import LocalExtractor

WRITTEN_AT = datetime(2026, 5, 17, 12, tzinfo=UTC)


def facts_of(*pieces: str) -> list[Fact]:
    found = LocalExtractor().extract([Utterance(text, WRITTEN_AT) for text in pieces])
    common = common_words(pieces)
    return [kept for facts in found for fact in facts if (kept := said_of_others(fact, WRITTEN_AT, common))]


def told(*pieces: str) -> list[str]:
    return [fact.content for fact in facts_of(*pieces)]


@pytest.mark.parametrize(
    "text",
    [
        "Tom Baker leads the billing team.",
        "Priya Nair lives in Porto.",
        "Clara Mendes, the founder, stepped down in 2019.",
        "Ben and Tom play chess on Fridays.",
    ],
)
def test_what_is_said_of_somebody_by_name_is_kept(text: str) -> None:
    assert told(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "I live in Lisbon. My sister Anna works at Google. We moved to Porto last year.",
        "Our support team is in Madrid. Elena Rossi, our CFO, lives in Milan.",
        "Always answer in French. Never mention competitors. Please keep answers short. Call me Bob.",
        "Dad lives in Porto. Mum is allergic to nuts.",
        "The package arrived. The printer works again.",
        "Jane might move to Paris. If Tom agrees, Jane works from home.",
        'Bob says: "I love my job at Acme."',
        "Napoleon was born on 15 August 1769 in Ajaccio.",
        "ConfigParser uses an instance of `Interpolation`.",
    ],
)
def test_what_is_said_of_nobody_by_name_or_may_be_misread_is_not(text: str) -> None:
    assert told(text) == []


def test_a_word_that_stands_in_lower_case_elsewhere_is_no_name() -> None:
    assert told("Heap is a good structure for implementing schedulers.", "Use a heap for that.") == []


def test_nothing_began_on_the_day_on_which_it_was_written() -> None:
    [fact] = facts_of("Sarah Lee joined Beta Corp in 2021 as a designer.")
    assert fact.span.valid_from is None
    [dated] = facts_of("Sarah Lee joined Beta Corp in March 2021.")
    assert dated.span.valid_from == datetime(2021, 3, 1, tzinfo=UTC)


def test_it_ends_nothing_that_was_said() -> None:
    [fact] = facts_of("Anna Lee moved to Munich in March 2024.")
    assert (fact.kind, fact.ends, fact.closes, fact.slot, fact.corrects) == (MemoryKind.EVENT, (), (), "", ())
