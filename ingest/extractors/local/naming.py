"""The names that are given to people and pets: "my sister *Anna*", "a dog named *Rex*", "our cats, *Luna and Milo*"."""

from typing import TYPE_CHECKING

from ingest.extractors.local.kin import PETS, RELATIONS
from ingest.extractors.local.nouns import full_name, is_mine, role_of

if TYPE_CHECKING:
    from spacy.tokens import Token


def called(noun: "Token") -> str | None:
    """The name given to a noun: "my sister *Anna*", "a dog named *Rex*", "Marta, my cousin"."""
    return _in_apposition(noun) or _named_after(noun) or _compounded(noun) or _next_to(noun) or _said_to_be(noun)


def all_called(noun: "Token") -> list[str]:
    """ "My sisters Lea and Mia" names two."""
    first = called(noun)
    others = [
        t
        for each in noun.children
        if each.dep_ == "appos"
        for t in each.conjuncts
        if t.text[:1].isupper() and t.pos_ == "PROPN"
    ]
    if noun.tag_ not in ("NNS", "NNPS"):
        return [first] if first else []
    found = [first, *(full_name(t) for t in others)] if first else []
    listed = _listed(noun)
    return listed if len(listed) > len(found) else found


def _listed(noun: "Token") -> list[str]:
    """The names behind a plural, read from the words: "our cats, Luna, Milo and Tom"."""
    found: list[str] = []
    for token in noun.doc[noun.i + 1 :]:
        if token.pos_ in ("PROPN", "NOUN", "ADJ") and token.text[:1].isupper() and token.is_alpha:
            if token.ent_type_ in ("DATE", "TIME", "NORP"):
                break
            if token.nbor(-1).text[:1].isupper() and found:
                found[-1] += f" {token.text}"
            else:
                found.append(token.text)
        elif token.lower_ not in (",", "and", "&", "named", "called", ":", "-"):
            return found[:-1] if token.lower_ in ("'s", "is", "are", "was") and found and len(found) > 1 else found
    return found


def _said_to_be(noun: "Token") -> str | None:
    """ "My dog *is called Rex*"."""
    verb = noun.head
    if noun.dep_ not in ("nsubj", "nsubjpass") or verb.lemma_ not in ("call", "name") or not is_mine(noun):
        return None
    names = [t for t in verb.rights if t.dep_ in ("oprd", "attr", "dobj") and t.text[:1].isupper() and t.pos_ != "DET"]
    return full_name(names[0]) if names else None


def _in_apposition(noun: "Token") -> str | None:
    for token in noun.children:
        if token.dep_ == "appos" and token.pos_ in ("PROPN", "NOUN") and token.text[:1].isupper():
            return full_name(token)
    return None


def _named_after(noun: "Token") -> str | None:
    for token in noun.rights:
        if token.lower_ in ("named", "called"):
            names = [t for t in token.rights if t.text[:1].isupper()]
            return full_name(names[0]) if names else None
    return None


def _compounded(noun: "Token") -> str | None:
    """ "My dog Rex" is now and then parsed with Rex as the head and dog as its compound."""
    return full_name(noun) if role_of(noun) is not noun and noun.pos_ == "PROPN" else None


def _next_to(noun: "Token") -> str | None:
    """ "My sister Lea", whatever the parser made of Lea."""
    follower = noun.nbor() if noun.i + 1 < len(noun.doc) else None
    if (
        follower is None
        or follower.pos_ not in ("PROPN", "NOUN")
        or not follower.text[:1].isupper()
        or follower.ent_type_ in ("DATE", "TIME", "GPE")
    ):
        return None
    return (
        follower.text if is_mine(noun) and (noun.lemma_.lower() in RELATIONS or noun.lemma_.lower() in PETS) else None
    )
