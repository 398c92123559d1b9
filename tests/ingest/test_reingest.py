"""A thread that is read once more is believed as if it had just been said, and its words never go."""

from typing import Any

import pytest

from graphs.models import Embedding, Episode, Memory, Source
from ingest.again import reingest_thread
from ingest.edits import edit_memory
from ingest.erase import delete_memory
from ingest.mending.merge import merge_memories
from ingest.mending.spans import close_memory
from ingest.mending.split import Part, split_memory
from ingest.mending.withdrawal import restore_memory, retire_memory
from ingest.models import IngestJob
from memos.api.problems import Problem
from memos.projects.audit import Caller
from memos.projects.models import AuditEntry
from tests.conftest import Drain
from tests.factories import OperatorFactory
from tests.world import Api
from threads.models import Message, Thread
from users.models import Summary

pytestmark = pytest.mark.django_db


def again(thread: dict[str, Any] | Thread) -> int:
    row = thread if isinstance(thread, Thread) else Thread.objects.by_ref(thread["id"]).select_related("user").get()
    return reingest_thread(caller=Caller.from_command(row.project, "tests"), thread=row)


def contents(api: Api, user: dict[str, Any]) -> list[str]:
    return sorted(one["content"] for one in api.memories(user))


def test_the_same_words_come_to_the_same(api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain) -> None:
    api.say(thread, "lives_in Lisbon", "likes tea", {"role": "assistant", "content": "Noted."}, "lives_in Faro")
    drain()
    before, episodes = contents(api, user), list(Episode.objects.order_by("pk").values("pk", "content", "indexed_at"))
    old = set(Memory.objects.values_list("pk", flat=True))
    assert again(thread) == 3
    assert contents(api, user) == []
    assert Episode.objects.exclude(indexed_at=None).count() == 4  # recalled word for word all the while
    drain()
    assert contents(api, user) == before
    assert list(Episode.objects.order_by("pk").values("pk", "content", "indexed_at")) == episodes
    assert not old & set(Memory.objects.values_list("pk", flat=True))
    assert Embedding.objects.filter(episode__isnull=False).count() <= 4
    entry = AuditEntry.objects.get(action="thread.reingested")
    assert entry.detail["jobs"] == 3
    assert [len(job.history) for job in IngestJob.objects.all()] == [2, 2, 2]


def test_what_another_thread_says_stays_and_what_was_ended_is_open_until_it_is_said_again(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    other = api.new_thread(user)
    api.say(other, "lives_in Lisbon", "likes tea")
    api.say(thread, "lives_in Faro", "likes tea")
    drain()
    held = Memory.objects.filter(valid_to=None).count()
    again(thread)
    assert contents(api, user) == ["Alice likes tea.", "Alice lives in Lisbon."]
    assert Memory.objects.get(content__contains="Lisbon").valid_to is None
    drain()
    assert Memory.objects.get(content__contains="Lisbon").valid_to is not None
    assert Memory.objects.filter(valid_to=None).count() == held
    assert Source.objects.filter(role="supports", memory__content__contains="tea").count() == 2


def test_a_thread_that_is_still_being_read_is_read_once(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "likes tea", "likes milk")
    again(thread)
    drain()
    assert contents(api, user) == ["Alice likes milk.", "Alice likes tea."]
    assert Source.objects.count() == 2


def test_messages_without_a_job_and_jobs_that_failed_are_read_too(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "likes tea", "likes milk")
    IngestJob.objects.filter(message__content="likes tea").delete()
    IngestJob.objects.update(status="failed", error_code="INGEST_FAILED", attempts=8)
    assert again(thread) == 2
    drain()
    assert contents(api, user) == ["Alice likes milk.", "Alice likes tea."]
    assert set(IngestJob.objects.values_list("status", "error_code", "attempts")) == {("done", "", 1)}


def by_hand(thread: dict[str, Any]) -> Caller:
    project = Thread.objects.by_ref(thread["id"]).get().project
    return Caller.from_operator(project, OperatorFactory(), "req_1")


def about(words: str) -> Memory:
    return Memory.objects.get(content__contains=words)


def test_what_was_corrected_stays_so_and_what_was_deleted_by_hand_comes_back(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "likes tea", "likes milk")
    drain()
    memory = {one["content"]: one["id"] for one in api.memories(user)}
    api.patch(f"/v1/memories/{memory['Alice likes tea.']}", {"content": "Alice likes green tea."})
    delete_memory(caller=by_hand(thread), memory=about("milk"))
    for _ in range(2):
        again(thread)
        drain()
        assert contents(api, user) == ["Alice likes green tea.", "Alice likes milk."]
    assert Memory.objects.by_ref(memory["Alice likes tea."]).get().revisions.count() == 1
    assert Source.objects.filter(memory=about("green tea")).count() == 2


def test_what_was_withdrawn_closed_or_opened_by_hand_stays_so(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "likes tea", "likes milk", "lives_in Lisbon", "lives_in Faro")
    drain()
    caller = by_hand(thread)
    retire_memory(caller=caller, memory=about("tea"))
    close_memory(caller=caller, memory=about("milk"))
    retire_memory(caller=caller, memory=about("Faro"))
    before = list(Memory.objects.order_by("pk").values())
    sources = set(Source.objects.values_list("pk", flat=True))
    again(thread)
    drain()
    assert list(Memory.objects.order_by("pk").values()) == before
    assert set(Source.objects.values_list("pk", flat=True)) == sources
    assert contents(api, user) == ["Alice lives in Lisbon."]
    restore_memory(caller=caller, memory=about("tea"))
    assert contents(api, user) == ["Alice likes tea.", "Alice lives in Lisbon."]


def test_what_was_merged_or_split_by_hand_stays_so(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "likes tea", "likes chai", "likes milk and honey", "likes beer")
    drain()
    caller = by_hand(thread)
    merge_memories(caller=caller, memory=about("tea"), others=[about("chai")])
    split_memory(caller=caller, memory=about("milk"), parts=[Part("Alice likes milk."), Part("Alice likes honey.")])
    again(thread)
    drain()
    kept = ["Alice likes beer.", "Alice likes honey.", "Alice likes milk.", "Alice likes tea."]
    assert contents(api, user) == kept
    restore_memory(caller=caller, memory=about("chai"))
    restore_memory(caller=caller, memory=about("milk and honey"))
    assert contents(api, user) == ["Alice likes beer.", "Alice likes chai.", "Alice likes milk and honey.", kept[3]]


def test_what_was_read_as_the_end_of_something_mended_ends_it_again(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "lives_in Lisbon", "lives_in Faro", "lives_in Rome")
    drain()
    edit_memory(caller=by_hand(thread), memory=about("Faro"), kind="fact")
    ends = dict(Memory.objects.values_list("content", "valid_to"))
    rome = about("Rome").pk
    again(thread)
    assert about("Faro").valid_to is None
    drain()
    assert dict(Memory.objects.values_list("content", "valid_to")) == ends
    assert about("Faro").invalidated_by == about("Rome")
    assert about("Lisbon").invalidated_by == about("Faro")
    assert about("Rome").pk != rome


def test_no_summary_stays_that_rests_on_what_went(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "likes tea")
    drain()
    row = Thread.objects.get()
    memories = list(Memory.objects.values_list("pk", flat=True))
    values = {"text": "Likes tea.", "memory_ids": memories}
    Summary.objects.update_or_create(user=row.user, defaults={"project": row.project, **values})
    again(thread)
    assert Summary.objects.get().text == ""


def test_one_that_is_gone_is_not_found(api: Api, thread: dict[str, Any]) -> None:
    row = Thread.objects.select_related("user").get()
    Message.objects.all().delete()
    Thread.objects.all().delete()
    with pytest.raises(Problem) as refused:
        again(row)
    assert refused.value.status_code == 404
