"""What somebody is: "I'm a nurse", "I'm 34", "I'm from Cork", "Anna is vegan"."""

import re
from typing import TYPE_CHECKING

from graphs.kinds import MemoryKind
from ingest.extractors.base import Ending
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.kin import FAMILY
from ingest.extractors.local.nouns import is_informative, name_of, topics
from ingest.extractors.local.readings import people, skills, states, work
from ingest.extractors.local.readings.base import (
    LOOSE,
    PLAIN,
    Reader,
    Reading,
    is_ahead,
    links,
    organization,
    person,
    topic,
)
from ingest.extractors.local.scene import Said
from ingest.extractors.local.words import DIETS, JOB_ENDINGS, JOBS, NOT_A_JOB, TRAITS

if TYPE_CHECKING:
    from spacy.tokens import Token


def being(said: Said) -> Reading | None:
    for read in (
        states.kin,
        people.together,
        states.been_to,
        states.going_to_be,
        states.away,
        states.placed,
        states.aged,
        states.healthy,
        states.civil,
        states.based,
        _inclined,
        _traits,
        _occupied,
        _named,
        skills.good_at,
        skills.fluent,
    ):
        found = read(said)
        if found:
            return found
    return None


FONDNESS = {
    "fan": ("of",),
    "lover": ("of",),
    "fond": ("of",),
    "keen": ("on",),
    "interested": ("in",),
    "passionate": ("about",),
    "crazy": ("about",),
    "obsessed": ("with",),
    "fascinated": ("by", "with"),
}
"""Words of fondness, and the preposition that leads to what is liked."""


def _inclined(said: Said) -> Reading | None:
    """ "I'm into woodworking", "a big fan of", "keen on", "scared of"."""
    complement = said.clause.complement
    noun = said.clause.after("into") if "into" in said.clause.words and complement is None else None
    if complement is not None and complement.lower_ in FONDNESS:
        noun = said.clause.after(*FONDNESS[complement.lower_])
    if noun is None:
        return _afraid(said)
    if (
        not is_informative(noun)
        or said.clause.tense is Tense.FUTURE
        or any(t.lower_ in ("this", "that", "these", "those") for t in noun.children)
    ):
        return None
    predicate = "dislikes" if said.clause.negated else "likes"
    past = said.clause.tense is Tense.PAST
    return Reading(
        MemoryKind.PREFERENCE,
        links(said.subject, predicate, topics(noun)),
        confidence=LOOSE if past else PLAIN,
        state=not past,
    )


def _afraid(said: Said) -> Reading | None:
    complement = said.clause.complement
    noun = said.clause.after("of")
    if (
        complement is None
        or complement.lower_ not in ("afraid", "scared", "terrified")
        or noun is None
        or not is_informative(noun)
    ):
        return None
    return (
        Reading(MemoryKind.PREFERENCE, confidence=LOOSE, state=True)
        if said.clause.tense is Tense.PRESENT and noun.pos_ == "NOUN"
        else None
    )


HANDED = re.compile(r"\b(?:am|'m|is|are|'re) (?:left|right|both)-handed\W*$", re.IGNORECASE)


def handed(said: Said) -> Reading | None:
    """ "I'm left-handed", of which the parser makes a departure."""
    found = HANDED.search(said.text) and not said.clause.negated
    return Reading(MemoryKind.IDENTITY, state=True) if found else None


def _traits(said: Said) -> Reading | None:
    complement = said.clause.complement
    if complement is None or said.clause.tense not in (Tense.PRESENT, Tense.PERFECT):
        return None
    if complement.lower_ in TRAITS or _is_nationality(complement):
        return Reading(MemoryKind.IDENTITY, state=True)
    return None


def _is_nationality(token: "Token") -> bool:
    """A capital letter inside a sentence and an ending that peoples have: "Brazilian", "Irish"."""
    if not token.text[:1].isupper():
        return False
    return token.ent_type_ == "NORP" or (
        token.pos_ == "ADJ" and token.lower_.endswith(("an", "ish", "ese", "ic", "i", "ch", "ean"))
    )


AMATEUR = frozenset(
    "avid keen passionate amateur expert hobby enthusiastic terrible decent good big great huge".split()
)


def _occupied(said: Said) -> Reading | None:
    complement = said.clause.complement
    if (
        complement is None
        or complement.pos_ not in ("NOUN", "PROPN")
        or said.clause.tense not in (Tense.PRESENT, Tense.PERFECT, Tense.PAST, Tense.USED_TO)
    ):
        return None
    lemma = complement.lemma_.lower()
    if lemma in FAMILY:
        return Reading(MemoryKind.RELATIONSHIP, state=True) if _is_said_of_children(said) else None
    if lemma == "member":
        return _member(said)
    if any(t.lower_ in AMATEUR for t in complement.children):
        return Reading(MemoryKind.SKILL, state=True)
    if not is_profession(complement):
        return None
    if said.clause.negated:
        return work.no_longer(said, complement) if said.clause.ceased else None
    return work.professional(said, complement)


def _is_said_of_children(said: Said) -> bool:
    return said.clause.after("of", "to") is not None or any(t.lower_ in ("single", "new") for t in said.clause.tokens)


def _member(said: Said) -> Reading | None:
    noun = said.clause.after("of", "at", "in")
    if noun is None or not is_informative(noun):
        return None
    return Reading(MemoryKind.FACT, links(said.subject, "member_of", [organization(name_of(noun))]), state=True)


HEADS = frozenset("head vp chair president director owner dean captain secretary treasurer leader".split())
"""Professions only with what they are at the head of."""


def is_profession(noun: "Token") -> bool:
    """A known one, or a word for one who does something: "-er", "-ist"…"""
    lemma = noun.lemma_.lower()
    if lemma in JOBS or (lemma in HEADS and any(t.lower_ in ("of", "for") for t in noun.rights)):
        return True
    counted = any(t.lower_ in ("a", "an") for t in noun.children)
    return counted and lemma not in NOT_A_JOB and lemma.endswith(JOB_ENDINGS) and len(lemma) > 4


def _named(said: Said) -> Reading | None:
    """ "I'm Sam": a capitalised word that is nobody's nationality, right behind the verb."""
    complement = said.clause.complement
    if not said.first_person or complement is None or said.clause.negated or said.clause.tense is not Tense.PRESENT:
        return None
    if (
        complement.pos_ != "PROPN"
        or not complement.text[:1].isupper()
        or complement.text.isupper()
        or complement.ent_type_ in ("NORP", "GPE", "ORG", "DATE", "LOC")
    ):
        return None
    if any(t.dep_ in ("det", "amod", "poss", "prep") for t in complement.children):
        return None
    return Reading(
        MemoryKind.IDENTITY,
        links(said.subject, "named", [person(name_of(complement))]),
        (Ending("named"),) if said.corrects else (),
    )


TURNING = re.compile(r"\bturn(?:s|ing)? (?:\d{1,3}|[a-z]+)\b", re.IGNORECASE)


def becoming(said: Said) -> Reading | None:
    """ "I became a manager in May", "I turned 40", "I went vegan"."""
    clause = said.clause
    if clause.lemma == "turn" and clause.tense in (Tense.PRESENT, Tense.PROGRESSIVE, Tense.FUTURE):
        return Reading(MemoryKind.PLAN) if is_ahead(said) and TURNING.search(said.text) else None
    if clause.negated or clause.tense is not Tense.PAST:
        return None
    diet = next((t.lower_ for t in clause.tokens if t.lower_ in DIETS and t.i > clause.main.i), None)
    if diet:
        return Reading(MemoryKind.HEALTH, links(said.subject, "eats", [topic(diet)]), (Ending("eats"),), change=True)
    complement = clause.complement or next(iter(clause.objects), None)
    if clause.lemma == "turn":
        return Reading(MemoryKind.IDENTITY, change=True) if re.search(r"\bturned \d{1,3}\b", said.text) else None
    if complement is None or not is_profession(complement):
        return (
            Reading(MemoryKind.EVENT, confidence=LOOSE, change=True)
            if complement is not None and is_informative(complement) and clause.lemma == "become"
            else None
        )
    return Reading(
        MemoryKind.WORK, links(said.subject, "works_as", topics(complement)), (Ending("works_as"),), change=True
    )


VERBS: dict[str, Reader] = {
    "be": being,
    "base": states.based,
    "marry": states.civil,
    "engage": states.civil,
    "become": becoming,
    "turn": becoming,
}
