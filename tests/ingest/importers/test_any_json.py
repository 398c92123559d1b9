"""No file makes a reader fail with anything but its own error."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.importers.formats import FORMATS
from ingest.importers.report import Unreadable
from tests.ingest.importers.conftest import read

NAMES = (
    "user user_id thread_id session_id uuid role role_type author content text parts message messages memory memory_id "
    "old_memory new_memory results data users sessions threads facts edges fact created_at timestamp valid_at metadata "
    "id mapping current_node parent children content_type recipient weight categories relations graph_uuid"
).split()
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.sampled_from([*NAMES, "user", "ai", "norole", "2026-01-01", "2026-01-01T00:00Z", "text", "\0", "\ud800"]),
)  # fmt: skip
NODES = st.sampled_from([*NAMES, "a", "b"])
ANY = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NODES, inner, max_size=6), max_leaves=30
)
CALM = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def survives(source: str, name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        try:
            read(source, path)
        except Unreadable as error:
            assert str(path) in str(error)  # noqa: PT017


@pytest.mark.parametrize("source", FORMATS)
@CALM
@given(value=ANY, name=st.sampled_from(["dump.json", "dump.jsonl"]))
def test_any_json(source: str, value: Any, name: str) -> None:
    survives(source, name, json.dumps(value).encode())


@pytest.mark.parametrize("source", FORMATS)
@CALM
@given(content=st.binary(max_size=200), name=st.sampled_from(["dump.json", "dump.jsonl", "dump.csv", "dump.zip"]))
def test_any_bytes(source: str, content: bytes, name: str) -> None:
    survives(source, name, content)


@CALM
@given(rows=st.lists(st.lists(st.text(max_size=6), max_size=4), max_size=5), delimiter=st.sampled_from(",;\t"))
def test_any_table(rows: list[list[str]], delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in [["content", "role", "createdAt", "metadata"], *rows])
    survives("csv", "dump.csv", text.encode("utf-8", "surrogatepass"))
