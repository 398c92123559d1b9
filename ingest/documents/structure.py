"""Cuts a JSON value at the borders of its structure, into lines that can be recalled by words.

An object of a list becomes "products: name: Widget; price: 20". What is too large for a piece is cut at its keys, each
part behind the path that leads to it; a long string is cut as a text is. No key and no value is lost.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from graphs.sentences import LETTERS_A_WORD, MAX_PIECE_WORDS, count_words
from ingest.documents import prose

LONGEST_PATH = 80
"""Letters. Of a longer path the end is shown; the whole of it is a piece of its own before."""
CALLED = ("name", "title", "label", "subject", "id", "key", "sku", "slug", "email")
"""The keys by which an object may be known, the best first."""
LONGEST_NAME = 40
_MOST_LETTERS = MAX_PIECE_WORDS * LETTERS_A_WORD
_BORDER_IN_KEY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_+")

Unit = tuple[str, str]
"""What is told together: the path that leads to it, and its line."""


def cut(value: Any, length: int) -> Iterator[str]:
    """The pieces of a value in their order. ``length`` is that of its JSON: in a document of very many small parts
    several share a piece."""
    least = length // prose.MOST_PIECES
    piece, letters, room, last = "", 0, 0.0, ""
    for path, line in _units(value, ""):
        text = line if piece and path == last else _behind(path, line)
        if piece and letters < least and _cost(text) <= room:
            piece, letters, room = f"{piece}\n{text}", letters + len(line), room - _cost(text)
        else:
            if piece.strip():
                yield piece
            piece = _behind(path, line)
            letters, room = len(line), MAX_PIECE_WORDS - _cost(piece)
        last = path
    if piece.strip():
        yield piece


def _units(value: Any, path: str) -> Iterator[Unit]:
    room = MAX_PIECE_WORDS - _cost(f"{path}: ")
    line = _line(value)
    if line is not None and _cost(line) <= room and (path or not _holds_others(value)):
        yield path, line
    elif isinstance(value, dict):
        path = _extended(path, _called(value))
        yield from _parts(((_label(key), inner) for key, inner in value.items()), path, "; ")
    elif isinstance(value, list):
        yield from _parts((("", inner) for inner in value), path, ", ")
    else:
        yield from ((path, part) for part in prose.cut(_scalar(value), int(room) - 1))


def _parts(entries: Iterable[tuple[str, Any]], path: str, joint: str) -> Iterator[Unit]:
    """Of something too large: what holds others stands by itself, scalars stand together as long as there is room."""
    room = MAX_PIECE_WORDS - _cost(f"{path}: ")
    run, left = "", 0.0
    for label, value in entries:
        line = _line(value)
        text = "" if line is None else _behind(label, line)
        needed = room + 1 if line is None else _cost(joint + text)
        if run and needed <= left and not _stands_alone(label, value):
            run, left = f"{run}{joint}{text}", left - needed
            continue
        yield from _flushed(path, run)
        if needed > room:
            yield from _under(path, label, value)
            run = ""
        else:
            run, left = text, 0.0 if _stands_alone(label, value) else room - needed
    yield from _flushed(path, run)


def _flushed(path: str, run: str) -> Iterator[Unit]:
    if run:
        yield path, run


def _under(path: str, label: str, value: Any) -> Iterator[Unit]:
    """What is too large to be told in one line, behind a path that is longer by its label."""
    whole = f"{path} {label}".strip()
    if len(whole) > LONGEST_PATH:
        yield from (("", part) for part in prose.cut(whole))
    yield from _units(value, _extended(path, label))


def _extended(path: str, label: str) -> str:
    whole = f"{path} {label}".strip()
    return whole if len(whole) <= LONGEST_PATH else f"…{whole[-LONGEST_PATH:]}"


def _called(value: dict[str, Any]) -> str:
    """What an object is known by, so that its parts say whose they are; empty where nothing tells."""
    names = {key.lower(): inner for key, inner in value.items() if isinstance(inner, str | int)}
    found = (str(names[key]) for key in CALLED if key in names)
    return next((name for name in found if len(name) <= LONGEST_NAME), "")


def _stands_alone(label: str, value: Any) -> bool:
    """An object does, and a row of a table; a list of scalars behind its label does not."""
    return isinstance(value, dict) or (isinstance(value, list) and not label) or _holds_others(value)


def _holds_others(value: Any) -> bool:
    """A list of objects, or of rows."""
    return isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value)


def _line(value: Any) -> str | None:
    """The value in one line; None where it is longer than any piece."""
    if not isinstance(value, dict | list):
        text = _scalar(value)
        return text if len(text) <= _MOST_LETTERS else None
    parts, room = [], _MOST_LETTERS
    for part in _words(value):
        parts.append(part)
        room -= len(part)
        if room < 0:
            return None
    return "".join(parts)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for place, (key, inner) in enumerate(value.items()):
            yield f"{'; ' if place else ''}{_label(key)}: "
            yield from _in_brackets(inner) if isinstance(inner, dict) else _words(inner)
    elif isinstance(value, list) and value:
        for place, inner in enumerate(value):
            yield ", " if place else ""
            yield from _in_brackets(inner) if isinstance(inner, dict | list) else _words(inner)
    else:
        yield _scalar(value)


def _in_brackets(value: Any) -> Iterator[str]:
    yield "("
    yield from _words(value)
    yield ")"


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _label(key: str) -> str:
    """A name of a program in words: `unitPrice` and `unit_price` are a "unit Price" and a "unit price"."""
    return _BORDER_IN_KEY.sub(" ", key).strip()


def _behind(path: str, line: str) -> str:
    return f"{path}: {line}" if path else line


def _cost(text: str) -> float:
    """What a text takes of a piece's words. Costs add up."""
    return max(count_words(text), len(text) / LETTERS_A_WORD)
