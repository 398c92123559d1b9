"""Reads one clause: who it speaks of, what it says of them, and whether that is worth keeping."""

import re
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from graphs.dates import Bound, Lean, Resolved, resolve_dates
from graphs.kinds import EntityType, MemoryKind
from ingest.extractors.base import SPEAKER, Link
from ingest.extractors.local import nouns
from ingest.extractors.local.clause import Clause, Tense
from ingest.extractors.local.readings import (
    being,
    changes,
    doings,
    health,
    home,
    lasting,
    mine,
    outcomes,
    people,
    plans,
    problems,
    projects,
    skills,
    tastes,
    things,
    work,
)
from ingest.extractors.local.readings.base import LOOSE, Reader, Reading, is_ahead, is_habitual, links
from ingest.extractors.local.scene import Said, Scene
from ingest.extractors.local.subjects import subject_of

if TYPE_CHECKING:
    from spacy.tokens import Token

BY_VERB: tuple[dict[str, Reader], ...] = (
    work.VERBS, home.VERBS, people.VERBS, tastes.VERBS, health.VERBS, skills.VERBS, things.VERBS, plans.VERBS,
    being.VERBS, changes.VERBS, projects.VERBS, outcomes.VERBS, doings.VERBS, lasting.VERBS,
)  # fmt: skip
"""In the order in which they are asked: the first that makes something of a clause has it."""

OWN_AFFAIRS = (MemoryKind.EVENT, MemoryKind.PLAN)
WOULD_LIKE = re.compile(r"(?:\bwould|'d) (?:really |also |just )*(?:like|love|prefer|hate) to\b", re.IGNORECASE)
CANNOT_STAND = re.compile(r"\b(?:can't|cannot|couldn't) (?:stand|bear|tolerate|abide)\b", re.IGNORECASE)
AHEAD = (Tense.FUTURE, Tense.PROGRESSIVE, Tense.PRESENT)


def said_in(
    clause: Clause, scene: Scene, said_at: datetime, *, corrects: bool, inherited: tuple[Resolved, ...] = ()
) -> Said | None:
    """The clause with who it speaks of; None when that is nobody we could name."""
    subject = clause.subject
    if subject is None or (subject.head is clause.head and subject.i > clause.main.i):
        return None
    thing, owned = subject_of(subject, scene)
    text = _as_said(clause)
    dates = _dates(clause, said_at) or inherited
    return Said(clause, thing, owned, tuple(dates), text, said_at, corrects, scene)


def read(said: Said) -> Reading | None:
    """What the clause says, or None when it is not worth keeping or not understood."""
    found = _read(said)
    if found is None:
        return None
    kin = (*_kinship(said), *people.kin_beside(said))
    if said.clause.tense in (Tense.FUTURE, Tense.PROGRESSIVE) and is_ahead(said) and not found.state:
        found = replace(found, kind=MemoryKind.PLAN, ends=())
    links_found = (*kin, *(link for link in found.links if link not in kin))
    kind = found.kind if _is_about_speaker(said) or found.kind in OWN_AFFAIRS else _kind_for_others(said, found)
    return replace(found, kind=kind, links=links_found, ends=found.ends if _ends_for_speaker(said) else ())


def _ends_for_speaker(said: Said) -> bool:
    """An ending closes facts of the speaker; Anna's new job must not close theirs. The death of a pet is theirs."""
    if said.subject is None:
        return not nouns.kin_of(_owner_noun(said))
    return said.subject == nouns.ME or said.subject.type is EntityType.ANIMAL


def _read(said: Said) -> Reading | None:
    if said.clause.tense is Tense.PRESENT and any(t.tag_ == "MD" for t in said.clause.auxiliaries):
        return _with_modal(said)
    plain = problems.problem(said) or outcomes.outcome(said) or being.handed(said)
    if plain:
        return plain
    if said.clause.head.pos_ == "NOUN" and said.clause.head.tag_ != "NNS":
        return health.has_condition(said)
    if said.mine and said.subject is None and not nouns.kin_of(_owner_noun(said)):
        return mine.about_mine(said)
    if said.subject is None and not said.mine:
        return mine.about_others(said)
    for verbs in BY_VERB:
        reader = (
            verbs.get(said.clause.verb) or verbs.get(said.clause.lemma) if _whole(said) else verbs.get(said.clause.verb)
        )
        found = reader(said) if reader else None
        if found:
            return found
    return _unlisted(said)


def _whole(said: Said) -> bool:
    """A particle makes another verb: "give up" is not "give"."""
    return said.clause.particle in ("", "back", "around", "over", "together")


def _with_modal(said: Said) -> Reading | None:
    if CANNOT_STAND.search(said.text):
        return tastes.disliking_strongly(said)
    if WOULD_LIKE.search(said.text):
        found = plans.wanting(said)
        return replace(found, confidence=LOOSE) if found else None
    if said.clause.negated and said.clause.lemma in ("eat", "drink", "have"):
        return health.eating(said)
    return tastes.rather(said) or problems.cannot(said) or skills.able(said)


def _unlisted(said: Said) -> Reading | None:
    """No reading of its own took the clause: an event, a plan or a habit, if it says enough."""
    clause = said.clause
    own = any(clause.verb in verbs for verbs in BY_VERB)
    if own and clause.lemma in STATIVE and not (clause.lemma == "have" and is_habitual(said)):
        return _about_kin(said)
    if own and clause.tense in AHEAD and not said.dates and not is_habitual(said):
        return _about_kin(said)
    return doings.happening(said) or _about_kin(said)


NOT_OF_KIN = frozenset(
    """
    say think know want need feel seem look hope mean tell ask try agree keep let make give get find believe
    """.split()
)
STATIVE = frozenset(
    """
    be have think feel know want hope need like love enjoy hate prefer adore appreciate look try seem
    """.split()
)


def _about_kin(said: Said) -> Reading | None:
    """ "My mum has…", "my boss is called…": of people close to the speaker the plain sentence is kept."""
    clause = said.clause
    if not said.mine or clause.tense is not Tense.PRESENT or clause.lemma in NOT_OF_KIN or clause.negated:
        return None
    named = said.subject is not None and clause.complement is not None and clause.complement.pos_ == "ADJ"
    told = any(nouns.is_informative(t) and t.pos_ in ("NOUN", "PROPN") for t in clause.tokens if t.i > clause.main.i)
    if not (told or named):
        return None
    return Reading(MemoryKind.RELATIONSHIP, confidence=LOOSE, state=True)


def _kinship(said: Said) -> tuple[Link, ...]:
    noun = _owner_noun(said)
    if noun is None or said.subject is None:
        return ()
    if said.subject.type is EntityType.ANIMAL:
        dead = said.clause.lemma in ("die", "pass")
        return () if dead else links(nouns.ME, "has_pet", [said.subject])
    predicate = nouns.kin_of(noun)
    return people.kinship(noun, said.subject, predicate) if predicate and said.subject.name != SPEAKER else ()


def _owner_noun(said: Said) -> "Token":
    subject = said.clause.subject
    assert subject is not None
    if nouns.is_mine(subject):
        return subject
    return next((t for t in subject.children if t.dep_ == "appos" and nouns.is_mine(t)), subject)


def _is_about_speaker(said: Said) -> bool:
    return said.subject == nouns.ME or (said.subject is None and not nouns.kin_of(_owner_noun(said)))


def _kind_for_others(said: Said, found: Reading) -> MemoryKind:
    if found.change and said.clause.tense in (Tense.PAST, Tense.PERFECT):
        return MemoryKind.EVENT
    if found.kind is MemoryKind.RELATIONSHIP:
        return found.kind
    close = said.mine is not None or (said.subject is not None and said.subject.type is EntityType.ANIMAL)
    return MemoryKind.RELATIONSHIP if close else MemoryKind.FACT


def _as_said(clause: Clause) -> str:
    parts = [t.text_with_ws for t in (*clause.shared, *clause.tokens)]
    return "".join(parts).strip()


@lru_cache(maxsize=64)
def _resolved(text: str, said_at: datetime, lean: Lean) -> tuple[Resolved, ...]:
    """The clauses of one sentence ask for the same dates one after the other."""
    return tuple(resolve_dates(text, said_at, lean))


ARRANGING = frozenset("book schedule plan arrange reserve register postpone reschedule".split())
"""What was booked lies ahead."""


def _dates(clause: Clause, said_at: datetime) -> list[Resolved]:
    doc = clause.head.doc
    own = {t.idx for t in clause.tokens}
    behind = clause.tense in (Tense.PAST, Tense.PERFECT, Tense.USED_TO) and not clause.has_got
    behind = behind and clause.lemma not in ARRANGING
    lean = Lean.PAST if behind else Lean.FUTURE
    return [
        date
        for date in _resolved(doc.text, said_at, lean)
        if any(date.start_char <= place < date.end_char for place in own) and not _tells_which(date, clause)
    ]


OF_A_NOUN = ("from", "of", "for", "before")


def _tells_which(date: Resolved, clause: Clause) -> bool:
    """ "My invoice *from May*" says which invoice it is, not when anything was so."""
    tie = next((t for t in clause.tokens if t.idx == date.start_char), None)
    if tie is None or tie.lower_ not in OF_A_NOUN or date.span.bound is Bound.BETWEEN:
        tie = None if tie is None or tie.i == 0 or tie.nbor(-1).lower_ not in OF_A_NOUN else tie.nbor(-1)
    if tie is None or date.span.bound in (Bound.BETWEEN, Bound.FOR):
        return False
    return tie.head.pos_ in ("NOUN", "PROPN") and tie.head.i == tie.i - 1
