"""An explanation as the page shows it."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from graphs.admin.words import place_of, speaker_of
from graphs.models import Entity, Episode
from graphs.render import name_of
from graphs.search import Hit, Why
from graphs.serializers import text_of
from memos.projects.console.shown import link, moment, page_of, short
from users.context.explained import Explanation, Missed, Told, by_row
from users.models import User
from users.playground import wording

QUOTED = 280
"""Characters of a source that are shown; its thread has all of them."""
MOST_SOURCES = 3


@dataclass(frozen=True, slots=True)
class Quote:
    """What was said; no ``text`` where the line has it. ``lends`` where a line has its rank from these very words."""

    text: str
    said: str
    speaker: str
    path: str
    lends: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A lever. ``width`` is what it adds or takes, in hundredths of the most that any does here."""

    label: str
    measured: str
    weight: str
    part: str
    width: float
    takes: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something has its rank; ``page`` is that of the memory, the entity or the episode."""

    kind: str
    page: str
    ref: str
    rank: int | None
    score: str
    because: str
    sum: str
    bars: list[Bar]
    quotes: list[Quote]
    more: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the block; ``number`` is that of its line, from 1, or None."""

    text: str
    number: int | None


def rows(told: Explanation) -> list[Row]:
    number = 0
    found = []
    for text, line in by_row(told.block):
        number += line is not None
        found.append(Row(text, number if line else None))
    return found


def lines(told: Explanation) -> list[dict[str, Any]]:
    most = _most([line.why for line in told.lines])
    return [
        {"number": number, "text": one.line.text, "cost": one.cost, "part": wording.PARTS[one.part],
         "reason": _reason(one.line.hit, one, most)}
        for number, one in enumerate(told.lines, 1)
    ]  # fmt: skip


def missed(told: Explanation) -> list[dict[str, Any]]:
    most = _most([one.why for one in told.missed])
    numbers = {one.line.hit.record.pk: number for number, one in enumerate(told.lines, 1)}
    return [
        {"text": short(text_of(one.hit), QUOTED), "why_not": wording.reason(one), "reason": _reason(one.hit, one, most),
         "told_by": numbers.get(one.told_by.hit.record.pk) if one.told_by else None}
        for one in told.missed
    ]  # fmt: skip


def parts(told: Explanation) -> list[dict[str, Any]]:
    return [
        {"label": wording.PARTS[part.name], "share": part.share, "used": part.used, "lines": part.lines}
        for part in told.parts
    ]


def understood(told: Explanation) -> list[tuple[str, str | SafeString]]:
    if told.reading is None:
        return []
    entities = Entity.objects.filter(pk__in=told.reading.entities[:20]).order_by("pk")
    named = format_html_join(", ", "{}", ((link(entity, name_of(entity)),) for entity in entities))
    return [*wording.understood(told.reading), ("People and things", named or "none")]


def curl(user: User, address: str, sent: dict[str, str]) -> str:
    """The same call of the API, for a shell that knows the key."""
    given = [f"--data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in sent.items()]
    head = f'curl -sS -G {shlex.quote(address)} -H "Authorization: Bearer $MEMOS_KEY" -H "Accept: text/plain"'
    return " \\\n  ".join([head, *given])


def _reason(hit: Hit, one: Told | Missed, most: float) -> Reason:
    why = one.why
    return Reason(
        kind=wording.kind(hit),
        page=page_of(hit.record),
        ref=hit.record.ref,
        rank=one.rank,
        score=f"{hit.score:.3f}",
        because=wording.because(hit, why),
        sum=wording.score(why),
        bars=_bars(why, most),
        quotes=[_quote(episode, why, itself=episode is hit.record) for episode in _first(hit, why)],
        more=max(0, len(hit.sources) - MOST_SOURCES),
    )


def _first(hit: Hit, why: Why) -> Sequence[Episode]:
    """The words that lend the rank before the others."""
    return sorted(hit.sources, key=lambda episode: episode.pk != why.behind)[:MOST_SOURCES]


def _quote(episode: Episode, why: Why, *, itself: bool) -> Quote:
    """``itself``: the line is those very words, and need not say them twice."""
    return Quote(
        text="" if itself else short(episode.content, QUOTED),
        said=moment(episode.said_at),
        speaker=episode.speaker or speaker_of(episode).capitalize(),
        path=place_of(episode),
        lends=episode.pk == why.behind,
    )


def _bars(why: Why, most: float) -> list[Bar]:
    return [
        Bar(
            label=wording.LEVERS[lever.name],
            measured=f"{lever.measured:+.2f}",
            weight=f"{lever.weight:+.2f}",
            part=f"{lever.part:+.2f}",
            width=round(100 * abs(lever.part) / most, 1),
            takes=lever.part < 0,
        )
        for lever in sorted(why.levers, key=lambda lever: -abs(lever.part))
        if abs(lever.part) >= 0.005
    ]


def _most(whys: Sequence[Why]) -> float:
    return max((abs(lever.part) for why in whys for lever in why.levers), default=0.0) or 1.0
