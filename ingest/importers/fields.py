"""A record's fields, however their names are spelled, as the values that we need of them."""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime

from ingest.importers.report import BadRecord, Report
from memos.api.serializers import MAX_METADATA_BYTES

ROLES = {
    "user": "user human customer client visitor guest enduser",
    "assistant": "assistant ai bot agent model chatbot",
    "system": "system developer",
    "tool": "tool function plugin",
}
"""Ours, and what others call them."""

_OURS = {theirs: ours for ours, all_of_theirs in ROLES.items() for theirs in all_of_theirs.split()}
_MILLISECONDS = 1e11
"""From here on a number is no time in seconds: that would be the year 5138."""
_SURROGATE = re.compile("[\ud800-\udfff]")


def spelled(name: str) -> str:
    """One spelling for `created_at`, `createdAt` and `Created At`."""
    return re.sub(r"[\W_]+", "", name).casefold()


def role_of(text: str | None, roles: Mapping[str, str]) -> str | None:
    """Our name of a role; ``roles`` goes first. None where it is not known."""
    if text is None:
        return None
    return roles.get(text.casefold()) or _OURS.get(spelled(text))


class Fields:
    """Reads one record; the first of the names that holds something counts."""

    def __init__(self, record: Mapping[str, Any], report: Report) -> None:
        self.report = report
        self._values = {spelled(name): value for name, value in record.items()}

    def __contains__(self, name: str) -> bool:
        return self._values.get(spelled(name)) is not None

    def get(self, *names: str) -> Any:
        found = (self._values.get(spelled(name)) for name in names)
        return next((value for value in found if value is not None and value != ""), None)

    def text(self, *names: str) -> str | None:
        """A string with something in it, or a whole number as one; anything else is as good as nothing."""
        found = (_as_text(self._values.get(spelled(name))) for name in names)
        text = next((value for value in found if value), None)
        return clean(text, self.report) if text else None

    def time(self, *names: str) -> datetime | None:
        """Raises BadRecord where something stands there that is no time."""
        value = self.get(*names)
        return None if value is None else moment(value, self.report)

    def metadata(self, *names: str) -> dict[str, Any]:
        """An object, or its JSON; what can't be kept is left out, and told."""
        value = self.get(*names)
        if isinstance(value, str):
            value = _loaded(value)
        return kept(value, self.report) if isinstance(value, dict) else {}


def _as_text(value: Any) -> str | None:
    if isinstance(value, str):
        return value if value.strip() else None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 64 else None


def moment(value: Any, report: Report) -> datetime:
    """ISO 8601, or seconds or milliseconds since 1970; without an offset it is read as UTC. Raises BadRecord."""
    try:
        found = _parsed(value)
        if found is not None and found.tzinfo is None:
            report.remark("times without an offset, read as UTC")
            found = found.replace(tzinfo=UTC)
        if found is not None and 1 < found.year < 9999:
            return found.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise BadRecord(f"{str(value)[:40]!r} is no time.")


def _parsed(value: Any) -> datetime | None:
    number = _number(value)
    if number is not None:
        seconds = number / 1000 if abs(number) >= _MILLISECONDS else number
        return datetime.fromtimestamp(seconds, UTC)
    if not isinstance(value, str):
        return None
    text = value.strip()
    found = parse_datetime(text)
    day = None if found else parse_date(text)
    return datetime(day.year, day.month, day.day) if day else found


def _number(value: Any) -> float | None:
    """Of a number that may stand in a string, as in CSV; a year or a compact date is none."""
    if isinstance(value, str) and re.fullmatch(r"\s*\d{9,16}(\.\d+)?\s*", value):
        return float(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else None


def content(value: Any, report: Report) -> str:
    """A text, or the texts of its parts. Raises BadRecord where there is none."""
    text = clean(_joined(value), report)
    if not text.strip():
        raise BadRecord("it has no content.")
    return text


def _joined(value: Any) -> str:
    """Parts are strings, or objects with a ``text``, as the APIs of language models have them."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return ""
    parts = (part.get("text") if isinstance(part, dict) else part for part in value)
    return "\n".join(part for part in parts if isinstance(part, str) and part)


def clean(text: str, report: Report) -> str:
    """Without what PostgreSQL can't keep."""
    if "\0" in text:
        report.remark("texts with NULs, which were dropped")
        text = text.replace("\0", "")
    if _SURROGATE.search(text):
        report.remark("texts with half of a surrogate pair, replaced by U+FFFD")
        text = _SURROGATE.sub("\ufffd", text)
    return text


def kept(metadata: dict[str, Any], report: Report) -> dict[str, Any]:
    """The metadata, if it can be kept as it is; else none, and that is told."""
    try:
        text = json.dumps(metadata, ensure_ascii=False, allow_nan=False)
        fits = len(text.encode()) <= MAX_METADATA_BYTES and "\\u0000" not in text
    except (ValueError, RecursionError):
        fits = False
    if not fits:
        report.remark(f"metadata left out: over {MAX_METADATA_BYTES} bytes, or not to be kept as JSON")
    return metadata if fits else {}


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
