"""The cases of this project are in the form that their README tells, and cover what they promise."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.conversations import CATEGORIES, FormError, read_file, read_folder
from bench.shapes import SINGLE, Conversation

CASES = Path(__file__).parents[2] / "bench" / "cases"
SAID = ["I live in Porto.", "I moved to Lisbon."]


def conversations(folder: str) -> list[Conversation]:
    """Of two messages or more."""
    return [one for one in read_folder(CASES / folder) if len(one.messages) > 1 and one.category != SINGLE]


def test_there_are_300_conversations_and_two_fifths_of_them_test() -> None:
    fit, test = len(conversations("fit")), len(conversations("test"))
    assert fit + test >= 300
    assert 0.35 <= test / (fit + test) <= 0.45


@pytest.mark.parametrize("folder", ["fit", "test"])
def test_every_category_is_tried_in_both_folders(folder: str) -> None:
    assert {one.category for one in conversations(folder)} == CATEGORIES


@pytest.mark.parametrize("folder", ["fit", "test"])
def test_questions_are_asked_in_english_and_in_three_other_languages_at_least_five_times(folder: str) -> None:
    asked = Counter(one.language for one in conversations(folder) for _ in one.asks)
    assert {"en", "de", "fr", "es"} <= {language for language, times in asked.items() if times >= 5}


def test_no_conversation_of_test_stands_in_fit() -> None:
    fit, test = ({one.messages[0].text for one in conversations(folder)} for folder in ("fit", "test"))
    assert not fit & test


@pytest.mark.parametrize("folder", ["fit", "test"])
def test_a_conversation_asks_for_something(folder: str) -> None:
    silent = [one.case for one in conversations(folder) if not (one.facts or one.never or one.asks or one.may)]
    assert silent == ["nothing but kindness"] * (folder == "fit")


def read(tmp_path: Path, **case: Any) -> Conversation:
    path = tmp_path / "cases.yaml"
    path.write_text(yaml.safe_dump([{"case": "a move", "messages": SAID, **case}]))
    [conversation] = read_file(path)
    return conversation


@pytest.mark.parametrize(
    ("case", "complaint"),
    [
        ({"fact": []}, "a case has no fact"),
        ({"messages": []}, "messages are missing"),
        ({"messages": [{"text": "hi", "said": 1}]}, "a message has no said"),
        ({"messages": [{"text": "hi", "role": "bot"}]}, "role 'bot' is none of assistant, system, tool, user"),
        ({"messages": [{"text": "hi", "saidAt": "+3d"}]}, "saidAt '+3d' is neither"),
        ({"messages": [{"text": " "}]}, "text ' ' is no text"),
        ({"facts": [{"words": ["porto"]}]}, "'kind' is missing"),
        ({"facts": [{"words": ["porto"], "kind": "house"}]}, "kind 'house' is none of"),
        ({"facts": [{"words": [False], "kind": "home"}]}, "word False is no text"),
        ({"facts": [{"words": ["porto"], "kind": "home", "from": "March"}]}, "from 'March' is not"),
        ({"category": "moves"}, "category 'moves' is none of"),
        (
            {"ask": [{"question": "Where?", "evidence": [2]}]},
            "evidence 2 is no place of a message: there are 2, from 0",
        ),
        ({"ask": [{"question": "Where?", "evidence": []}]}, "an ask has no evidence"),
        ({"forget": [-1]}, "forget -1 is no place"),
        ({"entities": [{"name": "Porto", "type": "city"}]}, "type 'city' is none of"),
        ({"summary": {"hasnt": ["porto"]}}, "summary has no hasnt"),
    ],
)
def test_what_is_not_in_the_form_is_refused_with_its_file_and_case(
    tmp_path: Path, case: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(FormError) as refused:
        read(tmp_path, **case)
    assert f"{tmp_path / 'cases.yaml'}, case 'a move': " in str(refused.value)
    assert complaint in str(refused.value)


def test_a_file_that_is_no_yaml_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("- {case: where, why?, who}\n- {")
    with pytest.raises(FormError, match=r"broken\.yaml"):
        read_folder(tmp_path)


def test_two_cases_of_one_name_in_a_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "twins.yaml").write_text(yaml.safe_dump([{"case": "a move", "messages": SAID}] * 2))
    with pytest.raises(FormError, match="'a move': a case of this name stands there already"):
        read_folder(tmp_path)


def test_messages_are_said_a_minute_apart_unless_they_say_otherwise(tmp_path: Path) -> None:
    later = [{"text": "one", "saidAt": datetime(2026, 5, 1, 10, tzinfo=UTC)}, "two", {"text": "three", "saidAt": "+2w"}]
    messages = read(tmp_path, messages=["zero", *later]).messages
    said = [f"{message.said_at:%Y-%m-%d %H:%M}" for message in messages]
    assert said == ["2026-03-10 09:00", "2026-05-01 10:00", "2026-05-01 10:01", "2026-05-15 10:01"]


def test_a_session_ends_with_a_pause_of_an_hour_and_before_an_older_message(tmp_path: Path) -> None:
    times: list[object] = ["+59min", "+1h", date(2020, 1, 1), "+1min"]
    messages = ["first", *({"text": "later", "saidAt": time} for time in times)]
    assert read(tmp_path, messages=messages).sessions == [[0, 1], [2], [3, 4]]
