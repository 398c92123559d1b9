"""What a project's admin does: makes keys, rotates and revokes them, gives roles; and what a viewer does not see."""

import re

import httpx
from playwright.sync_api import Page, expect

from tests.browser.pages import first_of
from tests.browser.site import PHONE, Site


def choose(page: Page, label: str, named: str) -> None:
    """In a box that looks for what is typed."""
    page.locator(f".field-{label} .select2-selection").click()
    page.locator(".select2-search__field").fill(named)
    page.get_by_role("option", name=re.compile(f"^{named}$")).click()


def users_seen_with(site: Site, key: str) -> int:
    return httpx.get(f"{site.base}/v1/users", headers={"Authorization": f"Bearer {key}"}).status_code


def test_a_key_is_made_copied_rotated_and_revoked(site: Site) -> None:
    with site.page() as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto("/admin/projects/apikey/add/")
        choose(page, "of", "Another")
        page.get_by_label("Name").fill("of the browser")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        key = page.evaluate("navigator.clipboard.readText()")
        assert users_seen_with(site, key) == 200

        page.get_by_role("link", name="I have it").click()
        assert key not in page.content()
        page.get_by_role("link", name="Rotate").click()
        page.get_by_label("Grace").fill("0s")
        page.get_by_role("button", name="Rotate").click()
        successor = page.get_by_label("API key").input_value()
        assert (users_seen_with(site, key), users_seen_with(site, successor)) == (401, 200)

        page.get_by_role("link", name="I have it").click()
        page.get_by_role("link", name="Revoke").click()
        page.get_by_role("button", name="Revoke").click()
        expect(page.get_by_text("is revoked")).to_be_visible()
        assert users_seen_with(site, successor) == 401


def test_a_role_is_given_and_counts_at_once(site: Site) -> None:
    with site.page() as page:
        page.goto("/admin/projects/membership/add/")
        choose(page, "of", "Another")
        page.get_by_label("Operator").select_option("sam")
        page.get_by_role("combobox", name="Role").select_option("Viewer")
        page.get_by_role("button", name="Save").click()
    with site.page("sam") as page:
        page.goto("/admin/projects/project/")
        expect(page.get_by_role("link", name="Another").first).to_be_visible()


def test_a_viewer_sees_no_words(site: Site) -> None:
    with site.page("vera") as page:
        page.goto("/admin/projects/project/")
        expect(page.get_by_role("link", name="Threads").first).to_be_visible()
        assert page.get_by_role("link", name="Messages").count() == 0
        job = first_of(site, "ingest/ingestjob")
        page.goto(job)
        expect(page.get_by_text("Attempts").first).to_be_visible()
        for hidden in ("/admin/threads/message/", "/admin/graphs/memory/"):
            assert page.request.get(hidden).status == 403


def test_the_way_about_on_a_phone(site: Site) -> None:
    with site.page(size=PHONE) as page:
        page.goto("/admin/")
        page.get_by_role("button", name="Show or hide the sidebar").click()
        page.get_by_role("link", name="API keys").first.click()
        expect(page).to_have_url(re.compile("/admin/projects/apikey/"))


def test_the_way_about_by_keyboard(site: Site) -> None:
    with site.page() as page:
        page.goto("/admin/projects/apikey/")
        reached = set()
        for _ in range(80):
            page.keyboard.press("Tab")
            shown = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(f"document.activeElement === document.body || {shown} !== 'none'")
            reached.add(page.evaluate("document.activeElement.getAttribute('href')"))
        assert {"/admin/projects/apikey/", "/admin/projects/auditentry/", "/admin/projects/apikey/add/"} <= reached
