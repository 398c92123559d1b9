"""Brings .venv in step with a lock: `python3 requirements/sync.py run|test|dev`. Needs the standard library alone.

A lock that is in already costs nothing. The larger locks hold all of the smaller: a developer's .venv serves
`make run` too and is not stripped by it.
"""

from __future__ import annotations  # an older Python must get as far as the sentence below

import hashlib
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE.parent / ".venv"
PYTHON = VENV / "bin" / "python"
PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
PIP_INSTALL = [*PIP, "install", "--quiet", "--no-input", "--retries", "2", "--require-hashes", "-r"]
LOCKS = ["run", "test", "dev"]


def main(lock: str) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036
        stop("Memos needs Python 3.11 or newer, and python3 is {}.{}.".format(*sys.version_info))
    version = venv_version()
    if version and is_in(lock, version):
        return
    print(f"memos: setting up .venv with requirements/{lock}.txt …", flush=True)
    if not version:
        make_venv()
    ensure_uv()
    install(lock, exact=not version or not has_more_than(lock))
    for smaller in LOCKS[: LOCKS.index(lock) + 1]:
        stamp(smaller).write_text(fingerprint(smaller, venv_version()))


def venv_version() -> str:
    """The version of the Python in .venv; empty where there is none that runs, as after an upgrade of the system."""
    command = "import sys, pip; print(sys.version_info[:2])"
    try:
        done = subprocess.run(
            [str(PYTHON), "-c", command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
        )
    except OSError:
        return ""
    return done.stdout.decode().strip() if done.returncode == 0 else ""


def stamp(lock: str) -> Path:
    return VENV / f".synced-{lock}"


def fingerprint(lock: str, version: str) -> str:
    return version + hashlib.sha256((HERE / f"{lock}.txt").read_bytes()).hexdigest()


def is_in(lock: str, version: str) -> bool:
    return stamp(lock).exists() and stamp(lock).read_text() == fingerprint(lock, version)


def has_more_than(lock: str) -> bool:
    """Whether a larger lock was put in, or somebody else than us made .venv: then nothing is taken out of it."""
    return any(stamp(name).exists() for name in LOCKS[LOCKS.index(lock) + 1 :]) or not stamp("run").exists()


def make_venv() -> None:
    try:
        import ensurepip  # noqa: F401, PLC0415
    except ImportError:
        stop("This Python cannot make a virtual environment (ensurepip is missing): install python3-venv.")
    done = run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    if done.returncode != 0:
        tell(done, "The virtual environment .venv cannot be made.")


def ensure_uv() -> None:
    done = run([*PIP_INSTALL, str(HERE / "uv.txt")])
    if done.returncode != 0:
        tell(done, "uv cannot be installed: check the network, or point PIP_INDEX_URL to a mirror of the registry.")


def install(lock: str, exact: bool) -> None:
    """uv is ten times as fast as pip; pip knows mirrors and certificates that uv has not been told of."""
    path = str(HERE / f"{lock}.txt")
    options = ["--require-hashes", "--quiet", "--python", str(PYTHON), *mirror()]
    uv = [str(VENV / "bin" / "uv"), "pip", *(["sync"] if exact else ["install", "-r"]), path, *options]
    for command in (uv, [*uv, "--system-certs"], [*PIP_INSTALL, path]):
        done = run(command)
        if done.returncode == 0:
            return
    tell(
        done, "The packages cannot be installed: check the network, or point PIP_INDEX_URL to a mirror of the registry."
    )


def mirror() -> list[str]:
    """Who has set a mirror for pip means it for uv too."""
    if os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL"):
        return []
    done = run([*PIP, "config", "get", "global.index-url"])
    url = os.environ.get("PIP_INDEX_URL") or done.stdout.decode().strip()
    return ["--default-index", url] if url else []


def run(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    environment = dict(os.environ, UV_PYTHON_DOWNLOADS="never")
    return subprocess.run(command, env=environment, capture_output=True, check=False)


def tell(done: subprocess.CompletedProcess[bytes], sentence: str) -> None:
    sys.stderr.write((done.stdout + done.stderr).decode(errors="replace")[-2000:])
    stop(sentence)


def stop(sentence: str) -> None:
    sys.exit(f"memos: {sentence}")


if __name__ == "__main__":
    main(sys.argv[1])
