"""Starts a process again when it ends although nobody asked it to."""

import re
import signal
import time
from collections.abc import Callable

from memos.embedded.child import Child
from memos.embedded.errors import EmbeddedError
from memos.embedded.terminal import say

LIMIT = 5
_CALM_SECONDS = 60


class Keeper:
    """Waits 1, 2, 4, 8 and 16 s before each new start, and gives up on a process that fails once more after that."""

    def __init__(self, child: Child, start: Callable[[], None]) -> None:
        self.child = child
        self.start = start
        self.failures = 0
        self.started = time.monotonic()
        self.due: float | None = None

    def look(self) -> None:
        """Called a few times a second; raises EmbeddedError when there is no use in trying again."""
        now = time.monotonic()
        if self.due is not None:
            self._start_when_due(now)
        elif not self.child.alive:
            self._plan(now)
        elif now - self.started > _CALM_SECONDS:
            self.failures = 0

    def _start_when_due(self, now: float) -> None:
        if self.due is not None and now >= self.due:
            self.due, self.started = None, now
            self.start()

    def _plan(self, now: float) -> None:
        self.child.signal_group(signal.SIGKILL)  # what it forked must not work on beside its successor
        self.failures += 1
        what = f"{self.child.name} {self.child.how_it_ended()}{self._reason()}"
        if self.failures > LIMIT:
            raise EmbeddedError(f"{what}, {self.failures} times in a row: Memos stops (see {self.child.log}).")
        pause = 2 ** (self.failures - 1)
        say(f"memos: {what}; it is started again in {pause} s.")
        self.due = now + pause

    def _reason(self) -> str:
        said = self.child.said()
        if "No space left on device" in said:
            return f" because the disk that holds {self.child.log.parent.parent} is full"
        if self.child.killed:
            return ""  # what it said last is not why
        errors = re.findall(r"(?:CRITICAL|FATAL|PANIC|Error):\s+(.{1,200})", said)
        return f" ({errors[-1].strip()})" if errors else ""
