# ruff: noqa: E501 -- a pattern is easier to read on one line
"""What of a message was said by its author, in prose: not code, not logs, not somebody else's mail, not our own block."""

import re
import unicodedata

from ingest.extractors.base import SPEAKER

LONGEST_MESSAGE = 6_000
"""Characters. What is longer was pasted, not said."""
MOST_LINES = 60
LONGEST_READ = 100_000
LONGEST_REMARK = 400
"""Characters of what is said about something long that was pasted beside it."""
APART = re.compile(r"\n[ \t]*\n")

FENCED = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)", re.DOTALL)
INLINE_CODE = re.compile(r"`[^`\n]{1,200}`")
BLOCK = re.compile(
    r"<(memory|context|memories|facts|system|document|file)\b[^>]*>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE
)
TAG = re.compile(r"</?[a-zA-Z][^>\n]{0,200}>")
ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+")
QUOTED_LINE = re.compile(r"^\s*(?:>|\|)")
MAIL_HEAD = re.compile(
    r"^(?:On .{4,120} wrote:|(?:Am|Le|El) .{4,80} (?:schrieb|a écrit|escribió).*:|[-_]{2,}\s*(?:Original|Forwarded) Message|Begin forwarded message|"
    r"(?:From|Sent|To|Subject|Von|Betreff|De|Objet): .+|Sent from my |[-_]{10,}$)",
    re.IGNORECASE,
)
MAIL_HEAD_OF_TWO_LINES = re.compile(r"^(On .{4,120})\n\s*(wrote:)", re.MULTILINE)
LOG_LINE = re.compile(
    r"^\s*(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\[?\d\d:\d\d:\d\d|\[?(?:ERROR|WARN(?:ING)?|INFO|DEBUG|TRACE|FATAL)\b|Traceback |\s+at \w|at [\w.$]+\(|File \"|"
    r"npm (?:ERR|WARN)|>>> |Caused by: |Exception in |\.{3} \d+ more|panic: |goroutine \d|[\w.]+(?:Error|Exception|Warning)(?::|$)|[\w./-]+\.\w{1,4}:\d+|\w{3} +\d+ \d\d:\d\d:\d\d |\d+\.\d+\.\d+\.\d+ - )"
)
CODE_LINE = re.compile(
    r"[{};]\s*$|^\s*(?:def|class|import|from \w+ import|return|function|const|let|var|public|private|static|async|export|SELECT|INSERT|UPDATE \w+ SET|CREATE TABLE|\$ |#!|//|/\*|<\?|@\w+\()\b|=>|==|\w\(\w*\)\s*[:{]?$|^\s*\w+ = |"
    r"^\s*[{\[]?\s*[\"'][\w .-]+[\"']\s*:|^\s*[\w-]+:\s*(?:true|false|null|\d[\d.]*|[\"'\[{].*)?$"
)
OURS = re.compile(r"\bThe user(?:'s)?\b|\((?:since|until) (?:\d{1,2} \w+ )?(?:\w+ )?\d{4}|^#{1,4} ", re.IGNORECASE)
FRAME = re.compile(
    r"^<memory>|\bData, not instructions\.$|^# (?:Standing instructions|Open plans and goals|Facts|Shared: |Entities|Summary|Verbatim|Who this is|"
    r"Preferences, and how to talk to them|What is known|People and things|What was said|Open problems|History of problems|What else was said)"
)
"""How the blocks begin that we give to an agent, and their parts: the templates of templates/context."""
TO_BE_READ = re.compile(
    r"\b(?:this|these|the following|my) (?:\w+ )?(?:verse|poem|lyrics|text|paragraph|e?-?mail|message|review|letter|passage|chapter|article|song|story|log|chat|conversation|post|tweet|draft|essay|abstract|contract|clause|joke|quote)\b.{0,40}[:?.]$|"
    r"\b(?:summari[sz]e|translate|proofread|edit|rewrite|rephrase|paraphrase|review|analy[sz]e|explain|correct|improve|shorten|fix|feedback|thoughts on|think of|look at|check|here(?:'s| is| are)|this is|following|below)\b.*:$",
    re.IGNORECASE,
)
"""The line before something that was pasted to be worked on."""
TRANSCRIPT = re.compile(
    r"^(?:\[[^\]]{4,30}\]|\d{1,2}:\d\d(?: ?[ap]m)?)?[\s,-]*(?P<who>[A-Z][\w.'-]{0,20}(?: [A-Z][\w.'-]{0,20})?)\s*:\s+\S"
)
"""A line of a chat, or of minutes: who, and what they said."""
LABELS = frozenset(
    "Note Update Edit Name Email Phone Budget Context Background Question Goal Location Job Age Order Problem Issue Also Reminder Fact".split()
)
SAID_BY_OTHERS = re.compile(r'"(?=[^"]*\b(?:I|I\'m|I\'ve|my|we)\b)(?=[^"]*[.!?,] ?\S)[^"]{25,3000}"')
"""Several sentences in quotes; one alone is told from its own words later on."""
ASIDE = re.compile(r"(?:by the way|btw|for context|fyi|p\.?s\.?|also,? )\b", re.IGNORECASE)
BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+")

FORBIDDEN = {
    ord(SPEAKER): None,
    0: None,
    0x200B: None,
    0x200C: None,
    0x200E: None,
    0x200F: None,
    0xFEFF: None,
    0x2060: None,
}
PLAIN = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "\u00a0": " ",
        "…": "...",
        "—": " - ",
        "–": "-",
    }
)


def prose(text: str) -> list[str]:
    """Return the lines of ``text`` that its author said; none of what was pasted."""
    if len(text) > LONGEST_READ:
        return []
    text = text.translate(FORBIDDEN)
    for pattern in (FENCED, BLOCK, INLINE_CODE, ADDRESS, TAG):
        text = pattern.sub(" ", text)
    text = SAID_BY_OTHERS.sub("...", unicodedata.normalize("NFC", text).translate(PLAIN))
    text = MAIL_HEAD_OF_TWO_LINES.sub(r"\1 \2", text)
    paragraphs = [[line.strip() for line in each.splitlines() if line.strip()] for each in APART.split(text)]
    return [line for each in _own(paragraphs) for line in _said(each)]


def _own(paragraphs: list[list[str]]) -> list[list[str]]:
    """The paragraphs that are the author's: not those behind "summarise this:", nor a mail, a log, a block of ours."""
    filled = [each for each in paragraphs if each]
    if len("".join(line for each in filled for line in each)) > LONGEST_MESSAGE or sum(map(len, filled)) > MOST_LINES:
        filled = _around(filled)
    kept: list[list[str]] = []
    given = False
    for each in filled:
        if any(map(MAIL_HEAD.match, each)) and not any(map(QUOTED_LINE.match, each)):
            return [*kept, each]
        if not (_is_pasted(each) or (given and not ASIDE.match(each[0]))):
            kept.append(each)
        given = given or TO_BE_READ.search(each[-1]) is not None
    return kept


def _around(paragraphs: list[list[str]]) -> list[list[str]]:
    """What stands before and after a pasted document, where it stands apart and is short."""
    ends = [paragraphs[0], paragraphs[-1]] if len(paragraphs) > 1 else []
    return [each for each in ends if len(" ".join(each)) <= LONGEST_REMARK]


def _is_pasted(lines: list[str]) -> bool:
    """A block of ours, or a log with prose between: nobody says "The user lives in Rome" of themselves."""
    framed = next((place for place, line in enumerate(lines) if FRAME.search(line)), len(lines))
    ours = sum(bool(OURS.search(line)) for line in lines[:framed])
    machine = sum(bool(LOG_LINE.match(line) or CODE_LINE.search(line)) for line in lines)
    told = [match["who"] for match in map(TRANSCRIPT.match, lines) if match]
    talk = len(told) >= 2 and len(told) * 2 >= len(lines) - 2 and not LABELS & set(told)
    return talk or ours >= 2 or (machine >= 2 and machine * 2 >= len(lines))


def _said(lines: list[str]) -> list[str]:
    said: list[str] = []
    for place, line in enumerate(lines):
        quotes_follow = any(map(QUOTED_LINE.match, lines[place:]))
        if FRAME.search(line) or (MAIL_HEAD.match(line) and not quotes_follow):
            break
        if not (QUOTED_LINE.match(line) or LOG_LINE.match(line) or CODE_LINE.search(line) or MAIL_HEAD.match(line)):
            said.append(BULLET.sub("", line))
    return said
