"""Family, friends, partners, pets."""

from typing import TYPE_CHECKING

from graphs.kinds import EntityType, MemoryKind
from ingest.extractors.base import Ending, Link, Thing
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.kin import RELATIONS
from ingest.extractors.local.naming import all_called, called
from ingest.extractors.local.nouns import ME, full_name, is_mine, is_name, is_pet, kin_of
from ingest.extractors.local.readings.base import LOOSE, Reader, Reading, animal, links, person
from ingest.extractors.local.scene import Said

if TYPE_CHECKING:
    from spacy.tokens import Token


def having_kin(said: Said) -> Reading | None:
    """ "I have two brothers", "I have a son named Eli", "I don't have any kids"."""
    kin = [t for t in said.clause.objects if t.lemma_.lower() in RELATIONS]
    if not kin or said.clause.tense is Tense.FUTURE:
        return None
    named = [person(name) for name in all_called(kin[0])]
    if kin[0].lemma_ == "baby" and said.clause.tense in (Tense.PAST, Tense.PERFECT) and not said.clause.has_got:
        return Reading(MemoryKind.EVENT, change=True)
    found = () if said.clause.negated else links(said.subject, RELATIONS[kin[0].lemma_.lower()], named)
    return Reading(MemoryKind.RELATIONSHIP, found, state=True)


def having_pet(said: Said) -> Reading | None:
    pets = [t for t in said.clause.objects if is_pet(t)]
    pets += [t for t in said.clause.tokens if pets and t.i > pets[0].i and is_pet(t) and not is_mine(t) and called(t)]
    if not pets or said.clause.tense in (Tense.FUTURE, Tense.PROGRESSIVE):
        return None
    if said.clause.negated:
        ends = tuple(Ending("has_pet", pet.lemma_.lower()) for pet in pets) if said.clause.ceased else ()
        return Reading(MemoryKind.RELATIONSHIP, ends=ends, state=True)
    pets += [t for t in pets[0].conjuncts if is_pet(t) and t.i > pets[0].i and t not in pets]
    names = [name for pet in pets for name in (all_called(pet) or [pet.lemma_.lower()])]
    found = links(said.subject, "has_pet", [animal(name) for name in names])
    gained = said.clause.lemma in ("get", "adopt", "buy", "rescue") and not said.clause.has_got
    return Reading(MemoryKind.RELATIONSHIP, found, change=gained, state=not gained)


def marrying(said: Said) -> Reading | None:
    clause = said.clause
    if clause.tense in (Tense.FUTURE, Tense.PROGRESSIVE):
        return Reading(MemoryKind.PLAN)
    spouse = _named_objects(said, "to")
    return Reading(
        MemoryKind.RELATIONSHIP, links(said.subject, "married_to", spouse), change=clause.tense is Tense.PAST
    )


def getting_into_a_state(said: Said) -> Reading | None:
    """ "Got married", "got engaged to Lena", "got divorced": "got" is an auxiliary or the verb to the parser."""
    words = said.clause.words
    if "married" in words or "hitched" in words:
        return marrying(said)
    if "engaged" in words:
        return Reading(
            MemoryKind.RELATIONSHIP, links(said.subject, "partner_of", _named_objects(said, "to")), change=True
        )
    if words & {"divorced", "separated"}:
        return Reading(MemoryKind.RELATIONSHIP, ends=(Ending("married_to"),), change=True)
    return None


def parting(said: Said) -> Reading | None:
    """ "We broke up", "Hana and I broke up", "I broke up with Tom"."""
    other = _named_objects(said, "with") or partners_in_subject(said)
    ends = tuple(Ending("partner_of", each.name) for each in other) or (Ending("partner_of"),)
    if said.clause.verb == "divorce":
        ends = (Ending("married_to", other[0].name if other else None),)
    return Reading(MemoryKind.EVENT, ends=ends, change=True)


def partners_in_subject(said: Said) -> list[Thing]:
    subject = said.clause.subject
    if subject is None:
        return []
    return [
        person(full_name(t)) for t in (subject, *subject.conjuncts) if is_name(t) and t.lower_ not in ("i", "my", "we")
    ]


def together(said: Said) -> Reading | None:
    """ "Tom and I have been together since May", "I'm not with Tom any more"."""
    clause = said.clause
    if clause.lemma != "be" or clause.complement is not None or clause.tense not in (Tense.PRESENT, Tense.PERFECT):
        return None
    beside = clause.after("with")
    partner = beside is not None and kin_of(beside) in ("partner_of", "married_to")
    if "together" in clause.words and clause.tense is Tense.PERFECT:
        who = partners_in_subject(said)
    elif beside is not None and (partner or (clause.ceased and is_name(beside))):
        who = _named_objects(said, "with")
    else:
        return None
    if clause.negated:
        return Reading(MemoryKind.RELATIONSHIP, ends=tuple(Ending("partner_of", each.name) for each in who), state=True)
    return Reading(MemoryKind.RELATIONSHIP, links(ME, "partner_of", who), state=True)


def dating(said: Said) -> Reading | None:
    """ "I'm dating Tom", "I've been seeing someone since May"; "I'm seeing my sister" is none."""
    who = _named_objects(said, "") if said.clause.lemma == "date" else []
    somebody = any(t.lower_ in ("someone", "somebody") for t in said.clause.objects)
    lasting = said.clause.tense in (Tense.PROGRESSIVE, Tense.PERFECT) and said.clause.main.tag_ == "VBG"
    if not (who or (somebody and lasting and not said.clause.negated)):
        return None
    return Reading(MemoryKind.RELATIONSHIP, links(said.subject, "partner_of", who), state=True)


def _named_objects(said: Said, preposition: str) -> list[Thing]:
    nouns = [t for t in said.clause.objects if t.dep_ == "dobj"]
    after = said.clause.after(preposition) if preposition else None
    found = [t for t in (*nouns, after) if t is not None]
    names = [full_name(t) if is_name(t) else called(t) for t in found]
    return [person(name) for name in names if name]


def dying(said: Said) -> Reading | None:
    if said.clause.tense not in (Tense.PAST, Tense.PERFECT) or (
        said.clause.lemma == "pass" and "away" not in said.clause.words
    ):
        return None
    pet = said.subject is not None and said.subject.type is EntityType.ANIMAL
    ends = (Ending("has_pet", said.subject.name),) if said.subject and pet else ()
    return Reading(MemoryKind.EVENT, ends=ends, change=True)


def meeting(said: Said) -> Reading | None:
    who = _named_objects(said, "with")
    if said.clause.tense not in (Tense.PAST, Tense.PERFECT) or not who:
        return None
    return Reading(MemoryKind.EVENT, links(said.subject, "knows", who))


def knowing(said: Said) -> Reading | None:
    """ "I've known Tom since 2010"."""
    who = _named_objects(said, "")
    if said.clause.tense is not Tense.PERFECT or not who:
        return None
    return Reading(MemoryKind.RELATIONSHIP, links(said.subject, "knows", who), state=True)


def expecting(said: Said) -> Reading | None:
    if not any(t.lemma_ in ("baby", "child", "twin", "girl", "boy") for t in said.clause.objects):
        return None
    return Reading(MemoryKind.PLAN)


def naming(said: Said) -> Reading | None:
    """ "We named her Miso"."""
    names = [t for t in said.clause.tokens if t.i > said.clause.main.i and is_name(t)]
    others = [t for t in said.clause.tokens if t.i > said.clause.main.i and t.lower_ in ("him", "her", "it", "them")]
    if not names or not others:
        return None
    return Reading(MemoryKind.RELATIONSHIP, links(said.subject, "has_pet", [animal(names[-1].text)]), confidence=LOOSE)


def kinship(noun: "Token", thing: Thing, predicate: str) -> tuple[Link, ...]:
    """What "my sister Anna" asserts by itself."""
    return (Link(ME, predicate, thing),) if noun.lower_ not in ("family", "in-laws", "parents") else ()


def kin_beside(said: Said) -> tuple[Link, ...]:
    """Those of the speaker's own who are named besides the subject: "I live with my partner Timo"."""
    found: tuple[Link, ...] = ()
    for token in said.clause.tokens:
        if token.i <= said.clause.main.i or not is_mine(token):
            continue
        predicate = "has_pet" if is_pet(token) else kin_of(token)
        make = animal if is_pet(token) else person
        if predicate and not said.clause.negated:
            found += links(ME, predicate, [make(name) for name in all_called(token)])
    return found


VERBS: dict[str, Reader] = {
    "marry": marrying,
    "engage": getting_into_a_state,
    "break up": parting,
    "split up": parting,
    "divorce": parting,
    "separate": parting,
    "date": dating,
    "see": dating,
    "die": dying,
    "pass away": dying,
    "pass": dying,
    "meet": meeting,
    "know": knowing,
    "expect": expecting,
    "name": naming,
    "adopt": having_pet,
    "rescue": having_pet,
}
