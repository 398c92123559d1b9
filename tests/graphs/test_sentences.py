"""Long text is cut into pieces that are small enough to be recalled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.sentences import is_question, pieces, sentences
from graphs.words import content_words

LONG = {
    "one word": "x" * 100_000,
    "no word": "!" * 100_000,
    "emoji": "👩‍👩‍👧" * 12_500,
    "words without end": "word " * 20_000,
    "sentences": "I like tea. " * 8_000,
    "lines": "a\n" * 50_000,
    "no spaces": "你好吗" * 30_000,
    "accents": "e\u0301" * 50_000,
}


def test_a_short_text_is_one_piece_and_kept_as_it_is() -> None:
    assert pieces("  I like tea.\n And milk! ") == ["  I like tea.\n And milk! "]


def test_a_long_text_is_cut_at_the_ends_of_sentences() -> None:
    text = " ".join(f"This is sentence number {number}." for number in range(100))
    found = pieces(text)
    assert len(found) == 5
    assert all(piece.endswith(".") and piece.startswith("This") for piece in found)
    assert " ".join(found) == text


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_no_piece_is_longer_than_the_most(text: str) -> None:
    found = pieces(text)
    assert max(map(len, found)) <= 1600
    assert all(found)
    assert _letters("".join(found)) == _letters(text)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=4000).filter(str.strip))
def test_nothing_but_space_is_lost(text: str) -> None:
    assert [piece for piece in pieces(text) if not piece.strip()] == []
    assert len(_letters("".join(pieces(text)))) >= len(_letters("".join(sentences(text))))


def _letters(text: str) -> str:
    return "".join(text.split())


def test_scripts_without_spaces_have_words_too() -> None:
    assert content_words("I moved to 東京都港区!") == ["moved", "東京", "京都", "都港", "港区"]
    assert content_words("猫") == ["猫"]
    assert content_words("Ich wohne in Köln") == ["ich", "wohne", "köln"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Tea? ", True), ("お茶はどう？", True), ("شاي؟", True), ("Tea.", False)],
)
def test_a_question_ends_in_the_mark_of_its_script(text: str, expected: bool) -> None:
    assert is_question(text) is expected
