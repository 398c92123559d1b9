"""Runs a folder of cases and prints the figures that ``bench/cases/README.md`` tells."""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bench.conversations import read_folder
from bench.found import NotIngested, Outcome
from bench.recall.intervals import wilson
from bench.scoring import Score, Tally, score
from bench.shapes import SINGLE, Conversation

FIGURES = [
    "precision", "recall", "dates right", "kinds right", "links right", "endings right", "closings right", "left live",
    "entities right", "apart right", "kept out", "summaries right", "language right", "ingested",
]  # fmt: skip
IN_GROUPS = ["precision", "recall", "dates right", "closings right", "left live", "kept out"]

ALL_BUT_SINGLE = "(all but single)"

Remember = Callable[[Conversation], Outcome]


def measure(description: str | None, remember: Callable[[], Remember]) -> None:
    """What a program does that measures ``remember`` on the folder of its command line."""
    options = _options(description)
    started = time.perf_counter()
    cases = [case for case in read_folder(options.folder) if options.category in (None, case.category)]
    scores = run(cases, remember())
    report(told(scores) if options.verbose else scores)
    print(f"\n{len(cases)} cases, {time.perf_counter() - started:.0f} s, the models' loading included")


def _options(description: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--category", help="only the cases of this category")
    parser.add_argument(
        "--verbose", action="store_true", help="say what was wrong in each case (not on test while you are building)"
    )
    return parser.parse_args()


def run(cases: Iterable[Conversation], remember: Remember) -> Iterator[tuple[Conversation, Score]]:
    for case in cases:
        yield case, _scored(case, remember)


def _scored(case: Conversation, remember: Remember) -> Score:
    """One that could not be ingested counts as such, and in no other figure."""
    try:
        outcome = remember(case)
    except NotIngested as error:
        made = Score()
        made.check("ingested", False, error)
        return made
    made = score(case, outcome)
    made.tally.count("ingested", right=True)
    return made


def report(scores: Iterable[tuple[Conversation, Score]]) -> None:
    groups: dict[str, dict[str, Tally]] = {by: defaultdict(Tally) for by in ("all", "category", "language")}
    for case, made in scores:
        for by, group in zip(groups, ("all", case.category, case.language), strict=True):
            groups[by][group].add(made.tally)
        if case.category != SINGLE:
            groups["category"][ALL_BUT_SINGLE].add(made.tally)
    for figure in FIGURES:
        print(_line(figure, groups["all"]["all"]))
    for by in ("category", "language"):
        print("", _row(by, IN_GROUPS), *(_of_group(name, groups[by][name]) for name in sorted(groups[by])), sep="\n")


def _line(figure: str, tally: Tally) -> str:
    if not tally.asked[figure]:
        return f"{figure:<16} not asked"
    share = wilson(tally.right[figure], tally.asked[figure])
    counts = f"{tally.right[figure]} of {tally.asked[figure]}"
    return f"{figure:<16} {share.mean:.3f}  [{share.low:.3f}, {share.high:.3f}]  {counts}"


def _of_group(name: str, tally: Tally) -> str:
    return _row(name, [_share(tally.right[figure], tally.asked[figure]) for figure in IN_GROUPS])


def _share(right: int, asked: int) -> str:
    return f"{right / asked:.3f} ({right}/{asked})" if asked else "-"


def _row(name: str, cells: list[str]) -> str:
    return f"{name:<18}" + "".join(f"{cell:<18}" for cell in cells).rstrip()


def told(scores: Iterable[tuple[Conversation, Score]]) -> Iterator[tuple[Conversation, Score]]:
    """Say what was wrong in each case on the way."""
    for case, made in scores:
        if made.wrong:
            said = [f"{one.said_at:%Y-%m-%d} {one.speaker or one.role}: {one.text}" for one in case.messages]
            print(f"{case.case} ({case.category})", *said, *(f"  {wrong}" for wrong in made.wrong), "", sep="\n    ")
        yield case, made
