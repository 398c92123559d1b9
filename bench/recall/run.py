"""One run in one folder: measure what is not measured yet, judge it, and put the results together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.recall import settings
from bench.recall.baselines import Bm25, Random
from bench.recall.client import Api
from bench.recall.corpus import Corpus
from bench.recall.errors import BenchError
from bench.recall.journal import Journal, settle, write_json
from bench.recall.judge import judge
from bench.recall.llm import Llm
from bench.recall.measure import measure, open_conversations
from bench.recall.prompts import PROTOCOLS
from bench.recall.readers import read
from bench.recall.results import judged, summary, told
from bench.recall.server import Memos
from bench.recall.systems import System

SYSTEMS = ("memos", "bm25", "random")
MEASURE = 1
"""Counted up when a figure is measured another way, so that old rows are not mixed with new ones."""


@dataclass(frozen=True, slots=True)
class Options:
    """``patience``: seconds without any job coming to its end. ``judges``: systems whose blocks a model reads."""

    data: Path
    out: Path
    only: Sequence[str] = ()
    systems: Sequence[str] = SYSTEMS
    budgets: Sequence[int] = (500, 1500)
    seed: int = 0
    parallel: int = 4
    patience: float = 600.0
    judges: Sequence[str] = field(default=("memos",))


def run(options: Options) -> list[dict[str, Any]]:
    """The results of each system, also written to ``SYSTEM.json``. Raises BenchError."""
    corpus = read(options.data, options.only)
    settle(options.out / "config.json", _config(options, corpus))
    llm = settings.llm() if options.judges else None
    return [_measured(name, options, corpus, llm) for name in options.systems]


def _config(options: Options, corpus: Corpus) -> dict[str, Any]:
    return {
        "measure": MEASURE,
        "data": corpus.form,
        "digest": corpus.digest,
        "only": list(options.only),
        "budgets": list(options.budgets),
        "seed": options.seed,
    }


def _measured(name: str, options: Options, corpus: Corpus, llm: settings.Endpoint | None) -> dict[str, Any]:
    rows = Journal(options.out / f"{name}.jsonl", "question")
    if open_conversations(corpus, rows):
        measure(_system(name, options), corpus, rows, budgets=options.budgets, parallel=options.parallel)
    result = _result(name, options, corpus, rows) | {"judge": _verdicts(name, options, corpus, rows, llm)}
    write_json(options.out / f"{name}.json", result)
    return result


def _system(name: str, options: Options) -> System:
    if name == "bm25":
        return Bm25()
    return Random(options.seed) if name == "random" else server(options.out, options.parallel, options.patience)


def server(out: Path, parallel: int, patience: float) -> Memos:
    """The server of a run, with what it was told so far. Raises BenchError where it was another one before."""
    at = settings.memos()
    kept = settle(out / "server.json", {"url": at.url})
    api = Api(at.url, at.key)
    begun = Journal(out / "begun.jsonl", "externalId")
    return Memos(api, _told(out), begun, run=kept["id"], parallel=parallel, patience=patience)


def _told(out: Path) -> Journal:
    return Journal(out / "told.jsonl", "conversation")


def _result(name: str, options: Options, corpus: Corpus, rows: Journal) -> dict[str, Any]:
    """Everything but the blocks, which stay in the rows' file."""
    kept = [{key: value for key, value in row.items() if key != "block"} for row in rows.values()]
    config = _config(options, corpus) | {"system": name, "categories": list(corpus.categories)}
    found = summary(kept, budgets=options.budgets, categories=corpus.categories, seed=options.seed)
    return config | found | {"told": told(_told(options.out).values()) if name == "memos" else None, "rows": kept}


def _verdicts(
    name: str, options: Options, corpus: Corpus, rows: Journal, llm: settings.Endpoint | None
) -> dict[str, Any] | None:
    """What the judge says of a system; None where none is configured, or this system is not to be judged."""
    if llm is None or name not in options.judges:
        return None
    about = {"model": llm.model, "url": llm.url, "protocol": PROTOCOLS[corpus.protocol], "budget": options.budgets[-1]}
    settle(options.out / "judge.json", about)
    verdicts = Journal(options.out / f"{name}.judged.jsonl", "question")
    judge(corpus, rows, verdicts, Llm(llm.url, llm.key, llm.model), parallel=options.parallel)
    if not len(verdicts):
        raise BenchError("There is nothing to judge: no question has a gold answer.")
    return about | judged(verdicts.values(), corpus.categories)
