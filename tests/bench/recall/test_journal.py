from pathlib import Path

import pytest

from bench.recall.errors import BenchError
from bench.recall.journal import Journal, held, settle


def test_what_was_appended_is_there_again(tmp_path: Path) -> None:
    Journal(tmp_path / "a.jsonl", "id").append({"id": "one", "text": "a\nb é"})
    again = Journal(tmp_path / "a.jsonl", "id")
    assert "one" in again
    assert again["one"]["text"] == "a\nb é"
    assert "two" not in again


def test_a_line_that_a_kill_cut_off_is_taken_away_and_the_next_one_begins_afresh(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    Journal(path, "id").append({"id": "one"})
    with path.open("a") as file:
        file.write('{"id": "tw')
    torn = Journal(path, "id")
    assert [record["id"] for record in torn.values()] == ["one"]
    torn.append({"id": "two"})
    assert [record["id"] for record in Journal(path, "id").values()] == ["one", "two"]


def test_a_changed_configuration_is_refused_with_what_was_changed(tmp_path: Path) -> None:
    first = settle(tmp_path / "config.json", {"budgets": [500], "seed": 0})
    assert settle(tmp_path / "config.json", {"budgets": [500], "seed": 0}) == first
    with pytest.raises(BenchError, match=r"budgets was \[500\] and is \[900\] now"):
        settle(tmp_path / "config.json", {"budgets": [900], "seed": 0})


def test_a_folder_belongs_to_one_run_at_a_time(tmp_path: Path) -> None:
    with held(tmp_path / "out"), pytest.raises(BenchError, match="Another run is at work"), held(tmp_path / "out"):
        pass
    with held(tmp_path / "out"):
        pass
