"""Settings of the embedded start, from the environment or `.env`, checked before anything happens."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import environ

from memos import environment as settings
from memos.embedded.errors import EmbeddedError

_KEY = re.compile(r"mos_live_[A-Za-z0-9]{20,200}")
_OPERATOR = re.compile(r"[\w.@+-]{1,150}:.+", re.DOTALL)
_SCHEMES = {
    "DATABASE_URL": ("postgres", "postgresql", "psql", "pgsql"),
    "REDIS_URL": ("redis", "rediss", "unix"),
}


@dataclass(frozen=True)
class Options:
    root: Path
    data_dir: Path
    host: str
    port: int
    web_threads: int
    worker_concurrency: int
    database_url: str | None
    redis_url: str | None
    environment: dict[str, str]
    """The environment with `.env` in it, for the processes that are started."""


def read(root: Path, environment: Mapping[str, str] = os.environ) -> Options:
    """Raises EmbeddedError that names the first setting with a wrong value. An empty value is no value."""
    merged = _with_env_file(root / environment.get("MEMOS_ENV_FILE", ".env"), environment)
    given = {name: value.strip() for name, value in merged.items() if value.strip()}
    _check_bootstrap(given)
    _check_the_rest(given)
    return Options(
        root=root,
        data_dir=(root / Path(given.get("MEMOS_DATA_DIR", "data")).expanduser()).absolute(),
        host=given.get("HOST", "127.0.0.1"),
        port=_number(given, "PORT", 8000, 1, 65535),
        web_threads=_number(given, "WEB_THREADS", 8, 1, 256),
        worker_concurrency=_number(given, "WORKER_CONCURRENCY", 2, 1, 64),
        database_url=_url(given, "DATABASE_URL"),
        redis_url=_url(given, "REDIS_URL"),
        environment=merged,
    )


def _with_env_file(path: Path, environment: Mapping[str, str]) -> dict[str, str]:
    class Reader(environ.Env):
        ENVIRON = dict(environment)

    try:
        if path.is_file():
            Reader.read_env(path)
    except (OSError, ValueError) as error:
        raise EmbeddedError(f"{path} cannot be read: {error}.") from error
    return dict(Reader.ENVIRON)


def _number(given: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    value = given.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
        raise EmbeddedError(f"{name} has to be a whole number from {low} to {high}, not {value!r}.")
    return int(value)


def _url(given: Mapping[str, str], name: str) -> str | None:
    """Says what is wrong without showing the value, which holds a password."""
    if name not in given:
        return None
    try:
        parts = urlsplit(given[name])
        known = parts.scheme in _SCHEMES[name] and (parts.port or True)
    except ValueError:
        known = False
    if not known:
        raise EmbeddedError(f"{name} has to be a URL that begins with {_SCHEMES[name][0]}://.")
    return given[name]


def _check_the_rest(given: Mapping[str, str]) -> None:
    """What the web process and the workers read themselves: told before anything is started."""
    try:
        values = settings.read(settings.Environment(given))
    except settings.WrongSetting as error:
        raise EmbeddedError(str(error)) from None
    threads = _number(given, "WEB_THREADS", 8, 1, 256)
    if 0 < values.database_pool < threads:
        raise EmbeddedError(
            f"DATABASE_POOL has to be 0 or at least WEB_THREADS ({threads}), not {values.database_pool}."
        )


def _check_bootstrap(given: Mapping[str, str]) -> None:
    if not _KEY.fullmatch(given.get("MEMOS_BOOTSTRAP_KEY", "mos_live_" + 20 * "0")):
        raise EmbeddedError("MEMOS_BOOTSTRAP_KEY has to be mos_live_ and 20 or more letters and digits.")
    if not _OPERATOR.fullmatch(given.get("MEMOS_BOOTSTRAP_OPERATOR", "name:password")):
        raise EmbeddedError("MEMOS_BOOTSTRAP_OPERATOR has to be name:password, the name of letters, digits and @.+-_.")
