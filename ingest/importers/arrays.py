"""The items of a JSON array, however long it is.

`ijson` does this too, and is well kept. But it builds the path to every value, so that a file of 100 kB of brackets
takes all of the memory there is; and the standard library decodes whole items as fast.
"""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from ingest.importers.report import Unreadable
from ingest.importers.streams import CHUNK, LARGEST, Stream

_SPACE = re.compile(r"[ \t\n\r]*")


class _Buffer:
    """What has been read of the stream and not been gone through: ``text`` from ``at`` on."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.text, self.at = "", 0
        self._decode = codecs.getincrementaldecoder("utf-8")().decode

    def more(self) -> bool:
        """Read at least as much again as is left; False at the end."""
        left = len(self.text) - self.at
        data = self.stream.chunk(max(CHUNK, left))
        try:
            self.text, self.at = self.text[self.at :] + self._decode(data, not data), 0
        except UnicodeDecodeError as error:
            raise Unreadable(f"{self.stream.name}: it is not UTF-8 ({error.reason}).") from None
        return bool(data)

    def next(self) -> str:
        """The next character that is no space, without going past it; empty at the end."""
        while True:
            self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]
            if self.at < len(self.text) or not self.more():
                return self.text[self.at : self.at + 1]


def items(stream: Stream) -> Iterator[tuple[str, Any]]:
    """Each item with where it stands. Never more of the file is in memory than an item needs."""
    buffer, number = _Buffer(stream), 0
    buffer.next()
    buffer.at += 1  # the bracket
    following = buffer.next()
    while following != "]":
        number += 1
        place = f"{stream.name}, item {number}"
        value = _item(buffer, place)
        following = buffer.next()
        if following not in (",", "]"):
            raise Unreadable(f"{place}: it is followed by {following!r}." if following else f"{place}: the file ends.")
        yield place, value
        buffer.at += following == ","
    buffer.at += 1
    if buffer.next():
        raise Unreadable(f"{stream.name}: more follows after the end of its array.")


def _item(buffer: _Buffer, place: str) -> Any:
    """Decode what is there; where its end is missing, read on and decode again."""
    while True:
        buffer.next()
        try:
            value, end = json.JSONDecoder().raw_decode(buffer.text, buffer.at)
            if end < len(buffer.text) or not buffer.more():
                buffer.at = end if end < len(buffer.text) else len(buffer.text)
                return value
        except json.JSONDecodeError as error:
            if len(buffer.text) - buffer.at > LARGEST or not buffer.more():
                raise Unreadable(f"{place}: it is no JSON ({error.msg}).") from None
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"{place}: it is no JSON that can be read ({error}).") from None
