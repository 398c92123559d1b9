# ruff: noqa: E501 -- a pattern is easier to read on one line
"""What takes back a word said before: "No, it was Tuesday.", "Actually it's Nadia, not Nadja."

Such a sentence says nothing by itself. What it corrects is said again with the right word, and read again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from graphs.dates import Bound, Resolved, resolve_dates
from ingest.extractors.base import Fact, Turn, Utterance
from ingest.extractors.local.shapes import NUMBER, a_time

TURNS = 3
"""How many of the speaker's own turns back a correction may reach."""
LONGEST_TURN = 1_500

LEAD = r"(?:(?:no|nope|sorry|oops|ops|whoops|wait|actually|correction|hold on|my (?:bad|mistake)|typo|scratch that|ah|oh|hm+|wrong|that's wrong|actually no|i'm wrong|i was wrong|not quite|well)\b[\s,.:!-]*)"
ITS = r"(?:(?:it|that|this|he|she|they)(?:'s| is| was| were| are)(?: actually| really)?|(?:it|that|this) should (?:be|say|read|have been)|i meant(?: to say)?|i mean|make (?:it|that)|should be|should have been|rather)"
PLAIN = r"(?:[^,.!?]|(?<=\d)[,.](?=\d))"
WRONG = rf"(?P<wrong>{PLAIN}{{2,40}}?)"
RIGHT = rf"(?P<right>{PLAIN}{{2,60}}?)"
PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{LEAD}*(?:{ITS} )?{RIGHT},? (?:and |rather than |instead of )?not {WRONG}(?:, (?:I|sorry|my)\b.*)?[.!]*",
        rf"{LEAD}*(?:{ITS} )?not {WRONG},? (?:but |it's |it was |it is )?{RIGHT}[.!]*",
        rf"{LEAD}*I said {WRONG},? but (?:{ITS} |I meant |it's )?{RIGHT}[.!]*",
        rf"{LEAD}+{ITS} {RIGHT}[.!]*",
        rf"I meant(?: to say)? {RIGHT}[.!]*",
        rf"(?:{LEAD}+|\*)(?:on |in |at )?{RIGHT}[.!]*",
    )
)
HINT = re.compile(rf"{LEAD}|\*|.*\b(?:not|meant)\b", re.IGNORECASE)
LONGEST_RIGHT = 5
"""Words; what is longer is a sentence of its own."""
SENTENCE = re.compile(
    r"\b(?:I|I'm|I've|we|you|my|because|so|but|if|that|there|think|thanks?|please|fine|okay|problem|worries|way|idea|need|not)\b",
    re.IGNORECASE,
)
PROPER = re.compile(r"(?<![.!?] )(?<!^)\b(?!I\b|I'm\b)[A-Z][\w'-]+(?: [A-Z][\w'-]+)*")
A_NAME = re.compile(r"[A-Z][\w'-]*(?:,? (?:of|the|de|del|la|van|von|and|[A-Z][\w'-]*))*")
"""Every word of it: "Tom moves on Friday" begins with a name, and is a sentence of its own."""
DESCRIBED = re.compile(r"(?:the|my|a|an) (?P<which>[a-z-]+) (?P<noun>[a-z]+)")
AGAIN = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Correction:
    """``wrong`` is None where only ``right`` was said."""

    right: str
    wrong: str | None


def corrections_of(utterance: Utterance) -> tuple[Utterance, Utterance] | None:
    """What was said before, as it was and as it should have been; None where nothing is corrected."""
    own = utterance.said_before()[-TURNS:]
    correction = read_correction(utterance.text) if own and utterance.language == "en" else None
    if correction is None:
        return None
    for turn in reversed(own):
        right = _mended(turn, correction) if len(turn.text) <= LONGEST_TURN else None
        if right:
            before = utterance.before[: utterance.before.index(turn)]
            was = replace(utterance, text=turn.text, said_at=turn.said_at, before=before)
            return was, replace(was, text=right)
    return None


def read_correction(text: str) -> Correction | None:
    text = text[:LONGEST_TURN].replace("’", "'").strip()
    if not HINT.match(text):
        return None
    first = AGAIN.split(text, maxsplit=1)
    opening = first[0] if not re.fullmatch(rf"{LEAD}+[.!]*", first[0], re.IGNORECASE) else " ".join(first)
    for pattern in PATTERNS:
        match = pattern.fullmatch(opening.strip())
        if match:
            return _correction(match.groupdict())
    return None


def mended_lines(lines: list[str], said_at: datetime) -> list[str]:
    """ "I live in Porto. Sorry, Lisbon." as one sentence that is right."""
    return [" ".join(_mended_sentences(AGAIN.split(line), said_at)) for line in lines]


def _mended_sentences(sentences: list[str], said_at: datetime) -> list[str]:
    kept: list[str] = []
    for each in sentences:
        correction = read_correction(each) if kept else None
        mended = _mended(Turn(kept[-1], said_at), correction) if correction else None
        kept = [*kept[:-1], mended] if mended else [*kept, each]
    return kept


def _correction(found: dict[str, str]) -> Correction | None:
    right, wrong = found["right"].strip(), found.get("wrong")
    if len(right.split()) > LONGEST_RIGHT or SENTENCE.search(right):
        return None
    return Correction(right, wrong.strip() if wrong else None)


def _mended(turn: Turn, correction: Correction) -> str | None:
    text = turn.text.replace("’", "'")
    if correction.wrong:
        wrong = re.sub(r"^(?:on|in|at|the|an?) ", "", correction.wrong)
        right = re.sub(r"^(?:on|in|at) ", "", correction.right)
        mended = re.sub(rf"(?<!\w){re.escape(wrong)}(?!\w)", lambda _: right, text, flags=re.IGNORECASE)
        return mended if mended != text else None
    return _by_kind(turn, text, correction.right)


def _by_kind(turn: Turn, text: str, right: str) -> str | None:
    """The one word that can be meant: the only date, the only number, the only name."""
    dates = [date for date in resolve_dates(text, turn.said_at) if date.span.bound is not Bound.FOR]
    if _is_a_date(right, turn):
        return f"{text[: dates[0].start_char]}{a_time(right)}{text[dates[0].end_char :]}" if len(dates) == 1 else None
    described = DESCRIBED.fullmatch(right)
    if described:
        return _described(text, described)
    pattern = NUMBER if NUMBER.fullmatch(right) else PROPER if A_NAME.fullmatch(right) else None
    if pattern is None:
        return None
    found = [
        m for m in re.finditer(rf"(?<![\w.,])(?:{pattern.pattern})", text, pattern.flags) if not _in(dates, m.start())
    ]
    return f"{text[: found[0].start()]}{right}{text[found[0].end() :]}" if len(found) == 1 else None


def _described(text: str, right: re.Match[str]) -> str | None:
    """ "It was the right knee" after "I hurt my left knee": the one word before the same noun."""
    found = list(re.finditer(rf"\b(?!(?:my|the|a|an|our)\b)[\w-]+(?= {re.escape(right['noun'])}\b)", text))
    return f"{text[: found[0].start()]}{right['which']}{text[found[0].end() :]}" if len(found) == 1 else None


def _is_a_date(text: str, turn: Turn) -> bool:
    said = f"{a_time(text)}."
    return any(len(date.text) >= len(said) - 2 for date in resolve_dates(said, turn.said_at))


def _in(dates: Sequence[Resolved], place: int) -> bool:
    return any(date.start_char <= place < date.end_char for date in dates)


def mended_facts(was: list[Fact], now: list[Fact]) -> list[Fact]:
    """The facts as they should have been; the first of them takes the wrong ones back."""
    wrong = tuple(fact.content for fact in was if fact not in now)
    new = [fact for fact in now if fact not in was]
    return [replace(fact, corrects=wrong if place == 0 else ()) for place, fact in enumerate(new)]
