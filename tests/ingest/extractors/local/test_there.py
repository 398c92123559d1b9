"""What "there" stands for. @ stands for the speaker."""

import pytest

from ingest.extractors.base import SPEAKER
from tests.ingest.extractors.local.conftest import Extract


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I work at Lumen in Oslo. Nadia leads a team of four there.", "Nadia leads a team of four at Lumen."),
        ("I live in Oslo. My mother lives there.", "@'s mother lives in Oslo."),
        ("I moved to Oslo. I bought a flat there in June.", "@ bought a flat in Oslo in June 2025."),
        ("My brother lives in Porto. I fly there every summer.", "@ flies to Porto every summer."),
        ("I work at the National Library. I met my wife there.", "@ met their wife at the National Library."),
    ],
)
def test_there_is_the_place_that_was_named_before(extract: Extract, said: str, told: str) -> None:
    assert extract(said)[1].content.replace(SPEAKER, "@") == told


@pytest.mark.parametrize(
    "said",
    [
        "My team is great. Nadia leads a team of four there.",
        "I live in Oslo and work at Lumen. Nadia leads a team of four there.",
    ],
)
def test_where_no_place_or_two_were_named_it_is_left_out(extract: Extract, said: str) -> None:
    assert extract(said)[-1].content == "Nadia leads a team of four."


@pytest.mark.parametrize("said", ["Hi there. I live in Oslo.", "I live in Oslo. There are many parks."])
def test_another_there_is_no_place(extract: Extract, said: str) -> None:
    assert [fact.content for fact in extract(said)] == [f"{SPEAKER} lives in Oslo."]
