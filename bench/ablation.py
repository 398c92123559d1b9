"""What each lever of search and packing gives: everything with one of them off, on data of `bench.recall`.

``nice python -m memos.embedded exec -- python -m bench.ablation DATA [--only conv-1]``. It tells the conversations
once, in a database of its own, and asks every question again for each lever. The differences to all levers are paired;
docs/recall.md says what the figures mean.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memos.settings")
import django

django.setup()

import numpy as np  # noqa: E402

import users.context.assemble  # noqa: E402, F401
from bench.ingested import drain, own_database  # noqa: E402
from bench.recall.corpus import Conversation, Corpus, Question  # noqa: E402
from bench.recall.intervals import bootstrap  # noqa: E402
from bench.recall.metrics import figures, tokens  # noqa: E402
from bench.recall.readers import read  # noqa: E402
from bench.recall.table import markdown, share  # noqa: E402
from graphs import embedders, excerpts  # noqa: E402
from graphs.embedders.base import EncodedQuery, by_words, no_token_rows  # noqa: E402
from graphs.search import index, outline, question, weights  # noqa: E402
from graphs.serializers import message_ids  # noqa: E402
from ingest.services import NewMessage, append_messages  # noqa: E402
from memos.projects import services  # noqa: E402
from memos.projects.audit import Caller  # noqa: E402
from threads.services import create_thread  # noqa: E402
from users.context import assemble  # noqa: E402
from users.models import User  # noqa: E402
from users.services import create_user  # noqa: E402

BUDGETS = (500, 1500)
SHOWN = ("evidence@500", "evidence@1500", "all@1500", "answer@1500")
BATCH = 200
_assembly = sys.modules["users.context.assemble"]
Row = dict[str, Any]
Off = Callable[[], Any]
"""A context in which something is off."""


def no_weight(*names: str) -> Off:
    return lambda: patch.multiple(weights, **dict.fromkeys(names, 0.0))


def no_windows() -> Any:
    return patch.object(outline, "DECAY", np.array([0.0, 0.0, 1.0, 0.0, 0.0]))


def no_share(**shares: float) -> Off:
    return lambda: patch.object(_assembly, "ANSWERING", replace(_assembly.ANSWERING, **shares))


def encoded_by(change: Callable[[str, EncodedQuery], EncodedQuery]) -> Off:
    encode = embedders.encode_query
    return lambda: patch.object(
        question.embedders, "encode_query", lambda text, model: change(text, encode(text, model))
    )


LEVERS: dict[str, Off] = {
    "late interaction (vectors instead)": encoded_by(lambda text, query: replace(query, tokens=no_token_rows())),
    "all vectors (words only)": encoded_by(lambda text, query: by_words(text)),
    "BM25": no_weight("WORDS", "MEMORY_WORDS"),
    "windows (each message alone)": no_windows,
    "who said it": no_weight("SPEAKER"),
    "the time that is asked for": no_weight("TIME"),
    "a date where one is asked for": no_weight("WHEN"),
    "entities named and linked": no_weight("ENTITY"),
    "the role": no_weight("ROLE"),
    "questions demoted": no_weight("QUESTION"),
    "what replaced a fact as good as that fact": no_weight("HEIR"),
    "a memory's own sentence": no_weight("MEMORY_MEANING", "MEMORY_WORDS"),
    "room of their own for facts": no_share(facts=0.0),
    "entities in the block": no_share(entities=0.0),
    "shortened excerpts": lambda: patch.object(excerpts, "_KEPT_FOR_A_QUESTION", 1.0),
}


class Told:
    """The conversations of a corpus in the database, a user each."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        project = services.create_project(name="bench.ablation")
        self._caller = Caller.from_command(project, "bench.ablation")
        self.turns: dict[str, str] = {}
        self.users = {one.id: self._tell(one) for one in corpus.conversations}

    def _tell(self, conversation: Conversation) -> User:
        user = create_user(caller=self._caller, first_name=conversation.first_name)
        for turns in conversation.threads():
            thread = create_thread(caller=self._caller, user=user)
            for start in range(0, len(turns), BATCH):
                part = turns[start : start + BATCH]
                new = [NewMessage(turn.role, turn.text, name=turn.name, created_at=turn.said_at) for turn in part]
                said = append_messages(caller=self._caller, thread=thread, messages=new).messages
                self.turns |= {message.ref: turn.id for message, turn in zip(said, part, strict=True)}
        drain(user.graph_id)
        print(conversation.id, file=sys.stderr, flush=True)
        return User.objects.select_related("graph").get(pk=user.pk)

    def rows(self) -> Iterator[Row]:
        for conversation, asked in self.corpus.questions():
            if asked.evidence and not asked.apart:
                yield {"conversation": conversation.id} | self._row(conversation, asked)

    def _row(self, conversation: Conversation, asked: Question) -> Row:
        row: Row = {}
        for budget in BUDGETS:
            text, claimed = self._block(conversation, asked, budget)
            row |= figures(
                text,
                claimed,
                budget=budget,
                evidence=asked.evidence,
                answer=asked.answer,
                texts=conversation.texts,
            )
        return row

    def _block(self, conversation: Conversation, asked: Question, budget: int) -> tuple[str, frozenset[str]]:
        """Of as many tokens as `bench.recall` would ask for."""
        room = budget
        while True:
            user = self.users[conversation.id]
            block = assemble(user=user, template="chat", max_tokens=room, query=asked.text)
            used = tokens(block.text)
            if used <= budget:
                named = (self.turns[ref] for hit in block.hits for ref in message_ids(hit.sources))
                return block.text, frozenset(named)
            room = int(room * budget / used * 0.98)


@contextmanager
def off(lever: Off) -> Iterator[None]:
    """What is kept of graphs may rest on the lever, and goes before and after."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(index, "_kept", index._Kept()))
        stack.enter_context(lever())
        yield


def line(name: str, rows: Sequence[Row], whole: Sequence[Row]) -> list[str]:
    shown = []
    for metric in SHOWN:
        pairs = [(row, all_) for row, all_ in zip(rows, whole, strict=True) if metric in row]
        mean = sum(row[metric] for row, _ in pairs) / len(pairs)
        less = [row[metric] - all_[metric] for row, all_ in pairs]
        found = bootstrap(less, [row["conversation"] for row, _ in pairs])
        shown.append(f"{share(mean)} ({found.mean:+.3f} [{found.low:+.3f}, {found.high:+.3f}])")
    return [name, *shown]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", type=lambda text: text.split(","), default=[])
    options = parser.parse_args()
    corpus = read(options.data, options.only)
    with own_database():
        told = Told(corpus)
        whole = list(told.rows())
        print(markdown(["off", *SHOWN], [line("nothing", whole, whole)]), flush=True)
        for name, lever in LEVERS.items():
            with off(lever):
                print(f"| {' | '.join(line(name, list(told.rows()), whole))} |", flush=True)


if __name__ == "__main__":
    main()
