"""Turns a clause that was read into a fact: its sentence in the third person, its things, its time."""

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from graphs.dates import Bound, Resolved, in_words, phrase
from graphs.kinds import EntityType
from ingest.extractors.base import SPEAKER, Fact, Link, Thing
from ingest.extractors.local import naming, nouns
from ingest.extractors.local.person import Telling
from ingest.extractors.local.readings.base import Reading, animal, person
from ingest.extractors.local.scene import PERSONAL, Said, Scene
from ingest.extractors.local.soundness import is_broken, is_clean, is_in_a_date, is_plausible
from ingest.extractors.local.spans import counts, span_of
from ingest.extractors.local.words import SOFTWARE

if TYPE_CHECKING:
    from spacy.tokens import Token

NAMES_ITS_YEARS = re.compile(r"\b(?:19|20)\d\d\b|\d0'?s\b|ties\b", re.IGNORECASE)
TIES = frozenset("by before after around about of for to from until till since on in during at as".split())
DROPPED = frozenset("also just so really actually basically literally honestly definitely even finally".split())
"""Adverbs that are true of the telling, not of what is told."""


TEMPORAL = frozenset("now nowadays currently recently lately".split())
"""They age: what is true "now" has the time it holds for beside it."""


def fact(said: Said, reading: Reading) -> Fact | None:
    content = sentence_of(said)
    if content is None:
        return None
    found = dict.fromkeys(map(partial(_typed, said), reading.links))
    links = tuple(each for each in found if is_clean(each.object, said))
    return Fact(
        content=content,
        kind=reading.kind,
        confidence=reading.confidence,
        span=span_of(said, reading),
        things=_things(said, links),
        links=links,
        ends=reading.ends,
    )


def _typed(said: Said, link: Link) -> Link:
    """An object that a noun says to be a person or an animal is one: "my friend Kenji"."""
    type_ = _introduced(said).get(link.object.name)
    right = type_ is None or type_ is link.object.type
    return link if right else replace(link, object=Thing(link.object.name, type_ or link.object.type))


def _introduced(said: Said) -> dict[str, EntityType]:
    """The names that stand with a noun for kin or for an animal, and what that makes them."""
    found: dict[str, EntityType] = {}
    for token in said.clause.tokens:
        if token.pos_ in ("NOUN", "PROPN") and (nouns.is_pet(token) or nouns.is_kin(token)):
            type_ = EntityType.ANIMAL if nouns.is_pet(token) else EntityType.PERSON
            found |= dict.fromkeys(naming.all_called(token), type_)
    return found


def sentence_of(said: Said) -> str | None:
    """None where the sentence would hang on a word whose meaning was said elsewhere."""
    clause = said.clause
    telling = Telling((*clause.shared, *clause.tokens), company=said.scene.company, subject=clause.subject)
    trailing = _place_dates(said, telling)
    if not _resolve_pronouns(said, telling):
        return None
    telling.substitutes.update({t.i: "" for t in clause.tokens if _is_dropped(t)})
    text = _joint_subject(said, telling)
    text = " ".join(part for part in (text.strip(" ,-"), trailing) if part)
    return _finished(text)


def _place_dates(said: Said, telling: Telling) -> str:
    """Put dates in absolute words; one before the verb, or of an earlier clause, goes to the end."""
    own = {t.i: t for t in said.clause.tokens}
    trailing = ""
    for date in said.dates:
        if not counts(date, said):
            continue
        inside = [t for t in own.values() if date.start_char <= t.idx < date.end_char]
        words = in_words(date.span) if _follows_a_tie(inside) else _words(date)
        leading = not inside or _leads(inside, said)
        for place, token in enumerate(inside):
            telling.substitutes[token.i] = words if place == 0 and not leading else ""
        if leading:
            trailing = words
            _drop_comma_after(inside, telling)
    return trailing


def _follows_a_tie(inside: "list[Token]") -> bool:
    """ "By 15 August" has its preposition already."""
    first = inside[0] if inside else None
    return first is not None and first.i > 0 and first.nbor(-1).lower_ in TIES and first.lower_ not in TIES


def _words(date: Resolved) -> str:
    """A range that names its years stays as it was said."""
    if date.span.bound is Bound.BETWEEN and NAMES_ITS_YEARS.search(date.text):
        return date.text[0].lower() + date.text[1:]
    return phrase(date.span, date.text)


def _leads(inside: "list[Token]", said: Said) -> bool:
    subject = said.clause.subject
    return subject is not None and inside[-1].i < subject.left_edge.i


def _drop_comma_after(inside: "list[Token]", telling: Telling) -> None:
    if inside and inside[-1].i + 1 < len(inside[-1].doc) and inside[-1].nbor().text == ",":
        telling.substitutes[inside[-1].i + 1] = ""


def _resolve_pronouns(said: Said, telling: Telling) -> bool:
    """ "She" becomes the one it can only mean; without one, a "she" that carries the sentence makes it useless."""
    carrying = said.clause.subject
    for token in telling.tokens:
        if token.lower_ not in (*PERSONAL, "it") or token.i in telling.substitutes:
            continue
        meant = said.scene.meant_by(token.lower_)
        if meant is not None and (token is carrying or not telling.named):
            telling.substitutes[token.i] = meant.name + ("'s" if token.dep_ == "poss" else "")
        elif token is carrying:
            return False
    return True


def _is_dropped(token: "Token") -> bool:
    if token.lower_ in TEMPORAL and token.dep_ == "advmod":
        return not _is_coordinated(token)
    if token.lower_ == "right" and token.i + 1 < len(token.doc) and token.nbor().lower_ == "now":
        return True
    if token.dep_ != "advmod":
        return False
    if token.lower_ == "there":
        return _stands_without(token)
    return token.lower_ in DROPPED and token.head.pos_ in ("VERB", "AUX") and not _is_coordinated(token)


def _stands_without(there: "Token") -> bool:
    """ "Leads a team there" says enough without the place, which nothing names; "lives there" does not."""
    verb = there.head if there.head.pos_ in ("VERB", "AUX") else there.sent.root
    return there.nbor(-1).dep_ not in ("prep", "advmod") and any(
        t.dep_ == "dobj" and t.i < there.i for t in verb.children
    )


def _is_coordinated(token: "Token") -> bool:
    """ "Now and then" is one word."""
    return token.i + 1 < len(token.doc) and token.nbor().lower_ == "and" and token.lower_ == "now"


def _joint_subject(said: Said, telling: Telling) -> str:
    """ "My wife and I went" is retold as "\ufffc and their wife went"."""
    others = company(telling.tokens)
    if not others:
        return telling.words()
    before = tuple(t for t in telling.tokens if t.i < others[0].i)
    after = tuple(t for t in telling.tokens if t.i > others[-1].i + 2)
    opening = Telling(before, substitutes=telling.substitutes, named=True).words()
    rest = Telling(after, substitutes=telling.substitutes, named=True).words()
    return " ".join(part for part in (opening, f"{SPEAKER} and {_retold(others)}", rest) if part)


def company(tokens: "tuple[Token, ...]") -> "tuple[Token, ...]":
    """Those who are named before "and I", read from the words: the parser is often at odds with them."""
    place = next((n for n, t in enumerate(tokens) if t.lower_ == "i" and n > 1 and tokens[n - 1].lower_ == "and"), None)
    if place is None:
        return ()
    first = place - 1
    while first > 0 and _is_of_a_name(tokens[first - 1]):
        first -= 1
    return tokens[first : place - 1]


def _is_of_a_name(token: "Token") -> bool:
    if token.ent_type_ in ("DATE", "TIME"):
        return False
    return token.pos_ in ("PROPN", "NOUN", "ADJ", "ADP") or token.dep_ in ("poss", "case", "det", "compound")


def _retold(others: "tuple[Token, ...]") -> str:
    return Telling(others, named=True).words()


def _finished(text: str) -> str | None:
    text = text.strip(" ,;:-")
    if not text or is_broken(text):
        return None
    text += '"' if text.count('"') % 2 else ""
    return f"{text[0].upper()}{text[1:]}".rstrip(".!") + "."


def _things(said: Said, links: tuple[Link, ...]) -> tuple[Thing, ...]:
    found: dict[str, Thing] = {}
    subject = (said.subject,) if said.subject else ()
    for thing in (*subject, *(t for link in links for t in (link.subject, link.object)), *_named(said)):
        found.setdefault(thing.name, thing)
    return tuple(found.values())


def _named(said: Said) -> list[Thing]:
    """Names that the recogniser is sure of and the grammar agrees with."""
    introduced = _introduced(said)
    known = {*introduced, said.subject.name if said.subject else ""}
    found = [Thing(name, type_) for name, type_ in introduced.items()]
    for token in said.clause.tokens:
        type_ = EntityType.ORGANIZATION if _employs(token) else nouns.LABELS.get(token.ent_type_)
        if token.lower_ in SOFTWARE:
            type_ = EntityType.PRODUCT
        if nouns.full_name(token) in known or token.text in introduced or is_in_a_date(token, said):
            continue
        if (
            type_
            and token.pos_ == "PROPN"
            and token.text[:1].isupper()
            and token.dep_ not in ("compound", "amod")
            and is_plausible(token, type_)
        ):
            found.append(Thing(nouns.name_of(token), type_))
    return found


def _employs(token: "Token") -> bool:
    """ "A job interview at Netflix", "my sister works at Acme"."""
    noun = token.head.head if token.head.lower_ in ("at", "with") else token
    if noun.lemma_ == "work" and noun.pos_ == "VERB" and token.head.lower_ == "at":
        return True
    return noun.lemma_ in ("interview", "job", "role", "position", "internship", "offer") and noun is not token


def remember(said: Said, scene: Scene) -> None:
    """Keep who was introduced, for the pronouns of the next sentences."""
    for token in said.clause.tokens:
        if token.pos_ in ("NOUN", "PROPN") and (nouns.is_pet(token) or nouns.kin_of(token)):
            for name in naming.all_called(token):
                scene.meet(animal(name) if nouns.is_pet(token) else person(name))
    subject = said.clause.subject
    if said.subject and said.subject.name != SPEAKER:
        scene.meet(said.subject)
        for other in subject.conjuncts if subject is not None and subject.pos_ == "PROPN" else ():
            scene.meet(person(nouns.full_name(other)))
    others = company((*said.clause.shared, *said.clause.tokens))
    scene.company = _retold(others) if others else scene.company
