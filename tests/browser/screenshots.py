"""`make screenshots`: the pictures of docs/console.md, taken anew of a Memos that is started for them."""

import os
from pathlib import Path
from typing import Any

import django
from playwright.sync_api import sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memos.settings")
django.setup()

from tests.browser import chromium  # noqa: E402
from tests.browser.pages import PAGES  # noqa: E402
from tests.browser.site import FLAGS, PHONE, Site, started  # noqa: E402

FOLDER = Path(__file__).parents[2] / "docs" / "pictures" / "console"
TAKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "home": ("home", {}),
    "home-phone": ("home", {"size": PHONE, "dark": True}),
    "person": ("a person", {}),
    "person-phone": ("a person", {"size": PHONE}),
    "replay": ("a thread replayed", {"dark": True}),
    "graph": ("a drawing", {}),
    "playground": ("an answer of the playground", {}),
    "merge": ("a memory to merge", {}),
    "job": ("a job that failed", {"dark": True}),
    "audit": ("audit", {}),
    "roles": ("roles", {}),
}
"""Picture → the page, and how it is looked at."""


def take(site: Site) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (place, look) in TAKEN.items():
        with site.page(**look) as page:
            page.goto(PAGES[place](site))
            page.wait_for_load_state("networkidle")
            if drawing := page.query_selector("#drawing"):
                page.wait_for_function("one => one.dataset.state === 'ready'", arg=drawing)
            page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=80)


if __name__ == "__main__":
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        with started(browser) as site:
            take(site)
        browser.close()
