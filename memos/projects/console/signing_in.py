"""The pages of signing in: the password, then the code. Nobody is signed in before the last of them.

What is known between two pages stands in the browser's session, for ten minutes.
"""

import time
from typing import Any

from django import forms
from django.contrib import admin, auth, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from unfold.widgets import BASE_INPUT_CLASSES

from memos.projects.audit import Caretaker
from memos.projects.console import enrolment
from memos.projects.console.rights import caretaker_of
from memos.projects.models import Operator
from memos.projects.signin import entering, second_factor, sessions, visits
from memos.projects.signin.entering import WrongPassword
from memos.projects.signin.middleware import SESSION_KEY, session_of
from memos.projects.signin.models import SecondFactor
from memos.projects.signin.second_factor import WrongCode
from memos.projects.signin.throttle import HasToWait
from memos.projects.signin.visits import Visit

PENDING = "signing_in"
PENDING_SECONDS = 600
WRONG_PASSWORD = "The username or the password is wrong."  # noqa: S105
WRONG_CODE = "That code is wrong, too old or was used before. Wait for the next one that the app shows."
_INPUT = " ".join(BASE_INPUT_CLASSES)


class PasswordStep(forms.Form):
    username = forms.CharField(
        max_length=150,
        widget=forms.TextInput({"class": _INPUT, "autocomplete": "username",
                                "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    password = forms.CharField(
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput({"class": _INPUT, "autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missing = "password" if self.is_bound and self.data.get("username") else "username"
        self.fields[missing].widget.attrs["autofocus"] = ""


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        signed_in = admin.site.has_permission(request)
        return redirect(_next(request)) if signed_in else _page(request, "login", PasswordStep())
    form = PasswordStep(request.POST)
    if not form.is_valid():
        return _page(request, "login", form, "Give your username and your password.")
    visit = Visit.of(request)
    try:
        operator = entering.check_password(visit, form.cleaned_data["username"], form.cleaned_data["password"])
    except WrongPassword:
        return _page(request, "login", form, WRONG_PASSWORD)
    except HasToWait as wait:
        return _page(request, "login", form, str(wait), wait)
    return _after_password(request, visit, operator)


def _after_password(request: HttpRequest, visit: Visit, operator: Operator) -> HttpResponse:
    if second_factor.of(operator):
        page = "admin:login_code"
    elif sessions.requires_two_factor(operator):
        page = "admin:login_two_factor"
    else:
        _begin(request, visit, operator)
        return visits.remember(redirect(_next(request)), visit, operator.pk)
    pending = {
        "operator": operator.pk,
        "password": operator.get_session_auth_hash(),
        "at": time.time(),
        "next": _next(request),
    }
    request.session.flush()
    request.session[PENDING] = pending
    return redirect(page)


@never_cache
@sensitive_post_parameters("code")
def check_code(request: HttpRequest) -> HttpResponse:
    operator = _pending(request)
    if operator is None:
        return _again(request)
    form = enrolment.CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, "code", form)
    visit = Visit.of(request)
    try:
        kind = entering.check_code(visit, operator, form.cleaned_data["code"])
    except WrongCode:
        return _page(request, "code", enrolment.CodeForm(), WRONG_CODE)
    except HasToWait as wait:
        return _page(request, "code", form, str(wait), wait)
    if kind == "recovery code":
        _warn(request, second_factor.recovery_codes_left(operator))
    target = request.session[PENDING]["next"]
    _begin(request, visit, operator, kind)
    return visits.remember(redirect(target), visit, operator.pk)


@never_cache
@sensitive_post_parameters("code")
def set_up(request: HttpRequest) -> HttpResponse:
    """Who needs a second factor and has none comes no further than this."""
    operator = _pending(request)
    if operator is None or second_factor.of(operator):
        return _again(request)
    pending = request.session[PENDING]
    salt = pending.setdefault("salt", SecondFactor.new_salt())
    request.session.modified = True
    form = enrolment.AppCodeForm(request.POST or None)
    shown = enrolment.picture(operator, salt)
    if request.method != "POST" or not form.is_valid():
        return _page(request, "two_factor", form, **shown)
    visit = Visit.of(request)
    by = Caretaker.from_operator(operator, visit.request_id)
    try:
        codes = second_factor.enrol(operator, salt, form.cleaned_data["code"], by)
    except WrongCode:
        return _page(request, "two_factor", enrolment.AppCodeForm(), WRONG_CODE, **shown)
    _begin(request, visit, operator, "code")
    page = enrolment.shown_once(request, codes, admin.site.each_context(request) | {"path": pending["next"]})
    return visits.remember(page, visit, operator.pk)


def sign_out(request: HttpRequest) -> HttpResponse:
    sessions.sign_out(session_of(request), caretaker_of(request))
    auth.logout(request)
    messages.success(request, "You are signed out.")
    return redirect("admin:login")


def _begin(request: HttpRequest, visit: Visit, operator: Operator, kind: str = "") -> None:
    """Signed in, with a session of the browser's that nobody knew before."""
    request.session.flush()
    with transaction.atomic():
        session = sessions.begin(operator, visit, second_factor=kind)
        auth.login(request, operator)
    request.session[SESSION_KEY] = session.ref


def _pending(request: HttpRequest) -> Operator | None:
    """Whose password was right a moment ago, and is the same still."""
    pending = request.session.get(PENDING)
    if not pending or pending["at"] < time.time() - PENDING_SECONDS:
        return None
    operator = Operator.objects.filter(pk=pending["operator"], is_active=True, is_staff=True).first()
    same = operator and constant_time_compare(operator.get_session_auth_hash(), pending["password"])
    return operator if same else None


def _again(request: HttpRequest) -> HttpResponse:
    request.session.pop(PENDING, None)
    messages.info(request, "That took too long. Begin with your password again.")
    return redirect("admin:login")


def _warn(request: HttpRequest, left: int) -> None:
    codes = "1 recovery code is" if left == 1 else f"{left} recovery codes are"
    messages.warning(request, f"You used a recovery code; {codes} left. Under Your account you get new ones.")


def _next(request: HttpRequest) -> str:
    """Where they were going, if that is a path of ours: `redirect` takes anything else for the name of a view."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    here = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if here and target.startswith("/") else reverse("admin:index")


def _page(
    request: HttpRequest, name: str, form: forms.Form, problem: str = "", wait: HasToWait | None = None, **more: Any
) -> HttpResponse:
    template = "admin/login.html" if name == "login" else f"admin/signin/{name}.html"
    titles = {"login": "Sign in", "code": "Enter a code", "two_factor": "Set up your second factor"}
    everywhere = admin.site.each_context(request)
    context = {**everywhere, "title": titles[name], "form": form, "problem": problem, "next": _next(request), **more}
    response = TemplateResponse(request, template, context, status=429 if wait else 200)
    if wait:
        response["Retry-After"] = str(wait.seconds)
    return response
