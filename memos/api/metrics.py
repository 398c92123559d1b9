"""/metrics, for Prometheus: how requests went, and what the collectors that it is served with tell at that moment."""

import hmac
import os
import time
from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from memos.api import errors
from memos.api.health import safe
from memos.figures import requests

REQUESTS = Histogram(
    "memos_http_request_seconds",
    "How long requests took, by route and by the status of their answer.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS")


class MetricsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - began
        method, route = _method(request), _route(request)
        REQUESTS.labels(method, route, response.status_code).observe(took)
        if request.path.startswith("/v1/"):
            requests.count(getattr(request, "auth", None), method, route, response.status_code, took)
        return response


def _method(request: HttpRequest) -> str:
    return request.method if request.method in METHODS else "other"


def _route(request: HttpRequest) -> str:
    """The pattern, not the path: there are as many paths as users. The console is one route."""
    found = request.resolver_match
    route = found.route if found else ""
    return "/" + ("admin/" if route.startswith("admin/") else route) if found else "unknown"


def served_with(*collectors: Collector) -> Callable[[HttpRequest], HttpResponse]:
    """The view. It answers this machine, and whoever sends `MEMOS_METRICS_TOKEN` as a bearer token."""

    @safe
    def metrics(request: HttpRequest) -> HttpResponse:
        if not (_has_token(request) or _is_from_here(request)):
            return errors.response(403, "FORBIDDEN", "Ask from this machine, or with the token of MEMOS_METRICS_TOKEN.")
        text = generate_latest(_counted()) + generate_latest(_now(collectors))
        return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)

    return metrics


def _counted() -> CollectorRegistry:
    """What was counted: by all web processes of this machine where they share a folder for it."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def _now(collectors: tuple[Collector, ...]) -> CollectorRegistry:
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)
    return registry


def _has_token(request: HttpRequest) -> bool:
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    wanted = settings.METRICS_TOKEN
    return bool(wanted) and hmac.compare_digest(sent.encode(), wanted.encode())


def _is_from_here(request: HttpRequest) -> bool:
    """Not through a proxy: that is on this machine, whoever asks it."""
    proxied = {"X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Via"} & {name.title() for name in request.headers}
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback and not proxied
    except ValueError:
        return False
