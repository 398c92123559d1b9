"""English verbs from the first person to the third."""

IRREGULAR = {
    "am": "is",
    "'m": "is",
    "are": "is",
    "'re": "is",
    "have": "has",
    "'ve": "has",
    "do": "does",
    "were": "was",
    "be": "is",
    "go": "goes",
}
PLURAL = {"am": "are", "'m": "are", "'re": "are", "was": "were", "is": "are", "has": "have", "'ve": "have", "'s": "are"}
CONTRACTIONS = {
    "'m": "am",
    "'re": "are",
    "'ve": "have",
    "'ll": "will",
    "n't": "not",
    "ca": "can",
    "wo": "will",
    "sha": "shall",
}

CONSUMING = frozenset("eat drink avoid like love hate prefer buy bake cook".split())
"""Verbs that no bare infinitive follows: what looks like one is a noun that the tagger does not know."""

PAST_AS_PRESENT = frozenset(
    "quit put cut hit hurt let set shut split cost spread read beat bet cast upset broadcast".split()
)
"""Verbs whose past looks like their present: without "usually" they are heard as past."""


def third_person(verb: str) -> str:
    """ "live" → "lives", "carry" → "carries", "'m" → "is"."""
    lower = verb.lower()
    if lower in IRREGULAR:
        return IRREGULAR[lower]
    if lower.endswith(("s", "x", "z", "ch", "sh", "o")):
        return verb + "es"
    if lower.endswith("y") and len(lower) > 1 and lower[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


def plural(verb: str) -> str:
    """The form that goes with "they": "am" → "are", "was" → "were", others as they are."""
    return PLURAL.get(verb.lower(), verb)


def expanded(word: str) -> str:
    """ "'ll" → "will", "n't" → "not"."""
    return CONTRACTIONS.get(word.lower(), word)


def gerund(verb: str) -> str:
    """ "read" → "reading", "make" → "making", "swim" → "swimming"."""
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + "ing"
    doubled = len(verb) in (3, 4) and verb[-1] in "bdgmnprt" and verb[-2] in "aeiou" and verb[-3] not in "aeiou"
    return verb + verb[-1] + "ing" if doubled else verb + "ing"
