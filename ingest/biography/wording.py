"""Facts as the clauses of a note about somebody: "lives in Lisbon", "allergic to peanuts and latex".

Words are left out and put together, never added: what a summary says stands in the memories that it rests on. Sentences
in other languages than English, and those that are not about one person from their first word on, stay as they are.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from uuid import UUID

from graphs.kinds import MemoryKind, Precision
from graphs.models import Memory
from graphs.models.memory import SPEAKER
from graphs.render import sentence

LONGEST_CLAUSE = 14
"""Words; what is longer is no biography."""
LONGEST_SENTENCE = 16
"""Words after which a sentence ends where it could go on."""
_STATE = re.compile(r"is |has been (?=(?:[\w-]+ly )?(?:an?|[\w-]+ing|[\w-]+ed)\b)|was (?=(?:born|raised|diagnosed)\b)")
"""What a note leaves out: "￼ is a nurse", "￼ has been working at Acme", "￼ was born in 1990"."""
_ARTICLE = re.compile(r"^(?:[A-Z][\w'’-]+, )?an? ")
"""Also the name before it: "Tess, a photographer from Leeds" says who Tess is."""
_AGE = re.compile(r"(\d{1,3})(?: years old)?")
_OVER = re.compile(r"\b(?:no longer|any ?more)\b")
_TAIL = re.compile(r",? (?:too|now|these days|at the moment|any ?more)$")
_BIRTHDAY = re.compile(r"(birthday is on \d+ \w+) \d{4}")
_VAGUE_DAY = re.compile(r"\bin the week of\b|\bon the weekend of\b|\bon the (?:morning|night|evening) of\b")
MOST_OF_A_KIND = 4
"""Things in one list."""
_FORMATS = {Precision.YEAR: "%Y", Precision.MONTH: "%B %Y"}
_LISTED = re.compile(
    r"(likes|loves|enjoys|hates|dislikes|does not like|prefers|speaks|plays|takes|uses|owns|learning|eats|does not eat|"
    r"cannot eat|allergic to|has|practises|wants to|fan of|big fan of|interested in) (.+)"
)
"""Beginnings that several facts share: one list instead of as many clauses."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence, or a sentence that stands alone. ``is_state`` says that it has no verb: "a nurse"."""

    text: str
    memories: tuple[UUID, ...]
    is_state: bool = False
    is_whole: bool = False

    @property
    def words(self) -> int:
        return len(self.text.split())


def clause_of(fact: Memory) -> Clause | None:
    """None where a note would rather be silent: too long, or about what is over."""
    body = _body(fact)
    if body is None:
        whole = sentence(fact)
        return Clause(whole, (fact.pk,), is_whole=True) if len(whole.split()) <= LONGEST_CLAUSE else None
    if len(body.split()) > LONGEST_CLAUSE or _is_unfit(fact, body):
        return None
    verb = _STATE.match(body)
    text = _ARTICLE.sub("", body[verb.end() :]) if verb else body
    return Clause(_age(_BIRTHDAY.sub(r"\1", _TAIL.sub("", text))), (fact.pk,), is_state=verb is not None)


def _is_unfit(fact: Memory, body: str) -> bool:
    """About what is over, unless somebody avoids it as food; or of the past, on a day that is known too vaguely."""
    over = _OVER.search(body) and not re.search(r"\b(?:eat|drink) ", body)
    return bool(over or (fact.kind != MemoryKind.PLAN and _VAGUE_DAY.search(body)))


def _body(fact: Memory) -> str | None:
    """What a sentence says of the one it begins with; None where it does not begin with them alone."""
    text = fact.content.strip().rstrip(".!")
    begins = text.startswith((f"{SPEAKER} ", f"{SPEAKER}'s ")) and not text.startswith(f"{SPEAKER} and ")
    if fact.language != "en" or not begins or text.count(SPEAKER) > 1:
        return None
    return text.removeprefix(SPEAKER).removeprefix("'s").strip().replace("has got ", "has ", 1)


def _age(text: str) -> str:
    found = _AGE.fullmatch(text)
    return f"{found[1]} years old" if found else text


def is_age(fact: Memory) -> bool:
    return bool(re.fullmatch(rf"(?:.*\W)?{SPEAKER} is {_AGE.pattern}\.?", fact.content))


def since(clause: Clause, other: Memory) -> Clause:
    """The clause with the date from which another fact says that it holds, if the other says it in words."""
    day = date_of(other)
    if not day or day not in other.content or re.search(r"\b(?:since|in|on) (?:\d+ |[A-Z]\w+ )*\d{4}", clause.text):
        return clause
    told = f"since {day}" if clause.is_state else f"(since {day})"
    return replace(clause, text=f"{clause.text} {told}", memories=(*clause.memories, other.pk))


def date_of(fact: Memory) -> str:
    """From when it holds, as exactly as it was said."""
    shape = _FORMATS.get(Precision(fact.valid_precision or "day"), "%-d %B %Y")
    return fact.valid_from.strftime(shape) if fact.valid_from else ""


def listed(clauses: Sequence[Clause]) -> list[Clause]:
    """Clauses that begin alike as one: "likes tea" and "likes jazz" are "likes tea and jazz"."""
    found: dict[str, list[Clause]] = {}
    for clause in clauses:
        match = None if clause.is_whole else _LISTED.fullmatch(clause.text)
        found.setdefault(match[1] if match and _is_plain(match[2]) else clause.text, []).append(clause)
    return [_together(head, group) for head, group in found.items()]


def _is_plain(rest: str) -> bool:
    return not re.search(r"[,;(]| (?:and|or|but|because|than|since|when|if|with) ", rest)


def _together(head: str, group: Sequence[Clause]) -> Clause:
    group = group[:MOST_OF_A_KIND]
    if len(group) == 1:
        return group[0]
    ends = [clause.text.removeprefix(head).strip() for clause in group]
    memories = tuple(key for clause in group for key in clause.memories)
    return Clause(f"{head} {series(ends)}", memories, is_state=group[0].is_state)


def series(items: Sequence[str]) -> str:
    return ", ".join(items[:-1]) + " and " + items[-1] if len(items) > 1 else items[0]


def sentences(clauses: Iterable[Clause]) -> str:
    """ "Nurse at St Mary's, from Kent; works night shifts." What has no verb comes first."""
    done: list[str] = []
    open_: list[Clause] = []
    for clause in sorted(clauses, key=lambda clause: (clause.is_whole, not clause.is_state)):
        if open_ and (clause.is_whole or sum(each.words for each in (*open_, clause)) > LONGEST_SENTENCE):
            done.append(_sentence(open_))
            open_ = []
        if clause.is_whole:
            done.append(clause.text)
        else:
            open_.append(clause)
    return " ".join([*done, _sentence(open_)] if open_ else done)


def _sentence(clauses: Sequence[Clause]) -> str:
    text = clauses[0].text
    for before, clause in pairwise(clauses):
        text += f"{',' if before.is_state and clause.is_state else ';'} {clause.text}"
    return text[:1].upper() + text[1:] + "."
