"""What entities were called is kept, and a change of one can be taken back."""

from typing import Any

import pytest

from graphs.models import Entity, EntityRevision, Graph, Mention, Relation
from ingest.entities import Split, merge_entities, split_entity, update_entity
from ingest.mending.entities import restore_entity
from memos.api.problems import Problem
from memos.projects.audit import Caller
from tests.ingest.mending.conftest import Tell, about
from tests.world import Api
from threads.models import Message
from users.models import User


def named(name: str) -> Entity:
    return Entity.objects.get(name=name)


def last(entity: Entity) -> EntityRevision:
    return EntityRevision.objects.filter(entity_id=entity.pk).latest("recorded_at")


def called(entity: Entity) -> tuple[Any, ...]:
    entity.refresh_from_db()
    return entity.name, entity.type, entity.aliases, entity.summary


def linked(graph: Graph) -> tuple[set[Any], set[Any]]:
    mentions = Mention.objects.filter(graph=graph).values_list("memory", "entity")
    arrows = Relation.objects.filter(graph=graph).values_list("memory", "subject", "predicate", "object")
    return set(mentions), set(arrows)


def test_a_new_name_is_kept_and_taken_back(caller: Caller, tell: Tell) -> None:
    tell("lives_in Lisbon", 2020)
    lisbon = named("Lisbon")
    before = called(lisbon)
    update_entity(caller=caller, entity=lisbon, name="Lisboa", summary="A city.")
    update_entity(caller=caller, entity=lisbon, name="Lisboa")
    [kept] = EntityRevision.objects.all()
    assert (kept.name, kept.type, kept.changed_by, kept.reason) == ("Lisbon", "place", "operator", "changed")
    tell("lives_in Lisbon", 2021)
    tell("visited Lisboa", 2022)
    assert Entity.objects.filter(is_subject=False).count() == 1
    restore_entity(caller=caller, entity=lisbon, revision=kept)
    assert called(lisbon) == before
    with pytest.raises(Problem, match="not valid: revision"):
        restore_entity(caller=caller, entity=lisbon, revision=kept)
    restore_entity(caller=caller, entity=lisbon, revision=last(lisbon))
    assert called(lisbon) == ("Lisboa", "place", ["Lisbon"], "A city.")


def test_a_merge_is_taken_back_and_then_they_stay_apart(graph: Graph, caller: Caller, tell: Tell) -> None:
    tell("lives_in Lisbon\nvisited Lisboa\nvisited Olisipo", 2020)
    lisbon, lisboa, olisipo = map(named, ("Lisbon", "Lisboa", "Olisipo"))
    before, links = called(lisbon), linked(graph)
    merge_entities(caller=caller, entity=lisbon, entity_ids=[lisboa.ref, olisipo.ref])
    kept = last(lisbon)
    assert (kept.reason, set(kept.others)) == ("others were merged into it", {lisboa.pk, olisipo.pk})
    tell("at 2021-05-01 visited Lisboa", 2021)
    assert Entity.objects.filter(is_subject=False).count() == 1
    restore_entity(caller=caller, entity=lisbon, revision=kept)
    assert called(lisbon) == before
    mentions, arrows = linked(graph)
    assert links[0] < mentions
    assert links[1] < arrows
    tell("at 2022-05-01 visited Lisboa", 2022)
    assert Mention.objects.filter(entity=lisboa).count() == 2
    restore_entity(caller=caller, entity=lisbon, revision=last(lisbon))
    assert not Entity.objects.filter(pk=olisipo.pk).exists()


def test_what_was_split_off_goes_back(graph: Graph, caller: Caller, tell: Tell) -> None:
    tell("lives_in Lisbon\nvisited Lisbon\nlikes tea", 2020)
    lisbon = named("Lisbon")
    home, visit = about("lives in"), about("visited")
    links = linked(graph)
    split = Split(name="Lisbon, Ohio", memory_ids=[visit.ref])
    _, other = split_entity(caller=caller, entity=lisbon, split=split)
    assert (last(lisbon).reason, last(lisbon).others) == ("split", [other.pk])
    assert Mention.objects.get(memory=visit, entity=other)
    assert Relation.objects.get(memory=home).object == lisbon
    restore_entity(caller=caller, entity=lisbon, revision=last(lisbon))
    assert linked(graph) == links
    with pytest.raises(Problem):
        restore_entity(caller=caller, entity=named("tea"), revision=last(lisbon))


def test_a_relation_alone_goes_to_the_new_one(caller: Caller, tell: Tell) -> None:
    tell("lives_in Lisbon\nvisited Lisbon", 2020)
    lisbon, visit = named("Lisbon"), about("visited")
    arrow = Relation.objects.get(memory=visit)
    _, other = split_entity(caller=caller, entity=lisbon, split=Split(name="Lisboa", relation_ids=[arrow.ref]))
    arrow.refresh_from_db()
    assert arrow.object == other
    assert set(Mention.objects.filter(memory=visit, entity__is_subject=False).values_list("entity", flat=True)) == {
        lisbon.pk, other.pk
    }  # fmt: skip
    foreign = Relation.objects.get(memory=about("lives in"))
    with pytest.raises(Problem):
        split_entity(caller=caller, entity=other, split=Split(name="x", relation_ids=[foreign.ref]))


def test_names_that_were_merged_in_since_are_not_lost_by_an_earlier_name(caller: Caller, tell: Tell) -> None:
    tell("lives_in Lisbon\nvisited Olisipo", 2020)
    lisbon, olisipo = named("Lisbon"), named("Olisipo")
    update_entity(caller=caller, entity=lisbon, name="Lisboa")
    kept = last(lisbon)
    merge_entities(caller=caller, entity=lisbon, entity_ids=[olisipo.ref])
    restore_entity(caller=caller, entity=lisbon, revision=kept)
    assert called(lisbon)[::2] == ("Lisbon", ["Olisipo"])


def test_no_name_stays_that_was_erased(api: Api, graph: Graph, caller: Caller, tell: Tell) -> None:
    tell("lives_in Lisbon", 2020)
    tell("visited Olisipo", 2021)
    lisbon, olisipo = named("Lisbon"), named("Olisipo")
    update_entity(caller=caller, entity=olisipo, summary="Old.")
    merge_entities(caller=caller, entity=lisbon, entity_ids=[olisipo.ref])
    update_entity(caller=caller, entity=lisbon, name="The city")
    assert "Olisipo" in str(list(EntityRevision.objects.values_list("name", "aliases")))
    assert api.delete(f"/v1/messages/{Message.objects.latest('created_at').ref}").status_code == 200
    assert "Olisipo" not in str(list(EntityRevision.objects.values_list("name", "aliases")))
    assert EntityRevision.objects.exists()
    assert api.delete(f"/v1/messages/{Message.objects.latest('created_at').ref}").status_code == 200
    assert not EntityRevision.objects.exists()
    update_entity(caller=caller, entity=Entity.objects.get(is_subject=True), name="Alicia")
    assert api.delete(f"/v1/users/{User.objects.get().ref}").status_code == 200
    assert not EntityRevision.objects.exists()
