"""How well facts are extracted, on a folder of cases: ``python -m bench.extraction bench/cases/test``.

The form of the cases and the definitions of the figures are in ``bench/cases/README.md``.
"""

import argparse
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from graphs.kinds import Precision
from ingest.extractors.base import SPEAKER, Extractor, Fact, Utterance
from ingest.extractors.local import LocalExtractor

SAID_AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
FORMATS = {Precision.YEAR: "%Y", Precision.MONTH: "%Y-%m", Precision.DAY: "%Y-%m-%d", Precision.TIME: "%Y-%m-%dT%H:%M"}


@dataclass
class Tally:
    extracted: int = 0
    expected: int = 0
    met: int = 0
    tolerated: int = 0
    asked: dict[str, int] = field(default_factory=dict)
    right: dict[str, int] = field(default_factory=dict)

    def count(self, figure: str, *, asked: bool, right: bool) -> None:
        self.asked[figure] = self.asked.get(figure, 0) + asked
        self.right[figure] = self.right.get(figure, 0) + (asked and right)


def utterances(case: dict[str, Any]) -> list[Utterance]:
    messages: list[dict[str, Any]] = [{"text": each} if isinstance(each, str) else each for each in case["messages"]]
    return [Utterance(each["text"], each.get("saidAt", SAID_AT), speaker=each.get("speaker")) for each in messages]


def meets(fact: Fact, words: Sequence[object]) -> bool:
    return all(re.search(rf"(?<!\w){re.escape(str(word))}", fact.content, re.IGNORECASE) for word in words)


def has_right_dates(fact: Fact, expected: dict[str, Any]) -> bool:
    if expected.get("from") == "any":
        return True
    return _start(fact) == expected.get("from") and _end(fact) == expected.get("until")


def _start(fact: Fact) -> str | None:
    span = fact.span
    return span.valid_from.strftime(FORMATS[span.precision]) if span.valid_from and span.precision else None


def _end(fact: Fact) -> str | None:
    return f"{fact.span.valid_to:%Y-%m-%d}" if fact.span.valid_to else None


def has_date(fact: Fact, expected: dict[str, Any]) -> bool:
    said = bool({"from", "until"} & set(expected)) and expected.get("from") != "any"
    return said or (bool(fact.span.valid_from or fact.span.valid_to) and expected.get("from") != "any")


def link_names(fact: Fact) -> set[tuple[str, str, str]]:
    return {(_name(link.subject.name), link.predicate, _name(link.object.name)) for link in fact.links}


def _name(name: str) -> str:
    return "me" if name == SPEAKER else name.lower()


def compare(fact: Fact, expected: dict[str, Any], tally: Tally) -> list[str]:
    kinds = expected["kind"] if isinstance(expected["kind"], list) else [expected["kind"]]
    links = {(_name(s), p, _name(o)) for s, p, o in expected.get("links", ())}
    ends = {(p, o.lower() if o else None) for p, o in expected.get("ends", ())}
    found = {(e.predicate, e.object.lower() if e.object else None) for e in fact.ends}
    checks = {
        "dates": (has_date(fact, expected), has_right_dates(fact, expected)),
        "kinds": (True, fact.kind.value in kinds),
        "links": (bool(links), links <= link_names(fact)),
        "endings": ("ends" in expected, ends <= found if ends else not found),
    }
    for figure, (asked, right) in checks.items():
        tally.count(figure, asked=asked, right=right)
    return [figure for figure, (asked, right) in checks.items() if asked and not right]


def score(case: dict[str, Any], facts: list[Fact], tally: Tally) -> list[str]:
    """Count one case, and return what was wrong with it in words."""
    wrong, left = [], list(facts)
    for expected in case.get("facts", ()):
        fact = next((each for each in left if meets(each, expected["words"])), None)
        tally.expected += 1
        if fact is None:
            wrong.append(f"missed {expected['words']}")
            continue
        left.remove(fact)
        tally.met += 1
        wrong += [f"{figure}: {shown(fact)}" for figure in compare(fact, expected, tally)]
    tolerated = [fact for fact in left if any(meets(fact, words) for words in case.get("may", ()))]
    tally.tolerated += len(tolerated)
    tally.extracted += len(facts)
    return wrong + [f"surplus {shown(fact)}" for fact in left if fact not in tolerated]


def shown(fact: Fact) -> str:
    links = " ".join(f"({' '.join(link)})" for link in sorted(link_names(fact)))
    ends = " ".join(f"-{e.predicate}:{e.object}" for e in fact.ends)
    return (
        f"[{fact.kind.value} {_start(fact)}/{_end(fact)}] {fact.content.replace(SPEAKER, '@')} {links} {ends}".strip()
    )


def run(folder: Path, extractor: Extractor, *, verbose: bool) -> Tally:
    tally = Tally()
    cases = [case for path in sorted(folder.glob("*.yaml")) for case in yaml.safe_load(path.read_text())]
    for case in cases:
        facts = [fact for each in extractor.extract(utterances(case)) for fact in each]
        wrong = score(case, facts, tally)
        if wrong and verbose:
            print(f"{case['case']}: {case['messages']}", *wrong, sep="\n    ")
    return tally


def report(tally: Tally) -> None:
    counted = tally.extracted - tally.tolerated
    print(f"precision      {tally.met / max(1, counted):.3f}  ({tally.met} of {counted})")
    print(f"recall         {tally.met / max(1, tally.expected):.3f}  ({tally.met} of {tally.expected})")
    for figure, asked in tally.asked.items():
        print(f"{figure + ' right':<14} {tally.right[figure] / max(1, asked):.3f}  ({tally.right[figure]} of {asked})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--verbose", action="store_true", help="say what was wrong in each case (not on test while you are building)"
    )
    options = parser.parse_args()
    started = time.perf_counter()
    report(run(options.folder, LocalExtractor(), verbose=options.verbose))
    print(f"{time.perf_counter() - started:.1f} s, the model's loading included")


if __name__ == "__main__":
    main()
