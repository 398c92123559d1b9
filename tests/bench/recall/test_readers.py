from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bench.recall.errors import BenchError
from bench.recall.readers import read
from tests.bench.recall.made import locomo, longmemeval, written

CASES = """
- case: a move
  user: Ana
  messages:
    - I live in Porto.
    - {role: assistant, text: How nice!}
    - {text: I moved to Lisbon last month., saidAt: +3w, speaker: Ana}
  may: [[porto], [lisbon]]
  ask: [{question: "Where does Ana live?", evidence: [2], answer: Lisbon}]
- {case: nothing is asked, messages: [Hello.]}
- {case: gone again, messages: [I like tea., Bye.], forget: [0], ask: [{question: "What?", evidence: [1]}]}
"""


def test_locomo_is_read_with_speakers_dates_and_its_adversarial_questions_apart(tmp_path: Path) -> None:
    corpus = read(written(tmp_path / "locomo.json", locomo("garden")))
    [garden] = corpus.conversations
    first = garden.turns[0]
    assert (first.id, first.role, first.name) == ("D1:1", "user", "Ada")
    assert first.said_at == datetime(2023, 5, 8, 13, 56, tzinfo=UTC)
    assert first.line == "[8 May 2023] Ada: I planted a pear tree behind the shed."
    assert len(list(garden.threads())) == 1
    assert [(each.category, each.apart, each.answer) for each in garden.questions] == [
        ("single-hop", False, "behind the shed"),
        ("temporal", False, "2023"),
        ("multi-hop", False, "pear tree, walnut"),
        ("adversarial", True, ""),
    ]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (["D1:1; D2:1"], ("D1:1", "D2:1")),
        (["D:1:2"], ("D1:2",)),
        (["D01:02 D1:2"], ("D1:2",)),
        (["D9:1", "D"], ()),
        ([], ()),
    ],
)
def test_slips_in_locomos_evidence_are_put_right(tmp_path: Path, given: list[str], meant: tuple[str, ...]) -> None:
    entries = locomo("garden")
    entries[0]["qa"][0]["evidence"] = given
    corpus = read(written(tmp_path / "locomo.json", entries))
    assert corpus.conversations[0].questions[0].evidence == meant


def test_a_picture_in_locomo_is_known_by_its_caption(tmp_path: Path) -> None:
    entries = locomo("garden")
    entries[0]["conversation"]["session_1"][1] |= {"text": "Look! ", "blip_caption": "a photo of a tree"}
    entries[0]["conversation"]["session_1"][2] |= {"text": ""}
    [garden] = read(written(tmp_path / "locomo.json", entries)).conversations
    assert garden.turns[1].text == "Look! [shared image: a photo of a tree]"
    assert [turn.id for turn in garden.turns[:3]] == ["D1:1", "D1:2", "D1:4"]


def test_longmemeval_gives_each_question_a_history_of_its_own_in_the_order_of_time(tmp_path: Path) -> None:
    corpus = read(written(tmp_path / "longmemeval_s.json", longmemeval()))
    kite, boat = corpus.conversations
    assert kite.turns[0].text == "likes tea"
    assert [len(thread) for thread in kite.threads()] == [2, 2]
    assert kite.turns[-1].said_at == datetime(2023, 5, 21, 8, 30, tzinfo=UTC)
    [asked] = kite.questions
    assert [kite.texts[id_] for id_ in asked.evidence] == ["Take the Skylark Delta, it forgives a lot."]
    assert (asked.apart, asked.asked_on) == (False, "2023/06/01 (Thu) 10:00")
    assert (boat.questions[0].apart, boat.questions[0].evidence) == (True, ())


def test_a_folder_of_cases_gives_what_is_asked_and_not_forgotten(tmp_path: Path) -> None:
    (tmp_path / "cases.yaml").write_text(CASES)
    [move] = read(tmp_path).conversations
    assert (move.id, move.first_name) == ("cases.yaml: a move", "Ana")
    assert [(turn.role, turn.name) for turn in move.turns] == [("user", None), ("assistant", None), ("user", "Ana")]
    [asked] = move.questions
    assert (asked.category, asked.evidence, asked.answer) == ("en", ("2",), "Lisbon")


def test_only_the_conversations_that_are_named_are_read(tmp_path: Path) -> None:
    path = written(tmp_path / "locomo.json", locomo("garden", "field"))
    assert [one.id for one in read(path, ["field"]).conversations] == ["field"]
    with pytest.raises(BenchError, match="has no conversation wood"):
        read(path, ["field", "wood"])


def without(entries: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in entry.items() if name != key} for entry in entries]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"a": 1}, "neither LoCoMo's JSON nor LongMemEval's"),
        ([], "neither LoCoMo's JSON nor LongMemEval's"),
        (without(locomo("garden"), "sample_id"), "not in locomo's published form: 'sample_id' is missing"),
        (without(longmemeval(), "haystack_dates"), "not in longmemeval's published form: 'haystack_dates' is missing"),
        ([longmemeval()[0] | {"haystack_dates": ["May", "June"]}], "'May' is no date like"),
        (locomo("garden", "garden"), "has the question garden#0 more than once"),
    ],
)
def test_another_form_is_refused_in_a_sentence(tmp_path: Path, content: Any, said: str) -> None:
    with pytest.raises(BenchError, match=said):
        read(written(tmp_path / "data.json", content))


def test_what_is_no_json_or_not_there_or_asks_nothing_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text("[")
    (tmp_path / "cases.yaml").write_text("- {case: nothing is asked, messages: [Hello.]}")
    with pytest.raises(BenchError, match="is not JSON"):
        read(tmp_path / "data.json")
    with pytest.raises(BenchError, match="does not exist"):
        read(tmp_path / "other.json")
    with pytest.raises(BenchError, match="no case in it has an `ask`"):
        read(tmp_path)
    (tmp_path / "cases.yaml").write_text("- {case: what, massages: [Hello.]}")
    with pytest.raises(BenchError, match="a case has no massages"):
        read(tmp_path)


def test_the_digest_changes_with_any_byte(tmp_path: Path) -> None:
    path = written(tmp_path / "locomo.json", locomo("garden"))
    before = read(path).digest
    path.write_text(path.read_text() + "\n")
    assert read(path).digest != before
