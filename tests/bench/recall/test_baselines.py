from datetime import UTC, datetime
from math import log

import pytest

from bench.recall.baselines import Bm25, Index, Random
from bench.recall.corpus import Conversation, Question, Turn
from bench.recall.metrics import tokens

NOON = datetime(2023, 5, 8, 12, tzinfo=UTC)
TEXTS = ["The ferry leaves at noon.", "I planted a pear tree.", "The pear was sweet and the pear was ripe."]
TALK = Conversation("talk", [Turn(str(n), text, NOON, name="Ada") for n, text in enumerate(TEXTS)], [])
PEARS = Question("q", "", "What about the pear?", "", ("1",))


def test_bm25_agrees_with_its_formula() -> None:
    index = Index(["pear tree", "pear pear plum fig", "plum"])
    idf = log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    lengths, mean = [2, 4, 1], 7 / 3
    norms = [1.5 * (0.25 + 0.75 * length / mean) for length in lengths]
    assert index.scores("Pears?") == pytest.approx([idf * 1 / (1 + norms[0]), idf * 2 / (2 + norms[1]), 0.0])


def test_bm25_puts_turns_that_share_words_first() -> None:
    system = Bm25()
    system.tell([TALK])
    assert set(system.rank(TALK, PEARS).turns[:2]) == {"1", "2"}
    assert system.rank(TALK, PEARS).turns[2] == "0"


def test_a_block_holds_the_best_that_fit_in_the_order_of_the_conversation() -> None:
    system = Bm25()
    system.tell([TALK])
    best, second, last = (TALK.turns[int(id_)].line for id_ in system.rank(TALK, PEARS).turns)
    whole = system.block(TALK, PEARS, 1000)
    assert whole.text.splitlines() == [turn.line for turn in TALK.turns]
    one = system.block(TALK, PEARS, tokens(best))
    assert one.text == best
    assert len(one.claimed) == 1
    skipped = system.block(TALK, PEARS, tokens(best) + tokens(second) - 1)
    assert tokens(last) < tokens(second) or skipped.text == best
    assert tokens(skipped.text) <= tokens(best) + tokens(second) - 1


def test_random_turns_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    long = Conversation("long", [Turn(str(n), f"turn {n}", NOON) for n in range(50)], [])
    assert Random(1).rank(long, PEARS) == Random(1).rank(long, PEARS)
    assert Random(1).rank(long, PEARS) != Random(2).rank(long, PEARS)
    assert sorted(Random(1).rank(long, PEARS).turns, key=int) == [turn.id for turn in long.turns]
