"""What people own, buy, get and have."""

from typing import TYPE_CHECKING

from graphs.kinds import EntityType, MemoryKind
from ingest.extractors.base import Ending
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.naming import called
from ingest.extractors.local.nouns import is_informative, is_mine, name_of, topics
from ingest.extractors.local.readings import health, people, work
from ingest.extractors.local.readings.base import LOOSE, Reader, Reading, links
from ingest.extractors.local.readings.tastes import points_back
from ingest.extractors.local.scene import Said
from ingest.extractors.local.words import EVENT_NOUNS

if TYPE_CHECKING:
    from spacy.tokens import Token

ABSTRACT_ENDINGS = ("tion", "ness", "ment", "ity", "ance", "ence", "ship", "ism", "ing", "ure", "dom", "sion", "acy")
"""Nouns that are rarely owned: "I have permission"."""


AILMENTS = frozenset("headache cold cough hangover stomachache toothache fever migraine cramp".split())


def is_thing(noun: "Token") -> bool:
    if not is_informative(noun) or points_back(noun) or noun.lemma_ in AILMENTS:
        return False
    if noun.pos_ == "PROPN":
        return noun.ent_type_ not in ("DATE", "TIME", "PERSON", "GPE", "ORDINAL")
    counted = noun.dep_ == "dobj" and any(t.lower_ in ("a", "an") for t in noun.children)
    return (noun.pos_ == "NOUN" or counted) and not noun.lower_.endswith(ABSTRACT_ENDINGS)


def owning(said: Said) -> Reading | None:
    things = [t for t in said.clause.objects if is_informative(t) and not points_back(t)]
    if not things or said.clause.tense is Tense.FUTURE:
        return None
    pet = people.having_pet(said)
    if pet:
        return pet
    found = links(said.subject, "owns", topics(things[0], EntityType.PRODUCT)) if not said.clause.negated else ()
    return Reading(MemoryKind.POSSESSION, found, state=True)


def buying(said: Said) -> Reading | None:
    clause = said.clause
    pet = people.having_pet(said)
    if pet:
        return pet
    things = [t for t in clause.objects if is_thing(t)]
    if clause.negated or not things:
        return None
    if clause.tense in (Tense.FUTURE, Tense.PROGRESSIVE):
        return Reading(MemoryKind.PLAN)
    if clause.tense is Tense.PRESENT:
        return None
    return Reading(
        MemoryKind.POSSESSION,
        links(said.subject, "owns", topics(things[0], EntityType.PRODUCT)),
        change=clause.tense is Tense.PAST or "just" in clause.words,
    )


def getting(said: Said) -> Reading | None:
    clause = said.clause
    state = people.getting_into_a_state(said)
    if state:
        return state
    if clause.has_got:
        return having(said)
    if any(t.lemma_ in work.JOB for t in clause.objects) and clause.tense in (Tense.PAST, Tense.PERFECT):
        at = work.employer(said, "at", "with")
        found = links(said.subject, "works_at", at) + links(said.subject, "works_as", work.profession(said))
        return Reading(
            MemoryKind.WORK,
            found,
            (Ending("works_at"),) if at and not clause.words & {"temp", "part-time", "second", "side"} else (),
            change=True,
        )
    if clause.tense not in (Tense.PAST, Tense.PERFECT) or clause.negated:
        return None
    pet = people.having_pet(said)
    if pet:
        return pet
    things = [
        t for t in clause.objects if is_thing(t) and any(d.lower_ in ("a", "an", "two", "my") for d in t.children)
    ]
    if not things or said.clause.words & {"message", "call", "email", "feeling"}:
        return None
    return Reading(MemoryKind.EVENT, confidence=LOOSE)


def having(said: Said) -> Reading | None:
    """ "Have" is kin, a pet, an illness, an appointment or a thing, and very often nothing of these."""
    for read in (people.having_kin, people.having_pet, health.has_condition, health.treated, appointment):
        found = read(said)
        if found:
            return found
    return _possession(said)


def appointment(said: Said) -> Reading | None:
    events = [t for t in said.clause.objects if t.lemma_.lower() in EVENT_NOUNS]
    if not events or said.clause.negated:
        return None
    if said.clause.tense in (Tense.PAST, Tense.PERFECT) and not said.clause.has_got:
        return Reading(MemoryKind.EVENT) if said.dates else None
    return Reading(MemoryKind.PLAN) if said.dates else None


def _possession(said: Said) -> Reading | None:
    clause = said.clause
    things = [t for t in clause.objects if is_thing(t)]
    into = clause.infinitive()
    obliged = into is not None and into.dep_ == "xcomp"
    held = clause.tense in (Tense.PRESENT, Tense.USED_TO) or clause.has_got
    if not things or obliged or not held or things[0].lemma_ in EVENT_NOUNS:
        return None
    noun = things[0]
    counted = any(t.dep_ == "nummod" or t.lower_ in ("a", "an") for t in noun.subtree if t.i < noun.i)
    if (not counted and noun.pos_ != "PROPN") or said.dates:
        return None
    found = links(said.subject, "owns", topics(noun, EntityType.PRODUCT)) if not clause.negated else ()
    ends = tuple(Ending("owns", each.name) for each in topics(noun)) if clause.ceased else ()
    return Reading(MemoryKind.POSSESSION, found, ends, confidence=LOOSE, state=True)


def driving(said: Said) -> Reading | None:
    clause = said.clause
    things = [t for t in clause.objects if is_thing(t)]
    owned = [t for t in things if t.pos_ == "PROPN" or any(d.lower_ in ("a", "an", "my") for d in t.children)]
    if clause.tense is not Tense.PRESENT or not owned or clause.negated:
        return None
    return Reading(
        MemoryKind.POSSESSION,
        links(said.subject, "owns", topics(owned[0], EntityType.PRODUCT)),
        confidence=LOOSE,
        state=True,
    )


def parting_with(said: Said) -> Reading | None:
    """ "I sold my car", "I lost my ring"."""
    things = [t for t in said.clause.objects if is_mine(t) and is_informative(t)]
    if not things or said.clause.tense not in (Tense.PAST, Tense.PERFECT) or said.clause.negated:
        return None
    if any(t.lemma_ in work.JOB for t in things):
        return work.dismissed(said)
    names = {called(things[0]) or name_of(things[0])}
    return Reading(MemoryKind.EVENT, ends=tuple(Ending("owns", name) for name in names), change=True)


def using(said: Said) -> Reading | None:
    clause = said.clause
    things = [t for t in clause.objects if is_informative(t) and not points_back(t)]
    if not things or clause.tense in (Tense.FUTURE, Tense.PAST):
        return None
    if things[0].lower_ == "pronouns":
        return Reading(MemoryKind.IDENTITY, state=True)
    if clause.ceased:
        return Reading(MemoryKind.FACT, ends=tuple(Ending("uses", each.name) for each in topics(things[0])), state=True)
    found = links(said.subject, "uses", topics(things[0], EntityType.PRODUCT)) if not clause.negated else ()
    return Reading(MemoryKind.FACT, found, state=True)


VERBS: dict[str, Reader] = {
    "own": owning,
    "buy": buying,
    "purchase": buying,
    "order": buying,
    "get": getting,
    "receive": getting,
    "have": having,
    "drive": driving,
    "ride": driving,
    "sell": parting_with,
    "lose": parting_with,
    "give away": parting_with,
    "donate": parting_with,
    "use": using,
}
