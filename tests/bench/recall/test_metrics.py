"""Each figure on an example small enough to be worked out by hand."""

import pytest

from bench.recall.metrics import answer_in, content_stems, evidence_in, figures, is_held, recall_at, stems, tokens

TEXTS = {"1": "I planted a pear tree behind the shed.", "2": "The ferry leaves at noon.", "3": "Ana paints boats."}


def test_tokens_are_words_and_signs() -> None:
    assert tokens("Don't go (now)!") == len(["Don", "'", "t", "go", "(", "now", ")", "!"])


def test_content_leaves_out_stop_words_unless_there_is_nothing_else() -> None:
    assert content_stems("She was planting the trees") == {"plant", "tree"}
    assert content_stems("It is what it is") == {"it", "is", "what"}


def test_recall_counts_the_first_different_turns() -> None:
    ranking = ["2", "2", "2", "1", "3"]
    assert recall_at(1, ranking, ["1", "2"]) == 0.5
    assert recall_at(2, ranking, ["1", "2"]) == 1.0
    assert recall_at(2, ranking, ["3"]) == 0.0


def test_evidence_named_twice_counts_once() -> None:
    assert recall_at(10, ["1"], ["1", "1", "2"]) == 0.5


@pytest.mark.parametrize(("block", "held"), [("a pear and a shed", True), ("a pear", False), ("PEAR TREES", True)])
def test_a_turn_is_held_with_half_of_its_content_stems(block: str, held: bool) -> None:
    assert len(content_stems(TEXTS["1"])) == len({"plant", "pear", "tree", "behind", "shed"}) == 5
    assert is_held("pear tree behind shed", stems(block)) is held


def test_evidence_must_be_named_and_be_there() -> None:
    block = "A pear tree stands behind the shed. The ferry leaves at noon."
    assert evidence_in(block, {"1", "2"}, ["1", "2"], TEXTS) == 1.0
    assert evidence_in(block, {"1"}, ["1", "2"], TEXTS) == 0.5
    assert evidence_in("A pear.", {"1", "2"}, ["1", "2"], TEXTS) == 0.0


def test_an_answer_counts_by_the_share_of_its_stems() -> None:
    assert answer_in("She painted two boats", "paints a boat in Porto") == pytest.approx(2 / 3)
    assert answer_in("nothing", "?!") is None


def test_a_block_over_its_budget_holds_nothing() -> None:
    block = "I planted a pear tree behind the shed."
    measured = figures(block, {"1"}, budget=9, evidence=["1"], answer="pear", texts=TEXTS)
    assert measured == {"evidence@9": 1.0, "all@9": 1.0, "answer@9": 1.0, "tokens@9": 9.0, "over@9": 0.0}
    over = figures(block, {"1"}, budget=8, evidence=["1"], answer="pear", texts=TEXTS)
    assert over == {"evidence@8": 0.0, "all@8": 0.0, "answer@8": 0.0, "tokens@8": 9.0, "over@8": 1.0}


def test_all_is_told_only_of_everything() -> None:
    measured = figures(TEXTS["1"], {"1"}, budget=50, evidence=["1", "2"], answer="", texts=TEXTS)
    assert (measured["evidence@50"], measured["all@50"]) == (0.5, 0.0)
    assert "answer@50" not in measured
