"""ChatGPT's export."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.importers.report import Unreadable
from ingest.importers.shape import ImportedMessage, ImportedThread
from tests.ingest.importers.conftest import FILES, Saved, read

CONVERSATIONS = FILES / "conversations.json"


def test_the_branch_that_is_shown_is_taken_over_in_its_order() -> None:
    records, report = read("chatgpt", CONVERSATIONS)
    thread, question, tool, answer, *_ = records
    assert thread == ImportedThread(None, "conv-1", "A trip to Porto")
    assert [(m.role, m.name, m.content, m.external_id) for m in (question, tool, answer)] == [
        ("user", None, "Where is this?", "n1"),
        ("tool", "python", "Porto", "n3"),
        ("assistant", None, "In Porto, \nby the river.", "n5"),
    ]
    assert question.created_at == datetime(2026, 3, 2, 9, 0, 10, 250_000, tzinfo=UTC)
    assert tool.created_at is None
    assert not report.skipped


def test_what_was_not_said_between_the_two_is_left_out_and_counted() -> None:
    _, report = read("chatgpt", CONVERSATIONS)
    assert dict(report.left_out) == {"hidden messages": 1, "calls of tools": 1, "messages of the kind thoughts": 1}


def test_what_was_spoken_is_taken_from_its_transcription_and_a_loop_ends() -> None:
    records, _ = read("chatgpt", CONVERSATIONS)
    assert [r.content for r in records if isinstance(r, ImportedMessage)][-1] == "I'm allergic to peanuts."


def zipped(tmp_path: Path, **members: bytes) -> Path:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.json", content)
    return path


def test_the_archive_and_its_folder_say_the_same_as_the_file(tmp_path: Path, saved: Saved) -> None:
    expected = [getattr(record, "content", None) for record in read("chatgpt", CONVERSATIONS)[0]]
    archive = zipped(tmp_path, user=b"{}", conversations=CONVERSATIONS.read_bytes())
    folder = saved(CONVERSATIONS.read_bytes(), "export/conversations.json").parent
    saved("{}", "export/user.json")
    for path in (archive, folder):
        assert [getattr(record, "content", None) for record in read("chatgpt", path)[0]] == expected


def test_a_large_export_has_its_conversations_in_numbered_files(tmp_path: Path) -> None:
    first, second = json.loads(CONVERSATIONS.read_text())
    parts = {"conversations-001": json.dumps([second]).encode(), "conversations-000": json.dumps([first]).encode()}
    records, _ = read("chatgpt", zipped(tmp_path, **parts))
    assert [record.key for record in records if isinstance(record, ImportedThread)] == ["conv-1", "conv-2"]


def test_without_a_current_node_the_last_leaf_is_taken(saved: Saved) -> None:
    node = {"message": {"id": "a", "author": {"role": "user"}, "content": {"content_type": "text", "parts": ["Hi"]}}}
    path = saved(json.dumps([{"id": "c", "mapping": {"a": node}}]), "conversations.json")
    assert [r.content for r in read("chatgpt", path)[0] if isinstance(r, ImportedMessage)] == ["Hi"]


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"PK\x03\x04", "export.zip can't be read"), (b"no archive", "export.zip can't be read: File is not a zip file.")],
)
def test_a_broken_archive_is_one_sentence(saved: Saved, content: bytes, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read("chatgpt", saved(content, "export.zip"))


def test_an_archive_of_something_else_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"export.zip: there is no conversations.json in it."):
        read("chatgpt", zipped(tmp_path, user=b"{}"))


def test_bad_records_are_skipped_with_their_place(saved: Saved) -> None:
    odd = {
        "id": "c",
        "current_node": "a",
        "mapping": {
            "a": {"message": {"author": {"role": "ghost"}, "content": {"content_type": "text", "parts": ["Boo"]}}}
        },
    }
    path = saved(json.dumps([7, {"id": "x"}, odd]), "conversations.json")
    _, report = read("chatgpt", path)
    assert report.skipped == [
        (f"{path}, item 1", "it is no conversation."),
        (f"{path}, item 2", "it is no conversation: it has no id, or no mapping."),
        (f"{path}, item 3, message a", "the role 'ghost' is not known."),
    ]  # fmt: skip
