"""Allergies, illnesses, injuries, treatments, diets."""

import re

from graphs.kinds import EntityType, MemoryKind
from ingest.extractors.base import Ending, Thing
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.nouns import is_informative, is_mine, name_of, topics
from ingest.extractors.local.readings.base import LOOSE, Reader, Reading, ends_others, is_habitual, links, topic
from ingest.extractors.local.readings.tastes import points_back
from ingest.extractors.local.scene import Said
from ingest.extractors.local.words import BODY, CONDITIONS, MEDICINES, TREATMENTS

LIST = re.compile(r"\s*(?:,|\band\b|\bor\b)\s*")
ALLERGIC = re.compile(
    r"\b(?:allergic|intolerant) to (?P<what>[^.;]+?)"
    r"(?:,? (?:so|but|because|since|which|too|as well|either|though|now|actually)\b.*)?$",
    re.IGNORECASE,
)
HAVING = re.compile(
    r"\b(?:have|has|had|'ve|got|having)\b(?: been| got)?\s+"
    r"(?:an? |the |some |really |very |bad |severe |mild |chronic |slight )*(?P<what>[\w' -]+)$",
    re.IGNORECASE,
)


def allergic(said: Said) -> Reading | None:
    match = ALLERGIC.search(said.text)
    if match is None:
        return None
    names = [
        re.sub(r"^(?:all |any |most |some )?(?:kinds? of )?", "", each).strip() for each in LIST.split(match["what"])
    ]
    things = [topic(name) for name in names if name and len(name.split()) <= 3]
    found = () if said.clause.negated else links(said.subject, "allergic_to", things)
    return Reading(MemoryKind.HEALTH, found, state=True) if things else None


def condition_of(said: Said) -> list[Thing]:
    """The illness after "have", from the words: "type 1 diabetes" is more than the parser can take."""
    match = HAVING.search(_without_dates(said))
    words = match["what"].replace("blood pressure", "blood-pressure").strip().split() if match else []
    last = next((place for place, word in enumerate(words) if word.lower() in CONDITIONS), None)
    if last is None or last > 3:
        return []
    return [topic(" ".join(words[: last + 1]).replace("blood-pressure", "blood pressure"))]


def _without_dates(said: Said) -> str:
    text = said.text
    for date in said.dates:
        text = text.replace(date.text, "")
    return text.strip(" .")


def has_condition(said: Said) -> Reading | None:
    things = condition_of(said)
    if not things:
        return None
    found = () if said.clause.negated else links(said.subject, "has_condition", things)
    return Reading(MemoryKind.HEALTH, found, state=said.clause.tense is not Tense.PAST)


def diagnosed(said: Said) -> Reading | None:
    noun = said.clause.after("with")
    if noun is None or not is_informative(noun):
        return None
    return Reading(MemoryKind.HEALTH, links(said.subject, "has_condition", topics(noun)), change=True)


def suffering(said: Said) -> Reading | None:
    noun = said.clause.after("from", "with")
    if noun is None or not (is_informative(noun) and noun.lower_ in CONDITIONS):
        return None
    return Reading(MemoryKind.HEALTH, links(said.subject, "has_condition", topics(noun)), state=True)


def injured(said: Said) -> Reading | None:
    parts = [t for t in said.clause.objects if t.lower_ in BODY or t.lemma_.lower() in BODY]
    return Reading(MemoryKind.HEALTH, change=True) if parts and not said.clause.negated else None


def treated(said: Said) -> Reading | None:
    found = [t for t in said.clause.objects if t.lower_ in TREATMENTS]
    return Reading(MemoryKind.HEALTH, change=said.clause.tense is Tense.PAST) if found else None


def taking(said: Said) -> Reading | None:
    """Medicines: those we know, and what is taken so many times a day."""
    objects = [t for t in said.clause.objects if is_informative(t)]
    if any(t.lemma_ in ("coffee", "tea") and is_mine(t) for t in objects):
        return Reading(MemoryKind.PREFERENCE, state=True)
    known = [t for t in objects if t.lower_ in MEDICINES or t.lemma_.lower() in MEDICINES]
    dosed = re.search(
        r"\b(?:once|twice|times|every|each) (?:a |an )?(?:day|week|morning|night|evening)\b|\bdaily\b|\bmg\b", said.text
    )
    if not objects or not (known or (dosed and said.clause.tense is Tense.PRESENT)):
        return None
    if objects[0].lower_ in (
        "bus",
        "train",
        "walk",
        "walks",
        "nap",
        "class",
        "classes",
        "shower",
        "showers",
        "tram",
        "metro",
        "subway",
        "photos",
        "pictures",
        "lessons",
        "break",
        "breaks",
    ):
        return None
    found = () if said.clause.negated else links(said.subject, "takes", topics(objects[0]))
    return Reading(MemoryKind.HEALTH, found, state=True)


AVOIDED = frozenset(
    """
    dairy gluten sugar salt nuts peanuts alcohol caffeine meat pork beef shellfish seafood fish eggs milk wheat soy
    lactose bread cheese fructose yeast coffee
    """.split()
)
"""What one cannot "have" is food, where it is no child and no visitor."""


def eating(said: Said) -> Reading | None:
    clause = said.clause
    objects = [t for t in clause.objects if not points_back(t)]
    if clause.lemma == "have" and not (objects and objects[0].lower_ in AVOIDED):
        return None
    if not objects or clause.tense in (Tense.PAST, Tense.FUTURE, Tense.PROGRESSIVE):
        return None
    things = topics(objects[0], EntityType.TOPIC)
    kind = MemoryKind.HEALTH if clause.lemma in ("eat", "have") else MemoryKind.PREFERENCE
    if clause.negated:
        ends = tuple(Ending(p, each.name) for each in things for p in ("eats", "likes")) if clause.ceased else ()
        return Reading(kind, links(said.subject, "does_not_eat", things), ends, state=True)
    again = "again" in clause.words
    if not (is_habitual(said) or again or clause.words & {"only", "now"} or "these days" in said.text.lower()):
        return None
    ends = tuple(Ending("does_not_eat", each.name) for each in things) if again else ()
    return Reading(kind, links(said.subject, "eats", things), ends, confidence=LOOSE, state=True)


def diet(said: Said, word: str) -> Reading:
    if word in ("sober", "teetotal"):
        return Reading(MemoryKind.HEALTH, state=True)
    if said.clause.negated:
        ends = (Ending("eats", word),) if said.clause.ceased else ()
        return Reading(MemoryKind.HEALTH, ends=ends, state=True)
    return Reading(MemoryKind.HEALTH, links(said.subject, "eats", [topic(word)]), ends_others(said, "eats"), state=True)


def name_of_diet(said: Said, diets: frozenset[str]) -> str | None:
    complement = said.clause.complement
    if complement is None:
        return None
    name = name_of(complement).lower()
    single = name.removesuffix("s")
    found = next((word for word in (name, single) if word in diets), None)
    return found or (complement.lower_ if complement.lower_ in diets else None)


VERBS: dict[str, Reader] = {
    "diagnose": diagnosed,
    "suffer": suffering,
    "struggle": suffering,
    "break": injured,
    "sprain": injured,
    "fracture": injured,
    "injure": injured,
    "twist": injured,
    "dislocate": injured,
    "hurt": injured,
    "tear": injured,
    "undergo": treated,
    "take": taking,
    "eat": eating,
    "drink": eating,
}
