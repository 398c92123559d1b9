"""What has to differ, where a row is restored, from what its file says."""

import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from graphs.models import Document, Embedding, Entity, Graph, Memory
from ingest import facts
from ingest.models import IngestJob
from ingest.transfer.lines import Line
from ingest.transfer.values import Renew
from memos import ids


@dataclass
class Adjuster:
    """Knows the graph that rows are restored into, and the ``model`` that makes vectors here."""

    renew: Renew
    graph_id: UUID
    kind: Graph.Kind
    model: str
    token_width: int = 0

    def adjust(self, row: Any, line: Line) -> bool:
        """False where the row is left out. Raises a 400."""
        match row:
            case Graph():
                self._settle(row, line)
            case Memory():
                row.digest = self._digest(row, line.values["aboutId"])
            case Embedding():
                return self._is_of_use(row, line)
            case Document():
                _check_content(row, line)
            case IngestJob():
                _queue(row)
        return True

    def _settle(self, graph: Graph, line: Line) -> None:
        """A user who was deleted may come again under the same ids. Search keeps graphs in memory by their ids and
        versions: none may come twice."""
        if graph.pk != self.graph_id:
            raise line.wrong("It has to be the graph that the first record names.", ".id")
        graph.kind = self.kind
        graph.embedding_model = ""
        graph.search_version = time.time_ns() // 1000

    def _digest(self, memory: Memory, about_ref: str | None) -> int:
        """A digest is made of whom a fact is about, among others: with the new id, so that a twin is found.

        One that is not made of what stands there (by an older version, say) equals only those like it: it stays.
        """
        about = ids.decode(Entity.PREFIX, about_ref) if about_ref else None
        for whom in (about, None):
            for day in (None, memory.valid_from):
                if facts.digest(memory.content, whom, day) == memory.digest:
                    return facts.digest(memory.content, self.renew(whom) if whom else None, day)
        return memory.digest

    def _is_of_use(self, vector: Embedding, line: Line) -> bool:
        """Vectors of another model are not. All token vectors of a graph have one length."""
        if vector.model != self.model:
            return False
        size, pieces = len(vector.tokens), vector.pieces
        width = size // pieces if pieces > 0 else 0
        if pieces < 0 or width * pieces != size or (width and width != (self.token_width or width)):
            raise line.wrong("There have to be as many as `pieces` says, and as long as the others.", ".tokens")
        self.token_width = self.token_width or width
        return True


def _check_content(document: Document, line: Line) -> None:
    """It is read again when it is shown, and cut once more by a job that goes on."""
    if document.type == Document.Type.TEXT:
        return
    try:
        given = json.loads(document.content)
    except (ValueError, RecursionError):
        raise line.wrong("Give JSON.", ".content") from None
    if document.type == Document.Type.MESSAGE and not _is_a_message(given):
        raise line.wrong("Give a message with `role` and `content`.", ".content")


def _is_a_message(given: Any) -> bool:
    return isinstance(given, dict) and all(isinstance(given.get(name), str) for name in ("role", "content"))


def _queue(job: IngestJob) -> None:
    """What was not finished begins anew; of a document the pieces that were written stay written."""
    if job.status in IngestJob.UNFINISHED:
        job.status, job.attempts, job.started_at, job.run_after = IngestJob.Status.QUEUED, 0, None, timezone.now()
