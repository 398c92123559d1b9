"""One clause of a parsed sentence: its verb, its subject, its tense, and what belongs to them."""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from ingest.extractors.local.verbs import CONSUMING, PAST_AS_PRESENT
from ingest.extractors.local.words import HABITS

if TYPE_CHECKING:
    from spacy.tokens import Token

SUBJECTS = ("nsubj", "nsubjpass", "csubj", "expl")
AUXILIARIES = ("aux", "auxpass")
TRUE_AUXILIARIES = frozenset(
    """
    be have do get getting to will would can could shall should may might must 'm 're 's 've 'll 'd ca wo need
    use
    """.split()
)


LINKING = frozenset("be become get feel look seem sound go stay turn remain grow run come move live".split())
ADVERBS = frozenset(
    """home abroad outside inside together again early late hard fast far away back alone online offline downtown
    upstairs downstairs overseas tomorrow today yesterday sometimes twice solo barefoot indoors outdoors well
    better best long
    straight high low first last freelance remote ahead apart around forward nonstop vegan vegetarian sober
    """.split()
)


class Tense(Enum):
    PAST = "past"
    PRESENT = "present"
    PERFECT = "perfect"
    PROGRESSIVE = "progressive"
    FUTURE = "future"
    USED_TO = "used to"


@dataclass(frozen=True)
class Clause:
    """One verb with what belongs to it. ``shared`` is what it has from the clause that it is coordinated with: the
    subject and the auxiliaries, to be said before its own words."""

    head: "Token"
    subject: "Token | None"
    shared: "tuple[Token, ...]"
    tokens: "tuple[Token, ...]"

    @cached_property
    def auxiliaries(self) -> "list[Token]":
        own = [t for t in self.head.children if t.dep_ in AUXILIARIES and t.i < self.head.i]
        return own or [t for t in self.shared if t.dep_ in AUXILIARIES]

    @cached_property
    def miscast(self) -> "Token | None":
        """A verb that the parser took for an auxiliary: the "loves" of "my wife loves gardening"."""
        return next(
            (t for t in self.auxiliaries if t.lemma_.lower() not in TRUE_AUXILIARIES and t.tag_.startswith("VB")), None
        )

    @cached_property
    def main(self) -> "Token":
        """The verb that says what is done: "live" in "used to live", "visit" in "am going to visit"."""
        if self.miscast is not None:
            return self.miscast
        if self._leads_to_infinitive("used") or (self._leads_to_infinitive("going") and self.auxiliaries):
            return next(t for t in self.head.children if t.dep_ in ("xcomp", "ccomp"))
        return self.head

    def _leads_to_infinitive(self, word: str) -> bool:
        verbs = [t for t in self.head.children if t.dep_ in ("xcomp", "ccomp")]
        return self.head.lower_ == word and bool(verbs) and any(t.lower_ == "to" for t in verbs[0].lefts)

    @cached_property
    def lemma(self) -> str:
        return self.main.lemma_.lower()

    @cached_property
    def particle(self) -> str:
        return next((t.lower_ for t in self.main.children if t.dep_ == "prt"), "")

    @cached_property
    def verb(self) -> str:
        """With its particle: "give up"."""
        return f"{self.lemma} {self.particle}".strip()

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(t.lower_ for t in self.tokens)

    @cached_property
    def negated(self) -> bool:
        heads = (self.head, self.main, *self.auxiliaries)
        tied = any(is_negation(t) for t in (*self.shared, *(t for head in heads for t in head.children)))
        return tied or self.ceased

    @cached_property
    def ceased(self) -> bool:
        """It was true and is not any more."""
        text = " ".join(t.lower_ for t in self.tokens)
        return "no longer" in text or any(w in text for w in ("anymore", "any more", "any longer"))

    @cached_property
    def tense(self) -> Tense:
        words = {t.lower_ for t in self.auxiliaries}
        if self.miscast is not None:
            return Tense.PAST if self.miscast.tag_ == "VBD" else Tense.PRESENT
        if self._leads_to_infinitive("used"):
            return Tense.USED_TO
        if words & {"will", "'ll", "wo", "shall"} or self.main is not self.head:
            return Tense.FUTURE
        if words & {"get", "gets", "getting"}:
            return Tense.PROGRESSIVE if "getting" in words else Tense.PRESENT
        if words & {"have", "'ve", "has"} and self.head.tag_ in ("VBN", "VBD", "VBG", "VB"):
            return Tense.PERFECT
        if words & {"did", "was", "were", "had"}:
            return Tense.PAST
        if words & {"am", "'m", "is", "are", "'re", "'s"}:
            return Tense.PROGRESSIVE if self.head.tag_ == "VBG" else Tense.PRESENT
        return Tense.PAST if self.head.tag_ in ("VBD", "VBN") or sounds_past(self.head) else Tense.PRESENT

    @cached_property
    def has_got(self) -> bool:
        """ "I've got a cat" is to have one, "I got a cat" to gain it."""
        return self.tense is Tense.PERFECT and self.head.lower_ == "got"

    @cached_property
    def objects(self) -> "list[Token]":
        found = [t for t in self.main.children if t.dep_ in ("dobj", "attr", "oprd") and t.i > self.main.i]
        return found or [t for t in self.main.children if self._is_mistagged(t)]

    def _is_mistagged(self, token: "Token") -> bool:
        """A noun that the tagger does not know, right behind its verb: "I baked sourdough", "I don't eat gluten"."""
        if self.lemma in CONSUMING and token.i == self.main.i + 1 and token.tag_ in ("VB", "VBP", "VBN", "NN", "NNS"):
            return not any(True for _ in token.children) and token.dep_ in ("xcomp", "advcl", "ccomp", "conj")
        if token.i != self.main.i + 1 or token.dep_ not in ("advmod", "acomp", "dep") or self.lemma in LINKING:
            return False
        return (
            token.tag_ in ("RB", "JJ")
            and not token.is_stop
            and not token.lower_.endswith("ly")
            and token.lower_ not in ADVERBS
        )

    @cached_property
    def complement(self) -> "Token | None":
        """What a copula says of its subject: "a nurse", "allergic"."""
        found = [t for t in self.main.children if t.dep_ in ("attr", "acomp") and t.i > self.main.i]
        return found[0] if found else None

    def after(self, *prepositions: str) -> "Token | None":
        """The noun that the first of ``prepositions`` leads to, wherever the parser hung it on."""
        own = set(self.tokens)
        for token in self.tokens:
            if token.lower_ in prepositions and token.pos_ in ("ADP", "SCONJ") and token.i > self.main.i:
                nouns = [t for t in token.children if t.dep_ in ("pobj", "pcomp") and t in own]
                if nouns and nouns[0].ent_type_ not in ("DATE", "TIME"):
                    return nouns[0]
        return None

    def infinitive(self) -> "Token | None":
        if self.miscast is not None:
            return self.head
        return next(
            (
                t
                for t in self.main.children
                if t.dep_ in ("xcomp", "ccomp", "advcl", "acl") and t.pos_ in ("VERB", "AUX") and t.i > self.main.i
            ),
            None,
        )


def is_negation(token: "Token") -> bool:
    return token.dep_ == "neg" or token.lower_ in ("never", "n't", "not")


def joint_of(part: "Token") -> str:
    """What ties a coordinated verb to the one before it: "and", "but", "or"; "" for a comma."""
    ties = [t.lower_ for t in part.head.children if t.dep_ == "cc" and t.i < part.i]
    return ties[-1] if ties else ""


def shares_an_auxiliary(part: "Token", auxiliaries: "list[Token]") -> bool:
    """ "I don't smoke *or drink*", "I'm cooking *and listening*"; not "I've lived here *and work* at Acme"."""
    if any(t.dep_ in AUXILIARIES for t in part.children) or joint_of(part) == "but":
        return False
    lemmas = {"do" if t.tag_ == "MD" else t.lemma_ for t in auxiliaries}
    wanted = {"VB": {"do"}, "VBP": {"do"}, "NN": {"do"}, "VBG": {"be", "have"}, "VBN": {"be", "have", "get"}}
    return bool(wanted.get(part.tag_, set()) & lemmas)


def sounds_past(token: "Token") -> bool:
    """ "I quit" is heard as past unless it is "always" or a "never"."""
    if token.lower_ not in PAST_AS_PRESENT or token.lower_ == "read" or token.tag_ not in ("VBP", "VB"):
        return False
    return not any(t.lower_ in HABITS or t.dep_ in AUXILIARIES for t in token.children)
