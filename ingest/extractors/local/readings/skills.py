"""What people can do, practise and learn."""

from typing import TYPE_CHECKING

from graphs.kinds import EntityType, MemoryKind
from ingest.extractors.base import Ending
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.nouns import activity, coordinated, is_informative, topics
from ingest.extractors.local.readings.base import LOOSE, Reader, Reading, is_habitual, links, topic
from ingest.extractors.local.readings.tastes import POINTING, has_content, points_back
from ingest.extractors.local.scene import Said
from ingest.extractors.local.words import LANGUAGES

if TYPE_CHECKING:
    from spacy.tokens import Token

LASTING = (Tense.PRESENT, Tense.PERFECT, Tense.PROGRESSIVE, Tense.USED_TO)


def playing(said: Said) -> Reading | None:
    clause = said.clause
    things = [t for t in clause.objects if is_informative(t) and not _is_said_before(t)]
    if not things or clause.tense not in LASTING:
        return None
    found = links(said.subject, "plays", topics(things[0]))
    if clause.ceased:
        return Reading(MemoryKind.SKILL, ends=tuple(Ending("plays", each.object.name) for each in found), state=True)
    return Reading(MemoryKind.SKILL, () if clause.negated else found, state=True)


def _is_said_before(noun: "Token") -> bool:
    pointing = any(t.lower_ in POINTING for t in noun.children)
    return pointing or noun.lower_ in ("role", "part", "song", "games")


def speaking(said: Said) -> Reading | None:
    spoken = [topic(t.text) for t in said.clause.tokens if t.lower_ in LANGUAGES and t.i > said.clause.main.i]
    if not spoken or said.clause.tense in (Tense.FUTURE, Tense.PAST):
        return None
    found = () if said.clause.negated else links(said.subject, "speaks", spoken)
    return Reading(MemoryKind.IDENTITY, found, state=True)


def learning(said: Said) -> Reading | None:
    clause = said.clause
    things = [t for t in clause.objects if is_informative(t) and not points_back(t)]
    into = clause.infinitive()
    if clause.tense not in (Tense.PROGRESSIVE, Tense.PERFECT) or clause.negated:
        return None
    if things:
        return Reading(MemoryKind.SKILL, links(said.subject, "learns", topics(things[0])), state=True)
    if (
        into is not None
        and has_content(into)
        and not any(t.lower_ in ("that", "how") for t in into.children if t.dep_ == "mark")
    ):
        return Reading(MemoryKind.SKILL, links(said.subject, "learns", [topic(activity(into))]), state=True)
    return None


def practising(said: Said) -> Reading | None:
    """Verbs that are a pastime by themselves: "I sing in a choir", "I swim twice a week"."""
    clause = said.clause
    if clause.tense not in LASTING or clause.ceased:
        return None
    informative = any(is_informative(t) and t.pos_ in ("NOUN", "PROPN") for t in clause.tokens if t.i > clause.main.i)
    if clause.tense is Tense.PROGRESSIVE or not (informative or is_habitual(said)):
        return None
    vague = clause.lemma in ("practise", "practice", "train", "exercise") and not clause.objects
    found = () if clause.negated or vague else links(said.subject, "practises", [topic(activity(clause.main))])
    return Reading(MemoryKind.SKILL, found, state=True)


def collecting(said: Said) -> Reading | None:
    things = [t for t in said.clause.objects if is_informative(t)]
    return practising(said) if things else None


def able(said: Said) -> Reading | None:
    """ "I can code in Haskell", "I can't swim"; not "I can see why"."""
    clause = said.clause
    if not any(t.lower_ in ("can", "ca", "cannot") for t in clause.auxiliaries):
        return None
    if clause.lemma not in ABILITIES:
        return None
    return speaking(said) if clause.lemma == "speak" else Reading(MemoryKind.SKILL, confidence=LOOSE, state=True)


ABILITIES = frozenset(
    """
    code program swim drive cook bake sing dance draw paint play speak ski surf skate ride juggle sew knit type
    fly sail dive whistle read write weld climb
    """.split()
)


def good_at(said: Said) -> Reading | None:
    noun = said.clause.after("at", "with")
    complement = said.clause.complement
    if (
        complement is None
        or complement.lower_ not in ("good", "great", "bad", "terrible", "skilled", "decent", "fluent")
        or noun is None
    ):
        return None
    if complement.lower_ == "fluent" or not is_informative(noun):
        return None
    return Reading(MemoryKind.SKILL, confidence=LOOSE, state=True)


def fluent(said: Said) -> Reading | None:
    if said.clause.complement is None or said.clause.complement.lower_ not in ("fluent", "bilingual"):
        return None
    return speaking(said)


def pastimes(said: Said) -> Reading | None:
    """ "My hobbies are climbing and origami.\""""
    main = said.clause.main
    complement = main if main.tag_ == "VBG" else said.clause.complement or said.clause.infinitive()
    if complement is None:
        return None
    found = [
        topic(activity(t)) if t.pos_ == "VERB" else thing
        for t in coordinated(complement)
        for thing in topics(t, EntityType.TOPIC)[:1]
    ]
    return Reading(MemoryKind.PREFERENCE, links(said.subject, "practises", found), state=True) if found else None


PASTIMES = (
    "sing", "dance", "paint", "draw", "run", "swim", "hike", "climb", "cycle", "knit", "sew", "cook", "bake", "surf",
    "ski", "garden", "meditate", "journal", "jog", "fish", "sail", "skate", "volunteer", "practise", "practice",
    "write", "compose", "exercise", "train", "row", "box", "code", "program", "coach", "camp", "tutor",
)  # fmt: skip
"""Verbs that name a pastime by themselves."""

VERBS: dict[str, Reader] = {
    "play": playing,
    "speak": speaking,
    "learn": learning,
    **dict.fromkeys(PASTIMES, practising),
    **dict.fromkeys(("collect", "build", "restore", "brew", "grow", "breed"), collecting),
}  # fmt: skip
