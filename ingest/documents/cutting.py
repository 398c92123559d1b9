"""A document in pieces. Cutting 10 MiB takes seconds: a process does it once and keeps the pieces of the last few."""

import json
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from graphs.models import Document
from graphs.sentences import pieces
from ingest.documents import prose, structure
from threads.models import Message

KEPT = 4
"""Documents; at 10 MiB their pieces are some 15 MB each."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The pieces of a document, and who said them: `message` documents have a ``role``, and a ``speaker`` where one is
    named.

    ``said`` is what facts are read from, by the place of the piece that they rest on: each piece of a text, the whole
    of a user's message. From JSON and from what others than users said nothing is read.
    """

    pieces: list[str]
    said: dict[int, str]
    role: str = ""
    speaker: str = ""


@lru_cache(KEPT)
def cut(document_id: UUID) -> Cut:
    """A document never changes. Raises Document.DoesNotExist where it was deleted meanwhile."""
    document = Document.objects.only("type", "content").get(pk=document_id)
    match document.type:
        case Document.Type.TEXT:
            found = list(prose.cut(document.content))
            return Cut(found, dict(enumerate(found)))
        case Document.Type.JSON:
            return Cut(list(structure.cut(json.loads(document.content), len(document.content))), {})
        case _:
            return _message(json.loads(document.content))


def _message(given: dict[str, str | None]) -> Cut:
    content, role = given["content"] or "", given["role"] or ""
    said = {0: content} if role == Message.Role.USER else {}
    return Cut(pieces(content), said, role, given.get("name") or "")
