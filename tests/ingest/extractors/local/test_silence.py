"""What makes no memory."""

import pytest

from tests.ingest.extractors.local.conftest import Extract


@pytest.mark.parametrize(
    "said",
    ["Hi!", "Thanks, Mel! You're so kind.", "That's awesome!", "I agree", "I think so.", "I'm glad you liked it",
     "I can't wait!", "I hope you're well", "ok", "I'm fine, thank you.", "I'm sorry to hear that.", "I love it!",
     "I know, right?"],
)  # fmt: skip
def test_small_talk(extract: Extract, said: str) -> None:
    assert extract(said) == []


@pytest.mark.parametrize(
    "said",
    ["Should I move to Lisbon?", "what should i cook for my sister tonight", "Can you tell me about my invoices?",
     "Tell me about black holes.", "Write me a cover letter for a job at Acme.", "I need help with my homework.",
     "I have a question about Python.", "I was wondering if you could help me."],
)  # fmt: skip
def test_questions_and_requests(extract: Extract, said: str) -> None:
    assert extract(said) == []


@pytest.mark.parametrize(
    "said",
    ["I might move to Spain.", "If I were rich, I'd buy a boat.", "I wish I could play the piano.",
     "Maybe I'll go to Rome.", "I would have bought the red one."],
)  # fmt: skip
def test_what_is_only_thought_of(extract: Extract, said: str) -> None:
    assert extract(said) == []


@pytest.mark.parametrize("said", ["My boss said 'I hate Mondays'.", 'She wrote: "I live in Rome and I love my job"'])
def test_the_words_of_others(extract: Extract, said: str) -> None:
    assert extract(said) == []


def test_what_is_said_of_you(extract: Extract) -> None:
    assert extract("You really love your job.") == []


@pytest.mark.parametrize(
    "pasted",
    [
        "> I moved to Rome\n> and I work at Foo",
        "```\ndef f():\n    return 'I live in Rome'\n```",
        "<memory>\nI live in Rome.\n</memory>",
        "# Facts\n- The user lives in Rome (since 2020)\n- The user works at Acme",
        "2026-03-01 10:00:01 ERROR I am broken\n2026-03-01 10:00:02 INFO My server is in Rome",
        "https://example.org/I-live-in-Rome",
        "I live in Rome. " * 1_000,
    ],
)
def test_what_was_pasted(extract: Extract, pasted: str) -> None:
    assert extract(pasted) == []


def test_a_remark_beside_code_is_still_read(extract: Extract) -> None:
    facts = extract("I work at Acme.\n```\nI live in Rome\n```")
    assert [fact.content for fact in facts] == ["\ufffc works at Acme."]


@pytest.mark.parametrize(("said", "language"), [("Ich wohne in Berlin.", "de"), ("Ich wohne in Berlin.", "en")])
def test_another_language(extract: Extract, said: str, language: str) -> None:
    assert extract(said, language=language) == []
