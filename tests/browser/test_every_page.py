"""Every page of the console, wide in light and narrow in dark: whole, within the screen, and open to everybody."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.pages import PAGES
from tests.browser.site import DESK, PHONE, Site, settle

SERIOUS = ("serious", "critical")
LOOKS = {
    "wide and light": {"size": DESK, "dark": False},
    "narrow and dark": {"size": PHONE, "dark": True},
}
MAIN = (
    "home", "a person", "a thread replayed", "a drawing", "an answer of the playground", "a memory to merge", "jobs",
    "audit",
)  # fmt: skip
"""Looked at in both ways. The others are much alike: every second in the one, every second in the other."""


def looks() -> Iterator[tuple[str, str]]:
    for number, name in enumerate(PAGES):
        for place, look in enumerate(LOOKS):
            if name in MAIN or number % 2 == place:
                yield name, look


@pytest.fixture(scope="module")
def windows(site: Site) -> Iterator[dict[str, Page]]:
    """One for each look, which goes from page to page."""
    with ExitStack() as opened:
        yield {look: opened.enter_context(site.page(**given)) for look, given in LOOKS.items()}


@pytest.mark.parametrize(("name", "look"), list(looks()))
def test_a_page_is_whole_and_open_to_everybody(site: Site, windows: dict[str, Page], name: str, look: str) -> None:
    page = windows[look]
    page.goto("about:blank")
    page.complaints.clear()
    answer = page.goto(PAGES[name](site))
    assert answer
    assert answer.status == 200
    settle(page)
    assert page.complaints == []
    assert sideways(page) == []
    assert faults(page) == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_way_in_is_open_to_everybody(site: Site, look: str) -> None:
    with site.visitor(**LOOKS[look]) as context:
        page = site.watched(context)
        page.goto("/admin/")
        assert page.complaints == []
        assert sideways(page) == []
        assert faults(page) == []


def sideways(page: Page) -> list[str]:
    """What stands out of a page that can be moved sideways; what scrolls within a frame of its own may."""
    return page.evaluate("""() => {
        if (document.documentElement.scrollWidth <= innerWidth) return [];
        const out = [...document.querySelectorAll("body *")].filter((one) => {
            for (let up = one.parentElement; up; up = up.parentElement)
                if (getComputedStyle(up).overflowX !== "visible" && up !== document.body) return false;
            return one.getBoundingClientRect().right > innerWidth + 1;
        });
        return out.slice(0, 5).map((one) => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`);
    }""")


def faults(page: Page) -> list[str]:
    """What axe finds serious or critical."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{one['impact']}: {one['id']}: {node['html'][:200]} {node['any'][0]['message'] if node['any'] else ''}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"][:3]
    ]
