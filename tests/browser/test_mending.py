"""A memory is mended as somebody would: looked at, changed, and its history read."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import first_of
from tests.browser.site import DESK, PHONE, Site
from tests.browser.test_every_page import faults, sideways


@pytest.fixture
def memory(site: Site) -> str:
    return first_of(site, "graphs/memory", q=site.nadia["id"])


def act(page: Page, name: str) -> None:
    page.get_by_role("link", name=re.compile(rf"\b{name}$")).first.click()


def is_open_to_everybody(page: Page) -> None:
    assert page.complaints == []
    assert sideways(page) == []
    assert faults(page) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["wide", "narrow"])
def test_a_memory_is_corrected_and_put_back(site: Site, memory: str, size: dict[str, int], dark: bool) -> None:
    with site.page(operator="sam", size=size, dark=dark) as page:
        page.goto(memory.replace("/change/", "/correct/"))
        before = page.get_by_label("Sentence").input_value()
        page.get_by_label("Sentence").fill("Nadia sails a boat named Blue.")
        page.get_by_role("button", name="Show what will change").click()
        expect(page.get_by_text("What will change")).to_be_visible()
        is_open_to_everybody(page)
        page.get_by_role("button", name="Correct it").click()
        expect(page.get_by_text("The memory is corrected.")).to_be_visible()
        is_open_to_everybody(page)
        page.get_by_role("link", name="Put back what was before").first.click()
        page.get_by_role("button", name="Put it back").click()
        expect(page.get_by_text("The earlier state is put back.")).to_be_visible()
        expect(page.get_by_text(before).first).to_be_visible()


def test_memories_are_found_ticked_merged_and_restored(site: Site, memory: str) -> None:
    with site.page(operator="sam") as page:
        page.goto(memory)
        act(page, "Merge")
        page.get_by_role("searchbox", name="Search", exact=True).fill("Nadia")
        page.get_by_role("searchbox", name="Search", exact=True).press("Enter")
        box = page.get_by_role("checkbox").first
        box.check()
        page.get_by_role("button", name="Show what will change").click()
        page.get_by_role("button", name="Merge them").click()
        expect(page.get_by_text("1 memory is merged into this one.")).to_be_visible()
        page.locator(".mending-timeline").get_by_role("link").first.click()
        act(page, "Restore")
        page.get_by_role("button", name="Restore it").click()
        expect(page.get_by_text("The memory is believed again.")).to_be_visible()
        assert page.complaints == []
