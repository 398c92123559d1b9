"""What a document is called that has no name of its own."""

from typing import Any

from graphs.models import Document
from memos.projects.console.shown import day


def titled(document: Document | Any) -> str:
    return document.name or f"{document.get_type_display().capitalize()} of {day(document.created_at)}"
