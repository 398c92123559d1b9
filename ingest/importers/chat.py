"""One line of a log, as JSON Lines and CSV have them: our names of the fields, and what others call them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ingest.importers.fields import Fields, content, role_of
from ingest.importers.report import BadRecord, Report
from ingest.importers.shape import ImportedMessage, Options

NAMES: dict[str, tuple[str, ...]] = {
    "user": ("user", "userId", "userExternalId", "customerId"),
    "thread": ("thread", "threadId", "session", "sessionId", "conversation", "conversationId", "chatId", "channel"),
    "role": ("role", "roleType", "senderType"),
    "content": ("content", "text", "message", "body"),
    "name": ("name", "author", "speaker", "sender", "from"),
    "createdAt": ("createdAt", "timestamp", "datetime", "sentAt", "ts", "date", "time"),
    "externalId": ("externalId", "messageId", "id", "uuid"),
    "metadata": ("metadata",),
}


@dataclass(frozen=True, slots=True)
class Log:
    """``thread`` is the one of lines that name none: the file is one conversation then."""

    thread: str
    options: Options
    report: Report

    def message(self, place: str, record: Any) -> ImportedMessage | None:
        """None where the record is bad: the report knows."""
        try:
            if not isinstance(record, dict):
                raise BadRecord("it is no JSON object.")
            return self._message(place, Fields(self._renamed(record), self.report))
        except BadRecord as error:
            self.report.skip(place, error)
            return None

    def _renamed(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """With our names for the columns that were said to hold our fields."""
        columns = self.options.columns
        own = {field: record.get(column) for field, column in columns.items()}
        return {name: value for name, value in record.items() if name not in columns.values()} | own

    def _message(self, place: str, fields: Fields) -> ImportedMessage:
        role, name = self._speaker(fields)
        return ImportedMessage(
            user=fields.text(*NAMES["user"]),
            thread=fields.text(*NAMES["thread"]) or self.thread,
            place=place,
            role=role,
            content=content(fields.get(*NAMES["content"]), self.report),
            name=name,
            created_at=fields.time(*NAMES["createdAt"]),
            external_id=fields.text(*NAMES["externalId"]),
            metadata=fields.metadata(*NAMES["metadata"]),
        )

    def _speaker(self, fields: Fields) -> tuple[str, str | None]:
        """Role and name. A log that only says who spoke is one of people: each a user by name."""
        said, name = fields.text(*NAMES["role"]), fields.text(*NAMES["name"])
        role = role_of(said, self.options.roles)
        if said and not role:
            raise BadRecord(f"the role {said[:40]!r} is not known: say which it is with --role {said[:40]}=user.")
        if role:
            return role, name
        role = role_of(name, self.options.roles)
        return (role, None) if role else ("user", name)
