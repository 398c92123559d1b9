"""What the turns before a message say for it: the question that it answers, who "she" is, what it takes back.

"@" stands for the speaker. A turn that begins with "A:" is the assistant's.
"""

import pytest

from graphs.kinds import Precision
from ingest.extractors.base import SPEAKER, Fact, Span, Turn, Utterance
from ingest.extractors.local import LocalExtractor
from tests.ingest.extractors.local.conftest import SAID_AT
from tests.ingest.extractors.local.test_time import day


def after(extractor: LocalExtractor, *turns: str) -> list[Fact]:
    """The facts of the last of ``turns``, which the others led to."""
    before = tuple(
        Turn(each.removeprefix("A: "), SAID_AT, "assistant" if each.startswith("A: ") else "user")
        for each in turns[:-1]
    )
    return extractor.extract([Utterance(turns[-1], SAID_AT, before=before)])[0]


def told(facts: list[Fact]) -> list[str]:
    return [fact.content.replace(SPEAKER, "@") for fact in facts]


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("What's your name?", "Ana", ["@'s name is Ana."]),
        ("Nice! What should I call you?", "it's bob", ["@'s name is Bob."]),
        ("Do you have any allergies?", "Yes, peanuts.", ["@ is allergic to peanuts."]),
        ("Where do you live?", "In Porto.", ["@ lives in Porto."]),
        ("How old are you?", "34", ["@ is 34."]),
        ("What do you do for a living?", "Nurse", ["@ is a nurse."]),
        ("Do you have any pets?", "Yes! Two cats, Luna and Milo.", ["@ has two cats, Luna and Milo."]),
        ("Do you have any pets?", "No", ["@ does not have any pets."]),
        ("Do you like jazz?", "Yes, very much!", ["@ likes jazz very much."]),
        ("Are you vegetarian?", "Yes, since 2019.", ["@ has been vegetarian since 2019."]),
        ("Are you married?", "No, divorced.", ["@ is not married.", "@ is divorced."]),
        ("Do you prefer tea or coffee?", "Tea", ["@ prefers tea."]),
        ("How many kids do you have?", "Two", ["@ has two kids."]),
        ("What are your hobbies?", "Climbing and origami", ["@'s hobbies are climbing and origami."]),
        ("What languages do you speak?", "Spanish and a bit of Dutch", ["@ speaks Spanish and a bit of Dutch."]),
        ("What are you working on?", "A shop for old maps.", ["@ is working on a shop for old maps."]),
        ("Have you been to Japan?", "No", ["@ has never been to Japan."]),
        ("What's your dog's name?", "Rex", ["@'s dog is called Rex."]),
        ("Where do you work?", "At Acme. I love it there.", ["@ works at Acme."]),
    ],
)
def test_a_short_answer_is_read_with_its_question(
    extractor: LocalExtractor, question: str, answer: str, expected: list[str]
) -> None:
    assert told(after(extractor, f"A: {question}", answer)) == expected


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Do you want me to continue?", "Yes"),
        ("Are you sure?", "Yes"),
        ("Do you have any questions?", "No"),
        ("What's your name?", "Why do you ask?"),
        ("Where do you live?", "I'd rather not say."),
        ("What's your favourite food? And do you cook?", "Yes"),
        ("Is there anything else?", "Rome"),
        ("Would you like some tea?", "Yes please"),
    ],
)
def test_an_answer_that_tells_nothing_makes_no_fact(extractor: LocalExtractor, question: str, answer: str) -> None:
    assert after(extractor, f"A: {question}", answer) == []


def test_ones_own_question_is_not_answered_by_oneself(extractor: LocalExtractor) -> None:
    assert after(extractor, "Where do you live?", "In Porto.") == []


@pytest.mark.parametrize(
    ("before", "said", "expected"),
    [
        ("My grandmother Olga lives in Varna.", "She is 91 now.", "@'s grandmother Olga is 91."),
        ("My mother is a nurse.", "She loves chess.", "@'s mother loves chess."),
        ("A: How is your brother doing?", "He moved to Bergen last month.", "@'s brother moved to Bergen"),
        ("I have a dog named Rex.", "He's four.", "@'s dog Rex is four."),
        ("My sister Ana called my uncle Tom.", "He lives in Graz.", "@'s uncle Tom lives in Graz."),
        ("I work at Acme.", "I joined in 2023.", "@ joined Acme in 2023."),
    ],
)
def test_who_was_spoken_of_before_is_meant(extractor: LocalExtractor, before: str, said: str, expected: str) -> None:
    (fact,) = after(extractor, before, said)
    assert fact.content.replace(SPEAKER, "@").startswith(expected)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("My sister Ana and my mother visited.", "She works at Intel."),
        ("I live in Rome.", "She is a nurse."),
        ("My brother called.", "She is a nurse."),
    ],
)
def test_where_two_or_nobody_could_be_meant_nothing_is_kept(extractor: LocalExtractor, before: str, said: str) -> None:
    assert after(extractor, before, said) == []


@pytest.mark.parametrize(
    ("before", "said", "right", "wrong"),
    [
        ("My name is Nadja.", "Actually it's Nadia, not Nadja.", "@'s name is Nadia.", "@'s name is Nadja."),
        ("I moved to Porto in May.", "Sorry, I meant Lisbon.", "@ moved to Lisbon in May", "@ moved to Porto in May"),
        ("I work at Acme in Berlin.", "No, not Acme, Apex.", "@ works at Apex in Berlin.", "@ works at Acme in"),
        ("My budget is 2,000 euros.", "It's 3,000 euros, not 2,000 euros", "@'s budget is 3,000", "@'s budget is 2"),
        ("I have two kids.", "Wait, three.", "@ has three kids.", "@ has two kids."),
        ("I hurt my left knee.", "Wait, it was the right knee.", "@ hurt their right knee", "@ hurt their left knee"),
        ("I live in Bern.", "I mean Basel, not Bern, I mix them up.", "@ lives in Basel.", "@ lives in Bern."),
    ],
)  # fmt: skip
def test_a_correction_says_the_earlier_fact_again_and_takes_it_back(
    extractor: LocalExtractor, before: str, said: str, right: str, wrong: str
) -> None:
    (fact,) = after(extractor, before, said)
    assert fact.content.replace(SPEAKER, "@").startswith(right)
    assert [each.replace(SPEAKER, "@")[: len(wrong)] for each in fact.corrects] == [wrong]


def test_a_corrected_day_is_reckoned_from_when_it_was_first_said(extractor: LocalExtractor) -> None:
    (fact,) = after(extractor, "I saw the dentist yesterday.", "A: How was it?", "No wait, it was Tuesday.")
    assert fact.span == Span(day(2026, 3, 3), None, Precision.DAY)


def test_a_correction_in_the_same_message_leaves_only_what_is_right(extractor: LocalExtractor) -> None:
    assert told(after(extractor, "I live in Porto. Sorry, Lisbon. I love it.")) == ["@ lives in Lisbon."]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("No wait, Tom moves on 14 December.", "Tom moves on 14 December 2026."),
        ("Sorry, Ana starts on Monday.", "Ana starts on 16 March 2026."),
    ],
)
def test_a_sentence_of_its_own_is_no_name_for_another(extractor: LocalExtractor, said: str, expected: str) -> None:
    found = after(extractor, "We moved to York last week!", said)
    assert not any(fact.corrects for fact in found)
    assert {fact.content for fact in found} <= {expected}


@pytest.mark.parametrize("said", ["No problem.", "Sorry, I have to go.", "It's sunny, not cold.", "No, thanks."])
def test_what_only_sounds_like_a_correction_changes_nothing(extractor: LocalExtractor, said: str) -> None:
    assert after(extractor, "I live in Rome.", said) == []
