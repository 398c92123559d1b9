"""What a sentence ends of what was said before, told from the two sentences."""

import re
from datetime import UTC, datetime

import pytest

from ingest.extractors.base import SPEAKER, Turn, Utterance
from ingest.extractors.local import LocalExtractor
from ingest.extractors.local.closings import closings_of, head_of

MARCH, JULY = datetime(2026, 3, 10, 9, tzinfo=UTC), datetime(2026, 7, 10, 9, tzinfo=UTC)


def ended(before: str, after: str) -> tuple[list[str], list[str]]:
    """What the first message told, and what the second one ends of it."""
    told = LocalExtractor().extract([Utterance(before, MARCH)])[0]
    later = LocalExtractor().extract([Utterance(after, JULY, before=(Turn(before, MARCH),))])[0]
    closings = [closing for fact in later for closing in fact.closes]
    gone = [
        fact.content
        for fact in told
        for closing in closings
        if closing.word.lower() in fact.content.lower() and re.match(closing.pattern, fact.content, re.IGNORECASE)
    ]
    return [fact.content for fact in told], list(dict.fromkeys(gone))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("I'm single.", "I've been seeing someone since April."),
        ("I'm single.", "I have a boyfriend now."),
        ("We're engaged.", "We got married on Saturday."),
        ("I manage the sales team.", "I stepped down as team lead in May."),
        ("I'm the treasurer of our choir.", "I resigned as treasurer."),
        ("I'm on the board of the rowing club.", "I'm no longer on the board of the rowing club."),
        ("I'm looking for a flat in Graz.", "We found a flat in Graz last week!"),
        ("I'm looking for a flat in Graz.", "We found one!"),
        ("I'm looking for a new job.", "I got a job!"),
        ("I'm learning Portuguese.", "I gave up Portuguese."),
        ("I'm training for a triathlon.", "I gave up on the triathlon."),
        ("I'm on a keto diet.", "I'm off the diet now."),
        ("I own a sailing boat.", "We sold the boat in June."),
        ("I have a van.", "My van was stolen."),
        ("I smoke.", "I quit smoking."),
        ("I drive to work every day.", "I don't drive to work any more."),
        ("I'm a member of the Alpine Club.", "I cancelled my membership at the Alpine Club."),
        ("We're on the Free plan.", "We upgraded to the Team plan yesterday."),
        ("My scanner doesn't work.", "My scanner works again."),
        ("My scanner doesn't work.", "The scanner is fixed now."),
        ("I can't log in.", "I can log in again."),
        ("I'm still waiting for my refund for order 77.", "The refund arrived this morning."),
        ("Always answer in English.", "From now on, answer in Dutch."),
    ],
)
def test_a_later_sentence_ends_what_it_says_is_over(before: str, after: str) -> None:
    told, gone = ended(before, after)
    assert told
    assert gone == told


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("I'm single.", "My sister has been seeing someone since April."),
        ("I'm looking for a flat in Graz.", "I bought a bike last week."),
        ("I'm learning Portuguese.", "I gave up coffee."),
        ("I have a boat trailer.", "We sold the boat in June."),
        ("I manage the sales team.", "I resigned as treasurer."),
        ("My scanner doesn't work.", "My printer works again."),
        ("I drive to work every day.", "I don't drive to school any more."),
        ("I don't smoke.", "I quit smoking in January."),
        ("I'm still waiting for my refund for order 77.", "The parcel arrived this morning."),
        ("Always answer in English.", "Always answer in short sentences."),
    ],
)
def test_what_is_not_over_is_left(before: str, after: str) -> None:
    told, gone = ended(before, after)
    assert told
    assert gone == []


@pytest.mark.parametrize(
    ("what", "head"),
    [
        ("a small flat in Graz", "flat"),
        ("their two cars", "car"),
        ("the issue with the export", "export"),
        ("the boss of it", "boss"),
        ("one", ""),
    ],
)
def test_the_head_of_what_was_had_is_its_noun(what: str, head: str) -> None:
    assert head_of(what) == head


def test_a_name_cannot_become_a_pattern() -> None:
    (closing,) = closings_of(f"{SPEAKER} stopped C++(.")[:1]
    assert re.match(closing.pattern, f"{SPEAKER} is learning C++(.")
    assert not re.match(closing.pattern, f"{SPEAKER} is learning CC.")
