"""Where Chromium is; `python -m tests.browser.chromium` installs it where that can be done without asking anybody.

Debian's package comes first: as root, or by a sudo that wants no password. Then Playwright's own download is tried.
Where neither works the browser tests are skipped, and say so.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
SECONDS = 300
LACKING = "NO BROWSER: Chromium is not here and could not be installed, so the console is not tested in a browser."


def find() -> str | None:
    """The path of a Chromium; `MEMOS_TEST_CHROMIUM` names another one than what is found."""
    named = os.environ.get("MEMOS_TEST_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None) or _of_playwright()


def _of_playwright() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    packages = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium", "fonts-dejavu-core"]
    may = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and (not may or shutil.which("sudo")):
        _run([*may, "apt-get", "update", "-q"])
        if _run([*may, "env", "DEBIAN_FRONTEND=noninteractive", *packages]):
            return
    _run([sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"])


def _run(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=SECONDS, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__":
    if not find():
        print("memos: installing Chromium for the tests of the console …", flush=True)
        install()
    if not find():
        print(f"memos: {LACKING}", file=sys.stderr, flush=True)
