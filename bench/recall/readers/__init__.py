"""LoCoMo, LongMemEval or a folder of cases, known by what is in them."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.recall.corpus import Corpus
from bench.recall.errors import BenchError
from bench.recall.readers import cases, locomo, longmemeval


def read(path: Path, only: Sequence[str] = ()) -> Corpus:
    """All of a file or folder, or the conversations that ``only`` names. Raises :class:`BenchError`."""
    if not path.exists():
        raise BenchError(f"{path} does not exist.")
    corpus = cases.read(path, _digest(sorted(path.glob("*.yaml")))) if path.is_dir() else _read_json(path)
    if twins := [id_ for id_, times in Counter(one.id for _, one in corpus.questions()).items() if times > 1]:
        raise BenchError(f"{path} has the question {twins[0]} more than once.")
    if unknown := sorted(set(only) - {conversation.id for conversation in corpus.conversations}):
        raise BenchError(f"{path} has no conversation {', '.join(unknown)}.")
    return replace(corpus, conversations=[one for one in corpus.conversations if not only or one.id in only])


def _read_json(path: Path) -> Corpus:
    try:
        entries = json.loads(path.read_bytes())
    except ValueError as error:
        raise BenchError(f"{path} is not JSON: {error}") from error
    reader = _reader_of(entries)
    if reader is None:
        raise BenchError(f"{path} is neither LoCoMo's JSON nor LongMemEval's, nor a folder of cases.")
    try:
        corpus: Corpus = reader.read(entries, _digest([path]))
        return corpus
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problem = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise BenchError(
            f"{path} is not in {reader.__name__.rpartition('.')[2]}'s published form: {problem}."
        ) from error


def _reader_of(entries: Any) -> Any:
    first = entries[0] if isinstance(entries, list) and entries else None
    if not isinstance(first, dict):
        return None
    return longmemeval if "haystack_sessions" in first else locomo if {"conversation", "qa"} <= set(first) else None


def _digest(paths: Sequence[Path]) -> str:
    whole = hashlib.sha256()
    for path in paths:
        whole.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()
