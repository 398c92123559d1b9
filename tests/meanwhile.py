"""What somebody else does in the middle of something."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection


@contextmanager
def meanwhile(
    do: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, *, at: tuple[Any, str], waits: bool = False
) -> Iterator[list[Any]]:
    """What is done within comes to the function ``at`` (of a module, by its name) and stands still there until another
    thread has done ``do``; for a second only where that ``waits`` for the transaction which it meets there. Gives what
    ``do`` returned, once all is over."""
    reached, through = threading.Event(), threading.Event()
    answers: list[Any] = []
    real = getattr(*at)

    def reach_and_wait(*args: Any) -> Any:
        reached.set()
        through.wait(1 if waits else 20)
        return real(*args)

    def do_in_between() -> None:
        reached.wait(20)
        answers.append(do())
        through.set()
        connection.close()

    monkeypatch.setattr(*at, reach_and_wait)
    other = threading.Thread(target=do_in_between)
    other.start()
    yield answers
    other.join()
