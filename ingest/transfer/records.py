"""The table of what an export holds: a record for each model that hangs on a user or a graph, with its columns.

A column that is left out is derived, or says where the row belongs, which the file as a whole tells. A test fails when
a model or a column is in neither list.
"""

from dataclasses import dataclass

from graphs.models import (
    Document,
    Embedding,
    Entity,
    EntityRevision,
    Episode,
    Graph,
    Memory,
    MemoryRevision,
    Mention,
    Relation,
    Source,
)
from ingest.models import IngestJob
from ingest.transfer import values
from ingest.transfer.columns import Record, record
from ingest.transfer.nested import Many
from ingest.transfer.shapes import ENDS, MERGED, STATED, WRITTEN
from threads.models import Message, Thread
from users.models import Group, Summary, User

LONGEST_DOCUMENT = 32 * 1024 * 1024
"""What was given had at most 10 MiB; numbers may be longer as they are kept."""
_KINDS = Episode.SourceKind
_SOURCES = {_KINDS.MESSAGE: "msg", _KINDS.DOCUMENT: "doc", _KINDS.STATEMENT: "epi"}
_STREAMS = {_KINDS.MESSAGE: "thr", _KINDS.DOCUMENT: "doc", _KINDS.STATEMENT: "epi"}
"""The kinds of what an episode was cut from, and of where it has its place."""

ELSEWHERE = "imp"
"""The kind of what a statement was called in another system: who imports it again finds it by that."""


def _stream_of(episode: Episode) -> str:
    stated = episode.source_kind == _KINDS.STATEMENT
    return ELSEWHERE if stated and episode.stream != episode.pk else _STREAMS[_KINDS(episode.source_kind)]


USER = record(
    "user", User, "graph external_id email first_name last_name metadata created_at", owner="user", within="pk"
)
GROUP = record("group", Group, "graph name metadata created_at", owner="group", within="pk")
GRAPH = record(
    "graph", Graph, "created_at version summarised_version embedding_model", owner="graph", within="pk"
)  # fmt: skip
OF_A_GRAPH = (
    record(
        "entity",
        Entity,
        "name key type aliases names apart merged is_subject summary first_seen_at last_seen_at",
        owner="graph",
        within="graph",
        merged=MERGED,
    ),
    record(
        "entityRevision",
        EntityRevision,
        "entity_id name type aliases summary recorded_at changed_by reason others",
        owner="graph",
        within="graph",
        entity_id=values.Ref("ent"),
        others=Many(values.Ref("ent")),
    ),
    record(
        "document",
        Document,
        "type name content metadata pieces created_at received_at",
        owner="graph",
        within="graph",
        page=1,
        content=values.Text(LONGEST_DOCUMENT),
    ),
    record(
        "episode",
        Episode,
        "source_kind source_id stream position role speaker language content said_at created_at words is_question "
        "has_date excerpt indexed_at",
        owner="graph",
        within="graph",
        source_id=values.AnyRef(tuple(_SOURCES.values())),
        stream=values.AnyRef(tuple(_STREAMS.values()), foreign=ELSEWHERE),
        get={
            "source_id": lambda row: (_SOURCES[row.source_kind], row.source_id),
            "stream": lambda row: (_stream_of(row), row.stream),
        },
    ),
    record(
        "memory",
        Memory,
        "about content kind language confidence said_at valid_from valid_to valid_precision created_at recorded_at "
        "retired_at invalidated_by digest ends metadata",
        owner="graph",
        within="graph",
        digest=values.Big(),
        ends=ENDS,
    ),
    record(
        "revision",
        MemoryRevision,
        "memory content kind language valid_from valid_to valid_precision invalidated_by metadata recorded_from "
        "recorded_to retired_at changed_by reason cause",
        owner="graph",
        within="graph",
        later={"retiredAt": None},
    ),
    record(
        "source",
        Source,
        "memory episode role stated recorded_at retired_at",
        owner="graph",
        within="graph",
        stated=STATED,
    ),
    record("mention", Mention, "memory entity names", owner="graph", within="graph"),
    record("relation", Relation, "memory subject predicate object", owner="graph", within="graph"),
    record(
        "embedding", Embedding, "episode memory model vector tokens pieces", owner="graph", within="graph", page=200
    ),
    record(
        "job",
        IngestJob,
        "user thread message document kind status said_at run_after attempts error_code error_detail written position "
        "request_id created_at started_at finished_at",
        owner="graph",
        within="graph",
        written=WRITTEN,
    ),
)
OF_A_USER = (
    record(
        "summary",
        Summary,
        "text memory_ids memory_count graph_version requested_at generated_at",
        owner="user",
        within="user",
        memory_ids=Many(values.Ref("mem")),
    ),
    record(
        "thread",
        Thread,
        "external_id name metadata message_count next_position next_episode created_at",
        owner="user",
        within="user",
    ),
    record(
        "message",
        Message,
        "thread position role content name external_id metadata created_at received_at",
        owner="user",
        within="thread__user",
        page=100,
    ),
)


@dataclass(frozen=True, slots=True)
class Format:
    """What a file, or a part of one, is of: its name in the header, its first record, and all that may follow it."""

    name: str
    owner: Record
    records: tuple[Record, ...]

    @property
    def by_name(self) -> dict[str, Record]:
        return {record.name: record for record in (self.owner, *self.records)}


VERSION = 1
OF_USER = Format("memos.user", USER, (GRAPH, *OF_A_USER, *OF_A_GRAPH))
OF_GROUP = Format("memos.group", GROUP, (GRAPH, *OF_A_GRAPH))
