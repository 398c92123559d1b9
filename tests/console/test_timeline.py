"""What is known of somebody, as their page shows it: what holds, what replaced what, and the words behind it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from graphs.admin import timeline
from graphs.admin.facts import fact, with_all
from graphs.admin.periods import lasted
from graphs.admin.timeline import Timeline
from graphs.models import Graph, Memory
from graphs.models.memory import SPEAKER
from ingest.models import IngestJob
from memos.projects.console import counting
from tests import factories as make

pytestmark = pytest.mark.django_db

MARCH, APRIL = datetime(2024, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)


def page_of(job: IngestJob, query: str = "") -> str:
    return f"/admin/users/user/{job.user.ref}/change/{query}"


def told(graph: Graph, **asked: Any) -> list[str]:
    groups = Timeline(graph, asked).groups
    return [fact.line.text for _, facts in groups for fact in facts]


@pytest.fixture
def moved(job: IngestJob) -> tuple[Memory, Memory]:
    """Berlin, and Lisbon that took its place; the first was said in the message of the job."""
    words = {"graph": job.graph, "kind": "home", "valid_precision": "month"}
    lisbon = make.MemoryFactory(content=f"{SPEAKER} lives in Lisbon.", valid_from=APRIL, **words)
    berlin = make.MemoryFactory(
        content=f"{SPEAKER} lives in Berlin.", valid_from=MARCH, valid_to=APRIL, invalidated_by=lisbon, **words
    )
    make.SourceFactory(memory=berlin, episode=job.graph.episodes.get(source_id=job.message.pk))
    return berlin, lisbon


def test_what_ended_is_told_with_what_replaced_it(console: Client, job: IngestJob, moved: Any) -> None:
    page = " ".join(console.get(page_of(job, "?state=ended")).content.decode().split())

    assert "Alice lives in Berlin." in page
    assert "Mar 2024 – Apr 2026" in page
    assert "→ replaced by:" in page
    assert page.index("Alice lives in Berlin.") < page.index("Alice lives in Lisbon.")
    assert "since Apr 2026" in page


def test_what_holds_is_told_with_what_it_replaced(job: IngestJob, moved: Any) -> None:
    found = [one for _, facts in Timeline(job.graph, {"kind": "home"}).groups for one in facts]

    assert [one.line.text for one in found] == ["Alice lives in Lisbon."]
    assert [line.text for line in found[0].replaces] == ["Alice lives in Berlin."]


def test_a_fact_has_the_words_that_it_rests_on_in_their_place(console: Client, job: IngestJob, moved: Any) -> None:
    page = console.get(page_of(job, "?state=ended")).content.decode()

    assert f"/admin/threads/thread/{job.thread.ref}/replay/?message={job.message.ref}#{job.message.ref}" in page
    assert job.graph.episodes.get(source_id=job.message.pk).content in page


def test_a_correction_is_told_with_what_was_there_before(job: IngestJob) -> None:
    memory = make.MemoryFactory(graph=job.graph, content=f"{SPEAKER} loves sushi.", valid_from=APRIL)
    make.MemoryRevisionFactory(
        memory=memory, content=f"{SPEAKER} loves fish.", kind="fact", changed_by="operator", reason="edited"
    )
    [change] = fact(with_all(Memory.objects.filter(pk=memory.pk)).get()).corrections

    assert (change.text, change.by, change.reason) == ("Alice loves fish.", "operator", "edited")
    assert change.lasted == "no time known"


def test_it_is_narrowed_by_kind_state_and_words(job: IngestJob, moved: Any) -> None:
    assert told(job.graph, kind="home") == ["Alice lives in Lisbon."]
    assert told(job.graph, kind="home", state="ended") == ["Alice lives in Berlin."]
    assert told(job.graph, state="ended", q="berlin") == ["Alice lives in Berlin."]
    assert told(job.graph, state="ended", q="lisbon") == []
    assert [state["count"] for state in Timeline(job.graph, {"kind": "home"}).states] == [1, 1, 0]


def test_it_is_grouped_by_kind_or_by_year(job: IngestJob, moved: Any) -> None:
    assert [title for title, _ in Timeline(job.graph, {"kind": "home"}).groups] == ["Home"]
    assert [title for title, _ in Timeline(job.graph, {"kind": "home", "by": "year"}).groups] == ["2026"]


@pytest.mark.parametrize(
    "query", ["state=x&kind=y&by=z&page=w", "page=-1", "page=99999999999", "q=%00", "q=" + "x" * 999]
)
def test_what_cannot_be_read_counts_as_not_asked(console: Client, job: IngestJob, query: str) -> None:
    assert console.get(page_of(job, f"?{query}")).status_code == 200


def test_it_is_paged_and_capped(console: Client, job: IngestJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "PAGE", 2)
    make.MemoryFactory.create_batch(4, graph=job.graph)
    first, last = Timeline(job.graph, {}), Timeline(job.graph, {"page": "3"})
    assert (first.newer, bool(first.older), first.pages, len(told(job.graph, page="3"))) == ("", True, 3, 1)
    assert (bool(last.newer), last.older) == (True, "")

    monkeypatch.setattr(counting, "CAP", 3)
    assert "Of the newest 3 memories" in console.get(page_of(job)).content.decode()
    assert Timeline(job.graph, {}).found == 3


def test_it_costs_the_same_however_much_is_known(job: IngestJob, moved: Any) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            told(job.graph, state="holds")
        return len(queries)

    few = statements()
    for memory in make.MemoryFactory.create_batch(20, graph=job.graph):
        make.SourceFactory(memory=memory)
        make.MemoryRevisionFactory(memory=memory)
    assert statements() == few <= 8


def test_a_groups_page_has_the_same_timeline(console: Client, job: IngestJob) -> None:
    group = make.GroupFactory(project=job.project)
    make.MemoryFactory(graph=group.graph, about=None, content="Acme ships on Tuesdays.")
    assert "Acme ships on Tuesdays." in console.get(f"/admin/users/group/{group.ref}/change/").content.decode()


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({}, ""),
        ({"valid_from": MARCH, "valid_precision": "year"}, "since 2024"),
        ({"valid_from": MARCH, "valid_precision": "day", "kind": "event"}, "1 Mar 2024"),
        ({"valid_to": APRIL, "valid_precision": "month"}, "until Apr 2026"),
        ({"valid_from": MARCH, "valid_to": APRIL, "valid_precision": "month"}, "Mar 2024 – Apr 2026"),
    ],
)
def test_a_time_is_told_as_exactly_as_it_was_said(values: dict[str, Any], shown: str) -> None:
    assert lasted(Memory(**values)) == shown
