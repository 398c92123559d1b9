"""ChatGPT's export: the archive as it was sent, its folder, or the `conversations.json` in it.

A conversation is a tree, for a message can be edited and an answer made anew. Taken over is the branch that is shown:
from ``current_node`` up through ``parent``.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ingest.importers import documents
from ingest.importers.fields import Fields, content, role_of
from ingest.importers.report import BadRecord, Report, Unreadable
from ingest.importers.shape import ImportedMessage, ImportedThread, Options
from ingest.importers.streams import Stream, files, opened, unreadable

CONVERSATIONS = re.compile(r"(?:.*/)?conversations(?:-\d+)?\.json")
"""Large exports have several of them, numbered."""
TEXTS = ("text", "multimodal_text", "code", "execution_output")


def read(paths: Sequence[Path], options: Options, report: Report) -> Iterator[ImportedThread | ImportedMessage]:
    for path in paths:
        for place, conversation in _conversations(path, report):
            try:
                if not isinstance(conversation, dict):
                    raise BadRecord("it is no conversation.")
                yield from _conversation(place, conversation, options, report)
            except BadRecord as error:
                report.skip(place, error)


def _conversations(path: Path, report: Report) -> Iterator[tuple[str, Any]]:
    if path.is_dir():
        found = [inner for inner in files([path], (".json",), Report()) if CONVERSATIONS.fullmatch(inner.name)]
        if not found:
            raise Unreadable(f"{path}: there is no conversations.json in it.")
        for inner in found:
            yield from documents.values(inner, report)
    elif path.suffix.lower() == ".zip":
        yield from _in_archive(path, report)
    else:
        yield from documents.values(path, report)


def _in_archive(path: Path, report: Report) -> Iterator[tuple[str, Any]]:
    try:
        with opened(path) as file, zipfile.ZipFile(file) as archive:
            found = [each for each in archive.infolist() if CONVERSATIONS.fullmatch(each.filename)]
            if not found:
                raise Unreadable(f"{path}: there is no conversations.json in it.")
            for member in sorted(found, key=lambda each: each.filename):
                share = member.compress_size / max(member.file_size, 1)
                with archive.open(member) as peek:
                    begins_with = peek.read(100)
                with archive.open(member) as inside:
                    stream = Stream(inside, f"{path}, {member.filename}", report, share)
                    yield from documents.in_stream(stream, begins_with)
    except (zipfile.BadZipFile, RuntimeError) as error:
        raise unreadable(str(path), error) from error


def _conversation(
    place: str, conversation: dict[str, Any], options: Options, report: Report
) -> Iterator[ImportedThread | ImportedMessage]:
    fields = Fields(conversation, report)
    key, mapping = fields.text("conversationId", "id"), conversation.get("mapping")
    if not key or not isinstance(mapping, dict):
        raise BadRecord("it is no conversation: it has no id, or no mapping.")
    yield ImportedThread(None, key, fields.text("title"))
    for node in _shown(mapping, conversation.get("current_node")):
        where = f"{place}, message {str(node)[:40]}"
        try:
            message = _message(where, key, mapping[node].get("message"), options, report)
        except BadRecord as error:
            report.skip(where, error)
            continue
        if message:
            yield message


def _shown(mapping: Mapping[str, Any], current: Any) -> list[str]:
    """The nodes from the root to the one that is shown last; a loop ends where it began."""
    path: dict[str, None] = {}
    node: Any = current if _is_node(mapping, current) else _last_leaf(mapping)
    while _is_node(mapping, node) and node not in path:
        path[node] = None
        node = mapping[node].get("parent")
    return list(path)[::-1]


def _is_node(mapping: Mapping[str, Any], node: Any) -> bool:
    return isinstance(node, str) and isinstance(mapping.get(node), dict)


def _last_leaf(mapping: Mapping[str, Any]) -> str | None:
    leaves = [name for name, node in mapping.items() if isinstance(node, dict) and not node.get("children")]
    return leaves[-1] if leaves else None


def _message(place: str, thread: str, message: Any, options: Options, report: Report) -> ImportedMessage | None:
    """None for what was not said between the two: hidden ones, the calls of tools, thoughts."""
    if message is None:
        return None
    if not isinstance(message, dict):
        raise BadRecord("it is no message.")
    said, author = (Fields(_object(part), report) for part in (message.get("content"), message.get("author")))
    passed_over = _why_not(message, said)
    if passed_over:
        report.leave_out(passed_over)
        return None
    role = role_of(author.text("role"), options.roles)
    if role is None:
        raise BadRecord(f"the role {str(author.get('role'))[:40]!r} is not known.")
    fields = Fields(message, report)
    return ImportedMessage(
        user=None,
        thread=thread,
        place=place,
        role=role,
        content=content(said.get("parts", "text"), report),
        name=author.text("name") if role == "tool" else None,
        created_at=fields.time("createTime"),
        external_id=fields.text("id"),
    )


def _why_not(message: Mapping[str, Any], said: Fields) -> str | None:
    kind, parts = said.text("contentType"), said.get("parts")
    if _object(message.get("metadata")).get("is_visually_hidden_from_conversation") or message.get("weight") == 0:
        return "hidden messages"
    if kind not in TEXTS:
        return f"messages of the kind {str(kind)[:40]}"
    if message.get("recipient") not in (None, "all"):
        return "calls of tools"
    if isinstance(parts, list) and not any(_says_something(part) for part in parts):
        return "messages without text (images, files, empty ones)"
    return None


def _says_something(part: Any) -> bool:
    text = part.get("text") if isinstance(part, dict) else part
    return isinstance(text, str) and bool(text.strip())


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
