"""Retells a clause in the third person: "I love my job" becomes "\\ufffc loves their job"."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.extractors.base import SPEAKER
from ingest.extractors.local.clause import AUXILIARIES, SUBJECTS, shares_an_auxiliary, sounds_past
from ingest.extractors.local.parsing import is_a_verb
from ingest.extractors.local.verbs import expanded, plural, third_person
from ingest.extractors.local.words import HOUSEHOLD

if TYPE_CHECKING:
    from spacy.tokens import Token

FIRST = {
    "i": SPEAKER, "me": SPEAKER, "my": f"{SPEAKER}'s", "mine": f"{SPEAKER}'s", "myself": "themselves",
    "our": f"{SPEAKER}'s", "ours": f"{SPEAKER}'s", "us": f"{SPEAKER} and others", "ourselves": "themselves",
}  # fmt: skip
AGAIN = {
    "i": "they", "me": "them", "my": "their", "mine": "theirs", "myself": "themselves", "we": "they",
    "our": "their", "ours": "theirs", "us": "them", "ourselves": "themselves",
}  # fmt: skip
CLITICS = ("'m", "'re", "'ve", "'ll", "n't", "'d")
AFTER_SUBJECT = frozenset("am 'm are 're have 've do was were 'll 'd will".split())
"""What carries the person of the verb when it stands right behind "I", whatever the parser hung it on."""
FINITE = ("VBP", "VBZ", "VBD", "MD", "VB")


@dataclass
class Telling:
    """The words of one sentence as they are retold. The speaker is named once and "they" from then on."""

    tokens: "tuple[Token, ...]"
    subject: "Token | None" = None
    """A "my" before it looks ahead to it: "in their spare time \ufffc restores radios"."""
    company: str = ""
    """Who "we" are with the speaker, where the message says so: "their wife"."""
    substitutes: dict[int, str] = field(default_factory=dict)
    """What stands for a token, by its place: a date in absolute words, a name for "she"; "" drops it."""
    agreement: dict[int, bool] = field(default_factory=dict)
    """Verbs that go with the speaker, by place: True where the speaker is named (singular), False after "they"."""
    named: bool = False

    def words(self) -> str:
        spoken = [self._word(token) for token in self.tokens]
        return _joined(self.tokens, spoken)

    def _word(self, token: "Token") -> str:
        if token.i in self.substitutes:
            return self.substitutes[token.i]
        lower = token.lower_
        if lower == "we":
            return self._we(token)
        if lower in FIRST and not _is_a_noun(token):
            return self._speaker(token, lower)
        if token.i in self.agreement:
            return self._verb(token)
        return expanded_word(token)

    def _speaker(self, token: "Token", lower: str) -> str:
        if self._looks_ahead(token, lower):
            return AGAIN[lower]
        word = AGAIN[lower] if self.named else FIRST[lower]
        if token.dep_ in SUBJECTS or lower == "i":
            self._agree(token, singular=not self.named and not _is_coordinated(token))
        self.named = True
        return word

    def _looks_ahead(self, token: "Token", lower: str) -> bool:
        subject = self.subject
        if subject is None or subject.lower_ not in ("i", "we") or lower in ("i", "we"):
            return False
        return token.i < subject.i and subject.i in {t.i for t in self.tokens}

    def _we(self, token: "Token") -> str:
        if self.named:
            return "they"
        self.named = True
        if self.company:
            return f"{SPEAKER} and {self.company}"
        if token.head.lemma_.lower() in HOUSEHOLD or (token.i + 1 < len(token.doc) and token.head.lemma_ == "get"):
            self._agree(token, singular=True)
            return SPEAKER
        return f"{SPEAKER} and others"

    def _agree(self, subject: "Token", *, singular: bool) -> None:
        verb = subject.head
        for each in (verb, *_beside(verb)):
            misread = each is not verb and verb.lemma_ == "be" and not any(True for _ in each.children)
            if each is verb or not (misread or any(t.dep_ in SUBJECTS for t in each.children)):
                finite = (self._behind(subject) if each is verb else None) or finite_verb(each)
                finite = finite or (each if each.tag_ == "NN" and each is not verb else None)
                if finite is not None:
                    self.agreement[finite.i] = singular

    def _behind(self, subject: "Token") -> "Token | None":
        following = (t for t in self.tokens if t.i > subject.i and t.pos_ != "ADV" and t.dep_ != "conj")
        first = next(following, None)
        near = first is not None and all(t.pos_ == "ADV" for t in first.doc[subject.i + 1 : first.i])
        return first if first is not None and near and first.lower_ in AFTER_SUBJECT else None

    def _verb(self, token: "Token") -> str:
        return conjugated(token, singular=self.agreement[token.i])


def conjugated(token: "Token", *, singular: bool) -> str:
    lower = token.lower_
    if token.tag_ == "MD" or lower in ("'ll", "'d", "ca", "wo"):
        return expanded_word(token)
    if not singular:
        return plural(lower) if lower in ("am", "'m", "was", "'re", "'ve") else token.text
    if lower in ("were", "was"):
        return "was"
    if token.tag_ == "VBD" or sounds_past(token):
        return token.text
    if token.tag_ in ("VBZ", "VBG"):
        return token.text
    return third_person(lower if lower.startswith("'") else token.text)


def finite_verb(verb: "Token") -> "Token | None":
    auxiliaries = [t for t in verb.children if t.dep_ in AUXILIARIES and t.i < verb.i and t.lower_ != "to"]
    if auxiliaries:
        return auxiliaries[0]
    return verb if verb.tag_ in FINITE or (verb.pos_ in ("VERB", "AUX") and verb.tag_ not in ("VBG", "VBN")) else None


def expanded_word(token: "Token") -> str:
    lower = token.lower_
    if lower == "'d":
        return "had" if token.head.tag_ == "VBN" else "would"
    if lower == "'s" and token.pos_ in ("AUX", "VERB"):
        done = (token.head.tag_ == "VBN" and token.dep_ == "aux") or (
            token.i + 1 < len(token.doc) and token.nbor().lower_ in ("been", "got")
        )
        return "has" if done else "is"
    return expanded(token.text) if lower in CLITICS or lower in ("ca", "wo", "sha") else token.text


def _beside(verb: "Token") -> "list[Token]":
    """The verbs that are coordinated with it and have a form of their own: not the second of "can swim and dive"."""
    auxiliaries = [t for t in verb.children if t.dep_ in AUXILIARIES]
    parts = (t for t in verb.children if t.dep_ == "conj" and _is_verbal(t))
    return [t for t in parts if not shares_an_auxiliary(t, auxiliaries)]


def _is_verbal(part: "Token") -> bool:
    """Also a bare verb that was taken for a noun: "I never smoke or *drink*"."""
    lost = part.tag_ == "NN" and part.is_lower and part.nbor(-1).dep_ == "cc" and is_a_verb(part.lower_)
    return part.pos_ in ("VERB", "AUX") or (lost and part.head.pos_ == "VERB")


def _is_a_noun(token: "Token") -> bool:
    """ "The mine shaft", but not "planning mine planning", nor "married mine mine"."""
    begins = token.i > 0 and token.nbor(-1).pos_ in ("DET", "ADJ")
    return token.pos_ == "PROPN" or (token.dep_ == "compound" and begins and token.head.lower_ not in FIRST)


def _is_coordinated(token: "Token") -> bool:
    return token.dep_ == "conj" or any(t.dep_ == "conj" for t in token.children)


def _joined(tokens: "tuple[Token, ...]", spoken: list[str]) -> str:
    """Put the words together with the spaces they had; an expanded contraction stands apart, a shared word too."""
    text = ""
    for place, (token, word) in enumerate(zip(tokens, spoken, strict=True)):
        if not word:
            continue
        previous = tokens[place - 1] if place else None
        follows = previous is not None and previous.i == token.i - 1 and not previous.whitespace_
        glued = follows and not (token.lower_ in CLITICS or word != token.text)
        text += word if not text or glued or text.endswith((" ", "(")) else f" {word}"
    return text.replace("can not", "cannot")
