"""mem0: its memories as facts of the user that they name, and what its history says of earlier ones.

Read are the answers of `get_all()` and `search()`, the payloads of the open-source vector stores, exports whose schema
keeps the names of the fields, and the entries of `history()`. They may be mixed, in any order.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphs.kinds import MemoryKind
from ingest.importers import documents
from ingest.importers.fields import Fields, content
from ingest.importers.report import BadRecord, Report
from ingest.importers.shape import ImportedFact, Options
from ingest.importers.streams import files

HOLDERS = ("results", "memories", "history", "items", "data")
TEXT = ("memory", "data")
KINDS = {
    "health": MemoryKind.HEALTH,
    "professional_details": MemoryKind.WORK,
    "user_preferences": MemoryKind.PREFERENCE,
    "goals": MemoryKind.GOAL,
}
"""The categories of mem0 that say the kind; a fact that has none of them is a `fact`."""
DEEPEST = 10


@dataclass
class Entry:
    fields: Fields
    place: str
    user: str | None


@dataclass
class Entries:
    """``owners`` says of whom a memory is, for the history of the open-source version does not."""

    report: Report
    memories: list[Entry] = field(default_factory=list)
    changes: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    owners: dict[str, str] = field(default_factory=dict)

    def collect(self, value: Any, place: str, user: str | None = None, depth: int = 0) -> None:
        if isinstance(value, list) and depth < DEEPEST:
            for number, inner in enumerate(value, start=1):
                self.collect(inner, f"{place}, item {number}", user, depth + 1)
        elif isinstance(value, dict) and depth < DEEPEST:
            self._in_object(value, place, user, depth)
        else:
            self.report.skip(place, "it is no JSON object.")

    def _in_object(self, value: dict[str, Any], place: str, user: str | None, depth: int) -> None:
        fields = Fields(value, self.report)
        entry = Entry(fields, place, fields.text("userId") or user)
        holders = [name for name in HOLDERS if isinstance(fields.get(name), list | dict)]
        if fields.text("memoryId") and ("newMemory" in fields or "oldMemory" in fields):
            self.changes[fields.text("memoryId") or ""].append(entry)
        elif any(isinstance(fields.get(name), str) for name in TEXT):
            self.memories.append(entry)
            self.owners |= {key: entry.user for key in [fields.text("id")] if key and entry.user}
        elif not holders:
            self.report.skip(place, "it holds no memory.")
        for name in holders:
            self.collect(fields.get(name), place, entry.user, depth + 1)
        relations = fields.get("relations")
        if isinstance(relations, list) and relations:
            self.report.leave_out("relations of the graph", len(relations))


def read(paths: Sequence[Path], options: Options, report: Report) -> Iterator[ImportedFact]:
    entries = Entries(report)
    for path in files(paths, documents.SUFFIXES, report):
        for place, value in documents.wholes(path, report):
            entries.collect(value, place)
    for entry in entries.memories:
        yield from _told(entry, _memory, entries)
    for changes in entries.changes.values():
        for entry in changes:
            yield from _told(entry, _ended, entries)
        yield from _told(changes[-1], _latest, entries)


Reading = Callable[[Entry, Entries], ImportedFact | None]


def _told(entry: Entry, reading: Reading, entries: Entries) -> Iterator[ImportedFact]:
    try:
        fact = reading(entry, entries)
    except BadRecord as error:
        entries.report.skip(entry.place, error)
        return
    if fact:
        yield fact


def _memory(entry: Entry, entries: Entries) -> ImportedFact:
    fields = entry.fields
    text = content(next(fields.get(name) for name in TEXT if isinstance(fields.get(name), str)), fields.report)
    if entry.user is None and any(name in fields for name in ("agentId", "appId", "runId")):
        entries.report.remark("memories of an agent, an app or a run, not of a user")
    return ImportedFact(
        user=entry.user,
        key=fields.text("id") or text,
        place=entry.place,
        content=_of_the_user(text),
        kind=_kind(fields.get("categories")),
        valid_to=fields.time("expirationDate"),
        said_at=fields.time("updatedAt", "createdAt"),
        metadata={**_metadata(fields, fields.text("id")), **fields.metadata("metadata")},
    )


def _ended(entry: Entry, entries: Entries) -> ImportedFact | None:
    """What a memory said before a change: a fact that held until then."""
    fields = entry.fields
    old = fields.get("oldMemory")
    if not isinstance(old, str) or old == fields.get("newMemory"):
        return None
    memory, changed = fields.text("memoryId") or "", fields.time("updatedAt", "createdAt")
    return ImportedFact(
        user=entry.user or entries.owners.get(memory),
        key=f"{memory} before {fields.text('id') or changed or entry.place}",
        place=entry.place,
        content=_of_the_user(content(old, fields.report)),
        valid_to=changed,
        said_at=fields.time("createdAt"),
        metadata=_metadata(fields, memory),
    )


def _latest(entry: Entry, entries: Entries) -> ImportedFact | None:
    """What a memory says after its last change: known already where the memories themselves were given too."""
    fields = entry.fields
    new, memory = fields.get("newMemory"), fields.text("memoryId") or ""
    if not isinstance(new, str) or fields.text("event") == "DELETE" or memory in entries.owners:
        return None
    return ImportedFact(
        user=entry.user,
        key=memory,
        place=entry.place,
        content=_of_the_user(content(new, fields.report)),
        said_at=fields.time("updatedAt", "createdAt"),
        metadata=_metadata(fields, memory),
    )


def _of_the_user(text: str) -> str:
    """mem0 writes "User likes tea"; "The user" is whom we know the name of."""
    return f"The user{text[4:]}" if text.startswith(("User ", "User's ")) else text


def _kind(categories: Any) -> MemoryKind:
    named = categories if isinstance(categories, list) else []
    kinds = (KINDS[name] for name in named if isinstance(name, str) and name in KINDS)
    return next(kinds, MemoryKind.FACT)


def _metadata(fields: Fields, memory: str | None) -> dict[str, Any]:
    given = {"id": memory, "agentId": fields.text("agentId"), "runId": fields.text("runId")}
    categories = [name for name in fields.get("categories") or [] if isinstance(name, str)]
    told = {name: value for name, value in given.items() if value}
    return {"importedFrom": "mem0"} | told | ({"categories": categories} if categories else {})
