"""Documents are cut at the borders of their structure; nothing of them is lost, and every piece is small enough."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.sentences import MAX_PIECE_WORDS, size
from ingest.documents import prose, structure

HANDBOOK = """# Handbook

Acme sells widgets.

## Refunds
Refunds take five days.

They are paid in euros.

## Holidays

The office is closed in August.
"""
LONG = {
    "one word": "x" * 100_000,
    "no word": "!" * 100_000,
    "emoji": "👩‍👩‍👧" * 12_500,
    "words without end": "word " * 20_000,
    "sentences": "I like tea. " * 8_000,
    "lines": "a\n" * 50_000,
    "paragraphs": "a\n\n" * 50_000,
    "headings": "# a\n" * 50_000,
    "sections": "# a\nb\n" * 50_000,
    "no spaces": "你好吗" * 30_000,
    "accents": "e\u0301" * 50_000,
    "hyphens": "a-" * 50_000,
}


def letters(text: str) -> str:
    return "".join(text.split())


def of(value: Any) -> list[str]:
    return list(structure.cut(value, len(json.dumps(value))))


# A text


def test_a_heading_goes_with_what_follows_it_and_a_section_is_not_joined_with_the_next() -> None:
    assert list(prose.cut(HANDBOOK)) == [
        "# Handbook\n\nAcme sells widgets.",
        "## Refunds\nRefunds take five days.\n\nThey are paid in euros.",
        "## Holidays\n\nThe office is closed in August.",
    ]


def test_paragraphs_that_say_something_by_themselves_stand_alone() -> None:
    paragraphs = [f"Paragraph {number} {'tells of something ' * 10}at last." for number in range(5)]
    assert list(prose.cut("\n\n".join(paragraphs))) == paragraphs


def test_a_long_paragraph_is_cut_at_the_ends_of_sentences_and_keeps_its_heading_and_its_quotes() -> None:
    text = "## Sayings\n\n" + " ".join(f'He said "it is number {number}." Then he left.' for number in range(40))
    found = list(prose.cut(text))
    assert found[0].startswith("## Sayings\n\nHe said")
    assert all(piece.endswith(("left.", '."')) for piece in found)
    assert letters("".join(found)) == letters(text)


def test_a_paragraph_that_is_too_long_with_its_heading_does_not_leave_it_alone() -> None:
    text = f"# {'Long heading ' * 5}\n\n" + "One more sentence. " * 39
    first, *_ = prose.cut(text)
    assert first.count("One more sentence.") > 10


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_no_piece_of_a_text_is_longer_than_the_most(text: str) -> None:
    found = list(prose.cut(text))
    assert max(map(size, found)) <= MAX_PIECE_WORDS
    assert all(piece.strip() for piece in found)
    assert letters("".join(found)) == letters(text)


PARTS = [
    "# Heading\n",
    "## Other\n\n",
    "A sentence. ",
    'She said "no." ',
    "word " * 130,
    "\n",
    "\n\n",
    " \n\t\n",
    "x" * 2000,
]


@given(st.lists(st.sampled_from(PARTS) | st.text(max_size=80), max_size=30).map("".join), st.integers(60, 120))
def test_nothing_of_a_text_is_lost_and_every_piece_is_small_enough(text: str, most: int) -> None:
    found = list(prose.cut(text, most))
    assert letters("".join(found)) == letters(text)
    assert all(piece.strip() and size(piece) <= most for piece in found)


def test_a_text_of_very_many_short_paragraphs_has_no_more_pieces_than_can_be_kept() -> None:
    text = "# a\n\nb\n\n" * 60_000
    assert len(list(prose.cut(text))) < 2 * prose.MOST_PIECES


# JSON


CATALOG = {
    "company": "Acme",
    "foundedIn": 1999,
    "address": {"city": "Lisbon", "zip_code": "1000"},
    "products": [
        {"name": f"Widget {number}", "price": number, "size": {"w": 1, "h": 2}, "colors": ["red", "green"]}
        for number in range(30)
    ],
    "sold": True,
    "owner": None,
}


def test_an_object_of_a_list_is_a_piece_of_its_own_with_the_path_that_leads_to_it() -> None:
    found = of(CATALOG)
    assert found[0] == "company: Acme; founded In: 1999"
    assert found[1] == "address: city: Lisbon; zip code: 1000"
    assert found[2] == "products: name: Widget 0; price: 0; size: (w: 1; h: 2); colors: red, green"
    assert found[-1] == "sold: true; owner: null"
    assert len(found) == 33


def test_a_small_value_is_one_piece() -> None:
    assert of({"a": 1, "b": [1, 2, {"c": "d"}]}) == ["a: 1; b: 1, 2, (c: d)"]
    assert of([1, 2.5, "x"]) == ["1, 2.5, x"]
    assert of("hello") == ["hello"]
    assert of(False) == ["false"]


def test_rows_of_a_table_are_told_apart() -> None:
    found = of([["Lisbon", "Portugal", number] for number in range(100)])
    assert found[:2] == ["Lisbon, Portugal, 0", "Lisbon, Portugal, 1"]


def test_the_parts_of_an_object_that_is_too_large_say_whose_they_are() -> None:
    manual = {"items": [{"title": "Drill", "price": 20, "manual": "Press the button. " * 200, "parts": {"a": 1}}]}
    found = of(manual)
    assert found[0] == "items Drill: title: Drill; price: 20"
    assert found[1].startswith("items Drill manual: Press the button. Press")
    assert found[-1] == "items Drill: parts: a: 1"
    assert all(size(piece) <= MAX_PIECE_WORDS for piece in found)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
STRINGS = st.text(max_size=30) | st.sampled_from(["A sentence. " * 60, "word " * 150, "x" * 2000])
KEYS = st.text(max_size=12) | st.sampled_from(["unitPrice", "zip_code", "name", "k" * 200, "a b " * 50])
VALUES = st.recursive(
    SCALARS | STRINGS,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=40,
)


@given(VALUES)
def test_no_key_and_no_value_is_lost_and_every_piece_is_small_enough(value: Any) -> None:
    found = of(value)
    assert all(piece.strip() and size(piece) <= MAX_PIECE_WORDS for piece in found)
    whole = letters("".join(found))
    for told in _told(value):
        assert letters(told).replace("_", "") in whole.replace("_", "") or len(told) > 60


@given(st.text(min_size=1).filter(str.strip), st.sampled_from(["manual", "a.b", "k" * 100]))
def test_nothing_of_a_long_string_is_lost(text: str, key: str) -> None:
    text = text * (3000 // len(text) + 1)
    label = f"{key}: " if len(key) <= structure.LONGEST_PATH else f"…{key[-structure.LONGEST_PATH :]}: "
    assert letters("".join(piece.removeprefix(label) for piece in of({key: text}))).endswith(letters(text))


def _told(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [told for key, inner in value.items() for told in (key, *_told(inner))]
    if isinstance(value, list):
        return [told for inner in value for told in _told(inner)]
    return [value if isinstance(value, str) else json.dumps(value)]


HUGE = {
    "a list of numbers": list(range(50_000)),
    "a list of small objects": [{"a": 1}] * 50_000,
    "very many keys": {f"key{number}": number for number in range(50_000)},
    "very many objects behind a long path": {"x" * 70: {f"k{number}": {"x": 1} for number in range(50_000)}},
    "a key of a megabyte": {"k k " * 250_000: {"a": "b" * 5_000}},
}


@pytest.mark.parametrize("value", HUGE.values(), ids=HUGE.keys())
def test_a_value_of_very_many_parts_has_no_more_pieces_than_can_be_kept(value: Any) -> None:
    found = of(value)
    assert len(found) < 2 * prose.MOST_PIECES
    assert max(map(size, found)) <= MAX_PIECE_WORDS
    assert sum(map(len, found)) < 3 * len(json.dumps(value))


def test_very_many_objects_share_pieces_only_as_far_as_they_must() -> None:
    assert len(of([{"name": f"Widget {number}"} for number in range(1_000)])) == 1_000
