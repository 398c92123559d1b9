"""Signals as something to ask for: nothing is raised in the middle of a step."""

import os
import select
import signal
import time
from collections.abc import Callable


class Interrupted(Exception):
    """Somebody asked us to stop while we were waiting."""


class Interrupt:
    """Notes that SIGINT, SIGTERM or SIGHUP came; `pause` is where it is noticed."""

    def __init__(self) -> None:
        self.received: int | None = None
        self.times = 0
        self._read_end, self._write_end = os.pipe()
        os.set_blocking(self._write_end, False)

    def listen(self) -> None:
        signal.set_wakeup_fd(self._write_end, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup stays nohup
                signal.signal(number, self._note)

    def _note(self, number: int, _frame: object) -> None:
        self.received = self.received or number
        self.times += 1

    def pause(self, seconds: float) -> None:
        """Sleep; raises Interrupted at once when a signal came."""
        if self.received is None:
            self.sleep(seconds)
        if self.received is not None:
            raise Interrupted

    def sleep(self, seconds: float) -> None:
        """Sleep, or less when a signal comes."""
        if select.select([self._read_end], [], [], seconds)[0]:
            os.read(self._read_end, 512)


def wait_until(condition: Callable[[], bool], *, seconds: float, pause: Callable[[float], None] = time.sleep) -> bool:
    """Whether `condition` came true within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        pause(0.02)
    return True
