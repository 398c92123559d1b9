"""schemathesis against a running Memos: all checks, all phases, many examples. `make fuzz ARGS="--max-examples 200"`.

The server is one of its own with data that are gone afterwards. It holds enough things that the ids which
`tests.fuzzing` puts into requests exist, though many of the requests delete. What is found is printed with the curl
command that shows it again, and so is how many cases were run in what time.
"""

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx

from bench.throwaway import Running, running

CONFIG = Path(__file__).with_name("schemathesis.toml")
USERS = 40
GROUPS = ["acme", *(f"group-{number}" for number in range(9))]
HOOK = "http://127.0.0.1:9/hooks"
"""Nobody listens there."""
SAID = "I work at Acme as a designer and live in Lisbon."


def main(arguments: list[str]) -> int:
    with running(LOG_LEVEL="ERROR", MEMOS_WEBHOOK_NETWORKS="127.0.0.0/8") as memos:
        real = _filled(memos)
        environment = os.environ | {"SCHEMATHESIS_HOOKS": "tests.fuzzing", "FUZZ_REAL": json.dumps(real)}
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)]
        command += ["run", f"{memos.base}/schema/", "--url", memos.base, "--checks", "all", "--continue-on-failure"]
        command += ["--phases", "examples,coverage,fuzzing,stateful"]
        command += ["-H", f"Authorization: Bearer {memos.key}", *arguments]
        return subprocess.run(command, env=environment, check=False).returncode


def _filled(memos: Running) -> dict[str, list[str]]:
    """Prefix → ids; once the jobs are done there are memories, entities and relations too."""
    found: dict[str, list[str]] = defaultdict(list, group=GROUPS, url=[HOOK])
    with httpx.Client(base_url=f"{memos.base}/v1", headers=memos.headers, timeout=60) as api:
        for name in GROUPS:
            _made(api, "/groups", {"name": name})
        for _ in range(USERS):
            user = _made(api, "/users", {"firstName": "Alice"})
            thread = _made(api, f"/users/{user['id']}/threads", {})
            said = _made(api, f"/threads/{thread['id']}/messages", {"role": "user", "content": SAID})["ingested"][0]
            for ref in (user["id"], user["graphId"], thread["id"], said["messageId"], said["jobId"]):
                found[ref.partition("_")[0]].append(ref)
        found["whk"] = [_made(api, "/webhooks", {"url": HOOK})["id"] for _ in range(10)]
        for ref in found["ij"]:
            _wait(api, ref)
        for graph in found["grph"]:
            for kind in ("memories", "entities", "relations", "episodes"):
                rows = api.get(f"/graphs/{graph}/{kind}").raise_for_status().json()[kind]
                found[rows[0]["id"].partition("_")[0]] += [row["id"] for row in rows] if rows else []
    return dict(found)


def _made(api: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    return api.post(path, json=body).raise_for_status().json()  # type: ignore[no-any-return]


def _wait(api: httpx.Client, job: str) -> None:
    while api.get(f"/jobs/{job}").raise_for_status().json()["status"] != "done":
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
