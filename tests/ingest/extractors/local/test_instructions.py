import pytest

from graphs.kinds import MemoryKind
from ingest.extractors.base import SPEAKER
from ingest.extractors.local.instructions import read_instruction
from tests.ingest.extractors.local.conftest import Extract


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Always answer in French.", "The assistant should always answer in French."),
        ("please keep answers short", "The assistant should keep answers short."),
        ("Please don't use bullet points.", "The assistant should not use bullet points."),
        ("Stop using emojis please.", "The assistant should stop using emojis."),
        ("From now on use metric units.", "The assistant should use metric units."),
        ("I want you to always cite your sources.", "The assistant should always cite its sources."),
        ("Never suggest pork dishes to me.", "The assistant should never suggest pork dishes to @."),
        ("Call me Sam.", "@ prefers to be called Sam."),
    ],
)
def test_a_standing_instruction_is_kept_as_what_the_assistant_should_do(said: str, kept: str) -> None:
    fact = read_instruction(said)
    assert fact is not None
    assert (fact.content, fact.kind) == (kept.replace("@", SPEAKER), MemoryKind.INSTRUCTION)


@pytest.mark.parametrize(
    "said",
    ["Write me a cover letter", "Don't give up!", "Keep it up", "Never mind", "Don't worry about it",
     "Give me three examples",
     "Always remember that", "Tell me a joke"],
)  # fmt: skip
def test_a_request_and_an_encouragement_are_none(said: str) -> None:
    assert read_instruction(said) is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("When I ask for code, always give Go.", "The assistant should always give Go when @ asks for code."),
        ("Please don't suggest recipes with pork.", "The assistant should not suggest recipes with pork."),
        ("Call me Dr. Lee.", "@ prefers to be called Dr. Lee."),
    ],
)  # fmt: skip
def test_an_instruction_has_its_occasion_and_what_it_forbids(extract: Extract, said: str, told: str) -> None:
    (fact,) = extract(said)
    assert fact.content.replace(SPEAKER, "@") == told
