"""Pages of documentation whose requests are sent and whose answers are those that came.

A page is written in Markdown under `docs/source`; its requests stand in fences:

    ```http alice 201
    POST /v1/users

    {"externalId": "user_clerk_abc"}
    ```

The words behind `http` are the name under which the answer is kept, the status that is expected, and `brief` where the
answer is not shown, each where it matters; `$alice.id` stands for what that answer says. A fence ``` ```worker ``` lets
the worker do what waits. Ids are replaced by others that look alike and are the same each time, so that a page changes
only when an answer does.
"""

import hashlib
import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.world import Api

_FENCE = re.compile(r"```(http|worker)([^\n]*)\n(.*?)```\n", re.DOTALL)
_REFERENCE = re.compile(r"\$([a-z]\w*)((?:\.\w+)+)")
_ID = re.compile(r"\b([a-z]{2,4})_([0-9A-HJKMNP-TV-Z]{26})\b")
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CURSOR = re.compile(r'(?<="nextCursor": ")[^"]+|(?<=cursor=)[^&"\s]+')
_KEYS = re.compile(r"mos_(live|test)_[A-Za-z0-9]{20,}|whsec_[A-Za-z0-9+/=]{20,}")
_LANGUAGES = {"application/json": "json", "application/problem+json": "json", "application/x-ndjson": "json"}

_WIDTH = 100
LAST_ROW = 40
"""Longer lists than this many lines of text answers are cut."""


@dataclass
class Writer:
    """Sends the requests of pages in their order, and writes what came back beneath them."""

    api: Api
    work: Callable[[], None]
    """Does what waits, as a worker would."""
    answers: dict[str, Any] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def page(self, source: Path) -> str:
        note = (
            f"<!-- Written by `make docs` from docs/source/{source.name}: what it asks was sent, and answered so. -->"
        )
        return re.sub(r"\n{3,}", "\n\n", f"{note}\n\n" + _FENCE.sub(self._fence, source.read_text()))

    def _fence(self, found: re.Match[str]) -> str:
        kind, words, text = found.groups()
        if kind == "worker":
            self.work()
            return ""
        return self._exchange(words.split(), text)

    def _exchange(self, words: list[str], text: str) -> str:
        status = next((int(word) for word in words if word.isdigit()), None)
        name = next((word for word in words if not word.isdigit() and word != "brief"), None)
        asked = Asked.read(_REFERENCE.sub(self._known, text))
        response = self.api.send(asked.method, asked.path, asked.body, headers=asked.headers)
        expected = response.status_code == status if status else response.status_code < 300
        assert expected, f"{asked.method} {asked.path}: {response.status_code} {response.content[:500]!r}"
        content = b"".join(response) if response.streaming else response.content
        kind = response["Content-Type"].partition(";")[0] if "Content-Type" in response else ""
        if name:
            self.answers[name] = json.loads(content)
        answer = _fenced(_LANGUAGES.get(kind, "text"), _shown(kind, content.decode()))
        told = "" if "brief" in words else f"\n`{response.status_code}`\n\n{answer}"
        return self.alike(_fenced("sh", asked.as_curl()) + told)

    def _known(self, found: re.Match[str]) -> str:
        value = self.answers[found[1]]
        for part in found[2].split(".")[1:]:
            value = value[int(part)] if isinstance(value, list) else value[part]
        return str(value)

    def alike(self, text: str) -> str:
        text = _ID.sub(lambda found: f"{found[1]}_{self._id(found[2])}", text)
        return _KEYS.sub(_hidden, _CURSOR.sub(lambda found: self._id(found[0]), text))

    def _id(self, ulid: str) -> str:
        if ulid not in self.ids:
            digits = hashlib.sha256(str(len(self.ids)).encode()).digest()
            self.ids[ulid] = "01KRSJ" + "".join(_ALPHABET[digit % 32] for digit in digits[:20])
        return self.ids[ulid]


@dataclass(frozen=True)
class Asked:
    """A request as it stands in a page."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any

    @classmethod
    def read(cls, text: str) -> "Asked":
        head, _, body = text.partition("\n\n")
        line, *headers = head.strip().split("\n")
        method, path = line.split(" ", 1)
        named = dict(header.split(": ", 1) for header in headers)
        return cls(method, path, named, json.loads(body) if body.strip() else None)

    def as_curl(self) -> str:
        method = [] if self.method == "GET" else ["-X", self.method]
        address = f'"$MEMOS_URL{self.path}"'
        given = [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in self.headers.items()]
        lines = [" ".join(["memos", *method, address]), *given]
        if self.body is not None:
            lines.append("-d " + shlex.quote(_as_json(self.body)))
        return " \\\n  ".join(lines)


def _as_json(value: Any, indent: int = 0) -> str:
    """On one line what fits there."""
    short = json.dumps(value, ensure_ascii=False)
    if len(short) + indent <= _WIDTH or not isinstance(value, (dict, list)):
        return short
    inner, end = "\n" + " " * (indent + 2), "\n" + " " * indent
    if isinstance(value, list):
        return "[" + inner + ("," + inner).join(_as_json(one, indent + 2) for one in value) + end + "]"
    members = (f"{json.dumps(name)}: {_as_json(one, indent + 2)}" for name, one in value.items())
    return "{" + inner + ("," + inner).join(members) + end + "}"


def _shown(kind: str, text: str) -> str:
    if kind.endswith("json") and kind != "application/x-ndjson":
        return _as_json(json.loads(text))
    lines = text.strip().split("\n")
    cut = [line if len(line) <= 300 else line[:300] + " …" for line in lines[:LAST_ROW]]
    return "\n".join(cut if len(lines) <= LAST_ROW else [*cut, "…"])


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```\n"


def _hidden(found: re.Match[str]) -> str:
    """What is shown once is shown nowhere again."""
    return re.sub(r"(?<=_)[A-Za-z0-9+/=]{20,}$", "…", found[0])
