"""The ids that rows get where they are restored: the same for the same project and row, and in the same order."""

import hashlib
from collections.abc import Callable
from uuid import UUID

_KEPT_LOW = 24
_MADE = 40


def renewer(project_id: UUID) -> Callable[[UUID], UUID]:
    """What gives a row of another project, or of this one, its id in a project.

    Nothing has to be remembered to renew a reference, and a second import of the same file finds the rows of the first.
    A ULID has 48 bits of time and 80 of chance; those made in one millisecond by one process count up. So the time, the
    first 16 bits after it and the last 24 stay, which keeps the order; the 40 between are made of the project and of
    all but the last 24: two projects never have one id.
    """

    def renew(old: UUID) -> UUID:
        run, place = old.int >> _KEPT_LOW, old.int & ((1 << _KEPT_LOW) - 1)
        made = hashlib.sha256(project_id.bytes + run.to_bytes(13)).digest()[: _MADE // 8]
        head = run >> _MADE
        return UUID(int=((head << _MADE) | int.from_bytes(made)) << _KEPT_LOW | place)

    return renew
