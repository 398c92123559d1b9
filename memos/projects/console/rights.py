"""Who the operator of a request is, and what they may do."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from memos.api.middleware import current_request_id
from memos.projects import roles
from memos.projects.audit import Caller, Caretaker
from memos.projects.models import Operator, Project

SUPERUSER = "superuser"


def operator_of(request: HttpRequest) -> Operator:
    assert isinstance(request.user, Operator)
    return request.user


def caller_of(request: HttpRequest, project: Project) -> Caller:
    return Caller.from_operator(project, operator_of(request), current_request_id())


def caretaker_of(request: HttpRequest) -> Caretaker:
    return Caretaker.from_operator(operator_of(request), current_request_id())


def may(request: HttpRequest, right: str, row: Any = None) -> bool:
    """Whether the operator has the right in the project of ``row``, or, without one, in any project."""
    has = bool(getattr(request.user, "is_staff", False)) and request.user.has_perm(right, row)
    return _noted(request, has, right, row)


def is_superuser(request: HttpRequest) -> bool:
    is_one = request.user.is_active and getattr(request.user, "is_staff", False) and request.user.is_superuser
    return _noted(request, bool(is_one), SUPERUSER)


def _noted(request: HttpRequest, has: bool, right: str, row: Any = None) -> bool:
    if not has:
        request.__dict__.setdefault("_refused", (right, row))
    return has


def refused_of(request: HttpRequest) -> tuple[str, Any] | None:
    """The first right that was asked for and not had, and the row that it was asked for."""
    return request.__dict__.get("_refused")


def projects_for(request: HttpRequest, right: str) -> QuerySet[Project]:
    """Those where the operator has the right."""
    keys = roles.projects_with(operator_of(request), right)
    return Project.objects.all() if keys is None else Project.objects.filter(pk__in=keys)
