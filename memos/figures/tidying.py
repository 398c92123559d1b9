"""Old hours become days, and old days go."""

from datetime import datetime

from django.utils import timezone

from memos.figures import sql
from memos.figures.models import HOURS_KEPT, KEPT, Mark, RequestTally, RowTally


def tidy() -> None:
    """May be stopped anywhere, and may run twice at once: a row is deleted by one of them."""
    now = timezone.now()
    before = _midnight(now - HOURS_KEPT)
    sql.run(sql.REQUEST_HOURS_TO_DAYS, before=before)
    sql.run(sql.ROW_HOURS_TO_DAYS, before=_counted(before))
    for model in (RequestTally, RowTally):
        model.objects.filter(starts_at__lt=_midnight(now - KEPT)).delete()


def _counted(before: datetime) -> datetime:
    """An hour that may be counted again is left an hour."""
    marks = [mark for mark in Mark.objects.values_list("counted_to", flat=True) if mark]
    return min([before, *map(_midnight, marks)])


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
