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


def with_what_was_said(before: str, text: str) -> str:
    """Return ``text`` with the employer or the home that ``before`` named."""
    employer, home = EMPLOYED.match(before), LIVING.match(before)
    firm = (employer["name"] or employer["other"]) if employer else None
    if firm:
        text = JOINING.sub(lambda m: f"{m['who']} joined {firm.rstrip('.')}", text)
        return BEEN.sub(lambda m: f"{m['who']} have worked at {firm.rstrip('.')}", text)
    return BEEN.sub(lambda m: f"{m['who']} have lived in {home['name'].rstrip('.')}", text) if home else text
