"""manage.py import_history"""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from graphs.models import Episode, Memory, MemoryRevision, Source
from ingest import services
from ingest.importers import prepare, write
from ingest.models import IngestJob
from memos.projects.models import AuditEntry
from tests.api.conftest import rows
from tests.factories import ProjectFactory, UserFactory
from tests.ingest.importers.conftest import FILES, Saved
from tests.processes import at_once
from tests.world import Api
from threads.models import Message, Thread
from users.models import User

CSV = (
    "--column",
    "thread=Conversation ID",
    "--column",
    "role=Who",
    "--column",
    "content=Body",
    "--column",
    "user=Person",
)
EXPORTS = {
    "zep": ("zep", FILES / "zep", FILES / "zep_ce.json"),
    "mem0": ("mem0", FILES / "mem0.json", FILES / "mem0_history.json", "--user", "concierge"),
    "chatgpt": ("chatgpt", FILES / "conversations.json", "--user", "nadia"),
    "jsonl": ("jsonl", FILES / "chat.jsonl"),
    "csv": ("csv", FILES / "chat.csv", *CSV),
}
FIGURES = {
    "zep": {"users": 3, "threads": 3, "messages": 5, "facts": 4},
    "mem0": {"users": 3, "threads": 0, "messages": 0, "facts": 7},
    "chatgpt": {"users": 1, "threads": 2, "messages": 4, "facts": 0},
    "jsonl": {"users": 2, "threads": 2, "messages": 6, "facts": 0},
    "csv": {"users": 1, "threads": 1, "messages": 3, "facts": 0},
}


def run(*words: Any, project: str = "Owner's") -> tuple[dict[str, tuple[int, int]], str]:
    """What was added and what was known already, and what else was said."""
    out, err = StringIO(), StringIO()
    call_command("import_history", *(str(word) for word in words), "--project", project, stdout=out, stderr=err)
    lines = [line.split() for line in out.getvalue().splitlines()[1:]]
    return {what: (int(added), int(known)) for what, added, known in lines}, err.getvalue()


def held() -> dict[str, Any]:
    """All rows of what an import writes, to the last value."""
    models = (User, Thread, Message, Episode, Memory, MemoryRevision, Source, IngestJob, AuditEntry)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def lines(*messages: dict[str, Any]) -> str:
    return "\n".join(json.dumps({"user": "nadia", "role": "user", **message}) for message in messages)


@pytest.mark.parametrize("source", EXPORTS)
def test_a_second_run_adds_nothing(api: Api, source: str) -> None:
    figures, _ = run(*EXPORTS[source])
    assert figures == {what: (count, 0) for what, count in FIGURES[source].items()}
    before, counted = held(), rows()

    figures, _ = run(*EXPORTS[source])
    assert figures == {what: (0, count) for what, count in FIGURES[source].items()}
    assert (held(), rows()) == (before, counted)


@pytest.mark.parametrize("source", EXPORTS)
def test_a_dry_run_counts_the_same_and_writes_nothing(api: Api, source: str) -> None:
    before = rows()
    figures, _ = run(*EXPORTS[source], "--dry-run")
    assert figures == {what: (count, 0) for what, count in FIGURES[source].items()}
    assert rows() == before
    run(*EXPORTS[source])
    assert run(*EXPORTS[source], "--dry-run")[0] == {what: (0, count) for what, count in FIGURES[source].items()}


def test_it_is_read_as_if_it_had_been_said_through_the_api(api: Api) -> None:
    run(*EXPORTS["zep"])
    user = api.get("/v1/users", externalId="nadia").json()["users"][0]
    [thread] = api.get(f"/v1/users/{user['id']}/threads").json()["threads"]
    first, second = api.get(f"/v1/threads/{thread['id']}/messages").json()["messages"]
    assert user["email"] == "nadia@example.com"
    assert set(thread) == {"id", "name", "userId", "metadata", "createdAt", "messageCount"}
    assert (first["content"], first["name"], first["externalId"]) == ("I live in Porto.", "Nadia", "zm-1")
    assert (first["createdAt"], first["metadata"]) == ("2026-03-02T09:12:00Z", {"a": 1})
    assert [
        job.message.ref
        for job in IngestJob.objects.filter(thread=Thread.objects.get(name=None, user__external_id="nadia"))
    ] == [first["id"]]
    assert Episode.objects.filter(source_id=Message.objects.get(external_id="zm-2").pk).count() == 1
    assert second["role"] == "assistant"


def test_facts_are_stated_with_the_time_they_hold_for_and_were_learned_at(api: Api) -> None:
    run(*EXPORTS["zep"])
    user = api.get("/v1/users", externalId="nadia").json()["users"][0]
    told = {one["content"]: one for one in api.memories(user, includeInvalidated="true")}
    assert [one["content"] for one in api.memories(user)] == ["Nadia lives in Porto."]
    assert told["Nadia lives in Braga."]["validFrom"] == "2024-01-01T00:00:00Z"
    assert told["Nadia lives in Braga."]["validTo"] == "2026-03-02T00:00:00Z"
    assert [source["kind"] for source in told["Nadia lives in Porto."]["sources"]] == ["statement"]
    assert Memory.objects.get(content__contains="Porto").said_at.isoformat() == "2026-03-02T09:12:05+00:00"
    assert Memory.objects.get(content__contains="Porto").about


def test_the_services_write_the_audit_entries(api: Api) -> None:
    run(*EXPORTS["zep"])
    entries = AuditEntry.objects.filter(actor=AuditEntry.Actor.COMMAND, actor_id="import_history")
    assert set(entries.values_list("action", flat=True)) == {
        "user.created", "thread.created", "messages.appended", "memory.stated",
    }  # fmt: skip


def test_order_is_kept_where_threads_take_turns_and_batches_end(
    api: Api, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "BATCH", 4)
    monkeypatch.setattr(write, "KEPT_BACK", 7)
    path = saved(lines(*({"thread": f"t{number % 3}", "content": f"{number:02}"} for number in range(31))))
    run("jsonl", path)
    for third in range(3):
        said = Message.objects.filter(thread__external_id=f"jsonl:t{third}").order_by("position")
        assert list(said.values_list("content", flat=True)) == [f"{number:02}" for number in range(third, 31, 3)]


def test_the_same_words_said_twice_are_two_messages_and_no_more_after_a_second_run(api: Api, saved: Saved) -> None:
    path = saved(lines(*[{"thread": "t", "content": "ok"}] * 3))
    assert run("jsonl", path)[0]["messages"] == (3, 0)
    assert run("jsonl", path)[0]["messages"] == (0, 3)


def test_what_was_said_since_is_added_by_a_later_export(api: Api, saved: Saved) -> None:
    said = [{"thread": "t", "content": word} for word in ("one", "two", "ok", "three", "ok")]
    run("jsonl", saved(lines(*said[:3])))
    assert run("jsonl", saved(lines(*said)))[0]["messages"] == (2, 3)
    assert list(Message.objects.order_by("position").values_list("content", flat=True)) == [m["content"] for m in said]


@pytest.mark.parametrize("after", [0, 1, 3])
def test_an_import_that_broke_off_is_finished_by_running_it_again(
    api: Api, saved: Saved, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(write, "BATCH", 2)
    path = saved(lines(*({"thread": f"t{number // 5}", "content": str(number)} for number in range(10))))
    append, calls = services.append_messages, []

    def break_off(**given: Any) -> Any:
        calls.append(given)
        if len(calls) > after:
            raise SystemExit
        return append(**given)

    with monkeypatch.context() as patch:
        patch.setattr(services, "append_messages", break_off)
        with pytest.raises(SystemExit):
            run("jsonl", path)
    run("jsonl", path)
    said = Message.objects.order_by("thread__external_id", "position")
    assert list(said.values_list("content", flat=True)) == [str(number) for number in range(10)]
    assert Episode.objects.count() == IngestJob.objects.count() == 10


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_add_it_once() -> None:
    ProjectFactory(name="Acme")
    at_once(2, lambda _: run(*EXPORTS["zep"], project="Acme"))
    assert (User.objects.count(), Thread.objects.count(), Message.objects.count(), Memory.objects.count()) == (
        3,
        3,
        5,
        4,
    )


def test_facts_with_the_same_words_share_a_memory_and_a_second_run_adds_no_source(api: Api, saved: Saved) -> None:
    edges = [{"uuid": key, "user_id": "nadia", "fact": "Nadia skis.", "metadata": {}} for key in "abc"]
    path = saved(json.dumps({"edges": edges}), "edges.json")
    run("zep", path)
    assert (Memory.objects.count(), Source.objects.count()) == (1, 3)
    before = held()
    assert run("zep", path)[0]["facts"] == (0, 3)
    assert held() == before


def test_a_long_message_is_cut_into_several_that_are_the_text_together(api: Api, saved: Saved) -> None:
    text = "".join(f"Sentence number {number}. " for number in range(12_000))
    path = saved(lines({"thread": "t", "content": text, "externalId": "long"}, {"thread": "t", "content": "next"}))
    figures, err = run("jsonl", path)
    *pieces, last = Message.objects.order_by("position")
    assert (figures["messages"], last.content) == ((2, 0), "next")
    assert "".join(piece.content for piece in pieces) == text
    assert all(len(piece.content) <= prepare.LONGEST_MESSAGE and piece.content.endswith(". ") for piece in pieces)
    assert [piece.external_id for piece in pieces] == ["long", "long#2", "long#3"]
    assert "1 messages over 100000 characters, cut into several" in err
    assert run("jsonl", path)[0]["messages"] == (0, 2)


def test_an_id_that_comes_again_with_other_words_is_told(api: Api, saved: Saved) -> None:
    path = saved(lines(*({"thread": "t", "content": word, "externalId": "m"} for word in ("one", "two", "one"))))
    figures, err = run("jsonl", path)
    assert figures["messages"] == (1, 1)
    assert f"{path}, line 2: its id is known in this thread with another content." in err


def test_a_user_who_is_there_stays_as_they_are(api: Api) -> None:
    UserFactory(project=api.project, external_id="nadia", email="hers@example.com")
    figures, _ = run(*EXPORTS["zep"])
    assert figures["users"] == (2, 1)
    assert User.objects.get(external_id="nadia").email == "hers@example.com"


def test_threads_of_two_systems_may_be_called_the_same(api: Api, saved: Saved) -> None:
    run(*EXPORTS["zep"])
    run("jsonl", saved(lines({"thread": "onboarding", "content": "Hi"})))
    assert Thread.objects.filter(user__external_id="nadia").count() == 2


def test_it_writes_into_the_project_and_mode_that_were_named(api: Api) -> None:
    run(*EXPORTS["jsonl"], "--mode", "test")
    assert {user.project for user in User.objects.all()} == {api.project.test_twin}


def test_only_messages_or_only_facts_are_taken(api: Api) -> None:
    assert run(*EXPORTS["zep"], "--only", "facts")[0]["messages"] == (0, 0)
    figures, _ = run(*EXPORTS["zep"], "--only", "messages")
    assert (figures["messages"], figures["facts"]) == ((5, 0), (0, 0))
    assert User.objects.get(external_id="nadia").email == "nadia@example.com"


def test_a_record_that_names_no_user_is_skipped_unless_one_is_given(api: Api) -> None:
    figures, err = run("mem0", FILES / "mem0.json")
    assert figures["facts"] == (3, 0)
    assert "mem0.json, item 4: it names no user: say with --user whose it is." in err
    assert run("mem0", FILES / "mem0.json", "--user", "concierge")[0]["facts"] == (1, 3)


def test_a_bad_record_ends_a_strict_import(api: Api, saved: Saved) -> None:
    path = saved(lines({"thread": "t", "content": "Hi"}) + "\n{}\n")
    with pytest.raises(CommandError, match=r"chat.jsonl, line 2: it has no content."):
        run("jsonl", path, "--strict")
    figures, err = run("jsonl", path)
    assert figures["messages"] == (1, 0)
    assert f"skipped: {path}, line 2: it has no content." in err


def test_a_fact_that_ends_before_it_begins_is_skipped(api: Api, saved: Saved) -> None:
    edge = {"uuid": "e", "user_id": "n", "fact": "n skis.", "valid_at": "2026-01-02", "invalid_at": "2026-01-01"}
    with pytest.raises(CommandError, match=r"edges.json, fact 1: it ends before it begins."):
        run("zep", saved(json.dumps({"edges": [edge]}), "edges.json"))
    assert not Memory.objects.exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("zep", "/nowhere.json"), "/nowhere.json can't be read: No such file or directory."),
        (("zep", FILES / "chat.csv"), "chat.csv, line 1, column 1: it is no JSON (Expecting value)."),
        (("jsonl", FILES / "zep_ce.json"), "Nothing could be taken over. {}, it has no content."),
        (("mem0", FILES / "chat.jsonl"), "Nothing could be taken over. {}, line 1: it holds no memory."),
        (("chatgpt", FILES / "chat.jsonl", "--user", "n"), "{}, line 1: it is no conversation"),
        (("chatgpt", FILES / "conversations.json"), "An export of ChatGPT does not say whose it is: give --user."),
        (("csv", FILES / "chat.csv", "--column", "Body"), "--column Body: give it as NAME=VALUE."),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_file_is_one_sentence(api: Api, words: tuple[Any, ...], told: str) -> None:
    with pytest.raises(CommandError) as error:
        run(*words)
    told = told.replace("{}, it", "{}: it").format(words[1])
    assert told in str(error.value)
    assert error.value.returncode == 1


def test_an_unknown_project_is_one_sentence(db: None) -> None:
    with pytest.raises(CommandError, match=r"There is no live project 'Nobody'."):
        run(*EXPORTS["jsonl"], project="Nobody")


def test_a_folder_without_such_files_says_so(api: Api, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"holds no .json or .jsonl or .ndjson file."):
        run("zep", tmp_path)
    (tmp_path / "user.json").write_text("{}")
    with pytest.raises(CommandError, match=r"there is no conversations.json in it."):
        run("chatgpt", tmp_path, "--user", "nadia")
