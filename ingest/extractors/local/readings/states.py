# ruff: noqa: E501 -- a pattern is easier to read on one line
"""States that are said with "be": an age, a diet, a marriage, where one is based, what plan or team one is on."""

import re

from graphs.dates import Bound
from graphs.kinds import MemoryKind
from ingest.extractors.base import Ending
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.nouns import ME, is_name, kin_of, name_of
from ingest.extractors.local.readings import health, home
from ingest.extractors.local.readings.base import LOOSE, Reading, links, person, replaces
from ingest.extractors.local.scene import Said
from ingest.extractors.local.words import CIVIL, DIETS, HEALTH_ADJECTIVES, WORK_STATES

NUMBERS = r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?)"
AGE = re.compile(
    rf"\b(?:am|'m|is|are|'re|'s)(?: actually| now| already| only| just| currently| almost| nearly| about)* "
    rf"(?:\d{{1,3}}(?: and \d{{1,3}})?|{NUMBERS}(?: and {NUMBERS})?|[a-z]+(?:-[a-z]+)?(?= years? old))(?:(?: |-)(?:years?|months?|weeks?)(?: |-)old| years of age)?(?: now| already| today| this (?:year|month|week))?\.?$",
    re.IGNORECASE,
)


def been_to(said: Said) -> Reading | None:
    """ "I've been to Japan twice", "I've never been to Asia"."""
    where = home.places(said, "to") if said.clause.tense is Tense.PERFECT else []
    if not where:
        return None
    if said.clause.negated:
        return Reading(MemoryKind.FACT, confidence=LOOSE, state=True)
    return Reading(MemoryKind.EVENT, links(said.subject, "visited", where))


AWAY = re.compile(
    r"\bout of (?:the )?(?:office|town|the country)\b|\boff (?:work|sick)\b|\bon (?:a |an |my )?(?:annual |family |sick |summer |winter )*"
    r"(?:vacation|holiday|leave|business trip|sabbatical|honeymoon|break|call)\b",
    re.IGNORECASE,
)


def away(said: Said) -> Reading | None:
    """ "I'm out of office until July": only with its time, for it passes."""
    if not said.dates or said.clause.negated or not AWAY.search(said.text):
        return None
    if said.clause.tense in (Tense.PAST, Tense.PERFECT):
        return Reading(MemoryKind.EVENT, confidence=LOOSE)
    until = any(date.span.bound in (Bound.UNTIL, Bound.SINCE) for date in said.dates)
    return Reading(MemoryKind.FACT if until else MemoryKind.PLAN, state=until)


def going_to_be(said: Said) -> Reading | None:
    """ "I'll be in Berlin from Monday to Friday", "I was in Rome last week"."""
    tense = said.clause.tense
    where = home.places(said, "in", "at") if tense in (Tense.FUTURE, Tense.PAST) else []
    if not where or not said.dates or said.clause.negated or said.clause.complement is not None:
        return None
    if tense is Tense.PAST:
        return Reading(MemoryKind.EVENT, links(said.subject, "visited", where))
    return Reading(MemoryKind.PLAN, links(said.subject, "plans_to_visit", where))


PLACED = {
    **dict.fromkeys(("plan", "tier", "waitlist"), MemoryKind.FACT),
    **dict.fromkeys(("team", "board", "committee"), MemoryKind.WORK),
    **dict.fromkeys(("diet", "medication"), MemoryKind.HEALTH),
}


def kin(said: Said) -> Reading | None:
    """ "Tom is my brother"."""
    complement = said.clause.complement
    predicate = kin_of(complement) if complement is not None else None
    if predicate is None or said.subject in (None, ME) or said.clause.negated:
        return None
    return Reading(MemoryKind.RELATIONSHIP, links(ME, predicate, [said.subject] if said.subject else []))


def placed(said: Said) -> Reading | None:
    """ "I'm on the Pro plan", "we're a team of five"."""
    complement = said.clause.complement
    if complement is not None and complement.lemma_ == "team" and said.clause.after("of") is not None:
        return Reading(MemoryKind.WORK, state=True)
    noun = said.clause.after("on", "in") if complement is None else None
    if (
        noun is None
        or noun.lemma_ not in PLACED
        or said.clause.negated
        or not any(t.dep_ in ("compound", "amod", "poss", "prep") for t in noun.children)
    ):
        return None
    return Reading(PLACED[noun.lemma_], state=True)


def aged(said: Said) -> Reading | None:
    subject = said.clause.subject
    several = subject is not None and subject.lower_ in ("we", "they", "there", "it")
    return Reading(MemoryKind.IDENTITY, state=True) if AGE.search(said.text) and not several else None


def healthy(said: Said) -> Reading | None:
    allergic = health.allergic(said)
    if allergic:
        return allergic
    name = health.name_of_diet(said, DIETS)
    if name:
        return health.diet(said, name)
    complement = said.clause.complement
    if complement is not None and complement.lower_ in HEALTH_ADJECTIVES:
        return Reading(MemoryKind.HEALTH, state=True)
    return None


def civil(said: Said) -> Reading | None:
    """ "Married to Tom" is parsed as an adjective now, as a passive then."""
    words = said.clause.words & set(CIVIL)
    if not words or said.clause.tense not in (Tense.PRESENT, Tense.PERFECT) or _is_attribute(said, words):
        return None
    state = next(iter(words))
    noun = said.clause.after("to")
    spouse = [person(name_of(noun))] if noun is not None and is_name(noun) else []
    if said.clause.negated:
        return Reading(MemoryKind.RELATIONSHIP, state=True)
    predicate = {"married": "married_to", "engaged": "partner_of"}.get(state, "")
    ended = CIVIL[state]
    ends = (Ending(ended),) if ended else ()
    return Reading(
        MemoryKind.RELATIONSHIP, links(said.subject, predicate, spouse) if predicate else (), ends, state=True
    )


def _is_attribute(said: Said, words: frozenset[str]) -> bool:
    """ "A single mother" is another thing."""
    return any(t.lower_ in words and t.dep_ in ("amod", "compound") for t in said.clause.tokens)


def based(said: Said) -> Reading | None:
    words = said.clause.words
    if "based" in words and (said.clause.complement is None or said.clause.complement.lower_ == "based"):
        where = home.places(said, "in", "out", "near")
        return (
            Reading(
                MemoryKind.HOME,
                links(said.subject, "lives_in", where),
                (Ending("lives_in"),) if replaces(said) else (),
                state=True,
            )
            if where
            else None
        )
    if "from" in words and said.clause.tense is Tense.PRESENT:
        where = home.places(said, "from")
        return (
            Reading(MemoryKind.IDENTITY, links(said.subject, "from", where), state=True)
            if where and not said.clause.negated
            else None
        )
    if words & WORK_STATES or re.search(
        r"\bbetween jobs\b|\bout of work\b|\bon (?:parental|maternity|paternity|sick) leave\b", said.text
    ):
        return Reading(MemoryKind.WORK, state=True)
    return None
