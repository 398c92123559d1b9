# ruff: noqa: E501 -- a pattern is easier to read on one line
"""Short answers made whole by the question before them: "Where do you live?" and "In Porto." say "I live in Porto."."""

import re

from ingest.extractors.base import Turn, Utterance
from ingest.extractors.local.shapes import SHAPES

LONGEST_ANSWER = 14
"""Words."""

V = r"(?P<verb>have|like|love|enjoy|prefer|hate|dislike|use|speak|play|eat|drink|smoke|drive|own|take|study|teach|work|live|practi[sc]e|collect|cook|read|watch|wear|follow|support|need|want|grow|make|write|run|train|exercise|code|program|commute|travel|sleep|get up|wake up)"
REST = r"(?P<rest>(?: [\w' -]+?)?)"
WH = r"(?:what|which|who|whom)(?: [\w' -]+?)?"

FRAMES: tuple[tuple[str, str], ...] = (
    (r"what(?:'s| is) your (?:first |full |good )?name|(?:what|how) (?:should|can|may|shall|do) I (?:call|address) you|(?:may|can|could) I (?:ask|know|have|get) your name|who am I (?:talking|speaking|chatting) (?:to|with)|(?:and )?you are", "My name is {name}."),
    (r"how old are you|what(?:'s| is) your age", "I'm {number}."),
    (r"how old is your (?P<what>[\w' -]+)", "My {what} is {number}."),
    (r"what(?:'s| is) your (?P<what>[\w' -]+)'s name|what(?:'s| is) the name of your (?P<that>[\w' -]+)|what is your (?P<those>[\w -]+) called", "My {what} is called {name}."),
    (r"what(?: do you do|'s your line of work|'s your job|'s your profession| is your (?:job|profession|occupation))(?: for (?:a living|work))?", "I'm {job}."),
    (r"what (?:are|is) you allergic to|what(?: food| kind of food)?s? are you allergic to|(?:do you have|are there|have you(?: got)?|any)(?: any)?(?: known| food)? allergies(?: or [\w -]+)?(?: I should know(?: about| of)?)?", "I'm allergic to {common}."),
    (r"where (?:are you|do you come) from(?: originally)?", "I'm from {place}."),
    (r"where are you (?:based|located|living)(?: now| currently| at the moment)?|(?:what|which) (?:city|town|country) (?:are|do) you (?:live |based |living |located )?in", "I live in {place}."),
    (r"where do you (?P<verb>live|work|study|teach|train)(?: now| currently| at the moment| at)?", "I {verb} {where}."),
    (r"where (?:were you born|did you grow up)", "I grew up in {place}."),
    (r"where are you (?P<verb>going|moving|flying|travell?ing|heading)(?: to)?", "I'm {verb} to {place}."),
    (rf"how many (?P<what>[\w' -]+?) do you {V}{REST}", "I {verb} {number} {what}{rest}."),
    (rf"how often do you {V}{REST}", "I {verb}{rest} {often}."),
    (r"how long have you (?P<done>[\w' -]+?)", "I've {done} {lasting}."),
    (r"when(?:'s| is) your (?P<what>[\w' -]+)", "My {what} is {time}."),
    (r"when (?:do|will) you (?P<done>[\w' -]+)", "I {done} {time}."),
    (r"when are you (?P<done>\w+ing[\w' -]*)", "I'm {done} {time}."),
    (r"what(?:'s| is) your favou?rite (?P<what>colou?r|food|dish|drink|sport|fruit|season|animal|meal|vegetable|subject|flower)", "My favourite {what} is {common}."),
    (r"what (?:are your|'s your|is your) favou?rite (?P<what>[\w' -]+)|(?:what|which|who)(?:'s| is) your favou?rite (?P<that>[\w' -]+)", "My favourite {what} is {thing}."),
    (r"what are your (?P<what>hobbies|interests|pastimes)", "My {what} are {common}."),
    (r"what are your (?P<what>[\w' -]+)", "My {what} are {thing}."),
    (r"(?:what|who)(?:'s| is) your (?P<what>[\w' -]+)", "My {what} is {thing}."),
    (rf"{WH} are you (?P<done>\w+ing[\w' -]*)", "I'm {done} {thing}."),
    (r"what are you (?P<done>[\w-]+ (?:to|of|in|with|about|at))", "I'm {done} {thing}."),
    (rf"{WH} do you {V}(?P<tie>(?: (?:with|on|in|for|at|to|about))?)(?: (?:most|best|now|currently|these days|to do))?", "I {verb}{tie} {thing}."),
    (r"do you prefer (?P<one>[\w' -]+?) or (?P<other>[\w' -]+)|which do you prefer[,:]? [\w' ,-]+", "I prefer {thing}."),
    (rf"do you {V}(?P<what>(?: any| some| a| an)? [\w' -]+)", "I {verb} {thing}."),
)  # fmt: skip
"""A question, and the sentence that its answer stands in. ``{thing}`` and the like are the answer in that shape."""

NAMING = ("what", "that", "those")
QUESTIONS = tuple(
    (re.compile(rf"(?:.*[,:.!-] |and |so |oh |now |great )?(?:{pattern})\W*", re.IGNORECASE), frame)
    for pattern, frame in FRAMES
)
LAST_QUESTION = re.compile(r"(?P<question>[^.!?\n]+)\?[\s\"')]*$")
OF_ME = re.compile(r"\b(?:you|your|yours|yourself)\b", re.IGNORECASE)
MINE = {"you": "I", "your": "my", "yours": "mine", "yourself": "myself"}

YES = re.compile(
    r"(?:yes|yep|yeah|yup|sure|of course|definitely|absolutely|correct|indeed|exactly|right|i do|i am|i have)\b[,.! ]*(?:i (?:do|am|have|can)\b[,.! ]*)?",
    re.IGNORECASE,
)
NO = re.compile(
    r"(?:no|nope|nah|not at all|never|i don't|i'm not|i am not|none|not really)\b[,.! ]*(?:(?:i don't|i do not|i'm not|i am not|i haven't|i have not|not any|i can't)(?=\W*$|[.,!])[,.! ]*)?",
    re.IGNORECASE,
)
CLOSED: tuple[tuple[str, str, str], ...] = (
    (r"do you (?:currently |still |also |ever |usually |often )?have (?:any |a |an )?(?:kids?|children)(?: of your own)?", "", "I don't have kids."),
    (r"do you (?:also |still |ever |currently )?have(?: any)? (?P<what>[\w' -]+)", "", "I don't have any {what}."),
    (rf"do you (?:also |still |ever |currently |usually |often )?{V}{REST}", "I {verb}{rest}.", "I don't {verb}{rest}."),
    (r"are you (?:also |still |currently |by any chance )?(?:an? )?(?P<what>(?:vegan|vegetarian|married|single|divorced|allergic|pregnant|diabetic|retired|religious|left-handed|employed|based|from|living|working|studying|learning|in|on|a|an)\b[\w' -]*)", "I'm {what}.", "I'm not {what}."),
    (r"have you (?:ever )?been to (?P<what>[\w' -]+)", "I've been to {what}.", "I've never been to {what}."),
    (r"can you (?P<what>swim|drive|cook|code|sing|dance|ski|sail|speak [\w ]+|play [\w ]+)", "I can {what}.", "I can't {what}."),
)  # fmt: skip
"""A question that is answered by yes or no, and what each of them says; nothing where that would tell too little."""
CLOSED_QUESTIONS = tuple(
    (re.compile(rf"(?:.*[,:.!-] |and |so |oh |now |great )?{pattern}\W*", re.IGNORECASE), yes, no)
    for pattern, yes, no in CLOSED
)

WHOLE = re.compile(
    r"(?:I|I'm|I've|I'll|I'd|im|my|we|we're|we've|our|it|that|this|there|you|he|she|they|the one|why|what|who|how|when|where|which|can|could|do|does|is|are|because|please|thanks?|thank you|sorry|let|tell|good|great|ok|okay|if|hm+|well)\b",
    re.IGNORECASE,
)
"""How a sentence begins that needs no question to be understood, or that answers none."""
POINTING = re.compile(r"^(?:it's|it is|that's|that would be|they're|they are) (?!not\b)", re.IGNORECASE)
DEGREE = re.compile(
    r"(?:very much(?: so)?|a lot|really|sometimes|often|always|from time to time|(?:since|for|every|once|twice|\w+ times) [\w' ]+|(?:on )?weekends|daily|weekly)",
    re.IGNORECASE,
)
NO_STATE = re.compile(
    r"(?:not|but|just|though|yet|sorry|actually|never|unfortunately|sadly|only|still|no)\b", re.IGNORECASE
)
EVASIVE = re.compile(r"\b(?:no idea|not sure|don't know|dunno|maybe|perhaps|it depends|nothing|anything|whatever|later|secret|rather not|skip|guess|none|many|some|few|both|all of)\b", re.IGNORECASE)  # fmt: skip


def completed(lines: list[str], utterance: Utterance) -> list[str]:
    """``lines`` with the first sentence made whole where it answers the last question of the other side."""
    question = _asked(utterance) if lines and utterance.before else None
    if question is None or lines[0].endswith("?"):
        return lines
    return [*_answered(question, lines[0]), *lines[1:]]


def _asked(utterance: Utterance) -> str | None:
    """The one question of the turn before, if it stands at its end and the other side asked it."""
    turn: Turn = utterance.before[-1]
    other = turn.role == "assistant" or (turn.role == "user" and turn.speaker != utterance.speaker)
    text = turn.text.replace("’", "'").strip()
    match = LAST_QUESTION.search(text[-300:]) if other and text.count("?") == 1 else None
    return match["question"].strip() if match else None


def _answered(question: str, line: str) -> list[str]:
    yes, no = YES.match(line), NO.match(line)
    reply = yes or no
    rest = line[reply.end() :] if reply else line
    head, tail = _first_sentence(POINTING.sub("", rest))
    degree = DEGREE.fullmatch(head)
    if head and not WHOLE.match(head) and not no and not degree:
        made = _framed(question, head)
        return [made, *tail] if made else [line]
    made = _closed(question, agrees=yes is not None, degree=head if degree else "") if reply else None
    rest = " ".join(tail) if degree else _instead(question, head, rest) if no else rest
    return [each for each in (made, rest) if each] if made else [line]


def _first_sentence(text: str) -> tuple[str, list[str]]:
    match = re.match(r"(.+?)(?:[.!]+(?:\s+(.*))?)?$", text.strip(), re.DOTALL)
    return (match[1].strip(" ,"), [match[2]] if match[2] else []) if match else ("", [])


def _instead(question: str, head: str, rest: str) -> str:
    """ "Are you married?" and "No, divorced." say two things."""
    of_being = re.match(r"(?:.*[,:.!-] |and |so |oh )?are you ", question, re.IGNORECASE)
    plain = of_being and 0 < len(head.split()) <= 4 and not WHOLE.match(head) and not NO_STATE.match(head)
    return f"I'm {head[0].lower()}{head[1:]}." if plain else rest


def _framed(question: str, answer: str) -> str | None:
    if len(answer.split()) > LONGEST_ANSWER or EVASIVE.search(answer):
        return None
    asked = re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", question, re.IGNORECASE)
    for pattern, frame in QUESTIONS:
        match = pattern.fullmatch(question)
        if match:
            return _filled(frame, match, asked.group() if asked else answer)
    return None


def _filled(frame: str, match: re.Match[str], answer: str) -> str | None:
    given = {key: _turned(value) for key, value in match.groupdict().items() if value is not None}
    named = next((given[key] for key in NAMING if given.get(key)), "")
    shapes = {name: shape(answer) for name, shape in SHAPES.items() if f"{{{name}}}" in frame}
    if None in shapes.values():
        return None
    return frame.format(**{**given, "what": named, **shapes})


def _closed(question: str, *, agrees: bool, degree: str) -> str | None:
    for pattern, yes, no in CLOSED_QUESTIONS:
        match = pattern.fullmatch(question)
        frame = yes if agrees else no
        if match and frame:
            given = {key: _turned(value) for key, value in match.groupdict().items() if value is not None}
            return _since(frame.format(**given), degree)
    return None


def _since(text: str, degree: str) -> str:
    """ "Are you vegan?" and "Yes, since 2019.", "Do you run?" and "Yes, every day."."""
    lasting = re.match(r"(?:since|for)\b", degree, re.IGNORECASE)
    if lasting and not text.startswith("I'm "):
        return text
    text = text.replace("I'm ", "I've been ", 1) if lasting else text
    return f"{text[:-1]} {degree[0].lower()}{degree[1:]}." if degree else text


def _turned(text: str) -> str:
    """ "your brother" as the one who is asked says it."""
    return OF_ME.sub(lambda match: MINE[match.group().lower()], text)
