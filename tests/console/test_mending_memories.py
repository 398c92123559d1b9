"""Memories are mended in the console: what will change is shown before it is changed."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from graphs.models import Graph, Memory, MemoryRevision
from graphs.models.memory import SPEAKER
from ingest.edits import edit_memory
from ingest.mending.merge import merge_memories
from ingest.mending.split import Part, split_memory
from ingest.mending.withdrawal import retire_memory
from memos.projects import operators
from memos.projects.audit import Caller
from memos.projects.models import AuditEntry, Operator
from tests import factories as make

pytestmark = pytest.mark.django_db
PAGES = ("correct", "close", "withdraw", "merge", "split")


@pytest.fixture
def graph(db: None) -> Graph:
    return make.UserFactory().graph


def believe(graph: Graph, words: str, **values: Any) -> Memory:
    memory = make.MemoryFactory(graph=graph, content=f"{SPEAKER} {words}", **values)
    episode = make.EpisodeFactory(graph=graph, content=f"I {words}", source_kind="message")
    stated = {"content": memory.content, "kind": "work", "valid_from": None, "valid_to": None, "language": "en",
              "confidence": 1.0, "valid_precision": None, "ends": [], "metadata": {}}  # fmt: skip
    make.SourceFactory(memory=memory, episode=episode, stated=stated)
    return memory


@pytest.fixture
def tea(graph: Graph) -> Memory:
    return believe(graph, "likes tea.")


def by(operator: Operator, memory: Memory) -> Caller:
    return Caller.from_operator(memory.project, operator, "")


def path(memory: Memory, page: str = "change") -> str:
    return f"/admin/graphs/memory/{memory.ref}/{page}/"


def text(response: Any) -> str:
    assert response.status_code == 200, response
    return " ".join(response.content.decode().split())


def mend(console: Client, memory: Memory, page: str, **form: Any) -> str:
    """What would change, as it is shown; then it is changed."""
    before = list(MemoryRevision.objects.values_list("pk", flat=True))
    told = text(console.post(path(memory, page), {**form, "step": "preview"}))
    assert list(MemoryRevision.objects.values_list("pk", flat=True)) == before
    response = console.post(path(memory, page), {**form, "step": "confirm"})
    assert (response.status_code, response["Location"]) == (302, path(memory))
    memory.refresh_from_db()
    return told


def correction(memory: Memory, **changed: Any) -> dict[str, Any]:
    return {"content": f"Alice {memory.content.split(' ', 1)[1]}", "kind": "work", **changed}


def change(label: str, before: str, after: str) -> str:
    arrow = '<span aria-hidden="true">→</span>'
    return f"<dt>{label}</dt><dd><del>{before}</del> {arrow} <ins>{after}</ins></dd>"


def test_a_memory_is_corrected(console: Client, tea: Memory) -> None:
    assert "Alice likes tea." in text(console.get(path(tea, "correct")))
    told = mend(console, tea, "correct", **correction(tea, content="Alice likes green tea.", valid_from="2024-05-01"))
    assert change("Sentence", "Alice likes tea.", "Alice likes green tea.") in told
    assert change("Valid", "–", "2024-05-01 →") in told
    assert tea.content == f"{SPEAKER} likes green tea."
    entry = AuditEntry.objects.get(target_id=tea.ref)
    assert (entry.action, entry.actor_label, entry.detail) == (
        "memory.edited", "ann", {"fields": ["content", "valid_from"]}
    )  # fmt: skip


def test_what_is_left_as_it_is_changes_nothing(console: Client, graph: Graph) -> None:
    memory = believe(graph, "likes milk.", valid_from=timezone.now())
    page = console.get(path(memory, "correct")).context["form"]
    form = {field.name: field.value() for field in page}
    told = text(console.post(path(memory, "correct"), {**form, "step": "preview"}))
    assert "Nothing would change." in told
    assert 'value="confirm"' not in told


def test_a_correction_that_can_t_be_is_told_at_its_field(console: Client, tea: Memory, graph: Graph) -> None:
    other = believe(graph, "likes milk.")
    for step in ("preview", "confirm"):
        form = correction(tea, content="Alice likes milk.", step=step)
        response = console.post(path(tea, "correct"), form)
        assert other.ref in text(response)
        assert "content" in response.context["form"].errors
    form = correction(tea, valid_from="2024-05-01", valid_to="2023-05-01", step="preview")
    assert "valid_to" in console.post(path(tea, "correct"), form).context["form"].errors
    form = correction(tea, valid_from="yesterday", step="preview")
    assert "valid_from" in console.post(path(tea, "correct"), form).context["form"].errors
    assert not MemoryRevision.objects.exists()


def seen(response: Any) -> str:
    assert response.status_code == 200, response
    value: str = response.context["seen"]
    assert f'name="seen" value="{value}"' in response.content.decode()
    return value


@pytest.mark.parametrize("step", ["preview", "confirm"])
def test_a_form_that_was_overtaken_changes_nothing(
    console: Client, admin_operator: Operator, tea: Memory, step: str
) -> None:
    form = correction(tea, kind="fact", seen=seen(console.get(path(tea, "correct"))))
    edit_memory(caller=by(admin_operator, tea), memory=tea, content="Alice likes green tea.")
    response = console.post(path(tea, "correct"), {**form, "step": step}, follow=True)
    assert response.redirect_chain == [(path(tea), 302)]
    assert "It was changed meanwhile" in text(response)
    tea.refresh_from_db()
    assert (tea.content, tea.kind) == (f"{SPEAKER} likes green tea.", "work")


def test_what_was_confirmed_is_what_was_shown(console: Client, admin_operator: Operator, tea: Memory) -> None:
    shown = seen(console.get(path(tea, "withdraw")))
    edit_memory(caller=by(admin_operator, tea), memory=tea, content="Alice likes green tea.")
    assert "It was changed meanwhile" in text(
        console.post(path(tea, "withdraw"), {"step": "confirm", "seen": shown}, follow=True)
    )
    tea.refresh_from_db()
    assert tea.retired_at is None
    shown = seen(console.get(path(tea, "withdraw")))
    assert console.post(path(tea, "withdraw"), {"step": "confirm", "seen": shown}).status_code == 302
    tea.refresh_from_db()
    assert tea.retired_at


def test_a_memory_is_closed_and_opened_again(console: Client, tea: Memory) -> None:
    told = mend(console, tea, "close", at="2026-01-01")
    assert change("State", "holds", "ended") in told
    assert tea.valid_to
    assert "Close memory" not in [one["title"] for one in console.get(path(tea)).context["actions_detail"]]
    assert change("State", "ended", "holds") in mend(console, tea, "reopen")
    assert tea.valid_to is None


def test_a_memory_is_withdrawn_and_restored(console: Client, graph: Graph, tea: Memory) -> None:
    ended = believe(graph, "likes milk.", valid_to=timezone.now(), invalidated_by=tea)
    told = mend(console, tea, "withdraw")
    assert change("State", "holds", "withdrawn") in told
    assert change("State", "ended", "holds") in told
    assert tea.retired_at
    titles = [one["title"] for one in console.get(path(tea)).context["actions_detail"]]
    assert titles == ["Restore"]
    mend(console, tea, "restore")
    ended.refresh_from_db()
    assert (tea.retired_at, ended.invalidated_by) == (None, tea)


def test_others_are_found_ticked_and_merged(console: Client, graph: Graph, tea: Memory) -> None:
    like, unlike = believe(graph, "likes black tea."), believe(graph, "has a boat.")
    foreign = believe(make.UserFactory().graph, "likes tea too.")
    offered = text(console.get(path(tea, "merge")))
    assert offered.index(like.ref) < offered.index(unlike.ref)
    assert foreign.ref not in offered
    found = console.post(path(tea, "merge"), {"step": "search", "q": "boat", "chosen": [like.ref]})
    assert (
        console.post(path(tea, "merge"), {"step": "search", "q": "zebra"}).context["form"].fields["chosen"].choices
        == []
    )
    assert [ref for ref, _ in found.context["form"].fields["chosen"].choices] == [like.ref, unlike.ref]
    assert found.context["form"]["chosen"].value() == [like.ref]
    nothing = console.post(path(tea, "merge"), {"step": "preview", "q": ""})
    assert "Tick at least one." in text(nothing)
    told = mend(console, tea, "merge", q="boat", chosen=[like.ref])
    assert change("Rests on", "1 source", "2 sources") in told
    assert change("Because of", "–", "Alice likes tea.") in told
    like.refresh_from_db()
    assert like.invalidated_by == tea
    response = console.post(path(tea, "merge"), {"step": "preview", "chosen": [foreign.ref]})
    assert "chosen" in response.context["form"].errors


def test_a_memory_is_split_by_lines_and_each_has_the_sources_that_are_ticked(
    console: Client, graph: Graph, tea: Memory
) -> None:
    second = make.SourceFactory(memory=tea, episode=make.EpisodeFactory(graph=graph, content="I like coffee."))
    lines = "Alice likes tea.\n\n  Alice likes coffee. \n"
    asked = console.post(path(tea, "split"), {"step": "preview", "sentences": lines})
    assert "What says: Alice likes coffee." in text(asked)
    assert not asked.context["form"].is_bound
    ticked = {"parts": "2", "sources_0": [str(row.pk) for row in tea.sources.all()], "sources_1": [str(second.pk)]}
    told = mend(console, tea, "split", sentences=lines, **ticked)
    assert told.count('<span class="mending-fate">new</span>') == 2
    made = Memory.objects.believed().order_by("pk")
    assert [row.sources.count() for row in made] == [2, 1]
    assert "Alice likes coffee." in text(console.get(path(tea)))
    mend(console, tea, "restore")
    assert list(Memory.objects.believed()) == [tea]


@pytest.mark.parametrize("step", ["search", "preview"])
def test_a_search_for_what_no_text_holds_finds_what_is_like_it(console: Client, graph: Graph, step: str) -> None:
    tea, milk = believe(graph, "likes tea."), believe(graph, "likes milk.")
    form = {"step": step, "q": "milk\0", "chosen": milk.ref}
    assert "likes milk." in text(console.post(path(tea, "merge"), form))
    tom, tea_shop = make.EntityFactory(graph=graph, name="Tom"), make.EntityFactory(graph=graph, name="Tea shop")
    form = {"step": step, "q": "shop\0", "chosen": tea_shop.ref}
    assert "Tea shop" in text(console.post(f"/admin/graphs/entity/{tom.ref}/merge/", form))


def test_a_split_into_too_many_is_refused_and_drops_none(console: Client, tea: Memory) -> None:
    lines = "\n".join(f"Alice likes {number}." for number in range(21))
    for step in ("preview", "confirm"):
        told = text(console.post(path(tea, "split"), {"sentences": lines, "step": step}))
        assert "Split it into two to 20 sentences." in told
    assert Memory.objects.count() == 1


def test_a_split_into_one_is_refused(console: Client, tea: Memory) -> None:
    assert "Split it into two" in text(console.post(path(tea, "split"), {"step": "preview", "sentences": "A."}))


def test_the_history_tells_what_when_by_whom_and_why_and_an_earlier_state_is_put_back(
    console: Client, admin_operator: Operator, graph: Graph, tea: Memory
) -> None:
    caller = by(admin_operator, tea)
    edit_memory(caller=caller, memory=tea, content="Alice likes <b>coffee</b>.")
    merge_memories(caller=caller, memory=tea, others=[believe(graph, "likes espresso.")])
    page = text(console.get(path(tea)))
    assert change("Sentence", "Alice likes tea.", "Alice likes &lt;b&gt;coffee&lt;/b&gt;.") in page
    assert "<strong>Corrected</strong>" in page
    assert "· ann" in page
    assert "Another was merged into it" in page
    state = tea.revisions.get()
    put_back = path(tea, "put-back") + f"?state={state.ref}"
    assert f"../put-back/?state={state.ref}" in page
    assert "Alice likes tea." in text(console.get(put_back))
    assert console.post(put_back, {"step": "confirm"}).status_code == 302
    tea.refresh_from_db()
    assert tea.content == f"{SPEAKER} likes tea."
    assert console.get(path(tea, "put-back") + "?state=rev_x").status_code == 404


def test_what_is_refused_without_a_form_is_told_on_the_page(
    console: Client, admin_operator: Operator, graph: Graph, tea: Memory
) -> None:
    retire_memory(caller=by(admin_operator, tea), memory=tea)
    twin = believe(graph, "likes tea.")
    response = console.get(path(tea, "restore"), follow=True)
    assert twin.ref in text(response)
    split = console.post(path(tea, "split"), {"step": "preview", "sentences": "A.\nB."})
    assert "can&#x27;t be changed" in text(split)


@pytest.mark.parametrize("page", [*PAGES, "reopen", "restore", "put-back"])
def test_who_may_not_change_memories_sees_no_page_and_no_button(
    client: Client, graph: Graph, tea: Memory, page: str
) -> None:
    operator = make.OperatorFactory(username="bob", is_superuser=False)
    caller = Caller.from_command(tea.project, "tests")
    operators.give_role(caller=caller, operator=operator, role="viewer", reads_words=True)
    client.force_login(operator)
    for method in (client.get, client.post):
        assert method(path(tea, page)).status_code == 403
    assert client.get(path(tea)).context["actions_detail"] == []
    assert f"../{page}/" not in text(client.get(path(tea)))


@pytest.mark.parametrize("page", PAGES)
def test_somebody_with_a_role_elsewhere_finds_nothing(client: Client, tea: Memory, page: str) -> None:
    operator = make.OperatorFactory(username="bob", is_superuser=False)
    other = make.UserFactory().project
    operators.give_role(caller=Caller.from_command(other, "tests"), operator=operator, role="admin")
    client.force_login(operator)
    assert client.post(path(tea, page), {"step": "confirm"}).status_code in (403, 404)
    assert not MemoryRevision.objects.exists()


@pytest.mark.parametrize("page", PAGES)
def test_support_may_mend(client: Client, tea: Memory, page: str) -> None:
    operator = make.OperatorFactory(username="bob", is_superuser=False)
    operators.give_role(caller=Caller.from_command(tea.project, "tests"), operator=operator, role="support")
    client.force_login(operator)
    assert client.get(path(tea, page)).status_code == 200


def test_looking_is_recorded_where_the_project_wants_it(console: Client, tea: Memory) -> None:
    tea.project.audit_reads = True
    tea.project.save()
    console.get(path(tea, "merge"))
    assert AuditEntry.objects.filter(action="memory.read", target_id=tea.ref).count() == 1


@pytest.mark.parametrize("page", ["change", "merge", "withdraw", "split"])
def test_a_page_costs_the_same_however_much_there_is(
    console: Client, admin_operator: Operator, graph: Graph, tea: Memory, page: str
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert console.get(path(tea, page)).status_code == 200
        return len(queries)

    caller = by(admin_operator, tea)
    for number in range(2):
        edit_memory(caller=caller, memory=tea, content=f"Alice likes tea number {number}.")
        merge_memories(caller=caller, memory=tea, others=[believe(graph, f"likes tea of {number}.")])
    few = cost()
    for number in range(6):
        edit_memory(caller=caller, memory=tea, content=f"Alice likes tea, cup {number}.")
        merge_memories(caller=caller, memory=tea, others=[believe(graph, f"likes tea by {number}.")])
        believe(graph, f"likes tea as {number}.")
    assert cost() <= few <= 40


def test_a_part_says_where_it_came_from(console: Client, admin_operator: Operator, tea: Memory) -> None:
    parts = [Part("Alice likes hot tea."), Part("Alice likes cold tea.")]
    split_memory(caller=by(admin_operator, tea), memory=tea, parts=parts)
    page = text(console.get(path(tea)))
    assert "Alice likes hot tea." in page
    assert "Alice likes cold tea." in page
