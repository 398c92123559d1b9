# ruff: noqa: E501 -- a pattern is easier to read on one line
"""Which earlier facts a fact ends, told from the two sentences: "found a flat" ends "is looking for a flat".

A rule has what the new fact says and what the ended one says. ``{noun}`` in the latter is the head of what the former
calls ``what``: the flat of "a small flat in Tampere", as it was found, sold, learned or led.
"""

import re
from dataclasses import dataclass

from ingest.extractors.base import SPEAKER, Closing

WHO = rf"{SPEAKER}(?: and [\w' -]{{2,40}}?)?"
STILL = r"(?: (?:still|currently|now|also|finally|actually|just|recently|already|happily|officially|usually|often|always|mostly|generally|regularly|sometimes|only))*"
BE, HAVE = rf"(?:is|are|has been|have been){STILL}", rf"{STILL} (?:has|have|owns?|drives?|rides?)"
WHAT = r"(?P<what>[^.,;]+)"
ONE = r"(?:an?|the|one|two|three|their|some) (?:[\w-]+ ){0,3}?"
"""What stands before the noun that is had or sought."""
NOT_OF_ANOTHER = r"s?(?=[.,;]| (?:in|on|at|with|for|from|and|named|called|that|which|near|by|to|since|of)\b)"
NOUN = r"{noun}" + NOT_OF_ANOTHER

SOUGHT = (
    rf"{WHO} {BE} (?:looking for|searching for|hunting for|trying to find|in search of) .*?\b{NOUN}",
    rf"{WHO}{STILL} (?:needs?|wants?|plans?|hopes?)(?: to (?:buy|find|rent|get|hire|adopt))? {ONE}{NOUN}",
)
OWNED = (rf"{WHO}{HAVE} {ONE}{NOUN}",)
PURSUED = (
    rf"{WHO} {BE} (?:learning|studying|practi[sc]ing|training for|preparing for|working on|planning|writing|building|doing|saving (?:up )?for|reading|trying to \w+|on) .*?\b{{noun}}",
    rf"{WHO} (?:wants?|plans?|hopes?|intends?) to .*?\b{{noun}}",
    rf"{SPEAKER}'s (?:goal|dream|aim|ambition|resolution|plan|target) is to .*?\b{{noun}}",
)
LED = (rf"{WHO}{STILL} (?:leads?|heads?|manages?|runs?|chairs?|coache?s?|captains?|directs?|coordinates?) ",)
JOINED = (rf"{WHO} {BE} (?:on|in|part of|an? (?:\w+ )?member (?:of|at|in)) .*?\b{{noun}}",)
COUPLED = r"(?:dating|seeing (?:someone|somebody)|engaged|married|in a relationship|living together|together)\b"
PARTNER = r"(?:girlfriend|boyfriend|partner|wife|husband|fianc[ée]e?|spouse)"
SINGLE = (rf"{WHO} {BE} (?:single|divorced|widowed|separated)\b",)
ATTACHED = (rf"{WHO} {BE} {COUPLED}", rf"{WHO} (?:has|have) (?:an? |a new )?{PARTNER}\b")
BROKEN = (
    rf"(?:{SPEAKER}'s|The) (?:[\w-]+ )*?{{noun}}\b.* (?:(?:does|do|did|has|have|is|are|will|can) ?not|no longer|crash\w*|fails?|failing|freez\w+|hangs?|leaks?|overheats?|broken|stuck|down|offline|slow|faulty|defective|only|keeps)\b",
    rf"{WHO} (?:cannot|could not) .*\b{{noun}}\b",
    rf"{WHO} (?:has|have|is having|are having|gets?) .*(?:trouble|problems?|issues?|errors?|difficult\w+) .*\b{{noun}}\b",
)
AWAITED = (
    rf"{WHO} {BE} (?:waiting for|expecting) .*?\b{{noun}}",
    rf"(?:{SPEAKER}'s|The) (?:[\w-]+ )*?{{noun}}\b.* (?:has|have|did|does|is) (?:not|late|delayed|missing|lost)\b",
)
LANGUAGE = r"(?:answer|reply|respond|write|speak|talk)s? (?:to \S+ )?in (?-i:[A-Z])\w+"

RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (rf"{WHO} {BE} {COUPLED}", SINGLE),
    (rf"{WHO} (?:got|has got|started) (?:back together|{COUPLED})|{WHO} (?:has|have) an? (?:new )?{PARTNER}\b", SINGLE),
    (rf"{SPEAKER}'s (?:new )?{PARTNER}(?: [\w-]+)? (?:is|has|works|lives|loves|likes)\b", SINGLE),
    (rf"{WHO} (?:got married|married)\b|{WHO} {BE} married\b", (*SINGLE, rf"{WHO} {BE} (?:engaged|dating|in a relationship)\b")),
    (rf"{WHO} (?:got|has got) engaged|{WHO} {BE} engaged\b", (rf"{WHO} {BE} (?:single|dating|in a relationship)\b",)),
    (rf"{WHO} (?:got |were |has |have )?(?:divorced|separated|broke up|broken up|split up)\b|{WHO} {BE} (?:single|divorced|separated)\b", ATTACHED),
    (rf"{WHO} (?:has |have )?(?:found|got|bought|rented|leased|hired|adopted|signed(?: the lease)? for) {WHAT}", SOUGHT),
    (rf"{WHO} (?:has |have )?(?:start(?:s|ed)|accepted|landed|joined) .*\b(?P<what>job|position|role|internship|apprenticeship)\b", SOUGHT),
    (rf"{WHO} (?:has |have )?(?:sold|gave away|given away|donated|scrapped|traded in|got rid of|gotten rid of|returned|crashed|totall?ed) {WHAT}", OWNED),
    (rf"{SPEAKER}'s {WHAT} (?:was|were|got|has been|have been) (?:stolen|sold|totall?ed|scrapped|repossessed)\b", OWNED),
    (rf"{WHO} (?:has |have )?(?:gave|given) up(?: on)? {WHAT}", PURSUED),
    (rf"{WHO} (?:has |have )?(?:stopped|quit|dropped|abandoned|cancelled|canceled|finished|completed|is off|are off) {WHAT}", PURSUED),
    (rf"{WHO} {BE} (?:off|done with) {WHAT}", PURSUED),
    (rf"{WHO} (?:has |have )?(?:stopped|quit|gave up|given up) (?P<verb>[a-z]{{3,}})ing\b(?: {WHAT})?", (rf"{WHO}{STILL} (?!does|do|has|stopped|quit){{verb}}\w*\b.*?{{noun}}",)),
    (rf"{WHO} (?:has |have )?(?:stepped down|stepped back|resigned)(?: as (?:(?:the|team|department) )*(?:lead|leader|head|manager|director|captain|chair|coach|coordinator)\b.*)?(?: (?:in|on|last|at|from) .*)?\.$", LED),
    (rf"{WHO} (?:has |have )?(?:stepped down|stepped back|resigned)(?: as| from) {WHAT}", (rf"{WHO} {BE} (?:[\w' -]+ )?{{noun}}\b",)),
    (rf"{WHO} (?:has |have )?(?:handed|passed) (?P<what>[^.,;]+?) (?:over )?to ", tuple(rf"{led}.*\b{{noun}}" for led in LED)),
    (rf"{WHO} (?:has |have )?(?:cancelled|canceled|ended|quit|terminated) their (?P<what>(?:[\w'-]+ )+)(?:membership|subscription)\b", (*JOINED, rf"{WHO}{STILL} (?:subscribes? to|pays? for) .*?\b{{noun}}")),
    (rf"{WHO} (?:has |have )?(?:cancelled|canceled|ended|quit|terminated) their (?:membership|subscription) (?:at|of|in|with|to|for) {WHAT}", (*JOINED, rf"{WHO}{STILL} (?:subscribes? to|pays? for) .*?\b{{noun}}")),
    (rf"{WHO} (?:has |have )?(?:left|quit|resigned from|dropped out of) {WHAT}", JOINED),
    (rf"{WHO} (?:has |have )?(?:upgraded|switched|moved|changed|downgraded) (?:from .* )?to (?:the |an? )?[\w -]+ (?:plan|tier)\b", (rf"{WHO} {BE} on (?:the|an?) [\w -]+ (?:plan|tier)\b",)),
    (rf"(?:{SPEAKER}'s|The) (?P<what>[\w' -]+?) (?:(?:\w+s )again|works?\b(?! (?:as|at|for|in|on)\b)|(?:is|are|was|were|has been|have been|got) (?:\w+ )?(?:fixed|resolved|solved|repaired|working|back|online)\b)", BROKEN),
    (rf"(?:{SPEAKER}'s|The) (?P<what>[\w' -]+?) (?:(?:has |have )?(?:arrived|came|come through|turned up)|was delivered|has been delivered)\b", AWAITED),
    (rf"{WHO} (?:has |have )?(?:received|got) {WHAT}", AWAITED),
    (rf"{WHO} can (?P<verb>[a-z]+(?: in| out| up)?)(?: {WHAT})?", (rf"{WHO} cannot {{verb}}\b.*?{{noun}}",)),
    (rf"The assistant should (?:always |only )?{LANGUAGE}(?: from now on)?\.$", (rf"The assistant should (?:always |only )?{LANGUAGE}(?: from now on)?\.$",)),
)  # fmt: skip
"""What a new fact says, and the sentences of those that it ends."""

READ = tuple((re.compile(new), ended) for new, ended in RULES)
CEASED = re.compile(
    rf"{WHO} (?:(?P<be>is|are) (?:not|no longer)|(?:does|do) not (?P<verb>[a-z]+)) (?P<what>.+?) (?:any ?more|any longer)\.$"
    rf"|{WHO} (?P<are>is|are) no longer (?P<rest>.+)\.$"
)
""" "I don't drive to work any more": what is no longer done, by its verb and every word that tells something."""
NEGATED = re.compile(r"\b(?:not|never|no longer|used to|cannot)\b")
TROUBLE = re.compile(r"^(?:(?:the|their) )?(?:issue|problem|error|bug|trouble)s? (?:with|in|on) (?=\w)", re.IGNORECASE)
"""Before what it is that had the problem."""
LEADING = re.compile(r"^(?:(?:an?|the|their|some|this|that|any|my|our|all|both|his|her)\s+)+", re.IGNORECASE)
TAIL = re.compile(
    r"\s+(?:in|on|at|for|with|from|near|by|to|of|that|which|who|last|this|yesterday|today|now|since|because|after|before|and|again|completely|called|named)\b.*$"
)
EMPTY = frozenset("again now one it them that this something anything someone somebody lot thing things stuff".split())
SMALL = frozenset(
    "a an the their of to in on at for with by from and or as is are be every any some it them there".split()
)


@dataclass(frozen=True, slots=True)
class _New:
    noun: str
    verb: str


def closings_of(content: str) -> tuple[Closing, ...]:
    """The earlier facts that one with this sentence ends."""
    found = [Closing(rule, new.noun) for new, rules in _matching(content) for rule in _filled(rules, new)]
    return (*found, *_ceased(content))


def _matching(content: str) -> list[tuple[_New, tuple[str, ...]]]:
    found = []
    for pattern, ended in READ:
        match = pattern.match(content)
        given = match.groupdict() if match else {}
        noun = head_of(given["what"]) if given.get("what") else ""
        if match and (noun or given.get("verb") or not given.get("what")):
            found.append((_New(noun, given.get("verb") or ""), ended))
    return found


def _filled(rules: tuple[str, ...], new: _New) -> list[str]:
    verb = re.sub(r"([bdgklmnprt])\1$", r"\1", new.verb)
    needed = [rule for rule in rules if new.noun or "{noun}" not in rule or "{verb}" in rule]
    return [rule.replace("{noun}", re.escape(new.noun)).replace("{verb}", re.escape(verb)) for rule in needed]


def head_of(what: str) -> str:
    """The noun itself, in the singular: "flat" of "a small flat in Tampere"; "" where it names nothing."""
    words = TAIL.sub("", LEADING.sub("", TROUBLE.sub("", what.strip()))).strip(" '\"").split()
    noun = words[-1].strip("'") if words else ""
    noun = noun[:-1] if len(noun) > 3 and noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun
    return "" if noun.lower() in EMPTY or len(noun) < 2 else noun


def _ceased(content: str) -> tuple[Closing, ...]:
    match = CEASED.match(content)
    if match is None:
        return ()
    what = match["what"] or match["rest"]
    words = [word for word in re.findall(r"[\w-]+", what) if word.lower() not in SMALL]
    if not words:
        return ()
    verb = rf"{match['verb'][:-1]}\w*" if match["verb"] else r"(?:is|are)"
    held = "".join(rf"(?=.*\b{re.escape(_stem(word))})" for word in words)
    return (Closing(rf"(?!.*{NEGATED.pattern}){held}{WHO}{STILL} {verb}\b", _stem(words[0])),)


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
