"""GET /v1/users/:id/export: what stands in the file, and what it is like to get it."""

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings

from graphs.models import Embedding, Graph
from ingest.erase import owner as erasing
from ingest.transfer import export as exporting
from ingest.transfer.columns import Record
from ingest.transfer.records import OF_GROUP, OF_USER
from memos.projects.models import AuditEntry
from tests.conftest import Drain
from tests.ingest.transfer.files import export, of, parted
from tests.processes import at_once
from tests.world import Api, problem
from users.models import User

RECORDS = {record.model: record for format_ in (OF_USER, OF_GROUP) for record in format_.by_name.values()}
NOT_EXPORTED = {"project", "tsv", "search_version", "lease_token", "lease_until", "history"}
"""Columns that are derived, that say which project a row belongs to, or how work on it went here."""
LEFT_OUT: set[str] = set()
"""Models that hang on a user and are not exported all the same; docs/export-format.md says why."""


def test_a_model_that_hangs_on_what_is_exported_is_exported_too() -> None:
    hanging = {
        model
        for model in apps.get_models()
        if model.__name__ not in LEFT_OUT
        and any(field.many_to_one and field.related_model in RECORDS for field in model._meta.get_fields())
    }
    assert hanging <= set(RECORDS)


def test_what_an_erasure_deletes_is_exported() -> None:
    assert set(erasing._OF_A_GRAPH) <= set(RECORDS)


@pytest.mark.parametrize("record", RECORDS.values(), ids=lambda record: record.name)
def test_every_column_is_exported(record: Record) -> None:
    names = {field.attname for field in record.model._meta.concrete_fields}
    left = names - {column.name for column in record.columns} - NOT_EXPORTED - {"project_id"}
    implied = {"kind"} if record.model is Graph else set(record.implied({"graph": 1, "user": 1}))  # type: ignore[dict-item]
    assert left == implied


def test_it_begins_with_a_header_and_ends_with_counts(api: Api, lived: dict[str, Any]) -> None:
    header, *middle, end = parted(export(api, lived))
    assert {name: header[name] for name in ("record", "format", "version", "vectors")} == {
        "record": "header", "format": "memos.user", "version": 1, "vectors": True,
    }  # fmt: skip
    assert header["embedder"] == Graph.objects.get(user__isnull=False).embedding_model
    kinds = [line["record"] for line in middle]
    assert end == {"record": "end", "counts": {kind: kinds.count(kind) for kind in kinds}}
    assert kinds[:2] == ["user", "graph"]
    assert set(kinds) == set(OF_USER.by_name) - {"summary"}


def test_it_says_what_was_said_word_for_word(api: Api, thread: dict[str, Any], user: dict[str, Any]) -> None:
    content = 'A "quote", a line\nbreak, \u2028, \x01, é, 😀 and \ufffc.'
    api.say(thread, {"role": "user", "content": content, "name": "Bo"})
    [message] = of(parted(export(api, user)), "message")
    assert (message["content"], message["name"], message["threadId"]) == (content, "Bo", thread["id"])


def test_it_is_a_file_with_a_name(api: Api, user: dict[str, Any]) -> None:
    response = api.send("GET", f"/v1/users/{user['id']}/export", headers={"Accept": "application/x-ndjson"})
    assert response["Content-Type"] == "application/x-ndjson"
    assert response["Content-Disposition"] == f'attachment; filename="{user["id"]}.jsonl"'
    assert response["Content-Length"] == str(len(response.getvalue()))


def test_vectors_can_be_left_out(api: Api, lived: dict[str, Any]) -> None:
    with_, without = (parted(export(api, lived, vectors=vectors)) for vectors in ("true", "false"))
    assert len(of(with_, "embedding")) == Embedding.objects.count()
    assert without[0]["vectors"] is False
    assert [line for line in with_ if line["record"] not in ("header", "embedding", "end")] == without[1:-1]


def test_nobody_elses_rows_are_in_it(api: Api, lived: dict[str, Any], drain: Drain) -> None:
    before = parted(export(api, lived))
    other = api.new_user(externalId="bob")
    api.say(api.new_thread(other), "likes tea")
    api.new_group("acme")
    api.state("acme", "The office is blue.")
    drain()
    assert parted(export(api, lived))[1:] == before[1:]


def test_it_is_audited_without_personal_data(api: Api, user: dict[str, Any]) -> None:
    lines = parted(export(api, user))
    entry = AuditEntry.objects.get(action="user.exported")
    assert (entry.target_id, entry.detail) == (user["id"], {"records": len(lines) - 2})


def test_rows_are_fetched_in_pages(api: Api, lived: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = parted(export(api, lived))
    monkeypatch.setattr(exporting, "pages", lambda rows, size: _pages(rows, 2))
    assert parted(export(api, lived))[1:] == whole[1:]


_pages = exporting.pages


def test_it_is_as_of_one_moment(
    transactional_db: None, api: Api, user: dict[str, Any], thread: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is written while it is read."""
    api.say(thread, "likes tea")
    as_line = exporting.line

    def line(record: dict[str, Any]) -> bytes:
        if record["record"] == "user":
            at_once(1, lambda _: api.say(thread, "likes milk"))
        return as_line(record)

    monkeypatch.setattr(exporting, "line", line)
    lines = parted(export(api, user))
    assert [message["content"] for message in of(lines, "message")] == ["likes tea"]
    assert [of(lines, kind)[0]["messageCount"] for kind in ("thread",)] == [1]
    assert (len(of(lines, "episode")), len(of(lines, "job"))) == (1, 1)


def test_a_user_who_is_deleted_meanwhile_is_not_found(
    api: Api, user: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "write_user", lambda *args, **options: None)
    problem(api.get(f"/v1/users/{user['id']}/export"), 404, "NOT_FOUND")
    assert User.objects.exists()
    assert not AuditEntry.objects.filter(action="user.exported").exists()


def test_every_field_is_documented() -> None:
    told = (settings.BASE_DIR / "docs/export-format.md").read_text()
    for record in RECORDS.values():
        if record.name != "group":  # told in a sentence
            fields = ", ".join(f"`{column.shown}`" for column in record.columns)
            assert f"| `{record.name}` | {fields} |" in told
