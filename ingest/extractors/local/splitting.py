# ruff: noqa: E501 -- a pattern is easier to read on one line
"""Cuts a sentence of chat where a second one begins without a stop: "I'm vegan, what should I cook", "…, so please…".

The parser takes such a comma for one of its own and loses a half; and a question mark at the end must not make a
question of what stands before it.
"""

import re
from collections.abc import Iterator

from ingest.extractors.local.kin import PETS, RELATIONS
from ingest.extractors.local.screening import USER_STORY

VERB = r"(?:is|are|was|were|has|have|had|isn't|wasn't|aren't|hasn't|can't|won't|doesn't|don't|lives?|works?|loves?|hates?|likes?|plays?|studies|speaks?|needs?|wants?|moved|died|started|turns?)"
SPEAKER_ACTS = r"(?:I|I'm|I've|I'll|I'd|we|we're|we've|we'll|we'd)(?= )"
OWN_ACTS = rf"(?:my|our)(?: [\w'-]+){{1,3}}? {VERB}\b"
CLAUSE = re.compile(rf"(?:{SPEAKER_ACTS}|{OWN_ACTS})", re.IGNORECASE)

POLITE = r"(?:please|pls|kindly|(?:can|could|would|will) you|feel free|you can|you may|let me know|no need)\b"
ASKED = r"(?:help me|help us|suggest|recommend|give me|tell me|show me|write me|find me|make me|remind me|keep (?:your|it|the|things|answers)|answer (?:in|me|with)|reply in|respond in|be (?:brief|concise|gentle|patient)|use (?:metric|celsius|simple|plain)|don't|do not|never|always|any (?:tips|ideas|advice|suggestions|recommendations|thoughts))\b"
AUXILIARY = r"(?:is|are|was|were|do|does|did|can|could|should|would|will|has|have|'s|am)"
ASKING_PLAINLY = rf"(?:(?:what|how|why)(?: [\w-]+){{0,3}} {AUXILIARY} (?:I|you|we|my|our|it|there|the)|(?:should|can|do|does|is|are|could|would|will) (?:I|we|my|it|there))\b"
ASKING = rf"(?:(?:what|how|why|where|when|who|which|whose)\b|{AUXILIARY} (?!not\b)|any\b|ok\b|(?:[a-z]+ ){{0,2}}(?:ideas|tips|advice|suggestions|recommendations|recs|thoughts|help)\?)"

JOINT = r"(?:,? (?:so|and|but)|,)"
WITHOUT_COMMA = r"(?:(?:what|how) (?:should|can|could|do) (?:I|we)|any (?:tips|ideas|advice|suggestions|recommendations)|(?:can|could) you (?:help|suggest|recommend|give|tell|make|find|please))\b"
REQUEST_NEXT = re.compile(
    rf"{JOINT} (?={POLITE})|, (?:so |and |but )?(?={ASKED})|{JOINT} (?={ASKING_PLAINLY})| (?={WITHOUT_COMMA})",
    re.IGNORECASE,
)
QUESTION_NEXT = re.compile(rf"{JOINT} (?={ASKING})", re.IGNORECASE)
CLAUSE_NEXT = re.compile(
    rf"(?:, (?:so |and |but |then |and so |and then |but then )?(?:also )?| but )(?=(?:now )?(?:(?:hate|love|don't like|can't stand|don't eat)\b|{SPEAKER_ACTS}|{OWN_ACTS}))",
    re.IGNORECASE,
)

VERB_NEXT = re.compile(
    r",? and (?:also )?(?=(?:live|work|have|study|teach|play|speak|love|like|enjoy|hate)\b)", re.IGNORECASE
)
BEING = re.compile(r"^I(?:'m| am) (?!\w+ing\b)(?!.* to \w+)", re.IGNORECASE)
"""\"I'm 30, vegan, *and live in Leeds*\": the parser loses who lives there."""
CONDITIONAL = re.compile(
    r"(?:if|unless|when|whenever|while|once|whether|suppose|supposing|imagine|assuming|say|let's|what|how|why|where|who|which|can|could|should|would|do|does|did|is|are|have|has|maybe|perhaps|before|after|until|as soon)\b",
    re.IGNORECASE,
)
ASKED_FIRST = re.compile(
    rf"(?:{POLITE}|{ASKED}|{ASKING_PLAINLY}|i need (?:a|an|some|help|you)\b|(?:what|which|where|how|book|find|plan|order|cook)\b)",
    re.IGNORECASE,
)
MADE_UP = re.compile(
    r"\b(?:story|poem|song|joke|essay|letter|e?-?mail|message|speech|pretend|imagine|act|role|character|say|saying|tell|write|translate|correct|proofread|rephrase|sentence)\b",
    re.IGNORECASE,
)
"""What is said after it may be part of the text that is asked for."""
PENDING = re.compile(
    r"\b(?:if|unless|when|whenever|while|because|although|though|even|whether|until|than|that|said|says|told)\b",
    re.IGNORECASE,
)
"""What stands before the comma is not over: "I know that when I was five, I …"."""
GIVEN = re.compile(
    r"^(?:since|because|as|given(?: that)?|considering(?: that)?|seeing (?:as|that)|knowing(?: that)?|now that)\s+(?=(?:I|I'm|I've|we|we're|we've|my|our)\b)",
    re.IGNORECASE,
)
ROLE = re.compile(r"^As (?P<role>an? [\w' -]{3,40}), (?P<rest>.+)$", re.IGNORECASE)
OF_THE_PAST = re.compile(
    r"(?:kid|child|boy|girl|teenager|teen|baby|toddler|youngster|result|rule|side note|reminder|start|bonus|matter|an? AI|language model|assistant)\b",
    re.IGNORECASE,
)
NOT_OF_SPEAKER = re.compile(
    r"\b(?:do|would|could|can|will|should|are|did) you\b|\byou(?:'d| would)\b|^(?:I|we) (?:was|were|had|did|used|lived|\w+ed)\b",
    re.IGNORECASE,
)

ASIDE = re.compile(r"\s*\((?P<aside>(?=[^()]*[A-Za-z])[^()]{1,120})\)")
GIVEN_NAME = re.compile(
    rf"\b(?P<noun>{'|'.join(sorted((*RELATIONS, *PETS), key=len, reverse=True))}) \((?P<name>[A-Z][a-z]+)\)"
)
OWNED = re.compile(r"\b(?P<owned>(?:my|our) [\w' -]{2,30}?)\s*$", re.IGNORECASE)


def asides(text: str) -> Iterator[str]:
    """The text without its brackets, then what they say: "My laptop (a ThinkPad)" has a second sentence in it."""
    text = GIVEN_NAME.sub(r"\g<noun> named \g<name>", text)
    yield ASIDE.sub("", text)
    for match in ASIDE.finditer(text):
        owned, aside = OWNED.search(text, 0, match.start()), match["aside"]
        if CLAUSE.match(aside):
            yield aside
        elif owned and re.match(r"an? ", aside):
            yield f"{owned['owned']} is {aside}."


def parts(text: str) -> list[str]:
    """The sentences that ``text`` is made of; one, where it cannot be cut safely."""
    role = _role(text)
    if role:
        return role
    found, start, owed = [], 0, ""
    for match in _joints(text):
        left = text[start : match.start()]
        if match.start() < start or not _ends_here(owed + left, match):
            continue
        found.append(owed + GIVEN.sub("", left) + ".")
        start, owed = match.end(), "I " if match.re is VERB_NEXT else ""
        if match.re is CLAUSE_NEXT and ASKED_FIRST.match(left) and text.endswith("?"):
            text = f"{text[:-1]}."
    return [*found, owed + text[start:]]


def _joints(text: str) -> list[re.Match[str]]:
    patterns = [REQUEST_NEXT, CLAUSE_NEXT, VERB_NEXT, *([QUESTION_NEXT] if text.endswith("?") else [])]
    return sorted((m for pattern in patterns for m in pattern.finditer(text)), key=lambda m: m.start())


def _ends_here(left: str, match: re.Match[str]) -> bool:
    if len(left.split()) < 2:
        return False
    if match.re is VERB_NEXT:
        return BEING.match(left) is not None and not PENDING.search(left)
    if match.re is CLAUSE_NEXT and ASKED_FIRST.match(left):
        return not (PENDING.search(left) or MADE_UP.search(left))
    if CONDITIONAL.match(left):
        return False
    if match.re is CLAUSE_NEXT:
        return bool(CLAUSE.match(left)) and not PENDING.search(left) and len(left.split()) > 2 - left.count("'")
    return bool(CLAUSE.search(left))


def _role(text: str) -> list[str] | None:
    """ "As a vegetarian, what should I cook?" tells what one is; "as a child" and "as a lawyer, what would you…" do not."""
    match = ROLE.match(text)
    if (
        match is None
        or USER_STORY.match(text)
        or OF_THE_PAST.search(match["role"])
        or NOT_OF_SPEAKER.search(match["rest"])
    ):
        return None
    asked = text.endswith("?") or re.match(ASKING_PLAINLY, match["rest"], re.IGNORECASE)
    stated = re.match(r"(?:I|I'm|I've|my)\b", match["rest"])
    return [f"I'm {match['role']}.", *parts(match["rest"])] if asked or stated else None
