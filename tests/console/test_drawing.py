"""The drawing of a graph: its data is what search would say at each moment, and no more than the operator may see."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from graphs.admin.drawing import picture
from graphs.models import Entity, Graph, Memory, MemoryRevision, Relation
from ingest import facts
from memos.projects import operators
from memos.projects.audit import Caller
from memos.projects.models import AuditEntry, Membership
from tests import factories as make

pytestmark = pytest.mark.django_db

PAGE_QUERIES, DATA_QUERIES, TOLD_QUERIES = 9, 8, 8
MS = timedelta(milliseconds=1)


@pytest.fixture
def graph() -> Graph:
    return make.UserFactory().graph


def at(graph: Graph, part: str = "") -> str:
    return f"/admin/graphs/graph/{graph.ref}/drawing/{part}"


def data(client: Client, graph: Graph, **query: str) -> Any:
    response = client.get(at(graph, "data/"), query)
    assert response.status_code == 200, response.content
    return response.json()


def names(drawn: Any) -> list[str]:
    return [entity["name"] for entity in drawn["entities"]]


def relate(graph: Graph, subject: Entity | None = None, target: Entity | None = None, **memory: Any) -> Relation:
    """A relation, with the memory that asserts it and mentions both ends."""
    told = make.MemoryFactory(graph=graph, **memory)
    row = make.RelationFactory(
        memory=told, subject=subject or told.about, object=target or make.EntityFactory(graph=graph)
    )
    for end in (row.subject, row.object):
        make.MentionFactory(memory=told, entity=end)
    return row


def spans(client: Client, graph: Graph) -> dict[UUID, Any]:
    """What is sent of each memory."""
    drawn = data(client, graph)
    refs = {row[4]: drawn["memories"][row[3]] for row in drawn["relations"]}
    return {row.memory_id: refs[row.ref] for row in Relation.objects.filter(graph=graph)}


def state_at(memory: Any, moment: int) -> str:
    """As the page computes it."""
    for starts, until, ends in memory["states"]:
        if starts <= moment and (until is None or until > moment):
            return "ended" if ends is not None and ends <= moment else "holds"
    return "absent"


def test_it_has_entities_with_their_mentions_and_relations_between_them(console: Client, graph: Graph) -> None:
    acme = make.EntityFactory(graph=graph, name="Acme", aliases=["Acme Inc."])
    alone = make.EntityFactory(graph=graph, name="Alone", type="topic")
    first, _ = relate(graph, target=acme), relate(graph, target=acme)
    relate(make.GraphFactory())

    drawn = data(console, graph)

    by_name = {entity["name"]: entity for entity in drawn["entities"]}
    assert set(by_name) == {"Alice", "Acme", "Alone"}
    assert by_name["Alice"]["subject"]
    assert by_name["Alice"]["type"] == "person"
    assert by_name["Acme"]["mentions"] == 2
    assert by_name["Acme"]["aliases"] == ["Acme Inc."]
    assert (by_name["Alone"]["id"], by_name["Alone"]["mentions"], by_name["Alone"]["known"]) == (alone.ref, 0, None)
    arrows = [(names(drawn)[s], predicate, names(drawn)[o]) for s, predicate, o, _, _ in drawn["relations"]]
    assert arrows == [("Alice", "works_at", "Acme")] * 2
    *_, memory, ref = drawn["relations"][1]
    assert ref == first.ref
    assert drawn["memories"][memory]["world"] == [_ms(first.memory.said_at), None]
    assert drawn["leftOut"] == ""


def test_a_relation_is_at_each_moment_what_as_of_says(console: Client, graph: Graph) -> None:
    long_ago = timezone.now() - timedelta(days=30)
    closed, retired, kept = (
        relate(graph, created_at=long_ago, said_at=long_ago, content=f"\ufffc likes {word}.").memory
        for word in ("tea", "milk", "water")
    )
    facts.close(closed, at=long_ago + timedelta(days=3), by=kept, reason="over")
    facts.retire(retired, facts.Change(MemoryRevision.ChangedBy.API, "wrong"))
    drawn = spans(console, graph)

    moments = [long_ago - timedelta(days=1), long_ago + timedelta(days=2), timezone.now() - timedelta(days=1)]
    moments += [timezone.now() + timedelta(seconds=5)]
    for moment in moments:
        believed, holding = (set(rows.values_list("pk", flat=True)) for rows in _then(graph, moment))
        for memory in (closed, retired, kept):
            expected = "holds" if memory.pk in holding else "ended" if memory.pk in believed else "absent"
            assert state_at(drawn[memory.pk], _ms(moment)) == expected, (memory.content, moment)
    assert state_at(drawn[closed.pk], _ms(moments[-1])) == "ended"
    assert drawn[retired.pk]["world"] is None


def _then(graph: Graph, moment: datetime) -> list[Any]:
    rows = Memory.objects.as_of(moment).filter(graph=graph)
    return [rows, rows.holding(moment)]


def _ms(moment: datetime) -> int:
    return -((datetime(1970, 1, 1, tzinfo=UTC) - moment) // MS)


def test_in_the_world_it_holds_from_when_it_was_so_or_else_was_said(console: Client, graph: Graph) -> None:
    said = datetime(2026, 3, 1, tzinfo=UTC)
    known = relate(graph, said_at=said, valid_from=datetime(2020, 1, 1, tzinfo=UTC), valid_to=said).memory
    unknown = relate(graph, said_at=said).memory
    drawn = spans(console, graph)

    assert drawn[known.pk]["world"] == [1_577_836_800_000, _ms(said)]
    assert drawn[unknown.pk]["world"] == [_ms(said), None]


def test_what_a_memory_said_in_other_words_asserts_no_relation_of_the_present_ones(
    console: Client, graph: Graph
) -> None:
    memory = relate(graph, created_at=timezone.now() - timedelta(days=9)).memory
    facts.change(memory, facts.Change(facts.INGEST, "reworded"), content="\ufffc lives in Faro.")
    [drawn] = data(console, graph)["memories"]
    assert state_at(drawn, _ms(timezone.now() - timedelta(days=1))) == "absent"
    assert state_at(drawn, _ms(timezone.now()) + 5000) == "holds"


def test_a_big_graph_has_the_most_mentioned_and_says_so(
    console: Client, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "MOST_ENTITIES", 3)
    acme, rare, lost = (make.EntityFactory(graph=graph, name=name) for name in ("Acme", "Rare", "Lost"))
    for _ in range(3):
        relate(graph, target=acme)
    relate(graph, target=rare)
    faro = make.EntityFactory(graph=graph, name="Faro")
    relate(graph, subject=lost, target=faro)

    drawn = data(console, graph)
    assert names(drawn)[:2] == ["Alice", "Acme"]
    assert len(drawn["entities"]) == 3
    assert "3 entities that are mentioned most, of 5" in drawn["leftOut"]
    assert set(names(data(console, graph, entity=lost.ref))) == {"Lost", "Faro", "Alice"}
    found = console.get(at(graph, "find/"), {"q": "fAR"}).json()["entities"]
    assert found == [{"id": faro.ref, "name": "Faro", "type": "organization"}]


def test_too_many_relations_are_cut_to_the_newest(
    console: Client, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "MOST_RELATIONS", 1)
    relate(graph, said_at=timezone.now() - timedelta(days=9))
    newest = relate(graph)
    drawn = data(console, graph)
    assert [row[4] for row in drawn["relations"]] == [newest.ref]
    assert "newest 1 relations" in drawn["leftOut"]


def test_only_what_is_around_an_entity(console: Client, graph: Graph) -> None:
    near, far = relate(graph), make.EntityFactory(graph=graph, name="Far")
    relate(graph, subject=far, target=make.EntityFactory(graph=graph, name="Farther"))
    drawn = data(console, graph, entity=near.object.ref, near="1")
    assert set(names(drawn)) == {"Alice", near.object.name}
    assert len(drawn["relations"]) == 1


@pytest.mark.parametrize("ref", ["ent_01HXYZ00000000000000000000", "nonsense", "a\0"])
def test_an_entity_that_is_gone_leaves_the_graph_as_it_is(console: Client, graph: Graph, ref: str) -> None:
    assert names(data(console, graph, entity=ref)) == ["Alice"]
    assert console.get(at(graph), {"entity": ref}).status_code == 200
    assert console.get(at(graph, "told/"), {"entity": ref}).status_code == 404
    assert console.get(at(graph, "told/"), {"relation": ref}).status_code == 404
    assert console.get(at(graph, "find/"), {"q": ref}).status_code == 200


def test_an_entity_tells_its_memories_and_the_words_they_rest_on(console: Client) -> None:
    message = make.MessageFactory(content="I work at <b>Acme</b>.")
    graph = message.thread.user.graph
    row = relate(graph)
    episode = make.EpisodeFactory(message=message)
    make.SourceFactory(memory=row.memory, episode=episode)

    for query in ({"entity": row.object.ref}, {"relation": row.ref}):
        text = console.get(at(graph, "told/"), query).content.decode()
        assert f"/admin/graphs/memory/{row.memory.ref}/change/" in text
        assert f"/admin/threads/message/{message.ref}/change/" in text
        assert f"/admin/threads/thread/{message.thread.ref}/change/" in text
        assert "I work at &lt;b&gt;Acme&lt;/b&gt;." in text
        assert "1 memory<" in text


def test_what_is_told_is_as_it_was_believed(console: Client, graph: Graph) -> None:
    row = relate(graph, content="\ufffc likes tea.", created_at=timezone.now() - timedelta(days=9))
    facts.change(row.memory, facts.Change(facts.INGEST, "reworded"), content="\ufffc likes coffee.")
    before = _ms(timezone.now() - timedelta(days=1))

    assert "Alice likes coffee." in console.get(at(graph, "told/"), {"entity": row.object.ref}).content.decode()
    then = console.get(at(graph, "told/"), {"entity": row.object.ref, "at": before}).content.decode()
    assert "Alice likes tea." in then
    long_ago = console.get(at(graph, "told/"), {"entity": row.object.ref, "at": 1}).content.decode()
    assert "Nothing was known of it then." in long_ago
    for odd in ("x", "9" * 40, "-1"):
        assert console.get(at(graph, "told/"), {"entity": row.object.ref, "at": odd}).status_code == 200


def test_what_is_told_is_as_of_the_moment_that_is_looked_at(console: Client, graph: Graph) -> None:
    now = timezone.now()
    begins, ends = now - timedelta(days=20), now - timedelta(days=10)
    row = relate(graph, valid_from=begins, valid_to=ends, created_at=now - timedelta(days=15))
    days = {"before": 25, "then": 12, "after": 5}
    moments = {name: _ms(now - timedelta(days=count)) for name, count in days.items()}

    def told(**query: Any) -> str:
        return console.get(at(graph, "told/"), {"relation": row.ref, **query}).content.decode()

    assert "has ended" in told()
    for axis in ("at", "so"):
        assert "has ended" not in told(**{axis: moments["then"]})
        assert "1 memory<" in told(**{axis: moments["then"]})
        assert "has ended" in told(**{axis: moments["after"]})
    assert "as it was on" in told(so=moments["then"])
    assert "Nothing that is believed now was so then." in told(so=moments["before"])


def test_few_words_of_each_memory_are_shown(console: Client, graph: Graph) -> None:
    row = relate(graph)
    for number in range(8):
        make.SourceFactory(memory=row.memory, episode__content=f"word {number}")
    text = console.get(at(graph, "told/"), {"entity": row.object.ref}).content.decode()
    assert text.count("<blockquote>") == 5
    assert "More that it rests on" in text


def test_the_pages_of_whoever_has_a_place_in_it_lead_there(console: Client, graph: Graph) -> None:
    group, entity = make.GroupFactory(), make.EntityFactory(graph=graph)
    leads = {
        f"/admin/users/user/{graph.user.ref}": at(graph),
        f"/admin/users/group/{group.ref}": at(group.graph),
        f"/admin/graphs/entity/{entity.ref}": f"{at(graph)}?entity={entity.ref}",
    }
    for page, target in leads.items():
        assert f"{page}/drawing/" in console.get(f"{page}/change/").content.decode()
        assert console.get(f"{page}/drawing/").headers["Location"] == target
    assert f"{at(graph)}" in console.get(f"/admin/graphs/graph/{graph.ref}/change/").content.decode()
    assert console.get("/admin/graphs/entity/ent_01HXYZ00000000000000000000/drawing/").status_code == 404


def test_it_has_no_script_of_its_own_and_fetches_nothing_from_elsewhere(console: Client, graph: Graph) -> None:
    page = console.get(at(graph)).content.decode()
    body = page[page.index('id="drawing"') :]
    assert "<script" not in body[: body.index("drawing-list-find")]
    assert 'src="http' not in page
    assert f'data-source="{at(graph)}data/"' in page


def _answers(client: Client, graph: Graph, row: Relation) -> list[int]:
    paths = [at(graph), at(graph, "data/"), at(graph, "find/"), at(graph, f"told/?entity={row.object.ref}")]
    paths += [at(graph, f"told/?relation={row.ref}"), f"/admin/graphs/entity/{row.object.ref}/drawing/"]
    return [client.get(path).status_code for path in paths]


@pytest.mark.parametrize(
    ("role", "expected"),
    [("viewer", [403] * 5 + [404]), ("support", [200] * 5 + [302]), ("admin", [200] * 5 + [302]), (None, [302] * 6)],
)
def test_who_may_read_what_is_known_may_see_it_drawn(
    client: Client, graph: Graph, role: str | None, expected: list[int]
) -> None:
    row = relate(graph)
    if role:
        operator = make.OperatorFactory(is_superuser=False)
        caller = Caller.from_command(graph.project, "tests")
        operators.give_role(caller=caller, operator=operator, role=role)
        client.force_login(operator)
    assert _answers(client, graph, row) == expected


def test_a_graph_of_another_project_is_not_found(client: Client, graph: Graph) -> None:
    row = relate(graph)
    membership = make.MembershipFactory(role=Membership.Role.ADMIN)
    client.force_login(membership.operator)
    assert _answers(client, graph, row) == [404] * 6


def test_a_row_of_another_graph_is_not_told(console: Client, graph: Graph) -> None:
    row = relate(make.GraphFactory())
    assert console.get(at(graph, "told/"), {"entity": row.object.ref}).status_code == 404
    assert console.get(at(graph, "told/"), {"relation": row.ref}).status_code == 404


def test_looking_is_in_the_audit_log_where_the_project_wants_it(console: Client, graph: Graph) -> None:
    row = relate(graph)
    for wanted in (False, True):
        graph.project.audit_reads = wanted
        graph.project.save()
        _answers(console, graph, row)
    read = AuditEntry.objects.order_by("pk").values_list("action", "target_id")
    assert list(read) == [("graph.read", graph.ref), ("entity.read", row.object.ref), ("relation.read", row.ref)]


def test_it_takes_few_queries_however_big_the_graph_is(console: Client, graph: Graph) -> None:
    row = relate(graph)
    make.SourceFactory(memory=row.memory)
    paths = {at(graph): PAGE_QUERIES, at(graph, "data/"): DATA_QUERIES}
    paths |= {at(graph, f"data/?entity={row.object.ref}"): DATA_QUERIES + 2}
    paths |= {at(graph, f"told/?entity={row.subject.ref}"): TOLD_QUERIES}
    paths |= {at(graph, f"told/?relation={row.ref}"): TOLD_QUERIES}
    before = [_count(console, path) for path in paths]
    for _ in range(6):
        more = relate(graph, target=row.object)
        make.SourceFactory(memory=more.memory)
    after = [_count(console, path) for path in paths]
    assert before == after
    assert all(count <= most for count, most in zip(after, paths.values(), strict=True)), after


def _count(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)
