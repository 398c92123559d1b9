"""Two facts have one digest where they say the same, whatever the dress."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from ingest.facts import digest

DIFFERENT = [
    ("Alice manages Bob.", "Bob manages Alice."),
    ("Alice gets up before 9.", "Alice gets up after 9."),
    ("Alice writes C++.", "Alice writes C#."),
    ("Alice writes C++.", "Alice writes C."),
    ("The alarm is on.", "The alarm is off."),
    ("Lunch costs $5.", "Lunch costs €5."),
    ("Alice has a dog.", "Alice hasn't a dog."),
    ("Alice is a nurse.", "Alice isn't a nurse."),
    ("Alice likes tea.", "Alice no longer likes tea."),
    ("Alice said 👍 to the plan.", "Alice said 👎 to the plan."),
    ("Alice flew from Rome to Oslo.", "Alice flew from Oslo to Rome."),
    ("Alice may eat nuts.", "Alice must eat nuts."),
    ("Alice can swim.", "Alice can't swim."),
    ("Her dog is Rex.", "His dog is Rex."),
    ("Alice is a nurse.", "Alice has a nurse."),
    ("They are the owners.", "They have the owners."),
    ("The freezer is at -4.", "The freezer is at 4."),
    ("The price is 1.5.", "The price is 15."),
]
SAME = [
    ("Alice is living in Lisbon.", "Alice lives in Lisbon."),
    ("Alice has been living in Lisbon.", "Alice lives in Lisbon."),
    ("Alice and Bob have a dog.", "Alice and Bob HAVE the dog."),
    ("Alice lives in Lisbon.", "Alice lives in Lisbon"),
    ("Alice lives in Lisbon.", "Alice lives in Lisbon!"),
    ("Alice has a dog.", "Alice has the dog."),
    ("Alice doesn't eat meat.", "Alice doesn’t eat meat."),
    ("Alice likes “Emma”.", 'Alice likes "Emma".'),
    ("Alice likes tea, and milk.", "Alice likes tea and milk."),
    ("ALICE LIKES TEA", "Alice likes tea."),
    ("Alice likes tea.", "  Alice   likes\ntea. "),
]
SOMEBODY, SOMEBODY_ELSE = UUID(int=1), UUID(int=2)
MONDAY = datetime(2024, 5, 6, 9, tzinfo=UTC)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_facts_have_different_digests(one: str, other: str) -> None:
    assert digest(one, SOMEBODY, None) != digest(other, SOMEBODY, None)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_fact_in_another_dress_has_the_same_digest(one: str, other: str) -> None:
    assert digest(one, SOMEBODY, None) == digest(other, SOMEBODY, None)


def test_the_same_words_about_somebody_else_are_another_fact() -> None:
    about = [digest("Lives in Lisbon.", who, None) for who in (SOMEBODY, SOMEBODY_ELSE, None)]
    assert len(set(about)) == 3


def test_the_same_words_for_another_day_are_another_fact_and_for_another_hour_the_same() -> None:
    words = "Visited Rome."
    assert digest(words, SOMEBODY, MONDAY) == digest(words, SOMEBODY, MONDAY.replace(hour=18))
    assert digest(words, SOMEBODY, MONDAY) != digest(words, SOMEBODY, MONDAY.replace(day=7))
    assert digest(words, SOMEBODY, MONDAY) != digest(words, SOMEBODY, None)


def test_what_stands_in_a_sentence_cannot_pass_for_whom_it_is_about() -> None:
    assert digest(f"tea {SOMEBODY}", None, None) != digest("tea", SOMEBODY, None)


@pytest.mark.parametrize("content", ["", ".", "the", "👍", "\0", "ﷺ" * 5000])
def test_whatever_is_said_the_digest_fits_a_bigint(content: str) -> None:
    assert -(2**63) <= digest(content, None, None) < 2**63
