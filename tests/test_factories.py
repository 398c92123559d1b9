"""The rows that tests are made of keep the promises that the real ones keep."""

import inspect

import pytest

from memos.projects.models import Identified
from tests import factories
from threads.models import Thread

FACTORIES = [
    value for _, value in inspect.getmembers(factories, inspect.isclass) if value.__module__ == factories.__name__
]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("made_by", FACTORIES, ids=lambda one: one.__name__)
def test_every_factory_makes_a_row_and_then_another(made_by: type[factories.DjangoModelFactory]) -> None:
    first, second = made_by(), made_by()

    assert first.pk != second.pk
    if isinstance(first, Identified):
        assert first.ref.startswith(f"{first.PREFIX}_")


def test_what_hangs_together_is_of_one_project() -> None:
    source = factories.SourceFactory(episode__message=None)
    job = factories.IngestJobFactory()
    episode = factories.EpisodeFactory(message=job.message)

    assert source.episode.graph == source.memory.graph
    assert job.graph == job.thread.user.graph == episode.graph
    assert job.project == job.graph.project == episode.project


def test_messages_take_the_next_place_of_their_thread() -> None:
    thread = factories.ThreadFactory()
    places = [factories.MessageFactory(thread=thread).position for _ in range(3)]

    assert places == [0, 1, 2]
    assert Thread.objects.get().message_count == 3
