"""Makes a TypeScript and a Python client from `docs/openapi.yaml`, checks them and tries them on a running Memos.

What is made lies in `generated/` and is never committed. The generators are pinned in `package-lock.json` and
`requirements.txt`, which hold names, versions and hashes.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bench.throwaway import running

HERE = Path(__file__).resolve().parent
MADE = HERE / "generated"
SCHEMA = HERE.parent.parent / "docs/openapi.yaml"
UV = Path(sys.executable).with_name("uv")


def main() -> None:
    shutil.rmtree(MADE, ignore_errors=True)
    with_node = shutil.which("npm")
    if with_node:
        _make_typescript()
    python = _make_python()
    with running(LOG_LEVEL="ERROR") as memos:
        tried = os.environ | {"MEMOS_BASE": memos.base, "MEMOS_KEY": memos.key}
        if with_node:
            _run("npm", "run", "--silent", "try", env=tried)
        _run(python, "try_it.py", env=tried | {"PYTHONPATH": str(MADE / "python")})
    print("Both clients work." if with_node else "The Python client works; there is no npm for the other.")


def _make_typescript() -> None:
    _run("npm", "ci", "--silent")
    for script in ("generate", "build"):
        _run("npm", "run", "--silent", script)


def _make_python() -> str:
    venv = MADE / "venv"
    _run(UV, "venv", "--quiet", venv)
    python = str(venv / "bin/python")
    _run(UV, "pip", "sync", "--quiet", "--require-hashes", "--python", python, "requirements.txt")
    package = MADE / "python/memos_client"
    package.parent.mkdir(parents=True)
    command = [venv / "bin/openapi-python-client", "generate", "--path", SCHEMA, "--output-path", package]
    path = os.environ | {"PATH": f"{venv / 'bin'}:{os.environ['PATH']}"}
    _run(*command, "--meta", "none", "--fail-on-warning", "--config", "openapi-python-client.yaml", env=path)
    strict = ("--strict", "--config-file", "", "--cache-dir", str(MADE / "mypy"))
    _run(python, "-m", "mypy", *strict, "try_it.py", env=os.environ | {"MYPYPATH": str(MADE / "python")})
    return python


def _run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    print("$", *[Path(part).name if Path(part).is_absolute() else part for part in command], flush=True)
    subprocess.run([str(part) for part in command], cwd=HERE, env=env, check=True)


if __name__ == "__main__":
    main()
