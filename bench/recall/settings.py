"""What is read from the environment."""

import os
from dataclasses import dataclass

from bench.recall.errors import BenchError


@dataclass(frozen=True, slots=True)
class Endpoint:
    url: str
    key: str
    model: str = ""


def memos() -> Endpoint:
    """Raises BenchError where the server is not named."""
    names = ("MEMOS_URL", "MEMOS_KEY")
    url, key = _required(names, "MEMOS_URL is where it listens (http://127.0.0.1:8000), MEMOS_KEY an API key.")
    return Endpoint(url.rstrip("/"), key)


def llm() -> Endpoint | None:
    """None where no model is configured. Raises BenchError where it is by half."""
    names = ("MEMOS_LLM_BASE_URL", "MEMOS_LLM_MODEL")
    if not any(os.environ.get(name) for name in names):
        return None
    url, model = _required(names, "The judge needs both.")
    return Endpoint(url, os.environ.get("MEMOS_LLM_API_KEY", ""), model)


def _required(names: tuple[str, str], meaning: str) -> list[str]:
    if missing := [name for name in names if not os.environ.get(name)]:
        raise BenchError(f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set. {meaning}")
    return [os.environ[name] for name in names]
