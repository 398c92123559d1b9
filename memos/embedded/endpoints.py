"""Where the embedded servers of a data folder listen, as their last start wrote it down."""

import json
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from memos.embedded.errors import EmbeddedError

FILE = "run/endpoints.json"


@dataclass(frozen=True)
class Endpoints:
    database_url: str
    redis_url: str


def read(data_dir: str | os.PathLike[str]) -> Endpoints | None:
    """The running servers of this data folder; None when there are none, also after a start that was killed."""
    path = Path(data_dir) / FILE
    try:
        found = Endpoints(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise EmbeddedError(f"{path} cannot be read: {error}.") from error
    return found if answers(found.database_url) else None


def answers(url: str) -> bool:
    """Whether something accepts connections where `url` points; no password is sent."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout=2).close()
    except OSError:
        return False
    return True


def write(data_dir: Path, endpoints: Endpoints) -> None:
    path = data_dir / FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(endpoints), file)  # they hold passwords, hence 0600
    draft.replace(path)


def forget(data_dir: Path) -> None:
    """Called when the servers have stopped."""
    (data_dir / FILE).unlink(missing_ok=True)
