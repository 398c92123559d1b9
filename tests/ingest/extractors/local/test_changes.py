"""What ends an earlier fact, and what stands beside it. "@" stands for the speaker."""

import pytest

from ingest.extractors.base import SPEAKER, Ending
from tests.ingest.extractors.local.conftest import Extract


@pytest.mark.parametrize(
    ("said", "ended"),
    [
        ("I now prefer tea.", Ending("prefers")),
        ("I switched from coffee to tea.", Ending("prefers", "coffee")),
        ("I switched from coffee to tea.", Ending("likes", "coffee")),
        ("We moved from Jira to Linear.", Ending("uses", "Jira")),
        ("I don't eat meat any more.", Ending("eats", "meat")),
        ("I've gone vegan.", Ending("eats")),
        ("I'm not a student anymore.", Ending("studies_at")),
        ("I no longer have a car.", Ending("owns", "car")),
        ("I'm not with Tom anymore.", Ending("partner_of", "Tom")),
        ("I quit the choir.", Ending("member_of", "choir")),
        ("I dropped out of university.", Ending("studies_at")),
        ("I gave my piano to my niece.", Ending("owns", "piano")),
        ("I replaced my Fiesta with a bike.", Ending("owns", "Fiesta")),
        ("I changed my name to Robin.", Ending("named")),
        ("I started eating meat again.", Ending("does_not_eat", "meat")),
        ("I work at Beta, not Acme.", Ending("works_at", "Acme")),
    ],
)
def test_a_change_of_state_ends_what_was(extract: Extract, said: str, ended: Ending) -> None:
    (fact,) = extract(said)
    assert ended in fact.ends


@pytest.mark.parametrize(
    "said",
    [
        "I also like tea.",
        "I also work as a translator on weekends.",
        "I have another cat named Pip.",
        "We're migrating from MySQL to Postgres.",
        "I'm planning to switch from coffee to tea.",
        "I took up pottery.",
    ],
)
def test_an_addition_and_what_is_still_going_on_end_nothing(extract: Extract, said: str) -> None:
    (fact,) = extract(said)
    assert fact.ends == ()


@pytest.mark.parametrize(
    ("said", "predicate", "name"),
    [
        ("I started learning Japanese in January.", "learns", "Japanese"),
        ("I took up pottery.", "practises", "pottery"),
        ("I got into baking.", "practises", "baking"),
        ("I switched from coffee to tea.", "prefers", "tea"),
        ("We migrated from MySQL to Postgres.", "uses", "Postgres"),
        ("I live in Graz with my partner Timo.", "partner_of", "Timo"),
        ("Tom and I have been together since May.", "partner_of", "Tom"),
        ("Ines is my best friend from college.", "friend_of", "Ines"),
    ],
)
def test_a_beginning_is_linked(extract: Extract, said: str, predicate: str, name: str) -> None:
    (fact,) = extract(said)
    assert (predicate, name) in {(link.predicate, link.object.name) for link in fact.links}


def test_what_was_said_with_a_doubt_has_less_confidence(extract: Extract) -> None:
    (sure,), (doubtful,) = extract("I'm allergic to cats."), extract("I think I'm allergic to cats.")
    assert sure.content == doubtful.content == f"{SPEAKER} is allergic to cats."
    assert doubtful.confidence < 0.6 < sure.confidence


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("My favourite drink is Earl Grey.", "My favourite drink is yerba mate."),
        ("My phone number is 0171 2220198.", "My phone number is 0160 7744120."),
        ("My boss is called Ingrid.", "My boss is called Tore."),
        ("We're on the Starter plan.", "We're on the Growth plan."),
        ("I'm 34.", "I'm 35."),
    ],
)
def test_of_some_facts_only_one_can_hold(extract: Extract, first: str, then: str) -> None:
    (one,), (other,) = extract(first), extract(then)
    assert one.slot
    assert one.slot == other.slot
    assert one.content.startswith(one.slot)
    assert one.content != other.content


@pytest.mark.parametrize("said", ["My sister is called Lea.", "I have a dog, Bruna.", "I like tea.", "I live in Rome."])
def test_others_may_stand_side_by_side(extract: Extract, said: str) -> None:
    assert extract(said)[0].slot == ""
