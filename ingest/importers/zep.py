"""Zep: users, threads (sessions), messages and facts (edges), as its APIs and SDKs give them. See `zep_found`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.importers import documents
from ingest.importers.fields import Fields, content, role_of
from ingest.importers.report import BadRecord, Report
from ingest.importers.shape import ImportedFact, ImportedMessage, ImportedThread, ImportedUser, Options, Record
from ingest.importers.streams import files
from ingest.importers.zep_found import WHEN, Found, find

PASSED_OVER = {
    "node": "nodes of the graph (entities are made anew from messages and facts)",
    "episode": "episodes (what was said is taken from the messages)",
}


@dataclass
class Index:
    """Who and which threads there are, under every id that Zep has for them. Files may come in any order."""

    users: dict[str, ImportedUser] = field(default_factory=dict)
    threads: dict[str, ImportedThread] = field(default_factory=dict)

    def learn(self, found: Found) -> None:
        fields = found.fields
        if found.kind == "user":
            ids = [fields.text(name) for name in ("userId", "uuid", "graphUuid", "graphId")]
            known = [key for key in ids if key]
            self.users |= dict.fromkeys(known, _user(known[0], found)) if known else {}
        elif found.kind == "thread":
            ids = [fields.text(name) for name in ("threadId", "sessionId", "uuid")]
            known = [key for key in ids if key]
            self.threads |= dict.fromkeys(known, _thread(known[0], found)) if known else {}

    def user_of(self, ref: str | None) -> str | None:
        """The external id of whom Zep calls so; an id that no user of the files has is taken as it is."""
        return self.users[ref].external_id if ref in self.users else ref

    def owner(self, found: Found) -> str | None:
        """Whose a fact is: as it says, or the user whose graph it is in, or after whom the file is named."""
        graphs = (found.fields.text(name) for name in ("graphUuid", "graphId", "groupId"))
        named = [ref for ref in (*graphs, found.called) if ref in self.users]
        return self.user_of(found.user or (named[0] if named else None))


def read(paths: Sequence[Path], options: Options, report: Report) -> Iterator[Record]:
    """The files are gone through twice: first for the users and threads, then for what was said and is known."""
    index, found_files = Index(), list(files(paths, documents.SUFFIXES, report))
    for path in found_files:
        for found in _in_file(path, Report()):
            index.learn(found)
    yield from {user.external_id: user for user in index.users.values()}.values()
    for thread in {id(thread): thread for thread in index.threads.values()}.values():
        yield ImportedThread(index.user_of(thread.user), thread.key, thread.name, thread.metadata)
    for path in found_files:
        for found in _in_file(path, report):
            try:
                yield from _taken(found, index, options)
            except BadRecord as error:
                report.skip(found.place, error)


def _in_file(path: Path, report: Report) -> Iterator[Found]:
    for place, value in documents.wholes(path, report):
        yield from find(path, place, value, report)


def _taken(found: Found, index: Index, options: Options) -> Iterator[Record]:
    if found.kind == "message":
        yield _message(found, index, options)
    elif found.kind == "fact":
        yield _fact(found, index)
    elif found.kind in PASSED_OVER:
        found.fields.report.leave_out(PASSED_OVER[found.kind])
    elif not found.fields.text("userId", "threadId", "sessionId", "uuid"):
        raise BadRecord(f"a {found.kind} without an id.")


def _user(key: str, found: Found) -> ImportedUser:
    fields = found.fields
    return ImportedUser(
        external_id=key,
        place=found.place,
        email=fields.text("email"),
        first_name=fields.text("firstName"),
        last_name=fields.text("lastName"),
        metadata=fields.metadata("metadata"),
    )


def _thread(key: str, found: Found) -> ImportedThread:
    return ImportedThread(found.user, key, found.fields.text("name"), found.fields.metadata("metadata"))


def _message(found: Found, index: Index, options: Options) -> ImportedMessage:
    thread = index.threads.get(found.thread or found.called)
    role, name = _speaker(found.fields, options)
    return ImportedMessage(
        user=index.user_of(found.user or (thread.user if thread else None)),
        thread=thread.key if thread else found.thread or found.called,
        place=found.place,
        role=role,
        content=content(found.fields.get("content"), found.fields.report),
        name=name,
        created_at=found.fields.time(*WHEN),
        external_id=found.fields.text("uuid"),
        metadata=found.fields.metadata("metadata"),
    )


def _speaker(fields: Fields, options: Options) -> tuple[str, str | None]:
    """CE and v2 have the role in ``role_type`` and the name in ``role``; v3 and v4 have ``role`` and ``name``."""
    if "roleType" not in fields:
        said, name = fields.text("role"), fields.text("name")
    else:
        said, name = fields.text("roleType"), fields.text("role")
    if said == "norole":
        said = name
    role = role_of(said, options.roles) or ("user" if fields.text("roleType", "role") == "norole" else None)
    if role is None:
        raise BadRecord(f"the role {str(said)[:40]!r} is not known: say which it is with --role {str(said)[:40]}=user.")
    return role, None if name and role_of(name, {}) == role else name


def _fact(found: Found, index: Index) -> ImportedFact:
    """``expired_at`` is when Zep gave the fact up: its end, where no other is known."""
    fields = found.fields
    text = content(fields.get("content", "fact"), fields.report)
    said = {"relation": fields.text("name"), "id": fields.text("uuid")}
    return ImportedFact(
        user=index.owner(found),
        key=fields.text("uuid") or text,
        place=found.place,
        content=text,
        valid_from=fields.time("validAt"),
        valid_to=fields.time("invalidAt", "expiredAt"),
        said_at=fields.time("createdAt"),
        metadata={"importedFrom": "zep"} | {name: value for name, value in said.items() if value},
    )
