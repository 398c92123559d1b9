"""What belongs to the speaker and is no person: "my name is…", "my favourite colour is…", "my flight is on…"."""

from graphs.kinds import EntityType, MemoryKind
from ingest.extractors.base import Ending, Thing
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.nouns import (
    ME,
    full_name,
    is_informative,
    is_mine,
    is_name,
    is_pet,
    kin_of,
    name_of,
    topics,
)
from ingest.extractors.local.readings import lasting, skills, told, work
from ingest.extractors.local.readings.base import LOOSE, Reading, animal, links, person, place, topic
from ingest.extractors.local.scene import Said
from ingest.extractors.local.words import EVENT_NOUNS, FAVOURITES, GOAL_NOUNS, HOBBY_NOUNS, HOME_NOUNS, LANGUAGES

POSSESSIONS = frozenset(
    """
    car phone laptop computer bike bicycle guitar camera house apartment flat motorcycle van boat keyboard watch
    tablet piano violin router printer server
    """.split()
)


def about_mine(said: Said) -> Reading | None:
    for read in (
        _name,
        _contact,
        _measure,
        _birthday,
        _pronouns,
        _language,
        _favourite,
        _goal,
        _hobbies,
        work.about_my_work,
        _dated_event,
        _home,
        _possession,
        lasting.of_mine,
        told.ahead,
        told.told,
    ):
        found = read(said)
        if found:
            return found
    return None


def _is_copula(said: Said) -> bool:
    return said.clause.lemma in ("be", "call") and said.clause.tense in (Tense.PRESENT, Tense.PAST)


def _name(said: Said) -> Reading | None:
    if said.mine not in ("name", "nickname", "surname") or not _is_copula(said):
        return None
    names = [t for t in said.clause.tokens if t.i > said.clause.head.i and t.text[:1].isupper()]
    if not names or said.clause.negated:
        return None
    name = said.clause.complement if said.clause.complement in names else names[0]
    assert name is not None
    return Reading(
        MemoryKind.IDENTITY, links(ME, "named", [person(name_of(name))]), (Ending("named"),) if said.corrects else ()
    )


def named_by_others(said: Said) -> Reading | None:
    """As in "everyone calls me Bo"."""
    clause = said.clause
    names = [t for t in clause.tokens if t.i > clause.main.i + 1 and t.text[:1].isupper()]
    if (
        clause.lemma != "call"
        or clause.tense is not Tense.PRESENT
        or clause.negated
        or "me" not in clause.words
        or not names
    ):
        return None
    return Reading(MemoryKind.IDENTITY, links(ME, "named", [person(names[0].text)]), state=True)


def kin_named(said: Said) -> Reading | None:
    """As in "my wife's name is Chiara"."""
    subject = said.clause.subject
    complement = said.clause.complement
    if subject is None or subject.lemma_ != "name" or complement is None or not is_name(complement):
        return None
    owner = next((t for t in subject.children if t.dep_ == "poss"), None)
    if owner is None or not is_mine(owner):
        return None
    if is_pet(owner):
        return Reading(MemoryKind.RELATIONSHIP, links(ME, "has_pet", [animal(full_name(complement))]))
    predicate = kin_of(owner)
    return (
        Reading(MemoryKind.RELATIONSHIP, links(ME, predicate, [person(full_name(complement))])) if predicate else None
    )


def kin_occasion(said: Said) -> Reading | None:
    """ "My mum's birthday is on Sunday"."""
    subject = said.clause.subject
    owner = next((t for t in subject.children if t.dep_ == "poss"), None) if subject is not None else None
    if subject is None or owner is None or not (kin_of(owner) or (is_pet(owner) and is_mine(owner))):
        return None
    if subject.lemma_ not in EVENT_NOUNS or not said.dates or said.clause.lemma != "be" or said.clause.negated:
        return None
    return Reading(MemoryKind.RELATIONSHIP if subject.lemma_ in ("birthday", "anniversary") else MemoryKind.PLAN)


def _birthday(said: Said) -> Reading | None:
    return Reading(MemoryKind.IDENTITY) if said.mine in ("birthday", "birthdate", "dob") and said.dates else None


CONTACTS = frozenset("email e-mail mail number handle username website address".split())


def _contact(said: Said) -> Reading | None:
    if said.mine not in CONTACTS or not _is_copula(said) or said.clause.negated:
        return None
    given = [
        t
        for t in said.clause.tokens
        if t.i > said.clause.main.i and (t.like_num or t.like_email or t.like_url or t.text.startswith("@"))
    ]
    return Reading(MemoryKind.IDENTITY, state=True) if given else None


MEASURES = frozenset("budget timezone zone height weight size salary type".split())


def _measure(said: Said) -> Reading | None:
    """ "My budget is 500 euros", "my time zone is CET", "my blood type is A"."""
    complement = said.clause.complement
    if said.mine not in MEASURES or said.clause.lemma != "be" or said.clause.negated or complement is None:
        return None
    given = complement.like_num or is_name(complement) or any(t.like_num for t in complement.children)
    present = said.clause.tense is Tense.PRESENT and given
    return Reading(MemoryKind.FACT, confidence=LOOSE, state=True) if present else None


def _pronouns(said: Said) -> Reading | None:
    return Reading(MemoryKind.IDENTITY, state=True) if said.mine in ("pronoun", "pronouns") else None


def _language(said: Said) -> Reading | None:
    if said.mine not in ("language", "tongue"):
        return None
    spoken = [topic(t.text) for t in said.clause.tokens if t.lower_ in LANGUAGES]
    return Reading(MemoryKind.IDENTITY, links(ME, "speaks", spoken), state=True) if spoken else None


def _favourite(said: Said) -> Reading | None:
    subject = said.clause.subject
    if subject is None or not _is_copula(said):
        return None
    if not any(t.lower_ in FAVOURITES for t in subject.subtree):
        return None
    complement = said.clause.complement
    if complement is None or (not is_informative(complement) and complement.pos_ != "ADJ"):
        return None
    if said.clause.tense is Tense.PAST:
        return Reading(MemoryKind.PREFERENCE, confidence=LOOSE)
    return Reading(MemoryKind.PREFERENCE, links(ME, "prefers", _favoured(said)), state=True)


def _favoured(said: Said) -> list[Thing]:
    complement = said.clause.complement
    assert complement is not None
    return topics(complement) or [topic(name_of(complement))]


def _goal(said: Said) -> Reading | None:
    wanted = said.mine in GOAL_NOUNS or said.mine == "plan"
    if not wanted or said.clause.lemma != "be" or said.clause.tense is Tense.PAST:
        return None
    if not any(
        is_informative(t) and t.pos_ in ("NOUN", "PROPN", "VERB")
        for t in said.clause.tokens
        if t.i > said.clause.head.i
    ):
        return None
    return Reading(MemoryKind.PLAN if said.mine == "plan" else MemoryKind.GOAL, state=True)


def _hobbies(said: Said) -> Reading | None:
    return skills.pastimes(said) if said.mine in HOBBY_NOUNS else None


def _dated_event(said: Said) -> Reading | None:
    """ "My flight is on 3 May"."""
    if said.mine not in EVENT_NOUNS or not said.dates or said.clause.negated:
        return None
    past = said.clause.tense in (Tense.PAST, Tense.PERFECT)
    return Reading(MemoryKind.EVENT if past else MemoryKind.PLAN)


def _home(said: Said) -> Reading | None:
    if said.mine not in HOME_NOUNS or said.clause.lemma != "be":
        return None
    where = said.clause.after("in", "at", "near") or said.clause.complement
    if where is None or not (is_name(where) or where.pos_ == "NUM"):
        return None
    predicate = "from" if said.mine == "hometown" else "lives_in"
    return Reading(MemoryKind.HOME, links(ME, predicate, [place(name_of(where))]), state=True)


def _possession(said: Said) -> Reading | None:
    if said.mine not in POSSESSIONS or said.clause.lemma != "be" or said.clause.complement is None:
        return None
    complement = said.clause.complement
    if complement.pos_ not in ("NOUN", "PROPN") or not is_informative(complement):
        return None
    return Reading(
        MemoryKind.POSSESSION,
        links(ME, "owns", [Thing(name_of(complement), EntityType.PRODUCT)]),
        confidence=LOOSE,
        state=True,
    )


def favourite_first(said: Said) -> Reading | None:
    """ "Green curry is my favourite dish." """
    complement = said.clause.complement
    subject = said.clause.subject
    if (
        complement is None
        or subject is None
        or not is_informative(subject)
        or subject.lower_ in ("it", "this", "that", "there")
    ):
        return None
    favourite = any(t.lower_ in FAVOURITES for t in complement.children) and any(
        t.lower_ in ("my", "our") for t in complement.children
    )
    if not favourite:
        return None
    return Reading(MemoryKind.PREFERENCE, links(ME, "prefers", topics(subject)), state=True)


def about_others(said: Said) -> Reading | None:
    """Where the subject is neither the speaker nor theirs, but something of theirs is told."""
    return favourite_first(said) or named_by_others(said) or kin_named(said) or kin_occasion(said)
