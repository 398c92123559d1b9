"""What a mending would change, found out by doing it in a transaction that is rolled back."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from memos.projects.console.shown import NOTHING


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as far as a mending may change it: its name, and its values by what they are called."""

    title: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """What would be another of one row. ``fate`` says so where it would be new, or gone."""

    title: str
    fate: str
    lines: list[Line]


Snapshot = Mapping[UUID, Shown]


def tried(do: Callable[[], object], look: Callable[[], Snapshot]) -> list[Change]:
    """The changes. Raises what ``do`` raises."""
    with transaction.atomic():
        before = look()
        do()
        after = look()
        transaction.set_rollback(True)
    return list(_changes(before, after))


def _changes(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if old and new:
            lines = list(_lines(old.values, new.values))
            if lines:
                yield Change(old.title, "", lines)
        elif new:
            yield Change(new.title, "new", list(_lines({}, new.values)))
        elif old:
            yield Change(old.title, "becomes a part of another", [])


def _lines(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Line]:
    for label, value in new.items():
        if value != old.get(label, ""):
            yield Line(label, old.get(label, "") or NOTHING, value or NOTHING)


def listed(names: Iterable[str]) -> str:
    return ", ".join(names)
