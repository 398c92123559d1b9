"""An operator's own account: the password, the second factor, recovery codes, and where they are signed in."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from unfold.forms import AdminOwnPasswordChangeForm

from memos import ids
from memos.projects import operators
from memos.projects.console import enrolment
from memos.projects.console.rights import caretaker_of, operator_of
from memos.projects.console.shown import MOST, tally
from memos.projects.console.signing_in import WRONG_CODE
from memos.projects.signin import entering, second_factor, sessions
from memos.projects.signin.entering import WrongPassword
from memos.projects.signin.middleware import session_of
from memos.projects.signin.models import OperatorSession, SecondFactor
from memos.projects.signin.second_factor import WrongCode
from memos.projects.signin.throttle import HasToWait
from memos.projects.signin.visits import Visit

SALT = "second_factor_salt"
REMOVE: dict[str, Any] = {
    "title": "Remove your second factor",
    "told": "After that your password alone opens the console. The recovery codes end too.",
    "button": "Remove it",
    "danger": True,
}
RENEW: dict[str, Any] = {
    "title": "New recovery codes",
    "told": "The codes from before open nothing any more. The new ones are shown once.",
    "button": "Make new codes",
}


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    """Guesses at the old password are counted, as wherever else it is asked for again."""

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visit = visit

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        try:
            entering.confirm_password(self.visit, self.user, password)
        except WrongPassword:
            raise forms.ValidationError(self.error_messages["password_incorrect"]) from None
        except HasToWait as wait:
            raise forms.ValidationError(str(wait)) from None
        return password


def change_password(request: HttpRequest) -> HttpResponseBase:
    changed = PasswordChangeView.as_view(
        form_class=partial(OwnPasswordForm, visit=Visit.of(request)),
        success_url=reverse("admin:password_change_done"),
        extra_context=admin.site.each_context(request),
    )
    with operators.password_recorded(caretaker_of(request), operator_of(request).pk, session_of(request).pk):
        return changed(request)


def page(request: HttpRequest) -> HttpResponse:
    operator = operator_of(request)
    alive = OperatorSession.objects.alive().of(operator).order_by("-seen_at")
    return _shown(
        request,
        "page",
        "Your account",
        factor=second_factor.of(operator),
        required=sessions.requires_two_factor(operator),
        codes_left=second_factor.recovery_codes_left(operator),
        sessions=alive[:MOST],
        current=session_of(request),
    )


@sensitive_post_parameters("password", "code")
def set_up(request: HttpRequest) -> HttpResponse:
    """The secret stays the same until it is confirmed: who types a wrong code need not scan again."""
    operator = operator_of(request)
    salt = request.session.setdefault(SALT, SecondFactor.new_salt())
    form = enrolment.EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _confirmed(request, form):
        try:
            codes = second_factor.enrol(operator, salt, form.cleaned_data["code"], caretaker_of(request))
        except WrongCode:
            form.add_error("code", WRONG_CODE)
        else:
            del request.session[SALT]
            sessions.vouch(session_of(request))
            return enrolment.shown_once(request, codes, _everywhere(request))
    shown = enrolment.picture(operator, salt)
    return _shown(request, "two_factor", "Set up your second factor", form=form, **shown)


@sensitive_post_parameters("password")
def remove(request: HttpRequest) -> HttpResponse:
    operator = operator_of(request)
    if sessions.requires_two_factor(operator):
        messages.error(request, "This installation asks you for a second factor: set up another app instead.")
        return redirect("admin:account")
    form = enrolment.PasswordForm(request.POST or None)
    if request.method != "POST" or not form.is_valid() or not _confirmed(request, form):
        return _shown(request, "confirm", form=form, **REMOVE)
    if second_factor.remove(operator, caretaker_of(request)):
        messages.success(request, "Your second factor is removed.")
    return redirect("admin:account")


@sensitive_post_parameters("password")
def renew_codes(request: HttpRequest) -> HttpResponse:
    operator = operator_of(request)
    if second_factor.of(operator) is None:
        return redirect("admin:account")
    form = enrolment.PasswordForm(request.POST or None)
    if request.method != "POST" or not form.is_valid() or not _confirmed(request, form):
        return _shown(request, "confirm", form=form, **RENEW)
    codes = second_factor.renew_recovery_codes(operator, caretaker_of(request))
    return enrolment.shown_once(request, codes, _everywhere(request))


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """One of one's own, or all others."""
    operator = operator_of(request)
    if "others" in request.POST:
        ended = sessions.end_all(operator, caretaker_of(request), but=session_of(request).pk)
    else:
        key = ids.decode(OperatorSession.PREFIX, request.POST.get("session", ""))
        ended = int(bool(key and sessions.end_one(operator, key, caretaker_of(request))))
    messages.success(request, f"{tally(ended, ('session is', 'sessions are'))} ended.")
    return redirect("admin:account")


def _confirmed(request: HttpRequest, form: forms.Form) -> bool:
    """Whether it is them: an open browser is found by others too."""
    try:
        entering.confirm_password(Visit.of(request), operator_of(request), form.cleaned_data["password"])
    except WrongPassword:
        form.add_error("password", "That is not your password.")
    except HasToWait as wait:
        form.add_error("password", str(wait))
    return form.is_valid()


def _everywhere(request: HttpRequest) -> dict[str, Any]:
    return {**admin.site.each_context(request), "path": reverse("admin:account")}


def _shown(request: HttpRequest, name: str, title: str, **context: Any) -> TemplateResponse:
    return TemplateResponse(request, f"admin/account/{name}.html", {**_everywhere(request), "title": title, **context})
