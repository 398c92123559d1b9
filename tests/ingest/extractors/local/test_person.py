"""Sentences in the third person. @ stands for the speaker."""

import pytest

from ingest.extractors.base import SPEAKER
from tests.ingest.extractors.local.conftest import Extract


@pytest.mark.parametrize(
    ("said", "retold"),
    [
        ("I love my job.", "@ loves their job."),
        ("I'm a nurse.", "@ is a nurse."),
        ("I've been learning to sail.", "@ has been learning to sail."),
        ("I don't eat meat.", "@ does not eat meat."),
        ("I can't bear loud music.", "@ cannot bear loud music."),
        ("I'd like to visit Iceland someday.", "@ would like to visit Iceland someday."),
        ("I play the violin and sing in a choir.", "@ plays the violin."),
        ("i live in oslo", "@ lives in Oslo."),
        ("I LIVE IN BERLIN AND I HATE THE RAIN", "@ lives in Berlin."),
        ("I quit my job at Acme.", "@ quit their job at Acme."),
    ],
)
def test_the_speaker_takes_the_third_person(extract: Extract, said: str, retold: str) -> None:
    assert extract(said)[0].content == retold.replace("@", SPEAKER)


@pytest.mark.parametrize(
    ("said", "retold"),
    [
        ("My sister Anna visited me yesterday.", "@'s sister Anna visited them on 9 March 2026."),
        ("Our team ships the new release in September.", "@'s team ships the new release in September 2026."),
        ("In my spare time I restore old radios.", "In their spare time @ restores old radios."),
        ("I love running when I am in the mountains.", "@ loves running when they are in the mountains."),
    ],
)
def test_the_speaker_is_named_once_and_they_from_then_on(extract: Extract, said: str, retold: str) -> None:
    assert extract(said)[0].content == retold.replace("@", SPEAKER)


@pytest.mark.parametrize(
    ("said", "retold"),
    [
        ("We have two kids.", "@ has two kids."),
        ("We won the regional finals on Sunday.", "@ and others won the regional finals on 8 March 2026."),
        ("My wife and I bought a boat in 2022.", "@ and their wife bought a boat in 2022."),
        ("Me and my girlfriend live together in Turin.", "@ and their girlfriend live together in Turin."),
        ("Hana and I broke up in February.", "@ and Hana broke up in February 2026."),
    ],
)
def test_we_is_the_speaker_with_those_who_were_named(extract: Extract, said: str, retold: str) -> None:
    assert extract(said)[0].content == retold.replace("@", SPEAKER)


def test_we_keeps_the_company_of_the_sentence_before(extract: Extract) -> None:
    facts = extract("My wife and I bought a boat in 2022. We sail every weekend.")
    assert facts[1].content == f"{SPEAKER} and their wife sail every weekend."


@pytest.mark.parametrize(
    "said",
    [
        "Hey Mel! Well, you know, I just passed my driving test lol",
        "Btw, I just passed my driving test.",
        "Actually I passed my driving test today, thanks".replace("today, ", ""),
    ],
)
def test_fillers_and_greetings_are_left_out(extract: Extract, said: str) -> None:
    (fact,) = extract(said)
    assert fact.content == f"{SPEAKER} passed their driving test."


def test_a_pronoun_takes_the_name_of_the_one_it_can_only_mean(extract: Extract) -> None:
    assert [fact.content for fact in extract("I have a dog named Rex. He's three years old.")] == [
        f"{SPEAKER} has a dog named Rex.",
        "Rex is three years old.",
    ]


def test_a_pronoun_that_could_mean_two_makes_no_fact(extract: Extract) -> None:
    facts = extract("My sisters Lea and Mia visited in May. She works at Telekom.")
    assert [fact.content for fact in facts] == [f"{SPEAKER}'s sisters Lea and Mia visited in May 2025."]


@pytest.mark.parametrize(
    ("said", "retold"),
    [
        ("I live in Berlin and work at Acme as a designer.", ["@ lives in Berlin.", "@ works at Acme as a designer."]),
        (
            "On Saturday I went to a flea market and bought a typewriter.",
            ["@ went to a flea market on 7 March 2026.", "@ bought a typewriter on 7 March 2026."],
        ),
        ("I live in Bergen, I work as a nurse.", ["@ lives in Bergen.", "@ works as a nurse."]),
        ("I went to Malaga last week, you would love it.", ["@ went to Malaga in the week of 2 March 2026."]),
    ],
)
def test_each_clause_is_a_fact_that_stands_for_itself(extract: Extract, said: str, retold: list[str]) -> None:
    assert [fact.content for fact in extract(said)] == [each.replace("@", SPEAKER) for each in retold]
