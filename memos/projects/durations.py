"""Spans of time as operators write them: 90s, 15m, 24h, 30d."""

import re
from datetime import timedelta

from django.core.exceptions import ValidationError

_FORM = re.compile(r"(\d{1,6})([smhd])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
LONGEST = timedelta(days=3650)


def parse_duration(text: str) -> timedelta:
    """Raises ValidationError for anything else, and for more than ten years."""
    found = _FORM.fullmatch(text.strip().lower())
    if not found:
        raise ValidationError(f"{text!r} is no duration: write 90s, 15m, 24h or 30d.")
    span = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if span > LONGEST:
        raise ValidationError(f"{text!r} is longer than {LONGEST.days} days.")
    return span
