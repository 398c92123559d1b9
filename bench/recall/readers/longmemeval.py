"""LongMemEval as published: https://github.com/xiaowu0162/LongMemEval (Wu et al., 2024); _s, _m and _oracle alike.

Each question has a history of its own, so each is a conversation, and each chat of the history is a thread.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from bench.recall.corpus import Conversation, Corpus, Question, Turn

CATEGORIES = (
    "single-session-user",
    "single-session-assistant",
    "single-session-preference",
    "multi-session",
    "temporal-reasoning",
    "knowledge-update",
)
ABSTENTION = "_abs"
"""In the id of a question that the history can't answer. Its evidence leads nowhere and is not scored, as published."""
_DATE = re.compile(r"(\d{4})/(\d{2})/(\d{2})\D+(\d{2}):(\d{2})")


def read(entries: Sequence[dict[str, Any]], digest: str) -> Corpus:
    return Corpus("longmemeval", "longmemeval", digest, [_conversation(entry) for entry in entries], CATEGORIES)


def _conversation(entry: dict[str, Any]) -> Conversation:
    dates, sessions = entry["haystack_dates"], entry["haystack_sessions"]
    ids = entry.get("haystack_session_ids") or [str(number) for number in range(len(sessions))]
    chats = sorted(zip(map(_time, dates), ids, sessions, strict=True), key=lambda chat: chat[0])
    labelled = [pair for number, chat in enumerate(chats) for pair in _turns(number, *chat)]
    evidence = tuple(turn.id for turn, has_answer in labelled if has_answer)
    return Conversation(entry["question_id"], [turn for turn, _ in labelled], [_question(entry, evidence)])


def _turns(number: int, said_at: datetime, id_: str, session: Sequence[dict[str, Any]]) -> Iterator[tuple[Turn, bool]]:
    """The turns that say anything, with whether they hold the answer."""
    for place, turn in enumerate(session):
        if turn["content"].strip():
            made = Turn(f"{number}:{place}", turn["content"], said_at, role=turn["role"], thread=f"{number} {id_}")
            yield made, bool(turn.get("has_answer"))


def _question(entry: dict[str, Any], evidence: tuple[str, ...]) -> Question:
    apart = ABSTENTION in entry["question_id"]
    return Question(
        id=entry["question_id"],
        category=entry["question_type"],
        text=entry["question"],
        answer=str(entry["answer"]),
        evidence=() if apart else evidence,
        apart=apart,
        asked_on=entry.get("question_date", ""),
    )


def _time(text: str) -> datetime:
    """ "2023/05/20 (Sat) 02:21", taken for UTC."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no date like '2023/05/20 (Sat) 02:21'")
    return datetime(*map(int, found.groups()), tzinfo=UTC)  # type: ignore[misc, arg-type]
