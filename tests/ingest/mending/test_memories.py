"""Memories are closed, opened, withdrawn, believed again, merged, split and put back, and all of it can be undone."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphs.models import Entity, Graph, Memory, MemoryRevision, Relation, Source
from ingest import messages, resolve
from ingest.edits import edit_memory
from ingest.extractors.base import Utterance
from ingest.mending.merge import merge_memories
from ingest.mending.revert import revert_memory
from ingest.mending.spans import close_memory, reopen_memory
from ingest.mending.split import Part, split_memory
from ingest.mending.withdrawal import restore_memory, retire_memory
from memos.api.problems import Problem
from memos.projects.audit import Caller
from memos.projects.models import AuditEntry
from tests.conftest import Drain, drain_graph
from tests.factories import MemoryFactory, MemoryRevisionFactory
from tests.ingest.mending.conftest import Tell, about, answers, blocks, caller_in
from tests.scripted import Scripted
from tests.world import Api
from threads.models import Message
from users.models import Summary, User


def refused(status: int, do: Callable[[], object], words: str = "") -> Problem:
    with pytest.raises(Problem) as caught:
        do()
    assert caught.value.status_code == status
    told = str(caught.value.detail) + str(caught.value.members)
    assert words in told
    return caught.value


def current(api: Api, user: dict[str, Any], **query: Any) -> set[str]:
    return {one["content"] for one in api.memories(user, **query)}


def moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def reread(graph: Graph) -> None:
    """Read every message of a graph again, and write what it says."""
    for message in Message.objects.filter(thread__user__graph=graph).order_by("created_at"):
        facts = Scripted().extract([Utterance(message.content, message.created_at)])[0]
        episode = graph.episodes.filter(source_id=message.pk).first()
        codes = [type("Code", (), {"vector": ()})() for _ in facts]
        messages.write(graph, message, resolve.Told(episode, facts, codes))


def test_a_memory_is_closed_now_or_at_a_time_and_opens_again(
    api: Api, user: dict[str, Any], caller: Caller, tell: Tell
) -> None:
    tell("likes tea", 2020)
    before = list(answers(api, user))
    tea = about("tea")
    assert close_memory(caller=caller, memory=tea)
    assert not close_memory(caller=caller, memory=tea)
    assert current(api, user) == set()
    assert current(api, user, asOf=moment(tea.created_at)) == {"Alice likes tea."}
    assert close_memory(caller=caller, memory=tea, at=datetime(2021, 1, 1, tzinfo=UTC))
    assert api.memories(user, includeInvalidated="true")[0]["validTo"] == "2021-01-01T00:00:00Z"
    assert reopen_memory(caller=caller, memory=tea)
    assert not reopen_memory(caller=caller, memory=tea)
    assert list(answers(api, user)) == before
    assert [row.action for row in AuditEntry.objects.filter(target_id=tea.ref).order_by("pk")] == [
        "memory.closed", "memory.closed", "memory.reopened"
    ]  # fmt: skip
    assert {(row.changed_by, row.reason) for row in tea.revisions.all()} == {
        ("operator", "closed"), ("operator", "opened again")
    }  # fmt: skip


def test_it_can_t_end_before_it_begins(caller: Caller, tell: Tell) -> None:
    tell("at 2024-05-01 visited Rome", 2024)
    rome = about("Rome")
    refused(400, lambda: close_memory(caller=caller, memory=rome, at=datetime(2023, 1, 1, tzinfo=UTC)), "validTo")
    assert not rome.revisions.exists()


def test_what_is_withdrawn_is_not_changed_and_what_is_gone_is_not_found(caller: Caller, tell: Tell) -> None:
    tell("likes tea", 2020)
    tea = about("tea")
    other = MemoryFactory(graph=tea.graph)
    retire_memory(caller=caller, memory=tea)
    for do in (close_memory, reopen_memory):
        refused(409, lambda do=do: do(caller=caller, memory=tea))
    refused(409, lambda: merge_memories(caller=caller, memory=tea, others=[other]))
    refused(409, lambda: merge_memories(caller=caller, memory=other, others=[tea]), tea.ref)
    refused(409, lambda: split_memory(caller=caller, memory=tea, parts=[Part("a"), Part("b")]))
    Memory.objects.filter(pk=tea.pk).delete()
    for do in (close_memory, retire_memory, restore_memory):
        refused(404, lambda do=do: do(caller=caller, memory=tea))


def test_what_is_withdrawn_never_was_so_and_what_it_had_ended_is_open(
    api: Api, user: dict[str, Any], caller: Caller, tell: Tell
) -> None:
    for content, year in (("lives_in Lisbon", 2020), ("lives_in Porto", 2022), ("lives_in Faro", 2024)):
        tell(content, year)
    before = list(answers(api, user))
    porto, believed_at = about("Porto"), timezone.now()
    assert retire_memory(caller=caller, memory=porto)
    assert not retire_memory(caller=caller, memory=porto)
    withdrawn_at = timezone.now()
    lisbon = about("Lisbon")
    assert (lisbon.invalidated_by, lisbon.valid_to) == (about("Faro"), datetime(2024, 1, 1, tzinfo=UTC))
    assert retire_memory(caller=caller, memory=about("Faro"))
    assert current(api, user) == {"Alice lives in Lisbon."}
    assert restore_memory(caller=caller, memory=about("Faro"))
    assert restore_memory(caller=caller, memory=porto)
    assert not restore_memory(caller=caller, memory=porto)
    assert list(answers(api, user)) == before
    then = {one["content"]: one["validTo"] for one in api.memories(user, asOf=moment(believed_at), limit="9")}
    assert then == {"Alice lives in Faro.": None}
    every = {"asOf": moment(withdrawn_at), "includeInvalidated": "true"}
    assert current(api, user, **every) == {"Alice lives in Lisbon.", "Alice lives in Faro."}
    history = api.get(f"/v1/memories/{porto.ref}/history").json()["revisions"]
    assert [bool(one["retiredAt"]) for one in history] == [True, False, False]


def test_a_withdrawn_memory_that_was_said_by_another_since_is_not_believed_twice(
    api: Api, caller: Caller, tell: Tell
) -> None:
    tell("likes tea", 2020)
    tea = about("tea")
    retire_memory(caller=caller, memory=tea)
    tell("likes tea", 2021)
    new = Memory.objects.believed().get()
    problem = refused(400, lambda: restore_memory(caller=caller, memory=tea), new.ref)
    assert problem.members["errors"][0]["field"] == "memory"
    tea.refresh_from_db()
    assert tea.retired_at


def test_what_was_mended_is_not_overturned_by_reading_the_same_again(
    api: Api, user: dict[str, Any], graph: Graph, caller: Caller, tell: Tell
) -> None:
    for content, year in (
        ("lives_in Lisbon", 2020),
        ("likes tea\nlikes milk\nlikes honey", 2021),
        ("lives_in Faro", 2022),
    ):
        tell(content, year)
    edit_memory(caller=caller, memory=about("Faro"), content="Alice lives in Porto.")
    reopen_memory(caller=caller, memory=about("Lisbon"))
    retire_memory(caller=caller, memory=about("tea"))
    merge_memories(caller=caller, memory=about("milk"), others=[about("honey")])
    before = api.memories(user, includeInvalidated="true")
    reread(graph)
    assert api.memories(user, includeInvalidated="true") == before


def test_a_merged_memory_gives_its_sources_and_is_told_by_the_other(
    api: Api, user: dict[str, Any], graph: Graph, caller: Caller, tell: Tell
) -> None:
    tell("likes tea", 2020)
    tell("likes chai", 2022)
    before = list(answers(api, user))
    tea, chai = about("tea"), about("chai")
    assert merge_memories(caller=caller, memory=tea, others=[chai, chai]) == [chai]
    assert merge_memories(caller=caller, memory=tea, others=[chai]) == []
    [kept] = api.memories(user)
    assert (kept["content"], len(kept["messageIds"])) == ("Alice likes tea.", 2)
    gone = api.get(f"/v1/memories/{chai.ref}").json()
    assert (gone["invalidatedBy"], bool(gone["retiredAt"])) == (tea.ref, True)
    tell("likes chai", 2024)
    assert current(api, user) == {"Alice likes tea."}
    tea.refresh_from_db()
    assert tea.said_at.year == 2024
    assert len(api.memories(user)[0]["messageIds"]) == 3
    restore_memory(caller=caller, memory=chai)
    assert {one["content"]: len(one["messageIds"]) for one in api.memories(user)} == {
        "Alice likes tea.": 1, "Alice likes chai.": 2
    }  # fmt: skip
    last = Message.objects.order_by("-created_at").first()
    assert api.delete(f"/v1/messages/{last.ref}").status_code == 200
    drain_graph(graph.pk)
    assert list(answers(api, user)) == before


def test_merges_within_merges_are_undone_one_by_one(api: Api, user: dict[str, Any], caller: Caller, tell: Tell) -> None:
    for year, name in enumerate(("tea", "chai", "matcha"), 2020):
        tell(f"likes {name}", year)
    before = list(answers(api, user))
    tea, chai, matcha = about("tea"), about("chai"), about("matcha")
    merge_memories(caller=caller, memory=chai, others=[tea])
    merge_memories(caller=caller, memory=matcha, others=[chai])
    [kept] = api.memories(user)
    assert (kept["content"], len(kept["messageIds"])) == ("Alice likes matcha.", 3)
    tell("likes tea", 2023)
    assert len(api.memories(user)[0]["messageIds"]) == 4
    api.delete(f"/v1/messages/{Message.objects.order_by('-created_at').first().ref}")
    restore_memory(caller=caller, memory=tea)
    assert {len(one["messageIds"]) for one in api.memories(user)} == {2, 1}
    restore_memory(caller=caller, memory=chai)
    assert list(answers(api, user)) == before


def sources_of(memory: Memory) -> set[tuple[str, str]]:
    return set(Source.objects.supporting().filter(memory=memory).values_list("role", "episode__content"))


@pytest.mark.parametrize("restored_first", [True, False])
def test_a_merge_is_undone_behind_words_that_were_taken_and_put_back(
    api: Api, user: dict[str, Any], caller: Caller, tell: Tell, restored_first: bool
) -> None:
    tell("likes tea", 2020)
    tell("likes chai", 2021)
    tea, chai = about("tea"), about("chai")
    merge_memories(caller=caller, memory=tea, others=[chai])
    edit_memory(caller=caller, memory=tea, content="Alice likes mint.")
    if restored_first:
        restore_memory(caller=caller, memory=chai)
    revert_memory(caller=caller, memory=tea, revision=tea.revisions.get())
    if not restored_first:
        assert sources_of(tea) == {("supports", "likes tea"), ("merged", "likes chai")}
        restore_memory(caller=caller, memory=chai)
    assert sources_of(tea) == {("supports", "likes tea")}
    assert sources_of(chai) == {("supports", "likes chai")}
    api.delete(f"/v1/messages/{Message.objects.order_by('created_at').first().ref}")
    assert current(api, user) == {"Alice likes chai."}


def test_where_the_words_that_stayed_are_forgotten_the_merged_ones_are_back(
    api: Api, user: dict[str, Any], caller: Caller, tell: Tell
) -> None:
    tell("likes tea", 2020)
    tell("likes chai", 2022)
    tea, chai = about("tea"), about("chai")
    merge_memories(caller=caller, memory=tea, others=[chai])
    first, second = Message.objects.order_by("created_at")
    api.delete(f"/v1/messages/{first.ref}")
    assert current(api, user) == {"Alice likes chai."}
    assert not Memory.objects.filter(pk=tea.pk).exists()
    api.delete(f"/v1/messages/{second.ref}")
    assert not Memory.objects.exists()
    assert not MemoryRevision.objects.exists()


def test_what_is_merged_into_itself_or_elsewhere_is_refused(caller: Caller, tell: Tell) -> None:
    tell("likes tea", 2020)
    tea = about("tea")
    refused(400, lambda: merge_memories(caller=caller, memory=tea, others=[tea]), "memoryIds")
    refused(404, lambda: merge_memories(caller=caller, memory=tea, others=[MemoryFactory()]))


def test_a_memory_is_split_and_each_part_has_what_it_names(
    api: Api, user: dict[str, Any], graph: Graph, caller: Caller, tell: Tell
) -> None:
    tell("lives_in Lisbon", 2020)
    tell("lives_in Lisbon", 2021)
    before = list(answers(api, user))
    whole = about("Lisbon")
    first, _ = Source.objects.filter(memory=whole).order_by("episode__said_at")
    parts = [Part("Alice lives in Lisbon, in Alfama.", [first.pk]), Part("Alice has a garden.", None)]
    home, garden = split_memory(caller=caller, memory=whole, parts=parts)
    drain_graph(graph.pk)
    shown = {one["content"]: one for one in api.memories(user)}
    assert set(shown) == {"Alice lives in Lisbon, in Alfama.", "Alice has a garden."}
    assert [one["name"] for one in shown["Alice lives in Lisbon, in Alfama."]["entities"]] == ["Alice", "Lisbon"]
    assert [one["name"] for one in shown["Alice has a garden."]["entities"]] == ["Alice"]
    assert [len(one["messageIds"]) for one in shown.values()] in ([1, 2], [2, 1])
    assert Relation.objects.filter(memory=home).count() == 1
    assert home.embeddings.exists()
    assert garden.embeddings.exists()
    tell("lives_in Porto", 2022)
    assert "Alice lives in Lisbon, in Alfama." not in current(api, user)
    api.delete(f"/v1/messages/{Message.objects.order_by('-created_at').first().ref}")
    restore_memory(caller=caller, memory=whole)
    left = [one for one in api.memories(user, includeInvalidated="true") if not one["retiredAt"]]
    assert left == before[0]
    assert blocks(api, user) == [one for one in before if isinstance(one, str)]


def test_a_split_that_makes_no_sense_changes_nothing(api: Api, caller: Caller, tell: Tell) -> None:
    tell("likes tea\nlikes milk", 2020)
    tea, milk = about("tea"), about("milk")
    for parts, words in (
        ([Part("Alice likes tea.")], "parts"),
        ([Part("Alice likes tea."), Part(" ")], "parts[1].content"),
        ([Part("Alice likes tea."), Part("Alice likes tea")], "parts[1].content"),
        ([Part("Alice likes tea."), Part("Alice likes milk.")], milk.ref),
        ([Part("Alice likes tea.", []), Part("Alice likes cups.")], "parts[0].sources"),
    ):
        refused(400, lambda parts=parts: split_memory(caller=caller, memory=tea, parts=parts), words)
    foreign = Source.objects.get(memory=milk).pk
    refused(404, lambda: split_memory(caller=caller, memory=tea, parts=[Part("a", [foreign]), Part("b")]))
    assert Memory.objects.believed().count() == 2
    assert not MemoryRevision.objects.exists()


def test_a_part_stays_split_when_the_words_of_another_are_forgotten(
    api: Api, user: dict[str, Any], caller: Caller, tell: Tell
) -> None:
    tell("likes tea", 2020)
    tell("likes tea", 2021)
    first, second = Source.objects.order_by("episode__said_at")
    parts = [Part("Alice likes black tea.", [first.pk]), Part("Alice likes green tea.", [second.pk])]
    split_memory(caller=caller, memory=about("tea"), parts=parts)
    api.delete(f"/v1/messages/{Message.objects.order_by('created_at').first().ref}")
    assert current(api, user) == {"Alice likes green tea."}


def test_parts_go_back_into_the_whole_though_words_that_they_rested_on_are_forgotten(
    api: Api, user: dict[str, Any], caller: Caller, tell: Tell
) -> None:
    tell("likes tea and milk", 2020)
    tell("likes tea and milk", 2021)
    whole = about("tea and milk")
    split_memory(caller=caller, memory=whole, parts=[Part("Alice likes tea."), Part("Alice likes milk.")])
    api.delete(f"/v1/messages/{Message.objects.order_by('created_at').first().ref}")
    assert current(api, user) == {"Alice likes tea.", "Alice likes milk."}
    restore_memory(caller=caller, memory=whole)
    assert current(api, user) == {"Alice likes tea and milk."}


def test_earlier_words_are_put_back_with_what_said_them(
    api: Api, user: dict[str, Any], graph: Graph, caller: Caller, tell: Tell
) -> None:
    tell("lives_in Lisbon", 2020)
    before = list(answers(api, user))
    home = about("Lisbon")
    edit_memory(caller=caller, memory=home, content="Alice lives in Faro.")
    drain_graph(graph.pk)
    edited_at = timezone.now()
    state = home.revisions.get()
    assert revert_memory(caller=caller, memory=home, revision=state)
    assert not revert_memory(caller=caller, memory=home, revision=state)
    drain_graph(graph.pk)
    after = list(answers(api, user))
    assert [{**one, "entities": None} for one in after[0]] == [{**one, "entities": None} for one in before[0]]
    assert after[1::2] == before[1::2]
    assert [one["name"] for one in after[0][0]["entities"]] == ["Alice", "Lisbon"]
    assert Relation.objects.get(memory=home).object.name == "Lisbon"
    then = api.memories(user, asOf=moment(edited_at))[0]
    assert (then["content"], [one["kind"] for one in then["sources"]]) == ("Alice lives in Faro.", ["statement"])
    revert_memory(caller=caller, memory=home, revision=home.revisions.order_by("recorded_to").last())
    assert api.memories(user)[0]["content"] == "Alice lives in Faro."
    assert [one["kind"] for one in api.memories(user)[0]["sources"]] == ["statement"]


def test_earlier_dates_are_put_back(api: Api, user: dict[str, Any], caller: Caller, tell: Tell) -> None:
    tell("likes tea", 2020)
    before = list(answers(api, user))
    tea = about("tea")
    edit_memory(caller=caller, memory=tea, valid_from=datetime(2019, 5, 1, tzinfo=UTC))
    revert_memory(caller=caller, memory=tea, revision=tea.revisions.get())
    assert list(answers(api, user)) == before
    refused(404, lambda: revert_memory(caller=caller, memory=tea, revision=MemoryRevisionFactory()))


def test_the_summary_follows(graph: Graph, caller: Caller, tell: Tell) -> None:
    tell("likes tea", 2020)
    user, tea = User.objects.get(), about("tea")
    Summary.objects.update_or_create(
        user=user, project=user.project, defaults={"text": "Tea.", "memory_ids": [tea.pk], "graph_version": 1}
    )
    retire_memory(caller=caller, memory=tea)
    assert Summary.objects.get().text == ""
    graph.refresh_from_db()
    assert graph.summarised_version == 0


def test_a_kill_between_two_of_many_does_no_harm(caller: Caller, tell: Tell) -> None:
    tell("lives_in Lisbon", 2020)
    tell("lives_in Porto", 2022)
    lisbon = about("Lisbon")
    for do in (retire_memory, retire_memory, restore_memory, restore_memory):
        do(caller=caller, memory=lisbon)
    lisbon.refresh_from_db()
    assert (lisbon.retired_at, lisbon.valid_to) == (None, datetime(2022, 1, 1, tzinfo=UTC))
    assert lisbon.invalidated_by == about("Porto")


def test_forgetting_keeps_the_spans_in_which_nobody_believed_it(
    api: Api, user: dict[str, Any], caller: Caller, tell: Tell
) -> None:
    tell("likes tea", 2020)
    tell("likes tea", 2021)
    tea = about("tea")
    retire_memory(caller=caller, memory=tea)
    withdrawn_at = moment(timezone.now())
    restore_memory(caller=caller, memory=tea)
    assert current(api, user, asOf=withdrawn_at) == set()
    last = Message.objects.order_by("-created_at").first()
    api.delete(f"/v1/messages/{last.ref}")
    assert current(api, user, asOf=withdrawn_at) == set()
    assert current(api, user) == {"Alice likes tea."}


def test_what_ended_a_restored_memory_may_be_forgotten(
    api: Api, user: dict[str, Any], caller: Caller, tell: Tell
) -> None:
    tell("lives_in Lisbon", 2020)
    tell("lives_in Porto", 2022)
    lisbon = about("Lisbon")
    retire_memory(caller=caller, memory=lisbon)
    restore_memory(caller=caller, memory=lisbon)
    api.delete(f"/v1/messages/{Message.objects.order_by('-created_at').first().ref}")
    assert current(api, user) == {"Alice lives in Lisbon."}


THINGS = ["likes tea", "likes chai", "lives_in Lisbon", "lives_in Porto", "stopped_likes tea", "works_at Acme"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(st.sampled_from(THINGS), min_size=2, max_size=5), data=st.data())
def test_whatever_is_mended_and_taken_back_is_as_before(api: Api, drain: Drain, story: list[str], data: Any) -> None:
    user = api.new_user(firstName="Alice")
    thread = api.new_thread(user)
    for year, content in enumerate(story, 2015):
        api.say(thread, {"role": "user", "content": content, "createdAt": f"{year}-01-01T00:00:00Z"})
        drain()
    before, caller = list(answers(api, user)), caller_in(api)
    rows = list(Memory.objects.filter(graph__user=User.objects.by_ref(user["id"]).get()).order_by("pk"))
    one = data.draw(st.sampled_from(rows))
    others = data.draw(st.lists(st.sampled_from(rows), max_size=2, unique_by=lambda row: row.pk))
    if data.draw(st.booleans()):
        retire_memory(caller=caller, memory=one)
        restore_memory(caller=caller, memory=one)
    others = [row for row in others if row.pk != one.pk]
    merge_memories(caller=caller, memory=one, others=others)
    for other in data.draw(st.permutations(others)):
        restore_memory(caller=caller, memory=other)
    assert list(answers(api, user)) == before


def test_names_of_entities_stay(tell: Tell) -> None:
    tell("likes tea", 2020)
    assert Entity.objects.filter(name="tea").exists()


def test_words_are_taken_put_back_and_taken_again(api: Api, user: dict[str, Any], caller: Caller, tell: Tell) -> None:
    tell("likes tea", 2020)
    tea = about("tea")
    for _ in range(3):
        edit_memory(caller=caller, memory=tea, content="Alice likes mint.")
        tea.refresh_from_db()
        assert current(api, user) == {"Alice likes mint."}
        revert_memory(caller=caller, memory=tea, revision=tea.revisions.order_by("recorded_to").last())
        tea.refresh_from_db()
        assert current(api, user) == {"Alice likes tea."}
    assert len(Source.objects.filter(memory=tea, role=Source.Role.SUPPORTS)) == 1
