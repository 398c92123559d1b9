"""Reads conversations from files: our own JSON Lines, and the JSON in which LoCoMo is published."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

OWN = Path(__file__).with_name("conversation.jsonl")
_LOCOMO_TIME = "%I:%M %p on %d %B, %Y"
_QUESTIONS_SHOWN = 3


class Unreadable(Exception):
    """The file holds no conversation that can be read. The message says where it went wrong."""


@dataclass
class Conversation:
    """``messages`` are bodies for `POST /v1/threads/:id/messages`; ``questions`` are asked once they are remembered.
    ``first_name`` is the user's, where the caller would know it."""

    name: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    first_name: str = ""


def read(path: Path, name: str | None = None) -> Conversation:
    """The conversation in a file; ``name`` picks one where there are several. Raises Unreadable."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path} can't be read: {error}") from error
    conversation = _published(text, name) if text.lstrip().startswith("[") else _lines(path, text)
    if not conversation.messages:
        raise Unreadable(f"{path} holds no message.")
    return conversation


def _lines(path: Path, text: str) -> Conversation:
    """One object a line: a message (`role`, `content`, optional `name` and `createdAt`), a `question`, or the user's
    `firstName`."""
    found = Conversation(path.stem)
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise Unreadable(f"{path}, line {number}: {error}") from error
        if "question" in record:
            found.questions.append(record["question"])
        elif "firstName" in record:
            found.first_name = record["firstName"]
        elif {"role", "content"} <= set(record):
            found.messages.append(record)
        else:
            raise Unreadable(f"{path}, line {number}: give `role` and `content`, `question`, or `firstName`.")
    return found


def _published(text: str, name: str | None) -> Conversation:
    samples = {sample["sample_id"]: sample for sample in json.loads(text)}
    if name and name not in samples:
        raise Unreadable(f"There is no conversation {name!r}: the file has {', '.join(samples)}.")
    chosen = name or next(iter(samples))
    questions = [entry["question"] for entry in samples[chosen].get("qa", [])]
    return Conversation(chosen, _turns(samples[chosen]["conversation"]), questions[:_QUESTIONS_SHOWN])


def _turns(sessions: dict[str, Any]) -> list[dict[str, Any]]:
    numbers = sorted(int(match[1]) for key in sessions if (match := re.fullmatch(r"session_(\d+)", key)))
    return [
        {"role": "user", "name": turn["speaker"], "content": turn["text"], "createdAt": _time(sessions, number)}
        for number in numbers
        for turn in sessions[f"session_{number}"]
        if turn["text"].strip()
    ]


def _time(sessions: dict[str, Any], number: int) -> str:
    return datetime.strptime(sessions[f"session_{number}_date_time"], _LOCOMO_TIME).replace(tzinfo=UTC).isoformat()
