"""A document may fill a request. It is accepted as it is, and cut once by the worker."""

import json
from typing import Any

import pytest
from django.conf import settings

from graphs.models import Document, Episode, Graph
from graphs.sentences import MAX_PIECE_WORDS, size
from ingest import pipeline
from ingest.documents import cutting
from tests.world import Api, problem

MOST = settings.MAX_BODY_BYTES - 200
SENTENCE = "The {} is kept in the cellar, and whoever needs it asks Tom Baker for the key. "


def _text() -> str:
    sections = (f"## Part {number}\n\n{SENTENCE.format(number) * 7}\n\n" for number in range(MOST // 600))
    return "".join(sections)[: MOST - 20_000]  # line breaks take two bytes of JSON


def _value() -> list[dict[str, Any]]:
    rows = [{"name": f"Widget {number}", "price": number, "text": SENTENCE * 8} for number in range(MOST // 700)]
    return rows[: len(rows) * MOST // (len(json.dumps(rows)) + 1)]


@pytest.mark.usefixtures("scripted")
@pytest.mark.parametrize(("kind", "make"), [("text", _text), ("json", _value)])
def test_ten_mebibytes_are_accepted_and_cut(api: Api, user: dict[str, Any], kind: str, make: Any) -> None:
    data = make()
    given = api.give(user, data, kind)
    [document] = Document.objects.all()
    assert len(document.content) > 0.9 * MOST
    assert (pipeline.run(Graph.objects.get().pk), Episode.objects.count()) == (True, 32)

    shown = api.get(f"/v1/documents/{given['documentId']}").json()
    assert shown["content"] == data
    assert shown["size"] == len(document.content.encode())
    assert (shown["pieces"]["done"], shown["job"]["status"]) == (32, "running")
    assert 10_000 < shown["pieces"]["total"] < 40_000
    pieces = cutting.cut(document.pk).pieces
    assert len(pieces) == shown["pieces"]["total"]
    assert all(size(piece) <= MAX_PIECE_WORDS for piece in pieces)
    cutting.cut.cache_clear()


def test_more_than_ten_mebibytes_are_refused(api: Api, user: dict[str, Any]) -> None:
    body = {"type": "text", "data": "x" * settings.MAX_BODY_BYTES}
    problem(api.post(f"/v1/graphs/{user['graphId']}/ingest", body), 413, "PAYLOAD_TOO_LARGE")
    assert Document.objects.count() == 0
