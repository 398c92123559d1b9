"""From the browser's session to the operator: in place of Django's own, which knows nothing of our sessions."""

from typing import Any, cast

from django.contrib import auth, messages
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from memos import ids
from memos.projects.models import Operator
from memos.projects.signin import sessions
from memos.projects.signin.models import OperatorSession
from memos.projects.signin.visits import Visit

SESSION_KEY = "operator_session"


class OperatorMiddleware(AuthenticationMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(lambda: _operator(request))  # type: ignore[assignment]


def _operator(request: HttpRequest) -> Operator | AnonymousUser:
    """Nobody, where the session ended: too old, idle for too long, ended by hand, or without a needed second factor."""
    found = auth.get_user(request)
    if not isinstance(found, Operator):
        return AnonymousUser()
    session = _session_of(request, found)
    if session is None:
        request.session.flush()
        messages.info(request, "Your session has ended. Sign in again.", fail_silently=True)
        return AnonymousUser()
    cast(Any, request).operator_session = session
    return found


def session_of(request: HttpRequest) -> OperatorSession:
    """Of somebody who is signed in."""
    assert request.user.is_authenticated
    session: OperatorSession = cast(Any, request).operator_session
    return session


def _session_of(request: HttpRequest, operator: Operator) -> OperatorSession | None:
    if SESSION_KEY not in request.session:
        session = sessions.adopt(operator, Visit.of(request))
        request.session[SESSION_KEY] = session.ref
    key = ids.decode(OperatorSession.PREFIX, request.session[SESSION_KEY])
    return sessions.find(key, operator) if key else None
