"""A whole Memos with a conversation in it, and operators who sign in to its console."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Page

from bench import throwaway
from tests.factories import PASSWORD

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Site:
    running: throwaway.Running
    browser: Browser
    _states: dict[str, Any] = field(default_factory=dict)
    """The cookies of operators who have signed in."""

    @property
    def base(self) -> str:
        return self.running.base

    def api(self, method: str, path: str, **given: Any) -> Any:
        """The answer's body."""
        response = httpx.request(method, self.base + path, headers=self.running.headers, timeout=60, **given)
        assert response.is_success, response.text
        return response.json()

    @cached_property
    def nadia(self) -> dict[str, Any]:
        """The user of the conversation that was played."""
        [found] = [user for user in self.api("GET", "/v1/users")["users"] if "demo" in user["metadata"]]
        return found

    @contextmanager
    def page(self, operator: str = "ann", *, size: dict[str, int] = DESK, dark: bool = False) -> Iterator[Page]:
        """A page of somebody who has signed in. What the browser complains of is in ``page.complaints``."""
        with self._context(size=size, dark=dark, storage_state=self._state(operator)) as context:
            yield self.watched(context)

    def source(self, path: str, **query: str) -> str:
        """A page as ann is given it, without drawing it."""
        cookies = {cookie["name"]: cookie["value"] for cookie in self._state("ann")["cookies"]}
        response = httpx.get(self.base + path, params=query, cookies=cookies, timeout=60)
        assert response.status_code == 200, response.status_code
        return response.text

    def visitor(self, *, size: dict[str, int] = DESK, dark: bool = False) -> Any:
        """A browser in which nobody has signed in."""
        return self._context(size=size, dark=dark)

    def _state(self, operator: str) -> Any:
        if operator not in self._states:
            with self._context(size=DESK) as context:
                sign_in(context.new_page(), operator)
                self._states[operator] = context.storage_state()
        return self._states[operator]

    @contextmanager
    def _context(self, *, size: dict[str, int], dark: bool = False, **given: Any) -> Iterator[BrowserContext]:
        context = self.browser.new_context(
            base_url=self.base, viewport=size, color_scheme="dark" if dark else "light", **given
        )
        context.set_default_timeout(20_000)
        try:
            yield context
        finally:
            context.close()

    def watched(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.complaints, page.awaited = [], set()
        page.on("pageerror", lambda error: page.complaints.append(f"error: {error}"))
        page.on("console", lambda told: page.complaints.append(told.text) if told.type == "error" else None)
        page.on("request", lambda sent: self._stay(page, sent.url))
        page.on("request", lambda sent: page.awaited.add(sent))
        page.on("requestfinished", lambda sent: page.awaited.discard(sent))
        page.on("requestfailed", lambda sent: page.awaited.discard(sent))
        return page

    def _stay(self, page: Page, url: str) -> None:
        if not url.startswith((self.base, "data:", "blob:")):
            page.complaints.append(f"asks elsewhere: {url}")


def settle(page: Page) -> None:
    """Wait until the scripts have nothing to do, no answer is awaited, and a drawing has its data."""
    page.evaluate("() => new Promise((done) => requestIdleCallback(done))")
    while page.awaited:
        page.wait_for_timeout(20)
    page.wait_for_function("() => !document.querySelector('#drawing[data-state=loading]')")


def sign_in(page: Page, operator: str, *, expected: str = "**/admin/") -> None:
    page.goto("/admin/")
    page.get_by_label("Username").fill(operator)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name=re.compile("(log|sign) in", re.I)).click()
    page.wait_for_url(expected)


@contextmanager
def started(browser: Browser) -> Iterator[Site]:
    """With the demo's conversation played and `tests.browser.seed` run."""
    with throwaway.running() as running:
        given = os.environ | running.environment
        played = [sys.executable, "manage.py", "demo", "--key", running.key, "--url", running.base]
        for command in (played, [sys.executable, "-m", "tests.browser.seed"]):
            subprocess.run(command, env=given, check=True, stdout=subprocess.DEVNULL)
        yield Site(running, browser)
