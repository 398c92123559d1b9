"""The button by which an operator has a summary made anew: the worker does it, and the page says so meanwhile."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.decorators import action

from ingest.operations import KINDS
from ingest.services import ask_for_summary
from memos.projects.console.bulk import BulkAdmin
from memos.projects.console.confirming import confirmation
from memos.projects.console.rights import caller_of, may
from memos.projects.console.shown import NOTHING, moment, page_of
from users.models import Summary, User

_KIND = KINDS["regenerate_summaries"]


class RegeneratingAdmin(BulkAdmin):
    """Of pages that show a summary, or whose summary it is."""

    actions_detail: ClassVar[Any] = ("regenerate",)

    def user_of(self, row: Any) -> User:
        raise NotImplementedError

    def has_regenerate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        row = self.get_object(request, str(object_id))
        return row is not None and may(request, _KIND.right, row)

    @action(description="Regenerate summary", url_path="regenerate", icon="autorenew", permissions=["regenerate"])
    def regenerate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.row_of(request, object_id)
        if request.method == "POST":
            ask_for_summary(caller=caller_of(request, row.project), user=self.user_of(row))
            messages.success(request, "The summary is being made. Reload the page in a moment.")
            return redirect(page_of(row))
        told = ["The worker makes it anew from what is believed now. The old one is shown until then."]
        title = f"Regenerate the summary of {self.user_of(row).ref}"
        return confirmation(self, request, title=title, sentences=told, button="Regenerate", back=page_of(row))


def state_of(summary: Summary) -> str:
    """When it was made, and whether a new one is awaited."""
    made, asked = summary.generated_at, summary.requested_at
    if asked and (made is None or asked > made):
        return f"{moment(made)}; a new one was asked for at {moment(asked)} and is being made"
    return moment(made) if made else NOTHING
