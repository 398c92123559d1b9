# ruff: noqa: E501 -- a pattern is easier to read on one line
"""Standing instructions to the assistant: how it should answer from now on, not what it should do once."""

import re
from dataclasses import dataclass, replace

from graphs.kinds import EntityType, MemoryKind
from ingest.extractors.base import SPEAKER, Ending, Fact, Link, Thing
from ingest.extractors.local.verbs import third_person

POLITE = r"(?:(?:please|pls|kindly|just|and|so)\s+)*"
ASKED = (
    r"(?:(?:can|could|would|will) you\s+|(?:I(?:'d| would)? (?:like|want|love|need|prefer|expect)(?: it if)? (?:for )?you (?:to\s+)?)|"
    r"you (?:should|must|can|may|have to|need to|don't have to)\s+|I prefer (?:that|when|if) you\s+|I(?:'d| would) rather (?:that )?you (?=(?:don't|do not)\b)|make sure (?:that )?(?:you\s+|to\s+)|be sure to\s+|remember to\s+)"
)
STANDING = r"(?:from now on|going forward|from here on(?: out)?|in (?:the )?future|for (?:all|any) future \w+|whenever (?:you|I) [\w' ]+?|every time (?:you|I) [\w' ]+?|each time (?:you|I) [\w' ]+?|in (?:all )?(?:your|our) (?:answers|replies|responses|conversations|chats))"
FREQUENCY = re.compile(r"^(always|never)\s+(?=[a-z])", re.IGNORECASE)
NEGATIVE = re.compile(r"^(?:don't|do not|no longer|please don't)\s+(?=[a-z])", re.IGNORECASE)
STOPPING = re.compile(r"^(stop|avoid|quit|refrain from)\s+(?=\w+ing\b)", re.IGNORECASE)

ADDRESS = re.compile(
    r"^(?:call|address|refer to) me (?:as |by )?(?:my (?:nick)?name,? )?\"?(?P<name>(?:(?:Dr|Mr|Mrs|Ms|Prof)\.? )?[A-Z][\w'-]*(?: [A-Z][\w'-]*)?)\"?[.!]*$"
)
LEAD = re.compile(
    rf"^{POLITE}(?:(?P<standing>{STANDING})\s*,?\s*)?{POLITE}(?P<asked>{ASKED})?{POLITE}(?P<what>.+?)[.!]*$",
    re.IGNORECASE,
)
TRAILING = re.compile(rf"[\s,]+(?:please|thanks|thank you|{STANDING})$", re.IGNORECASE)

REPLYING = frozenset(
    """
    answer reply respond use write say call mention suggest recommend ask send remind talk speak explain cite
    translate format list include repeat summarise summarize quote address refer assume give keep start end
    bring begin add show provide be put sign greet apologise apologize apologizing apologising using asking saying
    repeating giving adding suggesting mentioning writing sending calling recommending reminding assuming
    including starting ending being double-check check convert prefer stick default limit make phrase tell offer
    propose skip leave omit
    """.split()
)
"""What an assistant does to its answers: "don't give up" is said to a friend."""

STYLE = re.compile(
    r"\b(?:answers?|repl(?:y|ies)|responses?|explanations?|messages|sentences?|words|paragraphs?|bullet(?: points?|s)?|bullets|lists?|tables?|emojis?|emoticons|markdown|"
    r"units?|metric|imperial|celsius|fahrenheit|tone|formal(?:ly)?|informal(?:ly)?|casual(?:ly)?|polite(?:ly)?|concise(?:ly)?|brief(?:ly)?|short|detailed|simple|plain|language|sources?|"
    r"citations?|examples?|code blocks?|comments|jargon|abbreviations|spelling|format|step by step|step-by-step|exclamation (?:marks|points)|humou?r|jokes|sarcasm|"
    r"small talk|headings?|headers|24-hour|currency|euros|dollars)\b",
    re.IGNORECASE,
)
LANGUAGE = re.compile(
    r"^(?:answer|reply|respond|speak|write|talk)(?: (?:to|with) me)?(?: back)?(?: only)? in (?P<language>(?-i:[A-Z])\w+)\b",
    re.IGNORECASE,
)
IDIOM = re.compile(
    r"^(?:never mind|never heard|never been|never say never|always a |always been|stop it|don't worry|don't forget|don't hesitate|don't mention|don't be |do not worry|"
    r"keep (?:it up|up|going|in touch|me posted|at it|on|trying|calm|shining|doing)|be (?:careful|safe|well|happy|kind|strong|proud|patient|yourself)|use (?:it|this|that|your)\b|call me (?:back|later|when|if|tomorrow|crazy|old)|"
    r"tell me|give me|write me|show me (?!sources)|send me|ask me|make sure|say (?:hi|hello)|never (?:give|stop|let|forget|underestimate|lose|too|know|knew)|don't (?:give up|let|stop|lose|push|overthink|give up))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Instruction:
    what: str
    """The bare verb phrase: "answer in French"."""
    modal: str
    """"should always", "should not"…"""
    sure: bool


WHENEVER = re.compile(
    r"^(?P<when>(?:when(?:ever)?|if|every time|each time|any ?time) (?:I|you|we)\b[^,.]{3,80}),\s*(?P<what>.+)$",
    re.IGNORECASE,
)
AVOIDED = re.compile(
    r"^(?:suggest|recommend|include|mention(?! it)|offer|propose|assume|use|give me|send me|bring up)\b", re.IGNORECASE
)


def read_instruction(sentence: str) -> Fact | None:
    """Also one with its occasion: "When I ask for code, always give TypeScript."."""
    occasion = WHENEVER.match(sentence)
    found = _read(occasion["what"], standing=True) if occasion else _read(sentence)
    if found is None or occasion is None:
        return found
    when = _in_third_person(occasion["when"][0].lower() + occasion["when"][1:])
    return replace(found, content=f"{found.content.rstrip('.')} {when}.")


def _read(sentence: str, *, standing: bool = False) -> Fact | None:
    match = LEAD.match(sentence)
    if match is None:
        return None
    what = TRAILING.sub("", match["what"]).strip(" ,")
    standing = (
        standing
        or bool(match["standing"])
        or bool(TRAILING.search(match["what"]) and re.search(STANDING, match["what"], re.IGNORECASE))
    )
    named = ADDRESS.match(what[0].lower() + what[1:]) if what else None
    if named:
        return _addressed(named["name"])
    instruction = _instruction(what, standing)
    return _fact(instruction) if instruction else None


def _instruction(what: str, standing: bool) -> Instruction | None:
    if IDIOM.match(what):
        return None
    frequency = FREQUENCY.match(what)
    if frequency:
        return _if_replying(what[frequency.end() :], f"should {frequency[1].lower()}", sure=True)
    negative = NEGATIVE.match(what)
    if negative:
        avoided = what[negative.end() :]
        sure = standing or bool(STYLE.search(what) or AVOIDED.match(avoided))
        return _if_replying(avoided, "should not", sure=sure)
    if STOPPING.match(what):
        verb = what.split()[1].lower()
        return (
            Instruction(what[0].lower() + what[1:], "should", True) if verb in REPLYING or STYLE.search(what) else None
        )
    return _plain(what, standing)


def _if_replying(what: str, modal: str, *, sure: bool) -> Instruction | None:
    verb = re.split(r"\W", what, maxsplit=1)[0].lower()
    return Instruction(what, modal, sure) if verb in REPLYING and (sure or STYLE.search(what)) else None


def _plain(what: str, standing: bool) -> Instruction | None:
    verb = re.split(r"\W", what, maxsplit=1)[0].lower()
    if verb not in REPLYING:
        return None
    if standing:
        return Instruction(what, "should", True)
    if LANGUAGE.match(what):
        return Instruction(what, "should", False)
    settles = verb in (
        "keep",
        "use",
        "be",
        "stick",
        "limit",
        "default",
        "prefer",
        "skip",
        "avoid",
        "include",
        "format",
        "cite",
    )
    return Instruction(what, "should", False) if settles and STYLE.search(what) and len(what.split()) <= 14 else None


def _fact(instruction: Instruction) -> Fact:
    what = _in_third_person(instruction.what[0].lower() + instruction.what[1:])
    return Fact(f"The assistant {instruction.modal} {what}.", MemoryKind.INSTRUCTION, 0.9 if instruction.sure else 0.7)


def _addressed(name: str) -> Fact:
    me, thing = Thing(SPEAKER, EntityType.PERSON), Thing(name, EntityType.PERSON)
    return Fact(
        f"{SPEAKER} prefers to be called {name}.",
        MemoryKind.INSTRUCTION,
        0.9,
        things=(me,),
        links=(Link(me, "named", thing),),
        ends=(Ending("named"),),
    )


def _in_third_person(what: str) -> str:
    what = re.sub(r"\byour\b", "its", what, flags=re.IGNORECASE)
    what = re.sub(
        r"\byou (?!can|will|should|must)(\w+)", lambda m: f"it {third_person(m[1])}", what, flags=re.IGNORECASE
    )
    what = re.sub(r"\byou\b", "it", what, flags=re.IGNORECASE)
    what = re.sub(r"\bI (\w+)", lambda m: f"{SPEAKER} {third_person(m[1])}", what)
    what = re.sub(r"\bmy\b", f"{SPEAKER}'s", what, flags=re.IGNORECASE)
    return re.sub(r"\bme\b", SPEAKER, what, flags=re.IGNORECASE)
