"""Plain logs, as JSON Lines and as CSV."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from ingest.importers import jsonl
from ingest.importers.report import Report, Unreadable
from ingest.importers.shape import ImportedMessage, Options
from tests.ingest.importers.conftest import FILES, Saved, read


def test_a_line_is_a_message_under_our_names_or_usual_others() -> None:
    messages, report = read("jsonl", FILES / "chat.jsonl")
    assert [(m.user, m.thread, m.role, m.name, m.content) for m in messages] == [
        ("nadia", "onboarding", "user", None, "I live in Porto."),
        ("nadia", "onboarding", "assistant", None, "Noted!"),
        ("omar", "s-1", "user", None, "I work at Lumen."),
        ("omar", "s-1", "assistant", None, "As what?"),
        ("omar", "s-1", "user", "Rita", "He is a designer."),
        ("omar", "s-1", "tool", None, "[]"),
    ]
    assert (messages[0].external_id, messages[0].metadata) == ("m1", {"channel_id": 7})
    assert messages[3].place.endswith("chat.jsonl, line 5")
    assert not report.skipped


def test_times_may_be_numbers_or_lack_an_offset_which_is_told_once() -> None:
    messages, report = read("jsonl", FILES / "chat.jsonl")
    assert [m.created_at for m in messages] == [
        datetime(2026, 3, 2, 9, 12, tzinfo=UTC),
        datetime(2026, 3, 2, 9, 12, 20, tzinfo=UTC),
        datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
        datetime(2026, 3, 2, 9, 15, 0, 500_000, tzinfo=UTC),
        datetime(2026, 3, 2, 10, 0, tzinfo=UTC),
        None,
    ]
    assert dict(report.remarks) == {"times without an offset, read as UTC": 1}


def test_a_line_that_names_no_thread_is_of_the_one_that_the_file_is_called_after(saved: Saved) -> None:
    [message], _ = read("jsonl", saved('{"content": "Hi"}', "monday.jsonl"))
    assert (message.user, message.thread, message.role) == (None, "monday", "user")


def test_bad_lines_are_skipped_and_told_with_their_place(saved: Saved) -> None:
    lines = (
        '{"content": "Hi"}', "{", '"text"', '{"role": "user"}', '{"content": " "}',
        '{"role": "wizard", "content": "Hi"}', '{"content": "Hi", "createdAt": "yesterday"}',
        '{"content": "Bye", "createdAt": null, "metadata": "none"}',
    )  # fmt: skip
    path = saved("\n".join(lines))
    messages, report = read("jsonl", path)
    assert [m.content for m in messages] == ["Hi", "Bye"]
    assert report.skipped == [
        (f"{path}, line 2", "it is no JSON (Expecting property name enclosed in double quotes)."),
        (f"{path}, line 3", "it is no JSON object."),
        (f"{path}, line 4", "it has no content."),
        (f"{path}, line 5", "it has no content."),
        (f"{path}, line 6", "the role 'wizard' is not known: say which it is with --role wizard=user."),
        (f"{path}, line 7", "'yesterday' is no time."),
    ]


def test_a_role_of_their_own_can_be_translated(saved: Saved) -> None:
    [message], _ = read("jsonl", saved('{"role": "Wizard", "content": "Hi"}'), roles={"wizard": "assistant"})
    assert message.role == "assistant"


def test_what_postgresql_cannot_keep_is_dropped_and_told(saved: Saved) -> None:
    path = saved(
        '{"content": "a\\u0000b \\ud800", "metadata": {"x": "\\u0000"}}\n{"content": "c", "metadata": {"x": NaN}}'
    )
    messages, report = read("jsonl", path)
    assert [(m.content, m.metadata) for m in messages] == [("ab \ufffd", {}), ("c", {})]
    assert set(report.remarks.values()) == {1, 2}


@pytest.mark.parametrize(
    "text",
    [
        '[{"content": "a"}, {"content": "b"}]',
        '{"content": "a"}\n{"content": "b"}',
        ' [\n{"content": "a"},\n{"content": "b"}]',
    ],
    ids=["an array", "lines", "a pretty array"],
)
def test_a_file_of_another_name_may_be_lines_or_an_array(saved: Saved, text: str) -> None:
    messages, _ = read("jsonl", saved("\ufeff" + text, "chat.json"))
    assert [m.content for m in messages] == ["a", "b"]


def test_folders_are_read_by_name_and_other_files_left_out(saved: Saved) -> None:
    for name in ("log/b.jsonl", "log/a.jsonl", "log/c.png"):
        path = saved('{"content": "Hi"}', name)
    messages, report = read("jsonl", path.parent)
    assert [m.thread for m in messages] == ["a", "b"]
    assert report.left_out.total() == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"content": "caf\xe9"}', "chat.jsonl, line 1: it is not UTF-8 (byte 17)."),
        (b'[{"content": "a"}, {"content": ', "chat.json, item 2: it is no JSON (Expecting value)."),
        (b'[{"content": "a"} {"content": "b"}]', "chat.json, item 1: it is followed by '{'."),
        (b'{"a": 1,\n}', "chat.json, line 2, column 1: it is no JSON"),
        (b'[{"content": "a"}', "chat.json, item 1: the file ends."),
        (b"[" * 100_000, "chat.json, item 1: it is no JSON that can be read"),
    ],
    ids=["latin-1", "cut off", "no comma", "no object", "no end", "deep"],
)
def test_a_file_that_cannot_be_read_is_one_sentence_with_the_place(saved: Saved, content: bytes, told: str) -> None:
    path = saved(content, told.split(",")[0])
    with pytest.raises(Unreadable) as error:
        read("jsonl", path)
    assert str(error.value).startswith(str(path.parent / told))


def test_an_array_is_read_piece_by_piece(saved: Saved) -> None:
    texts = [json.dumps({"content": f"{number} {'é' * 600_000}"}, ensure_ascii=False) for number in range(6)]
    path, read_so_far = saved(f"[{','.join(texts)}]", "chat.json"), Counter[str]()
    report = Report(on_read=lambda size: read_so_far.update(bytes=size))
    seen = [(message.content[0], read_so_far["bytes"]) for message in jsonl.read([path], Options(), report)]
    assert [first for first, _ in seen] == ["0", "1", "2", "3", "4", "5"]
    assert seen[0][1] < seen[2][1] < seen[5][1] == path.stat().st_size


COLUMNS = {"thread": "Conversation ID", "role": "Who", "content": "Body", "createdAt": "When", "user": "Person"}


def test_csv_has_quotes_line_breaks_a_byte_order_mark_and_columns_of_its_own() -> None:
    messages, report = read("csv", FILES / "chat.csv", columns=COLUMNS)
    assert [(m.user, m.thread, m.role, m.content) for m in messages] == [
        ("nadia", "c1", "user", 'Hello; I said "hi".\nTwo lines.'),
        ("nadia", "c1", "assistant", "Good day."),
        ("nadia", "c1", "user", "Bye."),
    ]
    assert [m.created_at and m.created_at.minute for m in messages] == [12, 13, None]
    assert [m.place.rpartition(", ")[2] for m in messages] == ["line 2", "line 4", "line 6"]
    assert not report.skipped


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_in_the_header(saved: Saved, delimiter: str) -> None:
    rows = [["role", "text, or; what", "content"], ["ai", "x", "Hi"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    [message], _ = read("csv", saved(text, "chat.csv"))
    assert (message.role, message.content) == ("assistant", "Hi")


@pytest.mark.parametrize(
    ("text", "columns", "told"),
    [
        ("role,text\n", {"content": "Body"}, "chat.csv, line 1: there is no column 'Body' among role, text."),
        ("role,text\n", {"colour": "text"}, "--column colour=text: the fields are user, thread,"),
        ("", {}, "chat.csv has no header line."),
        ('role,text\nuser,"open', {}, "chat.csv, line 2: it is no CSV (unexpected end of data)."),
    ],
)
def test_a_csv_file_that_cannot_be_read_is_one_sentence(
    saved: Saved, text: str, columns: dict[str, str], told: str
) -> None:
    with pytest.raises(Unreadable) as error:
        read("csv", saved(text, "chat.csv"), columns=columns)
    assert told in str(error.value)


def test_a_row_with_more_cells_than_the_header_is_skipped(saved: Saved) -> None:
    messages, report = read("csv", saved("role,content\nuser,a,b\nuser,c\n", "chat.csv"))
    assert [m.content for m in messages if isinstance(m, ImportedMessage)] == ["c"]
    assert report.skipped[0][1] == "it has 3 cells, and the header 2."


def test_columns_that_nothing_is_read_from_are_told_once(saved: Saved) -> None:
    messages, report = read("csv", saved("role,When,content,Topic\nuser,2026-03-02,Hi,x\nuser,,Ho,\n", "chat.csv"))
    assert [m.created_at for m in messages] == [None, None]
    assert report.remarks == {"file with columns that are not read: When, Topic (--column FIELD=HEADER reads one)": 1}
    _, report = read("csv", saved("role,When,content\nuser,2026-03-02Z,Hi\n", "c.csv"), columns={"createdAt": "When"})
    assert not [remark for remark in report.remarks if "columns" in remark]
