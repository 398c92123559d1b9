"""The playground's two pages: one picks a user, the other asks for their block."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action

from graphs import embedders
from graphs.embedders.base import WORDS_ONLY
from graphs.models import Episode
from ingest.models import IngestJob
from memos import ids
from memos.api.problems import Problem
from memos.projects import audit, roles
from memos.projects.console.base import ConsoleAdmin, record_list
from memos.projects.console.counting import capped
from memos.projects.console.rendering import rendered
from memos.projects.console.rights import caller_of, may, operator_of
from memos.projects.console.shown import list_of, page_of
from users.context.explained import Explanation, explain
from users.models import Group, User
from users.naming import named
from users.playground import shown, wording
from users.playground.forms import Asking
from users.services import groups_named

_PAGES = "admin/users/user/playground"
MOST_GROUPS = 100
"""Groups that can be ticked; any other is added to the address by its name."""
MOST_FOUND = 20


class PlaygroundPages(ConsoleAdmin):
    """For the admin of users: what `GET /v1/users/:id/context` answers, line by line with the reason."""

    actions_list = ("choose",)
    actions_detail: ClassVar[Any] = ("playground",)

    def has_playground_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """``obj`` may be an id, as Unfold hands it to the permissions of its actions."""
        user = self.get_object(request, obj) if isinstance(obj, str) else obj
        return self.has_view_permission(request, user) and may(request, roles.READ_WORDS, user)

    @action(description="Playground", url_path="playground", icon="science", permissions=["playground"])
    def choose(self, request: HttpRequest) -> HttpResponse:
        """Whose block it shall be."""
        term = request.GET.get("q", "").replace("\0", "").strip()[:200]
        found = list(self._found(request, term)[:MOST_FOUND])
        record_list(request, found)
        given = {"term": term, "found": found, "most": MOST_FOUND}
        return rendered(self, request, f"{_PAGES}/choose.html", title="Playground", **given)

    def _found(self, request: HttpRequest, term: str) -> QuerySet[User]:
        """Those whose words the operator may read, the newest first."""
        rows: Any = self.get_queryset(request)
        keys = roles.projects_with(operator_of(request), roles.READ_WORDS)
        rows = rows if keys is None else rows.filter(project__in=keys)
        return rows.by_ref(term) if ids.decode(User.PREFIX, term) else rows.with_words(term)

    @action(description="Playground", url_path="playground", icon="science", permissions=["playground"])
    def playground(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = self.row_of(request, object_id)
        if not self.has_playground_permission(request, user):
            raise PermissionDenied
        names = Group.objects.for_project(user.project).order_by("name").values_list("name", flat=True)
        some = list(names[: MOST_GROUPS + 1])
        form = Asking(request.GET, some[:MOST_GROUPS])
        told = self._explained(request, user, form)
        asked = {"owner": user, "called": named(user), "form": form, "path": page_of(user)}
        answer = _answer(request, user, form, told) if told else {}
        return rendered(
            self, request, f"{_PAGES}/page.html", title=f"Playground: {named(user)}",
            more_groups=len(some) > MOST_GROUPS, **asked, **answer,
        )  # fmt: skip

    def _explained(self, request: HttpRequest, user: User, form: Asking) -> Explanation | None:
        """None where the form says what is wrong; whoever is shown a block is in the audit log, as a caller is."""
        if not form.is_valid():
            return None
        asked = dict(form.values)
        caller = caller_of(request, user.project)
        try:
            groups = groups_named(caller, asked.pop("groups"))
        except Problem as problem:
            form.add_error("groups", str(problem.detail))
            return None
        if user.project.audit_reads:
            audit.record(caller, "context.read", user.ref)
        return explain(user=user, groups=groups, **asked)


def _answer(request: HttpRequest, user: User, form: Asking, told: Explanation) -> dict[str, Any]:
    address = request.build_absolute_uri(f"/v1/users/{user.ref}/context")
    return {
        "made": told.block,
        "most_tokens": form.values["max_tokens"],
        "milliseconds": round(told.seconds * 1000),
        "rows": shown.rows(told),
        "lines": shown.lines(told),
        "missed": shown.missed(told),
        "parts": shown.parts(told),
        "summary": wording.summary(told),
        "understood": shown.understood(told),
        "degraded": _degraded(told),
        "curl": shown.curl(user, address, form.sent),
        "empty": _nothing_known(user) if not told.lines else None,
    }


def _degraded(told: Explanation) -> str:
    """What is wrong with the embedder, where a question was asked and went by words alone."""
    if told.reading is None or told.reading.steps - {WORDS_ONLY} or not told.reading.steps:
        return ""
    embedder = embedders.current()
    try:
        embedder.check()
        embedder.reach()
    except (embedders.ModelMissing, embedders.EmbedderUnavailable) as error:
        return str(error)
    return "This installation has no embedder." if not embedder.model else "The graph's vectors are not made yet."


def _nothing_known(user: User) -> dict[str, Any]:
    """What there is to do about a block without a line."""
    jobs = IngestJob.objects.filter(user=user)
    return {
        "said": Episode.objects.filter(graph=user.graph_id).exists(),
        "waiting": capped(IngestJob.objects.unfinished().filter(graph=user.graph_id)),
        "failed": capped(jobs.filter(status=IngestJob.Status.FAILED)),
        "jobs": list_of(IngestJob, user=user.pk),
    }
