"""What happened and what was done: journeys, books, films, things made, and every other event worth keeping."""

import re
from typing import TYPE_CHECKING

from graphs.kinds import EntityType, MemoryKind
from ingest.extractors.base import Thing
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.naming import called
from ingest.extractors.local.nouns import ME, activity, is_informative, is_name, kin_of, name_of
from ingest.extractors.local.readings.base import (
    LOOSE,
    Reader,
    Reading,
    is_ahead,
    is_habitual,
    links,
    person,
    place,
    topic,
)
from ingest.extractors.local.readings.tastes import POINTING, points_back
from ingest.extractors.local.scene import Said
from ingest.extractors.local.soundness import is_in_a_date
from ingest.extractors.local.words import DEEDS, EMPTY_NOUNS, IT, MENTAL, NOTABLE

if TYPE_CHECKING:
    from spacy.tokens import Token

DONE = (Tense.PAST, Tense.PERFECT)
QUOTED = re.compile(r"\"([^\"]{2,60})\"|(?<!\w)'([A-Z][^']{2,60})'")


def place_gone_to(said: Said) -> list[Thing]:
    noun = said.clause.after("to", "in", "at", "around", "through")
    direct = (
        [t for t in said.clause.objects if t.pos_ == "PROPN"]
        if said.clause.lemma in ("visit", "explore", "tour")
        else []
    )
    for token in (*direct, noun):
        if (
            token is not None
            and is_name(token)
            and (token.ent_type_ in ("GPE", "LOC", "FAC") or token.pos_ == "PROPN")
            and token.ent_type_ not in ("PERSON", "DATE", "ORG", "TIME")
        ):
            return [place(name_of(token))]
    return []


def going(said: Said) -> Reading | None:
    """Also "go swimming", "go to the gym every week"."""
    clause = said.clause
    where = place_gone_to(said)
    name = clause.after("by") if clause.tense is Tense.PRESENT and clause.lemma == "go" else None
    if name is not None and is_name(name) and not clause.negated:
        return Reading(MemoryKind.IDENTITY, links(said.subject, "named", [person(name_of(name))]), state=True)
    if clause.tense in (Tense.FUTURE, Tense.PROGRESSIVE):
        return _going_to_go(said, where)
    if clause.tense in DONE:
        if clause.negated:
            return None
        goal = clause.after("to", "on", "for", "with", "at", "in", "through", "around", "into")
        named = (
            where or _says_something(clause.objects) or (goal is not None and _tells(goal)) or _activity_gone_for(said)
        )
        if not is_memorable(said):
            return None
        return (
            Reading(MemoryKind.EVENT, links(said.subject, "visited", where), confidence=_dated(said)) if named else None
        )
    if is_habitual(said):
        doing = _activity_gone_for(said)
        goal = clause.after("to", "for")
        if doing is None and (goal is None or not is_informative(goal) or goal.pos_ not in ("NOUN", "PROPN")):
            return None
        return Reading(
            MemoryKind.SKILL if doing else MemoryKind.FACT,
            links(said.subject, "practises", [topic(activity(doing))]) if doing else (),
            state=True,
        )
    return None


def _going_to_go(said: Said, where: list[Thing]) -> Reading | None:
    goal = said.clause.after("to", "on", "for", "with", "through", "around")
    if not where and not said.dates:
        return None
    if goal is None and not said.clause.objects and not _activity_gone_for(said):
        return None
    return Reading(MemoryKind.PLAN, () if said.clause.negated else links(said.subject, "plans_to_visit", where))


def _activity_gone_for(said: Said) -> "Token | None":
    return next((t for t in said.clause.main.children if t.tag_ == "VBG" and t.i > said.clause.main.i), None)


def work_of_art(said: Said) -> list[Thing]:
    """A title: in quotes, after "called", or a capitalised object."""
    quoted = QUOTED.search(said.text)
    if quoted:
        return [Thing((quoted[1] or quoted[2]).strip(" ,."), EntityType.WORK)]
    for token in (*said.clause.objects, *(t for o in said.clause.objects for t in o.children if t.dep_ == "dobj")):
        name = called(token) or (
            name_of(token)
            if token.pos_ == "PROPN" and is_name(token) and token.ent_type_ not in ("GPE", "DATE", "TIME", "NORP")
            else None
        )
        if name:
            return [Thing(name, EntityType.WORK)]
    into = said.clause.infinitive()
    found = [t for t in into.children if t.dep_ == "dobj" and is_name(t)] if into is not None else []
    return [Thing(name_of(found[0]), EntityType.WORK)] if found else []


def reading(said: Said) -> Reading | None:
    return _work(said, "read")


def watching(said: Said) -> Reading | None:
    return _work(said, "watched")


def finishing(said: Said) -> Reading | None:
    """ "I finished reading Dune"; what else was finished is an event like others."""
    into = said.clause.infinitive()
    if into is not None and into.lemma_ in ("read", "watch", "see"):
        return _work(said, "read" if into.lemma_ == "read" else "watched")
    return happening(said)


def _work(said: Said, predicate: str) -> Reading | None:
    clause = said.clause
    if clause.negated or clause.tense is Tense.FUTURE:
        return happening(said)
    works = work_of_art(said)
    if works and clause.tense in (*DONE, Tense.PROGRESSIVE):
        return Reading(MemoryKind.EVENT, links(said.subject, predicate, works))
    return happening(said)


def attending(said: Said) -> Reading | None:
    events = [Thing(name_of(t), EntityType.EVENT) for t in said.clause.objects if is_name(t)]
    found = happening(said)
    if found is None:
        return None
    predicate = "attended" if said.clause.tense in DONE and not said.clause.negated else ""
    return Reading(found.kind, links(said.subject, predicate, events) if predicate else (), confidence=found.confidence)


def happening(said: Said) -> Reading | None:
    """Any other thing done: an event if it is past, a plan if it has a date ahead."""
    clause = said.clause
    if clause.negated and clause.tense is not Tense.PERFECT:
        return None
    if clause.tense is Tense.USED_TO and clause.lemma not in MENTAL:
        return Reading(MemoryKind.FACT, confidence=LOOSE, state=True)
    if not tells_something(said):
        timed = any(t.ent_type_ in ("TIME", "CARDINAL") or t.like_num for t in clause.tokens)
        return _habit(said) if timed and clause.lemma != "go" else None
    if clause.tense in DONE:
        if not is_memorable(said) or (clause.verb in MENTAL and not said.dates):
            return None
        return Reading(MemoryKind.EVENT, confidence=_dated(said))
    if clause.tense in (Tense.FUTURE, Tense.PROGRESSIVE) and is_ahead(said):
        return Reading(MemoryKind.PLAN, confidence=LOOSE)
    if clause.tense is Tense.PRESENT and is_ahead(said) and not is_habitual(said):
        return Reading(MemoryKind.PLAN, confidence=LOOSE)
    return _habit(said)


def is_memorable(said: Said) -> bool:
    """A past act without a date is kept for a name, somebody close, a first time or a deed."""
    clause = said.clause
    if said.dates:
        return True
    if (
        said.subject not in (None, ME)
        and said.mine is None
        and said.scene.known(said.subject.name if said.subject else "") is None
    ):
        return False
    later = [t for t in clause.tokens if t.i > clause.main.i]
    named = any(t.pos_ == "PROPN" and t.text[:1].isupper() for t in later) or any(kin_of(t) for t in later)
    return named or bool(clause.words & NOTABLE) or clause.lemma in DEEDS


def _habit(said: Said) -> Reading | None:
    clause = said.clause
    if (
        clause.tense is Tense.PRESENT
        and is_habitual(said)
        and clause.lemma
        not in ("feel", "think", "find", "say", "know", "seem", "look", "need", "be", "want", "try", "hope")
    ):
        return Reading(MemoryKind.FACT, confidence=LOOSE, state=True)
    return None


def _dated(said: Said) -> float:
    return 0.85 if said.dates else LOOSE


def tells_something(said: Said) -> bool:
    """It has an object or a place that stands for itself, and does not hang on an "it" that was said elsewhere."""
    clause = said.clause
    direct = clause.objects
    others = [t for t in direct if t.lower_ not in ("me", "us", "myself")]
    if any(t.lower_ in IT or t.pos_ == "PRON" for t in others) or (others and all(_is_known(t, said) for t in others)):
        return False
    if (
        said.dates
        and ((said.mine and (clause.lemma not in MENTAL or clause.lemma == "come")) or said.subject not in (None, ME))
        and (direct or clause.infinitive() is not None or clause.lemma not in MENTAL or clause.lemma == "come")
    ):
        return True
    if others and others[0].pos_ in ("ADV", "ADJ"):
        return True
    return _says_something([t for t in clause.tokens if t.i > clause.main.i and not is_in_a_date(t, said)])


def _is_known(noun: "Token", said: Said) -> bool:
    """ "The doctor" is enough beside a date, "this one" never."""
    pointing = any(t.lower_ in POINTING for t in noun.children)
    return points_back(noun) and (pointing or not said.dates or not is_informative(noun))


def _says_something(tokens: "list[Token]") -> bool:
    return any(_tells(t) for t in tokens)


def _tells(token: "Token") -> bool:
    return (
        token.pos_ in ("NOUN", "PROPN")
        and token.lower_ not in EMPTY_NOUNS
        and token.ent_type_ not in ("DATE", "TIME")
        and is_informative(token)
    )


VERBS: dict[str, Reader] = {
    **dict.fromkeys(
        ("go", "travel", "fly", "visit", "head", "drive", "hike", "trek", "tour", "explore", "cruise"), going
    ),
    "read": reading,
    **dict.fromkeys(("watch", "see"), watching),
    "finish": finishing,
    "attend": attending,
}
