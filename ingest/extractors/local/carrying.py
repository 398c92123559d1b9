# ruff: noqa: E501 -- a pattern is easier to read on one line
"""What the sentence before says for the next: "I work at Acme. I joined in 2023." tells what was joined."""

import re

NAME = r"(?P<name>[A-Z][\w&.'-]*(?: [A-Z\d][\w&.'-]*)*)"
EMPLOYED = re.compile(
    rf"^(?:I|We)\b.* (?:at|for|with) {NAME}\W*$|^(?:I|We) (?:work|am working) (?:at|for) {NAME.replace('name', 'other')}\b"
)
LIVING = re.compile(rf"^(?:I|We)(?:'m| am| are|'re)? (?:live|living|based|reside) in {NAME}\W*$")
WHEN = r"(?= (?:in|on|last|this|back in|about|around|two|three|four|five|six|a|\d+)\b)"
JOINING = re.compile(rf"^(?P<who>I|We) (?P<verb>joined|started|started there|started working there){WHEN}")
BEEN = re.compile(
    r"^(?P<who>I|We)(?:'ve| have) (?:been|lived|worked)(?: (?:there|here|with them))?(?= (?:since|for)\b)"
)
SEEKING = re.compile(
    r"\b(?:(?:looking|searching|hunting) for|need|want to (?:buy|rent|hire|adopt)|trying to find) (?P<what>(?:an?|another) (?:[\w'-]+ ){0,3}?[\w'-]+)(?=[.,!]| (?:in|for|with|near|at|on|to|that|who|from|and)\b)",
    re.IGNORECASE,
)
FOUND_ONE = re.compile(
    r"^(?P<found>(?:I|We|I've|We've)(?: have)?(?: finally| just)? found) one(?= (?:in|near|at|on|last|this|yesterday|today)\b|[.!,])"
)
SOMEONE = re.compile(
    r"\b(?P<met>dating|seeing|met) (?:someone|somebody|an? (?:new )?(?:man|woman|guy|girl|boy))\b(?P<when>[^,.;]{0,30}), (?:and )?(?:his|her|their) name(?:'s| is) (?P<name>[A-Z][\w-]+)"
)

MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
PLACED = re.compile(
    rf"\b(?P<tie>in|at|near|to|into) (?:the )?(?!{MONTH}){NAME}(?: (?:in|at|near) (?!{MONTH})[A-Z][\w-]*)?"
)
""" "At Lumen in Oslo" is one place: Lumen."""
THERE = re.compile(
    r"(?<!\bin)(?<!\bout)(?<!\bup)(?<!\bover)(?<!\bdown)(?<!\bfrom)(?<!\bhi)(?<!\bhello)(?<!\bhey)(?<!\band)"
    r" there(?=[.,!]| (?:too|now|since|for|as|with|in|on|last|every|until|because|and I|but I|two|three|a few)\b)"
)
BOUND_FOR = re.compile(
    r"\b(?:go|goes|going|went|gone|move|moves|moving|moved|fly|flies|flying|flew|travel|travels|travell?ing|travell?ed|drive|drove|driving|"
    r"commut(?:e|es|ed|ing)|return(?:s|ed|ing)?|come|comes|came|coming|relocat(?:e|es|ed|ing)|head(?:s|ed|ing)?|ride|rode|get|got)(?: back)?$"
)


def with_the_place_named(before: str, text: str) -> str:
    """ "I work at Acme." and "Nadia leads a team there." as "Nadia leads a team at Acme", where one place was named."""
    there, places = THERE.search(text), list(PLACED.finditer(before))
    if there is None or len(places) != 1:
        return text
    place, left = places[0], text[: there.start()]
    name = place["name"].rstrip(".")
    the = "the " if f"{place['tie']} the " in place.group() else ""
    tie = "to" if BOUND_FOR.search(left) else "in" if place["tie"] in ("to", "into") else place["tie"]
    return f"{left} {tie} {the}{name}{text[there.end() :]}"


def with_names_given(line: str) -> str:
    """ "I'm dating someone, her name is Ida" as "I'm dating Ida"."""
    return SOMEONE.sub(r"\g<met> \g<name>\g<when>", line)


def with_what_was_said(before: str, text: str) -> str:
    """Return ``text`` with the employer, the home or what was sought that ``before`` named."""
    text = with_the_place_named(before, text)
    sought = SEEKING.search(before)
    if sought and FOUND_ONE.match(text):
        return FOUND_ONE.sub(lambda m: f"{m['found']} {sought['what']}", text)
    employer, home = EMPLOYED.match(before), LIVING.match(before)
    firm = (employer["name"] or employer["other"]) if employer else None
    if firm:
        text = JOINING.sub(lambda m: f"{m['who']} joined {firm.rstrip('.')}", text)
        return BEEN.sub(lambda m: f"{m['who']} have worked at {firm.rstrip('.')}", text)
    return BEEN.sub(lambda m: f"{m['who']} have lived in {home['name'].rstrip('.')}", text) if home else text
