"""What is believed once some episodes and memories are gone: as if they had never been there.

What rested on them alone goes. A fact that they had ended is open again, unless something that stays ends it too. Words
and dates that a memory had from them fall back on those of its next source. Where a fact had ended and begun anew,
and has never ended now, the two become one again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from graphs.models import Memory, MemoryRevision
from ingest.erase import evidence, timelines
from ingest.erase.evidence import WITH_OBJECTS, Closer, Evidence
from ingest.erase.losses import Loss
from ingest.erase.timelines import Step, Timeline

ENDED = "ended by a later fact"


@dataclass
class Belief:
    """A memory that stays, with what it rests on from now on."""

    timeline: Timeline
    evidence: list[Evidence]
    reconsidered: bool = False
    closings: list[Evidence] = field(default_factory=list)
    """What ends it now and did not have to before."""

    @property
    def memory(self) -> Memory:
        return self.timeline.memory

    @property
    def founder(self) -> Evidence | None:
        """The first source that says by itself what it says."""
        return self.evidence[0] if self.evidence and self.evidence[0].stated else None

    def said_by(self, moment: datetime) -> datetime:
        """When it was last said, as far as was known at a moment."""
        return max((one.said_at for one in self.evidence if one.recorded_at <= moment), default=self.memory.said_at)

    def is_over_by(self, moment: datetime) -> bool:
        end = self.timeline.now()["valid_to"]
        return end is not None and end <= moment

    def overlaps(self, other: "Belief") -> bool:
        one, two = self.timeline.now(), other.timeline.now()
        if one["retired_at"] or two["retired_at"]:
            return False
        return _before(one["valid_from"], two["valid_to"]) and _before(two["valid_from"], one["valid_to"])


def _before(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end


@dataclass
class Rest:
    """What is left: the beliefs as they have to be written, and those that became part of another."""

    beliefs: list[Belief]
    absorbed: dict[UUID, UUID]


def without(lost: Loss) -> Rest:
    """Work out what is believed without what goes. Nothing is written."""
    beliefs = _affected(lost)
    going = set(lost.episodes.values_list("pk", flat=True)) if beliefs else set()
    for belief in beliefs:
        _take_back(belief, lost, going)
    reconsidered = [belief for belief in beliefs if belief.reconsidered]
    abouts = {belief.memory.about_id for belief in reconsidered}
    closers = evidence.closers(lost.graph, abouts, lost.going, lost.gone) if reconsidered else []
    for belief in reconsidered:
        end_by_what_stays(belief, closers)
    absorbed: dict[UUID, UUID] = {}
    for same in _by_digest(beliefs):
        _begin_anew(same)
        absorbed |= _unite(same)
    return Rest([belief for belief in beliefs if belief.memory.pk not in absorbed], absorbed)


def _affected(lost: Loss) -> list[Belief]:
    """Whatever rested on what goes, was ended by it, or says the same as something that is."""
    weaker = lost.weaker
    states = MemoryRevision.objects.filter(graph=lost.graph)
    ended = states.filter(Q(cause__in=lost.episodes) | Q(invalidated_by__in=weaker)).values("memory")
    every = Memory.objects.filter(graph=lost.graph)
    touched = every.filter(Q(pk__in=weaker) | Q(pk__in=ended) | Q(invalidated_by__in=weaker))
    rows = every.filter(digest__in=touched.values("digest")).exclude(pk__in=lost.gone).defer("tsv")
    memories = list(rows.select_related("about").prefetch_related(WITH_OBJECTS).order_by("created_at", "pk"))
    found = evidence.of(memories, lost.going)
    return [Belief(timeline, found[timeline.memory.pk]) for timeline in timelines.load(memories)]


def _take_back(belief: Belief, lost: Loss, going: set[UUID]) -> None:
    """Undo what rests on what goes."""
    timeline = belief.timeline
    belief.reconsidered = timeline.drop(
        lambda step: (step.cause_id in going and not is_due_to(step, lost.kept)) or is_due_to(step, lost.gone)
    )
    timeline.forget(lost.gone)
    if belief.memory.pk in lost.poorer and belief.evidence:
        if lost.founded(belief.memory.pk, belief.evidence):
            _found_anew(belief)
        belief.memory.said_at = _last_said(belief)
        belief.reconsidered = True
    if timeline.first["invalidated_by_id"] in lost.weaker:
        end = belief.founder.stated["valid_to"] if belief.founder else None
        timeline.first |= {"valid_to": end, "invalidated_by_id": None}
        belief.reconsidered = True


def is_due_to(step: Step, memories: Collection[UUID]) -> bool:
    """Whether a step ends or withdraws something because of one of these."""
    ends = step.values.get("valid_to") or step.values.get("retired_at")
    return bool(ends) and step.values.get("invalidated_by_id") in memories


def _found_anew(belief: Belief) -> None:
    """Its words and dates are those of the first source that stays, and it is believed since then."""
    timeline, founder = belief.timeline, belief.founder
    timeline.begin_at(belief.evidence[0].recorded_at)
    if founder is None:
        return
    own = dict(founder.stated)
    belief.memory.confidence, belief.memory.ends = own.pop("confidence"), own.pop("ends")
    if timeline.first["invalidated_by_id"]:
        own.pop("valid_to")
    timeline.first |= own


def _last_said(belief: Belief) -> datetime:
    """As fresh as before where a source that stays was said then; otherwise as the one before that."""
    said = sorted(one.said_at for one in belief.evidence)
    return max((moment for moment in said if moment <= belief.memory.said_at), default=said[0])


def end_by_what_stays(belief: Belief, closers: Sequence[Closer]) -> None:
    """What was of no effect, because the fact had ended already, may end it now."""
    arrows = list(belief.memory.relations.all())
    ending = [one for one in closers if one.memory.pk != belief.memory.pk and one.ends(arrows)]
    _end_at_the_start(belief, ending)
    start = belief.timeline.start
    said = [(one, closer) for closer in ending for one in closer.said if one.recorded_at > start]
    for one, closer in sorted(said, key=lambda pair: pair[0].recorded_at):
        _end(belief, one, closer)


def _end_at_the_start(belief: Belief, closers: Sequence[Closer]) -> None:
    """As when a fact arrives after what ended it: the first thing that was said later."""
    timeline, founder = belief.timeline, belief.founder
    if timeline.first["valid_to"] or founder is None:
        return
    known = ((closer, closer.heard_by(timeline.start)) for closer in closers)
    later = [(max(one.said_at for one in said), closer) for closer, said in known if said]
    later = [(moment, closer) for moment, closer in later if moment > founder.said_at]
    if later:
        moment, closer = min(later, key=lambda pair: pair[0])
        end = _not_before(closer.memory.valid_from or moment, timeline.first["valid_from"])
        timeline.first |= {"valid_to": end, "invalidated_by_id": closer.memory.pk}


def _end(belief: Belief, one: Evidence, closer: Closer) -> None:
    timeline = belief.timeline
    if any(step.cause_id == one.episode_id for step in timeline.steps):
        return
    values = timeline.at(one.recorded_at)
    end = one.stated.get("valid_from") or one.said_at
    is_open = values["valid_to"] is None or values["valid_to"] > end
    if not is_open or values["retired_at"] or belief.said_by(one.recorded_at) > one.said_at:
        return
    ended = {"valid_to": _not_before(end, values["valid_from"]), "invalidated_by_id": closer.memory.pk}
    ingest = MemoryRevision.ChangedBy.INGEST
    timeline.add(Step(one.recorded_at, ended, ingest, ENDED, one.episode_id))
    belief.closings.append(one)


def _not_before(end: datetime, start: datetime | None) -> datetime:
    return max(end, start) if start else end


def _by_digest(beliefs: Iterable[Belief]) -> list[list[Belief]]:
    """Those that say the same, in the order in which they were recorded."""
    same: dict[int, list[Belief]] = defaultdict(list)
    for belief in sorted(beliefs, key=lambda one: (one.timeline.start, one.memory.pk)):
        same[belief.memory.digest].append(belief)
    return list(same.values())


def _begin_anew(same: Sequence[Belief]) -> None:
    """A fact that began anew after its end began then only if there is still an end before it."""
    for belief in same:
        founder = belief.founder
        if founder is None or founder.stated["valid_to"]:
            continue
        over = (one for one in same if one is not belief and one.is_over_by(founder.said_at))
        before = [one.timeline.now()["valid_to"] for one in over]
        own = founder.stated["valid_from"]
        begins_anew = before and (own is None or own < max(before))
        belief.timeline.first["valid_from"] = founder.said_at if begins_anew else own


def _unite(same: list[Belief]) -> dict[UUID, UUID]:
    """Two that overlap now are one: the earlier, with what the later rests on and what became of it."""
    absorbed: dict[UUID, UUID] = {}
    for index, later in enumerate(same):
        earlier = (one for one in same[:index] if one.memory.pk not in absorbed)
        into = next((one for one in earlier if one.overlaps(later)), None)
        if into:
            _absorb(into, later)
            absorbed[later.memory.pk] = into.memory.pk
    return absorbed


def _absorb(into: Belief, later: Belief) -> None:
    into.evidence = sorted([*into.evidence, *later.evidence], key=lambda one: one.recorded_at)
    into.closings += later.closings
    into.memory.said_at = max(into.memory.said_at, later.memory.said_at)
    first = later.timeline.first
    ended: dict[str, Any] = {name: first[name] for name in ("valid_to", "invalidated_by_id")}
    if first["valid_to"]:
        ingest = MemoryRevision.ChangedBy.INGEST
        into.timeline.add(Step(later.timeline.start, ended, ingest, ENDED, None))
    for step in later.timeline.steps:
        into.timeline.add(step)
