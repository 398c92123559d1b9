"""What was said before a message in its thread: an extractor needs it to know who "she" is, or what was asked."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Right

from ingest.extractors.base import Turn
from threads.models import Message

TURNS = 6
LONGEST = 2_000
"""Characters of a turn, its last ones: a question stands at the end."""


def turns_before(messages: Sequence[Message]) -> dict[UUID, tuple[Turn, ...]]:
    """The last ``TURNS`` turns before each message, oldest first, by the message's id; all of them in one query."""
    threads = defaultdict(list)
    for message in messages:
        threads[message.thread_id].append(message.position)
    reach = Q()
    for thread, positions in threads.items():
        reach |= Q(thread=thread, position__gte=min(positions) - TURNS, position__lt=max(positions))
    rows = Message.objects.filter(reach).annotate(ending=Right("content", LONGEST)).order_by("position")
    said = defaultdict(list)
    for row in rows.only("thread", "position", "created_at", "role", "name"):
        said[row.thread_id].append((row.position, Turn(row.ending, row.created_at, row.role, row.name)))
    return {message.pk: _before(message, said[message.thread_id]) for message in messages}


def _before(message: Message, said: Sequence[tuple[int, Turn]]) -> tuple[Turn, ...]:
    reach = range(message.position - TURNS, message.position)
    return tuple(turn for position, turn in said if position in reach)
