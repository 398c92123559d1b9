"""How things came out: "we found a flat", "my printer works again", "the refund arrived", "I resigned as treasurer"."""

from typing import TYPE_CHECKING

from graphs.kinds import MemoryKind
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.nouns import is_informative, is_mine, is_name
from ingest.extractors.local.readings.base import LOOSE, Reader, Reading
from ingest.extractors.local.readings.tastes import has_content, points_back
from ingest.extractors.local.scene import Said
from ingest.extractors.local.words import HOME_NOUNS, JOB_ENDINGS, JOBS

if TYPE_CHECKING:
    from spacy.tokens import Token

DONE = (Tense.PAST, Tense.PERFECT)
NOW = (Tense.PRESENT, Tense.PERFECT, Tense.PAST)
SOUGHT = HOME_NOUNS | JOBS | frozenset(
    """
    job position internship apprenticeship room studio roommate flatmate housemate tenant buyer lodger nanny babysitter
    sitter au-pair drummer singer bassist guitarist replacement school kindergarten daycare nursery venue sponsor
    investor customer client cofounder co-founder church gym club choir band car van bike cat dog kitten puppy
    """.split()
)  # fmt: skip
"""What people look for, and keep once it is found."""
WORKS = frozenset("work print load start boot sync charge connect run turn open export import play scan".split())
SOLVED = frozenset("fixed resolved solved repaired working back online".split())
AGAIN = frozenset("again now finally".split())
DELIVERED = frozenset(
    """
    refund parcel package order delivery letter replacement passport visa permit card invoice payment money shipment
    book laptop phone furniture sofa bed table desk chair ticket tickets certificate licence license
    """.split()
)
OFF = frozenset("diet medication medicine antibiotics insulin metformin team board committee project plan".split())


def finding(said: Said) -> Reading | None:
    """ "We found a drummer"; not "I found a bug"."""
    clause = said.clause
    found = [t for t in clause.objects if is_informative(t) and not points_back(t)]
    if clause.tense not in DONE or clause.negated or not found or not _is_sought(found[0]):
        return None
    return Reading(MemoryKind.EVENT, change=True)


def _is_sought(noun: "Token") -> bool:
    one = any(t.lower_ in ("a", "an", "another", "our", "my", "two") for t in noun.children)
    return one and (noun.lemma_.lower() in SOUGHT or noun.lemma_.lower().endswith(JOB_ENDINGS))


def resigning(said: Said) -> Reading | None:
    """ "I resigned as treasurer"."""
    role = said.clause.after("as")
    past = said.clause.tense in DONE and not said.clause.negated
    return Reading(MemoryKind.EVENT, change=True) if past and role is not None and is_informative(role) else None


def giving_up_on(said: Said) -> Reading | None:
    """ "I've given up on losing weight", "I gave up on the marathon"."""
    aim = said.clause.after("on")
    if said.clause.tense not in DONE or said.clause.negated or aim is None:
        return None
    told = has_content(aim) if aim.tag_ == "VBG" else is_informative(aim)
    return Reading(MemoryKind.EVENT, change=True) if told else None


def being_off(said: Said) -> Reading | None:
    """ "I'm off the diet", "I'm no longer on the board of the club"."""
    clause = said.clause
    off, on = clause.after("off"), clause.after("on", "in")
    if clause.tense is not Tense.PRESENT or clause.complement is not None:
        return None
    if clause.ceased and on is not None and on.lemma_ in OFF:
        return Reading(MemoryKind.FACT, confidence=LOOSE, state=True)
    over = off is not None and off.lemma_ in OFF and not clause.negated
    return Reading(MemoryKind.FACT, confidence=LOOSE, state=True) if over else None


def waiting(said: Said) -> Reading | None:
    """ "I'm still waiting for my refund"."""
    aim = said.clause.after("for", "on")
    lasting = said.clause.tense in (Tense.PROGRESSIVE, Tense.PERFECT) and not said.clause.negated
    if not lasting or aim is None or not (is_mine(aim) or is_name(aim) or aim.lemma_ in DELIVERED):
        return None
    return Reading(MemoryKind.FACT, confidence=LOOSE, state=True)


def solved(said: Said) -> Reading | None:
    """ "My printer works again", "the export is fixed now"."""
    clause, subject = said.clause, said.clause.subject
    if not _is_a_thing(subject) or clause.negated or clause.tense not in NOW:
        return None
    words = {t.lower_ for t in clause.head.sent}
    if clause.lemma in WORKS and clause.tense is Tense.PRESENT and words & AGAIN and not clause.objects:
        return Reading(MemoryKind.FACT, confidence=LOOSE, state=True)
    complement = clause.complement
    if clause.lemma == "be" and complement is not None and complement.lower_ in ("fixed", "resolved", "solved"):
        return Reading(MemoryKind.FACT, confidence=LOOSE, state=True)
    passive = any(t.dep_ == "auxpass" for t in clause.auxiliaries)
    if clause.lemma in ("fix", "resolve", "solve", "repair") and passive:
        return Reading(MemoryKind.FACT, confidence=LOOSE, state=True)
    back = clause.lemma in ("be", "work") and clause.words & (SOLVED - {"fixed"}) and words & AGAIN
    return Reading(MemoryKind.FACT, confidence=LOOSE, state=True) if back else None


def arrived(said: Said) -> Reading | None:
    """ "The refund arrived this morning", "the permit came through on Monday"."""
    clause, subject = said.clause, said.clause.subject
    if clause.lemma not in ("arrive", "come", "deliver") or clause.negated or clause.tense not in DONE:
        return None
    wrong = clause.lemma == "come" and clause.verb not in ("come", "come through")
    if subject is None or subject.lemma_.lower() not in DELIVERED or not _is_a_thing(subject) or wrong:
        return None
    return Reading(MemoryKind.EVENT, change=True)


def _is_a_thing(subject: "Token | None") -> bool:
    if subject is None or subject.pos_ not in ("NOUN", "PROPN") or not is_informative(subject):
        return False
    return any(t.lower_ in ("my", "our", "the") for t in subject.children)


def outcome(said: Said) -> Reading | None:
    """Of a thing, whosever it is."""
    return solved(said) or arrived(said)


VERBS: dict[str, Reader] = {
    "find": finding,
    "resign": resigning,
    "give up": giving_up_on,
    "be": being_off,
    "wait": waiting,
}
