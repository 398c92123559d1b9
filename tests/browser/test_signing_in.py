"""Signing in by password and code, and ending sessions."""

import re
import time
from base64 import b32decode

from django_otp.oath import TOTP
from playwright.sync_api import Page, expect

from tests.browser.site import Site, sign_in
from tests.factories import PASSWORD


def code_for(secret: str, later: int = 0) -> str:
    """The one of now, or of the next half minute: none is taken twice."""
    letters = secret.replace(" ", "")
    totp = TOTP(b32decode(letters + "=" * (-len(letters) % 8)))
    totp.time = time.time() + later
    return f"{totp.token():06d}"


def test_a_wrong_password_is_told_once(site: Site) -> None:
    with site.visitor() as context:
        page = site.watched(context)
        page.goto("/admin/")
        page.get_by_label("Username").fill("nobody")
        page.get_by_label("Password").fill("not the password")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_have_count(1)


def test_a_second_factor_is_set_up_and_asked_for(site: Site) -> None:
    with site.visitor() as context:
        page = site.watched(context)
        sign_in(page, "otto")
        secret = set_up(page)
        context.clear_cookies()
        sign_in(page, "otto", expected="**/login/code/**")
        assert "/login/" in page.request.get("/admin/projects/project/").url
        page.get_by_label(re.compile("code", re.I)).fill(code_for(secret, later=30))
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/admin/")


def set_up(page: Page) -> str:
    page.goto("/admin/account/two-factor/")
    secret = page.locator(".two-factor-secret").text_content() or ""
    page.get_by_label(re.compile("code", re.I)).first.fill(code_for(secret))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text(re.compile("recovery codes?", re.I)).first).to_be_visible()
    return secret
