"""An earlier state of a memory is put back."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from graphs.models import Episode, Memory, MemoryRevision, Source
from graphs.models.memory import SUPPORTING
from graphs.render import in_words
from ingest import facts, relinking
from ingest.edits import change_once, digest_with, reword
from ingest.entity_history import changed_by
from ingest.erase import rows
from ingest.facts import Change
from ingest.mending.locked import locked_belief, mended
from ingest.mending.merged import merged_into
from ingest.statements import statement_of, support
from memos.api.problems import not_found
from memos.projects.audit import Caller

REVERTED = "put back as it was"
PUT_BACK = ("content", "kind", "language", "valid_from", "valid_to", "valid_precision", "invalidated_by_id")
_SHOWN = {"content": "content", "valid_from": "validFrom", "valid_to": "validTo", "kind": "kind"}


@transaction.atomic
def revert_memory(*, caller: Caller, memory: Memory, revision: MemoryRevision) -> bool:
    """Let a memory say, and hold for, what it did in an earlier state. It rests on what said so then. True where
    something changed.

    Raises a 404 where it or the state is gone, a 409 where it is believed no more, and a 400 that names the memory that
    says the same.
    """
    found = locked_belief(memory)
    state = MemoryRevision.objects.filter(pk=revision.pk, memory=found).first()
    if state is None:
        raise not_found("revision", revision.ref)
    given = {name: getattr(state, name) for name in PUT_BACK if getattr(state, name) != getattr(found, name)}
    if not given:
        return False
    before = found.content
    field = next((_SHOWN[name] for name in _SHOWN if name in given), "memory")
    values = {**given, "digest": digest_with(found, given)}
    change_once(found, Change(changed_by(caller), REVERTED), field, **values)
    _rest_on_what_said_so(found, state)
    if "content" in given:
        _reword(found, before)
    mended(caller, "memory.reverted", found, fields=sorted(given))
    return True


def _rest_on_what_said_so(memory: Memory, state: MemoryRevision) -> None:
    """What supported that state, and whatever else was heard in those words since."""
    moment = state.recorded_to - timedelta(microseconds=1)
    then = set(Source.objects.supporting(moment).filter(memory=memory).values_list("episode", flat=True))
    known = Source.objects.filter(memory=memory, role__in=(*SUPPORTING, Source.Role.FORMER)).select_related("episode")
    for row in known.order_by("recorded_at"):
        if row.role == Source.Role.FORMER and _says(memory, row, then):
            _support_again(memory, row)
        elif row.role == Source.Role.SUPPORTS and not _says(memory, row, then):
            _support_no_more(memory, row)
    resting = Source.objects.supporting().filter(memory=memory)
    if not resting.exists():
        episode = statement_of(memory, in_words(memory.content, memory.about), timezone.now())
        support(memory, episode, facts.stated_by(memory))
    memory.said_at = max(resting.values_list("episode__said_at", flat=True))
    memory.save(update_fields=["said_at"])


def _says(memory: Memory, row: Source, then: Collection[UUID]) -> bool:
    return row.episode_id in then or (not _is_statement(row) and _is_in_its_words(memory, row))


def _is_statement(row: Source) -> bool:
    return row.episode.source_kind == Episode.SourceKind.STATEMENT


def _is_in_its_words(memory: Memory, row: Source) -> bool:
    heard = row.stated.get("content", "")
    return facts.digest(heard, None, None) == facts.digest(memory.content, None, None)


def _support_again(memory: Memory, row: Source) -> None:
    """Beside the row that says until when it supported the memory before. What came by a merge, as its words tell, does
    so by that again, and only as long as it lasts."""
    supporting = Source.objects.supporting().filter(episode=row.episode_id)
    if supporting.filter(memory=memory).exists():
        return
    if _is_statement(row) or _is_in_its_words(memory, row):
        support(memory, row.episode, row.stated)
    elif supporting.filter(memory__in=merged_into(memory)).exists():
        support(memory, row.episode, row.stated, role=Source.Role.MERGED)


def _support_no_more(memory: Memory, row: Source) -> None:
    former = Source.objects.filter(memory=memory, episode=row.episode_id, role=Source.Role.FORMER)
    if former.update(retired_at=memory.recorded_at):
        rows.delete(Source.objects.filter(pk=row.pk))
    else:
        row.role, row.retired_at = Source.Role.FORMER, memory.recorded_at
        row.save(update_fields=["role", "retired_at"])


def _reword(memory: Memory, before: str) -> None:
    reword(memory)
    relinking.put_in_place(memory, before)
    relinking.speak_of_less(memory)
    relinking.speak_again(memory)
    resting: Any = Source.objects.supporting().filter(memory=memory).values_list("episode", flat=True)
    Episode.objects.filter(pk__in=list(resting[:1])).update(indexed_at=None)
