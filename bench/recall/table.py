"""Results as Markdown."""

from collections.abc import Iterator, Sequence
from typing import Any

Results = Sequence[dict[str, Any]]


def render(results: Results) -> str:
    """One or more systems on the same data."""
    parts = [_quality(results), _cost(results), _judge([each for each in results if each.get("judge")])]
    return "\n\n".join(part for part in parts if part)


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def share(value: float) -> str:
    """.844, 1.000, -.012: as short as a share can be said."""
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.3f}"


def with_interval(figure: dict[str, float] | None) -> str:
    return f"{share(figure['mean'])} [{share(figure['low'])}, {share(figure['high'])}]" if figure else "–"


def columns(budgets: Sequence[int]) -> list[str]:
    most = max(budgets)
    return [*(f"evidence@{budget}" for budget in budgets), f"all@{most}", f"answer@{most}", "recall@10"]


def _quality(results: Results) -> str:
    shown = columns(results[0]["budgets"])
    rows = [
        [name, str(group["questions"]), each["system"], *(with_interval(group["figures"].get(one)) for one in shown)]
        for name, each, group in _groups(results)
    ]
    return markdown(["questions", "n", "system", *shown], rows)


def _groups(results: Results) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for name in dict.fromkeys(name for each in results for name in each["groups"]):
        for each in results:
            if name in each["groups"]:
                yield name, each, each["groups"][name]


def _cost(results: Results) -> str:
    budgets = results[0]["budgets"]
    calls = ["search", *(f"context@{budget}" for budget in budgets)]
    head = [*(f"tokens@{budget}" for budget in budgets), "over budget", *(f"{call} ms p50 / p95" for call in calls)]
    return markdown(["system", *head, "messages told"], [_cost_row(each, budgets, calls) for each in results])


def _cost_row(result: dict[str, Any], budgets: Sequence[int], calls: Sequence[str]) -> list[str]:
    figures = result["groups"].get("all", {}).get("figures", {})
    used = [f"{figures[f'tokens@{budget}']['mean']:.0f}" if figures else "–" for budget in budgets]
    over = f"{max(figures[f'over@{budget}']['mean'] for budget in budgets):.1%}" if figures else "–"
    times = [result["latency"].get(call) for call in calls]
    shown = [f"{time['p50']:.1f} / {time['p95']:.1f}" if time else "–" for time in times]
    return [result["system"], *used, over, *shown, _told(result.get("told"))]


def _told(told: dict[str, float] | None) -> str:
    return f"{told['messages']} in {told['seconds']:.0f} s" if told and told["seconds"] else "–"


def _judge(results: Results) -> str:
    return "\n\n".join(_verdicts(each["system"], each["judge"]) for each in results)


def _verdicts(system: str, judge: dict[str, Any]) -> str:
    rows = [
        [name, str(group["questions"]), with_interval(group["accuracy"])]
        + [f"{group[key]:.0f}" for key in ("blockTokens", "promptTokens")]
        for name, group in judge["groups"].items()
    ]
    told = (
        f"{system}, read and judged by {judge['model']} after {judge['protocol']}: {judge['tokensIn']} tokens in, "
        f"{judge['tokensOut']} out, {judge['unclear']} verdicts unclear (counted as wrong)."
    )
    return f"{told}\n\n" + markdown(["questions", "n", "accuracy", "tokens of the block", "tokens of the prompt"], rows)
