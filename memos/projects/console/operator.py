"""How an operator signs in, on their page: what a superuser sees of it, and does for who is locked out."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.enums import ActionVariant

from memos.projects.console.confirming import confirmation
from memos.projects.console.rights import caretaker_of, is_superuser, operator_of
from memos.projects.console.shown import MOST, NOTHING, bullets, moment, section, tally
from memos.projects.models import Operator
from memos.projects.signin import entering, second_factor, sessions, throttle
from memos.projects.signin.models import OperatorSession


class SigningIn(ModelAdmin):
    """Fields and actions for the page of an operator. One's own second factor is changed on one's account page, which
    asks for the password."""

    actions_detail = ("reset_second_factor", "end_sessions", "unlock")

    @section("second factor")
    def second_factor(self, operator: Operator) -> str:
        factor = second_factor.of(operator)
        if factor is None:
            return "needed, and set up at the next sign-in" if sessions.requires_two_factor(operator) else "none"
        left = second_factor.recovery_codes_left(operator)
        codes = tally(left, ("recovery code", "recovery codes"))
        return f"an app since {moment(factor.created_at)} UTC; {codes} left"

    @section("signed in (UTC)")
    def signed_in(self, operator: Operator) -> str:
        alive = OperatorSession.objects.alive().of(operator).order_by("-seen_at")
        return bullets(
            f"{one.browser} from {one.address or 'an unknown address'}, since {moment(one.started_at)}, "
            f"last seen {moment(one.seen_at)}"
            for one in alive[: MOST + 1]
        )

    @section("locked until (UTC)")
    def locked(self, operator: Operator) -> str:
        until = throttle.waits_until(operator)
        return f"{moment(until)}, after too many wrong passwords or codes" if until else NOTHING

    def has_help_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return is_superuser(request)

    @action(description="Reset second factor", url_path="reset-second-factor", icon="phonelink_erase",
            permissions=["help"], variant=ActionVariant.DANGER)  # fmt: skip
    def reset_second_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        operator = self._operator(request, object_id)
        if operator.pk == operator_of(request).pk:
            messages.info(request, "Your own second factor is changed here.")
            return redirect("admin:account")
        if request.method != "POST":
            told = "Their app and recovery codes open nothing any more, and their sessions end. Their password stays."
            return self._confirmation(request, operator, "Reset the second factor of", told)
        done = second_factor.reset(operator, caretaker_of(request))
        return self._back(request, operator, "The second factor is reset." if done else "There was no second factor.")

    @action(description="End sessions", url_path="end-sessions", icon="logout", permissions=["help"])
    def end_sessions(self, request: HttpRequest, object_id: str) -> HttpResponse:
        operator = self._operator(request, object_id)
        if request.method != "POST":
            return self._confirmation(
                request, operator, "End all sessions of", "They have to sign in again everywhere."
            )
        ended = sessions.end_all(operator, caretaker_of(request))
        return self._back(request, operator, f"{tally(ended, ('session is', 'sessions are'))} ended.")

    @action(description="Unlock", url_path="unlock", icon="lock_open", permissions=["help"])
    def unlock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        operator = self._operator(request, object_id)
        if request.method != "POST":
            told = "Wrong passwords and codes that were counted are forgotten: they may try again at once."
            return self._confirmation(request, operator, "Unlock", told)
        done = entering.unlock(operator, caretaker_of(request))
        return self._back(request, operator, "They may try again at once." if done else "Nothing was counted.")

    def _operator(self, request: HttpRequest, object_id: str) -> Operator:
        found: Operator | None = self.get_object(request, object_id)
        if found is None:
            raise Http404
        return found

    def _confirmation(self, request: HttpRequest, operator: Operator, what: str, told: str) -> HttpResponse:
        return confirmation(
            self, request, title=f"{what} {operator}", sentences=[told], button="Do it", back=_page_of(operator),
            destroys=True,
        )  # fmt: skip

    def _back(self, request: HttpRequest, operator: Operator, told: str) -> HttpResponse:
        messages.success(request, told)
        return redirect(_page_of(operator))


def _page_of(operator: Operator) -> str:
    return reverse("admin:projects_operator_change", args=[operator.pk])
