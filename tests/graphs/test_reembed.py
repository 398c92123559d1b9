"""manage.py reembed: from the vectors of one model to those of another."""

from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from graphs import embedders, reembedding
from graphs.embedders import EmbedderUnavailable, Encoded
from graphs.embedders.none import NoEmbedder
from graphs.models import Embedding, Episode, Graph, Memory
from memos.projects.models import AuditEntry
from tests.conftest import Drain
from tests.world import Api


class Tiny(NoEmbedder):
    """Vectors of two dimensions; ``fails_after`` batches it is gone."""

    model = "tiny"
    fails_after = 1_000

    def embed(self, texts: Any) -> list[Encoded]:
        if not self.fails_after:
            raise EmbedderUnavailable("gone")
        self.fails_after -= 1
        return [Encoded(np.array([1, len(text)], np.float32), np.zeros((0, 0), np.int8)) for text in texts]


@pytest.fixture
def old(api: Api, thread: dict[str, Any], drain: Drain) -> str:
    """The name of the model that made the vectors of three messages and their memories."""
    api.say(thread, "likes tea", "lives_in Lisbon", "likes milk")
    drain()
    return embedders.current().model


@pytest.fixture
def tiny(old: str, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """The installation's embedder from now on."""
    made = Tiny()
    monkeypatch.setattr(embedders, "current", lambda: made)
    return made


def reembed(**options: Any) -> str:
    out = StringIO()
    call_command("reembed", stdout=out, **options)
    return out.getvalue()


def kept_to() -> str:
    return Graph.objects.get(user__isnull=False).embedding_model


def models() -> set[str]:
    return set(Embedding.objects.values_list("model", flat=True))


def test_everything_gets_a_new_vector_and_the_old_ones_go(tiny: Tiny, old: str) -> None:
    assert (kept_to(), models()) == (old, {old})
    assert reembed() == "6 vectors of tiny made.\n"
    assert (kept_to(), models()) == ("tiny", {"tiny"})
    assert Embedding.objects.count() == Episode.objects.count() + Memory.objects.count() == 6


def test_it_is_in_the_audit_log_of_each_graph_that_was_changed(tiny: Tiny, old: str) -> None:
    reembed()
    reembed()
    [entry] = AuditEntry.objects.filter(action="graph.reembedded")
    graph = Graph.objects.get(user__isnull=False)
    assert (entry.target_id, entry.project, entry.actor_id) == (graph.ref, graph.project, "reembed")
    assert entry.detail == {"before": old, "after": "tiny"}


def test_a_second_time_makes_nothing(tiny: Tiny) -> None:
    reembed()
    assert reembed() == "0 vectors of tiny made.\n"


def test_search_keeps_to_the_old_vectors_until_all_are_made(
    tiny: Tiny, old: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reembedding, "BATCH", 1)
    tiny.fails_after = 4
    with pytest.raises(CommandError, match="gone"):
        reembed()
    assert (kept_to(), models()) == (old, {old, "tiny"})
    tiny.fails_after = 1_000
    assert reembed() == "2 vectors of tiny made.\n"
    assert (kept_to(), models()) == ("tiny", {"tiny"})


def test_a_model_that_can_not_be_asked_any_more_leaves_the_words(tiny: Tiny, old: str) -> None:
    query = embedders.encode_query("Some tea?", old)
    assert (query.model, len(query.vector), len(query.tokens), query.words) == ("", 0, 0, ("some", "tea"))


def test_what_is_indexed_meanwhile_is_no_hindrance(
    tiny: Tiny, old: str, api: Api, thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "likes juice")
    drain()
    assert (kept_to(), models()) == (old, {old, "tiny"})
    assert reembed() == "6 vectors of tiny made.\n"
    assert Embedding.objects.count() == 8


def test_a_memory_that_was_worded_anew_meanwhile_gets_the_vector_of_its_new_words(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = Memory.objects.earliest("pk")
    made = tiny.embed

    def embed(texts: Any) -> list[Encoded]:
        found = made(texts)
        Memory.objects.filter(pk=memory.pk).update(content="Likes green tea.")
        return found

    monkeypatch.setattr(tiny, "embed", embed)
    reembed()
    vector = Embedding.objects.get(memory=memory).vector
    assert vector[1] == len("Likes green tea.")


def test_only_the_project_that_is_named(tiny: Tiny, old: str, api: Api) -> None:
    graph = Graph.objects.get(user__isnull=False)
    other = graph.project.name
    assert reembed(project=other) in ("0 vectors of tiny made.\n", "6 vectors of tiny made.\n")
    assert reembed(project=graph.project.ref) in ("0 vectors of tiny made.\n", "6 vectors of tiny made.\n")
    assert models() == {"tiny"}
    with pytest.raises(CommandError, match="There is no live project"):
        reembed(project="nobody's")


def test_without_an_embedder_it_is_refused(old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedders, "current", NoEmbedder)
    with pytest.raises(CommandError, match="none"):
        reembed()
    assert models() == {old}
