"""LoCoMo as published: https://github.com/snap-research/locomo, data/locomo10.json (Maharana et al., 2024)."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from bench.recall.corpus import Conversation, Corpus, Question, Turn

CATEGORIES = {4: "single-hop", 1: "multi-hop", 2: "temporal", 3: "open-domain", 5: "adversarial"}
ADVERSARIAL = 5
_SESSION = re.compile(r"session_(\d+)")
_PLACE = re.compile(r"D:?(\d+):(\d+)")


def read(entries: Sequence[dict[str, Any]], digest: str) -> Corpus:
    conversations = [_conversation(entry) for entry in entries]
    return Corpus("locomo", "locomo", digest, conversations, list(CATEGORIES.values()))


def _conversation(entry: dict[str, Any]) -> Conversation:
    turns = [turn for turn in _turns(entry["conversation"]) if turn.text]
    known = {turn.id for turn in turns}
    asked = [_question(f"{entry['sample_id']}#{n}", each, known) for n, each in enumerate(entry["qa"])]
    return Conversation(entry["sample_id"], turns, asked)


def _turns(told: dict[str, Any]) -> Iterator[Turn]:
    """Every turn was said when its session began: the data has no better time."""
    for number in sorted(int(found[1]) for found in map(_SESSION.fullmatch, told) if found):
        said_at = datetime.strptime(told[f"session_{number}_date_time"], "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC)
        for turn in told[f"session_{number}"]:
            yield Turn(turn["dia_id"], _text(turn), said_at, name=turn["speaker"])


def _text(turn: dict[str, Any]) -> str:
    """A picture is known by its caption alone."""
    caption = turn.get("blip_caption")
    return f"{turn['text'].strip()} [shared image: {caption}]".strip() if caption else turn["text"].strip()


def _question(id_: str, asked: dict[str, Any], known: set[str]) -> Question:
    apart = asked["category"] == ADVERSARIAL
    return Question(
        id=id_,
        category=CATEGORIES[asked["category"]],
        text=asked["question"],
        answer="" if apart else str(asked.get("answer", "")),
        evidence=tuple(_evidence(asked.get("evidence") or [], known)),
        apart=apart,
    )


def _evidence(given: Sequence[str], known: set[str]) -> dict[str, None]:
    """The turns named, each once, with slips of the pen put right: "D:11:26", "D30:05", "D8:6; D9:17"."""
    pieces = [piece for each in given for piece in re.split(r"[;,\s]+", each)]
    places = [f"D{int(found[1])}:{int(found[2])}" for found in map(_PLACE.fullmatch, pieces) if found]
    return dict.fromkeys(place for place in places if place in known)
