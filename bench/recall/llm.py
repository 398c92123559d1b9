"""A chat model behind an OpenAI-compatible endpoint."""

import time
from dataclasses import dataclass
from typing import Any

import httpx

from bench.recall.errors import BenchError
from bench.recall.metrics import tokens

TRIES = 6


@dataclass(frozen=True, slots=True)
class Reply:
    """Tokens as the endpoint counts them, or by the scorer where it does not tell."""

    text: str
    tokens_in: int
    tokens_out: int


class Llm:
    """``POST {url}/chat/completions`` at temperature 0 (https://platform.openai.com/docs/api-reference/chat)."""

    def __init__(self, url: str, key: str, model: str, *, pause: float = 1.0):
        self.url = url.rstrip("/")
        self.model = model
        self.pause = pause
        self.http = httpx.Client(headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=300)

    def complete(self, prompt: str) -> Reply:
        """Raises BenchError when it is refused, or has failed six times."""
        body = {"model": self.model, "temperature": 0, "messages": [{"role": "user", "content": prompt}]}
        problem = ""
        for attempt in range(TRIES):
            try:
                answer = self.http.post(f"{self.url}/chat/completions", json=body)
            except httpx.TransportError as error:
                problem = str(error) or type(error).__name__
            else:
                if answer.is_success:
                    return _reply(answer, prompt)
                problem = f"{answer.status_code} {answer.text[:300]}"
                if answer.status_code < 500 and answer.status_code not in (408, 429):
                    break
            time.sleep(self.pause * 2**attempt)
        raise BenchError(f"The model {self.model} at {self.url} does not answer: {problem}")


def _reply(answer: httpx.Response, prompt: str) -> Reply:
    try:
        document: dict[str, Any] = answer.json()
        text = document["choices"][0]["message"]["content"] or ""
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise BenchError(f"{answer.url} answers, but not with a chat completion: {answer.text[:200]}") from error
    usage = document.get("usage") or {}
    spent = (usage.get("prompt_tokens", tokens(prompt)), usage.get("completion_tokens", tokens(text)))
    return Reply(text.strip(), *spent)
