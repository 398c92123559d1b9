"""Whether a data folder is already up to date, told without the second that Django takes to say so."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from memos.embedded.options import Options

FILE = "run/up-to-date"
_MIGRATIONS = ("*/migrations/*.py", "memos/*/migrations/*.py")
_SETTINGS = ("MEMOS_BOOTSTRAP_KEY", "MEMOS_BOOTSTRAP_OPERATOR")


@dataclass(frozen=True)
class Stamp:
    value: str

    @classmethod
    def of(cls, options: Options) -> "Stamp":
        """Changes with every migration, with the lock (packages have migrations too) and what bootstrap is told."""
        found = hashlib.sha256()
        migrations = [path for pattern in _MIGRATIONS for path in options.root.glob(pattern)]
        for path in sorted([*migrations, options.root / "requirements/run.txt"]):
            found.update(str(path.relative_to(options.root)).encode() + path.read_bytes())
        for name in _SETTINGS:
            found.update(f"{name}={options.environment.get(name, '')}\n".encode())
        return cls(found.hexdigest())

    def holds(self, data_dir: Path) -> bool:
        try:
            return (data_dir / FILE).read_text() == self.value
        except OSError:
            return False

    def put(self, data_dir: Path) -> None:
        (data_dir / FILE).write_text(self.value)


def forget(data_dir: Path) -> None:
    """Called when the database was changed from outside: the next start looks for itself."""
    (data_dir / FILE).unlink(missing_ok=True)
