# ruff: noqa: E501 -- a pattern is easier to read on one line
"""Puts back the "I" that chat leaves out: "Just moved to Rome", "Living in Oslo since 2020", "Allergic to nuts"."""

import re

from ingest.extractors.local.words import DIETS, JOBS

ADVERBS = r"(?:(?:just|recently|finally|also|currently|still|now|actually) )*"
DONE = re.compile(
    rf"^{ADVERBS}(?:got (?:a|an|my|back|married|engaged|divorced|promoted|two|three)|bought (?:a|an|my|two)|moved (?:to|in|back|from)|started (?:a|at|my|learning|working)|"
    r"joined|(?:cancelled|canceled|finished|passed|failed|booked|visited|renewed) (?:my|the|an?)|adopted (?:a|an|two)|quit my|lost my|broke my|sold my|graduated from|became an?|was born in|grew up in)\b",
    re.IGNORECASE,
)
DOING = re.compile(
    rf"^{ADVERBS}(?:living in|working (?:at|as|on|for|in)|moving to|learning|studying|training for|expecting a|planning (?:a|to)|saving for|flying to|going to|getting (?:a|an|married)|looking for a)\b",
    re.IGNORECASE,
)
FINITE = re.compile(
    r"\b(?:is|was|are|were|isn't|can|could|will|would|takes?|makes?|made|feels?|seems?|helps?|sounds?|requires?|needs?|has|does|gets?|you|your)\b",
    re.IGNORECASE,
)
"""A verb further on: "Living in Berlin is expensive" is no sentence about the speaker."""
TASTE = re.compile(
    r"^(?:(?:really|absolutely) )?(?:love|hate|don't like|can't stand|can't eat|don't eat|don't drink)\b(?! (?:it|you|that|this|to|the|your|how)\b)",
    re.IGNORECASE,
)
OBLIGED = re.compile(r"^(?:need|have) to [\w' -]*\bmy\b", re.IGNORECASE)
BEEN = re.compile(r"^(?:been|never been)\b", re.IGNORECASE)
STATE = re.compile(
    rf"^(?:{'|'.join(sorted(map(re.escape, DIETS), key=len, reverse=True))}|allergic to|married (?:to|with)|pregnant|diabetic)\b(?!,)",
    re.IGNORECASE,
)
HERE = re.compile(r"^(?P<what>[\w' -]{3,50}) here\W*$", re.IGNORECASE)
BIRTHDAY = re.compile(
    r"^(?:it's|it is|today is|today's) my (?P<which>birthday|(?:wedding )?anniversary)(?: today)?\W*$", re.IGNORECASE
)


def with_subject(text: str) -> str:
    """``text`` as a whole sentence; as it is where nothing was left out, or where that is not sure."""
    opening = text[:1].lower() + text[1:]
    birthday, here = BIRTHDAY.match(text), HERE.match(text)
    if birthday:
        return f"My {birthday['which']} is today."
    if here:
        return _introduced(here["what"]) or text
    if DONE.match(text) or TASTE.match(text) or OBLIGED.match(text):
        return f"I {opening}"
    if BEEN.match(text):
        return f"I've {opening}"
    return f"I'm {opening}" if (DOING.match(text) or STATE.match(text)) and not FINITE.search(text) else text


def _introduced(what: str) -> str | None:
    words = {word.lower() for word in what.split()}
    opening = what[:1].lower() + what[1:]
    if words & JOBS:
        article = "" if opening.startswith(("a ", "an ")) else "an " if opening[0] in "aeiou" else "a "
        return f"I'm {article}{opening}."
    return f"I'm {opening}." if words & DIETS and len(words) < 3 else None
