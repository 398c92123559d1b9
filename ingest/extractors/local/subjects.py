"""Who a clause speaks of: the speaker, somebody of theirs, a pet, a stranger with a name."""

from typing import TYPE_CHECKING

from graphs.kinds import EntityType
from ingest.extractors.base import Thing
from ingest.extractors.local import naming, nouns
from ingest.extractors.local.readings.base import animal, person
from ingest.extractors.local.scene import Scene
from ingest.extractors.local.words import SOFTWARE

if TYPE_CHECKING:
    from spacy.tokens import Token


def subject_of(subject: "Token", scene: Scene) -> tuple[Thing | None, str | None]:
    """Who a clause speaks of, and what of the speaker's that is ("sister"), where it is."""
    heads = [subject, *subject.conjuncts, *(t for t in subject.head.children if t.dep_ == "nsubj")]
    if any(t.lower_ in ("i", "we") for t in heads):
        return nouns.ME, None
    if nouns.is_mine(subject):
        return _mine(subject), nouns.role_of(subject).lemma_.lower()
    for token in subject.children:
        if token.dep_ == "appos" and nouns.is_mine(token) and nouns.kin_of(token):
            return person(nouns.full_name(subject)), token.lemma_.lower()
    if subject.pos_ == "PROPN" and subject.text[:1].isupper():
        return scene.known(nouns.full_name(subject)) or _stranger(subject), None
    if _is_introduced(subject):
        return person(subject.text), None
    meant = scene.meant_by(subject.lower_)
    return meant, None


def _is_introduced(subject: "Token") -> bool:
    """ "Ines is my best friend": who is said to be somebody's friend has a name, whatever the tagger took it for."""
    bare = (
        subject.i == 0 and subject.text.istitle() and subject.pos_ == "NOUN" and not any(True for _ in subject.children)
    )
    return bare and any(nouns.kin_of(t) for t in subject.head.children if t.dep_ == "attr")


def _mine(noun: "Token") -> Thing | None:
    name = naming.called(noun)
    if nouns.is_pet(noun):
        return animal(name or noun.lemma_.lower())
    return person(name) if name and nouns.kin_of(noun) else None


def _stranger(noun: "Token") -> Thing | None:
    """A name that this message did not introduce: a person, as far as the recogniser does not object."""
    if noun.ent_type_ in ("DATE", "TIME", "NORP", "LANGUAGE", "ORDINAL", "CARDINAL"):
        return None
    if noun.tag_ == "NNPS" or noun.lower_ in SOFTWARE:
        return None
    known = nouns.LABELS.get(noun.ent_type_)
    if known is EntityType.PLACE and noun.head.lemma_ in PERSONAL:
        known = EntityType.PERSON
    return Thing(nouns.full_name(noun), known or EntityType.PERSON) if known or _is_human(noun) else None


def _is_human(noun: "Token") -> bool:
    return noun.head.lemma_ in HUMAN or any(nouns.kin_of(t) for t in noun.head.children if t.dep_ == "attr")


PERSONAL = frozenset("work live love hate study marry teach speak enjoy prefer lead manage quit".split())
"""What no place does, whatever the recogniser takes its subject for: "Nadia works at Acme"."""
HUMAN = frozenset(
    """
    work live like love hate study marry teach move speak be have play visit enjoy prefer get start join quit
    leave go want
    """.split()
)
"""What is said of people: their subject is taken for one when the recogniser is silent."""
