"""Two results on the same questions, each question against itself."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.recall.errors import BenchError
from bench.recall.intervals import bootstrap
from bench.recall.results import Rows, grouped
from bench.recall.table import columns, markdown, with_interval


def compare(one: Path, other: Path) -> str:
    """How much better ``one`` is than ``other``. Raises BenchError."""
    a, b = _read(one), _read(other)
    if a["digest"] != b["digest"]:
        raise BenchError(f"{one} and {other} were measured on different data.")
    rows = _differences(a["rows"], b["rows"])
    if not rows:
        raise BenchError(f"{one} and {other} have no question in common.")
    shown = columns([budget for budget in a["budgets"] if budget in b["budgets"]] or a["budgets"])
    lines = [
        [name, str(len(found)), *(_difference(found, metric, a["seed"]) for metric in shown)]
        for name, found in grouped(rows, a["categories"]).items()
    ]
    return f"{one} minus {other}, paired\n\n" + markdown(["questions", "n", *shown], lines)


def _read(path: Path) -> dict[str, Any]:
    path = path / "memos.json" if path.is_dir() else path
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BenchError(f"{path} can't be read: {error}") from error
    if not isinstance(found, dict) or not {"rows", "budgets", "digest", "categories"} <= set(found):
        raise BenchError(f"{path} holds no results: give a folder of a run, or SYSTEM.json in it.")
    return found


def _differences(a: Rows, b: Rows) -> list[dict[str, Any]]:
    others = {row["question"]: row for row in b}
    return [_minus(row, others[row["question"]]) for row in a if row["question"] in others]


def _minus(row: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    kept = {key: row[key] for key in ("question", "conversation", "category", "apart")}
    return kept | {
        key: row[key] - other[key] for key in row.keys() & other.keys() if "@" in key and "seconds" not in key
    }


def _difference(rows: Rows, metric: str, seed: int) -> str:
    having = [row for row in rows if metric in row]
    if not having:
        return "–"
    found = bootstrap([row[metric] for row in having], [row["conversation"] for row in having], seed=seed)
    return with_interval(asdict(found))
