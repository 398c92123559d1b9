# ruff: noqa: E501 -- a pattern is easier to read on one line
"""Whether a sentence and the things in it came out whole: a parse that went wrong shows there."""

import re
from typing import TYPE_CHECKING

from graphs.kinds import EntityType
from ingest.extractors.base import SPEAKER, Thing
from ingest.extractors.local.scene import Said
from ingest.extractors.local.verbs import gerund

if TYPE_CHECKING:
    from spacy.tokens import Token

WORD = re.compile(r"[\w&+#.']*\w[+#]*")
QUOTE = re.compile(r"\"[^\"]*\"|(?<!\w)'[^']*'(?!\w)")
FIRST_PERSON = re.compile(
    r"\bI'(?:m|ve|ll|d)\b|(?:^|(?<=[a-z,] ))I(?= [a-z])|\b(?:[Mm]y|[Mm]e|[Mm]yself|[Oo]urs?|[Ww]e)\b"
)
ILL_CONJUGATED = re.compile(
    rf"(?:^|, |\b(?:and|but|that|because|when|so|while) ){SPEAKER} (?:\w+ly )?(?:am|are|have|were|do|been|being|they|'\w+)\b"
)
WITHOUT_VERB = re.compile(rf"^{SPEAKER} \w+ings?\b(?<!brings)(?<!sings)(?<!swings)(?<!clings)")
ELLIPTIC = re.compile(
    rf"\bneither\b.*\bnor\b|^{SPEAKER} is\b.*\b(?:and|but) (?:also )?(?:live|work|have|love|like|hate|play|speak|use|enjoy)\b"
)
FRAGMENT = re.compile(
    r"^(?:[Aa]nd|[Bb]ut|[Oo]r|[Bb]ecause|[Ww]hich|[Tt]han|[Ii]f|[Oo]f|Here|There|BTW)\b|\b(?:and|or|but|because|the|an?|their|if|when|as|than|'s)$"
)
RUN_TOGETHER = re.compile(rf"^(?!{SPEAKER})\w+ed (?:their|the|my|an?)\b.*{SPEAKER}")
MOST_WORDS = 4


def is_broken(text: str) -> bool:
    """Then nothing is better than the sentence."""
    plain = QUOTE.sub(" ", text).rstrip(" .!?")
    return any(
        pattern.search(plain)
        for pattern in (FIRST_PERSON, ILL_CONJUGATED, WITHOUT_VERB, ELLIPTIC, FRAGMENT, RUN_TOGETHER)
    )


def is_clean(thing: Thing, said: Said) -> bool:
    """A short phrase of the message itself, its words in their order; the first may have become a gerund."""
    words = WORD.findall(thing.name.lower())
    if thing.name == SPEAKER or said.scene.known(thing.name):
        return True
    if not words or (len(words) > MOST_WORDS and not thing.name[:1].isupper()):
        return False
    doc = said.clause.head.doc
    said_words = iter(WORD.findall(doc.text.lower()))
    turned = words[0] in {gerund(t.lower_) for t in doc if t.tag_ in ("VB", "VBP", "NN")}
    found = all(
        any(said_word in (word, f"{word}s", f"{word}es") for said_word in said_words)
        for word in (words[1:] if turned else words)
    )
    return found and not any(is_in_a_date(t, said) for t in said.clause.tokens if t.lower_ == words[-1])


def is_in_a_date(token: "Token", said: Said) -> bool:
    return any(date.start_char <= token.idx < date.end_char for date in said.dates)


KNOWN = frozenset("meet see visit call help thank know marry love miss join".split())


def is_plausible(token: "Token", type_: EntityType) -> bool:
    """The recogniser takes many an unknown word for a person: one acts, is met, or somebody is with them."""
    if type_ is not EntityType.PERSON:
        return type_ is not EntityType.WORK
    if token.dep_ == "pobj":
        return token.head.lower_ in ("with", "to", "from", "for") and token.head.head.pos_ != "NOUN"
    return token.dep_ in ("nsubj", "nsubjpass", "appos", "conj") or (
        token.dep_ == "dobj" and token.head.lemma_ in KNOWN
    )
