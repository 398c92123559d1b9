"""Secrets that are made once and kept in the data folder."""

import os
import re
import secrets
from pathlib import Path

from memos.embedded.errors import EmbeddedError

FOLDER = "secrets"
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")


def load_or_create(data_dir: str | os.PathLike[str], name: str) -> str:
    """The secret called `name` of this data folder: 43 URL-safe characters (256 bits), mode 0600, made when missing.

    Two processes that ask at the same moment get the same secret.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name for a secret: {name!r}")
    path = Path(data_dir) / FOLDER / name
    try:
        return _read(path) if path.exists() else _create(path)
    except OSError as error:
        raise EmbeddedError(f"The secret {path} cannot be read or made: {error.strerror}.") from error


def _read(path: Path) -> str:
    secret = path.read_text(encoding="ascii", errors="replace").strip()
    if not secret:
        raise EmbeddedError(f"The secret {path} is empty: put back the one from your backup.")
    return secret


def _create(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # unlike a rename, a link never replaces the secret of a process that was faster
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _read(path)
