"""Who and what a message has spoken of so far: what "she", "it" and "we" in its next sentence stand for."""

from dataclasses import dataclass, field
from datetime import datetime

from graphs.dates import Resolved
from graphs.kinds import EntityType
from ingest.extractors.base import Thing
from ingest.extractors.local.clause import Clause

PERSONAL = ("he", "she", "him", "her", "his")
IMPERSONAL = ("it", "its")


@dataclass
class Scene:
    """Grows sentence by sentence through one message."""

    people: list[Thing] = field(default_factory=list)
    animals: list[Thing] = field(default_factory=list)
    company: str = ""
    """Who came with the speaker, as retold: "their wife"."""

    def meet(self, thing: Thing) -> None:
        kept = self.animals if thing.type is EntityType.ANIMAL else self.people
        if thing not in kept:
            kept.append(thing)

    def known(self, name: str) -> Thing | None:
        return next((thing for thing in (*self.people, *self.animals) if thing.name == name), None)

    def meant_by(self, pronoun: str) -> Thing | None:
        """The one that a pronoun can only mean; None where two could be meant."""
        if pronoun in IMPERSONAL:
            return self.animals[0] if len(self.animals) == 1 else None
        candidates = self.people or self.animals
        return candidates[0] if len(candidates) == 1 else None


@dataclass(frozen=True)
class Said:
    """A clause with all that is needed to read it."""

    clause: Clause
    subject: Thing | None
    """Who it speaks of, where that has a name: the speaker, Anna, Rex."""
    mine: str | None
    """What of the speaker's it speaks of, as a lemma: "sister", "job"; None if the subject is not "my …"."""
    dates: tuple[Resolved, ...]
    text: str
    """The clause as it was said."""
    said_at: datetime
    corrects: bool
    scene: Scene

    @property
    def first_person(self) -> bool:
        return self.subject is not None and self.clause.subject is not None and self.mine is None and is_speaker(self)


def is_speaker(said: Said) -> bool:
    subject = said.clause.subject
    assert subject is not None
    return subject.lower_ in ("i", "we") or any(
        t.lower_ in ("i", "we") for t in (*subject.conjuncts, *subject.head.children) if t.dep_ in ("conj", "nsubj")
    )
