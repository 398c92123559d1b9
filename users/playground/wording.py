"""What an explanation says in words."""

from collections.abc import Iterator

from graphs.dates import in_words
from graphs.embedders.base import LATE_INTERACTION, VECTORS, WORDS_ONLY
from graphs.models import Entity, Episode, Memory
from graphs.search import Hit, Lever, Reading, Why
from users.context import explained
from users.context import notes as noted
from users.context.explained import Explanation

LEVERS = {
    "words": "Words of what was said",
    "meaning": "Meaning of what was said",
    "speaker": "Who said it",
    "time": "When it was said",
    "entity": "People and things named",
    "role": "Said by the user",
    "question": "Is a question itself",
    "when": "Holds a date",
    "own_words": "Words of the fact",
    "own_meaning": "Meaning of the fact",
    "own_heir": "Replaced a fact that scores higher",
    "own_over": "No longer holds",
    "importance": "Importance of its kind",
    "recency": "Recency",
    "facts": "Facts that speak of it",
    "latest": "Among the latest said",
}
PARTS = {
    noted.SUMMARY: "Summary",
    noted.ENTITIES: "People and things",
    noted.FIRST: "What the template puts first",
    noted.FACTS: "Facts",
    noted.BEST: "Best of the rest",
    noted.LEFT: "The last tokens that were left",
}
SUMMARIES = {
    noted.SHOWN: "The summary stands in it.",
    noted.NONE: "There is no summary yet.",
    noted.STALE: "The summary is left out: something that it rests on holds no longer, until it is made anew.",
    noted.DEAR: "The summary is left out: it costs {cost:,} tokens, more than its part.",
    noted.THEN: "The summary is left out: those of another time are not kept.",
}
REASONS = {
    noted.ROOM: "No room: its line costs {cost:,} tokens, more than were left.",
    noted.SHARE: "No room: its line costs {cost:,} tokens, more than were left of its part.",
    noted.TOLD: "The block says it already.",
    noted.EMPTY: "It says nothing by itself: a greeting, or the name that the block uses anyway.",
    explained.TOO_LONG: "It was taken, and went again: the whole cost more than its lines were thought to.",
    explained.FULL: "Not tried: the budget was used up.",
    explained.GAVE_UP: "Not tried: too many lines before it had found no room.",
}
STEPS = {
    LATE_INTERACTION: "Meaning was compared word by word (late interaction).",
    VECTORS: "Meaning was compared by one vector a text.",
    WORDS_ONLY: "Vectors are off: search went by words, time, people and things alone.",
}


def because(hit: Hit, why: Why) -> str:
    """The weightiest reasons, in one sentence."""
    if isinstance(hit.record, Entity) and not why.through:
        return _capital(f"{_plural(getattr(hit.record, 'facts', 0), 'fact speaks', 'facts speak')} of it.")
    # who said it is last: it holds for all that they said
    levers = sorted(why.levers, key=lambda lever: (lever.name == "speaker", -lever.part))
    told = [text for lever in levers if lever.part > 0.05 for text in _for(lever, hit, why)]
    against = [text for lever in levers for text in _against(lever)]
    if why.named:
        told.insert(0, "the question names it")
    told = list(dict.fromkeys(told))[:3] or ["little else was closer"]
    return _capital("; ".join(told)) + (f"; but {' and '.join(against)}." if against else ".")


def _for(lever: Lever, hit: Hit, why: Why) -> Iterator[str]:
    match lever.name:
        case "words" | "own_words":
            if why.words:
                yield f"it has {_quoted(why.words)}"
            elif why.around:
                yield f"{_quoted(why.around)} is said close by"
        case "meaning" | "own_meaning":
            yield "its meaning is close to the question's" if lever.measured >= 1 else "its meaning is nearer than most"
        case "speaker" if lever.measured == 1:
            yield "the one who said it is named"
        case "time":
            yield "it was said in the time that is named" if lever.measured == 1 else "it was said soon after that time"
        case "entity":
            yield (
                "it speaks of what is named" if lever.measured == 1 else "it speaks of what is linked to what is named"
            )
        case "own_heir":
            yield "it replaced what the question would find"
        case "when":
            yield "it holds a date, and one is asked for"
        case "importance" if isinstance(hit.record, Memory):
            yield f"what is of the kind {hit.record.kind} counts {_degree(lever.measured)}"
        case "recency" if lever.measured >= 0.5:
            yield "it was said lately"
        case "latest":
            yield "it is among what was said last"


def _against(lever: Lever) -> Iterator[str]:
    if lever.part < 0 and lever.name == "own_over":
        yield "it holds no longer"
    if lever.part < 0 and lever.name == "question":
        yield "it is a question itself"


def _degree(importance: float) -> str:
    return "most" if importance >= 0.8 else "much" if importance >= 0.65 else "a little"


def score(why: Why) -> str:
    """How the levers' sum becomes the score."""
    if why.named:
        return f"sum {why.total:.2f}, as 0 to 1, and halfway to 1 since it is named: {why.score:.3f}"
    squashed = abs(why.total - why.score) > 1e-5
    return f"sum {why.total:.2f}, as 0 to 1: {why.score:.3f}" if squashed else f"score {why.score:.3f}"


def understood(reading: Reading) -> list[tuple[str, str]]:
    """How the question was read, but for the entities."""
    spans = [in_words(span) for span in reading.spans]
    return [
        ("Words looked for", ", ".join(reading.words) or "none: it has none that say something"),
        ("Times", ", ".join(spans) or ("it asks when" if reading.asks_when else "none")),
        ("Speakers", ", ".join(map(_name, reading.speakers)) or "none"),
        ("Meaning", " ".join(STEPS[step] for step in STEPS if step in reading.steps) or "Nothing to compare."),
    ]


def summary(told: Explanation) -> str:
    return SUMMARIES[told.summary].format(cost=told.summary_cost)


def reason(missed: explained.Missed) -> str:
    return REASONS[missed.reason].format(cost=missed.cost)


def kind(hit: Hit) -> str:
    match hit.record:
        case Memory() as memory:
            return f"Fact ({memory.kind})"
        case Episode() as episode:
            return "Document" if episode.source_kind == Episode.SourceKind.DOCUMENT else "Words"
        case Entity() as entity:
            return f"Thing ({entity.type})"
        case _:
            return hit.kind.capitalize()


def _name(speaker: str) -> str:
    """The user's own names are kept in lower case."""
    return speaker.title() if speaker.islower() else speaker


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"“{word}”" for word in words[:5])


def _plural(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
