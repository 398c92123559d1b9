"""Text from users is data: it can't close the block, pose as a heading of it or hide in it."""

import re
import unicodedata

_TAG = re.compile(r"<(?=\s*[/!?|<]|\s*[^\W\d])|<(?![\s=\d])")
"""Every "<" but that of a comparison with a number on the same line."""
_SPACE = re.compile(r"\s+")
_VARIATIONS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""They change how the sign before them is drawn, and can carry a message that nobody sees."""
_EDGE = re.compile(r"^[^\w]+", re.UNICODE)


def line(text: str) -> str:
    """One line, without control characters and hidden signs, in which nothing reads as a tag."""
    plain = text.isascii() and text.isprintable()
    seen = text if plain else "".join(_shown(sign) for sign in _VARIATIONS.sub("", text))
    return _TAG.sub("‹", _SPACE.sub(" ", seen).strip())


def _shown(sign: str) -> str:
    """Format characters (Cf) are not seen or change the order in which others are; controls (Cc) break lines."""
    category = unicodedata.category(sign)
    return "" if category == "Cf" or sign == "\N{OBJECT REPLACEMENT CHARACTER}" else " " if category == "Cc" else sign


def prose(text: str) -> str:
    """A line that nothing of ours stands before: it begins with a letter or a figure, so that it is no heading."""
    return _EDGE.sub("", line(text))


def label(name: str) -> str:
    """A speaker's name at the start of a line: no sign before its first letter, so that it is no heading or bullet."""
    return prose(name)[:60] or "Someone"
