"""How rows are shown and linked: by the ids that the API gives out."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from memos.projects.console.counting import shown as shown_count
from memos.projects.models import Identified

MOST = 50
NOTHING = "–"
_LINK = '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>'


_HEADER = '<th scope="col">{}</th>'
_CELL = '<td data-label="{}">{}</td>'
_GRID = '<table class="console-grid"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'


def page_of(row: Identified) -> str:
    return page_at(row._meta.label_lower, row.ref)


def page_at(label: str, ref: str) -> str:
    """The page of a row that is known by its id only: ``page_at("threads.message", "msg_…")``."""
    return reverse(f"admin:{label.replace('.', '_')}_change", args=[ref])


def list_of(model: type[Model], **filters: Any) -> str:
    """The path of a list, with its filters: ``list_of(Thread, user=user.pk)``, ``list_of(AuditEntry, q="usr_…")``."""
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{path}?{urlencode(filters)}" if filters else path


def to(path: str, text: str) -> SafeString:
    return format_html(_LINK, path, text)


def link(row: Identified | None, text: str = "") -> str:
    return to(page_of(row), text or str(row)) if row else NOTHING


def bullets(lines: Iterable[Any], more: str = "") -> str:
    """The first lines as a list. ``more`` is the path of the list that has all of them, where that is known."""
    kept = list(lines)
    shown = format_html_join("", "<li>{}</li>", ((line,) for line in kept[:MOST]))
    if not kept:
        return NOTHING
    if len(kept) > MOST:
        shown += format_html("<li>{}</li>", to(more, "more …") if more else "more …")
    return format_html('<ul class="flex flex-col gap-1 list-disc ml-4">{}</ul>', shown)


def grid(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A small table within a page. Where the screen is narrow its rows are stacked, each cell behind its header."""
    lines = [(format_html_join("", _CELL, zip(headers, row, strict=True)),) for row in rows]
    head = format_html_join("", _HEADER, ((header,) for header in headers))
    return format_html(_GRID, head, format_html_join("", "<tr>{}</tr>", lines)) if lines else NOTHING


def moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M") if at else NOTHING


def short(text: str, most: int = 100) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def day(at: datetime) -> str:
    return at.strftime("%-d %B %Y")


Names = tuple[str, str]
"""What one of it is called, and what several are."""


def names_of(model: type[Model]) -> Names:
    return str(model._meta.verbose_name), str(model._meta.verbose_name_plural)


def tally(count: int | str, names: Names) -> str:
    """ "1 thread", "1,234 threads"; "10,000+ threads" of what was counted no further."""
    number = shown_count(count) if isinstance(count, int) else count
    return f"{number} {names[number != '1']}"


def counted(count: int | str, model: type[Model]) -> str:
    return tally(count, names_of(model))


def section(description: str) -> Callable[[Callable[[Any, Any], str]], Callable[[Any, Any], str]]:
    """A part of a page that asks the database; the templates read a field three times, it is made once."""

    def decorate(made: Callable[[Any, Any], str]) -> Callable[[Any, Any], str]:
        @admin.display(description=description)
        @wraps(made)
        def kept(self: Any, row: Any) -> str:
            sections = row.__dict__.setdefault("_sections", {})
            if made.__name__ not in sections:
                sections[made.__name__] = made(self, row)
            return sections[made.__name__]

        return kept

    return decorate
