"""What people are busy with, and what they gave up: "I'm building an app", "we moved from Jira to Linear"."""

import re

from graphs.kinds import EntityType, MemoryKind
from ingest.extractors.base import Ending, Link, Thing
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.nouns import is_informative, is_name, name_of, topics
from ingest.extractors.local.readings.base import LOOSE, PLAIN, Reader, Reading, is_ahead, links, topic
from ingest.extractors.local.readings.tastes import points_back
from ingest.extractors.local.scene import Said
from ingest.extractors.local.words import SOFTWARE

WORKING = frozenset(
    "build develop create design write code program implement prototype research draft ship launch".split()
)
"""What is work where it takes a while; other making is a pastime or a chore."""

GIVEN_UP = ("uses", "prefers", "likes", "eats", "plays", "takes", "owns", "studies", "practises")
"""What "from A" ends, whichever of them it was."""

DEGREES = frozenset(
    """
    phd doctorate master masters bachelor mba degree internship apprenticeship residency traineeship dissertation course
    bootcamp thesis gcse a-levels
    """.split()
)
SPORTS = frozenset(
    """
    yoga pilates karate judo ballet crossfit gymnastics taekwondo aikido boxing athletics ceramics pottery calligraphy
    origami parkour zumba kendo capoeira triathlons
    """.split()
)


def tools(said: Said) -> tuple[Link, ...]:
    """The software that the clause names."""
    named = [t for t in said.clause.tokens if t.lower_ in SOFTWARE and t.pos_ in ("PROPN", "NOUN", "ADJ")]
    return links(said.subject, "uses", [Thing(t.text, EntityType.PRODUCT) for t in named])


def making(said: Said) -> Reading | None:
    clause = said.clause
    things = [t for t in clause.objects if is_informative(t) and not points_back(t)]
    if clause.head.tag_ != "VBG" or clause.tense not in (Tense.PROGRESSIVE, Tense.PERFECT):
        return None
    if clause.negated or not things or is_ahead(said):
        return None
    kind = MemoryKind.WORK if clause.lemma in WORKING else MemoryKind.FACT
    return Reading(kind, tools(said), confidence=LOOSE, state=True)


def switching(said: Said) -> Reading | None:
    """ "Switched from coffee to tea", "changed to the Pro plan"; while it goes on nothing has ended yet."""
    clause = said.clause
    left, taken = clause.after("from"), clause.after("to")
    if taken is None or not is_informative(taken) or clause.negated:
        return None
    if clause.tense in (Tense.FUTURE, Tense.PROGRESSIVE):
        return Reading(
            MemoryKind.PLAN if clause.tense is Tense.FUTURE else MemoryKind.WORK, confidence=LOOSE, state=True
        )
    if clause.tense not in (Tense.PAST, Tense.PERFECT) or taken.tag_ == "VB":
        return None
    product = is_name(taken) or taken.lower_ in SOFTWARE
    things = topics(taken, EntityType.PRODUCT if product else EntityType.TOPIC)
    return Reading(
        MemoryKind.EVENT,
        links(said.subject, "uses" if product else "prefers", things),
        _ends(topics(left)) if left is not None else (),
        change=True,
    )


def replacing(said: Said) -> Reading | None:
    """ "I replaced my Fiesta with a bike", "I swapped coffee for tea"."""
    clause = said.clause
    gone = [t for t in clause.objects if is_informative(t)]
    came = clause.after("with", "for", "by")
    if clause.tense not in (Tense.PAST, Tense.PERFECT) or clause.negated or not gone or came is None:
        return None
    owned = clause.lemma != "swap" or any(t.dep_ == "poss" for t in gone[0].children)
    found = links(said.subject, "owns" if owned else "prefers", topics(came, EntityType.PRODUCT)) if owned else ()
    return Reading(MemoryKind.EVENT, found, _ends([topic(name_of(noun)) for noun in gone]), change=True)


def _ends(things: list[Thing]) -> tuple[Ending, ...]:
    return tuple(Ending(predicate, thing.name) for thing in things for predicate in GIVEN_UP)


def doing(said: Said) -> Reading | None:
    """ "I did my PhD in Oxford", "I do yoga"."""
    clause = said.clause
    nouns = [t for t in clause.objects if is_informative(t)]
    if not nouns or clause.negated or clause.tense is Tense.FUTURE:
        return None
    words = {t.lower_ for t in nouns[0].subtree} | {nouns[0].lemma_.lower()}
    past = clause.tense in (Tense.PAST, Tense.PERFECT) and clause.head.tag_ != "VBG"
    if words & DEGREES:
        return Reading(MemoryKind.EVENT if past else MemoryKind.WORK, state=not past)
    if nouns[0].lower_ in SPORTS and not past:
        return Reading(MemoryKind.SKILL, links(said.subject, "practises", topics(nouns[0])), state=True)
    return None


ABSTAINED = {
    **dict.fromkeys(("smoke", "drink", "vape"), MemoryKind.HEALTH),
    **dict.fromkeys(("drive", "cook", "dance"), MemoryKind.SKILL),
    "gamble": MemoryKind.FACT,
}


def abstaining(said: Said) -> Reading | None:
    """ "I don't smoke", "I never drink"; also "I smoke"."""
    clause = said.clause
    if clause.tense is not Tense.PRESENT or clause.objects or clause.head.dep_ not in ("ROOT", "conj", "ccomp"):
        return None
    if not clause.negated and clause.lemma != "smoke":
        return None
    ends = (Ending("practises", "smoking"),) if clause.lemma == "smoke" and clause.ceased else ()
    return Reading(ABSTAINED[clause.lemma], ends=ends, confidence=PLAIN, state=True)


EARNING = re.compile(r"\d")


def paying(said: Said) -> Reading | None:
    """Only with the figure: "I earn 50,000 a year", "I pay 900 euros rent"."""
    held = said.clause.tense is Tense.PRESENT and EARNING.search(said.text) is not None
    return Reading(MemoryKind.FACT, confidence=LOOSE, state=True) if held and not said.clause.negated else None


def reporting(said: Said) -> Reading | None:
    to = said.clause.after("to")
    if (
        said.clause.tense is not Tense.PRESENT
        or to is None
        or not (is_name(to) or to.lemma_ in ("cto", "ceo", "cfo", "head", "director", "manager", "vp"))
    ):
        return None
    return Reading(MemoryKind.WORK, state=True)


def renting(said: Said) -> Reading | None:
    things = [t for t in said.clause.objects if is_informative(t) and not points_back(t)]
    if not things or said.clause.tense not in (Tense.PRESENT, Tense.PROGRESSIVE) or said.clause.negated:
        return None
    home = things[0].lemma_ in ("flat", "apartment", "house", "room", "studio", "place", "cottage")
    return Reading(MemoryKind.HOME if home else MemoryKind.POSSESSION, state=True)


def recovering(said: Said) -> Reading | None:
    cause = said.clause.after("from")
    if cause is None or not is_informative(cause) or said.clause.tense not in (Tense.PROGRESSIVE, Tense.PERFECT):
        return None
    return Reading(MemoryKind.HEALTH, state=True)


MAKING = """
    build develop create design write make implement prototype research draft renovate restore knit sew paint compose
    record code program organise organize edit test refactor rewrite run host grow raise
""".split()

VERBS: dict[str, Reader] = {
    **dict.fromkeys(MAKING, making),
    **dict.fromkeys(("switch", "change", "move", "migrate", "convert", "upgrade", "downgrade"), switching),
    **dict.fromkeys(("replace", "swap", "trade"), replacing),
    "do": doing,
    **dict.fromkeys(ABSTAINED, abstaining),
    "earn": paying,
    "pay": paying,
    "report": reporting,
    "rent": renting,
    "lease": renting,
    "recover": recovering,
}
