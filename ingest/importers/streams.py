"""Files as the report hears of them: opened, decoded and counted; every error names the file and the place."""

import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ingest.importers.report import Report, Unreadable

BOM = b"\xef\xbb\xbf"
CHUNK = 1 << 20
LARGEST = 64 << 20
"""Bytes of one line, or of one item of an array: what is larger is no record."""

_FAULTS = (OSError, EOFError, zipfile.BadZipFile, zlib.error)


def files(paths: Sequence[Path], suffixes: Iterable[str], report: Report) -> Iterator[Path]:
    """The files themselves, and of folders those with one of the suffixes, by name."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(found for found in path.rglob("*") if found.is_file())
        fitting = [found for found in inside if found.suffix.lower() in suffixes]
        if not fitting:
            raise Unreadable(f"{path} holds no {' or '.join(suffixes)} file.")
        report.leave_out(f"files that are not {' or '.join(suffixes)}", len(inside) - len(fitting))
        yield from fitting


def opened(path: Path) -> AbstractContextManager[IO[bytes]]:
    try:
        return path.open("rb")
    except OSError as error:
        raise unreadable(str(path), error) from error


def unreadable(name: str, error: Exception) -> Unreadable:
    return Unreadable(f"{name} can't be read: {getattr(error, 'strerror', None) or error}.")


@dataclass
class Stream:
    """A binary file that tells the report what is read of it; a byte order mark is dropped.

    ``share`` is how much of a byte of the file that was named is behind one that is read: less than 1 in an archive.
    """

    file: IO[bytes]
    name: str
    report: Report
    share: float = 1.0
    read_so_far: int = 0

    def chunk(self, size: int = CHUNK) -> bytes:
        """Up to ``size`` bytes; none at the end."""
        return self._told(lambda: self.file.read(size))

    def rest(self) -> bytes:
        return b"".join(iter(self.chunk, b""))

    def lines(self) -> Iterator[tuple[int, str]]:
        """Each line with its number, from 1, and with its end."""
        number = 0
        while line := self._told(lambda: self.file.readline(LARGEST + 1)):
            number += 1
            if len(line) > LARGEST:
                raise Unreadable(f"{self.name}, line {number}: it has more than {LARGEST >> 20} MiB.")
            yield number, self.text(line, f"line {number}")

    def text(self, data: bytes, where: str) -> str:
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise Unreadable(f"{self.name}, {where}: it is not UTF-8 (byte {error.start + 1}).") from None

    def _told(self, read: Callable[[], bytes]) -> bytes:
        try:
            data = read()
        except _FAULTS as error:
            raise unreadable(self.name, error) from error
        at_the_beginning = self.read_so_far == 0
        self.read_so_far += len(data)
        self.report.read(round(len(data) * self.share))
        return data.removeprefix(BOM) if at_the_beginning else data
