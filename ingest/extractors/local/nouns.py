"""What noun phrases name, and what kind of thing that is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graphs.kinds import EntityType
from ingest.extractors.base import SPEAKER, Thing
from ingest.extractors.local.kin import PETS, RELATIONS
from ingest.extractors.local.verbs import CONSUMING, gerund
from ingest.extractors.local.words import EMPTY_NOUNS, IT, SOFTWARE

if TYPE_CHECKING:
    from spacy.tokens import Token

ME = Thing(SPEAKER, EntityType.PERSON)

LEFT = ("compound", "amod", "nummod", "nmod", "npadvmod", "quantmod", "punct", "advmod")
VAGUE = frozenset(
    """
    some any many much more most few several little lot other own new old favourite favorite best good great
    nice really very so quite such all both another same certain different various big huge amazing awesome
    lovely delicious beautiful cool fun
    """.split()
)
MEASURES = frozenset(
    """
    mg ml tablet pill dose capsule slice bottle litre liter pack portion
    set pair piece bunch kind type sort variety collection bit cup glass number couple range mix
    """.split()
)
LIGHT = frozenset("be go do have get take make try see spend help keep create find being watch".split())
LABELS = {
    "PERSON": EntityType.PERSON, "ORG": EntityType.ORGANIZATION, "GPE": EntityType.PLACE, "LOC": EntityType.PLACE,
    "FAC": EntityType.PLACE, "PRODUCT": EntityType.PRODUCT, "WORK_OF_ART": EntityType.WORK, "EVENT": EntityType.EVENT,
}  # fmt: skip


def name_of(noun: "Token") -> str:
    """The name in a noun phrase, without article, possessive and vague quantity: "type 1 diabetes"."""
    noun = _measured(noun)
    left = [t for t in noun.lefts if t.dep_ in LEFT and (t.lower_ not in VAGUE or t.pos_ == "PROPN")]
    words = sorted({t for each in left for t in each.subtree if _is_word(t)} | {noun}, key=lambda t: t.i)
    words += _continued(noun)
    return _spelled(words).strip(" ,-\"'")


def _spelled(words: "list[Token]") -> str:
    """With the spaces they had, and one where a word between them was left out: "calm(,) sunny places"."""
    text = ""
    for word in words:
        apart = text and not text.endswith((" ", "-")) and word.i > 0 and word.nbor(-1) not in words
        text += f" {word.text_with_ws}" if apart else word.text_with_ws
    return text


def _measured(noun: "Token") -> "Token":
    """What there is a set, a pair, a kind of."""
    if noun.lemma_ not in MEASURES:
        return noun
    inner = (t for each in noun.rights if each.lower_ == "of" for t in each.children if t.dep_ == "pobj")
    return next(inner, noun)


def _is_word(token: "Token") -> bool:
    return token.dep_ not in ("det", "poss", "case", "cc", "conj") and (not token.is_punct or token.text == "-")


def _continued(noun: "Token") -> "list[Token]":
    """ "University *of Oslo*", "Model *3*": what belongs to a proper name on its right."""
    if noun.pos_ != "PROPN":
        return []
    found: list[Token] = []
    for token in noun.rights:
        if token.lower_ in ("of", "the") and token.i == noun.i + 1:
            places = [t for t in token.children if t.dep_ == "pobj" and t.pos_ == "PROPN"]
            found += [token, *places[0].lefts, places[0]] if places else []
        elif token.dep_ in ("nummod", "appos") and token.i == noun.i + 1 and token.like_num:
            found.append(token)
    return found


def coordinated(noun: "Token") -> "Iterator[Token]":
    """The noun and those that stand beside it: "tea, chess and walks"."""
    yield noun
    for token in noun.conjuncts:
        if token.i > noun.i and token.pos_ in ("NOUN", "PROPN", "VERB", "ADJ", "NUM"):
            yield token


def is_name(token: "Token") -> bool:
    return (
        token.text[:1].isupper() and token.pos_ in ("PROPN", "NOUN", "ADJ", "X", "VERB") and token.text.isalnum()
    ) or (token.pos_ == "PROPN" and token.text[:1].isupper())


def is_informative(noun: "Token") -> bool:
    lower = noun.lower_
    return lower not in IT and lower not in EMPTY_NOUNS and noun.pos_ != "PRON" and any(c.isalnum() for c in lower)


def topics(noun: "Token", type_: EntityType = EntityType.TOPIC) -> list[Thing]:
    """The things that are liked, played, eaten: one for each noun of a list. Names keep the type they show."""
    found = []
    for each in coordinated(noun):
        if each.head.lemma_.lower() in CONSUMING and each.tag_ in ("VB", "VBP") and not list(each.children):
            found.append(Thing(each.lower_, type_))
        elif each.tag_ in ("VBG", "VB", "VBP") or (each.pos_ == "VERB" and each.tag_ != "NNP"):
            if each.lemma_.lower() not in LIGHT or " " in activity(each):
                found.append(Thing(activity(each), EntityType.TOPIC))
        elif is_informative(each) and not any(t.dep_ == "poss" and t.pos_ == "PRON" for t in each.children):
            found.append(Thing(name_of(each), _shown_type(each, type_)))
    return [thing for thing in found if thing.name]


def activity(verb: "Token") -> str:
    """ "hiking", "playing tennis": the verb with its plain object."""
    word = verb.lower_ if verb.tag_ == "VBG" else gerund(verb.lemma_.lower())
    objects = [t for t in verb.children if t.dep_ == "dobj" and is_informative(t) and t.i > verb.i]
    if not objects and verb.lemma_ == "listen":
        heard = [
            t
            for to in verb.children
            if to.lower_ == "to"
            for t in to.children
            if t.dep_ == "pobj" and is_informative(t)
        ]
        return f"{word} to {name_of(heard[0])}" if heard else word
    if objects and any(t.dep_ == "poss" and t.pos_ != "PRON" for t in objects[0].children):
        return f"{word} {objects[0].doc[objects[0].left_edge.i : objects[0].i + 1].text}"
    return f"{word} {name_of(objects[0])}" if objects else word


def _shown_type(noun: "Token", default: EntityType) -> EntityType:
    if noun.lower_ in SOFTWARE:
        return EntityType.PRODUCT
    if noun.pos_ != "PROPN":
        return default
    type_ = LABELS.get(noun.ent_type_, default)
    if default is EntityType.PRODUCT and type_ in (EntityType.ORGANIZATION, EntityType.PLACE):
        return default
    classed = any(t.dep_ == "compound" and t.tag_ == "NN" and t.text.islower() for t in noun.children)
    unsure = classed or (type_ is EntityType.PERSON and full_name(noun) == noun.text)
    return default if unsure else type_


def role_of(noun: "Token") -> "Token":
    """What "my …" is, where the name was taken for the head: the dog of "my dog Rex"."""
    compounds = [t for t in noun.lefts if t.dep_ == "compound"]
    coded = [t for t in compounds if t.tag_ == "NN" and any(c.isdigit() for c in noun.text)]
    return next((t for t in compounds if t.lower_ in PETS or t.lower_ in RELATIONS), coded[-1] if coded else noun)


def kin_of(noun: "Token") -> str | None:
    """The predicate for "my sister", None for "my car" and for "Anna's sister"."""
    if not is_mine(noun):
        return None
    noun = role_of(noun)
    lower = noun.lemma_.lower()
    return RELATIONS.get(noun.lower_) or RELATIONS.get(lower) or RELATIONS.get(lower.rsplit("-", 1)[0])


def is_kin(noun: "Token") -> bool:
    """A word for a relation, whosever it is."""
    noun = role_of(noun)
    return noun.lower_ in RELATIONS or noun.lemma_.lower() in RELATIONS


def is_mine(noun: "Token") -> bool:
    if noun.dep_ == "compound" and noun.head.tag_ == "NNS":
        return any(t.dep_ == "poss" and t.lower_ in ("my", "our") for t in noun.head.children)
    compounds = (t for each in noun.lefts if each.dep_ == "compound" for t in each.children)
    return any(t.dep_ == "poss" and t.lower_ in ("my", "our") for t in (*noun.children, *compounds))


def is_pet(noun: "Token") -> bool:
    noun = role_of(noun)
    return noun.lemma_.lower() in PETS or noun.lower_ in PETS


def full_name(token: "Token") -> str:
    """A person's or a pet's name with its other capitalised parts: "Anna Maria", "Tom Reed"."""
    parts = [
        t
        for t in token.lefts
        if t.dep_ == "compound" and t.pos_ == "PROPN" and t.text[:1].isupper() and t is not role_of(token)
    ]
    right = [t for t in token.rights if t.dep_ in ("flat", "compound") and t.text[:1].isupper()]
    return " ".join(t.text for t in (*parts, token, *right))
