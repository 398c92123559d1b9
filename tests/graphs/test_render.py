import pytest

from graphs.models import Entity
from graphs.models.memory import SPEAKER
from graphs.render import in_words
from tests.factories import GraphFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (f"{SPEAKER} prefers to be called KJ.", "The user prefers to be called KJ."),
        (f"{SPEAKER} prefers to be called Kit.", "KJ prefers to be called Kit."),
        (f"{SPEAKER} lives in Oslo.", "KJ lives in Oslo."),
    ],
)
def test_only_the_sentence_that_gives_the_name_does_not_use_it(content: str, read: str) -> None:
    graph = GraphFactory(subject_name="KJ")
    assert in_words(content, Entity.objects.get(graph=graph)) == read
