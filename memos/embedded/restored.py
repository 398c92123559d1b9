"""A note beside restored data, for its audit log: the database is put back as a file, and the next start opens it.

It lies among the secrets, so that it comes with the data or not at all.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from memos import ids
from memos.embedded import secrets

FILE = f"{secrets.FOLDER}/restored"


def leave(data_dir: Path, backup_made: float) -> None:
    """``backup_made`` is a Unix time. The id of the entry stands in the note, so that it is written once."""
    made = datetime.fromtimestamp(backup_made, UTC).isoformat(timespec="seconds")
    note = {"id": str(ids.new_id()), "at": datetime.now(UTC).isoformat(), "detail": {"backup_made": made}}
    (data_dir / FILE).write_text(json.dumps(note))


def read(data_dir: Path) -> dict[str, Any] | None:
    try:
        return json.loads((data_dir / FILE).read_text())
    except FileNotFoundError:
        return None


def forget(data_dir: Path) -> None:
    (data_dir / FILE).unlink(missing_ok=True)
