"""How much keys and projects are used: requests per day over thirty days, from what was added up."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from memos.figures.models import RequestTally
from memos.projects.console.home.charts import bars, spark
from memos.projects.console.home.figures import by_status
from memos.projects.console.lists import RefChangeList
from memos.projects.models import ApiKey, Project

DAYS = 30


class KeyChangeList(RefChangeList):
    """Reads the days of all the keys that it shows at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        found = _per_day(self.result_list)
        for key in self.result_list:
            key.per_day = [found[key.pk].get(day, 0) for day in days()]


def days() -> list[datetime]:
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return [today - timedelta(days=back) for back in reversed(range(DAYS))]


def _per_day(keys: Iterable[ApiKey]) -> dict[UUID, dict[datetime, int]]:
    kept = {key.pk: key.project_id for key in keys}
    rows = RequestTally.objects.of(set(kept.values()), days()[0]).filter(key__in=kept)
    found: dict[UUID, dict[datetime, int]] = defaultdict(dict)
    for day, key, count in rows.by_time("key", daily=True):
        found[key][day] = count
    return found


def small(key: Any) -> SafeString:
    """For a row of the list of keys."""
    total = sum(key.per_day)
    asked = f"{total:,} request{'' if total == 1 else 's'}"
    return spark(key.per_day, f"{asked} in {DAYS} days") + format_html(" {}", f"{total:,}")


def of_key(key: ApiKey) -> SafeString:
    return _chart(RequestTally.objects.of([key.project_id], days()[0]).filter(key=key.pk))


def of_project(project: Project) -> SafeString:
    return _chart(RequestTally.objects.of([project.pk], days()[0]))


def _chart(rows: Any) -> SafeString:
    return bars("Requests per day", days(), by_status(rows.classed().by_time("status_class", daily=True)), daily=True)
