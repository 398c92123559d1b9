"""Imported things as our services take them: within the lengths that the API allows."""

from dataclasses import replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from ingest.importers import identify
from ingest.importers.report import BadRecord, Report
from ingest.importers.shape import ImportedFact, ImportedMessage, ImportedThread, ImportedUser
from ingest.services import NewMessage
from ingest.statements import Statement

LONGEST_MESSAGE = 100_000
LONGEST_FACT = 10_000
LONGEST_ID = 255
_BREAKS = ("\n\n", "\n", ". ", " ")
"""Where a long message is cut, best first."""


def user(imported: ImportedUser, report: Report) -> ImportedUser:
    """Raises BadRecord where the external id is too long to be kept."""
    if len(imported.external_id) > LONGEST_ID:
        raise BadRecord(f"the user's id has more than {LONGEST_ID} characters.")
    return replace(
        imported,
        email=_email(imported.email, report),
        first_name=_short(imported.first_name, 100, report),
        last_name=_short(imported.last_name, 100, report),
    )


def thread(imported: ImportedThread, report: Report) -> ImportedThread:
    return replace(imported, name=_short(imported.name, 200, report))


def messages(imported: ImportedMessage, external_id: str, report: Report) -> list[NewMessage]:
    """One, or several of a content that is too long for one."""
    texts = cut(imported.content)
    if len(texts) > 1:
        report.remark(f"messages over {LONGEST_MESSAGE} characters, cut into several")
    return [
        NewMessage(
            role=imported.role,
            content=text,
            name=_short(imported.name, 200, report),
            created_at=imported.created_at,
            metadata=imported.metadata,
            external_id=identify.piece_id(external_id, number),
        )
        for number, text in enumerate(texts, start=1)
    ]


def statement(imported: ImportedFact, source: str) -> Statement:
    """Raises BadRecord."""
    if len(imported.content) > LONGEST_FACT:
        raise BadRecord(f"a fact of more than {LONGEST_FACT} characters.")
    if imported.valid_from and imported.valid_to and imported.valid_to < imported.valid_from:
        raise BadRecord("it ends before it begins.")
    return Statement(
        content=imported.content,
        kind=imported.kind,
        valid_from=imported.valid_from,
        valid_to=imported.valid_to,
        metadata=imported.metadata,
        said_at=imported.said_at,
        stream=identify.fact_stream(source, imported.key),
    )


def cut(text: str) -> list[str]:
    """In pieces of at most LONGEST_MESSAGE characters that put together are the text; none of them is blank."""
    found = []
    at = 0
    while len(text) - at > LONGEST_MESSAGE:
        end = _end(text, at)
        found.append(text[at:end])
        at = end
    return [piece for piece in [*found, text[at:]] if piece.strip()]


def _end(text: str, at: int) -> int:
    """After the best break in the last tenth that fits; else where no more fits."""
    last = at + LONGEST_MESSAGE
    for mark in _BREAKS:
        found = text.rfind(mark, last - LONGEST_MESSAGE // 10, last)
        if found >= 0:
            return found + len(mark)
    return last


def _short(text: str | None, longest: int, report: Report) -> str | None:
    if text and len(text) > longest:
        report.remark(f"names over {longest} characters, cut")
    return text[:longest] if text else None


def _email(text: str | None, report: Report) -> str | None:
    try:
        validate_email(text or "")
    except ValidationError:
        if text:
            report.remark("e-mail addresses that are none, left out")
        return None
    return text
