"""PATCH /v1/entities/:id, POST …/merge and …/split"""

from typing import Any

import pytest

from graphs.entities import call
from graphs.kinds import EntityType
from graphs.models import Entity, Graph, Memory, Mention, Relation
from graphs.models.memory import SPEAKER
from ingest import facts, merging
from memos.projects.models import AuditEntry
from tests.conftest import Drain
from tests.factories import EntityFactory, MemoryFactory, MentionFactory, RelationFactory
from tests.world import Api, World, bad_fields, problem


@pytest.fixture
def graph(user: dict[str, Any]) -> Graph:
    return Graph.objects.get()


@pytest.fixture
def subject(graph: Graph) -> Entity:
    return Entity.objects.get(graph=graph, is_subject=True)


def person(graph: Graph, name: str, **fields: Any) -> Entity:
    return EntityFactory(graph=graph, name=name, type=EntityType.PERSON, **fields)


def memory(graph: Graph, content: str, *entities: Entity, **fields: Any) -> Memory:
    made = MemoryFactory(graph=graph, content=content, **fields)
    for entity in entities:
        MentionFactory(memory=made, entity=entity, names=[entity.name])
    return made


def relate(made: Memory, subject: Entity, predicate: str, object_: Entity) -> Relation:
    return RelationFactory(memory=made, subject=subject, predicate=predicate, object=object_)


def state(graph: Graph) -> dict[str, Any]:
    """All that a merge may move, and an undo must bring back."""
    return {
        "entities": list(Entity.objects.filter(graph=graph).order_by("id").values(
            "id", "name", "key", "aliases", "names", "type", "summary", "first_seen_at", "last_seen_at", "merged")),
        "mentions": set(Mention.objects.filter(graph=graph).values_list("memory", "entity")),
        "relations": set(Relation.objects.filter(graph=graph).values_list("id", "subject", "predicate", "object")),
        "memories": list(Memory.objects.filter(graph=graph).order_by("id").values("id", "about", "digest", "content")),
    }  # fmt: skip


def merge(api: Api, entity: Entity, *others: Entity) -> Any:
    response = api.post(f"/v1/entities/{entity.ref}/merge", {"entityIds": [other.ref for other in others]})
    assert response.status_code == 200, response.content
    return response.json()


def split(api: Api, entity: Entity, **body: Any) -> Any:
    response = api.post(f"/v1/entities/{entity.ref}/split", body)
    assert response.status_code == 201, response.content
    return response.json()


@pytest.fixture
def two(graph: Graph, subject: Entity) -> tuple[Entity, Entity]:
    """Tom and Tommy, who share a memory, and who each have one of their own."""
    tom, tommy = person(graph, "Tom", summary="A brother."), person(graph, "Tommy", aliases=["T."], summary="A pilot.")
    porto = EntityFactory(graph=graph, name="Porto", type=EntityType.PLACE)
    own = memory(graph, f"{SPEAKER}'s brother Tom is a chef.", tom)
    relate(own, subject, "sibling_of", tom)
    other = memory(graph, "Tommy lives in Porto.", tommy, porto)
    relate(other, tommy, "lives_in", porto)
    both = memory(graph, "Tom and Tommy live in Porto.", tom, tommy, porto)
    relate(both, tom, "lives_in", porto)
    relate(both, tommy, "lives_in", porto)
    relate(both, tom, "knows", tommy)
    said = memory(graph, f"{SPEAKER} likes tea.", tommy, about=tommy)
    relate(said, tommy, "likes", EntityFactory(graph=graph, name="tea", type=EntityType.TOPIC))
    return tom, tommy


def test_a_merge_moves_mentions_relations_and_what_was_said(
    api: Api, graph: Graph, subject: Entity, two: tuple[Entity, Entity]
) -> None:
    tom, tommy = two
    answer = merge(api, tom, tommy)
    assert (answer["id"], answer["name"], answer["aliases"]) == (tom.ref, "Tom", ["Tommy", "T."])
    assert (answer["summary"], answer["memoryCount"]) == ("A brother.", 4)
    assert answer["merged"] == [{"id": tommy.ref, "name": "Tommy"}]
    assert {one["name"] for one in answer["neighbours"]} == {"Alice", "Porto", "tea"}
    arrows = sorted((one["subject"]["name"], one["predicate"], one["object"]["name"]) for one in answer["relations"])
    lives = ("Tom", "lives_in", "Porto")
    assert arrows == [("Alice", "sibling_of", "Tom"), ("Tom", "likes", "tea"), lives, lives]
    problem(api.get(f"/v1/entities/{tommy.ref}"), 404, "NOT_FOUND")
    assert {one["content"] for one in api.memories({"id": graph.user.ref}, entityId=tom.ref)} == {
        "Alice's brother Tom is a chef.",
        "Tommy lives in Porto.",
        "Tom and Tommy live in Porto.",
        "Tom likes tea.",
    }


def test_a_split_undoes_a_merge_to_the_row(api: Api, graph: Graph, two: tuple[Entity, Entity]) -> None:
    tom, tommy = two
    before = state(graph)
    merge(api, tom, tommy)
    assert state(graph) != before
    answer = split(api, tom, entityId=tommy.ref)
    assert (answer["entity"]["id"], answer["split"]["id"]) == (tom.ref, tommy.ref)
    assert state(graph) == before


def test_what_came_since_the_merge_stays_where_it_is(api: Api, graph: Graph, two: tuple[Entity, Entity]) -> None:
    tom, tommy = two
    merge(api, tom, tommy)
    late = memory(graph, "Tommy has a boat.", tom)
    gone = Memory.objects.get(content="Tommy lives in Porto.")
    gone.delete()
    split(api, tom, entityId=tommy.ref)
    assert list(late.mentions.values_list("entity", flat=True)) == [tom.pk]
    assert Mention.objects.filter(entity=tommy).count() == 2


def test_merges_within_merges_are_undone_one_by_one(api: Api, graph: Graph, two: tuple[Entity, Entity]) -> None:
    tom, tommy = two
    third = person(graph, "Thomas")
    memory(graph, "Thomas sings.", third)
    before = state(graph)
    merge(api, tommy, tom)
    merge(api, third, tommy)
    problem(api.post(f"/v1/entities/{third.ref}/split", {"entityId": tom.ref}), 404, "NOT_FOUND")
    split(api, third, entityId=tommy.ref)
    split(api, tommy, entityId=tom.ref)
    assert state(graph) == before


def test_new_messages_mean_the_merged_one_and_after_the_split_each_its_own(
    api: Api, graph: Graph, thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "lives_in Lisbon", "visited Lisboa")
    drain()
    lisbon, lisboa = (Entity.objects.get(name=name) for name in ("Lisbon", "Lisboa"))
    merge(api, lisbon, lisboa)
    api.say(thread, "at 2024-05-01 visited Lisboa")
    drain()
    assert not Entity.objects.filter(name="Lisboa").exists()
    assert Mention.objects.filter(entity=lisbon).count() == 3
    split(api, lisbon, entityId=lisboa.ref)
    api.say(thread, "at 2025-05-01 visited Lisboa", "at 2025-05-01 visited Lisbon")
    drain()
    assert Mention.objects.filter(entity=lisboa).count() == 2
    assert Mention.objects.filter(entity=lisbon).count() == 3


def test_what_an_alias_names_is_ended_by_the_other_name(
    api: Api, user: dict[str, Any], graph: Graph, thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "likes NYC")
    drain()
    city = Entity.objects.get(name="NYC")
    assert api.send("PATCH", f"/v1/entities/{city.ref}", {"aliases": ["New York City"]}).status_code == 200
    api.say(thread, "stopped_likes New York City")
    drain()
    assert [one["content"] for one in api.memories(user)] == ["Alice no longer likes New York City."]


def test_what_both_have_said_stays_twice(api: Api, graph: Graph, two: tuple[Entity, Entity]) -> None:
    tom, tommy = two
    own = memory(graph, f"{SPEAKER} likes tea.", tom, about=tom)
    theirs = Memory.objects.get(about=tommy)
    merge(api, tom, tommy)
    own.refresh_from_db()
    theirs.refresh_from_db()
    assert (own.about, theirs.about) == (tom, tom)
    assert own.digest == facts.digest_of(own) != theirs.digest


def test_the_subject_takes_in_other_names_of_the_user(api: Api, graph: Graph, subject: Entity) -> None:
    al = person(graph, "Al")
    said = memory(graph, f"{SPEAKER} likes tea.", al, about=al)
    merge(api, subject, al)
    said.refresh_from_db()
    assert said.about == subject
    assert api.memories({"id": graph.user.ref})[0]["content"] == "Alice likes tea."


def test_what_makes_no_sense_is_refused(api: Api, graph: Graph, subject: Entity) -> None:
    tom, porto = person(graph, "Tom"), EntityFactory(graph=graph, name="Porto", type=EntityType.PLACE)
    for entity, other in ((tom, tom), (tom, subject), (subject, porto)):
        response = api.post(f"/v1/entities/{entity.ref}/merge", {"entityIds": [other.ref]})
        assert bad_fields(response) == {"entityIds"}
    assert Entity.objects.filter(graph=graph).count() == 3


def test_nothing_is_merged_where_one_of_several_is_not_there(
    api: Api, world: World, graph: Graph, two: tuple[Entity, Entity]
) -> None:
    tom, tommy = two
    before = state(graph)
    api.new_user(externalId="bob")
    world.outsider.new_user()
    foreign = Entity.objects.filter(is_subject=True).exclude(graph=graph)
    for ref in ["ent_x", *(entity.ref for entity in foreign)]:
        body = {"entityIds": [tommy.ref, ref]}
        problem(api.post(f"/v1/entities/{tom.ref}/merge", body), 404, "NOT_FOUND")
    assert state(graph) == before


def test_a_new_entity_takes_memories_and_names_along(api: Api, graph: Graph, subject: Entity) -> None:
    anna = person(graph, "Anna", aliases=["Annie", "Dr. Berg"])
    sister = memory(graph, f"{SPEAKER}'s sister Anna sings.", anna)
    relate(sister, subject, "sibling_of", anna)
    boss = memory(graph, f"{SPEAKER}'s colleague Anna is a doctor.", anna)
    relate(boss, subject, "colleague_of", anna)
    answer = split(api, anna, name="Anna", aliases=["Dr. Berg"], memoryIds=[boss.ref])
    new = Entity.objects.get(name="Anna", aliases=["Dr. Berg"])
    assert answer["split"]["id"] == new.ref
    assert answer["entity"]["aliases"] == ["Annie"]
    assert list(Mention.objects.filter(entity=new).values_list("memory", flat=True)) == [boss.pk]
    assert set(Relation.objects.values_list("predicate", "object")) == {
        ("sibling_of", anna.pk),
        ("colleague_of", new.pk),
    }
    anna.refresh_from_db()
    assert (anna.apart, new.apart, new.type) == (["dr. berg"], ["annie"], "person")


def test_a_split_is_undone_by_a_merge(api: Api, graph: Graph, two: tuple[Entity, Entity]) -> None:
    tom, _ = two
    before = state(graph)
    answer = split(api, tom, name="Tomás", memoryIds=[Memory.objects.get(content__contains="chef").ref])
    new = Entity.objects.get(name="Tomás")
    assert answer["split"]["memoryCount"] == 1
    merge(api, tom, new)
    assert state(graph)["relations"] == before["relations"]
    assert state(graph)["mentions"] == before["mentions"]
    tom.refresh_from_db()
    assert (tom.apart, tom.aliases) == ([], ["Tomás"])


def test_what_one_has_said_is_said_by_the_new_one(api: Api, graph: Graph, two: tuple[Entity, Entity]) -> None:
    _, tommy = two
    said = Memory.objects.get(about=tommy)
    split(api, tommy, name="Ben", memoryIds=[said.ref])
    said.refresh_from_db()
    assert said.about == Entity.objects.get(name="Ben")
    assert said.digest == facts.digest_of(said)


def test_a_memory_that_does_not_speak_of_it_can_not_be_split_off(api: Api, two: tuple[Entity, Entity]) -> None:
    tom, _ = two
    other = Memory.objects.get(content="Tommy lives in Porto.")
    for ref in (other.ref, "mem_x"):
        response = api.post(f"/v1/entities/{tom.ref}/split", {"name": "Tim", "memoryIds": [ref]})
        problem(response, 404, "NOT_FOUND")
    assert not Entity.objects.filter(name="Tim").exists()


def test_a_split_is_of_one_kind(api: Api, two: tuple[Entity, Entity]) -> None:
    tom, tommy = two
    path = f"/v1/entities/{tom.ref}/split"
    assert bad_fields(api.post(path, {})) == {"name"}
    assert bad_fields(api.post(path, {"aliases": ["T."]})) == {"name"}
    assert bad_fields(api.post(path, {"entityId": tommy.ref, "name": "x"})) == {"entityId"}


def test_an_entity_is_renamed_and_keeps_its_earlier_name(api: Api, graph: Graph) -> None:
    tom = person(graph, "Tom", aliases=["T."])
    body = {"name": "Tomás Baker", "type": "organization", "summary": "A bakery."}
    answer = api.send("PATCH", f"/v1/entities/{tom.ref}", body).json()
    assert {name: answer[name] for name in body} == body
    assert answer["aliases"] == ["T.", "Tom"]
    tom.refresh_from_db()
    assert tom.names == ["t.", "tom", "tomas baker"]
    cleared = api.send("PATCH", f"/v1/entities/{tom.ref}", {"aliases": [], "summary": ""}).json()
    assert (cleared["aliases"], cleared["summary"], cleared["name"]) == ([], None, "Tomás Baker")


def test_a_new_name_of_the_subject_is_how_memories_read(api: Api, graph: Graph, subject: Entity) -> None:
    memory(graph, f"{SPEAKER} likes tea.", subject)
    api.send("PATCH", f"/v1/entities/{subject.ref}", {"name": "Ally"})
    assert api.memories({"id": graph.user.ref})[0]["content"] == "Ally likes tea."
    assert bad_fields(api.send("PATCH", f"/v1/entities/{subject.ref}", {"type": "place"})) == {"type"}


def test_a_name_that_was_told_apart_may_be_given_again(api: Api, graph: Graph) -> None:
    tom = person(graph, "Tom", apart=["tommy"])
    api.send("PATCH", f"/v1/entities/{tom.ref}", {"aliases": ["Tommy"]})
    tom.refresh_from_db()
    assert (tom.apart, tom.names) == ([], ["tom", "tommy"])


def test_each_change_is_in_the_audit_log_by_ids_alone_and_makes_the_summary_stale(
    api: Api, graph: Graph, two: tuple[Entity, Entity]
) -> None:
    tom, tommy = two
    api.send("PATCH", f"/v1/entities/{tom.ref}", {"name": "Tim", "summary": "x"})
    merge(api, tom, tommy)
    split(api, tom, entityId=tommy.ref)
    entries = AuditEntry.objects.filter(target_id=tom.ref).order_by("id").values_list("action", "detail")
    assert list(entries) == [
        ("entity.updated", {"fields": ["name", "summary"]}),
        ("entity.merged", {"entities": [tommy.ref]}),
        ("entity.split", {"new": tommy.ref, "memories": 0}),
    ]
    graph.refresh_from_db()
    assert graph.version == 3


def test_a_user_with_merged_entities_can_be_deleted(api: Api, graph: Graph, two: tuple[Entity, Entity]) -> None:
    tom, tommy = two
    merge(api, tom, tommy)
    assert api.delete(f"/v1/users/{graph.user.ref}").status_code == 200
    assert not Entity.objects.exists()


def test_an_entity_is_called_by_each_name_once(graph: Graph) -> None:
    tom = person(graph, "Tom")
    call(tom, "Tom", ["TOM", "Tommy", "tommy", " "])
    assert (tom.aliases, tom.names) == (["tommy"], ["tom", "tommy"])


def test_what_is_erased_can_not_be_had_back_by_undoing_a_merge(
    api: Api, graph: Graph, thread: dict[str, Any], drain: Drain
) -> None:
    messages = api.say(thread, "lives_in Lisbon", "visited Lisboa", "visited Olisipo")["messages"]
    drain()
    lisbon, lisboa, olisipo = (Entity.objects.get(name=name) for name in ("Lisbon", "Lisboa", "Olisipo"))
    merge(api, lisboa, olisipo)
    merge(api, lisbon, lisboa)
    assert api.delete(f"/v1/messages/{messages[1]['id']}").status_code == 200
    lisbon.refresh_from_db()
    assert lisbon.aliases == ["Olisipo"]
    assert "lisboa" not in str(lisbon.merged).casefold()
    assert api.delete(f"/v1/messages/{messages[2]['id']}").status_code == 200
    lisbon.refresh_from_db()
    assert (lisbon.aliases, lisbon.merged) == ([], [])


def test_nor_is_a_name_kept_with_the_mentions_that_an_undoing_would_make_again(
    api: Api, graph: Graph, thread: dict[str, Any], drain: Drain
) -> None:
    messages = api.say(thread, "likes tea", "likes cake")["messages"]
    drain()
    tea, cake = Memory.objects.order_by("id")
    tom, robert = person(graph, "Tom"), person(graph, "Robert", aliases=["Bobby"])
    for memory_, names in ((tea, ("Tom", "Robert")), (cake, ("Tom", "Bobby"))):
        for entity, name in zip((tom, robert), names, strict=True):
            MentionFactory(memory=memory_, entity=entity, names=[name])
    Entity.objects.filter(pk=robert.pk).update(apart=["cake"])
    merge(api, tom, robert)
    assert api.delete(f"/v1/messages/{messages[1]['id']}").status_code == 200
    tom.refresh_from_db()
    [record] = tom.merged
    assert (record["name"], record["aliases"]) == ("Robert", [])
    assert "cake" not in str(record)
    assert "Bobby" not in str(record)


def test_nor_does_one_remember_from_whom_it_was_told_apart(
    api: Api, graph: Graph, thread: dict[str, Any], drain: Drain
) -> None:
    messages = api.say(thread, "lives_in Lisbon", "visited Lisboa")["messages"]
    drain()
    lisbon, lisboa = (Entity.objects.get(name=name) for name in ("Lisbon", "Lisboa"))
    merge(api, lisbon, lisboa)
    split(api, lisbon, entityId=lisboa.ref)
    lisbon.refresh_from_db()
    assert lisbon.apart == ["lisboa"]
    assert api.delete(f"/v1/messages/{messages[1]['id']}").status_code == 200
    lisbon.refresh_from_db()
    assert lisbon.apart == []
    assert not Entity.objects.filter(name="Lisboa").exists()


def test_a_chain_of_merges_ends_before_it_could_not_be_read_again(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "DEEPEST", 2)
    api.say(thread, "likes tea", "likes milk", "likes juice", "likes water")
    drain()
    listed = api.get(f"/v1/graphs/{user['graphId']}/entities").json()["entities"]
    first, second, third, fourth = [one["id"] for one in listed if not one["isSubject"]]
    assert api.post(f"/v1/entities/{second}/merge", {"entityIds": [first]}).status_code == 200
    assert api.post(f"/v1/entities/{third}/merge", {"entityIds": [second]}).status_code == 200
    problem(api.post(f"/v1/entities/{fourth}/merge", {"entityIds": [third]}), 409, "MERGED_TOO_DEEPLY")
    assert api.post(f"/v1/entities/{third}/merge", {"entityIds": [fourth]}).status_code == 200
