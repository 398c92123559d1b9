"""The judge with a made model on loopback: no figure here says anything about a real one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.recall.__main__ import main
from bench.recall.corpus import Question
from bench.recall.errors import BenchError
from bench.recall.llm import Llm
from bench.recall.prompts import to_judge, to_read, verdict
from tests.bench.recall.made import Answer, completion, lines, listening, locomo, longmemeval, written

KITE = Question("q", "single-session-assistant", "Which kite?", "the Skylark", (), asked_on="2023/06/01 (Thu) 10:00")
Prompts = list[dict[str, Any]]


def reader(prompts: Prompts, judgement: Callable[[str], str]) -> Callable[[str, dict[str, Any]], Answer]:
    """A model that reads every block to hold a pear tree, and judges as ``judgement`` of the prompt says."""

    def answer(path: str, body: dict[str, Any]) -> Answer:
        prompts.append(body | {"path": path})
        prompt = body["messages"][0]["content"]
        judging = "CORRECT or WRONG" in prompt or "yes or no only" in prompt
        return completion(judgement(prompt), 50, 5) if judging else completion("a pear tree", 200, 20)

    return answer


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def configure(url: str) -> None:
        monkeypatch.setenv("MEMOS_LLM_BASE_URL", f"{url}/v1")
        monkeypatch.setenv("MEMOS_LLM_API_KEY", "sk-made")
        monkeypatch.setenv("MEMOS_LLM_MODEL", "made-1")

    return configure


def run(data: Path, out: Path, *more: str) -> int:
    return main(["run", str(data), "--out", str(out), "--systems", "bm25", "--judge", "bm25", *more])


def test_every_answer_is_read_from_the_block_and_judged(
    tmp_path: Path, configured: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    prompts: Prompts = []
    judged = reader(
        prompts, lambda prompt: '{"label": "%s"}' % ("CORRECT" if "Gold answer: pear" in prompt else "WRONG")
    )
    with listening(judged) as url:
        configured(url)
        assert run(written(tmp_path / "l.json", locomo("garden", "field")), tmp_path / "out") == 0
    table = capsys.readouterr().out
    assert "read and judged by made-1 after the LoCoMo judge's protocol" in table
    assert "1500 tokens in, 150 out, 0 verdicts unclear" in table
    assert "| all | 6 | .333 [.097, .700] |" in table  # Wilson's interval of 2 in 6
    assert "| multi-hop | 2 | 1.000 [" in table
    assert "| single-hop | 2 | .000 [" in table
    assert len(prompts) == 12  # the adversarial questions have no gold answer
    assert {prompt["path"] for prompt in prompts} == {"/v1/chat/completions"}
    assert {(prompt["model"], prompt["temperature"]) for prompt in prompts} == {("made-1", 0)}
    read = next(prompt["messages"][0]["content"] for prompt in prompts if "What is remembered" in str(prompt))
    assert "[8 May 2023] Ada: I planted a pear tree behind the shed." in read


def test_a_judge_that_stopped_goes_on_and_a_finished_one_asks_nothing_again(
    tmp_path: Path,
    configured: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("bench.recall.llm.TRIES", 1)
    prompts: Prompts = []
    able = reader(prompts, lambda prompt: '{"label": "CORRECT"}')
    data, out = written(tmp_path / "l.json", locomo("garden")), tmp_path / "out"
    with listening(lambda path, body: able(path, body) if len(prompts) < 4 else (500, {"error": "down"})) as url:
        configured(url)
        assert run(data, out, "--parallel", "1") == 2
        assert "does not answer: 500" in capsys.readouterr().err
    kept = lines(out / "bm25.judged.jsonl")
    assert len(kept) == 2

    with listening(able) as url:
        configured(url)
        assert run(data, out) == 2  # the address is another one, so the model may be
        assert "judge.json is of another configuration" in capsys.readouterr().err
        (out / "judge.json").unlink()
        assert run(data, out) == 0
        assert lines(out / "bm25.judged.jsonl")[:2] == kept
        assert len(prompts) == 6
        assert run(data, out) == 0
    assert len(prompts) == 6


def test_abstentions_are_judged_by_their_own_rule_and_count_with_their_kind(
    tmp_path: Path, configured: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    prompts: Prompts = []
    with listening(reader(prompts, lambda prompt: "Yes." if "can't be answered" in prompt else "perhaps")) as url:
        configured(url)
        assert run(written(tmp_path / "longmemeval_s.json", longmemeval()), tmp_path / "out") == 0
    table = capsys.readouterr().out
    assert "after LongMemEval's protocol" in table
    assert "1 verdicts unclear" in table
    assert "| all | 2 | .500 [" in table
    assert "| abstention | 1 | 1.000 [" in table
    assert "| single-session-user | 1 | 1.000 [" in table
    assert "| single-session-assistant | 1 | .000 [" in table


def test_without_a_model_or_where_it_is_not_wanted_nothing_is_judged(
    tmp_path: Path, configured: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = written(tmp_path / "l.json", locomo("garden"))
    configured("http://127.0.0.1:1")
    assert main(["run", str(data), "--out", str(tmp_path / "a"), "--systems", "bm25", "--no-judge"]) == 0
    assert main(["run", str(data), "--out", str(tmp_path / "b"), "--systems", "bm25"]) == 0  # only memos is judged
    monkeypatch.delenv("MEMOS_LLM_BASE_URL")
    monkeypatch.delenv("MEMOS_LLM_MODEL")
    assert run(data, tmp_path / "c") == 0
    assert not list(tmp_path.glob("*/*judge*"))


def test_a_model_that_is_busy_is_asked_again_and_one_that_refuses_is_not() -> None:
    asked: list[int] = []

    def busy(path: str, body: dict[str, Any]) -> Answer:
        asked.append(1)
        return completion(" yes ") if len(asked) == 3 else (429, {"error": "busy"})

    with listening(busy) as url:
        reply = Llm(url, "", "made", pause=0.001).complete("?")
    assert (reply.text, reply.tokens_in, reply.tokens_out) == ("yes", 100, 10)
    with (
        listening(lambda path, body: (401, {"error": "no such key"})) as url,
        pytest.raises(BenchError, match=r"401 .*no such key"),
    ):
        Llm(url, "", "made", pause=60).complete("?")
    with listening(lambda path, body: (200, {"hello": 1})) as url, pytest.raises(BenchError, match="not with a chat"):
        Llm(url, "", "made").complete("?")


def test_tokens_are_counted_here_where_the_endpoint_does_not_tell_them() -> None:
    with listening(lambda path, body: (200, {"choices": [{"message": {"content": "two words"}}]})) as url:
        reply = Llm(url, "", "made").complete("one, two")
    assert (reply.tokens_in, reply.tokens_out) == (3, 2)


@pytest.mark.parametrize(
    ("protocol", "reply", "right"),
    [
        ("locomo", 'The same day. {"label": "CORRECT"}', True),
        ("locomo", '{"label": "WRONG"}', False),
        ("locomo", "It is not WRONG, so: CORRECT", True),
        ("locomo", "INCORRECT", None),
        ("longmemeval", "Yes.", True),
        ("longmemeval", "No, it is not.", False),
        ("longmemeval", "I don't know", None),
        ("longmemeval", "", None),
    ],
)
def test_a_verdict_is_read_from_a_reply(protocol: str, reply: str, right: bool | None) -> None:
    assert verdict(protocol, reply) is right


@pytest.mark.parametrize(
    ("category", "said"),
    [
        ("multi-session", "only a part"),
        ("temporal-reasoning", "one off is right"),
        ("knowledge-update", "earlier states"),
        ("single-session-preference", "Rubric: the Skylark"),
    ],
)
def test_each_kind_of_question_is_judged_by_its_rule(category: str, said: str) -> None:
    asked = Question("q", category, "Which kite?", "the Skylark", ())
    assert said in to_judge("longmemeval", asked, "the {Delta}")
    assert "Response: the {Delta}" in to_judge("longmemeval", asked, "the {Delta}")


def test_the_day_of_the_question_is_told_to_who_reads() -> None:
    prompt = to_read("longmemeval", KITE, "the {block}")
    assert "Today's date: 2023/06/01 (Thu) 10:00" in prompt
    assert "the {block}" in prompt
