# ruff: noqa: E501 -- a pattern is easier to read on one line
"""Sentences that cannot hold a fact, told from their words alone, before the parser is asked."""

import re

QUESTION = re.compile(r"\?[\"')\s]*$")
ASKING = re.compile(
    r"(?:(?:what|why|how|when|where|who|whom|whose|which)\b(?!ever).*\b(?:is|are|was|were|do|does|did|can|could|should|would|will|have|has|to|about|if|'s)\b|"
    r"(?:what|how) about\b|(?:do|does|did|can|could|should|would|will|shall|may|is|are|was|were|have|has|am|any|anyone|anybody)\s+"
    r"(?:I|you|we|they|he|she|it|there|this|that|anyone|somebody|someone|my|your|the|ideas?|tips?|advice|chance)\b)",
    re.IGNORECASE,
)
HEDGED = re.compile(
    r"\b(?:maybe|perhaps|might|could(?! not| only)|should|if|unless|wish|wonder(?:ing|ed)?|guess|suppose|imagine|pretend|dreamt|dreamed|pretending|hypothetical|"
    r"would have|would've|not sure|unsure|hypothetically|supposed to|as if|as though|in case|whether|possibly|probably|"
    r"may (?:be|have|go|try|not)|what if|let's|let us|they say|rumou?r)\b",
    re.IGNORECASE,
)
SOFT = re.compile(r"\b(?:would|'d)\b(?!\s+(?:like|love|rather|prefer|hate))", re.IGNORECASE)
REPORTED = re.compile(
    r"\b(?!I\b)[A-Za-z']+\s+(?:said|says|told|tells|asked|asks|claims?|claimed|thinks?|thought|believes?|wrote|writes|replied|mentioned|joked|goes)\b[^\"']*(?<!\w)[\"']",
    re.IGNORECASE,
)
QUOTED_SPEECH = re.compile(
    r"(?<!\w)[\"'](?:[^\"']|(?<=\w)'(?=\w))*\b(?:I|I'm|my|we|you)\b(?:[^\"']|(?<=\w)'(?=\w))*[.,!?]?[\"'](?!\w)",
    re.IGNORECASE,
)
SMALL_TALK = re.compile(
    r"^(?:I(?:'m| am| was)?|we(?:'re| are)?) (?:really |so |very |totally |completely |also |just |still |truly |always |both )*(?:"
    r"agree|disagree|see|know|understand|hear you|think so|hope(?! to)|feel you|get it|got it|glad|happy (?:to|for|you|that)|sorry|(?:fine|good|well|ok|okay)(?=\W*(?:$|thank|and |but |now|today))|doing(?= (?:well|good|fine|great|ok|okay|alright|all right|my best|better|so well|very well)|\W*$)|"
    r"excited|thrilled|delighted|grateful|thankful|honou?red|curious|sure|certain|afraid(?! of)|proud of you|here|back|ready|done|can't wait|cannot wait|appreciate|bet|mean|"
    r"look forward|looking forward|feel the same|could not agree|couldn't agree|don't know|don't mind|don't think|don't care|have no idea|"
    r"(?:have|need) to (?:go|run|leave)(?=\W*$| now)|will do|will see|will let|hope so|hope you|impressed|surprised|kidding|joking|serious|wondering|all set)\b",
    re.IGNORECASE,
)
PROMISE = re.compile(
    r"^(?:I|we)(?:'ll| will| am going to|'m going to)\s+(?:definitely |surely |certainly |always |just |also )*(?:be sure to |make sure to )?(?:try|check|look|see|give|do|let|keep|"
    r"consider|think|take (?:your|that|it|a look|note|some)|be (?:sure|back|there|right|fine|ok)|talk|tell|remember|follow|have a look|read (?:it|that|them)|"
    r"get back|come back|update|share|ask|wait|put|send|use (?:it|that|your)|continue|need)\b",
    re.IGNORECASE,
)
REQUEST = re.compile(
    r"^(?:I|we)(?:'d| would)? (?:just |really |also )*(?:need|want|like|love|would like|would love)(?:ed)? (?:your|you to|some|to (?:know|ask|hear|talk|chat|see|share|discuss|say|tell|understand|thank|check|"
    r"confide|find|get some|express|show|get your|learn more|know more)|more|help|advice|a recommendation|recommendations|suggestions?|information)\b|"
    r"^I (?:have|had) (?:a|another|one|some|two|a few|many|several) (?:quick |more |small |little |other )*(?:question|request|idea|doubt|favor|favour)|"
    r"\b(?:looking for|in search of|searching for) (?:a |an |some |any |good |your )*(?:good|nice|great|recipe|advice|suggestion|recommendation|way|tips?|ideas?|help|information|someone|something)\b",
    re.IGNORECASE,
)
WISHING = re.compile(
    r"^(?:have a|enjoy|good luck|take care|congrat|happy |merry |see you|talk to you|bye|best of|all the best|welcome|you're welcome|god bless|get well)",
    re.IGNORECASE,
)
USER_STORY = re.compile(
    r"^As an? (?:\w+ ){0,2}?(?:user|customer|visitor|admin|administrator|client|buyer|seller|subscriber|guest)\b|^As an? [\w ]+,? (?:I|we) (?:want|need|would like|can|should|must)\b.*\bso (?:that|I|we)\b",
    re.IGNORECASE,
)
"""A requirement, as those who write software put it; nobody's wish."""
TO_BE_WRITTEN = re.compile(
    r"^(?:please |(?:can|could|would|will) you (?:please )?|help me )?(?:write|draft|compose|imagine|pretend|act as|role-?play|translate|proofread|rephrase|rewrite|summari[sz]e)\b",
    re.IGNORECASE,
)
"""What follows is the text that is asked for, or about it."""
ABOUT_YOU = re.compile(r"\b(?:you|you're|you've|you'll|you'd|your|yours|yourself)\b", re.IGNORECASE)

FIRST_PERSON = re.compile(r"\b(?:I|I'm|I've|I'll|I'd|me|my|mine|myself|we|we're|we've|we'll|us|our|ours)\b")
FIRST_PERSON_ANY = re.compile(r"\b(?:my|me|we|our|us|mine|myself)\b", re.IGNORECASE)
NAMED = re.compile(r"\b(?!(?:The|That|This|It|There|What|You|They|These|Those|And|But|So)\b)[A-Z][\w'-]+")
CAME_OUT = re.compile(
    r"^The [\w' -]+ (?:works? (?:again|now)|(?:is|has been|was) (?:\w+ )?(?:fixed|resolved|solved|repaired|back|delivered|working again)|(?:has )?(?:arrived|came through))\b",
    re.IGNORECASE,
)


def may_hold_a_fact(text: str) -> bool:
    """Cheap and rough: what passes is parsed and read properly."""
    if QUESTION.search(text) or ASKING.match(text) or WISHING.match(text):
        return False
    if USER_STORY.match(text) or TO_BE_WRITTEN.match(text) or REPORTED.search(text) or QUOTED_SPEECH.search(text):
        return False
    if SMALL_TALK.match(text) or PROMISE.match(text) or REQUEST.search(text):
        return False
    return speaks_of_somebody(text)


def speaks_of_somebody(text: str) -> bool:
    return bool(
        FIRST_PERSON.search(text) or FIRST_PERSON_ANY.search(text) or NAMED.search(text) or CAME_OUT.match(text)
    )


def is_open(text: str) -> bool:
    """A clause that is not asserted, or that is said of the other: "I might…", "you always…"."""
    return bool(HEDGED.search(text) or SOFT.search(text) or ABOUT_YOU.search(text))
