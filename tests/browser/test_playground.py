"""Why did it say that? Somebody who asks gets from the line of a block to the very words."""

import re

from playwright.sync_api import Page, expect

from tests.browser.pages import of_nadia
from tests.browser.site import Site


def asked(page: Page, site: Site, question: str) -> None:
    page.goto(of_nadia("playground")(site))
    page.get_by_label("Question").fill(question)
    page.get_by_role("button", name="Make the block").click()


def test_a_user_is_picked_while_one_types(site: Site) -> None:
    with site.page() as page:
        page.goto("/admin/")
        page.get_by_role("link", name="Playground").click()
        page.get_by_label("Whose block?").fill("nobody at all")
        expect(page.get_by_role("heading", name="Nobody is found")).to_be_visible()
        page.get_by_label("Whose block?").fill(site.nadia["id"])
        page.get_by_role("link", name=re.compile(site.nadia["id"])).click()
        expect(page.get_by_role("heading", name="The block, as it is pasted")).to_be_visible()


def test_a_line_and_its_reason_light_up_together(site: Site) -> None:
    with site.page() as page:
        asked(page, site, "What is Nadia allergic to?")
        line = page.locator("#pg-block a").first
        line.hover()
        reason = page.locator("[data-why='1']")
        expect(reason).to_have_class("is-lit")
        reason.get_by_role("heading").hover()
        expect(line).to_have_class("is-lit")
        line.focus()
        page.keyboard.press("Enter")
        expect(reason.locator("table")).to_be_visible()
        assert page.complaints == []


def test_the_block_is_copied_as_it_is_served(site: Site) -> None:
    with site.page() as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        asked(page, site, "What is Nadia allergic to?")
        page.get_by_role("button", name="Copy the block").click()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == page.locator("#pg-block").text_content()
        assert copied.startswith("<memory>\n")
        assert copied.endswith("\n</memory>")
