"""Goes along a chain and says what in it is broken first. It holds some thousand entries at a time."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from operator import itemgetter
from uuid import UUID

from django.db.models import Q

from memos import ids
from memos.projects.models import AuditEntry, AuditSeal
from memos.projects.sealing import digests
from memos.projects.sealing.digests import Row, UnknownKey

SEALS, ENTRIES = 500, 20_000
"""Read at a time, with one seal at least."""


class Broken(Exception):
    """What is not as it was sealed, in a sentence with its id."""


@dataclass(slots=True)
class Walk:
    """How far everything in a chain holds: up to and with seal ``number``. ``entries`` are those that are still there.

    ``noted`` are digests by their number that were in the chain once, and have to be in it still.
    """

    project_id: UUID | None
    number: int = 0
    digest: bytes = digests.GENESIS
    last_id: UUID | None = None
    total: int = 0
    entries: int = 0
    until: datetime | None = None
    broken: str = ""
    noted: dict[int, bytes] = field(default_factory=dict)

    def steps(self) -> Iterator[AuditSeal]:
        """The seals that hold, one after the other, to the end of the chain or to where it is ``broken``."""
        try:
            while seals := self._next_seals():
                for seal, rows in _shares(seals, self._entries_of(seals)):
                    if not self._holds(seal, rows):
                        break  # retention was there between the reading of the seal and of its entries: read again
                    self._pass(seal)
                    yield seal
            self._check_end()
        except Broken as broken:
            self.broken = str(broken)
        except UnknownKey as unknown:
            self.broken = f"Seal {self.number + 1} was made with a key ({unknown}) that is not in MEMOS_AUDIT_KEY."

    @property
    def waiting(self) -> int:
        """Entries behind the last seal."""
        return AuditEntry.objects.in_chain(self.project_id, after=self.last_id).count()

    def _next_seals(self) -> list[AuditSeal]:
        few = Q(total__lte=self.total + ENTRIES) | Q(number=self.number + 1)
        behind = AuditSeal.objects.of_chain(self.project_id).filter(few, number__gt=self.number)
        return list(behind.order_by("number")[:SEALS]) or self._gap()

    def _gap(self) -> list[AuditSeal]:
        """What there is behind a seal that is missing."""
        behind = AuditSeal.objects.of_chain(self.project_id).filter(number__gt=self.number)
        return list(behind.order_by("number")[:1])

    def _entries_of(self, seals: Sequence[AuditSeal]) -> list[Row]:
        """One more than there ought to be shows the first that is too many."""
        most = sum(0 if seal.pruned_at else seal.count for seal in seals) + 1
        behind = AuditEntry.objects.in_chain(self.project_id, after=self.last_id)
        return list(digests.rows_of(behind.filter(pk__lte=seals[-1].last_id)[:most]))

    def _holds(self, seal: AuditSeal, rows: list[Row]) -> bool:
        self._check(seal)
        try:
            _compare(seal, rows)
        except Broken:
            if seal.pruned_at or not AuditSeal.objects.filter(pk=seal.pk, pruned_at__isnull=False).exists():
                raise
            return False
        return True

    def _check(self, seal: AuditSeal) -> None:
        """Raises Broken where the seal itself is not what it was made as, or not where it was."""
        if seal.number != self.number + 1:
            raise Broken(f"Seal {self.number + 1} is missing.")
        name = f"Seal {seal.number} ({seal.ref})"
        if digests.digest(seal) != bytes(seal.digest):
            raise Broken(f"{name} was changed.")
        if bytes(seal.previous) != self.digest:
            raise Broken(f"{name} does not follow the seal before it.")
        if self.noted.get(seal.number, seal.digest) != seal.digest:
            raise Broken(f"{name} is not the one that was there before.")
        if seal.pruned_at and digests.pruning(seal) != bytes(seal.pruning or b""):
            raise Broken(f"{name} lost its entries, and not by retention.")

    def _pass(self, seal: AuditSeal) -> None:
        self.number, self.digest, self.last_id = seal.number, bytes(seal.digest), seal.last_id
        self.total, self.until = seal.total, seal.ends
        self.entries += 0 if seal.pruned_at else seal.count

    def _check_end(self) -> None:
        """The end of a chain can be cut off without a trace in what is left."""
        if any(number > self.number for number in self.noted):
            raise Broken(f"Seal {self.number + 1} is missing: there were {max(self.noted)}.")


def _shares(seals: Sequence[AuditSeal], rows: list[Row]) -> Iterator[tuple[AuditSeal, list[Row]]]:
    """Each seal with the entries up to its end."""
    at = 0
    for seal in seals:
        end = bisect_right(rows, seal.last_id, lo=at, key=itemgetter(0))
        yield seal, rows[at:end]
        at = end


def _compare(seal: AuditSeal, rows: list[Row]) -> None:
    """Raises Broken for the first entry that is not as it was sealed."""
    sealed = b"" if seal.pruned_at else bytes(seal.entries)
    if digests.packed(rows, seal.key_id) == sealed:
        return
    for kept, row in zip_longest(digests.unpacked(sealed).items(), rows):
        if kept is None or (row is not None and row[0] < kept[0]):
            raise Broken(f"Entry {_ref(row[0])} was added to seal {seal.number} ({seal.ref}) after it was made.")
        if row is None or kept[0] < row[0]:
            raise Broken(f"Entry {_ref(kept[0])} of seal {seal.number} ({seal.ref}) is missing.")
        if digests.mac(seal.key_id, digests.content(row)) != kept[1]:
            raise Broken(f"Entry {_ref(row[0])} of seal {seal.number} ({seal.ref}) was changed.")


def _ref(key: UUID) -> str:
    return ids.encode(AuditEntry.PREFIX, key)
