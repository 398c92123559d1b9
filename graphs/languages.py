"""Which language a text is in, and what PostgreSQL calls it."""

from collections.abc import Callable
from functools import cache

import py3langid
import Stemmer

DEFAULT = "en"
_SURE_FROM = 12
"""Letters below which a guess is no better than chance: "ok" reads as Afrikaans."""

CONFIGS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nl": "dutch",
    "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
_OTHERS = ("bg", "cs", "hi", "ja", "ko", "pl", "uk", "zh")


def detect(text: str) -> str:
    """ISO 639-1 of the text; English where it is too short to tell."""
    if sum(map(str.isalpha, text[:200])) < _SURE_FROM and text.isascii():
        return DEFAULT
    load()
    return py3langid.classify(text[:1000])[0]


@cache
def load() -> None:
    """Load the model: some 75 MB that processes made by a fork can share."""
    py3langid.set_languages([*CONFIGS, *_OTHERS])


@cache
def stemmer(language: str) -> Callable[[str], str]:
    """Makes the stem of a word in lower case, by Snowball's rules for the language; the word where there are none."""
    config = search_config(language)
    return Stemmer.Stemmer(config).stemWord if config in Stemmer.algorithms() else str


def search_config(language: str) -> str:
    """The text search configuration of PostgreSQL for a language; `simple` (no stemming) where it has none."""
    return CONFIGS.get(language, "simple")
