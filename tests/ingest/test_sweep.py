"""What a sweep finds: work that nobody is at, and summaries whose ring was lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from graphs.models import Episode, Graph, Memory
from ingest import facts, summaries, sweep
from ingest.models import IngestJob
from tests.conftest import Drain
from tests.factories import EpisodeFactory, IngestJobFactory, MemoryFactory, MessageFactory
from tests.scripted import Scripted
from tests.world import Api
from users.models import Summary, User

pytestmark = pytest.mark.django_db

FREE = [None, -1]
"""Seconds until the lease ends; None where nobody has one."""


def _lease(graph: Graph, seconds: int | None) -> None:
    until = None if seconds is None else timezone.now() + timedelta(seconds=seconds)
    Graph.objects.filter(pk=graph.pk).update(lease_until=until)


@pytest.mark.parametrize("seconds", FREE)
@pytest.mark.parametrize("status", IngestJob.UNFINISHED)
def test_a_graph_with_a_due_job_and_a_free_lease_is_found(status: str, seconds: int | None) -> None:
    job = IngestJobFactory(status=status)
    _lease(job.graph, seconds)
    assert sweep.waiting_graphs() == [job.graph_id]


@pytest.mark.parametrize("seconds", FREE)
def test_a_graph_with_an_episode_that_is_not_indexed_and_a_free_lease_is_found(seconds: int | None) -> None:
    episode = EpisodeFactory(indexed_at=None)
    _lease(episode.graph, seconds)
    assert sweep.waiting_graphs() == [episode.graph_id]


def test_a_graph_that_somebody_works_on_is_not_found() -> None:
    for made in (IngestJobFactory(), EpisodeFactory(indexed_at=None)):
        _lease(made.graph, 30)
    assert sweep.waiting_graphs() == []


def test_a_graph_with_nothing_to_do_is_not_found() -> None:
    for status in (IngestJob.Status.DONE, IngestJob.Status.FAILED):
        IngestJobFactory(status=status)
    IngestJobFactory(run_after=timezone.now() + timedelta(minutes=1))
    EpisodeFactory()
    assert sweep.waiting_graphs() == []


def test_a_graph_with_both_is_found_once() -> None:
    job = IngestJobFactory()
    EpisodeFactory(graph=job.graph, indexed_at=None)
    assert sweep.waiting_graphs() == [job.graph_id]


@pytest.mark.parametrize("many", ["jobs", "episodes"])
def test_a_graph_with_very_much_to_do_does_not_hide_another(monkeypatch: pytest.MonkeyPatch, many: str) -> None:
    monkeypatch.setattr(sweep, "MOST", 2)
    long_ago = timezone.now() - timedelta(days=1)
    if many == "jobs":
        first, second = IngestJobFactory(run_after=long_ago), IngestJobFactory()
        for _ in range(40):
            IngestJobFactory(message=MessageFactory(thread=first.thread), run_after=long_ago)
    else:
        first, second = EpisodeFactory(indexed_at=None), EpisodeFactory(indexed_at=None)
        for _ in range(40):
            EpisodeFactory(graph=first.graph, indexed_at=None)
    assert set(sweep.waiting_graphs()) == {first.graph_id, second.graph_id}


def test_a_graph_that_is_worked_on_does_not_hide_one_that_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "MOST", 1)
    busy = IngestJobFactory(run_after=timezone.now() - timedelta(days=1))
    _lease(busy.graph, 30)
    free = IngestJobFactory()
    assert sweep.waiting_graphs() == [free.graph_id]


Told = Callable[[int], UUID]


@pytest.fixture
def told(api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain) -> Told:
    """Believe so many things more; return the user's id."""

    def tell(times: int) -> UUID:
        for _ in range(times):
            api.say(thread, f"likes thing {Episode.objects.count()}")
            drain()
        return User.objects.get().pk

    return tell


def test_a_summary_that_is_missing_is_found(told: Told) -> None:
    user = told(1)
    assert sweep.waiting_summaries() == [user] == summaries.due_users(Graph.objects.get().pk)


def test_a_user_of_whom_nothing_is_known_needs_no_summary(user: dict[str, Any]) -> None:
    assert sweep.waiting_summaries() == []


def test_a_group_needs_no_summary(api: Api, drain: Drain) -> None:
    api.new_group("acme")
    api.state("acme", "The office closes at six.")
    drain()
    assert sweep.waiting_summaries() == []


def test_a_summary_is_found_after_five_changes_and_not_after_four(told: Told) -> None:
    user = told(1)
    summaries.summarise(user)
    assert sweep.waiting_summaries() == []
    told(4)
    assert sweep.waiting_summaries() == []
    told(1)
    assert sweep.waiting_summaries() == [user] == summaries.due_users(Graph.objects.get().pk)
    summaries.summarise(user)
    assert sweep.waiting_summaries() == [] == summaries.due_users(Graph.objects.get().pk)


def test_a_summary_is_found_as_soon_as_something_has_ended(
    api: Api, thread: dict[str, Any], told: Told, drain: Drain
) -> None:
    api.say(thread, "lives_in Lisbon")
    user = told(1)
    summaries.summarise(user)
    api.say(thread, "lives_in Porto")
    drain()
    assert sweep.waiting_summaries() == [user]
    summaries.summarise(user)
    assert sweep.waiting_summaries() == []


def test_a_summary_that_was_asked_for_is_found_until_it_is_made(told: Told) -> None:
    user = told(1)
    summaries.summarise(user)
    Summary.objects.update(requested_at=timezone.now())
    assert sweep.waiting_summaries() == [user]
    summaries.summarise(user)
    assert sweep.waiting_summaries() == []


def test_an_ending_while_the_summary_is_made_has_it_made_anew(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    user = told(1)
    summaries.summarise(user)
    compose = summaries.compose
    ended = Memory.objects.get()

    def compose_while_it_ends(graph: Graph) -> Any:
        monkeypatch.setattr(summaries, "compose", compose)
        found = compose(graph)
        facts.close(ended, at=timezone.now(), by=MemoryFactory(graph=graph), reason="ended by a later fact")
        facts.bump(graph)
        return found

    monkeypatch.setattr(summaries, "compose", compose_while_it_ends)
    summaries.summarise(user)
    assert ended.pk not in Summary.objects.get().memory_ids
    assert sweep.waiting_summaries() == [] == summaries.due_users(ended.graph_id)


def test_five_changes_while_the_first_summary_is_made_leave_it_due(
    told: Told, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = told(1)
    compose = summaries.compose

    def compose_while_told(graph: Graph) -> Any:
        found = compose(graph)
        told(5)
        return found

    monkeypatch.setattr(summaries, "compose", compose_while_told)
    summaries.summarise(user)
    assert sweep.waiting_summaries() == [user]
