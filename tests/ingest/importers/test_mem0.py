"""What mem0 answers, saved in files."""

import json
from datetime import UTC, datetime

import pytest

from graphs.kinds import MemoryKind
from tests.ingest.importers.conftest import FILES, Saved, read


def test_memories_are_facts_of_the_user_that_they_name() -> None:
    facts, report = read("mem0", FILES / "mem0.json")
    assert [(f.user, f.key, f.content, f.kind) for f in facts] == [
        ("nadia", "a1", "The user is vegetarian", MemoryKind.HEALTH),
        ("nadia", "a2", "Works at Lumen", MemoryKind.WORK),
        ("omar", "a3", "Has a parking space for March", MemoryKind.FACT),
        (None, "a4", "Always greet the guest by name", MemoryKind.FACT),
    ]
    assert [f.said_at for f in facts[:2]] == [
        datetime(2026, 2, 3, 18, tzinfo=UTC), datetime(2026, 2, 1, 10, tzinfo=UTC),
    ]  # fmt: skip
    assert facts[2].valid_to == datetime(2026, 4, 1, tzinfo=UTC)
    assert facts[0].metadata == {"importedFrom": "mem0", "id": "a1", "categories": ["health", "food"], "source": "chat"}
    assert report.left_out == {"relations of the graph": 1}


def test_what_a_memory_said_before_is_a_fact_that_held_until_it_changed() -> None:
    facts, _ = read("mem0", FILES / "mem0_history.json", FILES / "mem0.json")
    told = {f.content: (f.user, f.valid_to) for f in facts}
    assert told["Works at Acme"] == ("nadia", datetime(2026, 2, 1, 10, tzinfo=UTC))
    assert told["Drives a van"] == ("omar", datetime(2025, 8, 1, 10, tzinfo=UTC))
    assert len(facts) == 4 + 3


def test_a_history_alone_tells_what_is_known_now() -> None:
    facts, _ = read("mem0", FILES / "mem0_history.json")
    assert {(f.key, f.content) for f in facts if not f.valid_to} == {("a2", "Works at Lumen"), ("b1", "Plays chess")}


@pytest.mark.parametrize(
    "dump",
    [
        [{"id": "a", "memory": "Likes tea", "user_id": "nadia"}],
        {"memories": [{"id": "a", "memory": "Likes tea", "user_id": "nadia"}]},
        {"user_id": "nadia", "results": [{"id": "a", "memory": "Likes tea"}]},
        [{"results": [{"id": "a", "memory": "Likes tea", "userId": "nadia"}]}],
        {"id": "a", "data": "Likes tea", "user_id": "nadia", "hash": "x"},
    ],
    ids=["v1", "an export", "named outside", "pages", "a payload"],
)
def test_answers_of_several_shapes_are_read(saved: Saved, dump: object) -> None:
    [fact], report = read("mem0", saved(json.dumps(dump), "mem0.json"))
    assert (fact.user, fact.key, fact.content) == ("nadia", "a", "Likes tea")
    assert not report.skipped


def test_what_holds_no_memory_is_skipped_with_its_place(saved: Saved) -> None:
    path = saved('{"results": [{"full_name": "Nadia"}, {"memory": " "}]}', "mem0.json")
    facts, report = read("mem0", path)
    assert not facts
    assert report.skipped == [
        (f"{path}, item 1", "it holds no memory."), (f"{path}, item 2", "it has no content."),
    ]  # fmt: skip
