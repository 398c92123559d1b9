"""The audit log: one entry for each change, written in the transaction of the change."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from memos.projects.models import ApiKey, AuditEntry, Operator, Project


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks for a change, on which project, in which request. Every service that writes takes one."""

    project: Project
    actor: AuditEntry.Actor
    actor_id: str
    actor_label: str
    request_id: str

    @classmethod
    def from_key(cls, key: ApiKey, request_id: str) -> "Caller":
        return cls(key.project, AuditEntry.Actor.KEY, key.ref, str(key), request_id)

    @classmethod
    def from_command(cls, project: Project, name: str) -> "Caller":
        return cls(project, AuditEntry.Actor.COMMAND, name, f"manage.py {name}", "")

    @classmethod
    def from_operator(cls, project: Project, operator: Operator, request_id: str) -> "Caller":
        return cls(project, AuditEntry.Actor.OPERATOR, str(operator.pk), operator.get_username(), request_id)

    @classmethod
    def from_system(cls, project: Project, part: str) -> "Caller":
        """A part of Memos that acts by itself."""
        return cls(project, AuditEntry.Actor.SYSTEM, part, part, "")


@dataclass(frozen=True, slots=True)
class Caretaker:
    """Who changes the installation itself: its operators and its data as a whole belong to no project."""

    actor: AuditEntry.Actor
    actor_id: str
    actor_label: str
    request_id: str
    project: None = None

    @classmethod
    def from_command(cls, name: str) -> "Caretaker":
        return cls(AuditEntry.Actor.COMMAND, name, f"manage.py {name}", "")

    @classmethod
    def from_system(cls, part: str, request_id: str) -> "Caretaker":
        """A part of Memos that acts by itself, or where nobody knows yet who asks."""
        return cls(AuditEntry.Actor.SYSTEM, part, part, request_id)

    @classmethod
    def from_operator(cls, operator: Operator, request_id: str) -> "Caretaker":
        return cls(AuditEntry.Actor.OPERATOR, str(operator.pk), operator.get_username(), request_id)


def record(caller: Caller | Caretaker, action: str, target_id: str, **detail: Any) -> None:
    """Write an entry. ``detail`` holds counts and names of fields, never personal data."""
    _entry(caller, action, target_id, detail).save(force_insert=True)


def record_each(caller: Caller | Caretaker, action: str, target_ids: Iterable[str], **detail: Any) -> None:
    """Write an entry for each of the targets, to all of which the same was done."""
    entries = [_entry(caller, action, target_id, detail) for target_id in target_ids]
    AuditEntry.objects.bulk_create(entries, batch_size=1000)


def _entry(caller: Caller | Caretaker, action: str, target_id: str, detail: dict[str, Any]) -> AuditEntry:
    return AuditEntry(
        project=caller.project,
        actor=caller.actor,
        actor_id=caller.actor_id,
        actor_label=caller.actor_label[:150],
        action=action,
        target_id=target_id,
        detail=detail,
        request_id=caller.request_id,
    )
