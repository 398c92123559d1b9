"""What the audit log calls the reading of personal data, where a project wants its reads audited.

Every GET, and every other call that needs no more than the scope `read`, is in it: a new route is named after its path,
unless its view says another name, or that nothing personal is read.
"""

from typing import Any

from memos import ids
from memos.projects.authentication import scope_of
from memos.projects.models import Scope

VERBS = {"search": "performed"}


def action_of(view: Any, action: str, method: str, route: str) -> str | None:
    """The entry's action for an action of a view (a class or an instance of one); None where no entry is due."""
    if action in view.reads:
        return view.reads[action]
    reading = method in ("GET", "HEAD") or scope_of(view, action, method) == Scope.READ
    return _named(route) if reading else None


def target_of(view: Any, kwargs: dict[str, str]) -> str:
    """The id of what the path names, as we write it, or that of the project: never a name or an id of the caller's."""
    if view.target is not None:
        return view.target.ref
    named = list(kwargs.values())
    return (ids.canonical(named[-1]) if named else None) or view.project.ref


def _named(route: str) -> str:
    """``v1/users/<str:user_id>`` is a ``user.read``, ``v1/users/<str:user_id>/threads`` a ``threads.read``."""
    *_, before, last = route.split("/")
    noun = _one(before) if last.startswith("<") else last
    return f"{noun}.{VERBS.get(noun, 'read')}"


def _one(nouns: str) -> str:
    return f"{nouns[:-3]}y" if nouns.endswith("ies") else nouns.removesuffix("s")
