# ruff: noqa: E501 -- a pattern is easier to read on one line
"""Who was spoken of before, read from the words alone: what "she" at the start of a sentence stands for.

"My grandmother Olga lives in Varna." and then, a message later, "She is 91 now." say that the grandmother is 91.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ingest.extractors.base import Turn, Utterance
from ingest.extractors.local.casing import with_capitals
from ingest.extractors.local.kin import FEMALE, MALE, PETS, RELATIONS

TURNS = 4
"""How many turns back a pronoun may reach."""
LONGEST_TURN = 1_500

KIN = "|".join(sorted((*RELATIONS, *PETS), key=len, reverse=True))
MENTION = re.compile(
    rf"\b(?:my|our|your|a|an) (?:(?:older|younger|elder|big|little|best|twin|late|old|new|eldest|youngest|first|oldest) )?(?P<noun>(?i:{KIN}))\b(?!['’]s? (?!name|is|a\b|called|named))(?! and (?:I|my|me)\b)"
    r"(?:(?:,? (?:named|called|is called|is named)|['’]s name is|,)? (?P<name>(?-i:[A-Z][a-z]+))\b(?<!\bI))?",
    re.IGNORECASE,
)
PRONOUN = re.compile(r"^(?P<pronoun>She|He|Her|His)(?P<is>'s|'ll|'d)?(?= )")
SAID_OF = re.compile(
    r"^(?:She|He)(?:'s|'ll) |^(?:She|He) (?:is|was|has|had|lives?|lived|works?|worked|loves?|likes?|hates?|plays?|played|studies|studied|speaks|moved|died|teaches|taught|turns|turned|just|also|now|used|got|will|eats?|drinks?|runs?|owns?|makes?|grew|\w+ing\b|\w+ed\b|\w+s\b|an?\b|\d)"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """One who was spoken of: "sister", "Lea" or both."""

    noun: str
    name: str
    here: bool = False
    """In the message itself: then the parse finds the name, and what it was given to."""

    @property
    def pronouns(self) -> tuple[str, ...]:
        noun = self.noun.lower()
        return ("she", "her") if noun in FEMALE else ("he", "his") if noun in MALE else ("she", "her", "he", "his")

    def called(self) -> str:
        """As the speaker says it: "my sister Lea"."""
        return f"My {self.noun.lower()} {self.name}".strip() if self.noun else self.name


def mentions_before(utterance: Utterance) -> list[Mention]:
    turns: Iterable[Turn] = utterance.before[-TURNS:]
    return _distinct(mention for turn in turns if len(turn.text) <= LONGEST_TURN for mention in mentions_in(turn.text))


def mentions_in(text: str, *, here: bool = False) -> Iterator[Mention]:
    text = text if here else with_capitals(text.replace("’", "'"))
    for match in MENTION.finditer(text):
        if match["noun"].lower() not in PLURAL:
            yield Mention(match["noun"].lower(), match["name"] or "", here)


PLURAL = frozenset("family in-laws parent".split())


def _distinct(found: Iterable[Mention]) -> list[Mention]:
    """The last of those who may be the same: "my sister" and then "my sister Lea"."""
    kept: list[Mention] = []
    for each in found:
        same = [
            other
            for other in kept
            if other.noun == each.noun and (not other.name or not each.name or other.name == each.name)
        ]
        named = next((other.name for other in same if other.name), "")
        kept = [other for other in kept if other not in same]
        kept.append(replace(each, name=each.name or named))
    return kept


def with_those_of(text: str, mentions: list[Mention]) -> list[Mention]:
    """``mentions`` and those of one more sentence. Who has a name in this message is found by the parse itself."""
    new = list(mentions_in(text, here=True))
    return _distinct([*mentions, *new]) if new else mentions


def with_antecedent(text: str, mentions: list[Mention]) -> str:
    """ "She is 91 now." as "My grandmother Olga is 91 now."; as it is where two could be meant."""
    match = PRONOUN.match(text)
    if match is None:
        return text
    meant = [each for each in mentions if match["pronoun"].lower() in each.pronouns]
    if len(meant) != 1 or (meant[0].here and meant[0].name):
        return text
    owner = match["pronoun"] in ("Her", "His")
    if not owner and not SAID_OF.match(text):
        return text
    said = {"'s": _is_or_has(text[match.end() :]), "'ll": " will", "'d": " would"}.get(match["is"] or "", "")
    return f"{meant[0].called()}{chr(39) + 's' if owner else said}{text[match.end() :]}"


def _is_or_has(rest: str) -> str:
    return " has" if re.match(r" (?:been|got|had|\w+ed)\b", rest) else " is"
