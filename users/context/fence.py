"""Text from users is data: it can't close the block, pose as a heading of it or hide in it."""

import re
import unicodedata

_TAG = re.compile(r"<(?=\s*[/!?]?\s*\w)")
_SPACE = re.compile(r"\s+")
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffc]")
_EDGE = re.compile(r"^[^\w]+", re.UNICODE)


def line(text: str) -> str:
    """One line, without control characters, in which nothing reads as a tag."""
    text = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    return _TAG.sub("‹", _SPACE.sub(" ", _HIDDEN.sub("", text))).strip()


def label(name: str) -> str:
    """A speaker's name at the start of a line: no sign before its first letter, so that it is no heading or bullet."""
    return _EDGE.sub("", line(name))[:60] or "Someone"
