"""Other things that are so and stay so: "our API runs on Kubernetes", "I wear size 43"."""

from graphs.kinds import MemoryKind
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.nouns import is_informative
from ingest.extractors.local.readings.base import LOOSE, Reader, Reading
from ingest.extractors.local.scene import Said

OF_THINGS = frozenset(
    """
    run use have support depend consist contain cost host serve ship store need handle connect sell make build
    live stand process
    """.split()
)


def lasting(said: Said) -> Reading | None:
    clause = said.clause
    if clause.tense is not Tense.PRESENT or (clause.negated and clause.lemma not in ("wear", "follow", "commute")):
        return None
    tells = any(t.pos_ in ("NOUN", "PROPN", "NUM") and is_informative(t) for t in clause.tokens if t.i > clause.main.i)
    return Reading(MemoryKind.FACT, confidence=LOOSE, state=True) if tells else None


def of_mine(said: Said) -> Reading | None:
    """Of what belongs to the speaker, and for the verbs that say how a thing is."""
    return lasting(said) if said.mine and said.clause.lemma in OF_THINGS else None


VERBS: dict[str, Reader] = dict.fromkeys(
    (
        "wear",
        "deploy",
        "deliver",
        "follow",
        "support",
        "belong",
        "subscribe",
        "commute",
        "mentor",
        "weigh",
        "smoke",
        "host",
        "represent",
        "specialise",
        "specialize",
        "sponsor",
        "share",
        "care",
    ),
    lasting,
)
