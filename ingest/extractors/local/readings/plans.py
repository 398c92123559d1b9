"""Plans and goals: what the speaker means to do."""

from typing import TYPE_CHECKING

from graphs.kinds import MemoryKind
from ingest.extractors.base import Link
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.nouns import is_informative, is_name, name_of
from ingest.extractors.local.readings.base import LOOSE, PLAIN, WEAK, Reader, Reading, is_habitual, links, place
from ingest.extractors.local.readings.tastes import has_content
from ingest.extractors.local.scene import Said

if TYPE_CHECKING:
    from spacy.tokens import Token

TALK = frozenset(
    """
    know ask talk chat say see hear share tell understand discuss check thank mention add try find help be have
    do get give make show let put express improve
    """.split()
)
"""What one wants to do in this very conversation, or too little to be a goal."""

JOURNEYS = frozenset("go travel fly visit move drive hike".split())


def planning(said: Said) -> Reading | None:
    """ "I plan to…", "I'm planning a trip to…", "I'm thinking of going…", "I decided to…"."""
    clause = said.clause
    into = intended(said) if clause.lemma != "think" else _thought_of(said)
    arranged = clause.lemma in ("organise", "organize") and clause.tense in (Tense.PAST, Tense.PERFECT)
    musing = clause.lemma in ("think", "consider", "dream") and clause.tense is Tense.PAST
    if clause.negated or musing or arranged or (clause.tense is Tense.PRESENT and is_habitual(said)):
        return None
    things = [t for t in clause.objects if is_informative(t)]
    if into is not None and has_content(into) and (into.lemma_ not in TALK or _has_object(into)):
        return Reading(MemoryKind.PLAN, _journey(said, into), confidence=_sure(said))
    if things and clause.lemma in ("plan", "book", "organise", "organize", "schedule", "arrange"):
        return Reading(
            MemoryKind.PLAN,
            _trip(said, things[0]),
            confidence=LOOSE if clause.tense in (Tense.PAST, Tense.PERFECT) else PLAIN,
        )
    return None


def _sure(said: Said) -> float:
    return WEAK if said.clause.lemma in ("think", "consider", "hope") else PLAIN


def intended(said: Said) -> "Token | None":
    """The verb of what is meant to be done: after "to", or as a gerund after "of", "on", "about"."""
    into = said.clause.infinitive()
    if into is not None and not any(t.dep_ in ("nsubj", "nsubjpass") for t in into.children):
        return into
    return _thought_of(said)


def _thought_of(said: Said) -> "Token | None":
    after = said.clause.after("of", "on", "about", "for")
    return after if after is not None and after.tag_ == "VBG" else None


def _journey(said: Said, verb: "Token") -> tuple[Link, ...]:
    if verb.lemma_.lower() not in JOURNEYS:
        return ()
    places = [
        t
        for t in verb.subtree
        if t.dep_ in ("pobj", "dobj") and is_name(t) and t.ent_type_ in ("GPE", "LOC", "FAC", "")
    ]
    to = [t for t in places if t.head.lower_ == "to" or t.dep_ == "dobj"]
    return links(said.subject, "plans_to_visit", [place(name_of(t)) for t in to[:1]])


def _trip(said: Said, noun: "Token") -> tuple[Link, ...]:
    if noun.lemma_ not in ("trip", "journey", "visit", "holiday", "vacation", "flight", "honeymoon", "weekend"):
        return ()
    to = said.clause.after("to", "in")
    return links(said.subject, "plans_to_visit", [place(name_of(to))]) if to is not None and is_name(to) else ()


def wanting(said: Said) -> Reading | None:
    """ "I want to become a pilot": a goal, and a plan where it has a date."""
    clause = said.clause
    into = clause.infinitive()
    if (
        clause.negated
        or into is None
        or into.tag_ != "VB"
        or any(t.dep_ in ("nsubj", "nsubjpass") for t in into.children)
    ):
        return None
    if into.lemma_.lower() in TALK and not (
        into.lemma_ in ("be", "get", "make", "have", "improve", "find") and _has_object(into)
    ):
        return None
    if (
        not has_content(into)
        or not _has_noun(into)
        or clause.tense not in (Tense.PRESENT, Tense.PROGRESSIVE, Tense.PERFECT)
    ):
        return None
    if any(_points_elsewhere(t) for t in into.subtree):
        return None
    return Reading(MemoryKind.GOAL, confidence=LOOSE, state=True)


def _points_elsewhere(token: "Token") -> bool:
    """ "To wear this dress", "to learn from him"."""
    pointing = token.lower_ in ("this", "that", "these", "those") and token.dep_ == "det"
    return pointing or (token.lower_ in ("him", "her", "them") and token.dep_ == "pobj")


def hoping(said: Said) -> Reading | None:
    found = wanting(said)
    return Reading(found.kind, confidence=WEAK, state=True) if found else None


def needing(said: Said) -> Reading | None:
    """Only with a date: "I need to renew my passport by June"."""
    into = said.clause.infinitive()
    ahead = any(date.span.ends and date.span.ends > said.said_at for date in said.dates)
    if into is None or not ahead or said.clause.negated or not _has_noun(into):
        return None
    return Reading(MemoryKind.PLAN, confidence=LOOSE)


def working_towards(said: Said) -> Reading | None:
    """ "I'm saving up for a camper van", "I'm training for a marathon"."""
    aim = said.clause.after("for")
    lasting = said.clause.tense in (Tense.PROGRESSIVE, Tense.PERFECT)
    if not lasting or said.clause.negated or aim is None or not is_informative(aim):
        return None
    return Reading(MemoryKind.GOAL, state=True)


def seeking(said: Said) -> Reading | None:
    """ "I'm looking for a new job": a goal if it is one of the large things of life."""
    aim = said.clause.after("for")
    if aim is None or aim.lemma_.lower() not in (
        "job",
        "apartment",
        "flat",
        "house",
        "roommate",
        "flatmate",
        "internship",
        "investor",
        "cofounder",
    ):
        return None
    return Reading(MemoryKind.GOAL, state=True)


def trying(said: Said) -> Reading | None:
    """In progress only: "I'm trying to lose ten kilos"."""
    return wanting(said) if said.clause.tense in (Tense.PROGRESSIVE, Tense.PERFECT) else None


def _has_object(verb: "Token") -> bool:
    return any(t.dep_ in ("dobj", "attr") and is_informative(t) for t in verb.children)


def _has_noun(verb: "Token") -> bool:
    """Or another verb that says as much: "to learn to sail"."""
    return any((t.pos_ in ("NOUN", "PROPN") and is_informative(t)) or _is_told_by(t, verb) for t in verb.subtree)


def _is_told_by(token: "Token", verb: "Token") -> bool:
    return token.dep_ == "xcomp" and token is not verb and token.pos_ == "VERB" and token.lemma_.lower() not in TALK


VERBS: dict[str, Reader] = {
    **dict.fromkeys(
        ("plan", "intend", "think", "consider", "decide", "aim", "book", "schedule", "arrange", "organize", "organise"),
        planning,
    ),
    "want": wanting,
    "dream": planning,
    "hope": hoping,
    "need": needing,
    "have": needing,
    "try": trying,
    "save": working_towards,
    "save up": working_towards,
    "train": working_towards,
    "prepare": working_towards,
    "study": working_towards,
    "look": seeking,
    "search": seeking,
    "hunt": seeking,
}
