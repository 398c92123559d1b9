"""Cuts a parsed sentence into its clauses, each with its subject, so that each can be a fact of its own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.extractors.local.clause import (
    SUBJECTS,
    Clause,
    is_negation,
    joint_of,
    shares_an_auxiliary,
)

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

REVEALING = frozenset(
    """
    find discover learn realize realise hear confirm announce reveal mention remember note decide
    """.split()
)
"""Verbs whose clause is the news: "I found out that I'm allergic to nuts"."""


TAKEN_FOR_NOUNS = frozenset("run land leave depart arrive start end open close ship launch cost show play stop".split())


def _verb_taken_for_a_noun(root: "Token") -> Clause | None:
    """ "My flight lands at six", "our server runs on Debian": to the parser, landings and runs."""
    subjects = [t for t in root.lefts if t.dep_ == "compound" and t.i == root.i - 1]
    if root.tag_ != "NNS" or root.lemma_.lower() not in TAKEN_FOR_NOUNS or not subjects:
        return None
    return Clause(root, subjects[0], (), _own_tokens(root, []))


def clauses(doc: "Doc") -> Iterator[Clause]:
    for sentence in doc.sents:
        mended = _verb_taken_for_a_noun(sentence.root)
        if mended is not None:
            yield mended
            continue
        yield from _coordinated(sentence.root, None, ())


def _coordinated(head: "Token", subject: "Token | None", shared: "tuple[Token, ...]") -> Iterator[Clause]:
    if head.pos_ == "NOUN" and (verb := _verb_taken_for_an_attribute(head)):
        yield Clause(verb, head, (), _own_tokens(head, []))
        return
    revealed = _revealed(head)
    if revealed is not None:
        yield from _coordinated(revealed, None, ())
        return
    spliced = [t for t in head.children if _is_spliced(t, head)]
    for each in spliced:
        yield from _coordinated(each, None, ())
    parts = [t for t in head.children if _is_coordinated_verb(t, head)]
    own = _subject(head)
    if own is not None:
        subject, shared = own, ()
    stray = [t for t in head.children if _is_stray(t, own)]
    clause = Clause(head, subject, shared, _own_tokens(head, [*parts, *spliced, *stray]))
    yield clause
    for part in parts:
        yield from _coordinated(part, subject, _shared(clause, part))


def _verb_taken_for_an_attribute(noun: "Token") -> "Token | None":
    """ "My parents divorced in 2001": the parser hears of parents who were divorced."""
    owned = any(t.dep_ == "poss" and t.lower_ in ("my", "our") for t in noun.children)
    verbs = [t for t in noun.children if t.dep_ == "acl" and t.tag_ in ("VBN", "VBD") and t.i > noun.i]
    return verbs[0] if owned and verbs and verbs[0].i in (noun.i + 1, noun.i + 2) else None


def _is_coordinated_verb(token: "Token", head: "Token") -> bool:
    """After "is" a bare verb is a noun that the parser mistook: "allergic to peanuts and shellfish"."""
    if token.dep_ != "conj" or token.pos_ not in ("VERB", "AUX"):
        return False
    if _is_denied_with(token, head):
        return False
    return not (head.lemma_ == "be" and token.tag_ == "VB" and not list(token.children))


def _is_denied_with(part: "Token", head: "Token") -> bool:
    """ "I don't eat meat and drink milk" denies both, or that they go together: it stays one clause."""
    auxiliaries = [t for t in head.children if t.tag_ == "MD" or t.lemma_ == "do"]
    bare = any(t.lower_ == "never" for t in head.children) and part.tag_ in ("VB", "VBP")
    denied = any(is_negation(t) for t in head.children) and _subject(part) is None
    return denied and joint_of(part) == "and" and (bare or shares_an_auxiliary(part, auxiliaries))


def _subject(head: "Token") -> "Token | None":
    return next((t for t in head.children if t.dep_ in SUBJECTS), None)


def _is_spliced(token: "Token", head: "Token") -> bool:
    """ "I live in Rome, I have a dog": two sentences that the parser took for one."""
    if token.dep_ not in ("ccomp", "parataxis") or token.pos_ not in ("VERB", "AUX") or token.i > head.i:
        return False
    own, other = _subject(token), _subject(head)
    return own is not None and other is not None and other.i > token.i


def _is_stray(token: "Token", subject: "Token | None") -> bool:
    """ "Was wild, I got noticed": a remark without a subject before the sentence proper."""
    return (
        subject is not None
        and token.dep_ in ("ccomp", "parataxis")
        and token.i < subject.left_edge.i
        and _subject(token) is None
    )


def _revealed(head: "Token") -> "Token | None":
    if head.lemma_.lower() not in REVEALING:
        return None
    for token in head.children:
        if token.dep_ == "ccomp" and token.i > head.i:
            subject = _subject(token)
            return token if subject is not None and subject.lower_ in ("i", "we") else None
    return None


def _own_tokens(head: "Token", parts: "list[Token]") -> "tuple[Token, ...]":
    others = {t.i for part in parts for t in part.subtree}
    tokens = [t for t in head.subtree if t.i not in others]
    while tokens and _is_connective(tokens[0], head):
        tokens.pop(0)
    quotes = sum(t.text == '"' for t in tokens)
    while (
        tokens
        and not (tokens[-1].text == '"' and quotes % 2 == 0)
        and (tokens[-1].is_punct or tokens[-1].dep_ == "cc" or tokens[-1].pos_ in ("INTJ", "CCONJ", "SPACE"))
    ):
        tokens.pop()
    return tuple(tokens)


REASONS = ("because", "since", "as", "although", "though", "whereas", "while")
CONNECTIVES = frozenset("so and but then plus also that well".split())


def _is_connective(token: "Token", head: "Token") -> bool:
    """Also the "because" of the clause itself, but not that of a clause inside it."""
    if token.dep_ == "mark":
        return token.head is head
    return token.is_punct or token.dep_ in ("cc", "intj") or token.lower_ in CONNECTIVES


def _shared(first: Clause, part: "Token") -> "tuple[Token, ...]":
    if _subject(part) is not None or first.subject is None:
        return ()
    shared = {*first.subject.subtree}
    if shares_an_auxiliary(part, first.auxiliaries):
        shared |= {*first.auxiliaries}
    if joint_of(part) in ("or", "nor"):
        shared |= {t for t in (*first.head.children, *first.shared) if is_negation(t)}
    return tuple(sorted(shared, key=lambda t: t.i))


def reasons(clause: Clause) -> Iterator[Clause]:
    """The clauses that say why: they may hold a fact where this one does not."""
    for token in clause.main.subtree:
        if token.dep_ == "advcl" and any(t.lower_ in REASONS for t in token.children) and _subject(token) is not None:
            own = _own_tokens(token, [])
            yield Clause(token, _subject(token), (), own[1:] if own[0].lower_ in REASONS else own)
