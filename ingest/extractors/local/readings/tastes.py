"""Likes, dislikes, preferences, and their ends."""

from typing import TYPE_CHECKING

from graphs.kinds import MemoryKind
from ingest.extractors.base import Ending, Thing
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.nouns import activity, is_informative, is_mine, name_of, topics
from ingest.extractors.local.readings.base import LOOSE, PLAIN, Reader, Reading, ends_others, links, replaces
from ingest.extractors.local.scene import Said

if TYPE_CHECKING:
    from spacy.tokens import Token

POINTING = ("this", "that", "these", "those")
GENERIC = frozenset(
    """
    sea ocean mountains mountain beach outdoors countryside city rain snow sun cold heat theatre theater opera
    gym cinema forest desert night winter summer water
    """.split()
)
"""With "the" they are meant in general; other nouns with "the" point at something said before."""

OPPOSITE = {"likes": "dislikes", "dislikes": "likes"}


def what_is_liked(said: Said) -> list[Thing]:
    """The objects of the verb; none where they point at something unknown."""
    into = said.clause.infinitive()
    objects = [t for t in said.clause.objects if t.dep_ != "attr"]
    if objects and not points_back(objects[0]):
        return topics(objects[0])
    if (
        into is not None
        and not objects
        and (into is said.clause.head or not any(t.dep_ in ("nsubj", "nsubjpass") for t in into.children))
    ):
        return [thing for thing in topics(into) if has_content(into)]
    return []


def has_content(verb: "Token") -> bool:
    """ "Hiking" by itself says enough, "being" and "doing it" do not."""
    if verb.lemma_.lower() in (
        "be",
        "do",
        "have",
        "get",
        "see",
        "know",
        "hear",
        "talk",
        "chat",
        "share",
        "meet",
        "help",
        "try",
        "let",
        "find",
        "think",
        "take",
        "make",
    ):
        return any(is_informative(t) and t.pos_ in ("NOUN", "PROPN") for t in verb.subtree if t.i > verb.i)
    return not any(t.lower_ in ("it", "that", "them", "this") for t in verb.children if t.dep_ == "dobj")


def points_back(noun: "Token") -> bool:
    determiners = [t.lower_ for t in noun.children if t.dep_ == "det"]
    if any(word in POINTING for word in determiners) or not is_informative(noun):
        return True
    if "the" not in determiners or noun.pos_ == "PROPN" or noun.lower_ in GENERIC:
        return False
    return not any(t.dep_ in ("prep", "compound", "relcl", "amod", "acl", "poss") for t in noun.children)


def liking(said: Said) -> Reading | None:
    return _taste(said, "dislikes" if said.clause.negated else "likes")


def disliking(said: Said) -> Reading | None:
    return _taste(said, "" if said.clause.negated else "dislikes")


def _taste(said: Said, predicate: str) -> Reading | None:
    things = what_is_liked(said)
    if not (things or _likes_own(said)) or said.clause.tense is Tense.FUTURE:
        return None
    if said.clause.tense is Tense.USED_TO:
        return Reading(MemoryKind.PREFERENCE, state=True, ends=_endings(predicate, things))
    ends = (
        _endings(OPPOSITE.get(predicate, ""), things)
        if said.clause.ceased or (replaces(said) and not said.corrects)
        else ()
    )
    found = () if said.clause.ceased or not predicate else links(said.subject, predicate, things)
    confidence = LOOSE if said.clause.tense is Tense.PAST else PLAIN
    return Reading(MemoryKind.PREFERENCE, found, ends, confidence, state=said.clause.tense is not Tense.PAST)


def _likes_own(said: Said) -> bool:
    """ "I love my job", "I like my steak rare": kept, but the job is no thing of its own."""
    return any(is_mine(t) and is_informative(t) for t in said.clause.objects)


def _endings(predicate: str, things: list[Thing]) -> tuple[Ending, ...]:
    return tuple(Ending(predicate, each.name) for each in things) if predicate else ()


def preferring(said: Said) -> Reading | None:
    things = what_is_liked(said)
    if not things or said.clause.negated:
        return None
    return Reading(
        MemoryKind.PREFERENCE, links(said.subject, "prefers", things), ends_others(said, "prefers"), state=True
    )


def rather(said: Said) -> Reading | None:
    """ "I'd rather get an email than a call." """
    if "rather" not in said.clause.words or not any(is_informative(t) for t in said.clause.objects):
        return None
    return Reading(MemoryKind.PREFERENCE, state=True)


def giving_up(said: Said) -> Reading | None:
    """ "I gave up coffee", "I stopped playing tennis": an event that ends what was a habit."""
    clause = said.clause
    into = clause.infinitive()
    verb = into if into is not None else next((t for t in clause.objects if t.tag_ == "VBG"), None)
    objects = [t for t in clause.objects if t is not verb and not points_back(t)]
    if clause.negated or clause.tense not in (Tense.PAST, Tense.PERFECT):
        return None
    if verb is not None and verb.tag_ == "VBG" and has_content(verb):
        return Reading(MemoryKind.EVENT, ends=ends_of_activity(verb), change=True)
    if objects and clause.verb in ("give up", "quit", "cut out", "drop") and not any(is_mine(t) for t in objects):
        names = [thing.name for each in objects for thing in topics(each)]
        return Reading(
            MemoryKind.EVENT, ends=tuple(Ending(p, n) for n in names for p in ("likes", "eats", "takes")), change=True
        )
    return None


HABITS_BY_VERB = {
    "play": ("plays",), "work": ("works_at",), "study": ("studies",), "learn": ("learns",), "use": ("uses",),
    "eat": ("eats", "likes"),
    "drink": ("eats", "likes"), "take": ("takes",), "live": ("lives_in",), "attend": ("member_of",),
}  # fmt: skip


def ends_of_activity(verb: "Token") -> tuple[Ending, ...]:
    predicates = HABITS_BY_VERB.get(verb.lemma_.lower())
    named = [t for t in verb.subtree if t.dep_ in ("dobj", "pobj") and is_informative(t)]
    if not predicates or not named:
        return (Ending("practises", activity(verb)), Ending("likes", activity(verb)))
    return tuple(Ending(predicate, name_of(named[0])) for predicate in predicates)


def disliking_strongly(said: Said) -> Reading | None:
    """ "I can't stand cilantro": the negation belongs to the idiom."""
    things = what_is_liked(said)
    return Reading(MemoryKind.PREFERENCE, links(said.subject, "dislikes", things), state=True) if things else None


VERBS: dict[str, Reader] = {
    **dict.fromkeys(("like", "love", "enjoy", "adore", "dig", "appreciate", "fancy"), liking),
    **dict.fromkeys(("hate", "dislike", "detest", "despise", "loathe"), disliking),
    "prefer": preferring,
    "give up": giving_up,
    "stop": giving_up,
    "quit": giving_up,
    "cut out": giving_up,
}
