"""Whatever is wrong is said in one sentence, and the exit code is 2."""

from pathlib import Path

import pytest

from bench.recall.__main__ import main
from tests.bench.recall.made import lines, listening, locomo, written

VARIABLES = ("MEMOS_URL", "MEMOS_KEY", "MEMOS_LLM_BASE_URL", "MEMOS_LLM_MODEL", "MEMOS_LLM_API_KEY")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("bench.recall.client.TRIES", 1)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return written(tmp_path / "locomo.json", locomo("garden", "field"))


def test_without_a_server_named_it_says_which_variables_are_missing(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(data), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("recall: MEMOS_URL and MEMOS_KEY are not set.")
    assert said.count("\n") == 1


def test_a_server_that_does_not_answer_is_named(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MEMOS_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("MEMOS_KEY", "mos_live_none")
    assert main(["run", str(data), "--out", str(tmp_path / "out"), "--systems", "memos"]) == 2
    assert "No Memos answers at http://127.0.0.1:1" in capsys.readouterr().err


def test_a_refusal_of_the_server_is_passed_on(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with listening(lambda path, body: (401, {"code": "UNAUTHENTICATED", "detail": "No such key."})) as url:
        monkeypatch.setenv("MEMOS_URL", url)
        monkeypatch.setenv("MEMOS_KEY", "mos_live_none")
        assert main(["run", str(data), "--out", str(tmp_path / "out"), "--systems", "memos"]) == 2
    assert "POST /v1/users was answered with 401 UNAUTHENTICATED: No such key." in capsys.readouterr().err


def test_a_judge_that_is_configured_by_half_is_refused(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MEMOS_LLM_BASE_URL", "http://127.0.0.1:1")
    assert main(["run", str(data), "--out", str(tmp_path / "out"), "--systems", "bm25"]) == 2
    assert "MEMOS_LLM_MODEL is not set" in capsys.readouterr().err


def test_a_file_of_another_form_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "data.json", [{"question": "?"}])
    assert main(["run", str(path), "--out", str(tmp_path / "out")]) == 2
    assert "neither LoCoMo's JSON nor LongMemEval's" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong", [["--budgets", "0"], ["--budgets", "many"], ["--systems", "mem1"], ["--parallel", "-1"]]
)
def test_a_wrong_option_is_refused(data: Path, tmp_path: Path, wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["run", str(data), "--out", str(tmp_path / "out"), *wrong])
    assert ended.value.code == 2


def test_baselines_need_no_server_and_a_second_run_measures_nothing_again(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["run", str(data), "--out", str(tmp_path / "out"), "--systems", "bm25,random", "--budgets", "40,15"]
    assert main(arguments) == 0
    first = capsys.readouterr()
    assert "| all | 6 | bm25 | " in first.out
    assert "| adversarial | 2 | random | " in first.out
    assert "evidence@15 | evidence@40 | all@40" in first.out
    assert "field, 8 questions" in first.err
    written_before = lines(tmp_path / "out" / "bm25.jsonl")
    assert main(arguments) == 0
    second = capsys.readouterr()
    assert (second.out, second.err) == (first.out, "")
    assert lines(tmp_path / "out" / "bm25.jsonl") == written_before
    assert main(["table", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out == first.out


@pytest.mark.parametrize("changed", [["--budgets", "40"], ["--seed", "1"], ["--only", "field"]])
def test_a_changed_configuration_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], changed: list[str]
) -> None:
    arguments = ["run", str(data), "--out", str(tmp_path / "out"), "--systems", "bm25"]
    assert main(arguments) == 0
    assert main([*arguments, *changed]) == 2
    assert "of another configuration" in capsys.readouterr().err


def test_changed_data_is_refused(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["run", str(data), "--out", str(tmp_path / "out"), "--systems", "bm25"]
    assert main(arguments) == 0
    written(data, locomo("garden"))
    assert main(arguments) == 2
    assert "digest was" in capsys.readouterr().err


def test_a_folder_without_results_has_no_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", str(tmp_path)]) == 2
    assert "holds no results" in capsys.readouterr().err
