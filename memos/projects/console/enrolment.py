"""What an authenticator app is shown, and the forms around it."""

from base64 import b32encode
from typing import Any

import segno
from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from django.utils.safestring import mark_safe
from unfold.widgets import INPUT_CLASSES, UnfoldAdminPasswordWidget

from memos.projects.models import Operator
from memos.projects.signin.models import SecondFactor


def code_input(**attrs: str) -> forms.TextInput:
    return forms.TextInput(
        {"class": " ".join(INPUT_CLASSES), "autocomplete": "one-time-code", "autocapitalize": "none",
         "spellcheck": "false", **attrs}
    )  # fmt: skip


class CodeForm(forms.Form):
    code = forms.CharField(max_length=40, label="Code", widget=code_input(autofocus=""))


class AppCodeForm(forms.Form):
    code = forms.CharField(
        max_length=40, label="The code that the app shows", widget=code_input(inputmode="numeric", autofocus="")
    )


class PasswordForm(forms.Form):
    password = forms.CharField(
        max_length=1000,
        strip=False,
        label="Your password",
        widget=UnfoldAdminPasswordWidget({"autocomplete": "current-password"}),
    )


class EnrolForm(AppCodeForm, PasswordForm):
    """Of somebody who is signed in: whoever finds an open browser does not know the password."""

    field_order = ("code", "password")


def picture(operator: Operator, salt: str) -> dict[str, Any]:
    """The QR code as SVG, and the secret to type where no camera is."""
    factor = SecondFactor.new(operator, salt)
    secret = b32encode(factor.bin_key).decode()
    drawn = segno.make(factor.config_url, error="m", micro=False).svg_inline(
        border=4, light="#fff", dark="#000", omitsize=True, title="QR code for an authenticator app"
    )
    return {
        "qr": mark_safe(drawn),  # noqa: S308  drawn by us: squares and our own title
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }


def shown_once(request: HttpRequest, codes: list[str], everywhere: dict[str, Any]) -> HttpResponse:
    """The answer to the form itself: a redirect would have to keep the codes somewhere."""
    context = {**everywhere, "title": "Recovery codes", "codes": codes}
    response = TemplateResponse(request, "admin/account/recovery_codes.html", context)
    add_never_cache_headers(response)
    return response
