"""Those close to somebody, each once, with what is known of them: "wife Ana, sister Anna (a nurse) and dog Rex"."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from graphs.kinds import MemoryKind
from graphs.models import Memory, Relation
from graphs.models.memory import SPEAKER
from ingest.biography.wording import Clause, series

CLOSENESS = ("married_to", "partner_of", "parent_of", "child_of", "sibling_of", "has_pet", "relative_of", "friend_of")
"""Who is named first; colleagues and acquaintances are no part of a short biography."""
COUPLE = ("married_to", "partner_of")
MOST = 6
LONGEST_DETAIL = 5
"""Words."""
_ROLE = (
    r"{me}'s (?P<noun>(?!favou?rite\b)[\w-]+) {name}(?P<rest>\b.*)?",
    r"{me}'s (?P<noun>[\w-]+)(?:'s name)? is (?:called |named )?{name}",
    r"{me} has (?:got )?an? (?P<noun>[\w-]+) (?:named|called) {name}",
    r"{name} is {me}'s (?P<noun>[\w-]+)(?: [\w ]+)?",
)
"""How a sentence says what somebody is to the speaker."""


@dataclass
class Person:
    noun: str
    name: str
    """As the fact says it that introduces them."""
    names: tuple[str, ...]
    """All that they go by."""
    fact: UUID
    """The memory that says who they are."""
    detail: str = ""
    learned: tuple[UUID, ...] = ()
    """The memory that the detail is from."""

    def __str__(self) -> str:
        return f"{self.noun} {self._explained}"

    @property
    def _explained(self) -> str:
        return f"{self.name} ({self.detail})" if self.detail else self.name

    @property
    def memories(self) -> tuple[UUID, ...]:
        return (self.fact, *self.learned)

    def learn(self, text: str, fact: Memory) -> None:
        """One detail is enough."""
        detail = _detail(text)
        if detail and not self.detail and fact.kind in (MemoryKind.RELATIONSHIP, MemoryKind.FACT):
            self.detail, self.learned = detail, (fact.pk,)

    def has_died(self, text: str) -> bool:
        return re.search(rf"\b(?:{_any(self.names)}) (?:has |was )?(?:died|passed|killed|buried)\b", text) is not None

    def is_named_in(self, text: str) -> bool:
        """With what they are: another Anna may be a colleague."""
        return re.search(rf"\b{self.noun} (?:named |called )?{re.escape(self.name)}(?!\w)", text) is not None

    def explained_in(self, clause: Clause) -> Clause:
        """The clause that names them, with what is known of them."""
        if not self.is_named_in(clause.text) or not self.detail:
            return clause
        text = clause.text.replace(self.name, self._explained, 1)
        return replace(clause, text=text, memories=(*clause.memories, *self.learned))


def close_ones(facts: Sequence[Memory]) -> tuple[list[Person], set[UUID]]:
    """Everybody who is close and named, the closest first, and all the memories that they make needless."""
    found = _introductions(facts)
    gone = {key for key, person in found.items() if any(person.has_died(fact.content) for fact in facts)}
    told = {fact.pk for fact in facts if _is_told(fact, found)}
    for fact in facts:
        for key in _ends(fact) & found.keys():
            rest = re.match(rf"(?:{_any(found[key].names)}) (.+)", fact.content)
            if rest and SPEAKER not in fact.content:
                found[key].learn(rest[1].rstrip("."), fact)
                told.add(fact.pk)
    return [person for key, person in found.items() if key not in gone][:MOST], told


def together(people: Sequence[Person]) -> Clause:
    memories = dict.fromkeys(key for person in people for key in person.memories)
    return Clause(series([str(person) for person in people]), tuple(memories))


def is_of_a_couple(fact: Memory) -> bool:
    return any(relation.predicate in COUPLE for relation in fact.relations.all())


def _introductions(facts: Sequence[Memory]) -> dict[UUID, Person]:
    found: dict[UUID, Person] = {}
    for relation, fact in sorted(_close(facts), key=_order):
        names = tuple(sorted((relation.object.name, *relation.object.aliases), key=len, reverse=True))
        match = _introduced(names, fact)
        if match is None:
            continue
        person = found.setdefault(relation.object_id, Person(match["noun"], match["name"], names, fact.pk))
        person.learn(match.groupdict().get("rest") or "", fact)
    return found


def _is_told(fact: Memory, people: dict[UUID, Person]) -> bool:
    close = {relation.object_id for relation, _ in _close([fact])}
    return bool(close) and close <= people.keys()


def _ends(fact: Memory) -> set[UUID]:
    return {end for relation in fact.relations.all() for end in (relation.subject_id, relation.object_id)}


def _close(facts: Iterable[Memory]) -> list[tuple[Relation, Memory]]:
    return [
        (relation, fact)
        for fact in facts
        for relation in fact.relations.all()
        if relation.predicate in CLOSENESS
        and relation.subject_id == fact.about_id
        and relation.object.name
        and fact.language == "en"
    ]


def _order(found: tuple[Relation, Memory]) -> tuple[int, bool]:
    relation, fact = found
    return CLOSENESS.index(relation.predicate), fact.kind == MemoryKind.EVENT


def _any(names: Sequence[str]) -> str:
    """A pattern; the longest must come first."""
    return "|".join(map(re.escape, names))


def _introduced(names: Sequence[str], fact: Memory) -> re.Match[str] | None:
    """What the sentence calls them; None where it tells of them in another way, or of several."""
    text = fact.content.rstrip(".")
    patterns = (pattern.format(me=SPEAKER, name=f"(?P<name>{_any(names)})") for pattern in _ROLE)
    return next(filter(None, (re.fullmatch(pattern, text) for pattern in patterns)), None)


def _detail(text: str) -> str:
    short = re.sub(r"^(?:is (?=an?\b|from\b|\d)|was (?=born\b))", "", text.strip())
    return short if len(short.split()) <= LONGEST_DETAIL and not short.startswith((",", "and ", "'s")) else ""
