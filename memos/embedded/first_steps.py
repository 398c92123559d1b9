"""Runs `manage.py bootstrap`, and tells how to begin."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from memos.embedded.errors import EmbeddedError
from memos.embedded.interrupt import wait_until
from memos.embedded.options import Options

_SECONDS = 600
"""A migration of much data may take minutes; nothing that takes longer belongs into a start."""


@dataclass(frozen=True)
class FirstSteps:
    """What was made just now, and so can be shown this once; None where it was there before."""

    operator: str | None = None
    password: str | None = None
    project: str | None = None
    key: str | None = None
    notes: tuple[str, ...] = ()


def bootstrap(root: Path, env: dict[str, str], pause: Callable[[float], None]) -> FirstSteps:
    """Not written to any log: the key and the password are in what it says."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "bootstrap", "--json"],
        cwd=root,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        process_group=0,
    )
    try:
        if not wait_until(lambda: process.poll() is not None, seconds=_SECONDS, pause=pause):
            raise EmbeddedError(f"The database is not migrated after {_SECONDS} s: Memos stops.")
        said, complaint = (text.decode(errors="replace") for text in process.communicate())
    finally:
        process.kill()
        process.wait()
    if process.returncode != 0:
        raise EmbeddedError(_last_line(complaint))
    found = json.loads(said)
    return FirstSteps(**found | {"notes": tuple(found.get("notes", ()))})


def _last_line(complaint: str) -> str:
    """The message of a traceback without its class, or what a command said."""
    lines = [line.strip() for line in complaint.splitlines() if line.strip()] or ["bootstrap failed without a word"]
    name, colon, message = lines[-1].partition(": ")
    return message if colon and "." in name and " " not in name else lines[-1]


def banner(options: Options, steps: FirstSteps, base: str, seconds: float) -> str:
    lines = [f"Memos is running, {seconds:.1f} s after its start. Ctrl-C stops it.", ""]
    lines += [f"  API       {base}/v1", f"  Docs      {base}/docs/", f"  Console   {base}/admin/"]
    if steps.operator:
        lines += [f"            operator {steps.operator}, password {steps.password}    (shown this once)"]
    if steps.key:
        lines += [f"  API key   {steps.key}    (project {steps.project}, shown this once)"]
    lines += [f"  Data      {options.data_dir}, logs in {options.data_dir / 'logs'}", ""]
    lines += [f"  {note}" for note in steps.notes]
    if not steps.key:
        lines += ["  Another API key: .venv/bin/python manage.py create_key default; then: export MEMOS_KEY=mos_live_…"]
    lines += ["Try it, one line after the other:", "", *try_it(base, steps.key or "$MEMOS_KEY"), ""]
    return "\n".join(lines)


def try_it(base: str, key: str) -> list[str]:
    """Three lines for a shell with curl: make a user, say something in a thread, ask for the context."""
    get = f'curl -sS -H "Authorization: Bearer {key}"'
    send = f'{get} -H "Content-Type: application/json"'
    user = """{"externalId": "ada", "firstName": "Ada"}"""
    said = "I moved to Lisbon last week. I am allergic to peanuts, and my dog is called Rex."
    message = f'{{"role": "user", "content": "{said}"}}'
    wait = f"""for i in 1 2 3 4 5 6 7 8; do {get} {base}/v1/jobs/$J | grep -q '"done"' && break; sleep 1; done"""
    return [
        f"U=$({send} {base}/v1/users -d '{user}' | tee /dev/stderr | grep -o 'usr_[0-9A-Z]*'); echo",
        f"T=$({send} {base}/v1/users/$U/threads -d '{{}}' | grep -o 'thr_[0-9A-Z]*'); "
        f"J=$({send} {base}/v1/threads/$T/messages -d '{message}' | tee /dev/stderr | grep -o 'ij_[0-9A-Z]*'); echo",
        f'{wait}; {get} -H "Accept: text/plain" {base}/v1/users/$U/context; echo',
    ]
