"""Text from users is data: it can't close the block, pose as a heading of it or hide in it."""

import re
import unicodedata

_TAG = re.compile(r"<(?=\s*[/!?|]?\s*\w)")
_SPACE = re.compile(r"\s+")
_HIDDEN = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\U000e0000-\U000e007f]"
)
"""Signs that are not seen, and those that change the order in which others are. The last are "tags", in which a whole
sentence can be hidden."""
_EDGE = re.compile(r"^[^\w]+", re.UNICODE)


def line(text: str) -> str:
    """One line, without control characters, in which nothing reads as a tag."""
    text = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    return _TAG.sub("‹", _SPACE.sub(" ", _HIDDEN.sub("", text))).strip()


def prose(text: str) -> str:
    """A line that nothing of ours stands before: it begins with a letter or a figure, so that it is no heading."""
    return _EDGE.sub("", line(text))


def label(name: str) -> str:
    """A speaker's name at the start of a line: no sign before its first letter, so that it is no heading or bullet."""
    return prose(name)[:60] or "Someone"
