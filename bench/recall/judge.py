"""A model answers each question from the block, and judges its answer against the gold one."""

import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

from bench.recall import prompts
from bench.recall.corpus import Corpus, Question
from bench.recall.journal import Journal
from bench.recall.llm import Llm
from bench.recall.metrics import tokens


def judge(corpus: Corpus, rows: Journal, verdicts: Journal, llm: Llm, *, parallel: int) -> None:
    """Two calls a question that has a gold answer and no verdict yet. Raises BenchError."""
    left = [one for _, one in corpus.questions() if one.answer and one.id in rows and one.id not in verdicts]
    if left:
        print(f"judge: {len(left)} questions, two calls each", file=sys.stderr, flush=True)
    pool = ThreadPoolExecutor(parallel)
    try:
        for done in as_completed([pool.submit(_judged, corpus.protocol, one, rows[one.id], llm) for one in left]):
            verdicts.append(done.result())
    finally:
        pool.shutdown(cancel_futures=True)


def _judged(protocol: str, question: Question, row: dict[str, Any], llm: Llm) -> dict[str, Any]:
    read = llm.complete(prompts.to_read(protocol, question, row["block"]))
    said = llm.complete(prompts.to_judge(protocol, question, read.text))
    right = prompts.verdict(protocol, said.text)
    return {
        "question": question.id,
        "category": question.category,
        "apart": question.apart,
        "answer": read.text,
        "verdict": said.text,
        "right": bool(right),
        "unclear": right is None,
        "blockTokens": tokens(row["block"]),
        "promptTokens": read.tokens_in,
        "tokensIn": read.tokens_in + said.tokens_in,
        "tokensOut": read.tokens_out + said.tokens_out,
    }
