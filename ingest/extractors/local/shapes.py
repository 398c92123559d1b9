# ruff: noqa: E501 -- a pattern is easier to read on one line
"""What a short answer must look like to stand in a sentence: a name, a place, a time… None where it is no such thing."""

import re
from collections.abc import Callable

from ingest.extractors.local.words import JOBS

BEFORE_A_NAME = re.compile(r"^(?:it's|it is|i'm|i am|im|this is|call me|just|the name is|my name is)\s+", re.IGNORECASE)
NAME = re.compile(r"[^\W\d_][\w'.-]*(?: [^\W\d_][\w'.-]*){0,2}")
NO_NAME = frozenset(
    "yes no sure ok okay hi hello thanks fine good great why what who nobody nothing none me you it".split()
)
PLACED = re.compile(r"^(?:in|at|from|near|to|outside|around)\s+", re.IGNORECASE)
TIMED = re.compile(
    r"(?:on|in|at|by|since|for|next|this|last|tomorrow|today|tonight|yesterday|every|around|from|until|two|three|a|an)\b",
    re.IGNORECASE,
)
MONTH_OR_YEAR = re.compile(
    r"(?:(?:january|february|march|april|may|june|july|august|september|october|november|december)(?: \d{4})?|\d{4})$",
    re.IGNORECASE,
)
CLOCK = re.compile(r"\d{1,2}(?::\d\d)?(?: ?[ap]\.?m\.?)?$", re.IGNORECASE)
NUMBER = re.compile(
    r"(?:\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ]\w+)?)(?= |$)",
    re.IGNORECASE,
)
OFTEN = re.compile(r"(?:every|once|twice|daily|weekly|monthly|\w+ times|on \w+days|most|each)\b", re.IGNORECASE)


def a_name(answer: str) -> str | None:
    text = BEFORE_A_NAME.sub("", answer).strip(" .!")
    if not NAME.fullmatch(text) or text.split()[0].lower() in NO_NAME:
        return None
    return " ".join(word[0].upper() + word[1:] for word in text.split())


def a_place(answer: str) -> str | None:
    text = PLACED.sub("", answer)
    return text if len(text.split()) <= 6 else None


def where(answer: str) -> str | None:
    """With its preposition: "at home", "in Porto"."""
    if len(answer.split()) > 7:
        return None
    return answer[0].lower() + answer[1:] if PLACED.match(answer) else f"in {answer}"


def a_time(answer: str) -> str | None:
    if len(answer.split()) > 8:
        return None
    if TIMED.match(answer):
        return answer[0].lower() + answer[1:]
    return f"{'in' if MONTH_OR_YEAR.match(answer) else 'at' if CLOCK.match(answer) else 'on'} {answer}"


def a_job(answer: str) -> str | None:
    """ "Nurse" is "a nurse"; "at Acme" is no profession."""
    words = answer.lower().split()
    if not set(words) & JOBS and words[:1] not in (["a"], ["an"]):
        return None
    text = answer[0].lower() + answer[1:]
    return text if words[0] in ("a", "an") else f"{'an' if words[0][0] in 'aeiou' else 'a'} {text}"


def a_number(answer: str) -> str | None:
    match = NUMBER.match(answer)
    return match.group().lower() if match else None


def how_often(answer: str) -> str | None:
    return answer[0].lower() + answer[1:] if OFTEN.match(answer) else None


def how_long(answer: str) -> str | None:
    text = answer[0].lower() + answer[1:]
    if text.startswith(("for ", "since ")):
        return text
    return (
        f"since {answer}"
        if MONTH_OR_YEAR.match(answer)
        else f"for {text}"
        if NUMBER.match(text) or text.startswith("a ")
        else None
    )


def a_thing(answer: str) -> str | None:
    """As it was said, but for the capital letter of a sentence."""
    first = answer.split()[0]
    small = not first[1:].isupper() and first.lower() in SMALL_WORDS
    return answer[0].lower() + answer[1:] if small else answer


def a_common_noun(answer: str) -> str:
    return answer[0].lower() + answer[1:] if answer[1:].islower() else answer


SMALL_WORDS = frozenset(
    """a an the my our two three four five one some mostly mainly usually in on at with to for about only just six both
    reading hiking cooking running swimming painting playing writing dancing""".split()
)

SHAPES: dict[str, Callable[[str], str | None]] = {
    "name": a_name,
    "place": a_place,
    "where": where,
    "time": a_time,
    "job": a_job,
    "number": a_number,
    "often": how_often,
    "lasting": how_long,
    "thing": a_thing,
    "common": a_common_noun,
}
