"""What Zep's APIs answer, saved in files."""

import json
from datetime import UTC, datetime
from typing import Any

from ingest.importers.shape import ImportedFact, ImportedMessage, ImportedThread, ImportedUser, Record
from tests.ingest.importers.conftest import FILES, Saved, read


def of(kind: type, records: list[Record]) -> list[Any]:
    return [record for record in records if isinstance(record, kind)]


def test_users_come_first_with_what_is_known_of_them() -> None:
    records, _ = read("zep", FILES / "zep")
    nadia, omar = of(ImportedUser, records)
    assert records[:2] == [nadia, omar]
    assert (nadia.external_id, nadia.email, nadia.first_name, nadia.last_name) == (
        "nadia", "nadia@example.com", "Nadia", "Costa",
    )  # fmt: skip
    assert nadia.metadata == {"plan": "pro"}
    assert omar.external_id == "u-2"


def test_messages_of_v3_are_of_the_thread_that_their_file_is_named_after() -> None:
    records, report = read("zep", FILES / "zep")
    first, second, _ = of(ImportedMessage, records)
    assert (first.user, first.thread, first.role, first.name, first.external_id) == (
        "nadia", "onboarding", "user", "Nadia", "zm-1",
    )  # fmt: skip
    assert (first.created_at, first.metadata) == (datetime(2026, 3, 2, 9, 12, tzinfo=UTC), {"a": 1})
    assert (second.user, second.role, second.name) == ("nadia", "assistant", None)
    assert not report.skipped


def test_a_message_of_v4_was_said_at_its_reference_time_by_whom_its_thread_names() -> None:
    records, _ = read("zep", FILES / "zep")
    last = of(ImportedMessage, records)[-1]
    assert (last.user, last.thread, last.created_at) == ("u-2", "t-2", datetime(2026, 3, 3, 10, tzinfo=UTC))


def test_edges_are_facts_of_whose_graph_they_are_in_with_the_time_they_hold_for() -> None:
    records, _ = read("zep", FILES / "zep")
    facts = of(ImportedFact, records)
    assert [(f.user, f.key, f.content) for f in facts] == [
        ("nadia", "e-1", "Nadia lives in Porto."),
        ("nadia", "e-2", "Nadia lives in Braga."),
        ("nadia", "e-3", "Nadia owns a red bike."),
    ]
    assert [(f.valid_from, f.valid_to) for f in facts] == [
        (datetime(2026, 3, 2, 9, 12, tzinfo=UTC), None),
        (datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)),
        (None, datetime(2026, 2, 3, tzinfo=UTC)),
    ]
    assert facts[0].metadata == {"importedFrom": "zep", "relation": "LIVES_IN", "id": "e-1"}


def test_what_has_no_counterpart_is_counted() -> None:
    _, report = read("zep", FILES / "zep")
    assert report.left_out.total() == 2
    assert {what.split()[0] for what in report.left_out} == {"nodes", "files"}


def test_sessions_of_the_community_edition_with_all_that_lies_in_them() -> None:
    records, report = read("zep", FILES / "zep_ce.json")
    [thread] = of(ImportedThread, records)
    assert (thread.user, thread.key, thread.metadata) == ("omar", "support-1", {"topic": "billing"})
    assert [(m.role, m.name, m.content) for m in of(ImportedMessage, records)] == [
        ("user", None, "I can't find my invoice."),
        ("assistant", "Billing bot", "Which one?"),
    ]
    [fact] = of(ImportedFact, records)
    assert (fact.user, fact.content) == ("omar", "Omar is looking for an invoice.")
    assert not report.skipped


def test_names_may_be_in_camel_case_as_the_typescript_sdk_has_them(saved: Saved) -> None:
    dump = {
        "users": [{"userId": "nadia", "uuid": "u-1", "firstName": "Nadia"}],
        "threads": [{"threadId": "t", "userId": "nadia"}],
        "messages": [{"uuid": "m", "threadId": "t", "roleType": "human", "role": "Nadia", "content": "Hi"}],
        "edges": [{"uuid": "e", "userId": "nadia", "fact": "Nadia skis.", "validAt": "2026-01-01T00:00:00Z"}],
    }  # fmt: skip
    records, report = read("zep", saved(json.dumps(dump), "dump.json"))
    user, thread, message, fact = records
    assert (user.external_id, thread.key, message.thread, message.role, message.name) == (
        "nadia",
        "t",
        "t",
        "user",
        "Nadia",
    )
    assert (fact.user, fact.valid_from) == ("nadia", datetime(2026, 1, 1, tzinfo=UTC))
    assert not report.skipped


def test_edges_saved_as_they_come_are_of_the_user_that_the_file_is_named_after(saved: Saved) -> None:
    saved('[{"user_id": "nadia", "first_name": "Nadia"}]', "dump/people.json")
    saved('[{"uuid": "e", "fact": "Nadia skis."}]', "dump/edges/nadia.json")
    path = saved('[{"uuid": "f", "fact": "Somebody skis."}]', "dump/edges/elsewhere.json")
    records, _ = read("zep", path.parent.parent)
    assert {fact.key: fact.user for fact in of(ImportedFact, records)} == {"e": "nadia", "f": None}


def test_episodes_repeat_messages_and_are_left_out(saved: Saved) -> None:
    episode = {
        "uuid": "x",
        "content": "I ski.",
        "source": "message",
        "role_type": "user",
        "created_at": "2026-01-01T00:00:00Z",
    }
    records, report = read("zep", saved(json.dumps({"episodes": [episode]}), "dump.json"))
    assert not records
    assert report.left_out.total() == 1


def test_what_is_nothing_of_zeps_is_skipped_with_its_place(saved: Saved) -> None:
    path = saved('{"messages": [{"role": "user"}, 7], "facts": ["Omar is kind."]}\n{"colour": "red"}\n', "dump.jsonl")
    records, report = read("zep", path)
    assert [fact.content for fact in records] == ["Omar is kind."]
    assert report.skipped == [
        (f"{path}, line 1, message 1", "it has no content."),
        (f"{path}, line 1, message 2", "it is no JSON object."),
        (f"{path}, line 2", "it is neither a user, a thread, a message nor a fact."),
    ]
