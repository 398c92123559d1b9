"""Beginnings and ends: "I took up pottery", "I quit the choir", "I changed my name to Robin", "I've gone vegan"."""

from typing import TYPE_CHECKING

from graphs.kinds import EntityType, MemoryKind
from ingest.extractors.base import Ending, Link, Thing
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.nouns import activity, full_name, is_informative, is_mine, is_name, name_of, topics
from ingest.extractors.local.readings import work
from ingest.extractors.local.readings.base import LOOSE, Reader, Reading, links, person, topic
from ingest.extractors.local.readings.projects import DEGREES
from ingest.extractors.local.readings.tastes import has_content, points_back
from ingest.extractors.local.scene import Said
from ingest.extractors.local.words import DIETS

if TYPE_CHECKING:
    from spacy.tokens import Token

DONE = (Tense.PAST, Tense.PERFECT)
BY_VERB = {
    "play": "plays", "learn": "learns", "study": "studies", "eat": "eats", "drink": "eats", "use": "uses",
    "take": "takes",
}  # fmt: skip
"""What doing something for the first time asserts; other verbs are something that is practised."""
GROUPS = frozenset(
    "choir band team club orchestra group committee board church gym society league guild party army navy union".split()
)
SCHOOLS = frozenset("university uni college school".split())


def beginning(said: Said) -> Reading | None:
    """ "I started learning Japanese", "I took up pottery", "I got into baking"."""
    clause = said.clause
    verb = _begun(said)
    if clause.tense not in DONE or clause.negated or verb is None or not has_content(verb):
        return None
    if verb.lemma_ in ("work", "live", "see", "feel", "think", "get"):
        return None
    objects = [t for t in verb.children if t.dep_ == "dobj" and t.i > verb.i]
    if objects and points_back(objects[0]):
        return None
    predicate = BY_VERB.get(verb.lemma_.lower()) if verb.tag_ == "VBG" else None
    if verb.tag_ != "VBG":
        found = links(said.subject, "practises", topics(verb))
    elif predicate and objects:
        found = links(said.subject, predicate, topics(objects[0]))
    else:
        found = () if predicate or verb.lemma_ in ("watch", "read") else _practised(said, verb)
    ends = (Ending("does_not_eat", name_of(objects[0])),) if predicate == "eats" and objects else ()
    return Reading(MemoryKind.EVENT, found, ends, confidence=LOOSE)


def _practised(said: Said, verb: "Token") -> tuple[Link, ...]:
    return links(said.subject, "practises", [topic(activity(verb))])


def _begun(said: Said) -> "Token | None":
    clause = said.clause
    if clause.verb == "take up":
        return next((t for t in clause.objects if is_informative(t) and not points_back(t)), None)
    if clause.lemma == "get":
        into = clause.after("into")
        return (
            into
            if into is not None and (into.tag_ == "VBG" or is_informative(into)) and not points_back(into)
            else None
        )
    into = clause.infinitive() or next((t for t in clause.objects if t.tag_ == "VBG"), None)
    return into if into is not None and into.tag_ == "VBG" and into.i == clause.main.i + 1 else None


def giving(said: Said) -> Reading | None:
    """ "I gave my piano to my niece"."""
    gone = [t for t in said.clause.objects if is_mine(t) and is_informative(t)]
    if not gone or said.clause.tense not in DONE or said.clause.negated or said.clause.after("to") is None:
        return None
    return Reading(MemoryKind.EVENT, ends=(Ending("owns", name_of(gone[0])),), change=True)


def leaving(said: Said) -> Reading | None:
    """ "I quit the choir", "I dropped out of university"."""
    clause = said.clause
    if clause.tense not in DONE or clause.negated:
        return None
    school = clause.after("of", "out") if clause.lemma == "drop" else None
    if school is not None and school.lemma_ in (*SCHOOLS, *DEGREES):
        return Reading(MemoryKind.EVENT, ends=(Ending("studies_at"), Ending("studies")), change=True)
    groups = [t for t in clause.objects if t.lemma_ in GROUPS or is_name(t)]
    if clause.lemma == "drop" or not groups:
        return None
    return Reading(MemoryKind.EVENT, ends=(Ending("member_of", name_of(groups[0])),), change=True)


def renaming(said: Said) -> Reading | None:
    new = said.clause.after("to")
    named = any(t.lemma_ in ("name", "surname") and is_mine(t) for t in said.clause.objects)
    if not named or new is None or not is_name(new) or said.clause.tense not in DONE:
        return None
    return Reading(
        MemoryKind.IDENTITY, links(said.subject, "named", [person(full_name(new))]), (Ending("named"),), change=True
    )


def becoming(said: Said) -> Reading | None:
    """ "I've gone vegan", "I went vegetarian last year"."""
    diet = next((t.lower_ for t in said.clause.tokens if t.lower_ in DIETS and t.i == said.clause.main.i + 1), None)
    if diet is None or said.clause.tense not in DONE or said.clause.negated:
        return None
    return Reading(MemoryKind.HEALTH, links(said.subject, "eats", [topic(diet)]), (Ending("eats"),), change=True)


def majoring(said: Said) -> Reading | None:
    subject = said.clause.after("in")
    if subject is None or not is_informative(subject) or said.clause.negated or said.clause.tense is Tense.FUTURE:
        return None
    return Reading(
        MemoryKind.WORK, links(said.subject, "studies", [Thing(name_of(subject), EntityType.TOPIC)]), state=True
    )


def stepping_down(said: Said) -> Reading | None:
    role = work.profession(said)
    past = said.clause.tense in (Tense.PAST, Tense.PERFECT) and not said.clause.negated
    return (
        Reading(MemoryKind.EVENT, ends=tuple(Ending("works_as", r.name) for r in role), change=True) if past else None
    )


VERBS: dict[str, Reader] = {
    "step down": stepping_down,
    "step back": stepping_down,
    **dict.fromkeys(("start", "begin", "take up", "get"), beginning),
    "give": giving,
    **dict.fromkeys(("quit", "leave", "drop", "drop out"), leaving),
    "change": renaming,
    "go": becoming,
    **dict.fromkeys(("major", "specialise", "specialize", "minor"), majoring),
}
