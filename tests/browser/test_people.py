"""A person's page, their threads as a chat, the playground, and a memory that is mended."""

import json
import re

from playwright.sync_api import expect

from tests.browser.pages import PAGES, first_of
from tests.browser.site import PHONE, Site


def memory_of(site: Site, words: str) -> str:
    [found] = [
        one for one in site.api("GET", f"/v1/users/{site.nadia['id']}/memories?limit=100")["memories"]
        if words in one["content"]
    ]  # fmt: skip
    return f"/admin/graphs/memory/{found['id']}/change/"


def test_a_fact_leads_to_its_words_in_the_thread(site: Site) -> None:
    with site.page() as page:
        page.goto(PAGES["a person"](site))
        expect(page.locator("#facts").get_by_text("allergic to peanuts").filter(visible=True).first).to_be_visible()
        page.locator("a[href*='#msg_']").filter(visible=True).first.click()
        expect(page).to_have_url(re.compile("#msg_"))
        message = page.url.split("#")[1]
        expect(page.locator(f"[id='{message}']")).to_be_in_viewport()


def test_a_thread_is_read_as_a_chat_on_a_phone(site: Site) -> None:
    with site.page(size=PHONE) as page:
        page.goto(first_of(site, "threads/thread", q=site.nadia["id"]))
        expect(page.get_by_text("Nice to meet you, Nadia!")).to_be_visible()
        assert page.complaints == []


def test_a_person_is_taken_away_as_a_file(site: Site) -> None:
    with site.page() as page:
        page.goto(PAGES["a person"](site))
        page.get_by_role("link", name="Export").click()
        with page.expect_download() as waited:
            page.get_by_role("button", name=re.compile("export|download", re.I)).click()
        with open(waited.value.path()) as file:
            kinds = {json.loads(line)["record"] for line in file}
        assert {"user", "message", "memory"} <= kinds


def test_the_playground_gives_the_block_of_the_api_with_its_reasons(site: Site) -> None:
    asked = {"query": "Which food is dangerous for her?", "maxTokens": 300}
    block = site.api("GET", f"/v1/users/{site.nadia['id']}/context", params=asked)["context"]
    with site.page() as page:
        page.goto(PAGES["playground"](site))
        page.get_by_label("Question").fill(str(asked["query"]))
        page.get_by_label(re.compile("budget|tokens", re.I)).first.fill("300")
        page.get_by_role("button", name="Make the block").click()
        expect(page.locator("#pg-block")).to_contain_text("peanuts")
        assert page.locator("#pg-block").text_content() == block
        page.locator("#pg-block a").first.click()
        expect(page.locator("#why-1")).to_be_in_viewport()
        assert page.complaints == []


def test_a_viewer_mends_nothing(site: Site) -> None:
    path = memory_of(site, "peanuts")
    with site.page("vera") as page:
        assert page.request.get(path).status in (403, 404)
        assert page.request.get(path.replace("change", "correct")).status == 403
