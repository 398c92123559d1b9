"""Whose figures a page shows: those of the projects that the operator may see, or of one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from memos import ids
from memos.figures.models import Projects
from memos.projects.console.rights import is_superuser, projects_for
from memos.projects.models import Project

DAY, MONTH = "24h", "30d"


@dataclass(frozen=True, slots=True)
class Sight:
    """``keys`` are those of the projects, None for all. ``everything``: the operator may see the installation too."""

    projects: Sequence[Project]
    chosen: Project | None
    everything: bool
    daily: bool = False
    now: datetime = field(default_factory=timezone.now)

    @property
    def keys(self) -> Projects:
        if self.chosen:
            return [self.chosen.pk]
        return None if self.everything else [project.pk for project in self.projects]

    @property
    def limits(self) -> dict[str, Any]:
        """What narrows rows to those projects: ``rows.filter(**sight.limits)``."""
        return {} if self.keys is None else {"project__in": self.keys}

    @property
    def narrows(self) -> dict[str, Any]:
        """The same for the address of a list."""
        return {"project__id__exact": self.chosen.pk} if self.chosen else {}

    @property
    def since(self) -> datetime:
        """The beginning of what charts show, with the hour or the day that runs."""
        hour = self.now.replace(minute=0, second=0, microsecond=0)
        return hour.replace(hour=0) - timedelta(days=29) if self.daily else hour - timedelta(hours=23)

    @property
    def steps(self) -> list[datetime]:
        step, count = (timedelta(days=1), 30) if self.daily else (timedelta(hours=1), 24)
        return [self.since + step * number for number in range(count)]

    @property
    def names(self) -> dict[UUID, str]:
        return {project.pk: str(project) for project in self.projects}


def sight_of(request: HttpRequest) -> Sight:
    """What is asked for and can't be seen is left out."""
    projects = list(projects_for(request, "projects.view_project").order_by("name", "mode"))
    key = ids.decode(Project.PREFIX, request.GET.get("project", ""))
    chosen = next((project for project in projects if project.pk == key), None)
    return Sight(projects, chosen, is_superuser(request), request.GET.get("span") == MONTH)
