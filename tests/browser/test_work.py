"""What failed is looked at and tried again, one by one and many at once."""

import re

from playwright.sync_api import expect

from tests.browser.site import Site


def test_failed_jobs_are_retried_all_at_once(site: Site) -> None:
    with site.page("sam") as page:
        page.goto("/admin/ingest/ingestjob/?status__exact=failed")
        expect(page.get_by_role("link", name=re.compile("^ij_")).first).to_be_visible()
        page.locator("#action-toggle").check()
        page.locator("select[name=action]").select_option("retry_jobs")
        page.get_by_role("button", name=re.compile("run|go|do", re.I)).first.click()
        page.get_by_role("button", name=re.compile("Retry jobs")).click()
        expect(page).to_have_url(re.compile("/admin/ingest/operation/op"))
        expect(page.locator("[data-part=position]")).not_to_have_text("0", timeout=30_000)
        expect(page.locator("[data-part=done]")).to_have_text("1")
        assert page.complaints == []
