"""`make screenshots`: the pictures of docs/console.md, taken anew of a Memos that is started for them."""

import os
from pathlib import Path

import django
from playwright.sync_api import sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memos.settings")
django.setup()

from tests.browser import chromium  # noqa: E402
from tests.browser.pages import PAGES  # noqa: E402
from tests.browser.site import FLAGS, PHONE, Site, started  # noqa: E402

FOLDER = Path(__file__).parents[2] / "docs" / "pictures" / "console"
TAKEN = {
    "home": {},
    "home-dark": {"dark": True},
    "home-phone": {"size": PHONE},
    "person": {},
    "person-phone": {"size": PHONE},
    "replay": {},
    "graph": {},
    "graph-dark": {"dark": True},
    "playground": {},
    "memory": {},
    "merge": {},
    "job": {},
    "operation": {},
    "audit": {},
    "roles": {},
    "account": {},
}


def take(site: Site) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, look in TAKEN.items():
        with site.page(**look) as page:
            page.goto(PAGES[name.split("-")[0]](site))
            page.wait_for_load_state("networkidle")
            page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=80)


if __name__ == "__main__":
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        with started(browser) as site:
            take(site)
        browser.close()
