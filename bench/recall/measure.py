"""Ask a system every question, and keep a row of each."""

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from bench.recall.corpus import Conversation, Corpus, Question
from bench.recall.journal import Journal
from bench.recall.metrics import figures, recall_at
from bench.recall.systems import System

RANKED = 10


def open_conversations(corpus: Corpus, rows: Journal) -> list[Conversation]:
    """Those with a question that has no row yet."""
    return [one for one in corpus.conversations if any(question.id not in rows for question in one.questions)]


def measure(system: System, corpus: Corpus, rows: Journal, *, budgets: Sequence[int], parallel: int) -> None:
    """``parallel`` conversations are told at a time; the questions are asked one by one, so that they can be timed."""
    left = open_conversations(corpus, rows)
    for start in range(0, len(left), parallel):
        group = left[start : start + parallel]
        system.tell(group)
        for conversation in group:
            for row in _rows(system, conversation, rows, budgets):
                rows.append(row)
            print(f"{system.name}: {conversation.id}, {len(rows)} questions", file=sys.stderr, flush=True)


def _rows(
    system: System, conversation: Conversation, done: Journal, budgets: Sequence[int]
) -> Iterator[dict[str, Any]]:
    texts = conversation.texts
    for question in conversation.questions:
        if question.id not in done:
            about = {
                "question": question.id,
                "conversation": conversation.id,
                "category": question.category,
                "apart": question.apart,
            }
            yield about | _asked(system, conversation, question, texts, budgets)


def _asked(
    system: System, conversation: Conversation, question: Question, texts: dict[str, str], budgets: Sequence[int]
) -> dict[str, Any]:
    """A question without evidence gets its block alone, for the judge."""
    if not question.evidence:
        return {"block": system.block(conversation, question, budgets[-1]).text}
    ranking = system.rank(conversation, question)
    row: dict[str, Any] = {f"recall@{RANKED}": recall_at(RANKED, ranking.turns, question.evidence)}
    row["search_seconds"] = ranking.seconds
    for budget in budgets:
        block = system.block(conversation, question, budget)
        row |= figures(
            block.text,
            block.claimed,
            budget=budget,
            evidence=question.evidence,
            answer=question.answer,
            texts=texts,
        )
        row |= {f"context_seconds@{budget}": block.seconds, "block": block.text}
    return row
