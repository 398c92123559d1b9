"""Chat as it is typed: facts inside requests, two sentences with a comma between, no capitals, no apostrophes.

"@" stands for the speaker.
"""

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graphs.kinds import EntityType
from ingest.extractors.base import SPEAKER
from tests.ingest.extractors.local.conftest import Extract


def told(extract: Extract, said: str) -> list[str]:
    return [fact.content.replace(SPEAKER, "@") for fact in extract(said)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "I'm allergic to peanuts, so please keep that in mind when you suggest food.",
            ["@ is allergic to peanuts."],
        ),
        (
            "I prefer dark mode, and please keep your answers short.",
            ["@ prefers dark mode.", "The assistant should keep its answers short."],
        ),
        ("I'm vegan, what can I order at a steakhouse?", ["@ is vegan."]),
        ("I'm pregnant, is sushi okay?", ["@ is pregnant."]),
        ("I'm from India, do I need a visa for Japan?", ["@ is from India."]),
        ("As a vegetarian, what should I cook?", ["@ is a vegetarian."]),
        ("Since I'm lactose intolerant, can you suggest a dessert?", ["@ is lactose intolerant."]),
        ("Can you remember that I'm allergic to latex?", ["@ is allergic to latex."]),
        ("Keep in mind I don't eat gluten.", ["@ does not eat gluten."]),
        ("Just so you know, I'm colorblind.", ["@ is colorblind."]),
    ],
)
def test_a_fact_beside_a_request_is_kept(extract: Extract, said: str, expected: list[str]) -> None:
    assert told(extract, said) == expected


@pytest.mark.parametrize(
    "said",
    [
        "If I live in Rome, can I get a visa?",
        "I could be diabetic, can you check?",
        "As a lawyer, what would you advise?",
        "As a language model, what can I ask you?",
        "As a user, I want to reset my password so that I can log in.",
        "I know that if I go to Rome, I will love it.",
    ],
)
def test_what_is_not_asserted_stays_out(extract: Extract, said: str) -> None:
    assert told(extract, said) == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "I am a senior platform engineer at Acme, I joined in 2023.",
            ["@ is a senior platform engineer at Acme.", "@ joined Acme in 2023."],
        ),
        ("I live in Rome. I've been here since 2010.", ["@ lives in Rome.", "@ has lived in Rome since 2010."]),
        ("I like tea but I don't like coffee", ["@ likes tea.", "@ does not like coffee."]),
        ("I love hiking but hate camping", ["@ loves hiking.", "@ hates camping."]),
        ("I'm Omar, I'm 41 and I live in Cairo.", ["@ is Omar.", "@ is 41.", "@ lives in Cairo."]),
        ("I love my mum, my dad, and my dog.", ["@ loves their mum, their dad, and their dog."]),
    ],
)
def test_each_clause_is_a_fact_of_its_own(extract: Extract, said: str, expected: list[str]) -> None:
    assert told(extract, said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("I wake up at 6 every day and go for a run.", ["@ wakes up at 6 every day.", "@ goes for a run."]),
        ("I usually work from home on Fridays", ["@ usually works from home on Fridays."]),
        ("I go to the gym three times a week", ["@ goes to the gym three times a week."]),
        ("I drink three cups of coffee a day.", ["@ drinks three cups of coffee a day."]),
    ],
)
def test_a_habit_is_kept(extract: Extract, said: str, expected: list[str]) -> None:
    assert told(extract, said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "i work at a bank in berlin and my gf is from spain",
            ["@ works at a bank in Berlin.", "@'s girlfriend is from Spain."],
        ),
        (
            "im a nurse and ive got a cat, i dont eat fish",
            ["@ is a nurse.", "@ has got a cat.", "@ does not eat fish."],
        ),
        (
            "I LIVE IN PARIS AND MY SISTER LIVES IN LYON",
            ["@ lives in Paris.", "@'s sister lives in Lyon."],
        ),
        (
            "My laptop (a ThinkPad X1) won't boot since yesterday",
            ["@'s laptop will not boot since 9 March 2026.", "@'s laptop is a ThinkPad X1."],
        ),
        ("I’m getting married in June!", ["@ is getting married in June 2026."]),
    ],
)
def test_spelling_of_chat(extract: Extract, said: str, expected: list[str]) -> None:
    assert told(extract, said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("I have two cats, Luna and Milo.", {"Luna": EntityType.ANIMAL, "Milo": EntityType.ANIMAL}),
        ("my dog is called Rex", {"Rex": EntityType.ANIMAL}),
        ("I'm planning to visit Japan in April with my friend Kenji.",
         {"Japan": EntityType.PLACE, "Kenji": EntityType.PERSON}),
        ("I saw the dentist last Tues.", {}),
    ],
)  # fmt: skip
def test_what_a_noun_says_of_a_name_is_its_type(extract: Extract, said: str, expected: dict[str, EntityType]) -> None:
    (fact,) = extract(said)
    assert {thing.name: thing.type for thing in fact.things if thing.name != SPEAKER} == expected


def test_every_pet_of_a_list_is_linked(extract: Extract) -> None:
    (fact,) = extract("We have three cats: Luna, Milo and Tom.")
    assert [(link.predicate, link.object.name) for link in fact.links] == [
        ("has_pet", "Luna"),
        ("has_pet", "Milo"),
        ("has_pet", "Tom"),
    ]


def test_a_date_that_tells_which_thing_is_not_the_time(extract: Extract) -> None:
    facts = extract("My invoice from May is still wrong, I was charged twice.")
    assert [fact.span.valid_from for fact in facts] == [None] * len(facts)
    assert "charged twice." in facts[-1].content


OPENINGS = [
    "I'm",
    "I’m",
    "I am",
    "im",
    "We're",
    "I've",
    "I’ve",
    "ive",
    "I'd",
    "I'll",
    "I",
    "My wife and I",
    "my son is",
]
VERBS = [
    "getting", "married", "going", "moving", "planning", "started", "been", "love", "have", "was", "buying", "seeing",
    "learning", "having", "always", "not", "don't", "gonna", "a nurse", "my dog", "with me", "myself", "to Rome",
    "in June", "next week", "!", ",", "and", "but I", "so I", "a new car", "because", "mine", "Anna", "“my”",
]  # fmt: skip
OWN_WORDS = re.compile(r"\b(?:I'm|I've|I'll|me|my|mine|myself)\b")
WRONG_VERB = re.compile(rf"^{SPEAKER} (?:am|are|have|were)\b|\b(?:gettings|goings|movings|plannings|havings|buyings)\b")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("I'm", ["planning", "mine", "mine"])
@example("I'm", ["planning", "mine", "planning"])
@example("I'm", ["planning", "getting", "married", "mine", "mine"])
@given(st.sampled_from(OPENINGS), st.lists(st.sampled_from(VERBS), min_size=1, max_size=6))
def test_no_sentence_is_left_half_in_the_first_person(extract: Extract, opening: str, words: list[str]) -> None:
    for fact in extract(f"{opening} {' '.join(words)}."):
        plain = re.sub(r'"[^"]*"', "", fact.content)
        assert not OWN_WORDS.search(plain), fact.content
        assert not WRONG_VERB.search(plain), fact.content
        assert fact.content[0].isupper() or fact.content.startswith(SPEAKER)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Got a new job at Stripe!", ["@ got a new job at Stripe."]),
        ("Living in Berlin since 2020.", ["@ is living in Berlin since 2020."]),
        ("Allergic to nuts.", ["@ is allergic to nuts."]),
        ("Love sushi, hate olives.", ["@ loves sushi.", "@ hates olives."]),
        ("Software engineer at Acme here.", ["@ is a software engineer at Acme."]),
        ("Living in Berlin is expensive.", []),
        ("Nothing new here.", []),
        ("Today is my birthday!", ["@'s birthday is on 10 March 2026."]),
    ],
)
def test_a_subject_that_was_left_out_is_the_speaker(extract: Extract, said: str, expected: list[str]) -> None:
    assert told(extract, said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("My flight BA234 was cancelled yesterday, what are my rights?",
         ["@'s flight BA234 was cancelled on 9 March 2026."]),
        ("My mom's birthday is on Sunday, gift ideas?", ["@'s mom's birthday is on 15 March 2026."]),
        ("Can you book a table for 4, I'm allergic to shellfish.", ["@ is allergic to shellfish."]),
        ("Can you write a story where I'm a king, I live in a castle.", []),
        ("My doctor told me I have high blood pressure.", ["@ has high blood pressure."]),
        ("I need to finish my thesis by August 15, help me make a schedule.",
         ["@ needs to finish their thesis by 15 August 2026."]),
        ("My husband's a chef.", ["@'s husband is a chef."]),
        ("I've got a job interview at Netflix on Friday!", ["@ has got a job interview at Netflix on 13 March 2026."]),
        ("I'd rather you didn't use emojis.", ["The assistant should not use emojis."]),
        ("I was in Rome last week.", ["@ was in Rome in the week of 2 March 2026."]),
        ("I go by Max.", ["@ goes by Max."]),
        ("im left handed", ["@ is left-handed."]),
        ("my sister anna lives in paris", ["@'s sister Anna lives in Paris."]),
    ],
)  # fmt: skip
def test_what_people_write_to_assistants(extract: Extract, said: str, expected: list[str]) -> None:
    assert told(extract, said) == expected


def test_a_plain_past_event_is_not_over_but_happened(extract: Extract) -> None:
    said = "I met Ravi at a party. I bought a bike. I ran a marathon in 2019. I broke my leg last week."
    assert all(fact.span.valid_to is None for fact in extract(said))


def test_what_follows_a_dated_act_did_not_happen_when_it_was_said(extract: Extract) -> None:
    facts = extract("I left Acme in February and joined a startup called Nimbus.")
    assert facts[1].span.valid_from is None
    assert [(link.predicate, link.object.name) for link in facts[1].links] == [("works_at", "Nimbus")]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Hey there, my name's Jo and I live in Kent!", ["@'s name is Jo.", "@ lives in Kent."]),
        ("What should I do, I lost my passport?", ["@ lost their passport."]),
        ("I have a flight to catch at 6.", []),
    ],
)
def test_names_requests_and_flights(extract: Extract, said: str, expected: list[str]) -> None:
    assert told(extract, said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("I'm 30, vegan, and live in Leeds.", ["@ lives in Leeds."]),
        ("I'm going to quit and live in Rome.", []),
        ("I neither smoke nor drink.", []),
        ("I'm allergic to peanuts and shellfish.", ["@ is allergic to peanuts and shellfish."]),
    ],
)
def test_verbs_that_share_a_subject(extract: Extract, said: str, expected: list[str]) -> None:
    assert told(extract, said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("i have type 1 diabetes what can i eat", ["@ has type 1 diabetes."]),
        ("im moving to berlin in july any tips", ["@ is moving to Berlin in July 2026."]),
        ("i work at google and i hate mondays", ["@ works at Google.", "@ hates mondays."]),
        ("i don't know what should i do", []),
    ],
)
def test_requests_without_any_punctuation(extract: Extract, said: str, expected: list[str]) -> None:
    assert told(extract, said) == expected
