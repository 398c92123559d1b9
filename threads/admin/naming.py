"""What a thread is called, and how one comes to a message in it."""

from memos.projects.console.shown import day, tally
from threads.models import Thread


def titled(thread: Thread, *, words: bool = True) -> str:
    """One without a name by its day: two ids in a row help nobody. A name tells what was spoken of: it is left out for
    whoever may not read ``words``."""
    name = thread.name if words else ""
    return name or f"Thread of {day(thread.created_at)}, {tally(thread.message_count, ('message', 'messages'))}"
