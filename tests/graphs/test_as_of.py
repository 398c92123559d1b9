"""`Memory.objects.as_of`: what was believed at a time, with the values that it had then."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphs.models import Entity, Graph, Memory, MemoryRevision
from graphs.models.memory import SPEAKER
from ingest import facts
from ingest.facts import Change
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)


def at(day: int) -> datetime:
    return START + day * DAY


@pytest.fixture
def graph() -> Graph:
    return make.GraphFactory()


def believe(graph: Graph, content: str, day: int, **values: Any) -> Memory:
    with time_machine.travel(at(day), tick=False):
        return make.MemoryFactory(graph=graph, content=content, **values)


def by_hand(memory: Memory, day: int, **values: Any) -> None:
    with time_machine.travel(at(day), tick=False):
        facts.change(memory, Change(MemoryRevision.ChangedBy.API, "edited"), **values)


def test_a_memory_is_believed_from_when_it_was_recorded(graph: Graph) -> None:
    memory = believe(graph, "Acme is big.", 5)
    assert not Memory.objects.as_of(at(5) - timedelta(microseconds=1)).exists()
    assert Memory.objects.as_of(at(5)).get() == memory
    assert Memory.objects.as_of(None).get() == memory


def test_it_has_the_words_and_the_dates_of_then(graph: Graph) -> None:
    memory = believe(graph, "Acme is big.", 1)
    by_hand(memory, 3, content="Acme is small.", kind="work", valid_from=at(0), metadata={"by": "ops"})
    by_hand(memory, 5, valid_to=at(4))
    states = [Memory.objects.as_of(at(day)).get() for day in (1, 2, 3, 4, 5, 9)]
    assert [state.content for state in states] == ["Acme is big."] * 2 + ["Acme is small."] * 4
    assert [state.valid_from for state in states] == [None] * 2 + [at(0)] * 4
    assert [state.valid_to for state in states] == [None] * 4 + [at(4)] * 2
    assert [state.metadata for state in states] == [{}] * 2 + [{"by": "ops"}] * 4
    assert {state.pk for state in states} == {memory.pk}


def test_what_was_withdrawn_since_was_believed_until_then(graph: Graph) -> None:
    memory = believe(graph, "Acme is big.", 1)
    with time_machine.travel(at(3), tick=False):
        facts.retire(memory, facts.Change(facts.INGEST, "it never was so"))
    assert [Memory.objects.as_of(at(day)).count() for day in (0, 1, 2, 3, 4)] == [0, 1, 1, 0, 0]
    assert Memory.objects.as_of(at(2)).get().retired_at is None


def test_what_holds_at_a_time_is_what_had_not_ended_as_far_as_was_known(graph: Graph) -> None:
    memory = believe(graph, "Acme is big.", 1)
    by_hand(memory, 5, valid_to=at(2))
    assert Memory.objects.as_of(at(4)).holding(at(4)).exists()
    assert not Memory.objects.as_of(at(5)).holding(at(5)).exists()


def test_filters_orders_counts_and_subqueries_speak_of_then(graph: Graph) -> None:
    memory = believe(graph, "Acme is big.", 1, kind="fact")
    other = believe(graph, "Berta is small.", 1, kind="home")
    by_hand(memory, 3, kind="work", content="Zeta is big.")
    believe(make.GraphFactory(), "Acme is big.", 1, kind="fact")
    then = Memory.objects.as_of(at(2)).filter(graph=graph)
    assert then.get(kind="fact").content == "Acme is big."
    assert not then.filter(kind="work").exists()
    assert [one.pk for one in then.order_by("content")] == [memory.pk, other.pk]
    assert [one.pk for one in Memory.objects.as_of(at(4)).filter(graph=graph).order_by("content")] == [
        other.pk,
        memory.pk,
    ]
    assert then.count() == 2
    assert Memory.objects.filter(pk__in=then.filter(kind="fact")).get() == memory
    assert Entity.objects.filter(memories_about__in=then.filter(kind="fact")).get() == memory.about
    assert then.select_related("about", "graph").get(kind="fact").about == memory.about


def test_full_text_finds_the_words_of_then(graph: Graph) -> None:
    memory = believe(graph, f"{SPEAKER} likes climbing.", 1)
    by_hand(memory, 3, content=f"{SPEAKER} likes swimming.")
    assert Memory.objects.as_of(at(2)).filter(tsv="climb").get() == memory
    assert not Memory.objects.as_of(at(2)).filter(tsv="swim").exists()


def test_a_clock_that_stands_still_leaves_every_state_a_moment(graph: Graph) -> None:
    memory = believe(graph, "Acme is big.", 1)
    for day in (1, 1, 0):
        by_hand(memory, day, valid_to=at(8 + day))
    spans = list(memory.revisions.order_by("recorded_from").values_list("recorded_from", "recorded_to"))
    assert spans[0][0] == memory.created_at
    assert [end for _, end in spans] == [start for start, _ in spans[1:]] + [memory.recorded_at]
    assert len(spans) == 3


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["believe", "close", "edit", "move", "retire", "restore"]),
        st.integers(0, 3),
        st.integers(0, 30),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_it_tells_at_each_step_what_was_believed_at_that_step(steps: list[tuple[str, int, int]]) -> None:
    """Against a snapshot of the rows that was taken then."""
    graph = make.GraphFactory()
    snapshots = []
    for day, (what, which, number) in enumerate(steps):
        with time_machine.travel(at(day), tick=False):
            _do(graph, what, which, number, day)
        snapshots.append(_snapshot(graph, None))
    for day, snapshot in enumerate(snapshots):
        assert _snapshot(graph, at(day)) == snapshot
        assert _snapshot(graph, at(day) + DAY / 2) == snapshot


def _do(graph: Graph, what: str, which: int, number: int, day: int) -> None:
    believed = list(Memory.objects.believed().filter(graph=graph).order_by("pk"))
    for withdrawn in Memory.objects.filter(graph=graph, retired_at__isnull=False) if what == "restore" else ():
        facts.change(withdrawn, Change(MemoryRevision.ChangedBy.API, what), retired_at=None)
        return
    if what == "believe" or not believed:
        make.MemoryFactory(graph=graph, content=f"Thing {day} is {number}.")
        return
    memory = believed[which % len(believed)]
    told = Change(MemoryRevision.ChangedBy.API, what)
    match what:
        case "close":
            facts.close(memory, at=at(number), by=believed[0], reason=what)
        case "edit":
            content = f"Thing {day} is now {number}."
            facts.change(memory, told, content=content, digest=facts.digest(content, None, None), kind="work")
        case "move":
            facts.change(memory, told, valid_from=at(number), valid_to=at(number + day))
        case "retire":
            facts.retire(memory, told, by=believed[-1])


def _snapshot(graph: Graph, moment: datetime | None) -> list[tuple[Any, ...]]:
    rows = Memory.objects.as_of(moment).filter(graph=graph).order_by("pk")
    return list(rows.values_list("pk", "content", "kind", "valid_from", "valid_to", "invalidated_by", "recorded_at"))
