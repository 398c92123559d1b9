"""Every path."""

from typing import Any

from django.contrib import admin
from django.templatetags.static import static
from django.urls import URLPattern, path
from django.views.generic import RedirectView

from graphs.browse.views import EntityViewSet, EpisodeViewSet, GraphViewSet, RelationViewSet
from graphs.views import MemoryViewSet
from ingest.documents.views import DocumentViewSet
from ingest.metrics import Waiting
from ingest.views import JobViewSet
from memos.api import docs, health, metrics
from memos.api.parsers import JSONLinesParser
from memos.api.renderers import EXPORT_RENDERERS
from memos.projects.views import AuditViewSet
from memos.webhooks.views import WebhookViewSet
from threads.views import MessageViewSet, ThreadViewSet
from users.groups.views import GroupViewSet
from users.views import CONTEXT_RENDERERS, UserViewSet

ONE: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}

API: list[URLPattern] = [
    path("v1/users", UserViewSet.as_view({"get": "list", "post": "create"})),
    path("v1/users/import", UserViewSet.as_view({"post": "restore"}, parser_classes=[JSONLinesParser])),
    path("v1/users/<str:user_id>", UserViewSet.as_view(ONE)),
    path("v1/users/<str:user_id>/graph", UserViewSet.as_view({"get": "graph"})),
    path("v1/users/<str:user_id>/context", UserViewSet.as_view({"get": "context"}, renderer_classes=CONTEXT_RENDERERS)),
    path("v1/users/<str:user_id>/export", UserViewSet.as_view({"get": "export"}, renderer_classes=EXPORT_RENDERERS)),
    path("v1/users/<str:user_id>/summary", UserViewSet.as_view({"post": "summary"})),
    path("v1/users/<str:user_id>/search", UserViewSet.as_view({"post": "search"})),
    path("v1/users/<str:user_id>/memories", UserViewSet.as_view({"get": "memories", "post": "state"})),
    path("v1/users/<str:user_id>/threads", ThreadViewSet.as_view({"get": "list", "post": "create"})),
    path("v1/threads/<str:thread_id>", ThreadViewSet.as_view(ONE)),
    path("v1/threads/<str:thread_id>/messages", MessageViewSet.as_view({"get": "list", "post": "create"})),
    path("v1/messages/<str:message_id>", MessageViewSet.as_view(ONE)),
    path("v1/memories/<str:memory_id>", MemoryViewSet.as_view(ONE)),
    path("v1/memories/<str:memory_id>/history", MemoryViewSet.as_view({"get": "history"})),
    path("v1/groups", GroupViewSet.as_view({"get": "list", "post": "create"})),
    path("v1/groups/<str:name>", GroupViewSet.as_view(ONE)),
    path("v1/groups/<str:name>/search", GroupViewSet.as_view({"post": "search"})),
    path("v1/groups/<str:name>/memories", GroupViewSet.as_view({"get": "memories", "post": "state"})),
    path("v1/groups/<str:name>/ingest", GroupViewSet.as_view({"post": "ingest"})),
    path("v1/graphs/<str:graph_id>", GraphViewSet.as_view({"get": "retrieve"})),
    path("v1/graphs/<str:graph_id>/entities", EntityViewSet.as_view({"get": "list"})),
    path("v1/graphs/<str:graph_id>/relations", RelationViewSet.as_view({"get": "list"})),
    path("v1/graphs/<str:graph_id>/memories", GraphViewSet.as_view({"get": "memories"})),
    path("v1/graphs/<str:graph_id>/episodes", EpisodeViewSet.as_view({"get": "list"})),
    path("v1/graphs/<str:graph_id>/documents", DocumentViewSet.as_view({"get": "list"})),
    path("v1/graphs/<str:graph_id>/ingest", DocumentViewSet.as_view({"post": "ingest"})),
    path("v1/documents/<str:document_id>", DocumentViewSet.as_view(ONE)),
    path("v1/entities/<str:entity_id>", EntityViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("v1/entities/<str:entity_id>/merge", EntityViewSet.as_view({"post": "merge"})),
    path("v1/entities/<str:entity_id>/split", EntityViewSet.as_view({"post": "split"})),
    path("v1/episodes/<str:episode_id>", EpisodeViewSet.as_view({"get": "retrieve"})),
    path("v1/jobs", JobViewSet.as_view({"get": "list"})),
    path("v1/jobs/<str:job_id>", JobViewSet.as_view({"get": "retrieve"})),
    path("v1/jobs/<str:job_id>/retry", JobViewSet.as_view({"post": "retry"})),
    path("v1/audit", AuditViewSet.as_view({"get": "list"})),
    path("v1/audit/export", AuditViewSet.as_view({"get": "export"}, renderer_classes=EXPORT_RENDERERS)),
    path("v1/webhooks", WebhookViewSet.as_view({"get": "list", "post": "create"})),
    path("v1/webhooks/<str:webhook_id>", WebhookViewSet.as_view(ONE)),
    path("v1/webhooks/<str:webhook_id>/rotate", WebhookViewSet.as_view({"post": "rotate"})),
    path("v1/webhooks/<str:webhook_id>/test", WebhookViewSet.as_view({"post": "test"})),
    path("v1/webhooks/<str:webhook_id>/deliveries", WebhookViewSet.as_view({"get": "deliveries"})),
    path(
        "v1/webhooks/<str:webhook_id>/deliveries/<str:delivery_id>/replay",
        WebhookViewSet.as_view({"post": "replay"}),
    ),
]

urlpatterns = [
    *API,
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin", RedirectView.as_view(pattern_name="admin:index", query_string=True)),
    path("favicon.ico", RedirectView.as_view(url=static("docs/mark.svg"))),
    path("admin/", admin.site.urls),
    path("schema/", docs.SchemaView.as_view()),
    path("docs/", docs.page),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.served_with(Waiting())),
]

handler400 = "memos.api.errors.bad_request_view"
handler403 = "memos.projects.console.refusing.forbidden"
handler404 = "memos.projects.console.refusing.not_found"
handler500 = "memos.projects.console.refusing.failed"
