"""Finds the users, threads, messages and facts in what Zep's APIs and SDKs answer, whatever it was saved as.

The names of the fields are those of Zep CE and of the Cloud APIs v2 to v4, in snake_case (REST, Python) or camelCase
(TypeScript). An answer is a list, an object that holds lists, or one thing; lines and files of them may be mixed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ingest.importers.fields import Fields
from ingest.importers.report import BadRecord, Report

LISTS = {
    "users": "user", "sessions": "thread", "threads": "thread", "messages": "message", "facts": "fact",
    "relevantFacts": "fact", "edges": "fact", "nodes": "node", "episodes": "episode",
}  # fmt: skip
"""The fields that hold lists, and what they are lists of."""
WRAPPERS = ("user", "session", "thread", "fact", "message", "memory", "graph", "results", "items", "data")
"""Fields that may hold an object, or a list of anything."""
FILE_NAMES = (*(name.casefold() for name in LISTS), "memory", "graph", "export")
"""A file that is called so is not named after a thread or a user; its folder may be."""
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Found:
    """One thing and what was known around it. ``thread`` and ``user`` are ids or uuids, as Zep gives them."""

    kind: str
    fields: Fields
    place: str
    user: str | None
    thread: str | None
    called: str
    """What the file is named after."""


@dataclass(frozen=True, slots=True)
class Scope:
    report: Report
    called: str
    user: str | None = None
    thread: str | None = None
    depth: int = 0

    def inside(self, fields: Fields) -> "Scope":
        user = fields.text("userId", "userUuid") or self.user
        thread = fields.text("threadId", "sessionId", "threadUuid") or self.thread
        return replace(self, user=user, thread=thread, depth=self.depth + 1)


def find(path: Path, place: str, value: Any, report: Report) -> Iterator[Found]:
    folder = path.parent.name if path.stem.casefold() in FILE_NAMES else ""
    yield from _walk(value, None, place, Scope(report, folder or path.stem))


def _walk(value: Any, kind: str | None, place: str, scope: Scope) -> Iterator[Found]:
    if scope.depth > DEEPEST:
        scope.report.skip(place, "it lies too deep.")
    elif isinstance(value, list):
        inside = replace(scope, depth=scope.depth + 1)
        for number, inner in enumerate(_oldest_first(value) if kind == "message" else value, start=1):
            yield from _walk(inner, kind, f"{place}, {kind or 'item'} {number}", inside)
    elif isinstance(value, dict):
        yield from _in_object(value, kind, place, scope)
    elif isinstance(value, str) and kind == "fact":
        yield from _in_object({"fact": value}, kind, place, scope)
    else:
        scope.report.skip(place, "it is no JSON object.")


def _in_object(value: dict[str, Any], kind: str | None, place: str, scope: Scope) -> Iterator[Found]:
    fields = Fields(value, scope.report)
    scope = scope.inside(fields)
    parts = [(name, LISTS[name]) for name in LISTS if isinstance(fields.get(name), list)]
    parts += [(name, LISTS.get(f"{name}s", "")) for name in WRAPPERS if isinstance(fields.get(name), dict | list)]
    kind = kind or _kind_of(fields)
    if kind == "thread":
        scope = replace(scope, thread=fields.text("threadId", "sessionId", "uuid"))
    if kind:
        yield Found(kind, fields, place, scope.user, scope.thread, scope.called)
    elif not parts:
        scope.report.skip(place, "it is neither a user, a thread, a message nor a fact.")
    for name, kind_of_parts in parts if kind in (None, "user", "thread") else ():
        yield from _walk(fields.get(name), kind_of_parts or None, place, scope)


def _kind_of(fields: Fields) -> str | None:
    """Told by the fields; an episode repeats what a message says."""
    if isinstance(fields.get("content"), str) and ("source" in fields or "sourceDescription" in fields):
        return "episode"
    if "content" in fields and ("role" in fields or "roleType" in fields):
        return "message"
    if isinstance(fields.get("fact"), str) or ("content" in fields and ("validAt" in fields or "rating" in fields)):
        return "fact"
    if "sessionId" in fields or "threadId" in fields or ("userUuid" in fields and "uuid" in fields):
        return "thread"
    if any(isinstance(fields.get(name), list) for name in LISTS):
        return None
    if "summary" in fields or "labels" in fields:
        return "node"
    return "user" if "userId" in fields or "email" in fields or "firstName" in fields else None


def _oldest_first(messages: list[Any]) -> list[Any]:
    """A list that runs from the newest to the oldest is turned round; any other is left as it is."""
    quiet = Report()
    times = []
    for message in messages:
        try:
            fields = Fields(message, quiet) if isinstance(message, dict) else None
            times.append(fields.time(*WHEN) if fields else None)
        except BadRecord:
            times.append(None)
    known = [time for time in times if time]
    runs_back = len(known) > 1 and known[0] > known[-1] and known == sorted(known, reverse=True)
    return messages[::-1] if runs_back else messages


WHEN = ("referenceTime", "createdAt")
"""When a message was said: in v4 ``created_at`` is when Zep received it."""
