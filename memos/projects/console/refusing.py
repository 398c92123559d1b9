"""What somebody sees where the console has nothing to show them, may not, or could not: what is missing, and a way on.

Outside the console errors are problem documents, as ever.
"""

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from unfold.sites import UnfoldAdminSite

from memos.api import errors
from memos.api.middleware import current_request_id
from memos.projects import roles
from memos.projects.console.rights import SUPERUSER, operator_of, refused_of
from memos.projects.models import Membership

NOT_HERE = "What was here is gone, or it is in a project that you have no role in, or the address is wrong."
MOST = 5
"""Roles that are told of somebody who has many."""


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not _in_console(request):
        return errors.forbidden_view(request, exception)
    return _page(request, 403, "You may not do this", _missing(request))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not _in_console(request):
        return errors.not_found_view(request, exception)
    return _page(request, 404, "There is nothing here", [NOT_HERE])


def failed(request: HttpRequest) -> HttpResponse:
    """It asks nobody for anything: what failed may be the database."""
    if not _in_console(request):
        return errors.server_error_view(request)
    told = ["Something went wrong here, and nothing was done.", f"The logs have it under {current_request_id()}."]
    return _page(request, 500, "This did not work", told, bare=True)


def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token that its page was given."""
    if not _in_console(request):
        return errors.forbidden_view(request, PermissionError(reason))
    told = [
        "The form was not taken: its page is from before you signed in, or the browser keeps no cookies of this site.",
        "Go back, load the page again, and send it again.",
    ]
    return _page(request, 403, "This page is too old", told)


def _in_console(request: HttpRequest) -> bool:
    return request.path_info.startswith(reverse("admin:index"))


def _missing(request: HttpRequest) -> list[str]:
    """Of projects only those are named in which the operator has a role."""
    right, row = refused_of(request) or ("", None)
    if row is None and (not right or request.user.has_perm(right)):
        return ["That can't be done here.", NOT_HERE]
    needed = roles.needed(right) if right != SUPERUSER else ""
    if not needed:
        return ["This is for superusers."]
    mine = Membership.objects.filter(operator=operator_of(request)).select_related("project__test_twin")
    here = [one for one in mine if row is not None and roles.project_key(row) in roles.reach(one)]
    if here:
        told = f"Your role in {here[0].project} is {here[0].role}; this needs {needed}."
    else:
        told = f"Your role is {_listed(mine)}; this needs {needed}."
    return [told, "An admin of the project, or a superuser, can give you another role."]


def _listed(memberships: Iterable[Membership]) -> str:
    told = [f"{one.role} in {one.project}" for one in memberships]
    more = [f"{len(told) - MOST} more"] if len(told) > MOST else []
    return ", ".join([*told[:MOST], *more]) or "none in any project"


def _page(request: HttpRequest, status: int, title: str, told: list[str], *, bare: bool = False) -> HttpResponse:
    around = _bare(request) if bare or not admin.site.has_permission(request) else admin.site.each_context(request)
    layout = "admin/base_site.html" if "available_apps" in around else "unfold/layouts/unauthenticated.html"
    context = {**around, "layout": layout, "title": title, "sentences": told, "back": _back(request)}
    return HttpResponse(render_to_string("admin/refused.html", context, request), status=status)


def _bare(request: HttpRequest) -> dict[str, Any]:
    """The looks without what is asked of the database."""
    site = cast(UnfoldAdminSite, admin.site)
    return {
        "site_title": site._get_config("SITE_TITLE", request),
        "site_favicons": site._get_favicons("SITE_FAVICONS", request),
        "styles": site._get_list("STYLES", request),
        "colors": site._get_colors("COLORS", request),
    }


def _back(request: HttpRequest) -> str:
    """Where they came from, if that was another page of ours."""
    before = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return before if ours and before != request.build_absolute_uri() else ""
