"""Files without a name, for what may be larger than memory: gone once they are closed, and when the process dies."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO


@contextmanager
def spooled() -> Iterator[IO[bytes]]:
    """A file to write to; where the block ends well it stays open, at its beginning, and whoever reads it closes it."""
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        yield file
        file.seek(0)
        stack.pop_all()
