"""What an imported thing is found again by when it is imported once more: the same export gives the same ids."""

import hashlib
from collections import Counter, defaultdict
from uuid import NAMESPACE_OID, UUID, uuid5

from ingest.importers.shape import ImportedMessage

LONGEST = 255
"""Characters of an external id."""


def thread_id(source: str, key: str) -> str:
    """``zep:onboarding``: threads of one user that come from different systems may be called the same there."""
    return _within(f"{source}:{key}")


def fact_stream(source: str, key: str) -> UUID:
    """The stream of the statement: unique in its graph."""
    return uuid5(NAMESPACE_OID, f"memos:{source}:{key}")


def piece_id(message: str, number: int) -> str:
    """Of a long message that was cut; the first piece keeps the id."""
    return _within(f"{message}#{number}") if number > 1 else message


class MessageIds:
    """The ids of messages that come without one: what they say, and the how manieth of their thread says just that."""

    def __init__(self) -> None:
        self._said: dict[tuple[str | None, str], Counter[bytes]] = defaultdict(Counter)

    def of(self, message: ImportedMessage) -> str:
        if message.external_id:
            return _within(message.external_id)
        said = (message.role, message.name or "", str(message.created_at or ""), message.content)
        digest = hashlib.blake2b("\0".join(said).encode(), digest_size=12)
        times = self._said[message.user, message.thread]
        times[digest.digest()] += 1
        return f"imported:{digest.hexdigest()}:{times[digest.digest()]}"


def _within(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    digest = hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
    return f"{text[: LONGEST - 25]}:{digest}"
