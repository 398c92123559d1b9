"""What a thread is called that has no name of its own."""

from memos.projects.console.shown import day, tally
from threads.models import Thread


def titled(thread: Thread) -> str:
    """An unnamed one by its day: two ids in a row help nobody."""
    return thread.name or f"Thread of {day(thread.created_at)}, {tally(thread.message_count, ('message', 'messages'))}"
