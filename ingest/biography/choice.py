"""Which facts a biography tells: what holds, once, and the latest where only one thing can be so at a time."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from dateutil.relativedelta import relativedelta

from graphs.kinds import MemoryKind, Precision
from graphs.models import Memory
from graphs.models.memory import SPEAKER
from graphs.words import content_words
from ingest.biography.wording import date_of, is_age

WHO, HOME, CLOSE, HEALTH, TASTES, SKILLS, PLANS = "who", "home", "close", "health", "tastes", "skills", "plans"
SECTIONS = {
    MemoryKind.IDENTITY: WHO,
    MemoryKind.WORK: WHO,
    MemoryKind.HOME: HOME,
    MemoryKind.RELATIONSHIP: CLOSE,
    MemoryKind.HEALTH: HEALTH,
    MemoryKind.PREFERENCE: TASTES,
    MemoryKind.SKILL: SKILLS,
    MemoryKind.POSSESSION: SKILLS,
    MemoryKind.PLAN: PLANS,
    MemoryKind.GOAL: PLANS,
}
"""What kinds of facts are told, and where."""
AGES_FOR, OPEN_FOR = relativedelta(years=1), relativedelta(months=3)
"""For so long after it was said an age is told, and a plan or a goal without a date."""
AT_A_TIME = {"lives_in": 1, "married_to": 1, "partner_of": 1, "studies_at": 1, "works_at": 2, "works_as": 2}
"""How many of these one has in the present; the latest win."""
FIRST = (
    "married_to", "partner_of",
    "works_as", "works_at", "studies_at", "studies", "member_of", "lives_in", "allergic_to", "has_condition",
    "does_not_eat", "eats", "takes", "prefers", "likes", "dislikes", "speaks", "plays", "practises", "learns",
)  # fmt: skip
"""What is told first of what stands together."""
LASTING = {"works_at", "works_as", "studies_at", "member_of", "lives_in", "owns"}
"""What has begun when somebody says that they joined, moved or bought. A wedding or a diagnosis begins nothing."""
_LENGTH = {
    Precision.YEAR: relativedelta(years=1),
    Precision.MONTH: relativedelta(months=1),
    Precision.DAY: relativedelta(days=1),
}
NAMING = frozenset("name call calls called everyone people full first last nickname goes".split())
_HAPPENED = re.compile(rf"{SPEAKER} (?:\w+ed|began|got|went|became|bought) ")
_BIRTHDAY = re.compile(r"\bbirthday is on \d")

Arrow = tuple[str, UUID]


@dataclass
class Told:
    """A fact that is told, and others that say the same of it, of which one may say since when."""

    fact: Memory
    also: list[Memory] = field(default_factory=list)


def chosen(facts: Sequence[Memory], now: datetime) -> dict[str, list[Told]]:
    """By section, in the order in which they are told. ``facts`` come the latest first."""
    placed = [(fact, section) for fact in _possible(facts, now) if (section := section_of(fact, now))]
    ahead, present = ([fact for fact, section in placed if (section == PLANS) == late] for late in (True, False))
    sections: dict[str, list[Told]] = defaultdict(list)
    for told in sorted(_once(present), key=_rank):
        sections[section_of(told.fact, now) or ""].append(told)
    return {**sections, PLANS: sorted(_once(ahead), key=_by_day)}


def section_of(fact: Memory, now: datetime) -> str | None:
    """Where a fact is told; None where it is not: a mere name, an age of long ago, a plan that is past."""
    if _is_only_a_name(fact):
        return None
    if is_age(fact) and fact.said_at < now - AGES_FOR:
        return None
    section = SECTIONS.get(MemoryKind(fact.kind))
    if section != PLANS and not _begins_later(fact, now):
        return SKILLS if "speaks" in dict(arrows(fact)) else section
    return PLANS if section and _is_ahead(fact, now) else None


def _is_only_a_name(fact: Memory) -> bool:
    """ "￼ is Ann", "everyone calls ￼ Annie": whoever reads it knows the name."""
    names = (fact.about.name, *fact.about.aliases) if fact.about else ()
    left = set(content_words(fact.content)) - NAMING
    return not left or any(left <= set(content_words(name)) for name in names)


def _begins_later(fact: Memory, now: datetime) -> bool:
    """It will be so: a new job from May on. A birthday is no plan, whatever its date."""
    return bool(fact.valid_from and fact.valid_from > now and not _BIRTHDAY.search(fact.content))


def _is_ahead(fact: Memory, now: datetime) -> bool:
    if fact.valid_from is None:
        return fact.valid_to is not None or fact.said_at >= now - OPEN_FOR
    return fact.valid_from + _LENGTH.get(Precision(fact.valid_precision or "day"), relativedelta()) > now


def arrows(fact: Memory) -> list[Arrow]:
    """What the fact asserts of the one it is about."""
    return [(each.predicate, each.object_id) for each in fact.relations.all() if each.subject_id == fact.about_id]


def _possible(facts: Iterable[Memory], now: datetime) -> list[Memory]:
    """Without those that later ones make doubtful: nobody moved away, but they said that they live elsewhere."""
    latest: dict[str, set[UUID]] = defaultdict(set)
    found, age = [], False
    for fact in facts:
        own = [] if _begins_later(fact, now) else arrows(fact)
        if (is_age(fact) and age) or any(_is_one_too_many(arrow, latest) for arrow in own):
            continue
        age = age or is_age(fact)
        found.append(fact)
        for predicate, key in own:
            latest[predicate].add(key)
    return found


def _is_one_too_many(arrow: Arrow, latest: dict[str, set[UUID]]) -> bool:
    predicate, key = arrow
    return key not in latest[predicate] and len(latest[predicate]) >= AT_A_TIME.get(predicate, 1_000)


def _once(facts: Iterable[Memory]) -> list[Told]:
    """What says no more than another, in relations or in words, goes with it."""
    told: list[Told] = []
    for fact in sorted(facts, key=_fullness):
        own, words = set(arrows(fact)), set(content_words(fact.content))
        same = next((one for one in told if own and own <= set(arrows(one.fact))), None)
        if same:
            same.also.append(fact)
        elif not any(words <= set(content_words(one.fact.content)) for one in told):
            told.append(Told(fact))
    return told


def lasts(fact: Memory) -> bool:
    """Whether it has been so since the fact's date."""
    return any(predicate in LASTING for predicate, _ in arrows(fact))


def _fullness(fact: Memory) -> tuple[int, bool]:
    """Those that assert most, and what is so rather than how it came to be."""
    day = date_of(fact)
    return -len(arrows(fact)), bool(_HAPPENED.match(fact.content) or (day and day in fact.content))


def _rank(told: Told) -> tuple[int, float]:
    """What matters most first, and of that the latest."""
    own = [FIRST.index(predicate) for predicate, _ in arrows(told.fact) if predicate in FIRST]
    return min(own, default=len(FIRST)), -told.fact.said_at.timestamp()


def _by_day(told: Told) -> tuple[bool, float]:
    """Plans, the nearest first, and then what one wants without a date."""
    day = told.fact.valid_from
    return day is None, day.timestamp() if day else -told.fact.said_at.timestamp()
