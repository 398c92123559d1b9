# ruff: noqa: E501 -- a pattern is easier to read on one line
"""Set phrases by which people describe themselves, of which a parse tells nothing: "I'm a night owl", "my back hurts"."""

import re

from graphs.kinds import EntityType, MemoryKind
from ingest.extractors.base import SPEAKER, Fact, Thing

NOT = r"(?:not |not really |definitely |very much |more of |kind of |quite |a bit of )?"
PARENT = r"(?:mum|mom|dad|father|mother|parent)"
SIGN = "(?:Aries|Taurus|Gemini|Leo|Virgo|Libra|Scorpio|Sagittarius|Capricorn|Aquarius|Pisces)"
BODY = "(?:back|neck|knees?|shoulders?|hips?|head|wrists?|ankles?|feet|foot|stomach|tooth|teeth|elbow|eyes?|throat)"
TENS = r"(?:twenties|thirties|forties|fifties|sixties|seventies|eighties|\d0s)"
TYPE = r"(?:owl|bird|early bird|bookworm|introvert|extrovert|perfectionist|homebody|workaholic|minimalist|insomniac|foodie|picky eater|(?:light|heavy) sleeper|(?:slow|fast|visual) learner|night owl|film buff|gamer|hypochondriac|nomad|digital nomad|lefty)"

PHRASES: tuple[tuple[str, MemoryKind], ...] = (
    (rf"I'm {NOT}(?:an? )?(?:\w+ )?(?:[a-z]+ person|{TYPE})", MemoryKind.IDENTITY),
    (rf"I'm (?:an? )?{SIGN}", MemoryKind.IDENTITY),
    (r"I'm (?:half|part|a quarter)[ -][A-Z][a-z]+(?:(?:,| and| and half|, half)[ -][A-Z][a-z]+)*", MemoryKind.IDENTITY),
    (r"I'm (?:\d'\d{1,2}\"?|\d{3} ?cm|\d[.,]\d{2} ?m)(?: tall)?", MemoryKind.IDENTITY),
    (
        r"I (?:have|have got) (?:[a-z]+ )?(?:blue|green|brown|grey|gray|hazel|dark|red|blond|blonde|black|curly|long|short|straight)(?: [a-z]+)? (?:eyes|hair)",
        MemoryKind.IDENTITY,
    ),
    (rf"I'm in my (?:early |mid[ -]?|late )?{TENS}", MemoryKind.IDENTITY),
    (
        rf"I'm (?:an? )?(?:stay-at-home|single|working|new|first-time|foster|adoptive) {PARENT}(?: of [\w ]+)?",
        MemoryKind.RELATIONSHIP,
    ),
    (
        rf"My (?:lower |upper |left |right )?{BODY} (?:hurts?|aches?|is killing me|has been hurting|keeps hurting)(?: [\w' ]{{1,30}})?",
        MemoryKind.HEALTH,
    ),
    (
        r"I (?:have|have been having|often have|always have) (?:a lot of )?(?:trouble|difficulty|problems?) (?:sleeping|breathing|walking|concentrating|hearing|seeing|focusing)(?: [\w' ]{1,30})?",
        MemoryKind.HEALTH,
    ),
    (r"I (?:sleep|slept|have been sleeping) (?:badly|poorly|very badly|terribly)(?: lately)?", MemoryKind.HEALTH),
    (
        r"I'm in (?:the )?(?:[A-Z]{2,4}|UTC[+-]\d+|GMT[+-]\d+|[A-Z][a-z]+|Central European|Eastern|Pacific) ?time(?: ?zone)?",
        MemoryKind.FACT,
    ),
    (
        r"I'm (?:in|finishing|starting) my (?:first|second|third|fourth|fifth|final|last|1st|2nd|3rd|4th|senior|junior|sophomore|freshman) year(?: (?:of|at|in) [\w' ]+)?",
        MemoryKind.WORK,
    ),
    (
        r"I'm (?:completely |pretty |fairly |quite |very |totally )?new to (?!this\b|it\b|that\b|here\b|town\b|the (?:app|chat|site))[\w' +#-]+",
        MemoryKind.SKILL,
    ),
    (
        r"I'm (?:still |just )?a (?:complete |total |real )?(?:beginner|novice|newbie|pro|intermediate)(?: (?:at|in|with|to) [\w' +#-]+)",
        MemoryKind.SKILL,
    ),
    (r"I don't work (?:on )?(?:[A-Z]\w+days?|weekends|nights)(?: (?:or|and) [A-Z]\w+days?)?", MemoryKind.WORK),
    (r"I'm (?:severely |slightly |very |highly |a bit )?(?:short|near|far|long)-?sighted", MemoryKind.HEALTH),
    (
        r"I (?:wear|need|have) (?:reading )?(?:glasses|contact lenses|hearing aids|a hearing aid|braces|a pacemaker)",
        MemoryKind.HEALTH,
    ),
)
KINDS = tuple((re.compile(pattern), kind) for pattern, kind in PHRASES)
OPENINGS = ((re.compile(r"^I'm\b"), f"{SPEAKER} is"), (re.compile(r"^I have\b"), f"{SPEAKER} has"), (re.compile(r"^I don't\b"), f"{SPEAKER} does not"),
            (re.compile(r"^I (sleep|wear|need)\b"), rf"{SPEAKER} \1s"), (re.compile(r"^I\b"), SPEAKER), (re.compile(r"^My\b"), f"{SPEAKER}'s"))  # fmt: skip
REST = ((re.compile(r"\bmy\b"), "their"), (re.compile(r"\bme\b"), "them"), (re.compile(r"\bI\b"), "they"))


def read_phrase(sentence: str) -> Fact | None:
    text = re.sub(r"^I am\b", "I'm", re.sub(r"^I've\b", "I have", sentence.rstrip(".! ")))
    kind = next((kind for pattern, kind in KINDS if pattern.fullmatch(text)), None)
    if kind is None:
        return None
    me = Thing(SPEAKER, EntityType.PERSON)
    return Fact(f"{_retold(text)}.", kind, 0.8, things=(me,))


def _retold(text: str) -> str:
    opening = next((pattern, words) for pattern, words in OPENINGS if pattern.match(text))
    text = opening[0].sub(opening[1], text)
    for pattern, word in REST:
        text = pattern.sub(word, text)
    return text
