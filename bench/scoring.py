"""Compares what was remembered with what a case expects. The figures are told in ``bench/cases/README.md``."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from bench.found import Found, Outcome, Thing, key_of
from bench.shapes import Conversation, Expected, Named, Never

ANY = "any"


@dataclass
class Tally:
    """How often each figure was asked for, and how often it was right."""

    asked: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)

    def count(self, figure: str, *, right: bool | int, asked: int = 1) -> None:
        if asked:
            self.asked[figure] += asked
            self.right[figure] += right

    def add(self, other: "Tally") -> None:
        self.asked.update(other.asked)
        self.right.update(other.right)


@dataclass
class Score:
    """What one case adds to the figures, and what was wrong with it in words."""

    tally: Tally = field(default_factory=Tally)
    wrong: list[str] = field(default_factory=list)

    def check(self, figure: str, right: bool, what: object) -> None:
        self.tally.count(figure, right=right)
        if not right:
            self.wrong.append(f"{figure}: {what}")


def score(case: Conversation, outcome: Outcome) -> Score:
    made = Score()
    end = max(message.said_at for message in case.messages)
    if not case.is_open:
        _score_facts(made, case, outcome.facts, end)
    for found in outcome.facts:
        made.check("language right", found.language == case.language, found)
    for never in case.never:
        bad = [found for found in outcome.facts if found.is_live(end) and holds(found, never)]
        made.check("kept out", not bad, f"{never.words}: {', '.join(map(str, bad))}")
    if outcome.things is not None:
        _score_things(made, case, outcome.things)
    if outcome.summary is not None:
        _score_summary(made, case, outcome.summary)
    return made


def _score_facts(made: Score, case: Conversation, found: Sequence[Found], end: datetime) -> None:
    met = _matched(case.facts, found, end)
    for place, expected in enumerate(case.facts):
        made.check("recall", place in met, expected.words)
        if place in met:
            _compare(made, expected, met[place], end)
    left = [one for one in found if not any(one is other for other in met.values())]
    surplus = [one for one in left if not _is_tolerated(case, one, end)]
    made.tally.count("precision", right=len(met), asked=len(met) + len(surplus))
    made.wrong += [f"surplus {one}" for one in surplus]
    ended = [one for place, one in met.items() if case.facts[place].ended]
    _score_closings(made, case, [one for one in found if not any(one is other for other in ended)])


def _matched(facts: Sequence[Expected], found: Sequence[Found], end: datetime) -> dict[int, Found]:
    """What meets the fact at each place: first what is right in all, then of the rest what is right in most."""
    met: dict[int, Found] = {}
    left = list(found)
    for least in (len(_Rightness._fields), 0):
        for place, expected in enumerate(facts):
            one = None if place in met else _best(expected, left, end)
            if one is not None and sum(_rightness(expected, one, end)) >= least:
                met[place] = one
                left = [other for other in left if other is not one]
    return met


def _score_closings(made: Score, case: Conversation, live: Iterable[Found]) -> None:
    """None of what should be live may have been ended by a later fact."""
    for one in live:
        if not one.closed or not _may_be_ended(case, one):
            made.check("left live", not one.closed, one)


def _may_be_ended(case: Conversation, found: Found) -> bool:
    return any(meets(found.content, words) for words in case.may) or any(holds(found, never) for never in case.never)


def _is_tolerated(case: Conversation, found: Found, end: datetime) -> bool:
    """What a correction has ended was said, and is not remembered as true."""
    corrected = not found.is_live(end) and any(holds(found, never) for never in case.never)
    return corrected or any(meets(found.content, words) for words in case.may)


def _best(expected: Expected, left: Sequence[Found], end: datetime) -> Found | None:
    """Of several that have the words, the one that is right in most."""
    fitting = [found for found in left if meets(found.content, expected.words)]
    return max(fitting, key=lambda found: _rightness(expected, found, end), default=None)


class _Rightness(NamedTuple):
    state: bool
    dates: bool
    kind: bool


def _rightness(expected: Expected, found: Found, end: datetime) -> _Rightness:
    right_state = found.is_live(end) != bool(expected.ended)
    return _Rightness(right_state, has_right_dates(found, expected), found.kind in expected.kinds)


def _compare(made: Score, expected: Expected, found: Found, end: datetime) -> None:
    made.check("kinds right", found.kind in expected.kinds, found)
    if asks_for_dates(found, expected):
        made.check("dates right", has_right_dates(found, expected), found)
    if expected.links:
        links = {(s.lower(), predicate, o.lower()) for s, predicate, o in expected.links}
        made.check("links right", links <= found.links, found)
    if expected.ends is not None:
        ends = {(predicate, thing.lower() if thing else None) for predicate, thing in expected.ends}
        made.check("endings right", ends <= found.ends if ends else not found.ends, found)
    if expected.ended:
        made.check("closings right", has_right_end(found, expected.ended, end), f"{expected.ended}: {found}")


def meets(content: str, words: Sequence[str]) -> bool:
    return all(_stands(word, content) for word in words)


def _stands(word: str, content: str) -> bool:
    sought = word.removeprefix("!")
    found = re.search(rf"(?<!\w){re.escape(sought)}", content, re.IGNORECASE)
    return (found is None) == word.startswith("!")


def holds(found: Found, never: Never) -> bool:
    return meets(found.content, never.words) and never.valid_from in (None, found.start)


def asks_for_dates(found: Found, expected: Expected) -> bool:
    if expected.valid_from == ANY:
        return False
    return bool(expected.valid_from or expected.until or found.start or found.until)


def has_right_dates(found: Found, expected: Expected) -> bool:
    if expected.valid_from == ANY:
        return True
    return found.start == expected.valid_from and found.until == expected.until


def has_right_end(found: Found, ended: str, end: datetime) -> bool:
    if found.ended_at is None or found.is_live(end):
        return False
    return ended == ANY or f"{found.ended_at:%Y-%m-%dT%H:%M}".startswith(ended)


def _score_things(made: Score, case: Conversation, things: Sequence[Thing]) -> None:
    for named in case.entities:
        known = _known_as(named, things)
        if known:
            right = len(known) == 1 and named.type in (None, known[0].type)
            made.check("entities right", right, f"{named.names}: {known}")
    for one, other in case.apart:
        ones, others = ([thing for thing in things if key_of(name) in thing.names] for name in (one, other))
        if ones and others:
            right = len(ones) > 1 if one == other else not any(thing in others for thing in ones)
            made.check("apart right", right, f"{one} and {other}: {ones}")


def _known_as(named: Named, things: Sequence[Thing]) -> list[Thing]:
    return [thing for thing in things if thing.names & set(map(key_of, named.names))]


def _score_summary(made: Score, case: Conversation, summary: str) -> None:
    for word in case.summary_has:
        made.check("summaries right", meets(summary, [word]), f"no {word!r} in {summary!r}")
    for word in case.summary_lacks:
        made.check("summaries right", not meets(summary, [word]), f"{word!r} in {summary!r}")
