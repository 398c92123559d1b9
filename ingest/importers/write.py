"""Writes imported records: users and facts one by one, messages in batches of a thread.

Each is one transaction. An import that was stopped or killed is finished by running it again: what is there is found by
its ids and left as it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from ingest.importers import identify, prepare
from ingest.importers.report import BadRecord, Report
from ingest.importers.shape import ImportedFact, ImportedMessage, ImportedThread, ImportedUser, Record
from ingest.importers.store import Store
from threads.models import Thread
from users.models import User

BATCH = 500
"""Messages of a thread that are written at once."""
KEPT_BACK = 10_000
KEPT_BACK_CHARACTERS = 10_000_000
"""How much of all threads waits for its batch to be full, where a log has many threads that take turns."""
REMEMBERED = 5_000
"""Users and threads whose rows are kept at hand."""

Place = tuple[str, str]
"""A user's external id, and the key of a thread of theirs."""


class Writer:
    """``source`` is the format; ``default_user`` the external id of whose a record is that does not say so."""

    def __init__(self, store: Store, report: Report, source: str, default_user: str | None = None) -> None:
        self.store, self.report, self.source, self.default_user = store, report, source, default_user
        self._ids = identify.MessageIds()
        self._told: dict[Place, ImportedThread] = {}
        self._waiting: dict[Place, list[ImportedMessage]] = defaultdict(list)
        self._count = self._characters = 0
        self._seen: set[tuple[str, ...]] = set()
        self._user = lru_cache(REMEMBERED)(self._find_user)
        self._thread = lru_cache(REMEMBERED)(self._find_thread)

    def write(self, records: Iterable[Record]) -> None:
        for record in records:
            try:
                self._take(record)
            except BadRecord as error:
                self.report.skip(getattr(record, "place", self.source), error)
        self._flush()
        if self._told:
            self.report.leave_out("threads without messages", len(self._told))

    def _take(self, record: Record) -> None:
        match record:
            case ImportedUser():
                self._introduce(record)
            case ImportedThread():
                self._told[record.user or self.default_user or "", record.key] = record
            case ImportedMessage():
                self._keep_back(record)
            case ImportedFact():
                self._state(record)

    def _introduce(self, imported: ImportedUser) -> User:
        user, is_new = self.store.user(prepare.user(imported, self.report))
        self._tally("users", is_new, imported.external_id)
        return user

    def _find_user(self, external_id: str) -> User:
        return self._introduce(ImportedUser(external_id, ""))

    def _owner(self, record: ImportedMessage | ImportedFact) -> str:
        owner = record.user or self.default_user
        if not owner:
            raise BadRecord("it names no user: say with --user whose it is.")
        if len(owner) > prepare.LONGEST_ID:
            raise BadRecord(f"the user's id has more than {prepare.LONGEST_ID} characters.")
        return owner

    def _state(self, fact: ImportedFact) -> None:
        owner, statement = self._owner(fact), prepare.statement(fact, self.source)
        self._tally("facts", self.store.state(self._user(owner), statement))

    def _keep_back(self, message: ImportedMessage) -> None:
        place = self._owner(message), message.thread
        self._waiting[place].append(message)
        self._count += 1
        self._characters += len(message.content)
        if len(self._waiting[place]) >= BATCH:
            self._write(place)
        elif self._count >= KEPT_BACK or self._characters >= KEPT_BACK_CHARACTERS:
            self._flush()

    def _flush(self) -> None:
        for place in list(self._waiting):
            self._write(place)

    def _write(self, place: Place) -> None:
        messages = self._waiting.pop(place)
        self._count -= len(messages)
        self._characters -= sum(len(message.content) for message in messages)
        self._append(self._thread(*place), messages)

    def _find_thread(self, owner: str, key: str) -> Thread:
        told = self._told.pop((owner, key), None) or ImportedThread(owner, key)
        external_id = identify.thread_id(self.source, key)
        thread, is_new = self.store.thread(self._user(owner), external_id, prepare.thread(told, self.report))
        self._tally("threads", is_new, owner, key)
        return thread

    def _append(self, thread: Thread, messages: Sequence[ImportedMessage]) -> None:
        pieces = [prepare.messages(message, self._ids.of(message), self.report) for message in messages]
        found = self.store.append(thread, [piece for of_one in pieces for piece in of_one])
        new, clashing = ({id(each) for each in some} for some in (found.new, found.clashing))
        for message, (first, *_) in zip(messages, pieces, strict=True):
            if id(first) in clashing:
                self.report.skip(message.place, "its id is known in this thread with another content.")
            else:
                (self.report.added if id(first) in new else self.report.known)["messages"] += 1

    def _tally(self, what: str, is_new: bool, *key: str) -> None:
        """Count what has a key once, however often it is met."""
        if key and (what, *key) in self._seen:
            return
        self._seen.add((what, *key))
        (self.report.added if is_new else self.report.known)[what] += 1
