from pathlib import Path
from typing import Any

import pytest

from bench.recall.compare import compare
from bench.recall.errors import BenchError
from tests.bench.recall.made import written


def result(found: list[float], *, digest: str = "d", first: int = 0) -> dict[str, Any]:
    rows = [
        {"question": f"q{number}", "conversation": f"c{number % 3}", "category": "temporal", "apart": False}
        | {"recall@10": value, "evidence@500": value, "all@500": value, "answer@500": value, "context_seconds@500": 9.0}
        for number, value in enumerate(found, first)
    ]
    return {"rows": rows, "budgets": [500], "digest": digest, "categories": ["temporal"], "seed": 0}


def test_each_question_is_compared_with_itself(tmp_path: Path) -> None:
    a = written(tmp_path / "a.json", result([1.0, 0.5, 0.0, 1.0]))
    b = written(tmp_path / "b.json", result([0.75, 0.25, -0.25, 0.75]))
    table = compare(a, b)
    assert "| all | 4 | .250 [.250, .250] | .250 [.250, .250] |" in table
    assert "| temporal | 4 |" in table
    assert "-.250 [-.250, -.250]" in compare(b, a)


def test_only_common_questions_count(tmp_path: Path) -> None:
    a = written(tmp_path / "a.json", result([1.0, 1.0, 1.0]))
    b = written(tmp_path / "b.json", result([1.0, 0.0], first=2))
    assert "| all | 1 | .000 [.000, .000] |" in compare(a, b)


def test_a_folder_stands_for_what_the_server_reached(tmp_path: Path) -> None:
    written(tmp_path / "memos.json", result([1.0]))
    assert "| all | 1 | .000 [.000, .000] |" in compare(tmp_path, tmp_path / "memos.json")


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (result([1.0], digest="e"), "measured on different data"),
        (result([1.0], first=7), "no question in common"),
        ({"rows": []}, "holds no results"),
    ],
)
def test_what_can_not_be_compared_is_refused(tmp_path: Path, other: dict[str, Any], said: str) -> None:
    a = written(tmp_path / "a.json", result([1.0]))
    with pytest.raises(BenchError, match=said):
        compare(a, written(tmp_path / "b.json", other))
    with pytest.raises(BenchError, match="can't be read"):
        compare(a, tmp_path / "none.json")
