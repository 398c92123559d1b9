"""What the supervisor says to the person in front of it."""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from memos.embedded.child import Child

_HEAD = 120
_LINES_A_MINUTE = 20


def say(text: str, *, end: str = "\n") -> None:
    try:
        print(text, end=end, flush=True)
    except OSError:  # the terminal has gone, Memos has not
        sys.stdout = open("/dev/null", "w")  # noqa: SIM115


@contextmanager
def step(text: str) -> Iterator[None]:
    """A line that names what is being done, and its seconds once it is."""
    say(f"memos: {text} … ", end="")
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say("")
        raise
    say(f"{time.monotonic() - began:.1f} s")


class Relay:
    """Shows the errors in the logs of our processes; everything else stays in the logs."""

    def __init__(self, children: list[Child]) -> None:
        self.read_to = {child.name: child.log_start for child in children}
        self.children = children
        self.budget, self.refilled = _LINES_A_MINUTE, time.monotonic()

    def show(self) -> None:
        if time.monotonic() - self.refilled > 60:
            self.budget, self.refilled = _LINES_A_MINUTE, time.monotonic()
        for child in self.children:
            for line in self._new_lines(child):
                if re.search(child.tells, line[:_HEAD]):
                    self._tell(child, line)

    def _new_lines(self, child: Child) -> list[str]:
        try:
            with child.log.open("rb") as log:
                size = log.seek(0, 2)
                log.seek(self.read_to[child.name] if self.read_to[child.name] <= size else 0)
                text = log.read(1 << 20)
        except OSError:
            return []
        whole = text[: text.rfind(b"\n") + 1]
        self.read_to[child.name] = log_position = min(size, self.read_to[child.name]) + len(whole)
        return whole.decode(errors="replace").splitlines() if log_position else []

    def _tell(self, child: Child, line: str) -> None:
        self.budget -= 1
        if self.budget > 0:
            say(f"{child.name} | {line[:400]}")
        elif self.budget == 0:
            say(f"{child.name} | … more errors are in {child.log.parent}")
