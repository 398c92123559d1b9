# ruff: noqa: E501 -- a pattern is easier to read on one line
"""Facts of which only one can hold at a time: "my favourite drink is…", "my phone number is…", "I'm on the … plan"."""

import re

from ingest.extractors.base import SPEAKER

NOUNS = (
    r"name|surname|nickname|(?:phone |mobile |cell )?number|e-?mail(?: address)?|address|budget|time ?zone|weight|height|salary|"
    r"job title|job|title|position|employer|company|boss|manager|landlord|landlady|supervisor|car|phone|laptop|blood type|pronouns|"
    r"home town|hometown|username|handle|website|favou?rite [a-z]+(?: [a-z]+)?"
)
SLOTS = (
    re.compile(rf"{SPEAKER}'s (?:{NOUNS}) (?:is|are) (?!not\b)(?:called )?"),
    re.compile(rf"{SPEAKER}(?: and others)? (?:is|are) on the (?=[\w' -]+ (?:plan|tier)\b)"),
    re.compile(rf"{SPEAKER} is (?=(?:\d{{2,3}}|\d+ years old)\.)"),
    re.compile(rf"{SPEAKER} weighs "),
)


def slot_of(content: str) -> str:
    """How the fact begins, where another that begins so ends it; "" where many may stand side by side."""
    match = next((match for slot in SLOTS if (match := slot.match(content))), None)
    return match.group() if match else ""
