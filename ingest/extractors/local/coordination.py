"""Cuts a sentence where the parser takes its second verb for a noun: "I live in Oslo and *work* at Acme".

A verb there is bare, stands right behind the "and", hangs on the first verb or on what no noun phrase can hold, and its
subject is one that goes with a bare verb. What follows the joint is read again, as a sentence with that subject. Where
either half does not come out as a sentence of its own, the whole is left alone.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ingest.extractors.local.clause import AUXILIARIES
from ingest.extractors.local.parsing import is_a_verb, parse
from ingest.extractors.local.reader import BY_VERB
from ingest.extractors.local.screening import is_open

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

JOINTS = frozenset(("and", "&", "but"))
SHARED_VERBS = ("be", "have")
"""Auxiliaries that a bare verb does not share: "I have lived in Oslo since May and work at Acme"."""
BARE = frozenset(("VB", "VBP"))
OF_TASTE = frozenset("like enjoy hate dislike prefer adore detest".split())
"""One of these after another: "I like tea and hate coffee". Hardly a noun phrase begins with them, as "love songs"."""
MOST_ADVERBS = 2


def parsed(texts: Sequence[str]) -> "Iterator[list[Doc]]":
    """Each of ``texts`` as one sentence, or as those that it is cut into."""
    for doc in parse(texts):
        yield list(_cut(doc))


def _cut(doc: "Doc") -> "Iterator[Doc]":
    verb = second_verb(doc)
    halves = _halves(doc, verb) if verb is not None else None
    if halves is None:
        yield doc
    else:
        yield halves[0]
        yield from _cut(halves[1])


def _halves(doc: "Doc", verb: "Token") -> "tuple[Doc, Doc] | None":
    """None where one of them is no sentence."""
    root, start = _root(doc), verb.i - _adverbs_before(verb)
    subject = _subject(root)
    assert subject is not None
    shared = doc[subject.left_edge.i : root.i if _negated(root) else subject.right_edge.i + 1]
    joint = next(t for t in doc[root.i : start] if t.i >= start - 2 and (t.dep_ == "cc" or t.text in (",", "&")))
    left, right = parse([f"{doc[: joint.i].text.rstrip(' ,')}.", f"{shared.text} {doc[start:].text}"])
    place = len(shared) + verb.i - start
    whole = _root(left).i == root.i and _says_something(_root(left))
    verbal = _root(right).i == place and _root(right).tag_ in BARE and _says_something(_root(right))
    return (left, right) if whole and verbal else None


def second_verb(doc: "Doc") -> "Token | None":
    """The first bare word behind a joint that was taken for a noun, or lost in a noun phrase."""
    root = _root(doc)
    if not _may_share_its_subject(root):
        return None
    return next((t for t in doc[root.i + 2 : -1] if _is_a_lost_verb(t, root)), None)


def _root(doc: "Doc") -> "Token":
    return next(iter(doc.sents)).root


def _subject(verb: "Token") -> "Token | None":
    return next((t for t in verb.lefts if t.dep_ in ("nsubj", "nsubjpass")), None)


def _negated(verb: "Token") -> bool:
    return any(t.dep_ == "neg" for t in verb.children)


def _may_share_its_subject(root: "Token") -> bool:
    """Something that was said outright of "I", "we" or several: "lives" would show in "she lives and works"."""
    subject = _subject(root)
    if subject is None or root.pos_ not in ("VERB", "AUX") or root.sent.end != len(root.doc) or '"' in root.doc.text:
        return False
    if any(t.dep_ in AUXILIARIES and t.lemma_ not in SHARED_VERBS for t in root.children) and not _negated(root):
        return False
    if any(t.dep_ == "xcomp" and _is_infinitive(t) for t in root.children):
        return False
    several = subject.lower_ in ("i", "we") or subject.tag_ in ("NNS", "NNPS") or any(True for _ in subject.conjuncts)
    return several and root.tag_ != "VBZ" and not is_open(root.doc.text)


def _is_infinitive(verb: "Token") -> bool:
    """ "I want *to live* in Oslo and work at Acme" wants both."""
    return any(t.tag_ == "TO" for t in verb.lefts)


def _is_a_lost_verb(token: "Token", root: "Token") -> bool:
    if not (token.is_lower and token.is_alpha and is_a_verb(token.lower_)) or not _is_at_a_joint(token, root):
        return False
    ends = token.nbor()
    if ends.is_punct or ends.dep_ == "cc" or any(t.pos_ not in ("ADV", "PUNCT") for t in token.lefts):
        return False
    phrase = token.head if token.dep_ in ("compound", "amod", "nmod") else token
    if phrase.dep_ in ("conj", "advcl", "acomp", "dep") and phrase.head.pos_ in ("VERB", "AUX"):
        understood = phrase.dep_ == "conj" and token.pos_ in ("VERB", "AUX")
        return not understood and token.pos_ != "ADV" and token.tag_ not in ("NNS", "NNP", "NNPS")
    return phrase.dep_ == "conj" and _is_no_second_noun(token, phrase, root)


def _is_at_a_joint(token: "Token", root: "Token") -> bool:
    before = token.nbor(-1 - _adverbs_before(token))
    if _negated(root):
        return before.lower_ == "or"
    return before.lower_ in JOINTS or (before.text == "," and token.dep_ != "nsubj")


def _adverbs_before(token: "Token") -> int:
    count = 0
    while count < MOST_ADVERBS and token.nbor(-1 - count).pos_ == "ADV":
        count += 1
    return count


def _is_no_second_noun(token: "Token", phrase: "Token", root: "Token") -> bool:
    """A verb of which facts are read, behind what no noun can be coordinated with in such a way."""
    first, follows = phrase.head, token.nbor()
    if token.tag_ in BARE or token.tag_ != "NN":
        return token.tag_ in BARE and phrase == token
    if first.dep_ == "nmod" and _does_not_agree(first, token, root):
        return True
    if not any(token.lower_ in verbs for verbs in BY_VERB):
        return False
    leads_on = follows.dep_ == "prep" or follows.tag_ in ("TO", "VBG", "DT", "PRP", "PRP$", "CD")
    if first.text[:1].isupper():
        return leads_on or phrase != token
    if follows.tag_ == "TO" and follows.dep_ == "aux":
        return True
    return leads_on and first.dep_ == "pobj" and any(t.dep_ in ("poss", "det", "nummod") for t in first.children)


def _does_not_agree(first: "Token", token: "Token", root: "Token") -> bool:
    """ "*A* dog and love *cats*", "a dog and love hiking" are no phrases; one taste after another is hardly one."""
    whole = first.head
    single = any(t.lower_ in ("a", "an") and t.i < first.i for t in (*whole.children, *first.children))
    agrees = whole.tag_ == "NN" and not whole.lower_.endswith("ing")
    return (single and not agrees) or (token.lower_ in OF_TASTE and root.lemma_ in (*OF_TASTE, "love"))


def _says_something(verb: "Token") -> bool:
    """More than its subject: "I live" needs a place."""
    return any(t.i > verb.i and not t.is_punct for t in verb.children)
