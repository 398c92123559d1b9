"""Measure what a running Memos recalls, through its HTTP API: see docs/recall.md.

MEMOS_URL=http://127.0.0.1:8000 MEMOS_KEY=mos_live_… python -m bench.recall run locomo10.json --out /tmp/locomo
python -m bench.recall compare /tmp/locomo /tmp/locomo-before
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.recall.compare import compare
from bench.recall.errors import BenchError
from bench.recall.journal import held
from bench.recall.run import SYSTEMS, Options, run, server
from bench.recall.table import render


def main(arguments: Sequence[str] | None = None) -> int:
    """0, 2 after one sentence on standard error about what is wrong, 130 after Ctrl-C."""
    given = _parser().parse_args(arguments)
    try:
        print(given.command(given))
    except BenchError as error:
        print(f"recall: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("recall: stopped. The same command goes on from here.", file=sys.stderr)
        return 130
    return 0


def _run(given: argparse.Namespace) -> str:
    wanted = {name: value for name, value in vars(given).items() if name != "command"}
    options = Options(**wanted | {"budgets": sorted(given.budgets)})
    with held(options.out):
        return render(run(options))


def _table(given: argparse.Namespace) -> str:
    found = [given.folder / f"{name}.json" for name in SYSTEMS]
    results = [json.loads(path.read_text(encoding="utf-8")) for path in found if path.exists()]
    if not results:
        raise BenchError(f"{given.folder} holds no results.")
    return render(results)


def _compare(given: argparse.Namespace) -> str:
    return compare(given.a, given.b)


def _forget(given: argparse.Namespace) -> str:
    with held(given.folder):
        return f"users deleted: {server(given.folder, 1, 0.0).forget()}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.recall", description=__doc__, formatter_class=_Formatter)
    commands = parser.add_subparsers(required=True)
    _add_run(commands.add_parser("run", help="measure, or go on where a run stopped, and print the table"))
    table = commands.add_parser("table", help="print the table of a folder once more")
    table.add_argument("folder", type=Path)
    table.set_defaults(command=_table)
    both = commands.add_parser("compare", help="A minus B, paired: folders, or SYSTEM.json in them")
    both.add_argument("a", type=Path)
    both.add_argument("b", type=Path)
    both.set_defaults(command=_compare)
    forget = commands.add_parser("forget", help="delete the users that a run made on the server")
    forget.add_argument("folder", type=Path)
    forget.set_defaults(command=_forget)
    return parser


class _Formatter(argparse.RawDescriptionHelpFormatter):
    pass


def _add_run(parser: argparse.ArgumentParser) -> None:
    default = Options(Path(), Path())
    parser.add_argument("data", type=Path, help="LoCoMo's or LongMemEval's JSON, or a folder of cases")
    parser.add_argument("--out", type=Path, required=True, help="folder for what is measured")
    parser.add_argument("--only", type=_names, default=[], help="ids of conversations, with commas between them")
    parser.add_argument("--systems", type=_systems, default=default.systems, help="default memos,bm25,random")
    parser.add_argument("--budgets", type=_numbers, default=default.budgets, help="tokens of a block, default 500,1500")
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--parallel", type=_count, default=default.parallel, help="conversations told at a time")
    parser.add_argument("--patience", type=float, default=default.patience, help="seconds to wait for any job to end")
    parser.add_argument("--judge", type=_systems, default=default.judges, dest="judges", help="default memos")
    parser.add_argument("--no-judge", action="store_const", const=(), dest="judges")
    parser.set_defaults(command=_run)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _systems(text: str) -> list[str]:
    if unknown := set(_names(text)) - set(SYSTEMS):
        raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}: take {', '.join(SYSTEMS)}")
    return _names(text)


def _numbers(text: str) -> list[int]:
    return [_count(number) for number in _names(text)]


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
