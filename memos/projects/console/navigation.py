"""The sidebar, by what an operator comes for."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from memos.projects import roles
from memos.projects.console.rights import is_superuser, may
from memos.projects.console.titles import GROUPS

_SYSTEM = {"title": "System", "icon": "monitor_heart"}
_PAGES = {"users_user_choose": roles.READ_WORDS}
"""Pages that are no lists, and the right that opens them."""


def account(request: HttpRequest) -> list[dict[str, str]]:
    """The menu behind an operator's name."""
    return [
        {"title": "Your account", "link": reverse("admin:account")},
        {"title": "Change password", "link": reverse("admin:password_change")},
        {"title": "API documentation", "link": "/docs/"},
    ]


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    home = {"title": "Home", "icon": "home", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [
        {"title": title, "separator": True, "items": _items(request, of)} for title, of in GROUPS.items()
    ]
    if is_superuser(request):
        groups[-1]["items"] = [_SYSTEM | {"link": reverse("admin:system")}, *groups[-1]["items"]]
    return [{"items": [home]}, *(group for group in groups if group["items"])]


def _items(request: HttpRequest, of: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """Those that the operator may open."""
    return [_item(name, *shown) for name, shown in of.items() if may(request, _right(name))]


def _right(name: str) -> str:
    return _PAGES.get(name) or name.replace("_", ".view_", 1)


def _item(name: str, title: str, icon: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse(f"admin:{name if name in _PAGES else f'{name}_changelist'}")}
