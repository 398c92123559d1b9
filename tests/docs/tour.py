"""The README's tour: its commands are read by bash, sent, and what came back is written beneath them.

A command is a block of indented lines that begins as one does; the indented block after it, if there is one, is what
the last of its requests was answered. ``NAME=usr_01…`` in a command is an id from the answer before it: readers put in
their own. Ids are replaced as `tests.docs.pages` replaces them, so that the README changes only when an answer does.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from textwrap import indent
from typing import Any

from tests.docs.pages import Writer

_TOUR = re.compile(r"(?<=\n## A tour\n).*?(?=\n## )", re.DOTALL)
_MARGIN = "    "
_COMMAND = re.compile(r"^(?:memos |export |[A-Z_]+=)")
_GIVEN = re.compile(r"^([A-Z_]+)=([a-z]+)_[0-9A-Z]{26}$")
_ARGUMENTS = r"""MEMOS_URL=; memos() { printf '%s\0' "$@"; }; """
"""Instead of curl: what it would be given."""


@dataclass
class Tour:
    writer: Writer
    variables: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)

    def written(self, readme: str) -> str:
        return _TOUR.sub(lambda found: "\n\n".join(self._block(part) for part in found[0].split("\n\n")), readme)

    def _block(self, part: str) -> str:
        lines = part.strip("\n").split("\n")
        if not all(line.startswith(_MARGIN) for line in lines):
            return part
        if not _COMMAND.match(lines[0].strip()):
            return indent(self.writer.alike(self.answers[-1]), _MARGIN)
        told = [self._told(command) for command in _commands(line.removeprefix(_MARGIN) for line in lines)]
        self.writer.work()
        return indent("\n".join(told), _MARGIN)

    def _told(self, command: str) -> str:
        given = _GIVEN.match(command)
        if given:
            kind = rf'(?<="id": "){given[2]}_[0-9A-Z]{{26}}'
            self.variables[given[1]] = re.findall(kind, "".join(self.answers))[-1]
            return self.writer.alike(f"{given[1]}={self.variables[given[1]]}")
        if command.startswith("memos "):
            self.answers.append(self._answer(command))
        return command

    def _answer(self, command: str) -> str:
        asked = self._asked(command)
        response = self.writer.api.send(**asked)
        assert response.status_code < 300, (command, response.content)
        if response["Content-Type"].startswith("text/plain"):
            return response.content.decode().strip("\n")
        return json.dumps(response.json(), indent=2, ensure_ascii=False)

    def _asked(self, command: str) -> dict[str, Any]:
        """As `Api.send` takes it: what stands behind ``-X``, ``-H`` and ``-d``, and the path."""
        done = subprocess.run(
            ["bash", "-c", _ARGUMENTS + command], env=os.environ | self.variables, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        words = iter(done.stdout.split("\0")[:-1])
        asked: dict[str, Any] = {"method": "GET", "headers": {}}
        for word in words:
            if word == "-H":
                asked["headers"] |= [next(words).split(": ", 1)]
            elif word in ("-X", "-d"):
                asked["method" if word == "-X" else "body"] = next(words)
            else:
                asked["path"] = word
        return asked | {"body": asked["body"].encode()} if "body" in asked else asked


def _commands(lines: Iterator[str]) -> Iterator[str]:
    """What is indented further goes on with the line before."""
    command = ""
    for line in lines:
        if command and not line.startswith(" "):
            yield command
            command = ""
        command += f"\n{line}" if command else line
    yield command
