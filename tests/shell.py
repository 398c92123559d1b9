"""What a reader pastes into a shell."""

import os
import re
import subprocess

_QUOTED = re.compile(r"""'[^']*'|"(?:\\.|[^"\\])*+["]""", re.DOTALL)
_ADDRESS = re.compile(r"(?:https?://|\$MEMOS_URL|\$MEMOS\b)\S*")
_TAKEN = re.compile(r"\$\{?(?:USER|HOME|PATH|SHELL|LOGNAME|HOSTNAME)\b")


def pasted(script: str, given: dict[str, str]) -> str:
    """What bash writes for it. A command that fails inside does not end it, as it would not in a terminal."""
    done = subprocess.run(
        ["bash", "-c", script], env=os.environ | given, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def wrong_with(script: str) -> list[str]:
    """Why a shell would not do what is meant."""
    parsed = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    bare = _QUOTED.sub("''", script)
    addresses = [f"not quoted: {found}" for found in _ADDRESS.findall(bare) if re.search(r"[?&]", found)]
    taken = [f"every shell sets it already: {found}" for found in _TAKEN.findall(script)]
    return [*parsed.stderr.splitlines(), *addresses, *taken]
