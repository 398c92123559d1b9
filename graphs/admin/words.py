"""The words that a memory rests on, and the way to where they were said."""

from dataclasses import dataclass

from django.urls import reverse

from graphs.models import Episode
from memos import ids
from memos.projects.console.shown import moment, page_at, page_of, short

LONGEST = 240


@dataclass(frozen=True, slots=True)
class Quote:
    """``path`` leads to the message in its thread, to the document, or to what was stated."""

    speaker: str
    said: str
    text: str
    path: str


def quote(episode: Episode) -> Quote:
    return Quote(speaker_of(episode), moment(episode.said_at), short(episode.content, LONGEST), place_of(episode))


def speaker_of(episode: Episode) -> str:
    """By name; where none is known, by role; of what nobody said, by its kind."""
    return episode.speaker or episode.role or episode.source_kind


def place_of(episode: Episode) -> str:
    if episode.source_kind == Episode.SourceKind.MESSAGE:
        return in_thread(ids.encode("thr", episode.stream), ids.encode("msg", episode.source_id))
    if episode.source_kind == Episode.SourceKind.DOCUMENT:
        return page_at("graphs.document", ids.encode("doc", episode.source_id))
    return page_of(episode)


def in_thread(thread: str, message: str) -> str:
    """A message in its place, among those before and after it."""
    return f"{reverse('admin:threads_thread_replay', args=[thread])}?message={message}#{message}"
