# ruff: noqa: E501 -- a pattern is easier to read on one line
"""What of a message was said by its author, in prose: not code, not logs, not somebody else's mail, not our own block."""

import re
import unicodedata

from ingest.extractors.base import SPEAKER

LONGEST_MESSAGE = 6_000
"""Characters. What is longer was pasted, not said."""

FENCED = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)", re.DOTALL)
INLINE_CODE = re.compile(r"`[^`\n]{1,200}`")
BLOCK = re.compile(
    r"<(memory|context|memories|facts|system|document|file)\b[^>]*>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE
)
TAG = re.compile(r"</?[a-zA-Z][^>\n]{0,200}>")
ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+")
QUOTED_LINE = re.compile(r"^\s*(?:>|\|)")
MAIL_HEAD = re.compile(
    r"^(?:On .{4,80} wrote:|-{2,}\s*Original Message|From: .+|Subject: .+|Sent from my )", re.IGNORECASE
)
LOG_LINE = re.compile(
    r"^\s*(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d\d:\d\d:\d\d|\[?(?:ERROR|WARN(?:ING)?|INFO|DEBUG|TRACE|FATAL)\b|Traceback |\s+at \w|File \")"
)
CODE_LINE = re.compile(
    r"[{};]\s*$|^\s*(?:def|class|import|from \w+ import|return|function|const|let|var|public|SELECT|INSERT|\$ |#!|//|/\*)\b|=>|==|\w\(\w*\)\s*[:{]?$|^\s*\w+ = "
)
OURS = re.compile(r"\bThe user(?:'s)?\b|\(since \d{4}|^#{1,4} ", re.IGNORECASE)
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
    """Return the lines of ``text`` that its author said; none for what was pasted."""
    if len(text) > LONGEST_MESSAGE:
        return []
    text = text.translate(FORBIDDEN)
    for pattern in (FENCED, BLOCK, INLINE_CODE, ADDRESS, TAG):
        text = pattern.sub(" ", text)
    text = unicodedata.normalize("NFC", text).translate(PLAIN)
    lines = [line.strip() for line in text.splitlines()]
    return [] if _is_pasted(lines) else _said(lines)


def _is_pasted(lines: list[str]) -> bool:
    """Our own block, or a log with prose between: nobody says "The user lives in Rome" of themselves."""
    filled = [line for line in lines if line]
    if len(filled) > 60:
        return True
    ours = sum(bool(OURS.search(line)) for line in filled)
    machine = sum(bool(LOG_LINE.match(line) or CODE_LINE.search(line)) for line in filled)
    return ours >= 2 or (machine >= 2 and machine * 2 >= len(filled))


def _said(lines: list[str]) -> list[str]:
    said: list[str] = []
    for line in lines:
        if MAIL_HEAD.match(line):
            break
        if line and not (QUOTED_LINE.match(line) or LOG_LINE.match(line) or CODE_LINE.search(line)):
            said.append(BULLET.sub("", line))
    return said
