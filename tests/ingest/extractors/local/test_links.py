"""Links and endings. `me` stands for the speaker."""

import pytest

from graphs.kinds import EntityType
from ingest.extractors.base import SPEAKER, Ending, Thing
from ingest.extractors.local.predicates import PREDICATES
from tests.ingest.extractors.local.conftest import Extract

Triple = tuple[str, str, str]


def triples(extract: Extract, said: str) -> set[Triple]:
    facts = extract(said)
    return {
        (link.subject.name.replace(SPEAKER, "me"), link.predicate, link.object.name)
        for fact in facts
        for link in fact.links
    }


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("My name is Olu.", {("me", "named", "Olu")}),
        ("I work at Vertex Labs as a designer.", {("me", "works_at", "Vertex Labs"), ("me", "works_as", "designer")}),
        ("my sister Anna is a nurse", {("me", "sibling_of", "Anna"), ("Anna", "works_as", "nurse")}),
        ("Anna works at Siemens.", {("Anna", "works_at", "Siemens")}),
        ("I'm married to Tom.", {("me", "married_to", "Tom")}),
        ("My dog Luna is a border collie.", {("me", "has_pet", "Luna")}),
        ("I enjoy jazz, chess and long walks.", {("me", "likes", x) for x in ("jazz", "chess", "long walks")}),
        ("I speak Polish and some Italian.", {("me", "speaks", "Polish"), ("me", "speaks", "Italian")}),
        ("I have type 1 diabetes.", {("me", "has_condition", "type 1 diabetes")}),
        ("I own a Tesla Model 3.", {("me", "owns", "Tesla Model 3")}),
        ("I'm planning a trip to New Zealand.", {("me", "plans_to_visit", "New Zealand")}),
        ("I finished reading Dune yesterday.", {("me", "read", "Dune")}),
    ],
)
def test_a_fact_is_linked_to_what_it_speaks_of(extract: Extract, said: str, expected: set[Triple]) -> None:
    assert triples(extract, said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("I don't like coffee.", {("me", "dislikes", "coffee")}),
        ("I don't eat meat.", {("me", "does_not_eat", "meat")}),
        ("I'm not a fan of crowds.", {("me", "dislikes", "crowds")}),
        ("I don't hate mondays.", set()),
        ("I don't work at Acme.", set()),
        ("I used to like sushi.", set()),
    ],
)
def test_a_negation_never_asserts_what_it_denies(extract: Extract, said: str, expected: set[Triple]) -> None:
    assert triples(extract, said) == expected


def test_things_have_the_type_that_their_part_in_the_sentence_gives(extract: Extract) -> None:
    (fact,) = extract("My friend Jonas lives in Malmö.")
    assert fact.things[:2] == (Thing("Jonas", EntityType.PERSON), Thing(SPEAKER, EntityType.PERSON))
    assert Thing("Malmö", EntityType.PLACE) in fact.things


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ("I moved to Lisbon.", {Ending("lives_in")}),
        ("I quit my job at Acme.", {Ending("works_at", "Acme")}),
        ("I work at Beta now.", {Ending("works_at")}),
        ("I started a new job at Beta.", {Ending("works_at")}),
        ("I don't work at Acme anymore.", {Ending("works_at", "Acme")}),
        ("I no longer work at Acme.", {Ending("works_at", "Acme")}),
        ("I no longer like sushi.", {Ending("likes", "sushi")}),
        ("I stopped playing tennis.", {Ending("plays", "tennis")}),
        ("I gave up coffee.", {Ending("likes", "coffee"), Ending("eats", "coffee"), Ending("takes", "coffee")}),
        ("I sold my car.", {Ending("owns", "car")}),
        ("My dog Rex died.", {Ending("has_pet", "Rex")}),
        ("I broke up with Tom.", {Ending("partner_of", "Tom")}),
        ("I'm vegan now.", {Ending("eats")}),
        ("I now prefer oat milk.", {Ending("prefers")}),
        ("Actually, my name is Nadia.", {Ending("named")}),
    ],
)
def test_a_change_ends_what_was_true_before(extract: Extract, said: str, ends: set[Ending]) -> None:
    (fact,) = extract(said)
    assert set(fact.ends) == ends


@pytest.mark.parametrize(
    "said", ["I work at Gamma too.", "I also like ramen.", "I work at Acme.", "I got a part-time job.", "I like tea."]
)
def test_an_addition_ends_nothing(extract: Extract, said: str) -> None:
    assert all(fact.ends == () for fact in extract(said))


def test_what_ends_for_another_person_ends_nothing_of_the_speaker(extract: Extract) -> None:
    (fact,) = extract("My sister Anna quit her job at Siemens yesterday.")
    assert fact.ends == ()


def test_every_predicate_is_in_the_vocabulary(extract: Extract) -> None:
    said = """I'm Sam. I live in Rome. I work at Acme as a cook. I have a cat named Tom. I love tea. I hate rain.
    My favourite colour is red. I was born in Nice. I'm from Cork. I play chess. I'm learning Rust. I speak Thai.
    I visited Oslo in May. I read Dune last week. I watched Alien yesterday. I'm allergic to nuts. I use Vim."""
    predicates = {predicate for _, predicate, _ in triples(extract, said)}
    assert len(predicates) > 12
    assert predicates <= set(PREDICATES)
