"""Settings from the environment or `.env`, read strictly: a wrong value stops the start and names itself.

It knows nothing of Django, so that the supervisor can read them before anything is started.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

import environ

TRUE = ("true", "1", "yes", "on")
FALSE = ("false", "0", "no", "off")
MAX_BODY_BYTES = 10 * 1024 * 1024
EMBEDDERS = ("local", "remote", "none")
WHO_NEEDS_TWO_FACTOR = ("none", "admins", "all")
_LONGEST_MODEL = 90


class WrongSetting(ValueError):
    """A setting has a value that it can't have. The message names it."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Reads values by name; an empty value is no value."""

    values: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(name, "").strip() or default

    def items(self, name: str, default: list[str]) -> list[str]:
        """Values with commas between them."""
        return [item.strip() for item in self.text(name).split(",") if item.strip()] or default

    def flag(self, name: str, default: bool) -> bool:
        value = self.text(name, str(default)).lower()
        if value not in TRUE + FALSE:
            raise WrongSetting(f"{name} has to be true or false, not {value!r}.")
        return value in TRUE

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal() or not low <= int(value) <= high:
            raise WrongSetting(f"{name} has to be a whole number from {low} to {high}, not {value!r}.")
        return int(value)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise WrongSetting(f"{name} has to be one of {', '.join(choices)}, not {value!r}.")
        return value

    def origins(self, name: str) -> list[str]:
        found = self.items(name, [])
        for origin in found:
            if not origin.startswith(("https://", "http://")):
                raise WrongSetting(f"{name} has to be origins such as https://memos.example.com, not {origin!r}.")
        return found

    def networks(self, name: str) -> list[IPv4Network | IPv6Network]:
        try:
            return [ip_network(item) for item in self.items(name, [])]
        except ValueError as error:
            raise WrongSetting(f"{name} has to be networks such as 10.0.0.0/8: {error}.") from None


@dataclass(frozen=True, slots=True)
class Values:
    """What the web process and the workers can be told from outside."""

    debug: bool
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    secure_cookies: bool
    trust_proxy: bool
    require_two_factor: str
    session_hours: int
    session_idle_minutes: int
    database_pool: int
    ingest_lease_seconds: int
    ingest_max_attempts: int
    search_memory_mb: int
    max_import_bytes: int
    embedder: str
    embeddings_base_url: str
    embeddings_api_key: str
    embeddings_model: str
    embeddings_dimensions: int
    metrics_token: str
    webhook_networks: list[IPv4Network | IPv6Network]
    log_level: str


def read(env: Environment) -> Values:
    """Raises WrongSetting for the first that is wrong."""
    return Values(
        debug=env.flag("DEBUG", False),
        allowed_hosts=env.items("ALLOWED_HOSTS", ["*"]),
        csrf_trusted_origins=env.origins("CSRF_TRUSTED_ORIGINS"),
        secure_cookies=env.flag("SECURE_COOKIES", False),
        trust_proxy=env.flag("TRUST_PROXY", False),
        require_two_factor=env.choice("MEMOS_REQUIRE_TWO_FACTOR", "none", WHO_NEEDS_TWO_FACTOR),
        session_hours=env.number("MEMOS_SESSION_HOURS", 12, 1, 24 * 30),
        session_idle_minutes=env.number("MEMOS_SESSION_IDLE_MINUTES", 120, 5, 24 * 60),
        database_pool=env.number("DATABASE_POOL", 0, 0, 1000),
        ingest_lease_seconds=env.number("INGEST_LEASE_SECONDS", 20, 5, 3600),
        ingest_max_attempts=env.number("INGEST_MAX_ATTEMPTS", 8, 1, 100),
        search_memory_mb=env.number("SEARCH_MEMORY_MB", 256, 1, 1_000_000),
        max_import_bytes=env.number("MAX_IMPORT_BYTES", 2**30, 1, 2**50),
        embedder=env.choice("MEMOS_EMBEDDER", "local", EMBEDDERS),
        embeddings_base_url=_of_remote(env, "MEMOS_EMBEDDINGS_BASE_URL"),
        embeddings_api_key=env.text("MEMOS_EMBEDDINGS_API_KEY"),
        embeddings_model=_of_remote(env, "MEMOS_EMBEDDINGS_MODEL"),
        embeddings_dimensions=env.number("MEMOS_EMBEDDINGS_DIMENSIONS", 0, 0, 16_000),
        metrics_token=env.text("MEMOS_METRICS_TOKEN"),
        webhook_networks=env.networks("MEMOS_WEBHOOK_NETWORKS"),
        log_level=env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    )


def _of_remote(env: Environment, name: str) -> str:
    """What a remote embedder needs to be told."""
    value = env.text(name)
    if env.text("MEMOS_EMBEDDER") == "remote" and not value:
        raise WrongSetting(f"{name} has to be set when MEMOS_EMBEDDER is remote.")
    if name.endswith("_URL") and value and not value.startswith(("https://", "http://")):
        raise WrongSetting(f"{name} has to be an address such as https://api.example.com/v1, not {value!r}.")
    if len(value) > _LONGEST_MODEL and not name.endswith("_URL"):
        raise WrongSetting(f"{name} has to have at most {_LONGEST_MODEL} signs.")
    return value


def of_process(env_file: Path) -> Environment:
    """The environment of this process, with what a file adds to it."""
    environ.Env.read_env(env_file)
    return Environment(os.environ)
