# ruff: noqa: E501 -- a sentence and its facts are easier to read on one line
"""Two verbs with one subject are two facts; a second noun is no verb. @ stands for the speaker."""

import pytest

from graphs.kinds import MemoryKind
from ingest.extractors.base import SPEAKER, Ending
from tests.ingest.extractors.local.conftest import Extract


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I live in Oslo and work at Statoil.", ["@ lives in Oslo.", "@ works at Statoil."]),
        ("I live in Oslo & work at Corp42.", ["@ lives in Oslo.", "@ works at Corp42."]),
        ("I live in Oslo but work in Drammen.", ["@ lives in Oslo.", "@ works in Drammen."]),
        ("I live in Oslo with my wife and work for Equinor.", ["@ lives in Oslo with their wife.", "@ works for Equinor."]),
        ("We live in Porto and own a boat.", ["@ lives in Porto.", "@ owns a boat."]),
        ("My wife and I live in Oslo and have two kids.", ["@ and their wife live in Oslo.", "@ and their wife have two kids."]),
        ("My parents live in Oslo and work at the harbour.", ["@'s parents live in Oslo.", "@'s parents work at the harbour."]),
        ("I have a dog and love hiking.", ["@ has a dog.", "@ loves hiking."]),
        ("I have a cat and hate dogs.", ["@ has a cat.", "@ hates dogs."]),
        ("I like tea but hate coffee.", ["@ likes tea.", "@ hates coffee."]),
        ("I like tea and hate coffee.", ["@ likes tea.", "@ hates coffee."]),
        ("I live in Riga and like jazz.", ["@ lives in Riga.", "@ likes jazz."]),
        ("I live in Oslo and study law.", ["@ lives in Oslo.", "@ studies law."]),
        ("I've lived in Leeds since 2015 and work at Acme.", ["@ has lived in Leeds since 2015.", "@ works at Acme."]),
        ("I was born in Split and work at Acme.", ["@ was born in Split.", "@ works at Acme."]),
        ("I live near Cork, work as a vet and have two kids.", ["@ lives near Cork.", "@ works as a vet.", "@ has two kids."]),
        ("I don't live in Oslo or work at Acme.", ["@ does not live in Oslo.", "@ does not work at Acme."]),
        ("I don't drink or smoke.", ["@ does not drink.", "@ does not smoke."]),
        ("I don't eat meat but love fish.", ["@ does not eat meat.", "@ loves fish."]),
    ],
)  # fmt: skip
def test_each_verb_is_a_fact(extract: Extract, said: str, told: list[str]) -> None:
    assert [fact.content.replace(SPEAKER, "@") for fact in extract(said)] == told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I bought a table and chairs.", ["@ bought a table and chairs."]),
        ("I have a table and chair in the kitchen.", ["@ has a table and chair in the kitchen."]),
        ("I like rock and pop from the eighties.", ["@ likes rock and pop from the eighties."]),
        ("I like coffee and cake on Sundays.", ["@ likes coffee and cake on Sundays."]),
        ("I teach physics and design courses.", ["@ teaches physics and design courses."]),
        ("I work in research and design for Acme.", ["@ works in research and design for Acme."]),
        ("I want to travel and see Japan.", ["@ wants to travel and see Japan."]),
        ("I want to live in Oslo and work at Acme.", ["@ wants to live in Oslo and work at Acme."]),
        ("I used to live in Oslo and work at Acme.", ["@ used to live in Oslo and work at Acme."]),
        ("I don't live in Oslo and work at Acme.", ["@ does not live in Oslo and work at Acme."]),
        ("I don't eat meat and drink milk.", ["@ does not eat meat and drink milk."]),
        ("I never smoke or drink.", ["@ never smokes or drinks."]),
        ("I can swim and dive.", ["@ can swim and dive."]),
        ("My sister lives in Oslo and work is far away.", ["@'s sister lives in Oslo."]),
        ("I live in Oslo and work keeps me busy.", ["@ lives in Oslo."]),
    ],
)
def test_what_shares_more_than_the_subject_stays_whole(extract: Extract, said: str, told: list[str]) -> None:
    assert [fact.content.replace(SPEAKER, "@") for fact in extract(said)] == told


@pytest.mark.parametrize(
    "said",
    [
        "Do I live in Oslo and work at Acme?",
        "If I live in Oslo and work at Acme, I pay my taxes there.",
        "I might live in Oslo and work at Acme.",
        'She said "I live in Oslo and work at Acme."',
        "Maybe I live in Oslo and work at Acme.",
    ],
)
def test_neither_half_of_what_was_not_said_outright_is_one(extract: Extract, said: str) -> None:
    assert extract(said) == []


def test_each_half_has_its_kind_its_link_and_its_date(extract: Extract) -> None:
    home, work = extract("I live in Oslo and work at Statoil since 2019.")
    assert [home.kind, work.kind] == [MemoryKind.HOME, MemoryKind.WORK]
    assert [(link.predicate, link.object.name) for fact in (home, work) for link in fact.links] == [
        ("lives_in", "Oslo"),
        ("works_at", "Statoil"),
    ]
    assert home.span.valid_from is None
    assert work.span.valid_from is not None
    assert work.span.valid_from.year == 2019


def test_a_date_before_the_subject_is_for_both(extract: Extract) -> None:
    facts = extract("Since 2019 I live in Oslo and work at Statoil.")
    assert [fact.content.replace(SPEAKER, "@") for fact in facts] == [
        "@ lives in Oslo since 2019.",
        "@ works at Statoil since 2019.",
    ]
    assert {fact.span.valid_from and fact.span.valid_from.year for fact in facts} == {2019}


@pytest.mark.parametrize(
    ("said", "ended"),
    [
        ("I live in Berlin and work at Beta.", ((), ())),
        ("I live in Berlin now and work at Beta.", ((Ending("lives_in"),), ())),
        ("I now live in Berlin and work at Beta.", ((Ending("lives_in"),), ())),
        ("I moved to Berlin and work at Beta now.", ((Ending("lives_in"),), (Ending("works_at"),))),
    ],
)
def test_a_half_ends_what_it_would_end_alone(
    extract: Extract, said: str, ended: tuple[tuple[Ending, ...], ...]
) -> None:
    assert tuple(fact.ends for fact in extract(said)) == ended
