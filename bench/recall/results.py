"""Rows put together: means with their intervals, latency, tokens, ingestion, the judge's verdicts."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from bench.recall.intervals import bootstrap, wilson

Rows = Sequence[dict[str, Any]]
ALL = "all"
ABSTENTION = "abstention"


def metrics_of(budgets: Sequence[int]) -> list[str]:
    kinds = ("evidence", "all", "answer", "tokens", "over")
    return ["recall@10", *(f"{kind}@{budget}" for kind in kinds for budget in budgets)]


def grouped(rows: Rows, categories: Sequence[str]) -> dict[str, Rows]:
    """The scored rows: all that have an answer in the conversation, those of each category, and those apart."""
    scored = [row for row in rows if "recall@10" in row]
    counted = [row for row in scored if not row["apart"]]
    groups = {ALL: counted} | {name: [row for row in counted if row["category"] == name] for name in categories}
    apart = {name: [row for row in scored if row["apart"] and row["category"] == name] for name in categories}
    groups |= {(f"{name} (apart)" if groups[name] else name): found for name, found in apart.items() if found}
    return {name: found for name, found in groups.items() if found}


def summary(rows: Rows, *, budgets: Sequence[int], categories: Sequence[str], seed: int) -> dict[str, Any]:
    groups = grouped(rows, categories)
    return {
        "groups": {name: _group(found, metrics_of(budgets), seed) for name, found in groups.items()},
        "latency": _latency(rows, budgets),
    }


def _group(rows: Rows, metrics: Sequence[str], seed: int) -> dict[str, Any]:
    """``figures`` leave out what no row has, as the answer where there is none."""
    figures = {}
    for metric in metrics:
        having = [row for row in rows if metric in row]
        if having:
            found = bootstrap([row[metric] for row in having], [row["conversation"] for row in having], seed=seed)
            figures[metric] = asdict(found)
    return {"questions": len(rows), "conversations": len({row["conversation"] for row in rows}), "figures": figures}


def _latency(rows: Rows, budgets: Sequence[int]) -> dict[str, dict[str, float]]:
    """Milliseconds, of the calls that were timed."""
    names = {"search": "search_seconds"} | {f"context@{budget}": f"context_seconds@{budget}" for budget in budgets}
    timed = {name: [1000 * row[key] for row in rows if row.get(key) is not None] for name, key in names.items()}
    return {
        name: {"p50": _quantile(found, 0.5), "p95": _quantile(found, 0.95)} for name, found in timed.items() if found
    }


def _quantile(values: Sequence[float], share: float) -> float:
    return round(float(np.quantile(values, share)), 2)


def told(records: Rows) -> dict[str, float]:
    """What was sent, and the seconds in which any of it was on its way: first POST to last job done."""
    messages = sum(len(each["messages"]) for each in records)
    return {"conversations": len(records), "messages": messages, "seconds": round(_covered(records), 1)}


def _covered(records: Rows) -> float:
    """Seconds that lie within at least one of the spans, which overlap where conversations went at the same time."""
    seconds, until = 0.0, 0.0
    for began, ended in sorted((each["began"], each["ended"]) for each in records):
        seconds += max(0.0, ended - max(began, until))
        until = max(until, ended)
    return seconds


def judged(verdicts: Rows, categories: Sequence[str]) -> dict[str, Any]:
    """Accuracy over all that were judged. Abstentions count in their category, as published, and once more apart."""
    groups = {ALL: verdicts} | {name: [each for each in verdicts if each["category"] == name] for name in categories}
    groups[ABSTENTION] = [each for each in verdicts if each["apart"]]
    return {
        "groups": {name: _accuracy(found) for name, found in groups.items() if found},
        "unclear": sum(each["unclear"] for each in verdicts),
        "tokensIn": sum(each["tokensIn"] for each in verdicts),
        "tokensOut": sum(each["tokensOut"] for each in verdicts),
    }


def _accuracy(verdicts: Rows) -> dict[str, Any]:
    """``blockTokens`` by the scorer's count, ``promptTokens`` as the model counted the prompt that it answered."""
    found = wilson(sum(each["right"] for each in verdicts), len(verdicts))
    mean = {key: float(np.mean([each[key] for each in verdicts])) for key in ("blockTokens", "promptTokens")}
    return {"questions": len(verdicts), "accuracy": asdict(found)} | mean
