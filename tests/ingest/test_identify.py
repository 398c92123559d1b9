"""Which entity a name means. Two are rather left apart than joined wrongly."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from graphs.entities import call, keys_of
from graphs.kinds import EntityType, MemoryKind
from graphs.models import Entity, Memory, Mention, Relation
from ingest import reading
from ingest.extractors.base import SPEAKER, Fact, Link, Thing, Utterance
from tests.conftest import Drain
from tests.world import Api

ROLES = {"sibling_of", "colleague_of", "friend_of", "married_to", "partner_of", "knows"}
ME = Thing(SPEAKER, EntityType.PERSON)


class Names:
    """Reads a made-up language: "sibling_of Anna, Anna lives_in Porto" or "about person Anna" in one fact a line."""

    def load(self) -> None:
        """There is nothing to load."""

    def extract(self, utterances: Sequence[Utterance]) -> list[list[Fact]]:
        return [[_fact(line) for line in utterance.text.splitlines()] for utterance in utterances]


def _fact(line: str) -> Fact:
    links, things = [], []
    for part in line.split(", "):
        first, _, rest = part.partition(" ")
        if first == "about":
            type_, _, name = rest.partition(" ")
            things.append(Thing(name, EntityType(type_)))
        elif first in ROLES or first == "named":
            links.append(Link(ME, first, Thing(rest, EntityType.PERSON)))
        else:
            predicate, _, place = rest.partition(" ")
            links.append(Link(Thing(first, EntityType.PERSON), predicate, Thing(place, EntityType.PLACE)))
    return Fact(f"{SPEAKER} said {line}.", MemoryKind.FACT, things=tuple(things), links=tuple(links))


@pytest.fixture
def said(api: Api, user: dict[str, Any], drain: Drain, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Say something in a thread (a number) on a day, and let it be read."""
    monkeypatch.setattr(reading, "extractor", lambda: Names())
    threads: dict[int, dict[str, Any]] = {}

    def say(*lines: str, thread: int = 1, on: str = "2024-05-01", name: str | None = None) -> None:
        threads.setdefault(thread, api.new_thread(user))
        at = datetime.fromisoformat(on).replace(tzinfo=UTC).isoformat()
        message = {"role": "user", "content": "\n".join(lines), "createdAt": at}
        api.say(threads[thread], message | ({"name": name} if name else {}))
        drain()

    return say


def names(**wanted: Any) -> list[str]:
    return sorted(Entity.objects.filter(is_subject=False, **wanted).values_list("name", flat=True))


def spoken_of(content: str) -> set[str]:
    """The roles of the people that a memory mentions, or their names where they have none."""
    memory = Memory.objects.get(content__contains=content)
    people = Entity.objects.filter(mentions__memory=memory, is_subject=False, type="person")
    roles = {entity: Relation.objects.filter(object=entity, predicate__in=ROLES).first() for entity in people}
    return {role.predicate if role else entity.name for entity, role in roles.items()}


@pytest.mark.parametrize(
    ("type_", "first", "second"),
    [
        ("person", "José", "jose"),
        ("person", "O'Brien", "O’Brien"),
        ("place", "São Paulo", "Sao  Paulo"),
        ("organization", "Acme", "Acme Inc."),
        ("organization", "Acme, Inc.", "ACME"),
        ("organization", "Siemens AG", "Siemens"),
        ("place", "पुणे", "पुणे"),
    ],
)
def test_one_name_in_two_spellings_is_one(said: Any, type_: str, first: str, second: str) -> None:
    said(f"about {type_} {first}")
    said(f"about {type_} {second}", thread=2, on="2024-06-01")
    assert len(names(type=type_)) == 1


@pytest.mark.parametrize(
    "lines", [("Ada lives_in Lumen", "about organization Lumen"), ("about organization Lumen", "Ada lives_in Lumen")]
)
def test_a_guessed_type_gives_way_to_what_is_asserted_in_the_thread(said: Any, lines: tuple[str, str]) -> None:
    for line in lines:
        said(line)
    assert [entity.type for entity in Entity.objects.filter(name="Lumen")] == ["place"]


@pytest.mark.parametrize("guess", ["about person Lumen", "about organization Lumen"])
def test_a_person_and_what_another_thread_speaks_of_stay_apart(said: Any, guess: str) -> None:
    said("Ada lives_in Lumen")
    said(guess, thread=1 if "person" in guess else 2)
    assert names(name="Lumen") == ["Lumen", "Lumen"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("person Tom", "person Tommy"),
        ("person Tom", "person Tim"),
        ("person Tom", "person Tom Baker"),
        ("person Tom Reed", "person Tom Baker"),
        ("place NYC", "place New York City"),
        ("organization Incline", "organization Incline Village"),
        ("person Rose", "topic rose"),
        ("topic apple", "organization Apple"),
        ("organization Lyon", "place Lyon"),
        ("place कि", "place का"),
        ("place Май", "place Маи"),
    ],
)
def test_what_merely_resembles_stays_apart(said: Any, first: str, second: str) -> None:
    said(f"about {first}")
    said(f"about {second}")
    assert len(names()) == 2


def test_a_topic_may_turn_out_to_be_something_of_that_name(said: Any) -> None:
    said("about topic Rust")
    said("about product Rust")
    assert list(Entity.objects.filter(name="Rust").values_list("type", flat=True)) == ["product"]


def test_an_alias_names_it_too(said: Any) -> None:
    said("about place New York City")
    city = Entity.objects.get(name="New York City")
    call(city, city.name, ["NYC"])
    city.save()
    said("about place nyc")
    assert names(type="place") == ["New York City"]


def test_two_people_of_one_name_are_told_apart_by_what_they_are_to_the_speaker(said: Any) -> None:
    said("sibling_of Anna", "colleague_of Anna", "sibling_of Anna, Anna lives_in Porto")
    assert names(type="person") == ["Anna", "Anna"]
    assert spoken_of("lives_in Porto") == {"sibling_of"}


def test_a_friend_may_be_a_colleague_and_a_partner_becomes_a_spouse(said: Any) -> None:
    said("friend_of Bo", "colleague_of Bo", "knows Bo", "partner_of Cy", "married_to Cy")
    assert names(type="person") == ["Bo", "Cy"]


def test_somebody_of_whom_nothing_is_known_gains_the_role(said: Any) -> None:
    said("about person Anna", "sibling_of Anna")
    assert names(type="person") == ["Anna"]


def test_an_ambiguous_name_means_the_one_that_the_thread_is_about(said: Any) -> None:
    said("sibling_of Anna", thread=1)
    said("colleague_of Anna", thread=2)
    said("about person Anna, Anna lives_in Porto", thread=1)
    assert spoken_of("lives_in Porto") == {"sibling_of"}


def test_the_message_itself_says_more_than_its_thread(said: Any) -> None:
    said("sibling_of Anna", "colleague_of Anna")
    said("colleague_of Anna, Anna lives_in Rome", "about person Anna, Anna lives_in Porto")
    assert spoken_of("about person Anna, Anna lives_in Porto") == {"colleague_of"}


def test_elsewhere_it_means_the_one_that_was_spoken_of_of_late(said: Any) -> None:
    said("sibling_of Anna", thread=1, on="2024-01-01")
    said("colleague_of Anna", thread=2, on="2024-05-01")
    said("about person Anna, Anna lives_in Porto", thread=3, on="2024-05-04")
    assert spoken_of("lives_in Porto") == {"colleague_of"}


@pytest.mark.parametrize("day", ["2024-05-04", "2024-09-01"])
def test_where_none_is_clearly_ahead_nobody_is_joined_and_nobody_made(said: Any, day: str) -> None:
    said("sibling_of Anna", thread=1, on="2024-04-20")
    said("colleague_of Anna", thread=2, on="2024-05-01")
    said("about person Anna, Anna lives_in Porto", thread=3, on=day)
    assert spoken_of("lives_in Porto") == set()
    assert names(type="person") == ["Anna", "Anna"]
    assert not Relation.objects.filter(predicate="lives_in").exists()
    assert Mention.objects.filter(entity__name="Porto").count() == 1


def test_a_full_name_with_the_same_role_is_the_same_and_both_names_stay(said: Any) -> None:
    said("sibling_of Tom", "sibling_of Tom Baker")
    said("about person Tom Baker", thread=2)
    [tom] = Entity.objects.filter(type="person", is_subject=False)
    assert (tom.name, tom.aliases) == ("Tom", ["Tom Baker"])


def test_a_full_name_with_another_role_is_somebody_else(said: Any) -> None:
    said("sibling_of Tom", "colleague_of Tom Baker")
    assert names(type="person") == ["Tom", "Tom Baker"]


def test_a_first_name_means_the_full_one_of_the_same_thread(said: Any) -> None:
    said("about person Tom Baker", "about person Tom")
    assert names(type="person") == ["Tom Baker"]


def test_a_first_name_in_another_thread_is_left_apart(said: Any) -> None:
    said("about person Tom Baker")
    said("about person Tom", thread=2)
    assert names(type="person") == ["Tom", "Tom Baker"]


def test_a_first_name_that_two_share_is_left_apart(said: Any) -> None:
    said("about person Tom Baker", "about person Tom Reed", "about person Tom")
    assert names(type="person") == ["Tom", "Tom Baker", "Tom Reed"]


def test_a_name_that_was_told_apart_does_not_join_again(said: Any) -> None:
    said("about person Tom Baker")
    Entity.objects.filter(name="Tom Baker").update(apart=["tom"])
    said("about person Tom")
    assert names(type="person") == ["Tom", "Tom Baker"]


def test_a_namesake_of_the_speaker_is_somebody_else(said: Any) -> None:
    said("sibling_of Alice", "about person Alice, Alice lives_in Porto")
    assert spoken_of("lives_in Porto") == {"sibling_of"}
    assert names(type="person") == ["Alice"]


def test_ones_own_name_makes_nobody_new(said: Any) -> None:
    said("named Ally")
    subject = Entity.objects.get(is_subject=True)
    assert (subject.name, subject.aliases, subject.names) == ("Ally", ["Alice"], ["alice", "ally"])
    assert names() == []


def test_a_pet_of_whom_one_speaks_like_a_person_is_the_pet(said: Any) -> None:
    said("about animal Rex")
    said("about person Rex, Rex lives_in Porto", thread=2)
    assert names(type="person") == []
    said("friend_of Rex", thread=2)
    assert names(type="person") == ["Rex"]
    said("about person Rex", thread=2)
    assert not Mention.objects.filter(memory__content__endswith="about person Rex.", entity__name="Rex").exists()


def test_a_pet_does_not_go_to_work(said: Any) -> None:
    said("about animal Rex")
    said("Rex works_at Acme")
    assert names(type="person") == ["Rex"]


def test_the_user_may_write_under_their_full_name(said: Any) -> None:
    said("about topic tea", name="Alice Miller")
    said("about topic milk", name="alice")
    said("about topic juice", name="Bob")
    assert Entity.objects.get(is_subject=True).aliases == ["Alice Miller"]
    assert [memory.about.name for memory in Memory.objects.order_by("id")] == ["Alice", "Alice", "Bob"]


def test_keys_are_no_longer_than_a_column() -> None:
    assert max(map(len, keys_of("ﷺ" * 200, "organization"))) <= 200
