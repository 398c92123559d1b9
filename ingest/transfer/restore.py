"""Restores a user or a group from its export: all of it in one transaction, or nothing.

A file may come from anybody. Every row goes into the project of the caller and into the graph and the user that the
file itself brings, under ids made for that project; what it points at has to be in the same file (`checks`).
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import IO, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from graphs import embedders, reembedding
from graphs.indexing import write_full_text
from graphs.models import Embedding, Episode, Graph, Source
from ingest import tasks
from ingest.transfer import checks
from ingest.transfer.adjust import Adjuster
from ingest.transfer.columns import Record
from ingest.transfer.identities import renewer
from ingest.transfer.insert import Inserter
from ingest.transfer.lines import Line, Lines
from ingest.transfer.records import OF_USER, VERSION, Format
from ingest.transfer.values import Wrong
from memos.api.problems import Problem
from memos.projects import audit
from memos.projects.audit import Caller
from memos.projects.models import Project
from users.models import Group, User


@dataclass(frozen=True, slots=True)
class Restored:
    """The user or the group, and how many rows of each kind were written."""

    owner: Any
    counts: dict[str, int]


class Taken(Problem):
    """The user or the group is there already: ``same`` from an import of this very one, else another by its name."""

    def __init__(self, code: str, detail: str, existing: Any, *, same: bool):
        super().__init__(409, code, detail, id=existing.ref)
        self.same = same


@transaction.atomic
def restore_user(*, caller: Caller, file: IO[bytes]) -> Restored:
    """Raises a 409 ``USER_EXISTS`` where the user, or their external id, is there already, and a 400 that names the
    line and the field for all else that is wrong."""
    lines = Lines(file)
    restored = restore(caller=caller, format_=OF_USER, head=lines.next(), lines=lines)
    more = lines.next()
    if more:
        raise more.wrong("Nothing may follow the record `end`.")
    return restored


@transaction.atomic
def restore(*, caller: Caller, format_: Format, head: Line | None, lines: Lines) -> Restored:
    """What stands between a header, which was read already, and its end."""
    check_header(head or lines.cut_off(), format_.name)
    coming = Coming(caller.project, format_, lines)
    coming.begin()
    coming.read_on()
    coming.finish()
    owner = coming.owner
    audit.record(caller, f"{format_.owner.name}.imported", owner.ref, records=sum(coming.inserter.counts.values()))
    tasks.ring_graph(owner.graph_id)
    return Restored(owner, dict(coming.inserter.counts))


def check_header(line: Line, name: str) -> None:
    """Raises a 400 unless it begins an export of that format in a version that is known here."""
    if line.record != "header":
        raise line.wrong("An export begins with the record `header`.", ".record")
    if line.values.get("format") != name:
        raise line.wrong(f"It has to be {name}.", ".format")
    if type(line.values.get("version")) is not int or line.values["version"] != VERSION:
        raise line.wrong(f"Version {VERSION} can be read here.", ".version", "unknown_version")


@dataclass
class Coming:
    """A user or a group on the way in."""

    project: Project
    format: Format
    lines: Lines
    owner: Any = None
    owners: dict[str, UUID] = field(default_factory=dict)
    read: Counter[str] = field(default_factory=Counter)
    inserter: Inserter = field(default_factory=Inserter)

    def __post_init__(self) -> None:
        self.renew = renewer(self.project.pk)

    def begin(self) -> None:
        """The owner comes first: whether they are there already is known before all else is read."""
        line, record = self.lines.next() or self.lines.cut_off(), self.format.owner
        if line.record != record.name:
            raise line.wrong(f"The record `{record.name}` has to come first.", ".record")
        self.owner = record.model(project=self.project, **self._loaded(line, record))
        try:
            with transaction.atomic():
                self.owner.save(force_insert=True)
        except IntegrityError as error:
            raise self._taken(line) from error
        kind = Graph.Kind(record.name)
        self.adjuster = Adjuster(self.renew, self.owner.graph_id, kind, embedders.current().model)
        self.owners = {record.name: self.owner.pk, "graph": self.owner.graph_id}
        self.read[record.name] = self.inserter.counts[record.name] = 1

    def _taken(self, line: Line) -> Problem:
        find = _find_user if isinstance(self.owner, User) else _find_group
        return find(self.project, self.owner) or line.wrong("This id can't be used here.", ".id")

    def read_on(self) -> None:
        """Until the end, whose counts have to be those of what was read."""
        known = {record.name: record for record in self.format.records}
        for line in self.lines:
            if line.record == "end":
                self._check_counts(line)
                return
            if line.record not in known:
                raise line.wrong("There is no such record here.", ".record")
            self._take(line, known[line.record])
        self.lines.cut_off()

    def _check_counts(self, end: Line) -> None:
        self.inserter.flush()
        if end.values.get("counts") != dict(self.read):
            raise end.wrong("The counts are not those of the records that were read.", ".counts")

    def _take(self, line: Line, record: Record) -> None:
        self.read[record.name] += 1
        columns = self._loaded(line, record)
        row: Any = record.model(project=self.project, **columns, **record.implied(self.owners))
        if self.adjuster.adjust(row, line):
            self.inserter.add(line, record.name, row)

    def _loaded(self, line: Line, record: Record) -> dict[str, Any]:
        try:
            return record.load(line.values, self.renew)
        except Wrong as error:
            raise line.wrong(str(error), error.path) from None

    def finish(self) -> None:
        checks.check(self.format, self.owners, self.lines, self.renew, messages=self.inserter.counts["message"])
        write_full_text(self.owner.graph_id)
        self._leave_to_the_worker()

    def _leave_to_the_worker(self) -> None:
        """What has no vector by this installation's embedder; until it is there, words are searched."""
        graph, model = self.owner.graph_id, self.adjuster.model
        if Embedding.objects.filter(graph=graph).exists():
            Graph.objects.filter(pk=graph).update(embedding_model=model)
        if model:
            reembedding.lacking_episodes(graph).update(indexed_at=None)
            resting = Source.objects.filter(episode=OuterRef("pk"), memory__in=reembedding.lacking_memories(graph))
            Episode.objects.filter(Exists(resting), graph=graph).update(indexed_at=None)


def _find_user(project: Project, user: User) -> Taken | None:
    users = User.objects.for_project(project)
    same = users.filter(pk=user.pk).first()
    if same:
        return Taken("USER_EXISTS", f"This user was imported before, as {same.ref}.", same, same=True)
    other = users.filter(external_id=user.external_id).first() if user.external_id else None
    detail = f"A user with externalId {user.external_id!r} exists."
    return Taken("USER_EXISTS", detail, other, same=False) if other else None


def _find_group(project: Project, group: Group) -> Taken | None:
    groups = Group.objects.for_project(project)
    same = groups.filter(pk=group.pk).first()
    if same:
        return Taken("GROUP_EXISTS", f"This group was imported before, as {same.ref}.", same, same=True)
    other = groups.filter(name=group.name).first()
    return Taken("GROUP_EXISTS", f"A group with the name {group.name!r} exists.", other, same=False) if other else None
