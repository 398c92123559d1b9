"""Whom the servers run as. PostgreSQL refuses root, so root hands over to the owner of the data, or to nobody."""

import os
import pwd
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memos.embedded.errors import EmbeddedError

_NOBODY = 65534


@dataclass(frozen=True)
class Account:
    """None of both numbers: the servers run as whoever started them."""

    uid: int | None = None
    gid: int | None = None

    @property
    def dropped(self) -> bool:
        return self.uid is not None

    def popen(self) -> dict[str, Any]:
        """What `subprocess` needs to start a process as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.dropped else {}

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def require_name(self) -> None:
        """PostgreSQL asks the system for the name of its user, and does not start a new folder without one."""
        uid = os.geteuid() if self.uid is None else self.uid
        try:
            pwd.getpwuid(uid)
        except KeyError as error:
            raise EmbeddedError(
                f"User {uid} has no name on this system, and PostgreSQL needs one: add it to /etc/passwd, "
                "or set DATABASE_URL to a server of your own."
            ) from error


def for_folder(folder: Path) -> Account:
    """The account for the servers of `folder`, which need not exist."""
    if os.geteuid() != 0:
        return Account()
    if not sys.platform.startswith("linux"):
        raise EmbeddedError("PostgreSQL refuses to run as root on this system: start Memos as an ordinary user.")
    owner = folder.stat() if folder.exists() else None
    if owner and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Account(_NOBODY, _NOBODY)
    return Account(nobody.pw_uid, nobody.pw_gid)


@contextmanager
def path_for(account: Account, folder: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A path by which `account` reaches `folder`, and the descriptors that a process has to inherit for it.

    A dropped account may be locked out of a folder above (a 0700 home). It is handed the folder itself, as an open
    descriptor, so that nothing above has to be opened up.
    """
    if not account.dropped:
        yield str(folder), ()
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)
