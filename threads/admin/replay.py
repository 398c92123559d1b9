"""A thread as it was had, a page of it at a time, each message with what came of it.

Four statements a page, however long the thread is: the messages by their places, what they are the source of, their
jobs, and where the page before begins.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.http import urlencode

from graphs.admin.facts import Line, line
from graphs.models import Source
from ingest.models import IngestJob
from memos.projects.console.shown import day, page_of, tally
from threads.models import Message, Thread

PAGE = 50
BEFORE = 10
"""Messages that are shown before the one that was asked for."""
MOST_SOURCES = 2_000
MOST_FACTS = 20


class Asked(forms.Form):
    """Where a page begins (``start``) or ends (``end``): positions; or the message that it is to show."""

    start = forms.IntegerField(min_value=0, required=False)
    end = forms.IntegerField(min_value=0, required=False)
    message = forms.CharField(max_length=100, required=False)


@dataclass(frozen=True, slots=True)
class Turn:
    """A message. ``day`` is there where it is the first of its day; ``learned`` are the facts that rest on it,
    ``ended`` those that it ended, ``more`` how many of both are not shown."""

    message: Message
    path: str
    day: str
    time: str
    learned: list[Line]
    ended: list[Line]
    more: int
    job: IngestJob | None
    job_path: str
    state: str
    """What there is to say of a job that is not done."""


@dataclass(frozen=True, slots=True)
class Replay:
    """``older`` and ``newer`` are the addresses of the neighbouring pages; empty at the ends of the thread."""

    turns: list[Turn]
    oldest: str
    older: str
    newer: str
    newest: str
    asked: str
    missing: bool


def replay(thread: Thread, query: Any) -> Replay:
    form = Asked(query)
    form.is_valid()
    given = form.cleaned_data
    wanted = _message(thread, given.get("message") or "")
    page = _page(thread, given.get("start"), given.get("end"), wanted)
    older = newer = ""
    if page:
        rows = Message.objects.filter(thread=thread)
        first, last = page[0].position, page[-1].position
        older = _address(end=first) if rows.filter(position__lt=first).exists() else ""
        newer = _address(start=last + 1) if rows.filter(position__gt=last).exists() else ""
    return Replay(
        turns=list(_turns(page)),
        oldest=_address(start=0) if older else "",
        older=older,
        newer=newer,
        newest="?" if newer else "",
        asked=wanted.ref if wanted else "",
        missing=bool(given.get("message")) and wanted is None,
    )


def _message(thread: Thread, ref: str) -> Message | None:
    return Message.objects.filter(thread=thread).by_ref(ref).only("pk", "position").first() if ref else None


def _page(thread: Thread, start: int | None, end: int | None, wanted: Message | None) -> list[Message]:
    """From a place on, up to a place, around a message; without any of them the newest."""
    rows = Message.objects.filter(thread=thread)
    if wanted:
        before = list(rows.filter(position__lt=wanted.position).order_by("-position")[:BEFORE])
        return before[::-1] + list(rows.filter(position__gte=wanted.position).order_by("position")[: PAGE - BEFORE])
    if start is not None:
        return list(rows.filter(position__gte=start).order_by("position")[:PAGE])
    rows = rows if end is None else rows.filter(position__lt=end)
    return list(rows.order_by("-position")[:PAGE])[::-1]


def _address(**place: int) -> str:
    return f"?{urlencode(place)}"


def _turns(page: list[Message]) -> Iterator[Turn]:
    came, jobs, last = _what_came_of(page), _jobs_of(page), ""
    for message in page:
        today = day(message.created_at)
        found = came[message.pk]
        shown = found[:MOST_FACTS]
        job = jobs.get(message.pk)
        yield Turn(
            message=message,
            path=page_of(message),
            day=today if today != last else "",
            time=f"{message.created_at:%H:%M}",
            learned=[line(source.memory) for source in shown if source.role != Source.Role.CLOSES],
            ended=[line(source.memory) for source in shown if source.role == Source.Role.CLOSES],
            more=len(found) - len(shown),
            job=job,
            job_path=page_of(job) if job else "",
            state=_state_of(job),
        )
        last = today


def _state_of(job: IngestJob | None) -> str:
    if job is None or job.status == IngestJob.Status.DONE:
        return ""
    if job.status == IngestJob.Status.FAILED:
        return f"{job.error_code or 'failed'} after {tally(job.attempts, ('attempt', 'attempts'))}"
    tried = f", tried {tally(job.attempts, ('time', 'times'))}" if job.attempts else ""
    return f"not remembered yet{tried}"


def _what_came_of(page: Iterable[Message]) -> defaultdict[UUID, list[Source]]:
    """By message; a memory that rests on two pieces of one stands there once."""
    rows = (
        Source.objects.filter(episode__source_id__in=[message.pk for message in page])
        .exclude(role=Source.Role.FORMER)
        .select_related("episode", "memory__about", "memory__invalidated_by")
        .defer("episode__tsv", "episode__content", "episode__excerpt", "memory__tsv", "memory__invalidated_by__tsv")
        .order_by("pk")[:MOST_SOURCES]
    )
    kept = {(row.episode.source_id, row.memory_id, row.role): row for row in rows}
    found: defaultdict[UUID, list[Source]] = defaultdict(list)
    for (message, _, _), row in kept.items():
        found[message].append(row)
    return found


def _jobs_of(page: Iterable[Message]) -> dict[UUID, IngestJob]:
    rows = IngestJob.objects.filter(message__in=[message.pk for message in page])
    return {row.message_id: row for row in rows if row.message_id}
