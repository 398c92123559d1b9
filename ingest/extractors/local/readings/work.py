"""Jobs, employers, studies."""

import re
from typing import TYPE_CHECKING

from graphs.kinds import EntityType, MemoryKind
from ingest.extractors.base import Ending, Link, Thing
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.naming import called
from ingest.extractors.local.nouns import ME, coordinated, is_informative, is_mine, is_name, name_of, topics
from ingest.extractors.local.readings.base import (
    LOOSE,
    Reader,
    Reading,
    ends_others,
    is_ahead,
    links,
    organization,
    place,
    topic,
)
from ingest.extractors.local.scene import Said
from ingest.extractors.local.words import STUDY_WORDS, WORK_NOUNS

if TYPE_CHECKING:
    from spacy.tokens import Token

ALL_DAY = re.compile(r"\b(?:full|part)[ -]time\b", re.IGNORECASE)
JOB = ("job", "role", "position", "career", "internship", "apprenticeship", "gig")


def employer(said: Said, *prepositions: str) -> list[Thing]:
    noun = said.clause.after(*(prepositions or ("at", "for")))
    return (
        [organization(name_of(noun))]
        if noun is not None and is_name(noun) and noun.ent_type_ not in ("DATE", "TIME")
        else []
    )


def profession(said: Said) -> list[Thing]:
    noun = said.clause.after("as")
    return [topic(name_of(noun))] if noun is not None and is_informative(noun) else []


def working(said: Said) -> Reading | None:
    clause = said.clause
    at, role = employer(said), profession(said)
    if clause.negated:
        ends = (Ending("works_at", at[0].name),) if clause.ceased and at else ()
        return Reading(MemoryKind.WORK, ends=ends, state=True) if at or role else None
    if clause.tense is Tense.PAST and not (at or role):
        return None
    if clause.after("on") is not None and not (at or role):
        return _working_on(said)
    if not (
        at
        or role
        or clause.after("at", "for", "in", "from", "with")
        or any(t.lemma_ in ("shift", "night", "hour", "weekend") for t in clause.objects)
        or clause.words & {"part-time", "remotely", "nights", "freelance", "full-time"}
        or ALL_DAY.search(said.text)
    ):
        return None
    found = links(said.subject, "works_at", at) + links(said.subject, "works_as", role)
    return Reading(MemoryKind.WORK, found, ends_others(said, "works_at") if at else (), state=True)


def _working_on(said: Said) -> Reading | None:
    """A project; not "on building up confidence"."""
    noun = said.clause.after("on")
    lasting = said.clause.tense in (Tense.PROGRESSIVE, Tense.PERFECT)
    if (
        noun is None
        or not lasting
        or not is_informative(noun)
        or noun.tag_ == "VBG"
        or (is_mine(noun) and noun.lemma_ in ("self", "confidence", "patience"))
    ):
        return None
    return Reading(MemoryKind.WORK, confidence=LOOSE, state=True)


def _joined(said: Said) -> list[Thing]:
    """Also "a startup called Nimbus"."""
    names = (name_of(t) if is_name(t) else called(t) for t in said.clause.objects)
    return [organization(name) for name in names if name]


def starting(said: Said) -> Reading | None:
    """ "Started at Acme", "started a new job at Acme", "joined Acme as a designer"."""
    clause = said.clause
    at = _joined(said) if clause.lemma == "join" else employer(said)
    as_job = clause.lemma == "join" or not clause.objects or any(t.lemma_ in JOB for t in clause.objects)
    into = clause.infinitive()
    as_job = as_job and (into is None or into.lemma_ == "work")
    if not as_job or not (at or any(t.lemma_ in JOB for t in clause.objects)):
        return None
    found = links(said.subject, "works_at", at) + links(said.subject, "works_as", profession(said))
    if clause.tense in (Tense.FUTURE, Tense.PROGRESSIVE):
        return Reading(MemoryKind.PLAN)
    ends = () if clause.words & {"also", "second"} else (Ending("works_at"),)
    return Reading(MemoryKind.WORK, found, ends, change=True)


def leaving(said: Said) -> Reading | None:
    clause = said.clause
    job = any(t.lemma_ in JOB for t in clause.objects)
    named = [t for t in clause.objects if is_name(t) and t.ent_type_ not in ("GPE", "LOC", "PERSON", "DATE")]
    at = [organization(name_of(t)) for t in named] or employer(said, "at", "from", "with")
    if not (job or at) or clause.negated or clause.tense in (Tense.FUTURE, Tense.PROGRESSIVE):
        return None
    if clause.lemma == "leave" and not (job or named):
        return None
    return Reading(MemoryKind.EVENT, ends=(Ending("works_at", at[0].name if at else None),), change=True)


def retiring(said: Said) -> Reading | None:
    ends = (Ending("works_at"),) if said.clause.tense in (Tense.PAST, Tense.PERFECT) else ()
    return Reading(MemoryKind.WORK, ends=ends, change=bool(ends))


def studying(said: Said) -> Reading | None:
    subjects = [thing for t in said.clause.objects if is_informative(t) for thing in topics(t)]
    school = employer(said, "at")
    if said.clause.after("for") and not subjects:
        return None
    if (not subjects and not school) or said.clause.negated:
        return None
    found = links(said.subject, "studies", subjects) + links(said.subject, "studies_at", school)
    return Reading(MemoryKind.WORK, found, ends_others(said, "studies"), state=True)


def graduating(said: Said) -> Reading | None:
    school = employer(said, "from", "at")
    ends = (Ending("studies_at", school[0].name),) if school else ()
    return Reading(MemoryKind.EVENT, ends=ends, change=said.clause.tense is Tense.PAST)


def leading(said: Said) -> Reading | None:
    """Present only: "I lead the billing team", "I teach chemistry", "I run a bike shop"."""
    clause = said.clause
    things = [t for t in clause.objects if is_informative(t)]
    if clause.negated or clause.tense in (Tense.FUTURE, Tense.PAST) or not things:
        return None
    if clause.lemma == "run" and any(
        t.lemma_ in ("marathon", "mile", "km", "kilometer", "race", "errand", "test", "code", "script") for t in things
    ):
        return None
    named = (
        [organization(name_of(t)) for t in things if is_name(t)] if clause.lemma in ("run", "manage", "lead") else []
    )
    return Reading(MemoryKind.WORK, links(said.subject, "works_at", named), state=True)


def dismissed(said: Said) -> Reading | None:
    return Reading(MemoryKind.EVENT, ends=(Ending("works_at"),), change=True)


def promoted(said: Said) -> Reading | None:
    noun = said.clause.after("to")
    role = [topic(name_of(noun))] if noun is not None and is_informative(noun) else []
    return Reading(
        MemoryKind.WORK, links(said.subject, "works_as", role), (Ending("works_as"),) if role else (), change=True
    )


def school_of(noun: "Token") -> list[Thing]:
    named = any(word in name_of(noun).lower() for word in STUDY_WORDS)
    return [Thing(name_of(noun), EntityType.ORGANIZATION)] if is_name(noun) or (named and noun.pos_ == "PROPN") else []


def professional(said: Said, noun: "Token") -> Reading:
    """ "I'm a nurse at St. Mary's": ``noun`` is the profession."""
    found: tuple[Link, ...] = ()
    ends: tuple[Ending, ...] = ()
    if noun.lemma_.lower() == "student":
        at = said.clause.after("at")
        found = links(said.subject, "studies_at", school_of(at)) if at is not None else ()
    else:
        at_work = employer(said, "at", "for", "with")
        roles = [topic(name_of(t)) for t in coordinated(noun)]
        found = links(said.subject, "works_at", at_work) + links(said.subject, "works_as", roles)
        ends = ends_others(said, "works_as")
        if "based" in said.clause.words:
            found += links(said.subject, "lives_in", [place(thing.name) for thing in employer(said, "in")])
    return Reading(MemoryKind.WORK, found, ends, state=True)


def no_longer(said: Said, noun: "Token") -> Reading:
    """ "I'm not a student any more"."""
    student = noun.lemma_.lower() == "student"
    ends = (Ending("studies"), Ending("studies_at")) if student else (Ending("works_as", name_of(noun)),)
    return Reading(MemoryKind.WORK, ends=ends, state=True)


TITLES = ("job", "profession", "occupation", "title", "role", "position")
FIRMS = ("company", "employer", "startup")


def about_my_work(said: Said) -> Reading | None:
    """ "My job title is…", "my company is called…", "our team ships…"."""
    clause = said.clause
    if said.mine not in WORK_NOUNS or clause.tense is Tense.FUTURE:
        return None
    complement = clause.complement
    if said.mine in TITLES and clause.lemma == "be" and complement is not None and complement.pos_ in ("NOUN", "PROPN"):
        return Reading(MemoryKind.WORK, links(ME, "works_as", [topic(name_of(complement))]), state=True)
    if said.mine in FIRMS and clause.lemma in ("be", "call") and clause.objects:
        firms = [organization(name_of(t)) for t in clause.objects if is_name(t)]
        return Reading(MemoryKind.WORK, links(ME, "works_at", firms), state=True)
    if not any(is_informative(t) and t.pos_ in ("NOUN", "PROPN", "NUM") for t in clause.tokens if t.i > clause.head.i):
        return None
    if is_ahead(said):
        return Reading(MemoryKind.PLAN, confidence=LOOSE)
    return Reading(MemoryKind.WORK, confidence=LOOSE, state=True)


def doing_at(said: Said) -> Reading | None:
    """ "I do QA at Wavelet"."""
    at = employer(said, "at", "for")
    held = said.clause.tense is Tense.PRESENT and not said.clause.negated and bool(said.clause.objects)
    return Reading(MemoryKind.WORK, links(said.subject, "works_at", at), state=True) if at and held else None


VERBS: dict[str, Reader] = {
    "do": doing_at,
    "work": working,
    "freelance": working,
    "intern": working,
    "start": starting,
    "begin": starting,
    "join": starting,
    "quit": leaving,
    "leave": leaving,
    "resign": leaving,
    "retire": retiring,
    "study": studying,
    "graduate": graduating,
    "lead": leading,
    "manage": leading,
    "run": leading,
    "teach": leading,
    "promote": promoted,
    "fire": dismissed,
    "lay off": dismissed,
}
