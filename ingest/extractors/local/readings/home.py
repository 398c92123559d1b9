"""Where people live, come from and are on the move to."""

from graphs.kinds import MemoryKind
from ingest.extractors.base import Ending, Thing
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.nouns import is_name, name_of
from ingest.extractors.local.readings.base import LOOSE, Reader, Reading, ends_others, is_over, links, place
from ingest.extractors.local.scene import Said
from ingest.extractors.local.words import SOFTWARE

NOT_PLACES = ("DATE", "TIME")


def places(said: Said, *prepositions: str) -> list[Thing]:
    noun = said.clause.after(*prepositions)
    if noun is None or noun.ent_type_ in NOT_PLACES or not (is_name(noun) or noun.pos_ == "PROPN"):
        return []
    return [place(name_of(noun))]


def living(said: Said) -> Reading | None:
    clause = said.clause
    where = places(said, "in", "at", "near", "outside")
    somewhere = clause.after("in", "at", "near", "outside", "on", "with") or clause.words & {
        "alone",
        "abroad",
        "together",
    }
    if clause.objects or (not where and not somewhere):
        return None
    if clause.negated:
        ends = (Ending("lives_in", where[0].name),) if clause.ceased and where else ()
        return Reading(MemoryKind.HOME, ends=ends, state=True) if where else None
    return Reading(
        MemoryKind.HOME,
        links(said.subject, "lives_in", where),
        ends_others(said, "lives_in") if where else (),
        state=True,
    )


def moving(said: Said) -> Reading | None:
    clause = said.clause
    to, away = places(said, "to", "into"), places(said, "from")
    homely = clause.words & {"apartment", "flat", "house", "place", "home", "here", "abroad", "in", "out"}
    if clause.negated or clause.objects or not (to or away or (homely and clause.particle in ("", "in", "out"))):
        return None
    if clause.words & SOFTWARE:
        return None
    if clause.words & {"on", "forward", "past"} and not (to or away or said.dates):
        return None
    if clause.words & {"times", "twice", "often"}:
        return Reading(MemoryKind.EVENT, confidence=LOOSE)
    if clause.tense in (Tense.FUTURE, Tense.PROGRESSIVE):
        return Reading(MemoryKind.PLAN)
    ends = (Ending("lives_in"),) if to else tuple(Ending("lives_in", each.name) for each in away)
    return Reading(MemoryKind.HOME, links(said.subject, "lives_in", to), ends, change=True)


def growing_up(said: Said) -> Reading | None:
    return (
        Reading(MemoryKind.IDENTITY)
        if said.clause.after("in", "on", "near", "outside", "at", "with") and is_over(said)
        else None
    )


def born(said: Said) -> Reading | None:
    where = places(said, "in", "at")
    return Reading(MemoryKind.IDENTITY, links(said.subject, "born_in", where)) if where or said.dates else None


def coming_from(said: Said) -> Reading | None:
    where = places(said, "from")
    if not where or said.clause.tense is not Tense.PRESENT or said.clause.negated:
        return None
    return Reading(MemoryKind.IDENTITY, links(said.subject, "from", where), state=True)


def staying(said: Said) -> Reading | None:
    where = places(said, "in", "at")
    return Reading(MemoryKind.EVENT, confidence=LOOSE) if where and said.dates else None


VERBS: dict[str, Reader] = {
    "live": living,
    "reside": living,
    "move": moving,
    "move in": moving,
    "move out": moving,
    "relocate": moving,
    "emigrate": moving,
    "immigrate": moving,
    "grow up": growing_up,
    "raise": growing_up,
    "bear": born,
    "come": coming_from,
    "hail": coming_from,
    "stay": staying,
}
