"""A whole project as one file: a header, the project, then each group and each user as an export of its own.

Each of them is written as of one moment and restored in one transaction: a run that was killed is continued by running
it again, for what is there already is skipped.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from typing import IO, Any, NoReturn
from uuid import UUID

from ingest.transfer.columns import record
from ingest.transfer.export import header, line, pages, write_group, write_user
from ingest.transfer.lines import Line, Lines
from ingest.transfer.records import OF_GROUP, OF_USER
from ingest.transfer.restore import Taken, check_header, restore
from memos.api.spool import spooled
from memos.projects import audit
from memos.projects.audit import Caller
from memos.projects.models import Project
from users.models import Group, User

NAME = "memos.project"
PROJECT = record("project", Project, "name mode created_at", owner="project", within="pk")
MADE, THERE, TAKEN = "imported", "there already", "not imported"
"""What may become of a group or a user: `not imported` where another one has its name or external id."""

Write = Callable[..., Counter[str] | None]


def size_of(project: Project) -> int:
    """How many groups and users there are."""
    return sum(model.objects.for_project(project).count() for model in (Group, User))


def export_project(*, caller: Caller, file: IO[bytes], vectors: bool) -> Iterator[None]:
    """Yields after each group and each user. What was deleted meanwhile is left out."""
    audit.record(caller, "project.exported", caller.project.ref)
    file.write(line(header(NAME, parts=size_of(caller.project))))
    file.write(line(PROJECT.dump(caller.project)))
    counts: Counter[str] = Counter()
    for name, key, write in _parts(caller.project):
        with spooled() as part:  # a slow disk or pipe holds up no transaction
            written = write(part, key, vectors=vectors)
        with part:
            shutil.copyfileobj(part, file)
        counts[name] += written is not None
        yield
    file.write(line({"record": "end", "counts": counts}))


def _parts(project: Project) -> Iterator[tuple[str, UUID, Write]]:
    for group in pages(Group.objects.for_project(project).only("pk"), 1000):
        yield "group", group.pk, write_group
    for user in pages(User.objects.for_project(project).only("pk"), 1000):
        yield "user", user.pk, write_user


class ProjectFile:
    """A file with a project, opened at its beginning. Raises a 400 that names the line where it is none."""

    def __init__(self, file: IO[bytes]):
        self._lines = Lines(file)
        head = self._next()
        check_header(head, NAME)
        self.parts = _number(head)
        project = self._next()
        if project.record != PROJECT.name:
            raise project.wrong("The record `project` has to follow the header.", ".record")

    def restore(self, caller: Caller) -> Iterator[tuple[str, str]]:
        """Yields what became of each group and user, and why. Raises a 400 that names the line and the field."""
        counts: Counter[str] = Counter()
        while (head := self._next()).record != "end":
            format_ = next((one for one in (OF_GROUP, OF_USER) if one.name == head.values.get("format")), OF_USER)
            counts[format_.owner.name] += 1
            try:
                restore(caller=caller, format_=format_, head=head, lines=self._lines)
                yield MADE, ""
            except Taken as error:
                self._skip()
                yield (THERE if error.same else TAKEN), str(error.detail)
        if head.values.get("counts") != dict(counts):
            raise head.wrong("The counts are not those of the parts that were read.", ".counts")

    def _next(self) -> Line:
        return self._lines.next() or self._cut_off()

    def _cut_off(self) -> NoReturn:
        self._lines.cut_off()

    def _skip(self) -> None:
        while self._next().record != "end":
            pass


def _number(head: Line) -> int:
    parts: Any = head.values.get("parts")
    if type(parts) is not int or parts < 0:
        raise head.wrong("Give a whole number.", ".parts")
    return parts
