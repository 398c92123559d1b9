"""What people tell of themselves, their things, plans and projects. "@" stands for the speaker."""

import pytest

from graphs.kinds import MemoryKind
from ingest.extractors.base import SPEAKER
from tests.ingest.extractors.local.conftest import Extract


@pytest.mark.parametrize(
    ("said", "told", "kind"),
    [
        ("I'm building a Django app for our clinic.", "@ is building a Django app for their clinic.", MemoryKind.WORK),
        ("I'm writing a novel about a lighthouse.", "@ is writing a novel about a lighthouse.", MemoryKind.WORK),
        ("I'm doing a PhD in linguistics.", "@ is doing a PhD in linguistics.", MemoryKind.WORK),
        ("I'm majoring in biology.", "@ is majoring in biology.", MemoryKind.WORK),
        ("My thesis is about coral reefs.", "@'s thesis is about coral reefs.", MemoryKind.FACT),
        ("Our stack is React and Node.", "@'s stack is React and Node.", MemoryKind.FACT),
        ("My lease ends in August.", "@'s lease ends in August 2026.", MemoryKind.PLAN),
        ("My flight to Oslo lands at 6 pm on Friday.", "@'s flight to Oslo lands on 13 March 2026 at 18:00.",
         MemoryKind.PLAN),
        ("My parents are visiting next month.", "@'s parents are visiting in April 2026.", MemoryKind.PLAN),
        ("I hope to run a marathon next year.", "@ hopes to run a marathon in 2027.", MemoryKind.GOAL),
        ("I don't smoke.", "@ does not smoke.", MemoryKind.HEALTH),
        ("I can't have dairy.", "@ cannot have dairy.", MemoryKind.HEALTH),
        ("I'm recovering from knee surgery.", "@ is recovering from knee surgery.", MemoryKind.HEALTH),
        ("My back hurts.", "@'s back hurts.", MemoryKind.HEALTH),
        ("I used to be a pilot.", "@ used to be a pilot.", MemoryKind.WORK),
        ("I'm self-employed.", "@ is self-employed.", MemoryKind.WORK),
        ("I'm head of marketing at Delphi.", "@ is head of marketing at Delphi.", MemoryKind.WORK),
        ("I'm not a morning person.", "@ is not a morning person.", MemoryKind.IDENTITY),
        ("I'm half Greek.", "@ is half Greek.", MemoryKind.IDENTITY),
        ("My parents divorced in 2001.", "@'s parents divorced in 2001.", MemoryKind.EVENT),
        ("My mother-in-law Rosa lives in Siena.", "@'s mother-in-law Rosa lives in Siena.", MemoryKind.RELATIONSHIP),
        ("my cat luna is sick", "@'s cat Luna is sick.", MemoryKind.RELATIONSHIP),
        ("I booked flights to Lima for 3 July.", "@ booked flights to Lima for 3 July 2026.", MemoryKind.PLAN),
        ("I earn 50,000 euros a year.", "@ earns 50,000 euros a year.", MemoryKind.FACT),
        ("I rent a flat near the river.", "@ rents a flat near the river.", MemoryKind.HOME),
    ],
)  # fmt: skip
def test_it_is_kept_as_a_sentence(extract: Extract, said: str, told: str, kind: MemoryKind) -> None:
    (fact,) = extract(said)
    assert (fact.content.replace(SPEAKER, "@"), fact.kind) == (told, kind)


@pytest.mark.parametrize(
    "said",
    [
        "My question is about trains.",
        "My problem is the router.",
        "My day was a mess.",
        "I can't have visitors.",
        "I dreamt that I moved to Mars.",
        "I'm the queen of England, just kidding.",
        "I'm a millionaire. Just kidding!",
        "I'm doing well.",
        "I want to wear this dress first.",
        "I want to learn from him.",
    ],
)
def test_what_is_not_told_in_earnest_or_for_long_stays_out(extract: Extract, said: str) -> None:
    assert extract(said) == []


def test_a_mother_in_law_is_not_a_mother(extract: Extract) -> None:
    (fact,) = extract("My mother-in-law Rosa lives in Siena.")
    assert ("relative_of", "Rosa") in {(link.predicate, link.object.name) for link in fact.links}


def test_a_name_after_a_common_noun_is_no_place(extract: Extract) -> None:
    facts = extract("I visited Oslo last May and I like project Zephyr.")
    assert [(link.predicate, link.object.name, link.object.type.value) for fact in facts for link in fact.links] == [
        ("visited", "Oslo", "place"),
        ("likes", "project Zephyr", "topic"),
    ]
