"""Reads the conversations of ``bench/cases`` and of any folder in the same form, which ``bench/cases/README.md`` tells.

What is malformed is refused with a :class:`FormError` that names the file, the case and what is wrong.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from bench.shapes import SINGLE, Ask, Conversation, Expected, Message, Named, Never

FIRST_SAID_AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
PAUSE = timedelta(minutes=1)
"""Between a message and the next one that does not say when it was said."""
UNITS = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
ROLES = frozenset({"user", "assistant", "system", "tool"})
KINDS = frozenset(
    "identity work home relationship preference health event plan goal possession skill instruction fact".split()
)
TYPES = frozenset("person organization place animal product work event topic".split())
CATEGORIES = frozenset(
    "addition backfill change clauses code coreference correction dates entity event everyday forgetting goal hedge "
    "instruction negation paste plan preference quote recall restart retold support third_party".split()
)
DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2})?)?)?")
LATER = re.compile(r"\+(\d+)(min|h|d|w)")

KEYS = frozenset(
    "case category language user messages facts may never entities apart summary ask forget".split()
)  # of a conversation
MESSAGE_KEYS = frozenset("text role speaker saidAt".split())
FACT_KEYS = frozenset("words kind from until links ends ended".split())
NEVER_KEYS = frozenset({"words", "from"})
ENTITY_KEYS = frozenset("name type aliases".split())
ASK_KEYS = frozenset("question evidence answer".split())


class FormError(ValueError):
    """A file of cases is not in the form of ``bench/cases/README.md``."""


def read_folder(folder: Path) -> list[Conversation]:
    """All conversations of the ``*.yaml`` in a folder, by the files' names. Raises :class:`FormError`."""
    found = [one for path in sorted(folder.glob("*.yaml")) for one in read_file(path)]
    if not found:
        raise FormError(f"{folder}: there is no case in it")
    _refuse_twins(found)
    return found


def read_file(path: Path) -> list[Conversation]:
    try:
        cases = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise FormError(f"{path}: {error}") from error
    if not isinstance(cases, list):
        raise FormError(f"{path}: a list of cases is expected")
    return [_conversation(path, number, case) for number, case in enumerate(cases, 1)]


def _refuse_twins(found: Iterable[Conversation]) -> None:
    seen: dict[tuple[str, str], Conversation] = {}
    for one in found:
        if seen.setdefault((one.source, one.case), one) is not one:
            raise FormError(f"{one.source}, case {one.case!r}: a case of this name stands there already")


def _conversation(path: Path, number: int, case: object) -> Conversation:
    name = case.get("case", number) if isinstance(case, dict) else number
    try:
        return _read(str(path), _known(case, KEYS, "a case"))
    except (FormError, KeyError, TypeError, AttributeError) as error:
        problem = f"{error} is missing" if isinstance(error, KeyError) else error
        raise FormError(f"{path}, case {name!r}: {problem}") from error


def _read(source: str, case: Mapping[str, Any]) -> Conversation:
    messages = tuple(_messages(case["messages"]))
    summary = _known(case.get("summary", {}), frozenset({"has", "not"}), "summary")
    return Conversation(
        case=_text(case["case"], "case"),
        source=source,
        messages=messages,
        category=_one_of(case.get("category", SINGLE), CATEGORIES | {SINGLE}, "category"),
        language=_text(case.get("language", "en"), "language"),
        user=case.get("user"),
        facts=tuple(_fact(each) for each in case.get("facts", ())),
        may=_all_words(case.get("may", ())),
        never=tuple(_never(each) for each in case.get("never", ())),
        entities=tuple(_named(each) for each in case.get("entities", ())),
        apart=tuple(_pair(each) for each in case.get("apart", ())),
        summary_has=_words(summary["has"]) if "has" in summary else (),
        summary_lacks=_words(summary["not"]) if "not" in summary else (),
        asks=tuple(_ask(each, len(messages)) for each in case.get("ask", ())),
        forget=_places(case.get("forget", ()), len(messages), "forget"),
    )


def _messages(given: list[Any]) -> Iterator[Message]:
    if not given:
        raise FormError("messages are missing")
    before: datetime | None = None
    for each in given:
        fields = {"text": each} if isinstance(each, str) else _known(each, MESSAGE_KEYS, "a message")
        before = _said_at(fields.get("saidAt"), before)
        role = _one_of(fields.get("role", "user"), ROLES, "role")
        yield Message(_text(fields["text"], "text"), before, role, fields.get("speaker"))


def _said_at(given: object, before: datetime | None) -> datetime:
    if given is None:
        return before + PAUSE if before else FIRST_SAID_AT
    if isinstance(given, datetime):
        return given if given.tzinfo else given.replace(tzinfo=UTC)
    if isinstance(given, date):
        return datetime.combine(given, time(9), UTC)
    later = LATER.fullmatch(str(given))
    if later and before:
        return before + int(later[1]) * UNITS[later[2]]
    raise FormError(f"saidAt {given!r} is neither a time nor +3d (min, h, d, w) after the message before it")


def _fact(given: Any) -> Expected:
    fact = _known(given, FACT_KEYS, "a fact")
    kinds = fact["kind"] if isinstance(fact["kind"], list) else [fact["kind"]]
    ends = tuple((predicate, thing) for predicate, thing in fact["ends"]) if "ends" in fact else None
    return Expected(
        words=_words(fact["words"]),
        kinds=frozenset(_one_of(kind, KINDS, "kind") for kind in kinds),
        valid_from=_date(fact.get("from"), "from"),
        until=_date(fact.get("until"), "until"),
        links=tuple((subject, predicate, thing) for subject, predicate, thing in fact.get("links", ())),
        ends=ends,
        ended=_date(fact.get("ended"), "ended"),
    )


def _never(given: Any) -> Never:
    if isinstance(given, list):
        return Never(_words(given))
    never = _known(given, NEVER_KEYS, "a never")
    return Never(_words(never["words"]), _date(never.get("from"), "from"))


def _named(given: Any) -> Named:
    thing = _known(given, ENTITY_KEYS, "an entity")
    type_ = _one_of(thing["type"], TYPES, "type") if "type" in thing else None
    return Named((_text(thing["name"], "name"), *thing.get("aliases", ())), type_)


def _ask(given: Any, messages: int) -> Ask:
    ask = _known(given, ASK_KEYS, "an ask")
    evidence = _places(ask["evidence"], messages, "evidence")
    if not evidence:
        raise FormError("an ask has no evidence")
    return Ask(_text(ask["question"], "question"), evidence, ask.get("answer"))


def _places(given: Any, messages: int, key: str) -> tuple[int, ...]:
    for place in given:
        if type(place) is not int or not 0 <= place < messages:
            raise FormError(f"{key} {place!r} is no place of a message: there are {messages}, from 0")
    return tuple(given)


def _pair(given: Any) -> tuple[str, str]:
    one, other = given
    return _text(one, "apart"), _text(other, "apart")


def _all_words(given: Any) -> tuple[tuple[str, ...], ...]:
    return tuple(_words(each) for each in given)


def _words(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not given:
        raise FormError(f"{given!r} is no list of words")
    return tuple(_text(word, "word") for word in given)


def _date(given: object, key: str) -> str | None:
    if given is None or given == "any":
        return "any" if given else None
    if not isinstance(given, str) or not DATE.fullmatch(given):
        raise FormError(f'{key} {given!r} is not "2026", "2026-02", "2026-02-10", "2026-02-10T18:00" or any')
    return given


def _known(given: Any, keys: frozenset[str], what: str) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise FormError(f"{what} has keys and values, not {given!r}")
    if unknown := sorted(str(key) for key in set(given) - keys):
        raise FormError(f"{what} has no {', '.join(unknown)}")
    return given


def _one_of(given: object, allowed: frozenset[str], key: str) -> str:
    if not isinstance(given, str) or given not in allowed:
        raise FormError(f"{key} {given!r} is none of {', '.join(sorted(allowed))}")
    return given


def _text(given: object, key: str) -> str:
    if not isinstance(given, str) or not given.strip():
        raise FormError(f"{key} {given!r} is no text")
    return given
