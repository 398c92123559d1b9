"""What is told of something of the speaker's for which no other module has a reading: "my lease ends in August"."""

from graphs.kinds import MemoryKind
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.nouns import is_informative
from ingest.extractors.local.readings.base import LOOSE, Reading, is_ahead
from ingest.extractors.local.readings.tastes import points_back
from ingest.extractors.local.scene import Said

VAGUE = frozenset(
    """
    question problem point guess idea bad pleasure mood day days week weekend life heart mind head feeling feelings
    concern fear worry issue understanding experience opinion thought thoughts turn best fault mistake apology hope
    wish advice suggestion response answer reply message request reason choice bet take view intention favorite
    favourite love friend body eye eyes face hand code function query error output input result text essay sentence data
    """.split()
)
"""Of these nothing is told that lasts."""


def ahead(said: Said) -> Reading | None:
    """ "My lease ends in August", "our launch is in Q3"."""
    if said.mine in VAGUE or said.clause.negated or said.clause.tense not in (Tense.PRESENT, Tense.FUTURE):
        return None
    return Reading(MemoryKind.PLAN, confidence=LOOSE) if is_ahead(said) else None


def told(said: Said) -> Reading | None:
    """ "My thesis is about coral reefs", "our stack is React and Node": a noun that says what it is."""
    clause = said.clause
    subject = clause.subject
    if (
        said.mine in VAGUE
        or clause.lemma != "be"
        or clause.tense is not Tense.PRESENT
        or subject is None
        or clause.negated
    ):
        return None
    told = clause.complement or clause.after("about")
    if told is None or told.pos_ not in ("NOUN", "PROPN", "NUM") or not is_informative(told) or points_back(told):
        return None
    weighed = any(t.pos_ == "ADJ" and t.lower_ in JUDGING for t in told.children) or told.lemma_ in JUDGING
    return None if weighed else Reading(MemoryKind.FACT, confidence=LOOSE, state=True)


JUDGING = frozenset(
    "good great big real true huge total nice bad terrible main mess nightmare dream blessing joy".split()
)
