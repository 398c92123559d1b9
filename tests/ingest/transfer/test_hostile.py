"""Whatever is sent to be imported: it is taken whole, or refused with its line and field, and nothing is kept of it."""

import copy
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphs.models import Document, Entity, Graph, Memory, Relation
from ingest.transfer import lines as reading
from ingest.transfer import restore as restoring
from ingest.transfer.columns import Record
from ingest.transfer.identities import renewer
from ingest.transfer.records import OF_USER
from ingest.transfer.values import Wrong
from memos import ids
from tests.api.conftest import rows
from tests.ingest.transfer.files import Lines, counted, imported, joined, of, parted, take_back
from tests.world import Api, World, bad_fields, problem
from threads.models import Message, Thread
from users.models import User


@pytest.fixture
def sent(exported: bytes) -> Lines:
    return parted(exported)


def number_of(lines: Lines, record: str, place: int = 0) -> int:
    """Of a line, from 1."""
    return [number for number, line in enumerate(lines, 1) if line["record"] == record][place]


def refused(world: World, raw: bytes) -> set[str]:
    """The fields that it is refused for; nothing is kept."""
    before = rows()
    answer = take_back(world.outsider, raw)
    fields = bad_fields(answer)
    assert len(answer.content) < 2000
    assert rows() == before
    return fields


LINES: dict[str, bytes] = {
    "no JSON": b"hello",
    "cut off": b'{"record": "memory", "id"',
    "two values": b"{} {}",
    "a list": b"[]",
    "empty": b"",
    "a NUL": b"\0",
    "not UTF-8": b'{"record": "\xff"}',
    "NaN": b'{"record": "memory", "confidence": NaN}',
    "a name twice": b'{"record": "memory", "record": "memory"}',
    "10,000 levels": b'{"record": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "200 levels": b'{"record": "entity", "merged": ' + b"[" * 200 + b"]" * 200 + b"}",
    "a number of 100,000 digits": b'{"record": "memory", "confidence": ' + b"9" * 100_000 + b"}",
}


@pytest.mark.parametrize("why", LINES)
def test_what_is_no_line_is_refused_by_its_number(world: World, sent: Lines, why: str) -> None:
    raw = joined(sent[:5]) + LINES[why] + b"\n" + joined(sent[5:])
    assert refused(world, raw) == {"lines[6]"}


@pytest.mark.parametrize("record", [None, 5, {}, ["memory"]])
def test_a_line_says_what_it_is(world: World, sent: Lines, record: Any) -> None:
    assert refused(world, joined([*sent[:5], {"record": record}, *sent[5:]])) == {"lines[6].record"}


def test_a_line_is_not_read_past_its_longest(world: World, sent: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_LINE_BYTES", 100_000)
    raw = joined(sent[:5]) + b'{"record": "' + b"x" * 1_000_000 + b'"}\n' + joined(sent[5:])
    assert refused(world, raw) == {"lines[6]"}


ORDERS: dict[str, tuple[Callable[[Lines], Lines], str]] = {
    "no header": (lambda s: s[1:], "lines[1].record"),
    "a header of a group": (lambda s: [s[0] | {"format": "memos.group"}, *s[1:]], "lines[1].format"),
    "no format": (lambda s: [{"record": "header", "version": 1}, *s[1:]], "lines[1].format"),
    "a version to come": (lambda s: [s[0] | {"version": 2}, *s[1:]], "lines[1].version"),
    "a version that is no number": (lambda s: [s[0] | {"version": True}, *s[1:]], "lines[1].version"),
    "no user": (lambda s: counted([s[0], *s[2:]]), "lines[2].record"),
    "a second user": (lambda s: counted([*s[:3], s[1], *s[3:]]), "lines[4].record"),
    "a second header": (lambda s: counted([*s[:3], s[0], *s[3:]]), "lines[4].record"),
    "a graph twice": (lambda s: counted([*s[:3], s[2], *s[3:]]), "lines[4]"),
    "something unknown": (lambda s: [*s[:3], {"record": "secret"}, *s[3:]], "lines[4].record"),
    "a group's record": (lambda s: [*s[:3], {"record": "group"}, *s[3:]], "lines[4].record"),
    "nothing but a header": (lambda s: s[:1], "lines[2]"),
}


@pytest.mark.parametrize("why", ORDERS)
def test_what_stands_in_the_wrong_place_is_refused_by_its_line(world: World, sent: Lines, why: str) -> None:
    change, field = ORDERS[why]
    assert refused(world, joined(change(sent))) == {field}


def test_a_file_that_was_cut_off_is_no_export(world: World, sent: Lines) -> None:
    assert refused(world, joined(sent[:-1])) == {f"lines[{len(sent)}]"}
    assert refused(world, joined(sent)[:-20]) == {f"lines[{len(sent)}]"}
    assert refused(world, joined(sent[:7])[:-20]) == {"lines[7]"}


def test_nothing_may_follow_the_end(world: World, sent: Lines) -> None:
    assert refused(world, joined([*sent, sent[-1]])) == {f"lines[{len(sent) + 1}]"}


@pytest.mark.parametrize(
    ("record", "field", "value"),
    [
        ("graph", "version", 2**63 - 1),
        ("thread", "nextPosition", 2**63 - 1),
        ("thread", "nextEpisode", 2**63 - 1),
        ("message", "position", 2**63 - 1),
    ],
)
def test_a_counter_at_its_end_is_refused(world: World, sent: Lines, record: str, field: str, value: int) -> None:
    number = number_of(sent, record)
    sent[number - 1][field] = value
    assert refused(world, joined(sent)) == {f"lines[{number}].{field}"}


@pytest.mark.parametrize(("type_", "content"), [("json", "no json {"), ("message", "no json"), ("message", "[1]")])
def test_a_document_that_could_not_be_shown_again_is_refused(
    world: World, sent: Lines, type_: str, content: str
) -> None:
    number = number_of(sent, "document")
    sent[number - 1] |= {"type": type_, "content": content}
    assert refused(world, joined(sent)) == {f"lines[{number}].content"}


@pytest.mark.parametrize("counts", [None, {}, {"memory": 1}, "x"])
def test_the_counts_have_to_be_right(world: World, sent: Lines, counts: Any) -> None:
    raw = joined([*sent[:-1], {"record": "end", "counts": counts}])
    assert refused(world, raw) == {f"lines[{len(sent)}].counts"}


def test_a_line_that_is_missing_is_noticed(world: World, sent: Lines) -> None:
    gone = number_of(sent, "mention") - 1
    assert refused(world, joined([*sent[:gone], *sent[gone + 1 :]])) == {f"lines[{len(sent) - 1}].counts"}


def test_without_its_graph_or_its_subject_it_is_refused(world: World, sent: Lines) -> None:
    empty = [line for line in sent if line["record"] in ("header", "user", "graph")]
    assert refused(world, joined(counted(empty))) == {"subject"}
    subject = next(line for line in sent if line.get("isSubject"))
    bare = [*empty, {**subject, "merged": []}]
    no_graph = [line for line in bare if line["record"] != "graph"]
    assert refused(world, joined(counted(no_graph))) == {"lines[2].graphId"}
    assert refused(world, joined(counted([*bare, {**subject, "id": "ent_" + "0" * 26}]))) == {"lines[5]"}
    imported(world.outsider, joined(counted(bare)))


RECORDS = [pytest.param(record, id=record.name) for record in OF_USER.by_name.values()]
WRONG: list[Any] = [{"nonsense": 1}, [["x"]], "\0", "\ud800", True, 1.5, "x" * 34_000_001]
STRICT = {("source", "stated"), ("job", "written")}
"""Objects whose names are known."""


@pytest.mark.parametrize("record", RECORDS)
def test_a_value_of_another_type_is_refused_by_its_field(exported: bytes, record: Record) -> None:
    right = _example(exported, record)
    for field in right:
        for wrong in WRONG:
            is_right = type(wrong) is type(right[field]) and not isinstance(wrong, str | list)
            if is_right and (record.name, field) not in STRICT:
                continue
            with pytest.raises(Wrong) as refusal:
                record.load(right | {field: wrong}, renewer(ids.new_id()))
            assert refusal.value.path.startswith(f".{field}")
            assert len(str(refusal.value)) < 300


@pytest.mark.parametrize("record", RECORDS)
def test_a_field_that_is_missing_or_not_known_is_named(exported: bytes, record: Record) -> None:
    right = _example(exported, record)
    for field in set(right) - set(record.later):
        with pytest.raises(Wrong) as refusal:
            record.load({name: value for name, value in right.items() if name != field}, renewer(ids.new_id()))
        assert refusal.value.path == f".{field}"
    for field in ("project", "projectId", "tsv", "leaseToken", "x"):
        with pytest.raises(Wrong) as refusal:
            record.load(right | {field: "x"}, renewer(ids.new_id()))
        assert refusal.value.path == f".{field}"


def _example(exported: bytes, record: Record) -> dict[str, Any]:
    line = next(line for line in parted(exported) if line["record"] == record.name)
    return {name: value for name, value in line.items() if name != "record"}


def test_what_is_wrong_in_a_line_is_named_with_its_number(world: World, sent: Lines) -> None:
    place = number_of(sent, "memory")
    for change, field in (({"kind": 5}, "kind"), ({"x\ud800": 1}, "x?"), ({"metadata": None}, "metadata")):
        raw = joined([*sent[: place - 1], sent[place - 1] | change, *sent[place:]])
        assert refused(world, raw) == {f"lines[{place}].{field}"}


def test_an_id_that_is_there_twice_is_refused(world: World, sent: Lines) -> None:
    for record in ("memory", "entity", "episode", "message", "thread"):
        place = number_of(sent, record)
        twice = counted([*sent[:place], sent[place - 1], *sent[place:]])
        assert refused(world, joined(twice)) == {f"lines[{place + 1}]"}


BROKEN: dict[str, tuple[str, dict[str, Any], str]] = {
    "an end before the beginning": (
        "memory",
        {"validFrom": "2024-01-02T00:00:00Z", "validTo": "2024-01-01T00:00:00Z"},
        "",
    ),
    "a revision of no length": ("revision", {"recordedTo": "2000-01-01T00:00:00Z"}, ""),
    "a vector of both": ("embedding", {"episodeId": None, "memoryId": None}, ""),
    "a job that reads nothing": ("job", {"messageId": None, "documentId": None}, ""),
    "a kind that is none": ("memory", {"kind": "nonsense"}, ".kind"),
    "an entity of no type": ("entity", {"type": ""}, ".type"),
    "a moment without an offset": ("memory", {"saidAt": "2024-01-01T00:00:00"}, ".saidAt"),
    "a negative count": ("episode", {"words": -1}, ".words"),
    "a count beyond all": ("episode", {"position": 2**63}, ".position"),
    "a digest beyond all": ("memory", {"digest": str(2**63)}, ".digest"),
    "a vector of half a number": ("embedding", {"vector": "AAAA"}, ".vector"),
    "an infinite vector": ("embedding", {"vector": "fAA="}, ".vector"),
    "an empty vector": ("embedding", {"vector": ""}, ".vector"),
    "no base64": ("embedding", {"tokens": "é"}, ".tokens"),
    "more tokens than pieces": ("embedding", {"tokens": "AAAA", "pieces": 2}, ".tokens"),
    "fewer than no pieces": ("embedding", {"tokens": "AAAA", "pieces": -3}, ".tokens"),
    "an end of nothing": ("memory", {"ends": [["lives_in"]]}, ".ends[0]"),
    "an end of no name": ("memory", {"ends": [["lives_in", None], ["x", 5]]}, ".ends[1][1]"),
    "a statement of another shape": ("source", {"stated": {"content": "x"}}, ".stated.kind"),
    "a job that wrote nonsense": (
        "job",
        {"written": {"memories": "x", "closed": 0, "entities": 0, "relations": 0}},
        ".written.memories",
    ),
    "another thread's message": ("message", {"threadId": "thr_" + "0" * 26}, ".threadId"),
    "a thread that counts too few": ("thread", {"messageCount": 0}, ".messageCount"),
    "a thread whose next message has a place that is taken": ("thread", {"nextPosition": 0}, ".nextPosition"),
    "a thread whose next episode has a place that is taken": ("thread", {"nextEpisode": 0}, ".nextEpisode"),
    "an episode of a statement that is another's": ("episode", {"sourceKind": "statement"}, ".sourceId"),
    "an episode of no message": ("episode", {"sourceId": "msg_" + "0" * 26}, ".sourceId"),
    "an episode of a document that is none": ("episode", {"sourceKind": "document"}, ".sourceId"),
    "another graph": ("graph", {"id": "grph_" + "0" * 26}, ".id"),
    "another prefix": ("memory", {"aboutId": "mem_" + "0" * 26}, ".aboutId"),
    "no ULID": ("memory", {"id": "mem_" + "U" * 26}, ".id"),
    "a ULID beyond all": ("memory", {"id": "mem_" + "Z" * 26}, ".id"),
}


@pytest.mark.parametrize("why", BROKEN)
def test_what_can_t_be_kept_is_refused_by_its_line(world: World, sent: Lines, why: str) -> None:
    record, change, field = BROKEN[why]
    place = number_of(sent, record)
    sent[place - 1] |= change
    assert refused(world, joined(sent)) == {f"lines[{place}]{field}"}


def test_two_beliefs_can_t_say_the_same_for_one_time(world: World, sent: Lines) -> None:
    place = number_of(sent, "memory")
    twin = sent[place - 1] | {"id": "mem_" + "0" * 26}
    assert refused(world, joined(counted([*sent[:place], twin, *sent[place:]]))) == {f"lines[{place + 1}]"}


def test_a_thread_and_its_job_have_to_agree(world: World, sent: Lines) -> None:
    place = number_of(sent, "job")
    other = next(line["id"] for line in of(sent, "thread") if line["id"] != sent[place - 1]["threadId"])
    sent[place - 1]["threadId"] = other
    assert refused(world, joined(sent)) == {f"lines[{place}].threadId"}


MERGED: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "no names": (lambda one: one.pop("names"), ".names"),
    "something unknown": (lambda one: one.update(graphId="x"), ".graphId"),
    "an id that is none": (lambda one: one.update(id="x"), ".id"),
    "a relation with more": (
        lambda one: one["relations"].update(dropped=[{"id": "rel_" + "0" * 26, "graphId": "x"}]),
        ".relations.dropped[0].predicate",
    ),
    "a state that is none": (lambda one: one["state"].update(merged=5), ".state.merged"),
    "a time that only some can read": (lambda one: one.update(before=["2024-1-1T00:00:00Z"] * 2), ".before[0]"),
    "a time that is none": (lambda one: one.update(seen=["x", "y"]), ".seen[0]"),
    "a mention of what is no memory": (lambda one: one["mentions"].update(both={"x": []}), ".mentions.both.x"),
}


@pytest.mark.parametrize("why", MERGED)
def test_what_an_entity_was_merged_of_has_to_have_its_shape(world: World, sent: Lines, why: str) -> None:
    place, line = next((number, line) for number, line in enumerate(sent, 1) if line.get("merged"))
    MERGED[why][0](line["merged"][0])
    assert refused(world, joined(sent)) == {f"lines[{place}].merged[0]{MERGED[why][1]}"}


def test_what_was_merged_of_what_was_merged_comes_too(world: World, sent: Lines) -> None:
    place, line = next((number, line) for number, line in enumerate(sent, 1) if line.get("merged"))
    for depth in range(100):
        line["merged"] = [line["merged"][0] | {"state": line["merged"][0]["state"] | {"merged": line["merged"]}}]
        if depth == 30:
            assert take_back(world.twin, joined(sent)).status_code == 201
    assert refused(world, joined(sent)) == {f"lines[{place}]"}  # deeper than any line may be


REFS = [
    (record.name, column.shown, column.target)
    for record in OF_USER.by_name.values()
    for column in record.columns
    if column.target not in (None, Graph)
]


@pytest.mark.parametrize(("record", "field", "target"), REFS)
def test_nothing_can_point_at_somebody_elses_row(
    world: World, sent: Lines, record: str, field: str, target: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even by whoever knew an id that becomes that of another's row."""
    victim = _victim(world, target)
    place = next(
        number for number, line in enumerate(sent, 1) if line["record"] == record and line.get(field) is not None
    )
    sent[place - 1][field] = victim.ref
    renew = renewer(world.outsider.project.pk)
    monkeypatch.setattr(restoring, "renewer", lambda _: lambda key: key if key == victim.pk else renew(key))
    assert {one.split(".")[0] for one in refused(world, joined(sent))} == {f"lines[{place}]"}


def test_no_message_can_go_into_somebody_elses_thread(
    world: World, sent: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even one that nothing else in the file speaks of."""
    victim = _victim(world, Thread)
    stray = sent[number_of(sent, "message") - 1] | {"id": "msg_" + "0" * 26, "threadId": victim.ref, "position": 99}
    renew = renewer(world.outsider.project.pk)
    monkeypatch.setattr(restoring, "renewer", lambda _: lambda key: key if key == victim.pk else renew(key))
    raw = joined(counted([*sent[:-1], stray]))
    assert refused(world, raw) == {f"lines[{len(sent)}].threadId"}


def _victim(world: World, target: Any) -> Any:
    """A row of another user of the project into which the file goes."""
    if not User.objects.filter(project=world.outsider.project).exists():
        other = world.outsider.new_user()
        world.outsider.say(world.outsider.new_thread(other), "likes tea")
        assert world.outsider.post(f"/v1/users/{other['id']}/memories", {"content": "x"}).status_code == 201
        graph = User.objects.by_ref(other["id"]).get().graph
        owner = {"project": graph.project, "graph": graph}
        Document.objects.create(**owner, type="text", content="x", created_at=graph.created_at)
    return target.objects.filter(project=world.outsider.project).first()


def test_nobody_can_take_the_id_of_somebody_elses_row(
    world: World, sent: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    for model, record in ((Memory, "memory"), (Thread, "thread"), (Entity, "entity"), (Message, "message")):
        victim = _victim(world, model)
        place = number_of(sent, record)
        changed = [*sent[: place - 1], sent[place - 1] | {"id": victim.ref}, *sent[place:]]
        renew = renewer(world.outsider.project.pk)
        monkeypatch.setattr(
            restoring, "renewer", lambda _, v=victim, renew=renew: lambda key: key if key == v.pk else renew(key)
        )
        refused(world, joined(changed))


def test_undoing_a_merge_that_came_in_a_file_reaches_no_other_graph(world: World, sent: Lines) -> None:
    """Relations that the merge had dropped are made again only between what is in the graph."""
    other = _victim(world, Memory)
    imported(world.outsider, joined(sent))
    entity = Entity.objects.exclude(merged=[]).get(project=world.outsider.project)
    dropped = {"id": str(ids.new_id()), "predicate": "likes", "memory_id": str(other.pk)}
    ends = {"subject_id": str(entity.pk), "object_id": str(other.about_id)}
    entity.merged[0]["relations"]["dropped"] = [dropped | ends]
    entity.save()
    gone = {"entityId": Entity(pk=UUID(entity.merged[0]["id"])).ref}
    assert world.outsider.post(f"/v1/entities/{entity.ref}/split", gone).status_code == 201
    assert not Relation.objects.filter(memory=other).exists()


def as_lines(values: list[Any]) -> bytes:
    return "\n".join(map(json.dumps, values)).encode()


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_changed_it_comes_whole_or_not_at_all(world: World, sent: Lines, data: st.DataObject) -> None:
    changed = copy.deepcopy(sent)
    for _ in range(data.draw(st.integers(1, 2))):
        line = data.draw(st.sampled_from(changed))
        field = data.draw(st.sampled_from(sorted(line)))
        others = [one[field] for one in changed if field in one]
        line[field] = data.draw(st.sampled_from(others) | JSON_VALUES)
    before = rows()
    answer = take_back(world.outsider, joined(changed))
    if answer.status_code == 201:
        assert world.outsider.get(f"/v1/users/{answer.json()['id']}/context", query="tea").status_code == 200
        assert world.outsider.delete(f"/v1/users/{answer.json()['id']}").status_code == 200
    else:
        problem(answer, 400, "VALIDATION_ERROR")
        assert rows() == before


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=200) | st.lists(JSON_VALUES, max_size=4).map(as_lines))
def test_whatever_is_sent_is_refused_with_its_line(api: Api, raw: bytes) -> None:
    before = rows()
    named = bad_fields(take_back(api, raw))
    assert all(name.startswith("lines[") or name == "body" for name in named)
    assert rows() == before
