"""What does not work: the open problems that somebody who gives support wants to see first."""

import re
from typing import TYPE_CHECKING

from graphs.dates import Bound
from graphs.kinds import MemoryKind
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.nouns import is_informative, is_pet, kin_of
from ingest.extractors.local.readings.base import LOOSE, Reading
from ingest.extractors.local.scene import Said

if TYPE_CHECKING:
    from spacy.tokens import Token

FAILING = frozenset("crash fail freeze hang disappear malfunction glitch leak overheat stall lag break time".split())
FAILING_PARTICLES = {"time": ("out",), "break": ("", "down"), "freeze": ("", "up")}
EXPECTED = frozenset(
    """
    arrive work load start open respond connect sync appear show print update install boot charge turn ship play
    send render save scan pair
    """.split()
)
"""What things are there to do: a problem when negated."""
BROKEN = frozenset(
    """
    broken down slow missing stuck offline defective faulty damaged unavailable unresponsive cracked
    """.split()
)
CANNOT = frozenset(
    """
    log sign connect access open upload download install reach pay print reset update export import save load
    send receive reproduce deploy build start turn cancel activate delete verify
    """.split()
)
TROUBLE = re.compile(
    r"\b(?:trouble|problems?|issues?|difficult(?:y|ies)|errors?)\b.* (?:with|when|while|in|on)\b", re.IGNORECASE
)
BILLED = frozenset("charge bill overcharge invoice debit".split())


def failing(said: Said) -> Reading | None:
    """ "The app crashes", "my order hasn't arrived", "the import keeps failing"."""
    if not _is_a_thing(said.clause.subject) or not (_fails(said) or _is_broken(said)):
        return None
    if said.clause.tense is Tense.FUTURE and not _refuses(said):
        return None
    past = said.clause.tense is Tense.PAST and not said.clause.negated
    return Reading(
        MemoryKind.EVENT if past else MemoryKind.FACT, confidence=LOOSE, state=not past and not _is_past(said)
    )


def _refuses(said: Said) -> bool:
    """ "My laptop won't boot" is said of now."""
    ahead = any(date.span.bound is not Bound.SINCE for date in said.dates)
    return said.clause.negated and any(t.lower_ == "wo" for t in said.clause.auxiliaries) and not ahead


def _is_past(said: Said) -> bool:
    return said.clause.tense is Tense.PAST


def _is_a_thing(subject: "Token | None") -> bool:
    if subject is None or subject.pos_ not in ("NOUN", "PROPN") or not is_informative(subject):
        return False
    if kin_of(subject) or is_pet(subject):
        return False
    return (
        any(t.dep_ in ("det", "poss", "compound", "nummod", "appos", "nmod") for t in subject.children)
        or subject.pos_ == "PROPN"
    )


def _fails(said: Said) -> bool:
    clause = said.clause
    if clause.lemma == "keep":
        into = clause.infinitive()
        return into is not None and into.lemma_ in FAILING
    if clause.lemma in FAILING:
        return not clause.negated and clause.particle in FAILING_PARTICLES.get(clause.lemma, ("",))
    return clause.negated and clause.lemma in EXPECTED


def _is_broken(said: Said) -> bool:
    complement = said.clause.complement
    words = said.clause.words & BROKEN
    return (
        said.clause.lemma in ("be", "break", "damage")
        and bool(words)
        and (complement is None or complement.lower_ in BROKEN)
        and not said.clause.negated
    )


def cannot(said: Said) -> Reading | None:
    """ "I can't log in", "we cannot connect to the VPN", and the end of it: "I can log in again"."""
    clause = said.clause
    modal = any(t.lower_ in ("can", "ca") for t in clause.auxiliaries)
    again = bool(clause.words & {"again", "finally"})
    if not (modal and (clause.negated or again) and clause.lemma in CANNOT):
        return None
    informative = any(t.pos_ in ("NOUN", "PROPN") and is_informative(t) for t in clause.tokens if t.i > clause.main.i)
    return Reading(MemoryKind.FACT, confidence=LOOSE, state=True) if informative or clause.particle == "in" else None


def having_trouble(said: Said) -> Reading | None:
    """Only with what it is about, and not "a question"."""
    match = TROUBLE.search(said.text)
    noun = said.clause.after("with", "in", "on")
    if (
        match is None
        or said.clause.lemma not in ("have", "get", "experience", "face", "encounter", "run", "see")
        or said.clause.negated
        or said.clause.tense is Tense.FUTURE
    ):
        return None
    if (noun is None or not is_informative(noun)) and "when" not in said.clause.words:
        return None
    return Reading(MemoryKind.FACT, confidence=LOOSE, state=said.clause.tense is not Tense.PAST)


THWARTED = frozenset(
    "cancel delay reject decline suspend block lock steal hack deny revoke downgrade damage disable ban".split()
)


def thwarted(said: Said) -> Reading | None:
    """ "My flight was cancelled", "our account has been suspended"."""
    clause, subject = said.clause, said.clause.subject
    passive = any(t.dep_ == "auxpass" for t in clause.auxiliaries) or "got" in clause.words
    if clause.lemma not in THWARTED or not passive or clause.negated or not said.mine or not _is_a_thing(subject):
        return None
    return Reading(MemoryKind.EVENT, confidence=LOOSE) if clause.tense in (Tense.PAST, Tense.PERFECT) else None


def billed(said: Said) -> Reading | None:
    passive = any(t.dep_ == "auxpass" for t in said.clause.auxiliaries) or "got" in said.clause.words
    if said.clause.lemma not in BILLED or not passive or said.clause.negated:
        return None
    return Reading(MemoryKind.EVENT, confidence=LOOSE)


def problem(said: Said) -> Reading | None:
    return failing(said) or billed(said) or thwarted(said) or having_trouble(said)
