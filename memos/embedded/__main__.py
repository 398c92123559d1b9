"""`python -m memos.embedded run` starts everything; `… exec -- COMMAND` runs a command on throwaway servers."""

import argparse
import os
import sys
from pathlib import Path

from memos.embedded import options, supervisor, throwaway
from memos.embedded.errors import EmbeddedError
from memos.embedded.interrupt import Interrupted

ROOT = Path(__file__).resolve().parent.parent.parent


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m memos.embedded", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("run", help="start Memos and stay in the foreground")
    execute = actions.add_parser("exec", help="run a command on servers that are gone afterwards")
    execute.add_argument("command", nargs="+")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.action == "run":
            return supervisor.run(options.read(ROOT))
        # what a .env says is meant for the real servers and the real keys
        return throwaway.run(options.read(ROOT, os.environ | {"MEMOS_ENV_FILE": ""}), chosen.command)
    except EmbeddedError as error:
        print(f"memos: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"memos: {error.filename or 'the system'}: {error.strerror}.", file=sys.stderr)
        return 1
    except Interrupted:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
