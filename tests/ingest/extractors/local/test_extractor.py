"""The extractor as its caller sees it."""

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.extractors.base import SPEAKER, Utterance
from ingest.extractors.local import LocalExtractor
from tests.ingest.extractors.local.conftest import SAID_AT, Extract


def test_importing_it_loads_no_model() -> None:
    code = "import sys, ingest.extractors.local; sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_facts_stand_in_the_order_of_the_utterances(extractor: LocalExtractor) -> None:
    texts = ["I live in Rome.", "Hi!", "", "I work at Acme. I love tea."]
    facts = extractor.extract([Utterance(text, SAID_AT) for text in texts])
    assert [[fact.content for fact in each] for each in facts] == [
        [f"{SPEAKER} lives in Rome."],
        [],
        [],
        [f"{SPEAKER} works at Acme.", f"{SPEAKER} loves tea."],
    ]


def test_the_same_input_gives_the_same_facts(extractor: LocalExtractor) -> None:
    said = [Utterance("My sister Anna moved to Porto last week and I miss her.", SAID_AT)]
    assert extractor.extract(said) == extractor.extract(said)


def test_a_batch_gives_what_each_message_gives_alone(extractor: LocalExtractor) -> None:
    said = [
        Utterance(text, SAID_AT) for text in ("I have a cat named Tom.", "She is ill.", "I went to Rome yesterday.")
    ]
    assert extractor.extract(said) == [extractor.extract([each])[0] for each in said]


def test_no_utterances_are_no_trouble(extractor: LocalExtractor) -> None:
    assert extractor.extract([]) == []


def test_a_fact_said_twice_in_a_message_is_one(extract: Extract) -> None:
    assert len(extract("I live in Rome. I live in Rome!")) == 1


def test_a_placeholder_in_the_input_is_not_taken_for_the_speaker(extract: Extract) -> None:
    (fact,) = extract(f"I live \0in {SPEAKER}Rome.")
    assert fact.content == f"{SPEAKER} lives in Rome."


ODD = [
    "I",
    "I I I I",
    "my",
    "😂😂😂",
    "I ❤️ NY",
    "a" * 100_000,
    "I am " * 1_000,
    "\0",
    "I\u2028love\u2029tea",
    '"',
    "(((",
    "I'm'm",
]


@pytest.mark.parametrize("text", ODD)
def test_odd_input_raises_nothing(extract: Extract, text: str) -> None:
    extract(text)


WORDS = "I my we and is am 'm love moved to Rome Anna . , ! ? not have a dog since 2020 yesterday she it".split()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=25))
def test_no_order_of_words_raises(extract: Extract, words: list[str]) -> None:
    for fact in extract(" ".join(words)):
        assert fact.content.endswith(".")
        assert 0.5 <= fact.confidence <= 1
