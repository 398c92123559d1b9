"""What a summary says: sentences that a person would write, of which each word rests on a memory that it names."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import Stemmer
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphs.entities import call
from graphs.kinds import EntityType, MemoryKind, Precision
from graphs.models import Entity, Graph, Memory
from graphs.models.memory import SPEAKER
from graphs.render import sentence
from graphs.words import STOP
from ingest.biography.compose import MOST_WORDS, compose
from tests.factories import GraphFactory, MemoryFactory, RelationFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)
LAST_YEAR, SOON, PAST = NOW - timedelta(days=400), NOW + timedelta(days=9), NOW - timedelta(days=9)
OWN_WORDS = "since years old"
"""Words that a summary may hold though no memory says them."""
_stem = Stemmer.Stemmer("english").stemWord


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def graph() -> Graph:
    return GraphFactory(subject_name="Alice")


def tell(graph: Graph, content: str, kind: str = "work", *links: str, **fields: Any) -> Memory:
    """A memory ("@" is the subject) with relations such as "works_at Acme" or "Anna works_at Siemens"."""
    made = MemoryFactory(graph=graph, content=content.replace("@", SPEAKER), kind=kind, **fields)
    for link in links:
        first, _, rest = link.partition(" ")
        if "_" in first or first in ("speaks", "likes", "prefers", "eats", "plays", "takes"):
            RelationFactory(memory=made, subject=made.about, predicate=first, object=_thing(graph, rest))
        else:
            predicate, _, name = rest.partition(" ")
            RelationFactory(memory=made, subject=_thing(graph, first), predicate=predicate, object=_thing(graph, name))
    return made


def _thing(graph: Graph, name: str) -> Entity:
    found = Entity.objects.filter(graph=graph, name=name).first()
    if found:
        return found
    made = Entity(project=graph.project, graph=graph, type=EntityType.PERSON, first_seen_at=NOW, last_seen_at=NOW)
    call(made, name, [])
    made.save()
    return made


def text(graph: Graph) -> str:
    return compose(graph)[0]


def year(number: int, **fields: Any) -> dict[str, Any]:
    return {"valid_from": datetime(number, 1, 1, tzinfo=UTC), "valid_precision": Precision.YEAR, **fields}


def test_it_reads_like_a_note_about_somebody(graph: Graph) -> None:
    job = ("works_at Acme", "works_as senior platform engineer")
    tell(graph, "@ is a senior platform engineer at Acme.", "work", *job)
    tell(graph, "@ joined Acme in 2023.", "work", "works_at Acme", **year(2023))
    tell(graph, "@ is on the billing team.", "work", said_at=PAST)
    tell(graph, "@ lives in Lisbon with their wife Ana and their dog Rex.", "home", "lives_in Lisbon")
    tell(graph, "@'s dog Rex is a beagle.", "relationship", "has_pet Rex")
    tell(graph, "@ is allergic to peanuts.", "health", "allergic_to peanuts")
    tell(graph, "@ is allergic to latex.", "health", "allergic_to latex", said_at=PAST)
    tell(graph, "@ prefers tea to coffee.", "preference", "prefers tea")
    tell(graph, "@ is flying to Oslo on 19 May 2026.", "plan", "plans_to_visit Oslo", valid_from=SOON)
    assert text(graph) == (
        "Senior platform engineer at Acme since 2023, on the billing team. "
        "Lives in Lisbon with their wife Ana and their dog Rex (a beagle). "
        "Allergic to peanuts and latex. Prefers tea to coffee. Flying to Oslo on 19 May 2026."
    )
    assert set(compose(graph)[1]) == set(Memory.objects.values_list("pk", flat=True))


def test_those_who_are_close_are_named_once_with_what_they_are(graph: Graph) -> None:
    tell(graph, "@ is married to Tom.", "relationship", "married_to Tom")
    tell(graph, "@'s sister Anna visited them on 3 May 2026.", "event", "sibling_of Anna")
    tell(graph, "Anna works at Siemens.", "fact", "Anna works_at Siemens")
    tell(graph, "@ has a son named Eli.", "relationship", "parent_of Eli")
    tell(graph, "@ has two cats, Luna and Milo.", "relationship", "has_pet Luna", "has_pet Milo")
    assert text(graph) == ("Married to Tom; son Eli and sister Anna (works at Siemens). Has two cats, Luna and Milo.")


def test_the_latest_is_told_of_somebody_by_whichever_name(graph: Graph) -> None:
    tell(graph, "@'s brother Tom Baker is a chef.", "relationship", "sibling_of Tom Baker", said_at=PAST)
    tom = Entity.objects.get(name="Tom Baker")
    call(tom, tom.name, ["Tom"])
    tom.save()
    tell(graph, "@'s brother Tom is a pilot.", "relationship", "sibling_of Tom Baker")
    assert text(graph) == "Brother Tom (a pilot)."


def test_two_people_of_one_name_are_not_mixed(graph: Graph) -> None:
    tell(graph, "@'s sister Anna is a nurse.", "relationship", "sibling_of Anna")
    tell(graph, "@'s colleague Anna is from Spain.", "relationship")
    assert text(graph) == "Sister Anna (a nurse); colleague Anna is from Spain."


def test_the_dead_and_the_past_are_not_told_in_the_present(graph: Graph) -> None:
    tell(graph, "@'s brother Tom is a pilot.", "relationship", "sibling_of Tom")
    tell(graph, "@'s brother Tom died in 2012.", "event", "sibling_of Tom", **year(2012))
    tell(graph, "@'s sister Anna was a nurse.", "relationship", "sibling_of Anna")
    tell(graph, "@ was a soldier.", "work")
    assert text(graph) == "Was a soldier. Sister Anna (was a nurse)."


def test_a_date_of_something_else_is_no_beginning(graph: Graph) -> None:
    tell(graph, "@ has ADHD.", "health", "has_condition ADHD")
    tell(graph, "@ was diagnosed with ADHD in 2022.", "health", "has_condition ADHD", **year(2022))
    tell(graph, "@ is dating Lena.", "relationship", "partner_of Lena")
    tell(graph, "@ got engaged to Lena in 2023.", "relationship", "partner_of Lena", **year(2023))
    assert text(graph) == "Dating Lena. Has ADHD."


def test_the_same_is_not_told_in_two_places(graph: Graph) -> None:
    tell(graph, "@ is a tax adviser based in Cardiff.", "work", "works_as tax adviser", "lives_in Cardiff")
    tell(graph, "@ lives in Cardiff.", "home", "lives_in Cardiff")
    assert text(graph) == "Tax adviser based in Cardiff."


def test_the_same_in_two_wordings_is_told_once(graph: Graph) -> None:
    nurse = tell(graph, "@ is a nurse.", "work", "works_as nurse")
    tell(graph, "@ works as a nurse.", "work", "works_as nurse", said_at=PAST)
    assert compose(graph) == ("Nurse.", [nurse.pk])


def test_where_somebody_lives_is_the_latest_that_they_said(graph: Graph) -> None:
    tell(graph, "@ lives in Porto.", "home", "lives_in Porto", said_at=PAST)
    tell(graph, "@ lives in Leeds.", "home", "lives_in Leeds", said_at=NOW)
    assert text(graph) == "Lives in Leeds."


def test_a_date_is_told_if_a_memory_says_it_in_words(graph: Graph) -> None:
    tell(graph, "@ lives in Lisbon.", "home", "lives_in Lisbon")
    tell(graph, "@ moved to Lisbon.", "home", "lives_in Lisbon", valid_from=PAST, valid_precision="day")
    assert text(graph) == "Lives in Lisbon."
    tell(graph, "@ moved to Lisbon in 2023.", "home", "lives_in Lisbon", **year(2023))
    assert text(graph) == "Lives in Lisbon (since 2023)."


def test_what_has_ended_is_left_out_and_what_is_to_come_is_a_plan(graph: Graph) -> None:
    tell(graph, "@ works at Umbra.", "work", "works_at Umbra", valid_to=PAST)
    tell(graph, "@ does not work at Acme anymore.", "work")
    tell(graph, "@ starts at Siemens on 19 May 2026.", "work", "works_at Siemens", valid_from=SOON)
    tell(graph, "@ works at Beta.", "work", "works_at Beta", said_at=PAST)
    assert text(graph) == "Works at Beta. Starts at Siemens on 19 May 2026."


@pytest.mark.parametrize(
    ("content", "kind", "fields"),
    [
        ("@ is flying to Oslo on 1 May 2026.", "plan", {"valid_from": PAST, "valid_precision": "day"}),
        ("@ is going to Japan in 2025.", "plan", year(2025)),
        ("@ is planning a trip.", "plan", {"said_at": LAST_YEAR}),
        ("@ is 41.", "identity", {"said_at": LAST_YEAR}),
        ("@ is Alice.", "identity", {}),
        ("@'s name is Alice.", "identity", {}),
        ("Everyone calls @ Ally.", "identity", {}),
        ("@ turned 40 in the week of 4 May 2026.", "identity", {"valid_from": PAST}),
        ("@ is not vegan anymore.", "health", {}),
        ("@ got laid off on 9 May 2026.", "event", {"valid_from": PAST}),
        ("@ may like tea.", "preference", {"confidence": 0.6}),
        ("@ likes tea.", "preference", {"retired_at": PAST}),
        ("The assistant should answer in French.", "instruction", {}),
        ("@ has " + "very " * 20 + "much to tell.", "identity", {}),
    ],
)
def test_what_is_no_biography_is_left_out(graph: Graph, content: str, kind: str, fields: dict[str, Any]) -> None:
    call(subject := Entity.objects.get(graph=graph), "Alice", ["Ally"])
    subject.save()
    tell(graph, content, kind, **fields)
    assert compose(graph) == ("", [])


@pytest.mark.parametrize(
    ("content", "kind", "told"),
    [
        ("@ is 41.", "identity", "41 years old."),
        ("@ is Tess, a photographer from Leeds.", "identity", "Photographer from Leeds."),
        ("@ was born in 1990 in Nairobi.", "identity", "Born in 1990 in Nairobi."),
        ("@'s birthday is on 12 October 2026.", "identity", "Birthday is on 12 October."),
        ("@ is planning to visit Japan in April 2027.", "plan", "Planning to visit Japan in April 2027."),
        ("@ does not eat meat any more.", "health", "Does not eat meat."),
        ("@ is not a fan of crowds.", "preference", "Not a fan of crowds."),
        ("@ has been learning Dutch since January 2024.", "skill", "Learning Dutch since January 2024."),
        ("@ and their wife sail every weekend.", "skill", "Alice and their wife sail every weekend."),
        ("Green curry is @'s favourite dish.", "preference", "Green curry is Alice's favourite dish."),
    ],
)
def test_each_fact_has_its_wording(graph: Graph, content: str, kind: str, told: str) -> None:
    tell(graph, content, kind)
    assert text(graph) == told


def test_what_is_in_another_language_stays_as_it_is(graph: Graph) -> None:
    tell(graph, "@ wohnt in Wien.", "home", "lives_in Wien", language="de")
    tell(graph, "Alices Schwester heißt Lea.", "relationship", "sibling_of Lea", language="de")
    assert text(graph) == "Alice wohnt in Wien. Alices Schwester heißt Lea."


def test_of_many_things_of_a_kind_the_latest_few_are_told(graph: Graph) -> None:
    names = ["tea", "jazz", "chess", "rain", "snow", "figs"]
    made = [
        tell(graph, f"@ likes {name}.", "preference", f"likes {name}", said_at=PAST - timedelta(days=number))
        for number, name in enumerate(names)
    ]
    assert compose(graph) == ("Likes tea, jazz, chess and rain.", [memory.pk for memory in made[:4]])


def test_in_a_dialogue_of_two_each_has_a_paragraph(graph: Graph) -> None:
    for name, drink in (("Bob", "tea"), ("Caro", "milk"), ("Caro", "mate")):
        tell(graph, f"@ likes {drink}.", "preference", about=_thing(graph, name))
    assert text(graph) == "Caro: Likes mate and milk.\nBob: Likes tea."


def test_it_is_the_same_each_time(graph: Graph) -> None:
    for name in ("tea", "jazz", "chess"):
        tell(graph, f"@ enjoys {name}.", "preference", f"likes {name}", said_at=PAST)
    assert len({compose(graph)[0] for _ in range(3)}) == 1


FACTS = [
    ("@ is a nurse at St Mary.", "work", ["works_at St Mary", "works_as nurse"]),
    ("@ works at Acme.", "work", ["works_at Acme"]),
    ("@ joined Acme in 2023.", "work", ["works_at Acme"]),
    ("@ teaches maths and physics.", "work", []),
    ("@ lives in Lisbon with their wife Ana.", "home", ["lives_in Lisbon"]),
    ("@ moved to Porto in 2023.", "home", ["lives_in Porto"]),
    ("@'s wife Ana is a chef.", "relationship", ["married_to Ana"]),
    ("@'s sister Anna lives in Bonn.", "relationship", ["sibling_of Anna", "Anna lives_in Bonn"]),
    ("Anna works at Siemens.", "fact", ["Anna works_at Siemens"]),
    ("@ has a dog named Rex.", "relationship", ["has_pet Rex"]),
    ("Rex is three years old.", "relationship", ["has_pet Rex"]),
    ("@ is allergic to peanuts and shellfish.", "health", ["allergic_to peanuts", "allergic_to shellfish"]),
    ("@ is allergic to latex.", "health", ["allergic_to latex"]),
    ("@ is not vegan anymore.", "health", []),
    ("@ is 41.", "identity", []),
    ("@ likes tea.", "preference", ["likes tea"]),
    ("@ likes jazz, but not free jazz.", "preference", ["likes jazz"]),
    ("@ hates flying.", "preference", []),
    ("@ trinkt gern Kaffee.", "preference", ["likes Kaffee"]),
    ("@ speaks Polish and English.", "identity", ["speaks Polish", "speaks English"]),
    ("@ owns a boat.", "possession", []),
    ("@ is flying to Oslo on 19 May 2026.", "plan", ["plans_to_visit Oslo"]),
    ("@ wants to become a pilot.", "goal", []),
    ("@'s friend Jonas was born on 2 February 1999.", "relationship", ["friend_of Jonas"]),
]
STATES: list[dict[str, Any]] = [
    {},
    {"valid_to": PAST},
    {"valid_to": SOON},
    {"valid_from": PAST, "valid_precision": "day"},
    year(2023),
    {"valid_from": SOON, "valid_precision": "day"},
    {"confidence": 0.5},
    {"retired_at": PAST},
    {"said_at": LAST_YEAR},
    {"language": "de"},
]
TOLD = st.tuples(st.sampled_from(FACTS), st.sampled_from(STATES))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TOLD, min_size=1, unique_by=lambda one: one[0][0]))
def test_each_word_rests_on_a_memory_that_is_named_and_holds(graph: Graph, told: list[Any]) -> None:
    Memory.objects.all().delete()
    for (content, kind, links), fields in told:
        tell(graph, content, kind, *links, **fields)
    shown, used = compose(graph)
    memories = list(Memory.objects.holding().filter(confidence__gte=0.7).select_related("about").in_bulk(used).values())
    assert len(memories) == len(used)
    said = [stems(sentence(memory)) for memory in memories]
    assert stems(shown) <= stems(OWN_WORDS).union(*said)
    assert all(words & stems(shown) for words in said)
    assert len(shown.split()) <= MOST_WORDS


def stems(words: str) -> set[str]:
    found = re.findall(r"[^\W_]+", words.casefold())
    return {_stem(word) for word in found if word not in STOP}


def test_a_hundred_and_twenty_words_are_enough(graph: Graph) -> None:
    for kind in MemoryKind:
        for number in range(12):
            words = " ".join(f"{kind}{number}{letter}" for letter in "abcdefgh")
            tell(graph, f"@ sings {words}.", kind)
    shown, used = compose(graph)
    assert 90 < len(shown.split()) <= MOST_WORDS
    assert {memory.content.split()[2].rstrip(".") in shown for memory in Memory.objects.filter(pk__in=used)} == {True}
    assert shown.count("ings ") == len(used)
