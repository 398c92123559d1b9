"""What stands in the JSON columns: their ids are renewed with the rows that they name."""

from typing import Any

from graphs.models import Entity, Memory
from ingest.models import IngestJob
from ingest.transfer.columns import LONGEST, value, value_of
from ingest.transfer.nested import ByRef, Fields, Many, Optional, Pair, Perhaps
from ingest.transfer.values import Data, Fraction, RefAsText, Renew, Text, TimeAsText, Value

LONGEST_NAME = 200

_NAME = Text(LONGEST_NAME)
ENDS = Many(Pair(Text(50), Optional(Text(1000))))
STATED = Perhaps(
    Fields(
        {
            "content": Text(LONGEST),
            "kind": value(Memory._meta.get_field("kind")),
            "language": value(Memory._meta.get_field("language")),
            "confidence": Fraction(),
            "valid_from": Optional(TimeAsText()),
            "valid_to": Optional(TimeAsText()),
            "valid_precision": value_of(Memory._meta.get_field("valid_precision")),
            "ends": ENDS,
            "metadata": Data(),
        }
    )
)


class _Merged:
    """What was merged into an entity; of that again what had been merged into it, and so on."""

    def dump(self, value: Any) -> Any:
        return MERGED.dump(value)

    def load(self, given: Any, renew: Renew) -> Any:
        return MERGED.load(given, renew)


_DROPPED: dict[str, Value] = {
    "id": RefAsText("rel"),
    "predicate": Text(50),
    "memory_id": RefAsText("mem"),
    "subject_id": RefAsText("ent"),
    "object_id": RefAsText("ent"),
}
MERGED = Many(
    Fields(
        {
            "id": RefAsText("ent"),
            "name": _NAME,
            "aliases": Many(_NAME),
            "state": Fields(
                {
                    "type": value(Entity._meta.get_field("type")),
                    "apart": Many(_NAME),
                    "summary": Text(LONGEST),
                    "merged": _Merged(),
                }
            ),
            "seen": Pair(TimeAsText(), TimeAsText()),
            "before": Pair(TimeAsText(), TimeAsText()),
            "names": Many(_NAME),
            "mentions": Fields(
                {
                    "moved": Many(RefAsText("mem")),
                    "both": ByRef(RefAsText("mem"), Many(_NAME)),
                }
            ),
            "relations": Fields(
                {
                    "subject": Many(RefAsText("rel")),
                    "object": Many(RefAsText("rel")),
                    "dropped": Many(Fields(_DROPPED)),
                }
            ),
            "about": Many(RefAsText("mem")),
        }
    )
)
WRITTEN = Fields(
    {name: value(IngestJob._meta.get_field("position")) for name in ("memories", "closed", "entities", "relations")}
)
