# ruff: noqa: E501 -- a pattern is easier to read on one line
"""Cuts prose into sentences and takes off what says nothing: greetings, fillers, names called, question tags."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from graphs.dates import resolve_dates
from ingest.extractors.local.carrying import with_names_given, with_what_was_said
from ingest.extractors.local.casing import with_capitals
from ingest.extractors.local.kin import PETS, RELATIONS
from ingest.extractors.local.mentions import Mention, with_antecedent, with_those_of
from ingest.extractors.local.omissions import with_subject
from ingest.extractors.local.splitting import asides, parts

MOST_SENTENCES = 40
LONGEST_SENTENCE = 400
MOST_FILLERS = 6

CHAT = {
    "im": "I'm", "ive": "I've", "dont": "don't", "doesnt": "doesn't", "didnt": "didn't", "cant": "can't", "wont": "won't",
    "isnt": "isn't", "wasnt": "wasn't", "arent": "aren't", "couldnt": "couldn't", "wouldnt": "wouldn't", "havent": "haven't",
    "hasnt": "hasn't", "youre": "you're", "thats": "that's", "gonna": "going to", "wanna": "want to", "gotta": "have to",
    "u": "you", "ur": "your", "cuz": "because", "coz": "because", "bc": "because", "rn": "right now", "tmrw": "tomorrow",
    "tmr": "tomorrow", "gf": "girlfriend", "bf": "boyfriend", "hubby": "husband", "bff": "best friend", "hes": "he's",
    "shes": "she's", "weve": "we've", "iam": "I am", "hadnt": "hadn't", "werent": "weren't", "shouldnt": "shouldn't",
    "theyre": "they're", "pls": "please", "plz": "please", "yrs": "years", "abt": "about", "bday": "birthday", "fav": "favourite", "fave": "favourite", "luv": "love", "ppl": "people",
}  # fmt: skip
"""Spellings of chat. "id" and "its" are left: they are words of their own."""

IS_CONTRACTED = re.compile(
    rf"\b(my (?:[a-z]+ )?(?:{'|'.join(sorted((*RELATIONS, *PETS), key=len, reverse=True))}))'s (?=(?:an?|the|from|in|at|on|not|now|really|very|called|named|"
    r"allergic|pregnant|vegan|vegetarian|(?!wedding|building|painting|feeling|meeting|clothing|spelling|earring)[a-z]{2,}ing|\d+)\b)",
    re.IGNORECASE,
)
"""After kin or a pet: "my husband's a chef"."""
OF_MINE = re.compile(r"\b(?:a|an|another|one|the) ((?:[a-z]+ )?[a-z]+) of (?:mine|ours)\b", re.IGNORECASE)
BREAKFAST = re.compile(
    r"\b(I (?:usually|often|always|normally|mostly)) have (?=[\w' ]+ (?:for|at) (?:breakfast|lunch|dinner|supper)\b)"
)
LABELLED = re.compile(
    r"^(?:the |my )?(budget|deadline|timezone|time zone|name|age|job|profession|location)(?: is|:) (?=\S)",
    re.IGNORECASE,
)
WITH = re.compile(r"(?<= )w/?(?= (?:my|an?|the|our|her|his)\b)")
RATHER = re.compile(r"\b(I(?:'d| would) rather (?:that )?you) (?:didn't|did not) ", re.IGNORECASE)
APART = re.compile(r"\b(?:(?:left|right) handed|colou?r blind|(?:gluten|lactose|dairy) free)\b", re.IGNORECASE)
MY_NAME = re.compile(r"\b(my (?:first |last |full |nick)?(?:name|dog's name|cat's name))'s (?=\w)", re.IGNORECASE)
NAMES = re.compile(r"\bmy names (?!are\b|in\b|on\b)", re.IGNORECASE)
NO_LONGER = re.compile(
    r"\b(I|we) no longer (\w+)(.*?)(?=$|[.,;!]|\s(?:and|but|because|since|so|as|when)\b)", re.IGNORECASE
)
ME_AND = re.compile(r"^Me and ((?:my \w+|[A-Z]\w+)(?: [A-Z]\w+)?)\b")
LEADING = re.compile(
    r"(?:on|in|at|last|this|next|yesterday|today|tonight|tomorrow|since|two|three|a|for|over|earlier)\b|[A-Z]\w+day\b",
    re.IGNORECASE,
)
SUBJECT_NEXT = re.compile(r" (?:I|my|we|our|the|he|she|[A-Z]\w+)\b")
ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)
"""Where a date stands in the text does not depend on when it was said."""
CHAT_WORD = re.compile(rf"\b(?:{'|'.join(CHAT)})\b", re.IGNORECASE)
LONE_I = re.compile(r"(?<![\w'])i(?=\b(?!\.e))")
EMOJI = re.compile(r"[\u2190-\u2bff\u3000-\u303f\ufe0f\u200d\U0001f000-\U0001faff]+|[:;=]-?[)(DPp](?!\w)|<3")
ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|a\.m|p\.m|Jr|Sr|No|approx|Mt)\.$", re.IGNORECASE)
END = re.compile(r"[.!?]+[\"')\]]*(?=\s|$)|\s*;\s+|\s+-{1,2}\s+|(?<=[a-z)])\s*\.{2,}\s*")

FILLER = r"""(?:well|so|oh|ah|aw|um+|uh+|hm+|yeah|yea|yes|yep|yup|no|nope|nah|ok|okay|okey|sure|right|alright|all right|anyway|anyways|
honestly|tbh|fyi|lol|haha+|hehe+|wow|omg|yay|ugh|look|listen|guess what|good news|great news|big news|bad news|sad news|fun fact|
also|and|but|plus|besides|then|actually|basically|personally|frankly|of course|certainly|definitely|absolutely|exactly|unfortunately|
fortunately|luckily|sadly|thankfully|no problem|no worries|no wait|wait|hold on|sorry|my bad|correction|thanks|thank you|cheers|in fact|speaking of which|
speaking of that|by the way|btw|as for me|for me|to be honest|to be fair|in other news|just so you know|for your information|
for the record|as you know|as I said|like I said|you know what|you know|you see|I mean|I think|I must say|I have to say|I'd say|hopefully|
anyhow|meanwhile|however|in the meantime|on (?:another|a(?: \w+)?) note|firstly|secondly|finally|eventually|afterwards|first|just|recently|lately|as for \w+|indeed|true|same here|me too|nice|great|cool|awesome|perfect|update|ps|p\.s\.|nb|note|first of all|for example|for instance|
the thing is|the fact is|the truth is|truth be told|long story short|to be clear|just to clarify|note that|remember that|please remember that|please note that|
remember|(?:please )?(?:keep|bear) in mind(?: that)?|(?:please )?(?:do not|don't) forget(?: that)?|(?:please )?be aware(?: that)?|for context|context|for reference|background|some background|heads up|reminder|quick note|side note|important|given that|important to know|(?:a )?(?:quick |small |short |another )?question|my (?:doctor|gp|dentist|therapist|psychiatrist|dermatologist|cardiologist|nutritionist|vet) (?:told me|says|said|confirmed)(?: that)?|I forgot to mention that|I forgot to mention|I should mention that|I should mention|I want you to know that|
I wanted to tell you that|I'm happy to say that|I'm happy to say|I'm proud to say|I'm sad to say|let me tell you|did you know that|
I just wanted to say that|it turns out that|it turns out|turns out that|turns out|believe it or not|if you must know|if you're curious|
since you asked|(?:ever )?since (?:we|I) last (?:spoke|talked|chatted|met|wrote)(?: to each other)?|last time we (?:spoke|talked|chatted)|as it happens)""".replace(
    "\n", ""
)
GREETING = r"(?:hi|hello|hey|heya|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day)|morning|dear)(?: there| again| everyone| everybody| all| guys| friend| buddy| team| folks|,? (?:AI|my)? ?(?:companion|assistant|friend|bot)| (?-i:[A-Z][a-z]+))?"
START = r"(?=(?:I|I'm|I've|I'll|I'd|my|we|we're|we've|our|the|a|an|she|he|please|always|never|today|yesterday|last|this|on|in)\b)"
OPENER = re.compile(rf"\s*(?:{GREETING}|{FILLER})(?:\s*[,!.:\-]+\s*|\s+{START}|\s*$)", re.IGNORECASE)
CORRECTION = re.compile(
    r"^\W*(?:(?:no|wait|sorry|oops|hold on|correction|actually|my bad|I meant?)\b[ ,!.:]*)+", re.IGNORECASE
)
APPOSED = re.compile(r"\b(?:a|an|my|our|another|new) (?:[\w-]+ )?[a-z-]+, [A-Z][a-z]+[.!]*$")
""" "I have a dog, Bruna" tells its name; "See you, Bruna" calls one."""
CALLED = re.compile(r"(?<=[a-z]),\s+(?:[A-Z][a-z]+|friend|mate|buddy|dude|man|guys|love|dear|honey|bro)\s*(?=[.!?]*$)")
TAG = re.compile(
    r"(?:,?\s*(?:right|isn't it|aren't I|don't I|you know|huh|eh|wouldn't you|don't you think)|,\s*(?:okay|ok|correct|no))\s*\?+\s*$",
    re.IGNORECASE,
)
TO_REMEMBER = re.compile(
    r"^\W*(?:(?:(?:can|could|would|will) you|I(?:'d like| want| need| would like) you to|you (?:should|must|need to)|make sure (?:to|you)|be sure to) )"
    r"(?:please |also |always )*(?:remember|note|know|keep in mind|save|store|memori[sz]e)(?: the fact)? that (?P<what>.+?)[?.!]*$",
    re.IGNORECASE,
)
CLOSER = re.compile(
    r"(?:,?\s+(?:lol|haha+|hehe+|lmao|btw|tbh|though|you know|I guess|thanks|thank you|please|by the way|x+|so far|to be honest|if you must know|(?:and )?(?:it's |I'm (?:so |very |really )?|I am )?(?:nice|great|good|pleased|glad) (?:to meet|meeting) (?:you|everyone)))+\s*(?=[.!]*$)",
    re.IGNORECASE,
)
HEDGING = re.compile(
    rf"(?:{FILLER}[\s,.!]+)*?(?:I think|I believe|I guess|I suppose|I feel like|hopefully)\b", re.IGNORECASE
)
INSTEAD = re.compile(
    r"(?:,| and| but),? not (?:(?:in|at|for|with|by|on|to) )?(?:an? |the )?(?P<other>(?-i:[A-Z])[\w'&-]*(?: (?-i:[A-Z])[\w'&-]*)*)[.!]*$"
)
TASTE = re.compile(r"\b(?:like|love|prefer|enjoy|drink|eat|hate|want)\b", re.IGNORECASE)
JOKE = re.compile(r"\b(?:(?:just|only) (?:kidding|joking)|kidding[.!]*$|jk\b|haha no\b)", re.IGNORECASE)
INSERTED = re.compile(
    r",\s*(?:you know|well|like|um+|uh+|I mean|of course|by the way|btw|honestly|actually|unfortunately|luckily|obviously|however)\s*,",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    corrects: bool = False
    """It takes something back: "No wait, …", "Actually, …"."""
    hedged: bool = False
    """It was said with a doubt: "I think I'm allergic to cats"."""
    instead_of: str = ""
    """What it names as not so: the Acme of "I work at Beta, not Acme"."""


def sentences(lines: list[str], spoken_of: Sequence[Mention] = (), last_said: str = "") -> list[Sentence]:
    """The sentences of a message that might hold a fact, at most ``MOST_SENTENCES``.

    ``spoken_of`` are those of whom the turns before spoke, ``last_said`` is the speaker's last sentence in them.
    """
    found: list[Sentence] = []
    mentions = list(spoken_of)
    for each in _all_sentences(lines):
        carried = with_what_was_said(found[-1].text if found else last_said, each.text)
        text = with_antecedent(carried, mentions)
        mentions = with_those_of(carried, mentions)
        found += [replace(each, text=text)] if len(text) <= LONGEST_SENTENCE else []
        if len(found) >= MOST_SENTENCES:
            break
    return found


def last_sentence(text: str) -> str:
    pieces = _pieces(normal(text[-LONGEST_SENTENCE:]))
    return pieces[-1] if pieces else ""


def _all_sentences(lines: list[str]) -> Iterator[Sentence]:
    for line in lines:
        for piece in _in_earnest(_pieces(normal(line))):
            yield from _sentences_in(piece)


def _in_earnest(pieces: list[str]) -> list[str]:
    """Without jokes: "I'm a millionaire. Just kidding!" tells nothing."""
    kept: list[str] = []
    for piece in pieces:
        joke = JOKE.search(piece)
        if joke is None:
            kept.append(piece)
        elif joke.start() < 3:
            rest = piece[joke.end() :].strip(" ,.!:;-")
            kept = [*kept[:-1], rest] if rest else kept[:-1]
    return kept


def _sentences_in(piece: str) -> Iterator[Sentence]:
    if len(piece) > 2 * LONGEST_SENTENCE:
        return
    for text in asides(TO_REMEMBER.sub(r"\g<what>.", piece)):
        whole = _stripped(text)
        pieces = parts(whole.text) if whole else []
        if whole is None or len(pieces) == 1:
            yield from filter(None, [whole])
            continue
        for place, each in enumerate(filter(None, map(_stripped, pieces))):
            first = replace(each, corrects=whole.corrects, hedged=whole.hedged)
            yield first if place == 0 else each


def normal(line: str) -> str:
    line = RATHER.sub(r"\1 don't ", line.replace("’", "'"))
    line = EMOJI.sub(_emoji_as_stop, line)
    letters = [c for c in line if c.isalpha()]
    if len(letters) > 12 and sum(c.isupper() for c in letters) > 0.8 * len(letters):
        line = line.capitalize()
    line = NO_LONGER.sub(r"\1 don't \2\3 anymore", line)
    line = re.sub(r"\b([Ii]|[Ww]e) been\b", r"\1've been", line)
    line = MY_NAME.sub(r"\1 is ", line)
    line = NAMES.sub("my name is ", WITH.sub("with", line))
    line = CHAT_WORD.sub(lambda match: CHAT[match.group().lower()], line)
    line = APART.sub(
        lambda match: match.group().replace(" ", "-" if "blind" not in match.group().lower() else ""), line
    )
    line = OF_MINE.sub(r"my \1", line)
    line = BREAKFAST.sub(r"\1 eat ", line)
    line = LABELLED.sub(lambda match: f"My {match[1].lower()} is ", line)
    line = IS_CONTRACTED.sub(r"\1 is ", line)
    return with_names_given(with_capitals(re.sub(r"\s+", " ", LONE_I.sub("I", line)).strip()))


def _emoji_as_stop(match: re.Match[str]) -> str:
    """People end a sentence with a smiley; before a small letter it stands inside one."""
    rest = match.string[match.end() :].lstrip()
    return " " if not rest or rest[0].islower() or rest[0] in ".,!?" else ". "


def _pieces(line: str) -> list[str]:
    pieces, start = [], 0
    for match in END.finditer(line):
        if ABBREVIATION.search(line[start : match.start() + 1]):
            continue
        pieces.append(line[start : match.end()].strip())
        start = match.end()
    pieces.append(line[start:].strip())
    return [piece for piece in pieces if any(c.isalpha() for c in piece)]


def _stripped(piece: str) -> Sentence | None:
    corrects = bool(CORRECTION.match(piece))
    text = INSERTED.sub(" ", TAG.sub(".", piece))
    hedged = bool(HEDGING.match(text))
    instead = None if TASTE.search(text) else INSTEAD.search(text)
    text = text[: instead.start()] if instead else text
    for _ in range(MOST_FILLERS):
        plain = text if APPOSED.search(text) else CALLED.sub("", text)
        text = CLOSER.sub("", OPENER.sub("", plain, count=1) if OPENER.match(plain) else plain)
    text = with_subject(text.strip(" ,-"))
    text = ME_AND.sub(r"\1 and I", text.strip(" ,-"))
    if len(text) <= 3:
        return None
    return Sentence(_punctuated(text[0].upper() + text[1:]), corrects, hedged, instead["other"] if instead else "")


def _punctuated(text: str) -> str:
    """The parser reads "On Saturday, my brother and I went." far better without the comma and the stop missing."""
    if not text.endswith((".", "!", "?", '"')):
        text += "."
    dates = resolve_dates(text[:80], ANY_DAY) if LEADING.match(text) else []
    if dates and dates[0].start_char == 0 and SUBJECT_NEXT.match(text[dates[0].end_char :]):
        text = f"{text[: dates[0].end_char]},{text[dates[0].end_char :]}"
    return text
