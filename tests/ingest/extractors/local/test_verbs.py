import pytest

from ingest.extractors.local.verbs import gerund, plural, third_person


@pytest.mark.parametrize(
    ("first", "third"),
    [
        ("love", "loves"),
        ("'m", "is"),
        ("am", "is"),
        ("have", "has"),
        ("'ve", "has"),
        ("do", "does"),
        ("go", "goes"),
        ("teach", "teaches"),
        ("carry", "carries"),
        ("play", "plays"),
        ("fix", "fixes"),
    ],
)
def test_a_verb_takes_the_third_person(first: str, third: str) -> None:
    assert third_person(first) == third


@pytest.mark.parametrize(("first", "with_they"), [("am", "are"), ("'m", "are"), ("was", "were"), ("love", "love")])
def test_a_verb_goes_with_they(first: str, with_they: str) -> None:
    assert plural(first) == with_they


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        ("read", "reading"),
        ("make", "making"),
        ("swim", "swimming"),
        ("play", "playing"),
        ("see", "seeing"),
        ("lie", "lying"),
    ],
)
def test_an_activity_is_named_by_its_gerund(verb: str, expected: str) -> None:
    assert gerund(verb) == expected
