"""/healthz and /readyz."""

from collections.abc import Callable
from functools import wraps

import redis
from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from memos.api import errors
from memos.celery import app

View = Callable[[HttpRequest], HttpResponse]


def safe(view: View) -> View:
    """Django's own `require_safe` answers with an empty page instead of a problem document."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return view(request)
        refusal = errors.response(405, "METHOD_NOT_ALLOWED", f'Method "{request.method}" not allowed.')
        refusal["Allow"] = "GET, HEAD"
        return refusal

    return answer


@safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process lives."""
    return JsonResponse({"status": "ok"})


@safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 only when the database does not answer: without broker or workers nothing accepted is lost."""
    database = _database()
    broker = _broker()
    workers = _workers() if broker == "ok" else "degraded"
    embedder = run_checks(tags=["embedder"], include_deployment_checks=True)
    checks = {"database": database, "broker": broker, "workers": workers, "models": _models()}
    checks["embedder"] = "degraded" if any(found.level >= WARNING for found in embedder) else "ok"
    ready = database == "ok"
    status = "ok" if set(checks.values()) == {"ok"} else "degraded" if ready else "unavailable"
    used = [{"model": found.msg, "step": found.hint} for found in embedder]
    return JsonResponse({"status": status, "checks": checks, "embedder": used[0]}, status=200 if ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unavailable"
    return "ok"


def _broker() -> str:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            client.ping()
    except redis.RedisError:
        return "degraded"
    return "ok"


def _models() -> str:
    """What Django's checks say of the files; a model is loaded when it is first needed."""
    return "degraded" if run_checks(tags=["models"]) else "ok"


def _workers() -> str:
    """Whether a worker answers within half a second."""
    return "ok" if app.control.ping(timeout=0.5, limit=1) else "degraded"
